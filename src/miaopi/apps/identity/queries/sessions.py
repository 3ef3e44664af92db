"""Sessions and tokens, found by their digest, and the count of failed sign-ins."""

from __future__ import annotations

import hashlib
from datetime import datetime, timedelta
from typing import Final

from django.db.models import Count, Q

from miaopi.apps.audit.api import Actor, ActorKind
from miaopi.apps.identity.models import FailedSignIn, Staff, Token, VerifiedIdentity
from miaopi.apps.identity.models import Session as SessionRow
from miaopi.apps.identity.queries.parties import Party, PartyId, compute_party
from miaopi.apps.identity.queries.staff import Member, StaffId, compute_member
from miaopi.kernel.frozen import frozen

IDLE_LIMIT: Final = timedelta(minutes=30)
ABSOLUTE_LIMIT: Final = timedelta(hours=12)


@frozen
class Session:
    """A session that is open now, of the person (`party`) or the member of staff (`member`) it was opened for, never of both."""

    id: str
    party: Party | None
    member: Member | None
    assurance_level: int
    method: str
    opened_at: datetime
    seen_at: datetime
    expires_at: datetime

    @property
    def actor(self) -> Actor:
        """She herself, on the strength of this session. A member of staff acts as staff, whatever she is as a citizen."""
        return _compute_actor(self.party, self.member, self.assurance_level)


@frozen
class Bearer:
    """Whoever shows a token that is good now: a person, a member of staff or a system of an agency."""

    id: str
    party: Party | None
    member: Member | None
    label: str
    issued_at: datetime
    expires_at: datetime
    agency: str | None = None

    @property
    def actor(self) -> Actor:
        """The level of a person is the one she last proved: a token proves none itself."""
        if self.agency is not None:
            return Actor(kind=ActorKind.AGENCY, id=self.agency)
        return _compute_actor(self.party, self.member, 0 if self.party is None else self.party.assurance_level)


def _compute_actor(party: Party | None, member: Member | None, assurance_level: int) -> Actor:
    if member is not None:
        return member.actor
    if party is None:  # a constraint of the tables forbids it
        raise ValueError("a session or token without a holder")
    return Actor(kind=ActorKind.PERSON, id=party.id, assurance=assurance_level)


def find_session(token: str, now: datetime) -> Session | None:
    """The open session of that token, unless it was idle for half an hour or is twelve hours old."""
    row = SessionRow.objects.select_related("identity", "staff").filter(
        Q(staff=None) | Q(staff__left_at=None), digest=compute_digest(token), closed_at=None, expires_at__gt=now,
        seen_at__gt=now - IDLE_LIMIT,
    ).first()
    return None if row is None else compute_session(row, *_holder_of(row.identity, row.staff))


def find_bearer(token: str, now: datetime) -> Bearer | None:
    """Who shows this token, unless it was revoked, has expired, or its holder works here no more."""
    row = Token.objects.select_related("identity", "staff").filter(
        Q(staff=None) | Q(staff__left_at=None), digest=compute_digest(token), revoked_at=None, expires_at__gt=now
    ).first()
    return None if row is None else compute_bearer(row)


def list_tokens(
    *, party: PartyId | None = None, member: StaffId | None = None, agency: str | None = None, now: datetime
) -> list[Bearer]:
    """The tokens of one holder that are good now, the newest first; what they are is not kept."""
    rows = Token.objects.select_related("identity", "staff").filter(revoked_at=None, expires_at__gt=now)
    named = {"identity__account": party, "staff": member, "agency": agency}
    rows = rows.filter(**{name: holder for name, holder in named.items() if holder is not None})
    return [compute_bearer(row) for row in rows.order_by("-issued_at", "id")]


def count_failed_sign_ins(*, code_hash: str, origin_hash: str, since: datetime) -> tuple[int, int]:
    """How often this code failed, and how often anything from this origin did, after `since`."""
    counted = FailedSignIn.objects.filter(Q(code_hash=code_hash) | Q(origin_hash=origin_hash), failed_at__gt=since).aggregate(
        code=Count("id", filter=Q(code_hash=code_hash)), origin=Count("id", filter=Q(origin_hash=origin_hash) & ~Q(origin_hash="")),
    )
    return counted["code"], counted["origin"]


def compute_session(row: SessionRow, party: Party | None, member: Member | None) -> Session:
    return Session(
        id=row.id, party=party, member=member, assurance_level=row.assurance_level, method=row.method,
        opened_at=row.opened_at, seen_at=row.seen_at, expires_at=row.expires_at,
    )


def compute_bearer(row: Token) -> Bearer:
    party, member = _holder_of(row.identity, row.staff)
    return Bearer(
        id=row.id, party=party, member=member, label=row.label, issued_at=row.issued_at, expires_at=row.expires_at, agency=row.agency,
    )


def _holder_of(identity: VerifiedIdentity | None, staff: Staff | None) -> tuple[Party | None, Member | None]:
    return (None if identity is None else compute_party(identity), None if staff is None else compute_member(staff))


def compute_digest(token: str) -> str:
    """What is kept of a token of 256 random bits: a plain hash is enough, for nobody guesses it."""
    return hashlib.sha256(token.encode()).hexdigest()
