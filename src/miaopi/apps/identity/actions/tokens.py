"""Tokens: keys for programs that act for a person, a member of staff or an agency. Seen once, kept as a digest, ended by time or hand."""

from __future__ import annotations

import secrets
import uuid
from dataclasses import field
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
from miaopi.kernel.errors import InputError, NotFound, RightsError
from miaopi.kernel.frozen import frozen
from miaopi.kernel.wording import Text

LONGEST_LIFE: Final = timedelta(days=366)
LONGEST_LABEL: Final = 80
PREFIX: Final = "miaopi_"  # so that a token that leaked is recognised as one
NO_SUCH_TOKEN: Final = Text(zh="没有这个令牌。", en="There is no such token.")


@frozen
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
    row, token = _make(label, expires_at, now)
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


def issue_agency_key(*, label: str, expires_at: datetime, by: Actor, now: datetime) -> IssuedToken:
    """Issue, as its steward, a key for the systems of an agency: whoever shows it acts for that agency. A year at most.

    InputError for a term or label that may not stand, RightsError for a steward without an agency.
    """
    authorise(by, Right.CHANGE_AGENCY_KEYS)
    row, token = _make(label, expires_at, now)
    row.agency = _office_of(by)
    with act(by=by, now=now) as unit:
        row.save(force_insert=True)
        unit.record(TokenIssued(token=row.id, expires_at=expires_at, agency=row.agency))
    return IssuedToken(row.id, token, expires_at)


def revoke_agency_key(*, token_id: str, by: Actor, now: datetime) -> None:
    """End a key of one's agency. NotFound for another's, as for one that is not there; twice is once."""
    authorise(by, Right.CHANGE_AGENCY_KEYS)
    rows = Token.objects.filter(id=token_id, agency=_office_of(by))
    if not rows.exists():
        raise NotFound(NO_SUCH_TOKEN)
    with act(by=by, now=now) as unit:
        if rows.filter(revoked_at=None).update(revoked_at=now):
            unit.record(TokenRevoked(token=token_id, agency=_office_of(by)))


def revoke_token(*, token_id: str, by: Actor, now: datetime) -> None:
    """End a token. NotFound for another's, as for one that is not there; twice is once."""
    rows = Token.objects.select_related("identity").filter(id=token_id)
    if by.kind is ActorKind.PERSON:
        rows = rows.filter(identity__account=by.party)
    row = rows.first()
    if row is None:
        raise NotFound(NO_SUCH_TOKEN)
    party = row.identity.account_id if row.identity else None
    authorise(by, Right.CHANGE_TOKENS, owner=party or row.staff_id or row.agency)
    with act(by=by, now=now) as unit:
        if Token.objects.filter(id=token_id, revoked_at=None).update(revoked_at=now):
            unit.record(
                TokenRevoked(token=row.id, subject=pseudonym(party) if party else None, staff=row.staff_id, agency=row.agency)
            )


def _make(label: str, expires_at: datetime, now: datetime) -> tuple[Token, str]:
    """A token of nobody yet, and what it is."""
    if not now < expires_at <= now + LONGEST_LIFE:
        raise InputError("expires_at", Text(zh="令牌最长一年，且须在将来到期。", en="a token ends in the future, within a year."),
                         Text(zh="请改到期时间。", en="Choose another end."))
    if not 0 < len(label) <= LONGEST_LABEL or not label.isprintable():
        raise InputError("label", Text(zh="请给令牌起个名字。", en="a token needs a name."),
                         Text(zh=f"不超过{LONGEST_LABEL}个字。", en=f"At most {LONGEST_LABEL} characters."))
    token = PREFIX + secrets.token_urlsafe(32)
    return Token(digest=compute_digest(token), id=uuid.uuid4().hex, label=label, issued_at=now, expires_at=expires_at), token


def _office_of(by: Actor) -> str:
    office = get_member(by.id).office
    if not office:
        raise RightsError(Text(zh="您的账户不属于任何部门。", en="Your account belongs to no agency."))
    return office
