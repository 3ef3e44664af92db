"""Tokens: keys for programs that act for one person or one member of staff. Seen once, kept as a digest, ended by time or by hand."""

from __future__ import annotations

import secrets
import uuid
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final

from miaopi.apps.audit.api import Actor, ActorKind, act
from miaopi.apps.identity.events import TokenIssued, TokenRevoked
from miaopi.apps.identity.models import Token
from miaopi.apps.identity.queries.parties import NO_SUCH_PARTY, PartyId, find_identity
from miaopi.apps.identity.queries.rights import Right, authorise
from miaopi.apps.identity.queries.sealing import pseudonym
from miaopi.apps.identity.queries.sessions import compute_digest
from miaopi.apps.identity.queries.staff import StaffId, get_member
from miaopi.kernel.errors import InputError, NotFound
from miaopi.kernel.wording import Text

LONGEST_LIFE: Final = timedelta(days=366)
LONGEST_LABEL: Final = 80
PREFIX: Final = "miaopi_"  # so that a token that leaked is recognised as one
NO_SUCH_TOKEN: Final = Text(zh="没有这个令牌。", en="There is no such token.")


@dataclass(frozen=True, slots=True)
class IssuedToken:
    """A token just issued. This is the only time that it is seen."""

    id: str
    token: str = field(repr=False)
    expires_at: datetime


def issue_token(
    *, party: PartyId | None = None, member: StaffId | None = None, label: str, expires_at: datetime, by: Actor, now: datetime
) -> IssuedToken:
    """Issue a token for one holder: a person (for herself) or a member of staff. A year at most.

    InputError for a term or label that may not stand, NotFound for a holder that is not there.
    """
    if (party is None) is (member is None):
        raise ValueError("a token has one holder")
    authorise(by, Right.CHANGE_TOKENS, owner=party or member)
    if not now < expires_at <= now + LONGEST_LIFE:
        raise InputError("expires_at", Text(zh="令牌最长一年，且须在将来到期。", en="a token ends in the future, within a year."),
                         Text(zh="请改到期时间。", en="Choose another end."))
    if not 0 < len(label) <= LONGEST_LABEL or not label.isprintable():
        raise InputError("label", Text(zh="请给令牌起个名字。", en="a token needs a name."),
                         Text(zh=f"不超过{LONGEST_LABEL}个字。", en=f"At most {LONGEST_LABEL} characters."))
    token = PREFIX + secrets.token_urlsafe(32)
    row = Token(digest=compute_digest(token), id=uuid.uuid4().hex, label=label, issued_at=now, expires_at=expires_at)
    if party is not None:
        row.identity = find_identity(party)
        if row.identity is None:
            raise NotFound(NO_SUCH_PARTY)
    else:
        row.staff_id = get_member(member or "").id
    with act(by=by, now=now) as unit:
        row.save(force_insert=True)
        unit.record(TokenIssued(token=row.id, expires_at=expires_at, subject=pseudonym(party) if party else None, staff=member))
    return IssuedToken(row.id, token, expires_at)


def revoke_token(*, token_id: str, by: Actor, now: datetime) -> None:
    """End a token. NotFound for another's, as for one that is not there; twice is once."""
    rows = Token.objects.select_related("identity").filter(id=token_id)
    if by.kind is ActorKind.PERSON:
        rows = rows.filter(identity__account=by.acting_for or by.id)
    row = rows.first()
    if row is None:
        raise NotFound(NO_SUCH_TOKEN)
    party = row.identity.account_id if row.identity else None
    authorise(by, Right.CHANGE_TOKENS, owner=party or row.staff_id)
    with act(by=by, now=now) as unit:
        if Token.objects.filter(id=token_id, revoked_at=None).update(revoked_at=now):
            unit.record(TokenRevoked(token=row.id, subject=pseudonym(party) if party else None, staff=row.staff_id))
