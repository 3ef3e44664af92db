"""Reads of decisions and of cases that wait."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import field
from datetime import datetime

from django.db.models import Count

from miaopi.apps.application.api import get_application
from miaopi.apps.approval.models import DecisionRow, Review, Waiting
from miaopi.apps.audit.api import Actor
from miaopi.apps.identity.api import seal, unseal
from miaopi.kernel.errors import NotFound
from miaopi.kernel.frozen import frozen
from miaopi.kernel.wording import Text

UNDECIDED = Text(zh="该办件还没有决定。", en="There is no decision yet.")


@frozen
class Beside:
    """What stands beside a statement: the facts and values it holds digests of, as JSON, and their salt."""

    facts: Mapping[str, object] = field(repr=False)
    values: Mapping[str, object] = field(repr=False)
    salt: str = field(repr=False)


def seal_beside(decision: str, beside: Beside) -> bytes:
    written = {"facts": dict(beside.facts), "values": dict(beside.values), "salt": beside.salt}
    return seal(json.dumps(written, ensure_ascii=False).encode(), context=f"decision:{decision}")


def unseal_beside(decision: str, sealed: bytes | memoryview | None) -> Beside | None:
    """None after retention, when facts and salt are erased."""
    return None if sealed is None else Beside(**json.loads(unseal(bytes(sealed), context=f"decision:{decision}")))


def find_decision(number: str) -> DecisionRow | None:
    """The decision that counts: the last one that stands."""
    return DecisionRow.objects.filter(number=number, standing=True).order_by("-round", "-attempt").first()


def find_values(decision: str) -> Mapping[str, object]:
    """The values of one decision as JSON, for rooms that heard of it; none after retention."""
    row = DecisionRow.objects.filter(id=decision).first()
    beside = None if row is None else unseal_beside(row.id, row.kept)
    return {} if beside is None else beside.values


def get_last_decision(number: str) -> DecisionRow:
    """The decision that counts of a case whose reader was judged already. Raises NotFound."""
    found = find_decision(number)
    if found is None:
        raise NotFound(UNDECIDED)
    return found


def get_latest(number: str) -> DecisionRow:
    """The decision with the latest facts, whether it stands or not, of a case whose reader was judged already. Raises NotFound."""
    found = DecisionRow.objects.filter(number=number).order_by("-round", "-attempt").first()
    if found is None:
        raise NotFound(UNDECIDED)
    return found


def get_decision(*, number: str, reader: Actor) -> DecisionRow:
    """The decision that counts of a case the reader may know of; else `NotFound`."""
    found = find_decision(get_application(number=number, reader=reader).number)
    if found is None:
        raise NotFound(UNDECIDED)
    return found


def list_decisions(*, number: str, reader: Actor) -> list[DecisionRow]:
    """All of them, oldest first: one a round, one more where a case had waited, and one for each correction of what it rests on."""
    application = get_application(number=number, reader=reader)
    return list(DecisionRow.objects.filter(number=application.number).order_by("round", "attempt"))


def find_waiting(number: str) -> Waiting | None:
    return Waiting.objects.filter(number=number).first()


def list_silences_due(now: datetime) -> list[tuple[str, ...]]:
    """The sets of silent sources for which some case is due, the longest silence first."""
    due = Waiting.objects.filter(due_at__lte=now).order_by("since").values_list("sources", flat=True)
    return list(dict.fromkeys(tuple(sources) for sources in due))


def list_waiting_for(sources: tuple[str, ...], *, due_by: datetime, limit: int) -> list[Waiting]:
    """The cases that wait for exactly these sources and are due by then, the longest wait first."""
    waiting = Waiting.objects.select_related("decision").filter(sources=list(sources), due_at__lte=due_by)
    return list(waiting.order_by("since", "number")[:limit])


def count_waiting() -> int:
    return Waiting.objects.count()


def count_waiting_for(sources: Iterable[str]) -> Mapping[str, int]:
    """How many cases wait for each of these resources; one that waits for two counts at both."""
    counted = Counter(source for each in Waiting.objects.values_list("sources", flat=True) for source in each)
    return {source: counted[source] for source in sources}


def count_decisions(versions: Iterable[str]) -> Mapping[str, int]:
    """How many decisions were made under each of these versions of services, replaced ones included."""
    rows = DecisionRow.objects.filter(version__in=set(versions)).values_list("version").annotate(made=Count("id"))
    made: dict[str, int] = dict(rows)
    return {version: made.get(version, 0) for version in versions}


def find_review_of(number: str) -> Review | None:
    """The last request of the case, answered or not."""
    return Review.objects.select_related("answer").filter(number=number).order_by("-requested_at").first()
