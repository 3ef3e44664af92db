"""Agreements: a department asks, rules or the steward of the provider decide, and whatever is decided works at the next pull."""

from __future__ import annotations

import uuid
from datetime import datetime
from typing import Final

from miaopi.apps.audit.api import Actor, Unit, act
from miaopi.apps.catalogue.api import get_resource
from miaopi.apps.exchange import models
from miaopi.apps.exchange.actions.clocks import run_clock
from miaopi.apps.exchange.actions.terms import check_terms, require_law, require_narrower
from miaopi.apps.exchange.actions.words import require_words
from miaopi.apps.exchange.events import (
    AgreementExpired,
    AgreementGranted,
    AgreementOverdue,
    AgreementRefused,
    AgreementRequested,
    AgreementResumed,
    AgreementRevoked,
    AgreementSuspended,
)
from miaopi.apps.exchange.models import AgreementState
from miaopi.apps.exchange.queries.agreements import (
    Agreement,
    Terms,
    compute_agreement,
    list_ended_ids,
    lock_agreement,
)
from miaopi.apps.exchange.queries.clocks import Clock, compute_due
from miaopi.apps.exchange.queries.moves import AGREEMENT_MOVES, AgreementMove
from miaopi.apps.exchange.queries.sharing_rules import BASIS, RULES, Granted, Open, Refused, find_answer
from miaopi.apps.exchange.queries.visibility import Shown
from miaopi.apps.identity.api import Right, authorise, get_member
from miaopi.kernel.errors import RightsError
from miaopi.kernel.wording import Text

BY_STEWARD: Final = f"{BASIS}：提供部门同意"


def request_agreement(
    *, resource: str, service: str, purpose: str, ground: str, terms: Terms, by: Actor, now: datetime
) -> Agreement:
    """Ask, as the steward of a department, for fields of a resource for a service or a named use. Where a rule decides, it has decided
    when this returns; otherwise the statutory clock of the provider runs. Raises InputError, NotFound.
    """
    authorise(by, Right.REQUEST_DATA)
    described = get_resource(resource)
    requester = get_member(by.id).office
    for name, words in (("service", service), ("purpose", purpose), ("ground", ground), ("office", requester)):
        require_words(name, words)
    require_law(ground)
    check_terms(described, terms, now)
    answer = find_answer(
        resource=described, fields=terms.fields, service=service, purpose=purpose, shown=terms.visibility.shown,
        is_filtered=bool(terms.row_filter), now=now,
    )  # fmt: skip
    clock = answer.clock if isinstance(answer, Open) else Clock.CHECK
    due_at = compute_due(clock, now)
    row = models.Agreement(
        id=uuid.uuid4().hex, agency=described.agency.id, resource=resource, requester=requester, service=service, purpose=purpose,
        ground=ground, asked=terms.to_json(), state=AgreementState.FILED, clock=clock, filed_at=now, filed_by=by.signed_as,
        due_at=due_at, **_columns(terms),
    )  # fmt: skip
    with act(by=by, now=now) as unit:
        row.save(force_insert=True)
        unit.record(AgreementRequested(
            agreement=row.id, agency=row.agency, resource=resource, requester=requester, service=service, fields=terms.fields,
            clock=clock, due_at=due_at,
        ))  # fmt: skip
        with act(by=RULES, now=now) as ruled:
            match answer:
                case Granted(basis):
                    _grant(ruled, row, terms, basis)
                case Refused(basis, reason):
                    _refuse(ruled, row, reason, basis)
    return compute_agreement(row)


def approve_agreement(*, agreement: str, terms: Terms | None = None, by: Actor, now: datetime) -> Agreement:
    """Give what was asked for, or, by `terms`, less of it: fewer fields or rows, a shorter term, a lower quota, fewer hours.

    Raises InputError for more than was asked for, or an agreement that is not waiting; RightsError for anybody but a steward of the
    provider who is not the requester; NotFound.
    """
    with act(by=by, now=now) as unit:
        row = _lock_as_steward(agreement, by)
        asked = compute_agreement(row).terms
        given = asked if terms is None else terms
        described = get_resource(row.resource)
        check_terms(described, given, now)
        require_narrower(described, asked, given, now)
        _grant(unit, row, given, BY_STEWARD)
    return compute_agreement(row)


def refuse_agreement(*, agreement: str, reason: str, by: Actor, now: datetime) -> Agreement:
    """Give nothing, and say why (政务数据共享条例: a refusal is reasoned; article 须核验). Raises InputError, RightsError, NotFound."""
    require_words("reason", reason)
    with act(by=by, now=now) as unit:
        row = _lock_as_steward(agreement, by)
        _refuse(unit, row, reason, f"{BASIS}：提供部门不同意")
    return compute_agreement(row)


def suspend_agreement(*, agreement: str, reason: str, by: Actor, now: datetime) -> Agreement:
    """Let nothing be had by it until it is resumed. Raises InputError, RightsError, NotFound."""
    require_words("reason", reason)
    with act(by=by, now=now) as unit:
        row = _lock_as_steward(agreement, by)
        _move(row, AgreementMove.SUSPEND, reason)
        unit.record(AgreementSuspended(agreement=row.id, agency=row.agency))
    return compute_agreement(row)


