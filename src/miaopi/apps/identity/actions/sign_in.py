"""Signing in and out: the authority is asked outside any transaction, what it said is kept inside one."""

from __future__ import annotations

import secrets
import uuid
from dataclasses import field
from datetime import datetime, timedelta
from typing import Final

from miaopi.apps.audit.api import Actor, Unit, act
from miaopi.apps.identity.actions.parties import register_account
from miaopi.apps.identity.adapters import chosen_authority
from miaopi.apps.identity.adapters.port import Assertion, Authority, StaffAssertion
from miaopi.apps.identity.events import (
    IdentityChanged,
    SignedIn,
    SignedOut,
    SignInFailed,
    StaffSignedIn,
    StaffSignedOut,
)
from miaopi.apps.identity.models import FailedSignIn, VerifiedIdentity
from miaopi.apps.identity.models import Session as SessionRow
from miaopi.apps.identity.queries.parties import (
    Particulars,
    Party,
    compute_number_index,
    compute_party,
    lock_identity,
    seal_particulars,
    unseal_particulars,
)
from miaopi.apps.identity.queries.sealing import compute_keyed_hash, pseudonym
from miaopi.apps.identity.queries.sessions import (
    ABSOLUTE_LIMIT,
    IDLE_LIMIT,
    Session,
    compute_digest,
    compute_session,
    count_failed_sign_ins,
    find_session,
)
from miaopi.apps.identity.queries.staff import Member, find_member
from miaopi.kernel.errors import InputError, RightsError
from miaopi.kernel.frozen import frozen
from miaopi.kernel.wording import Text

STAFF_LEVEL: Final = 0  # a session of staff proves no citizen's identity
NOT_A_CITIZEN: Final = Text(
    zh="这是工作人员账户。为自己办事，请用个人身份另行登录。",
    en="This is a staff account. For your own affairs sign in as yourself.",
)
FAILURE_WINDOW: Final = timedelta(minutes=15)
FAILURES_PER_CODE: Final = 5
LONGEST_CODE: Final = 200
FAILURES_PER_ORIGIN: Final = 30  # an address is shared by a hall or a carrier: it slows the unproven, and locks no session
TOUCH_EVERY: Final = timedelta(minutes=1)  # the idle limit is kept to the minute, not written at each page


class TooManyAttempts(InputError):
    """The limit of failed sign-ins is reached; it passes by itself."""

    status = 429
    retry_after = FAILURE_WINDOW


@frozen
class OpenedSession:
    """A session just opened. This is the only time its token is seen."""

    token: str = field(repr=False)
    session: Session

    @property
    def party(self) -> Party:
        """The person. RightsError for a member of staff: her account is nobody's as a citizen."""
        if self.session.party is None:
            raise RightsError(NOT_A_CITIZEN)
        return self.session.party


def sign_in(
    *, code: str, by: Actor, now: datetime, origin: str = "", previous: str | None = None, authority: Authority | None = None
) -> OpenedSession:
    """Open a session for the person or member of staff whom the authority knows by `code`; close that of the token `previous`.

    `origin` is the network address, where there is one. Raises InputError for a code unknown, TooManyAttempts after
    five failures of one code in 15 minutes, UpstreamError when the authority does not answer.
    """
    code_hash = compute_keyed_hash("sign-in code", code)
    origin_hash = compute_keyed_hash("sign-in origin", origin) if origin else ""
    _refuse_beyond_limits(code_hash, origin_hash, now)
    assertion = (authority or chosen_authority()).verify(code) if _is_code(code) else None
    member = _find_working(assertion) if isinstance(assertion, StaffAssertion) else None
    if assertion is None or (isinstance(assertion, StaffAssertion) and member is None):
        with act(by=by, now=now) as unit:
            FailedSignIn.objects.filter(failed_at__lte=now - FAILURE_WINDOW).delete()  # of no further use
            FailedSignIn.objects.create(code_hash=code_hash, origin_hash=origin_hash, failed_at=now)
            unit.record(SignInFailed(code=code_hash, origin=origin_hash))
        raise InputError(
            "code",
            Text(zh="登录码不正确或已失效。", en="The sign-in code is wrong or no longer valid."),
            Text(zh="请核对后重新输入。", en="Check it and enter it again."),
        )
    token = secrets.token_urlsafe(32)
    with act(by=by, now=now) as unit:
        identity = None if isinstance(assertion, StaffAssertion) else _keep_identity(unit, assertion, now)
        if previous is not None:
            _close(unit, previous, now)
        if identity is not None:
            session = _open(unit, token, identity, now)
        elif member is not None:
            session = _open_for_staff(unit, token, member, assertion.method, now)
    return OpenedSession(token=token, session=session)


