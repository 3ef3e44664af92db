"""Which decisions used a record – one resource about one person – and what became of them when it was corrected.

A decision names its records by keyed digests in its own row, so that its INSERT writes them and one look at an index finds them.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import field
from datetime import datetime
from typing import Final

from django.db.models import BooleanField, ExpressionWrapper, Q

from miaopi.apps.approval.models import DecisionRow, Redecision, RedecisionState
from miaopi.apps.exchange.api import Correction, list_records, list_scope
from miaopi.apps.identity.api import PartyId, pseudonym
from miaopi.kernel.decision import Definition, FactSpec
from miaopi.kernel.fact import Doubt, Fact, FactName, Unknown
from miaopi.kernel.frozen import frozen
from miaopi.kernel.lifecycle import State

DIGITS: Final = 16  # hexadecimal ones: 64 bits, of which a look at ten million meets a foreign one once in 10^12 times
ERASED: Final = ExpressionWrapper(Q(kept=None), output_field=BooleanField())


@frozen
class Impact:
    """One decision that used the record. `redecision` is what became of it by the last correction, if there was one: then `state`, and
    `answer`, the id of the decision beside it, with its outcome, `became`."""

    number: str
    decision: str
    service: str
    outcome: str
    decided_at: datetime
    is_standing: bool
    is_erased: bool
    redecision: Redecision | None = field(repr=False)

    @property
    def state(self) -> str:
        return self.redecision.state if self.redecision else ""

    @property
    def answer(self) -> str:
        return (self.redecision.answer_id or "") if self.redecision else ""

    @property
    def became(self) -> str:
        return self.redecision.answer.outcome if self.redecision and self.redecision.answer else ""

    def to_json(self) -> dict[str, object]:
        return {
            "number": self.number, "decision": self.decision, "service": self.service, "outcome": self.outcome,
            "decided_at": self.decided_at.isoformat(), "standing": self.is_standing, "erased": self.is_erased,
            "state": self.state or None, "correction": self.redecision and self.redecision.correction, "answer": self.answer or None,
            "became": self.became or None,
            "done_at": self.redecision.done_at.isoformat() if self.redecision and self.redecision.done_at else None,
        }


def compute_record(resource: str, subject: str) -> int:
    """The digest of a record: a resource about the person of this pseudonym, as a signed number of eight bytes."""
    keyed = pseudonym(f"record/{resource}/{subject}")
    return int.from_bytes(bytes.fromhex(keyed[:DIGITS]), signed=True)


def compute_used(definition: Definition, facts: Mapping[FactName, Fact], party: PartyId) -> list[int]:
    """The records that a decision on these facts rests on: what a source said, that it had none, or that it contradicts itself."""
    said = {name: fact for name, fact in facts.items() if name in definition.facts and _is_said(fact)}
    resources = frozenset[str]().union(*(list_records(definition.facts[name], fact) for name, fact in said.items()))
    if not resources:
        return []
    subject = pseudonym(party)
    return sorted(compute_record(resource, subject) for resource in resources)


def list_impact(*, resource: str, subject: str) -> Sequence[Impact]:
    """Every decision that used this record, the oldest first. Whoever shows it has made the entry of the look."""
    using = DecisionRow.objects.filter(used__contains=[compute_record(resource, subject)]).annotate(is_erased=ERASED)
    rows = list(using.order_by("decided_at", "id").values("id", "number", "service", "outcome", "decided_at", "standing", "is_erased"))
    last = {each.decision_id: each for each in _list_redecisions(row["id"] for row in rows)}
    return [
        Impact(
            number=row["number"], decision=row["id"], service=row["service"], outcome=row["outcome"], decided_at=row["decided_at"],
            is_standing=row["standing"], is_erased=row["is_erased"], redecision=last.get(row["id"]),
        )
        for row in rows
    ]


def list_redecisions_due(now: datetime, limit: int) -> Sequence[Redecision]:
    """Decisions that are to be made again, the longest due first."""
    due = Redecision.objects.select_related("decision").filter(state=RedecisionState.DUE, due_at__lte=now)
    return list(due.order_by("due_at", "id")[:limit])


def find_end(*, is_erased: bool, state: State, is_counted: bool) -> RedecisionState | None:
    """Why a decision need not, or cannot, be made again. `is_counted`: it is the one of its case by which others are judged."""
    if is_erased:
        return RedecisionState.ERASED
    if state is State.WITHDRAWN:
        return RedecisionState.WITHDRAWN
    if state in {State.SUPPLEMENT, State.CONFIRMED}:
        return RedecisionState.OPEN
    return None if is_counted else RedecisionState.SUPERSEDED


def find_corrected(definition: Definition, facts: Iterable[FactName], correction: Correction) -> frozenset[FactName]:
    """Those of the facts that come from what was corrected."""
    return frozenset(name for name in facts if name in definition.facts and _is_corrected(definition.facts[name], correction))


def _is_corrected(spec: FactSpec, correction: Correction) -> bool:
    asked = {source for source in list_scope([spec]) if source.partition(".")[0] == correction.resource}
    if not correction.fields:
        return bool(asked)
    return not asked.isdisjoint(f"{correction.resource}.{name}" for name in correction.fields)


def _is_said(fact: Fact) -> bool:
    """Whether a source said something of it; a contradiction, or what is too old, is something too."""
    return not isinstance(fact, Unknown) or fact.doubt in {Doubt.CONFLICT, Doubt.STALE}


def _list_redecisions(decisions: Iterable[str]) -> Sequence[Redecision]:
    return list(Redecision.objects.select_related("answer").filter(decision_id__in=list(decisions)).order_by("id"))
