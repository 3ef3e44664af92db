"""Deciding: the kernel says which of the seven, this room keeps it with its receipt and moves the case."""

from __future__ import annotations

import hashlib
import uuid
from collections.abc import Mapping
from datetime import date, datetime, time, timedelta
from typing import Final

from django.conf import settings

from miaopi.apps.application.api import advance
from miaopi.apps.approval.actions.case import Case
from miaopi.apps.approval.actions.claims import hold_claims, settle_claims
from miaopi.apps.approval.actions.referrals import (
    BY_RULES,
    REFERRAL,
    close_referrals,
    open_referral,
    resume_referral,
)
from miaopi.apps.approval.events import Decided, DecidedCase
from miaopi.apps.approval.models import DecisionRow, Waiting
from miaopi.apps.approval.queries.decisions import Beside, seal_beside
from miaopi.apps.approval.queries.impact import compute_used
from miaopi.apps.audit.api import Actor, Unit, act, rule_set, sign
from miaopi.apps.filing.api import ConfirmedFacts, get_written
from miaopi.apps.identity.api import Right, authorise, pseudonym
from miaopi.definitions import ServicePackage
from miaopi.kernel.calendar import LEGAL_ZONE, compute_legal_day
from miaopi.kernel.decision import Decision, Outcome
from miaopi.kernel.decision.reading import write_value
from miaopi.kernel.fact import Unknown
from miaopi.kernel.lifecycle import AskSupplement, Decide, Move, Refer, Wait
from miaopi.kernel.receipt import Receipt, make_receipt

FIRST_LOOK: Final = timedelta(seconds=1)  # a source that hiccuped is asked again before she has read the page

MOVE_OF: Final[Mapping[Outcome, Move]] = {
    Outcome.APPROVE: Decide,
    Outcome.REFUSE: Decide,
    Outcome.REDIRECT: Decide,
    Outcome.REFER: Refer,
    Outcome.SUPPLEMENT: AskSupplement,
    Outcome.WAIT: Wait,
    Outcome.WAITLIST: Wait,
}


def compute_receipt(case: Case, decision: Decision) -> Receipt:
    """What is stated of a decision on these facts, and what stands beside it."""
    city = settings.MIAOPI_CITY.settings
    return make_receipt(
        slug=case.definition.slug, definition=case.definition.version, as_of=case.as_of.isoformat(), known_at=None,
        settings={name: write_value(city[name]) for name in sorted(case.definition.settings)}, overrides={},
        decision=decision.to_json(), facts=get_written(case.facts), salt=case.salt,
    )


def compute_row(*, case: Case, decision: Decision, receipt: Receipt, statement: bytes, now: datetime) -> DecisionRow:
    """The row of a decision, not saved yet: its statement, and sealed beside it what the statement holds digests of."""
    id_ = uuid.uuid4().hex
    beside = Beside(facts=receipt.facts or {}, values=receipt.values or {}, salt=case.salt)
    return DecisionRow(
        id=id_, number=case.number, round=case.round, attempt=case.attempt, service=case.definition.slug,
        version=case.definition.version, applicant=case.applicant, as_of=case.as_of, outcome=decision.outcome.value,
        reason_codes=[reason.code for reason in decision.reasons], statement=statement,
        receipt_digest=hashlib.sha256(statement).hexdigest(), kept=seal_beside(id_, beside), decided_at=now,
        used=compute_used(case.definition, case.facts, case.applicant),
    )


def tell(
    *, unit: Unit, row: DecisionRow, case: Case, decision: Decision, replaces: str | None = None, correction: str | None = None
) -> None:
    """Say what was decided, by the rules or by a person: the same rooms hear of it."""
    unit.record(
        Decided(number=case.number, service=row.service, version=row.version, outcome=row.outcome,
                reason_codes=tuple(row.reason_codes), decision=row.id, receipt_digest=row.receipt_digest,
                subject=pseudonym(case.applicant), replaces=replaces, decided_by=row.decided_by or None,
                confirmed_by=row.confirmed_by or None, correction=correction),
        hand=DecidedCase(decision_id=row.id, number=case.number, package=case.package, service=row.service, version=row.version,
                         applicant=case.applicant, as_of=case.as_of, decided_at=row.decided_at, decision=decision, facts=case.facts,
                         replaces=replaces),
    )


