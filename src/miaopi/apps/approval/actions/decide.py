"""Deciding: the kernel says which of the seven, this room keeps it with its receipt and moves the case."""

from __future__ import annotations

import hashlib
import uuid
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Final

from django.conf import settings

from miaopi.apps.application.api import advance
from miaopi.apps.approval.events import Decided, DecidedCase
from miaopi.apps.approval.models import DecisionRow, Waiting
from miaopi.apps.approval.queries.decisions import Beside, seal_beside
from miaopi.apps.audit.api import Actor, act, rule_set, sign
from miaopi.apps.filing.api import ConfirmedFacts, get_written, is_silent
from miaopi.apps.identity.api import Right, authorise, pseudonym
from miaopi.definitions import ServicePackage
from miaopi.kernel.decision import Decision, Definition, Outcome, decide
from miaopi.kernel.decision.reading import write_value
from miaopi.kernel.fact import Fact, FactName, Unknown
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


@dataclass(frozen=True, slots=True)
class Case:
    """One confirmation to be decided, or decided again. `patience_until` is when silence of a source becomes a person's work."""

    number: str
    package: ServicePackage
    round: int
    attempt: int
    applicant: str
    as_of: date
    facts: Mapping[FactName, Fact]
    salt: str
    patience_until: datetime

    @property
    def definition(self) -> Definition:
        return self.package.definition

    def at(self, now: datetime) -> Case:
        """The case as it stands now: past the patience of the service what is silent is exhausted."""
        if now < self.patience_until:
            return self
        facts = {name: replace(fact, exhausted=True) if isinstance(fact, Unknown) and is_silent(fact) else fact
                 for name, fact in self.facts.items()}
        return replace(self, facts=facts)

    def decide(self) -> Decision:
        return decide(self.definition, self.facts, as_of=self.as_of, settings=settings.MIAOPI_CITY.settings)


def _make_receipt(case: Case, decision: Decision) -> Receipt:
    city = settings.MIAOPI_CITY.settings
    return make_receipt(
        slug=case.definition.slug, definition=case.definition.version, as_of=case.as_of.isoformat(), known_at=None,
        settings={name: write_value(city[name]) for name in sorted(case.definition.settings)}, overrides={},
        decision=decision.to_json(), facts=get_written(case.facts), salt=case.salt,
    )


def write_decision(*, case: Case, decision: Decision, by: Actor, now: datetime) -> DecisionRow:
    """Keep a decision with its receipt, move the case, and tell the rooms downstream, in the transaction it stands in."""
    receipt, id_ = _make_receipt(case, decision), uuid.uuid4().hex
    statement = receipt.statement()
    beside = Beside(facts=receipt.facts or {}, values=receipt.values or {}, salt=case.salt)
    row = DecisionRow(
        id=id_, number=case.number, round=case.round, attempt=case.attempt, service=case.definition.slug,
        version=case.definition.version, applicant=case.applicant, as_of=case.as_of, outcome=decision.outcome.value,
        reason_codes=[reason.code for reason in decision.reasons], statement=statement,
        receipt_digest=hashlib.sha256(statement).hexdigest(), kept=seal_beside(id_, beside), decided_at=now,
    )
    with act(by=by, now=now) as unit:
        advance(number=case.number, move=MOVE_OF[decision.outcome], outcome=decision.outcome.value, by=by, now=now)
        row.save(force_insert=True)
        unit.record(
            Decided(number=case.number, service=row.service, version=row.version, outcome=row.outcome,
                    reason_codes=tuple(row.reason_codes), decision=row.id, receipt_digest=row.receipt_digest,
                    subject=pseudonym(case.applicant)),
            hand=DecidedCase(decision_id=row.id, number=case.number, package=case.package, service=row.service, version=row.version,
                             applicant=case.applicant, as_of=case.as_of, decided_at=now, decision=decision, facts=case.facts),
        )
    return row


def decide_filing(*, confirmed: ConfirmedFacts, by: Actor, now: datetime) -> DecisionRow:
    """Decide what was just confirmed, in the same transaction. No staff account is between the two: `by` is a rule set."""
    authorise(by, Right.DECIDE)
    case = Case(
        number=confirmed.number, package=confirmed.package, round=confirmed.round, attempt=0, applicant=confirmed.applicant,
        as_of=confirmed.as_of, facts=confirmed.facts, salt=confirmed.salt,
        patience_until=confirmed.confirmed_at + confirmed.package.patience,
    ).at(now)
    decision = case.decide()
    with act(by=by, now=now):
        row = write_decision(case=case, decision=decision, by=by, now=now)
        if decision.outcome is Outcome.WAIT and decision.waiting_for:
            Waiting(
                number=case.number, decision=row, sources=sorted(decision.waiting_for), since=_silent_since(case, now),
                due_at=now + FIRST_LOOK, patience_until=case.patience_until, receipt=confirmed.receipt,
            ).save(force_insert=True)
    return row


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
        DecisionRow.objects.filter(id=decision).update(signature=sign("receipt", statement), signed_at=now)
