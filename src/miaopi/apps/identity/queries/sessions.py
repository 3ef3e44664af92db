"""Sessions, found by the digest of their token, and the count of failed sign-ins."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from django.db.models import Count, Q

from miaopi.apps.audit.api import Actor, ActorKind
from miaopi.apps.identity.models import FailedSignIn
from miaopi.apps.identity.models import Session as SessionRow
from miaopi.apps.identity.queries.parties import Party, compute_party
from miaopi.kernel.errors import RightsError
from miaopi.kernel.wording import Text

IDLE_LIMIT: Final = timedelta(minutes=30)
ABSOLUTE_LIMIT: Final = timedelta(hours=12)

NOT_SIGNED_IN: Final = Text(
    zh="您尚未登录，或登录已超时，请重新登录。",
    en="You are not signed in, or were signed out after a while. Please sign in again.",
)


@dataclass(frozen=True, slots=True)
class Session:
    """A session that is open now, of the person it was opened for."""

    id: str
    party: Party
    assurance_level: int
    method: str
    opened_at: datetime
    seen_at: datetime
    expires_at: datetime

    @property
    def actor(self) -> Actor:
        """The person herself, on the strength of this session."""
        return Actor(kind=ActorKind.PERSON, id=self.party.id, assurance=self.assurance_level)


def find_session(token: str, now: datetime) -> Session | None:
    """The open session of that token, unless it was idle for half an hour or is twelve hours old."""
    row = SessionRow.objects.select_related("identity").filter(
        digest=compute_digest(token), closed_at=None, expires_at__gt=now, seen_at__gt=now - IDLE_LIMIT
    ).first()
    if row is None:
        return None
    return compute_session(row, compute_party(row.identity))


def get_session(token: str, now: datetime) -> Session:
    """Raises RightsError: whoever comes without a session must sign in."""
    session = find_session(token, now)
    if session is None:
        raise RightsError(NOT_SIGNED_IN)
    return session


def count_failed_sign_ins(*, code_hash: str, origin_hash: str, since: datetime) -> tuple[int, int]:
    """How often this code failed, and how often anything from this origin did, after `since`."""
    counted = FailedSignIn.objects.filter(Q(code_hash=code_hash) | Q(origin_hash=origin_hash), failed_at__gt=since).aggregate(
        code=Count("id", filter=Q(code_hash=code_hash)), origin=Count("id", filter=Q(origin_hash=origin_hash) & ~Q(origin_hash="")),
    )
    return counted["code"], counted["origin"]


def compute_session(row: SessionRow, party: Party) -> Session:
    return Session(
        id=row.id, party=party, assurance_level=row.assurance_level, method=row.method,
        opened_at=row.opened_at, seen_at=row.seen_at, expires_at=row.expires_at,
    )


def compute_digest(token: str) -> str:
    """What is kept of a token of 256 random bits: a plain hash is enough, for nobody guesses it."""
    return hashlib.sha256(token.encode()).hexdigest()