def write_decision(*, case: Case, decision: Decision, correction: str | None = None, by: Actor, now: datetime) -> DecisionRow:
    """Keep a decision of the rules with its receipt, move the case, and tell the rooms downstream, in the transaction it stands in.

    `correction`: the case was open, and is decided again on a record that was wrong.
    """
    receipt = compute_receipt(case, decision)
    row = compute_row(case=case, decision=decision, receipt=receipt, statement=receipt.statement(), now=now)
    with act(by=by, now=now) as unit:
        advance(number=case.number, move=MOVE_OF[decision.outcome], outcome=decision.outcome.value, by=by, now=now)
        row.save(force_insert=True)
        tell(unit=unit, row=row, case=case, decision=decision, correction=correction)
        _follow(row, case, by=by, now=now)
    return row


def _follow(row: DecisionRow, case: Case, *, by: Actor, now: datetime) -> None:
    """What a decision of the rules means for persons and claims. At the first confirmation at most one statement."""
    is_first, outcome = (row.round, row.attempt) == (1, 0), Outcome(row.outcome)
    if outcome is Outcome.REFER and is_first:
        open_referral(row=row, package=case.package, kind=REFERRAL, by=by, now=now)
    elif outcome is Outcome.REFER:
        resume_referral(row=row, package=case.package, by=by, now=now)
    elif row.round > 1 and outcome is not Outcome.SUPPLEMENT:
        close_referrals(number=row.number, ground=BY_RULES, by=by, now=now)
    if not is_first:
        settle_claims(row=row, by=by, now=now)


def decide_filing(*, confirmed: ConfirmedFacts, by: Actor, now: datetime) -> DecisionRow:
    """Decide what was just confirmed, in the same transaction. No staff account is between the two: `by` is a rule set."""
    authorise(by, Right.DECIDE)
    case = Case(
        number=confirmed.number, package=confirmed.package, round=confirmed.round, attempt=0, applicant=confirmed.applicant,
        as_of=confirmed.as_of, facts=confirmed.facts, salt=confirmed.salt,
        patience_until=confirmed.confirmed_at + confirmed.package.patience,
    ).at(now)
    with act(by=by, now=now):
        case, decision = hold_claims(case=case, decision=case.decide(), by=by, now=now)
        row = write_decision(case=case, decision=decision, by=by, now=now)
        if decision.outcome is Outcome.WAIT:
            Waiting(
                number=case.number, decision=row, sources=sorted(decision.waiting_for), since=_silent_since(case, now),
                due_at=now + FIRST_LOOK if decision.waiting_for else compute_period_end(decision, now),
                patience_until=case.patience_until, receipt=confirmed.receipt,
            ).save(force_insert=True)
    return row


def compute_period_end(decision: Decision, now: datetime) -> datetime:
    """When a lawful period that is said to run `until` a day is over, else tomorrow: the case is looked at again then."""
    until, today = decision.values.get("until"), compute_legal_day(now)
    last = until if isinstance(until, date) and not isinstance(until, datetime) and until >= today else today
    return datetime.combine(last + timedelta(days=1), time(), tzinfo=LEGAL_ZONE)


def _silent_since(case: Case, now: datetime) -> datetime:
    return min((fact.since for fact in case.facts.values() if isinstance(fact, Unknown) and fact.since is not None), default=now)


def rules_of(package: ServicePackage) -> Actor:
    """The one who decides: a rule set in its version (DESIGN.md law 11)."""
    return rule_set(package.definition.slug, package.definition.version)


def sign_decision(*, decision: str, digest: str, by: Actor, now: datetime) -> None:
    """Sign the statement of a decision, in the process that holds the key; only if it is what the log says was decided."""
    with act(by=by, now=now):
        row = DecisionRow.objects.get(id=decision)
        statement = bytes(row.statement)
        if hashlib.sha256(statement).hexdigest() != digest:
            raise ValueError(f"the statement of decision {decision} was altered after it was made")
        DecisionRow.objects.filter(id=decision).update(signature=sign("decision", statement), signed_at=now)
