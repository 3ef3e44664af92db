"""What a correction would touch, before it is reported: counts alone, by fate and by service, never the two crossed (ADR 0047)."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Mapping, Sequence
from enum import StrEnum
from typing import Any, Final

from miaopi.apps.application.api import list_states
from miaopi.apps.approval.models import DecisionRow, RedecisionState, Referral
from miaopi.apps.approval.queries.impact import ERASED, compute_record, find_corrected, find_end
from miaopi.apps.catalogue.api import get_service
from miaopi.apps.exchange.api import Correction, find_last_correction
from miaopi.kernel.decision import Outcome
from miaopi.kernel.errors import DefinitionError
from miaopi.kernel.frozen import frozen
from miaopi.kernel.lifecycle import State

Row = Mapping[str, Any]  # a decision without what is sealed

COLUMNS: Final = ("id", "number", "service", "version", "outcome", "standing", "decided_by", "used", "is_erased")


class Fate(StrEnum):
    """What becomes of a decision that used the record."""

    AGAIN = "again"  # the rules decide anew, and what they say then is in effect
    PERSON = "person"  # the rules look again; where they then say otherwise, a person decides, and until then it stands
    WAITING = "waiting"  # its case waits, and goes on with the corrected record
    OPEN = "open"  # the applicant has the floor: when she confirms, everything is asked again
    UNTOUCHED = "untouched"  # its service takes other fields of the record
    ENDED = "ended"  # withdrawn, erased, or another decision of the case counts


@frozen
class Foresight:
    """How many decisions used the record. `mark` is another one as soon as anything of it has changed."""

    draft: Correction
    fates: Mapping[Fate, int]
    services: Mapping[str, int]
    mark: str

    @property
    def decisions(self) -> int:
        return sum(self.fates.values())

    @property
    def touched(self) -> int:
        """Those that the rules look at again."""
        return sum(self.fates.get(fate, 0) for fate in (Fate.AGAIN, Fate.PERSON, Fate.WAITING))

    def to_json(self) -> dict[str, object]:
        return {
            "resource": self.draft.resource, "fields": list(self.draft.fields), "agency": self.draft.agency, "decisions": self.decisions,
            "touched": self.touched, "fates": {fate.value: self.fates.get(fate, 0) for fate in Fate}, "services": dict(self.services),
        }  # fmt: skip


def compute_foresight(draft: Correction) -> Foresight:
    """For a draft that was judged. Whoever shows it has made the entry of the look."""
    record = compute_record(draft.resource, draft.subject)
    numbers = set(DecisionRow.objects.filter(used__contains=[record]).values_list("number", flat=True))
    chains: dict[str, list[Row]] = {number: [] for number in sorted(numbers)}
    rows = DecisionRow.objects.filter(number__in=numbers).annotate(is_erased=ERASED).order_by("round", "attempt")
    for row in rows.values(*COLUMNS):
        chains[row["number"]].append({**row, "has_used": record in row["used"]})
    used = [row for chain in chains.values() for row in chain if row["has_used"]]
    touched = {rules: _is_touched(draft, *rules) for rules in {(row["service"], row["version"]) for row in used}}
    states = list_states(numbers)
    referred = set(Referral.objects.filter(number__in=numbers, closed_at=None).values_list("number", flat=True))
    fates = {
        row["id"]: _find_fate(
            row, chains[row["number"]], states.get(row["number"]), is_touched=touched[row["service"], row["version"]],
            is_referred=row["number"] in referred,
        )
        for row in used
    }  # fmt: skip
    last = find_last_correction(resource=draft.resource, party=draft.party)
    told = [draft.resource, *draft.fields, draft.subject, last.id if last else "", *(word for each in fates.items() for word in each)]
    return Foresight(
        draft=draft, fates=Counter(fates.values()), services=dict(sorted(Counter(row["service"] for row in used).items())),
        mark=hashlib.sha256("\n".join(told).encode()).hexdigest(),
    )  # fmt: skip


def _find_fate(row: Row, chain: Sequence[Row], state: State | None, *, is_touched: bool, is_referred: bool) -> Fate:
    """Of a decision that used the record; `chain` are all of its case, `state` nothing where the case is kept no more."""
    if state is None:
        return Fate.ENDED
    standing, latest = next((each for each in reversed(chain) if each["standing"]), chain[-1]), chain[-1]
    end = find_end(
        is_erased=any(each["is_erased"] for each in (row, standing, latest)), state=state,
        is_counted=row is standing or (row is latest and not standing["has_used"]),
    )  # fmt: skip
    if end is not None:
        return Fate.OPEN if end is RedecisionState.OPEN else Fate.ENDED
    if not is_touched:
        return Fate.UNTOUCHED
    if state is State.WAITING:
        return Fate.WAITING
    holds_nothing = Outcome(standing["outcome"]) is not Outcome.APPROVE and not standing["decided_by"]
    return Fate.AGAIN if holds_nothing and not is_referred and state is not State.REFERRED else Fate.PERSON


def _is_touched(draft: Correction, service: str, version: str) -> bool:
    """Whether a service takes any of the fields; of one whose files are gone nobody can say that it does not."""
    try:
        definition = get_service(service, version).definition
    except DefinitionError:
        return True
    return bool(find_corrected(definition, definition.facts, draft))
