"""Deciding again what used a corrected record: as of its own day, by the rules of its filing, with what the source says now.

What was decided stays on record beside the new decision. What holds no approval is decided anew by the rules at once; whoever has one
loses nothing of it by a machine: a person decides (行政许可法 第八条, reliance on a licence; its bearing on corrections 须核验).
The ground of asking again is the duty to correct (个人信息保护法 第四十六条, 须核验), for the purpose that she consented to then.
"""

from __future__ import annotations

import logging
from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Final

from django.db import IntegrityError

from miaopi.apps.application.api import Application, advance, get_application, lock_application
from miaopi.apps.approval.actions.case import Case, reopen_case
from miaopi.apps.approval.actions.claims import hold_claims, settle_claims
from miaopi.apps.approval.actions.decide import compute_receipt, compute_row, rules_of, tell, write_decision
from miaopi.apps.approval.actions.redecided import end_redecision
from miaopi.apps.approval.actions.referrals import (
    BY_RULES,
    CORRECTION,
    close_referrals,
    open_referral,
    show_corrected,
)
from miaopi.apps.approval.models import DecisionRow, Redecision, RedecisionState, Referral, Waiting
from miaopi.apps.approval.queries.cases import find_referral, is_held
from miaopi.apps.approval.queries.decisions import (
    Beside,
    find_waiting,
    get_last_decision,
    get_latest,
    seal_beside,
)
from miaopi.apps.approval.queries.impact import find_corrected, find_end, list_redecisions_due
from miaopi.apps.audit.api import Actor, act, system
from miaopi.apps.exchange.api import Correction, Duty, get_correction
from miaopi.apps.filing.api import Draft, Search, gather_again, get_written, is_silent
from miaopi.apps.identity.api import Right, authorise
from miaopi.kernel.decision import Decision, Outcome
from miaopi.kernel.decision.outcomes import to_plain
from miaopi.kernel.errors import MiaopiError
from miaopi.kernel.fact import Fact, FactName
from miaopi.kernel.frozen import frozen
from miaopi.kernel.lifecycle import Replace, State

ROUND: Final = 50  # a call; the worker has other work too
STEPS: Final = tuple(timedelta(seconds=seconds) for seconds in (2, 10, 60, 300))  # then the last, while the source is silent
FINAL: Final = frozenset({Outcome.APPROVE, Outcome.REFUSE, Outcome.REDIRECT})
INSTRUMENT: Final = "个人信息保护法"
ARTICLE: Final = "第四十六条"
WORKER: Final = system("approval.run_redecisions")

log = logging.getLogger(__name__)


@frozen
class _Again:
    """A decision to be made again: what the rules said `before`, on the facts of the decision that stands, and say `after`, on the
    corrected ones, which `case` holds."""

    row: Redecision
    correction: Correction
    state: State  # of the case, when its facts were read
    standing: DecisionRow
    before: Decision
    case: Case
    after: Decision

    @property
    def is_same(self) -> bool:
        return _says(self.before) == _says(self.after)


def run_redecisions(*, now: datetime, by: Actor = WORKER) -> int:
    """Decide again what is due; how many came to an end. Sources are asked outside any transaction."""
    authorise(by, Right.RUN_REDECISIONS)
    return sum(_redecide_or_set_aside(row, by=by, now=now) for row in list_redecisions_due(now, ROUND))


def _redecide_or_set_aside(row: Redecision, *, by: Actor, now: datetime) -> bool:
    """One that cannot be decided now is tried later, so that it holds up no other."""
    try:
        return _redecide(row, get_correction(row.correction), by=by, now=now)
    except (MiaopiError, IntegrityError) as error:  # the latter: somebody decided the case while its source was asked
        log.error("a decision to be made again was set aside: %s", type(error).__name__)
        _try_later(row, now)
        return False


def _try_later(row: Redecision, now: datetime) -> None:
    step = STEPS[min(row.attempts, len(STEPS) - 1)]
    Redecision.objects.filter(id=row.id, state=RedecisionState.DUE).update(due_at=now + step, attempts=row.attempts + 1)