def _find_working(assertion: StaffAssertion) -> Member | None:
    """The account of the member of staff; the authority may know somebody who does not work here, or not any more."""
    member = find_member(assertion.staff_id)
    return None if member is None or member.left_at is not None else member


def _is_code(code: str) -> bool:
    """Whether an authority could have given it; anything else is not sent there, so that no answer of its depends on it."""
    return 0 < len(code.strip()) <= LONGEST_CODE and code.isprintable()


def sign_out(*, token: str, by: Actor, now: datetime) -> None:
    """Close the session of that token; one that is closed already stays as it is."""
    with act(by=by, now=now) as unit:
        _close(unit, token, now)


def touch_session(*, token: str, by: Actor, now: datetime) -> None:
    """Say that the session is in use; written at most once a minute, and no fact that the log would keep."""
    SessionRow.objects.filter(
        digest=compute_digest(token), closed_at=None, seen_at__lte=now - TOUCH_EVERY, seen_at__gt=now - IDLE_LIMIT
    ).update(seen_at=now)


def _refuse_beyond_limits(code_hash: str, origin_hash: str, now: datetime) -> None:
    of_code, of_origin = count_failed_sign_ins(code_hash=code_hash, origin_hash=origin_hash, since=now - FAILURE_WINDOW)
    if of_code >= FAILURES_PER_CODE or of_origin >= FAILURES_PER_ORIGIN:
        raise TooManyAttempts(
            "code",
            Text(zh="登录尝试次数过多。", en="There were too many attempts to sign in."),
            Text(zh="请15分钟后再试，或到任一窗口办理。", en="Try again in 15 minutes, or come to any counter."),
        )


def _keep_identity(unit: Unit, assertion: Assertion, now: datetime) -> VerifiedIdentity:
    """The identity of that document, made at her first sign-in; what the authority says differently now is taken over."""
    number = assertion.id_number.strip().upper()  # an x is an X: one person, however a source writes her number
    index = compute_number_index(assertion.document_type, number)
    particulars = Particulars(name=assertion.name, id_number=number, mobile=assertion.mobile)
    row = lock_identity(index)
    if row is None:
        account = register_account(unit, assertion.document_type, now)
        row = VerifiedIdentity(
            id=uuid.uuid4().hex, number_index=index, account=account, document_type=assertion.document_type
        )
        changed: tuple[str, ...] = ()
    else:
        kept = unseal_particulars(row)
        changed = tuple(
            name
            for name, before, after in (
                ("name", kept.name, assertion.name),
                ("mobile", kept.mobile, assertion.mobile),
                ("assurance_level", row.assurance_level, assertion.assurance_level),
                ("method", row.method, assertion.method),
            )
            if before != after
        )
    is_new = row._state.adding
    if is_new or changed:
        row.sealed = seal_particulars(particulars, index=index)
    row.assurance_level, row.method, row.verified_at = assertion.assurance_level, assertion.method, now
    row.save(force_insert=is_new, force_update=not is_new)
    if changed:
        unit.record(IdentityChanged(subject=pseudonym(row.account_id), fields=changed))
    return row


def _open(unit: Unit, token: str, identity: VerifiedIdentity, now: datetime) -> Session:
    row = SessionRow(
        digest=compute_digest(token), id=uuid.uuid4().hex, identity=identity, assurance_level=identity.assurance_level,
        method=identity.method, opened_at=now, seen_at=now, expires_at=now + ABSOLUTE_LIMIT,
    )
    row.save(force_insert=True)
    subject = pseudonym(identity.account_id)
    unit.record(SignedIn(subject=subject, session=row.id, assurance=row.assurance_level, method=row.method))
    return compute_session(row, compute_party(identity), None)


def _open_for_staff(unit: Unit, token: str, member: Member, method: str, now: datetime) -> Session:
    row = SessionRow(
        digest=compute_digest(token), id=uuid.uuid4().hex, staff_id=member.id, assurance_level=STAFF_LEVEL, method=method,
        opened_at=now, seen_at=now, expires_at=now + ABSOLUTE_LIMIT,
    )
    row.save(force_insert=True)
    unit.record(StaffSignedIn(staff=member.id, role=member.role.value, session=row.id, method=method))
    return compute_session(row, None, member)


def _close(unit: Unit, token: str, now: datetime) -> None:
    session = find_session(token, now)
    if session is None or not SessionRow.objects.filter(id=session.id, closed_at=None).update(closed_at=now):
        return
    if session.member is not None:
        unit.record(StaffSignedOut(staff=session.member.id, session=session.id))
    elif session.party is not None:
        unit.record(SignedOut(subject=pseudonym(session.party.id), session=session.id))