def resume_agreement(*, agreement: str, by: Actor, now: datetime) -> Agreement:
    """Let it hold again, on the terms it had. Raises InputError, RightsError, NotFound."""
    with act(by=by, now=now) as unit:
        row = _lock_as_steward(agreement, by)
        _move(row, AgreementMove.RESUME, "")
        unit.record(AgreementResumed(agreement=row.id, agency=row.agency))
    return compute_agreement(row)


def revoke_agreement(*, agreement: str, reason: str, by: Actor, now: datetime) -> Agreement:
    """End it for good, with all its grants. Raises InputError, RightsError, NotFound."""
    require_words("reason", reason)
    with act(by=by, now=now) as unit:
        row = _lock_as_steward(agreement, by)
        _move(row, AgreementMove.REVOKE, reason)
        _end_grants(row, by.signed_as, now)
        unit.record(AgreementRevoked(agreement=row.id, agency=row.agency))
    return compute_agreement(row)


def run_agreements(*, by: Actor, now: datetime) -> int:
    """Write down which requests are overdue and which agreements have ended; how many. What ended was no longer had before this."""
    authorise(by, Right.RUN_AGREEMENTS)
    ended = list_ended_ids(now)
    overdue = run_clock(
        kept=models.Agreement, moves=AGREEMENT_MOVES, run_out=AgreementMove.RUN_OUT, by=by, now=now,
        tell=lambda row: AgreementOverdue(agreement=row.id, agency=row.agency, clock=row.clock, due_at=row.due_at or now),
    )  # fmt: skip
    for agreement in ended:
        with act(by=by, now=now) as unit:
            row = lock_agreement(agreement)
            if AgreementMove.EXPIRE in AGREEMENT_MOVES.list_moves(row.state):
                _move(row, AgreementMove.EXPIRE, row.reason)
                _end_grants(row, by.signed_as, now)
                unit.record(AgreementExpired(agreement=row.id, agency=row.agency))
    return overdue + len(ended)


def _grant(unit: Unit, row: models.Agreement, terms: Terms, basis: str) -> None:
    row.state = AGREEMENT_MOVES.after(row.state, AgreementMove.GRANT)
    for name, value in _columns(terms).items():
        setattr(row, name, value)
    row.decided_at, row.decided_by, row.basis = unit.now, unit.by.signed_as, basis
    row.save()
    models.Grant.objects.bulk_create(
        models.Grant(
            id=uuid.uuid4().hex, agreement=row, service=row.service, resource=row.resource, field=name, purpose=row.purpose,
            ground=row.ground, granted_at=unit.now, granted_by=unit.by.signed_as,
        )
        for name in terms.fields
    )
    unit.record(AgreementGranted(
        agreement=row.id, agency=row.agency, resource=row.resource, service=row.service, fields=terms.fields,
        narrowed=compute_agreement(row).is_narrowed, basis=basis,
    ))  # fmt: skip


def _refuse(unit: Unit, row: models.Agreement, reason: str, basis: str) -> None:
    row.state = AGREEMENT_MOVES.after(row.state, AgreementMove.REFUSE)
    row.decided_at, row.decided_by, row.reason, row.basis = unit.now, unit.by.signed_as, reason, basis
    row.save()
    unit.record(AgreementRefused(agreement=row.id, agency=row.agency, resource=row.resource, service=row.service, basis=basis))


def _move(row: models.Agreement, move: AgreementMove, reason: str) -> None:
    row.state, row.reason = AGREEMENT_MOVES.after(row.state, move), reason
    row.save(update_fields=("state", "reason"))


def _end_grants(row: models.Agreement, by: str, now: datetime) -> None:
    models.Grant.objects.filter(agreement=row, revoked_at=None).update(revoked_at=now, revoked_by=by)


def _lock_as_steward(agreement: str, by: Actor) -> models.Agreement:
    """The agreement, for a steward of the agency that keeps the data; nobody answers her own request."""
    authorise(by, Right.DECIDE_AGREEMENT)
    row = lock_agreement(agreement)
    if get_member(by.id).office != row.agency or row.filed_by == by.signed_as:
        raise RightsError(
            Text(
                zh="只有提供部门的数据管理员可以决定，且不能决定自己的申请。",
                en="Only a steward of the provider decides, and never her own request.",
            )
        )
    return row


def _columns(terms: Terms) -> dict[str, object]:
    return {
        "fields": list(terms.fields), "starts_at": terms.starts_at, "ends_at": terms.ends_at, "daily_quota": terms.daily_quota,
        "total_quota": terms.total_quota, "opens": terms.opens, "closes": terms.closes, "row_filter": terms.row_filter,
        "visibility": str(terms.visibility), "hidden_by": terms.hidden_by if terms.visibility.shown is not Shown.IMMEDIATE else "",
    }