def _redecide(row: Redecision, correction: Correction, *, by: Actor, now: datetime) -> bool:
    """Decide again, or say why not; whether that is the end of it."""
    application = get_application(number=row.number, reader=WORKER)
    standing, latest = get_last_decision(row.number), get_latest(row.number)
    if (ended := _find_end(row, application, standing, latest)) is not None:
        return _end(row, correction, ended, by=by, now=now)
    waiting = find_waiting(row.number)
    case = reopen_case(prior=latest, kept=waiting.kept if waiting else None, patience_until=row.noted_at)
    patience_until = waiting.patience_until if waiting else row.noted_at + case.package.patience
    case = replace(case, patience_until=patience_until)
    stale = find_corrected(case.definition, case.facts, correction)
    if not stale:
        return _end(row, correction, RedecisionState.UNTOUCHED, by=by, now=now)
    case = replace(case, facts=_gather(case, stale, by=by, now=now)).at(now)
    after = case.decide()
    if waiting is None and now < patience_until and (after.outcome is Outcome.WAIT or _is_silent(case, stale)):
        _try_later(row, now)
        return False
    before = reopen_case(prior=standing, patience_until=standing.decided_at).at(now).decide()
    again = _Again(row, correction, State(application.state), standing, before, case, after)
    match again.state:
        case State.WAITING:
            return _go_on(again, waiting, by=by, now=now)
        case State.REFERRED:
            return _help_person(again, by=by, now=now)
        case _:
            return _judge(again, by=by, now=now)


def _find_end(row: Redecision, application: Application, standing: DecisionRow, latest: DecisionRow) -> RedecisionState | None:
    is_last = row.decision_id == latest.id and not Redecision.objects.filter(correction=row.correction, decision=standing).exists()
    return find_end(
        is_erased=None in (row.decision.kept, standing.kept, latest.kept), state=State(application.state),
        is_counted=row.decision_id == standing.id or is_last,
    )  # fmt: skip


def _is_silent(case: Case, stale: frozenset[FactName]) -> bool:
    return any(is_silent(fact) for name, fact in case.facts.items() if name in stale)


def _gather(case: Case, stale: frozenset[FactName], *, by: Actor, now: datetime) -> Mapping[FactName, Fact]:
    """The facts with what the source says now of those that were corrected, and of what the rules then still need."""
    duty = Duty(case.package.slug, case.number, INSTRUMENT, ARTICLE, purpose=case.package.consent.zh)
    search = Search(case.package, case.applicant, duty, case.as_of)
    return gather_again(search=search, draft=Draft(sourced=case.facts), stale=stale, by=by, now=now).facts(case.definition)


def _judge(again: _Again, *, by: Actor, now: datetime) -> bool:
    """A decided case: nothing changes, the rules decide anew, or a person must."""
    standing = again.standing
    if again.is_same:
        return _keep_beside(again, RedecisionState.UNCHANGED, by=by, now=now)
    holds_nothing = Outcome(standing.outcome) is not Outcome.APPROVE and not standing.decided_by
    if holds_nothing and again.after.outcome in FINAL and find_referral(standing.number) is None:
        return _put_in_place(again, now=now)
    return _keep_beside(again, RedecisionState.REFERRED, by=by, now=now)


def _help_person(again: _Again, *, by: Actor, now: datetime) -> bool:
    """A case with a person: she sees the corrected facts; what the rules can approve now waits for nobody, unless she is at it."""
    referral = find_referral(again.row.number)
    is_free = referral is not None and not is_held(referral, now) and not referral.proposed_by
    if again.after.outcome is Outcome.APPROVE and is_free and not again.standing.decided_by:
        return _decide_open(again, now=now)
    state = RedecisionState.UNCHANGED if again.is_same else RedecisionState.REFERRED
    return _keep_beside(again, state, by=by, now=now)


def _go_on(again: _Again, waiting: Waiting | None, *, by: Actor, now: datetime) -> bool:
    """A case that waits goes on with the corrected facts; if nothing is left to wait for, it is decided."""
    if again.after.outcome is not Outcome.WAIT:
        return _decide_open(again, now=now)
    with act(by=by, now=now):
        if waiting is None or not _lock(again):
            return False
        beside = Beside(facts=get_written(again.case.facts), values={}, salt=again.case.salt)
        Waiting.objects.filter(number=waiting.number, decision=waiting.decision_id).update(
            kept=seal_beside(waiting.decision_id, beside), sources=sorted(again.after.waiting_for)
        )
        end_redecision(row=again.row, correction=again.correction, state=RedecisionState.UNCHANGED, by=by, now=now)
    return True


