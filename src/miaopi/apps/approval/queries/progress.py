"""How far corrections have come: what became of the decisions that used the record, in counts."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from enum import StrEnum
from typing import Final

from django.db.models import Count

from miaopi.apps.approval.models import DecisionRow, Redecision, RedecisionState
from miaopi.apps.approval.queries.decisions import unseal_beside
from miaopi.apps.approval.queries.impact import compute_record, find_corrected
from miaopi.apps.catalogue.api import get_service
from miaopi.apps.exchange.api import Correction
from miaopi.kernel.decision import Outcome
from miaopi.kernel.decision.reading import read_facts
from miaopi.kernel.errors import DefinitionError
from miaopi.kernel.fact import Disputed, Fact, Known
from miaopi.kernel.frozen import frozen

R = RedecisionState
TOLD: Final = frozenset({R.REFERRED, R.UPHELD, R.REPLACED})  # of a decision that was not with a person before
MOST_COMPARED: Final = 50  # decisions of one correction of which it is looked up what the source said


class CorrectionState(StrEnum):
    """How far a correction has come."""

    NOTING = "noting"  # the decisions that used the record are being written down
    RUNNING = "running"  # some are still to be made again
    WITH_PERSON = "with_person"  # a person decides some of them
    DONE = "done"
    UNUSED = "unused"  # no decision had used the record


@frozen
class Progress:
    """What became of the decisions so far; `is_noted`: they are all written down."""

    states: Mapping[RedecisionState, int]
    is_noted: bool

    @property
    def state(self) -> CorrectionState:
        if not self.states:
            return CorrectionState.UNUSED if self.is_noted else CorrectionState.NOTING
        if self.states.get(R.DUE):
            return CorrectionState.RUNNING
        return CorrectionState.WITH_PERSON if self.states.get(R.REFERRED) else CorrectionState.DONE

    def to_json(self) -> dict[str, object]:
        return {"state": self.state.value, "decisions": {state.value: self.states.get(state, 0) for state in R}}


@frozen
class Carried:
    """One correction carried out: how many of the persons' cases were told, of how many the source still says what it said before
    (`same_said` of `compared`), and, while a source is silent, how often it was tried (`attempts`) and when it is tried next."""

    correction: Correction
    progress: Progress
    services: Mapping[str, int]
    told: int
    compared: int
    same_said: int
    attempts: int
    next_at: datetime | None

    def to_json(self) -> dict[str, object]:
        return {
            **self.correction.to_json(), **self.progress.to_json(), "services": dict(self.services), "told": self.told,
            "compared": self.compared, "same_said": self.same_said, "attempts": self.attempts,
            "next_at": self.next_at.isoformat() if self.next_at else None,
        }  # fmt: skip


def list_progress(corrections: Sequence[Correction]) -> Mapping[str, Progress]:
    """Of each of these how far it has come, by id."""
    counted: dict[str, dict[RedecisionState, int]] = {each.id: {} for each in corrections}
    rows = Redecision.objects.filter(correction__in=counted).values_list("correction", "state").annotate(count=Count("id"))
    for correction, state, count in rows:
        counted[correction][RedecisionState(state)] = count
    unnoted = _list_unnoted([each for each in corrections if not counted[each.id]])
    return {correction: Progress(states, correction not in unnoted) for correction, states in counted.items()}


def compute_carried(correction: Correction) -> Carried:
    """One correction with all that may be said of it to its agency. Whoever shows it has made the entry of the look."""
    noted = Redecision.objects.filter(correction=correction.id).order_by("id")
    rows = list(noted.values_list("state", "attempts", "due_at", "decision__service", "decision__outcome"))
    due = [(attempts, due_at) for state, attempts, due_at, _, _ in rows if state == R.DUE and attempts]
    answered = noted.exclude(answer=None).select_related("decision", "answer")[:MOST_COMPARED]
    compared = [said for row in answered if (said := _find_said(row, correction)) is not None]
    return Carried(
        correction=correction, progress=list_progress([correction])[correction.id],
        services=dict(sorted(Counter(service for _, _, _, service, _ in rows).items())),
        told=sum(_is_told(state, outcome) for state, _, _, _, outcome in rows), compared=len(compared), same_said=sum(compared),
        attempts=max((attempts for attempts, _ in due), default=0), next_at=min((due_at for _, due_at in due if due_at), default=None),
    )  # fmt: skip


def _list_unnoted(corrections: Iterable[Correction]) -> set[str]:
    """Those of which some decision used the record when it was reported: nothing stands of them, so the log has not told yet."""
    records = {each.id: (compute_record(each.resource, each.subject), each.reported_at) for each in corrections}
    if not records:
        return set()
    using = DecisionRow.objects.filter(used__overlap=[record for record, _ in records.values()]).values_list("used", "decided_at")
    known = [(frozenset(used), decided_at) for used, decided_at in using]
    return {
        correction for correction, (record, reported_at) in records.items()
        if any(record in used and decided_at <= reported_at for used, decided_at in known)
    }  # fmt: skip


def _is_told(state: str, outcome: str) -> bool:
    return state == R.CHANGED or (state in TOLD and outcome != Outcome.REFER)


def _find_said(row: Redecision, correction: Correction) -> bool | None:
    """Whether the source said the same again of what was corrected; nothing where nobody can tell."""
    if row.answer is None:
        return None
    before, after = (unseal_beside(each.id, each.kept) for each in (row.decision, row.answer))
    if before is None or after is None:
        return None
    try:
        definition = get_service(row.decision.service, row.decision.version).definition
    except DefinitionError:
        return None
    then, again = read_facts(definition, before.facts), read_facts(definition, after.facts)
    names = find_corrected(definition, [name for name in again if name in then], correction)
    return all(_plain(then[name]) == _plain(again[name]) for name in names) if names else None


def _plain(fact: Fact) -> object:
    """What was said, without who said it and when."""
    told = fact.contested if isinstance(fact, Disputed) else fact
    return told.value if isinstance(told, Known) else type(told)
