"""Cases that wait for silent sources: probed by one of them, decided by themselves once the source speaks again.

However many wait for a source, one asks; the others go on when it was answered. So a dead source is asked at most once
a look, and a healed one is noticed within the longest step.
"""

from __future__ import annotations

import logging
from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Final

from miaopi.apps.application.api import get_application
from miaopi.apps.approval.actions.case import Case, reopen_case
from miaopi.apps.approval.actions.decide import compute_period_end, rules_of, write_decision
from miaopi.apps.approval.models import Waiting
from miaopi.apps.approval.queries.decisions import (
    Beside,
    list_silences_due,
    list_waiting_for,
    seal_beside,
)
from miaopi.apps.audit.api import Actor, act, system
from miaopi.apps.exchange.api import Ground
from miaopi.apps.filing.api import Draft, Search, gather_again, get_written, is_silent
from miaopi.kernel.decision import Decision, Outcome
from miaopi.kernel.errors import InputError, MiaopiError, RightsError
from miaopi.kernel.fact import Doubt, Fact, FactName, Unknown
from miaopi.kernel.frozen import frozen
from miaopi.kernel.lifecycle import State

STEPS: Final = tuple(timedelta(seconds=seconds) for seconds in (1, 2, 3, 4))  # then the last: healed is noticed within 10 s
SET_ASIDE: Final = timedelta(minutes=1)  # for a case that cannot be looked at until somebody mends a definition
ROUND: Final = 50  # cases of one source a call; the worker has other work too
WORKER: Final = system("approval.retry_waiting")

log = logging.getLogger(__name__)


@frozen
class Look:
    """What one look at a waiting case brought. `silent`: the sources it waited for still do not answer."""

    decided: bool
    silent: bool


def retry_waiting(*, now: datetime, by: Actor = WORKER) -> int:
    """Look again at the cases that are due; how many were decided. Sources are asked outside any transaction."""
    return sum(_retry_silence(sources, by=by, now=now) for sources in list_silences_due(now))


def _retry_silence(sources: tuple[str, ...], *, by: Actor, now: datetime) -> int:
    """Probe with the case that has waited longest; the others follow only if the silence is broken."""
    decided, soon = 0, now + STEPS[-1]  # a case set aside is due later than any step
    for row in list_waiting_for(sources, due_by=soon, limit=ROUND):
        look = _look_or_set_aside(row, ask=True, by=by, now=now)
        decided += look.decided
        if look.silent:
            return decided + _go_on_waiting(row, sources, by=by, now=now)
    Waiting.objects.filter(sources=list(sources), due_at__range=(now, soon)).update(due_at=now)  # it speaks: no need to wait
    return decided


def _go_on_waiting(probe: Waiting, sources: tuple[str, ...], *, by: Actor, now: datetime) -> int:
    """Everybody who waits for this source looks again a step later; whose patience is over is decided as it stands."""
    step = STEPS[min(probe.attempts, len(STEPS) - 1)]
    waiting = Waiting.objects.filter(sources=list(sources), patience_until__gt=now, due_at__lte=now + STEPS[-1])
    waiting.update(due_at=now + step, attempts=probe.attempts + 1)
    exhausted = [row for row in list_waiting_for(sources, due_by=now, limit=ROUND) if row.patience_until <= now]
    return sum(_look_or_set_aside(row, ask=False, by=by, now=now).decided for row in exhausted)


def _look_or_set_aside(row: Waiting, *, ask: bool, by: Actor, now: datetime) -> Look:
    """Look at the case again; one that cannot be looked at waits aside, so that it holds up no other."""
    try:
        return _look_again(row, ask=ask, by=by, now=now)
    except MiaopiError as error:
        log.error("waiting case set aside: %s", error)
        Waiting.objects.filter(number=row.number).update(due_at=now + SET_ASIDE, attempts=row.attempts + 1)
        return Look(decided=False, silent=False)  # what its sources say is not known: another may be the probe


def _look_again(row: Waiting, *, ask: bool, by: Actor, now: datetime) -> Look:
    """Decide the case again, with what its sources say now if they are asked."""
    case = _case_of(row)
    before = case.facts
    if ask:
        case = replace(case, facts=_ask_again(case, row, by=by, now=now))
    specs, open_ = case.definition.facts, {name: fact for name, fact in case.facts.items() if is_silent(fact)}
    silent = not {specs[name].find_silent(fact) for name, fact in open_.items()}.isdisjoint(row.sources)
    decision = case.at(now).decide()
    if decision.outcome is not Outcome.WAIT:
        return Look(decided=_end_waiting(row, case.at(now), decision, now=now), silent=silent)
    waiting_for = sorted(decision.waiting_for)
    if not waiting_for:
        Waiting.objects.filter(number=row.number, decision=row.decision).update(due_at=compute_period_end(decision, now))
    if case.facts != before or waiting_for != row.sources:
        _keep(row, case, waiting_for, now=now)
    return Look(decided=False, silent=silent)


def _case_of(row: Waiting) -> Case:
    return reopen_case(prior=row.decision, kept=row.kept, patience_until=row.patience_until)


def _ask_again(case: Case, row: Waiting, *, by: Actor, now: datetime) -> Mapping[FactName, Fact]:
    """The facts with what silent sources say now. Without a consent nothing is pulled any more, so nobody can prove it."""
    draft = Draft(sourced=case.facts)
    silent = {name for name, fact in case.facts.items() if is_silent(fact)}
    if not row.sources:  # a lawful period ran: what may have changed meanwhile is read again
        silent |= {name for name in case.facts if case.definition.facts[name].volatile}
    search = Search(case.package, case.applicant, Ground(row.receipt, case.definition.slug, case.number), case.as_of)
    try:
        return gather_again(search=search, draft=draft, stale=silent, by=by, now=now).facts(case.definition)
    except RightsError:
        if now >= case.patience_until:
            return case.facts
        return {**case.facts, **{name: Unknown(Doubt.UNPROVEN) for name in silent}}


def _keep(row: Waiting, case: Case, sources: list[str], *, now: datetime) -> None:
    """Keep what was learnt, so that a source that answered is not asked again for the same case."""
    beside = Beside(facts=get_written(case.facts), values={}, salt=case.salt)
    moved: dict[str, object] = {} if sources == row.sources else {"attempts": 0}
    if moved and sources:
        moved["due_at"] = now
    Waiting.objects.filter(number=row.number, decision=row.decision).update(
        kept=seal_beside(row.decision_id, beside), sources=sources, **moved
    )


def _end_waiting(row: Waiting, case: Case, decision: Decision, *, now: datetime) -> bool:
    """Decide the case; False if it was withdrawn, or decided by another worker, while its sources were asked: theirs stands."""
    by = rules_of(case.package)
    try:
        with act(by=by, now=now):
            write_decision(case=case, decision=decision, by=by, now=now)  # the case first: withdrawing takes its locks in that order
            Waiting.objects.filter(number=row.number).delete()
    except InputError:
        if get_application(number=row.number, reader=WORKER).state == State.WAITING.value:
            raise
        return False
    return True


def stop_waiting(*, number: str, by: Actor, now: datetime) -> None:
    """A withdrawn case is not looked at again, and what sources said meanwhile is not kept."""
    with act(by=by, now=now):
        Waiting.objects.filter(number=number).delete()