def _decide_open(again: _Again, *, now: datetime) -> bool:
    """An open case is decided by the rules: who waited for a person, or for a source, waits no more."""
    by = rules_of(again.case.package)
    with act(by=by, now=now):
        if not _lock(again):
            return False
        case, decision = hold_claims(case=again.case, decision=again.after, by=by, now=now)
        if again.after.outcome is Outcome.APPROVE:
            close_referrals(number=case.number, ground=BY_RULES, by=by, now=now)
        made = write_decision(case=case, decision=decision, correction=again.correction.id, by=by, now=now)
        Waiting.objects.filter(number=case.number).delete()
        _end_with(again, RedecisionState.CHANGED, made, by=by, now=now)
    return True


def _put_in_place(again: _Again, *, now: datetime) -> bool:
    """The rules decide anew in place of what they decided on a wrong record."""
    by = rules_of(again.case.package)
    with act(by=by, now=now) as unit:
        if not _lock(again):
            return False
        case, decision = hold_claims(case=again.case, decision=again.after, by=by, now=now)
        advance(number=case.number, move=Replace, outcome=decision.outcome.value, by=by, now=now)
        made = _save(case, decision, is_standing=True, now=now)
        tell(unit=unit, row=made, case=case, decision=decision, replaces=again.standing.id, correction=again.correction.id)
        settle_claims(row=made, by=by, now=now)
        _end_with(again, RedecisionState.CHANGED, made, by=by, now=now)
    return True


def _keep_beside(again: _Again, state: RedecisionState, *, by: Actor, now: datetime) -> bool:
    """Keep the new decision beside the one that stands; a person who has the case, or gets it now, sees the corrected facts."""
    with act(by=by, now=now):
        if not _lock(again):
            return False
        open_ = Referral.objects.select_for_update().filter(number=again.case.number, closed_at=None).first()
        made = _save(again.case, again.after, is_standing=False, now=now)
        if open_ is not None:
            kind = open_.kind if state is RedecisionState.UNCHANGED or Outcome(again.standing.outcome) not in FINAL else CORRECTION
            show_corrected(referral=open_, row=made, kind=kind, now=now)
        elif state is RedecisionState.REFERRED:
            open_referral(row=made, package=again.case.package, kind=CORRECTION, by=by, now=now)
        _end_with(again, state, made, by=by, now=now)
    return True


def _save(case: Case, decision: Decision, *, is_standing: bool, now: datetime) -> DecisionRow:
    receipt = compute_receipt(case, decision)
    row = compute_row(case=case, decision=decision, receipt=receipt, statement=receipt.statement(), now=now)
    row.standing = is_standing
    row.save(force_insert=True)
    return row


def _end_with(again: _Again, state: RedecisionState, made: DecisionRow, *, by: Actor, now: datetime) -> None:
    end_redecision(row=again.row, correction=again.correction, state=state, answer=made, became=made.outcome, by=by, now=now)


def _end(row: Redecision, correction: Correction, state: RedecisionState, *, by: Actor, now: datetime) -> bool:
    with act(by=by, now=now):
        if not _is_due(row):
            return False
        end_redecision(row=row, correction=correction, state=state, by=by, now=now)
    return True


def _lock(again: _Again) -> bool:
    """Whether the case rests on what was read of it before its source was asked: nobody has withdrawn it, decided it again or erased it
    meanwhile. The case first: whoever withdraws it takes its locks in that order."""
    return lock_application(again.row.number).state == again.state and _is_due(again.row, decision__kept__isnull=False)


def _is_due(row: Redecision, **also: bool) -> bool:
    return Redecision.objects.select_for_update(no_key=True).filter(id=row.id, state=RedecisionState.DUE, **also).exists()


def _says(decision: Decision) -> object:
    """What a decision means to her: the outcome, what it holds, and, where it holds no approval, why."""
    values = {name: to_plain(value) for name, value in decision.values.items()}
    return decision.outcome, values, None if decision.outcome is Outcome.APPROVE else [reason.code for reason in decision.reasons]
