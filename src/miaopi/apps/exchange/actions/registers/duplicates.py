"""Two numbers that may be one party's: an agency finds them among its own rows, and a person decides, who can take it back."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from typing import Final

from miaopi.apps.audit.api import Actor, Event, act
from miaopi.apps.catalogue.api import get_resource
from miaopi.apps.exchange import models
from miaopi.apps.exchange.actions.registers.stewards import get_own_register
from miaopi.apps.exchange.actions.words import require_words
from miaopi.apps.exchange.adapters.configuration import Source
from miaopi.apps.exchange.adapters.directory import city_directory
from miaopi.apps.exchange.adapters.facts import read_facts
from miaopi.apps.exchange.adapters.lines import Call, ask_side_by_side
from miaopi.apps.exchange.adapters.port import Question
from miaopi.apps.exchange.adapters.registers.counters.tally import Pair
from miaopi.apps.exchange.adapters.registers.counting import open_comparer
from miaopi.apps.exchange.events import (
    DuplicateMerged,
    DuplicateRead,
    DuplicateReopened,
    DuplicateSetApart,
    DuplicatesFound,
)
from miaopi.apps.exchange.queries.moves import PAIR_MOVES, Decision
from miaopi.apps.exchange.queries.registers.duplicates import (
    Duplicate,
    compute_duplicate,
    compute_number_digest,
    compute_subject,
    get_duplicate,
    list_numbers,
    lock_duplicate,
    seal_number,
)
from miaopi.apps.identity.api import Right, find_party_by_id_number, is_avoided
from miaopi.definitions.registers import Register, Suspicion
from miaopi.kernel.errors import NotFound, RightsError, UpstreamError
from miaopi.kernel.fact import Fact
from miaopi.kernel.frozen import frozen
from miaopi.kernel.wording import Text

LOOKS_WITHIN: Final = timedelta(seconds=5)
PURPOSE: Final = "基础库重复登记核对"
DUTY: Final = "个人信息保护法 第八条"  # the quality of what is kept of a person; 须核验
DECIDED: Final[Mapping[Decision, type[DuplicateMerged] | type[DuplicateSetApart] | type[DuplicateReopened]]] = {
    Decision.MERGE: DuplicateMerged, Decision.SET_APART: DuplicateSetApart, Decision.REOPEN: DuplicateReopened,
}  # fmt: skip


@frozen
class SeenPair:
    """A pair with what its agency says of each of the two: labels, and the facts side by side."""

    duplicate: Duplicate
    numbers: tuple[str, str]
    rows: tuple[tuple[Text, Fact, Fact], ...]
    reason: str


def find_duplicates(*, register: str, by: Actor, now: datetime) -> int:
    """Have the agency compare its rows; how many pairs are new. One that was decided stays decided.

    Raises RightsError, NotFound; UpstreamError where the agency does not answer.
    """
    found = get_own_register(register, Right.DECIDE_DUPLICATE, by)
    new = 0
    for suspicion in found.suspicions.values():
        pairs = _find_pairs(suspicion, now)
        rows = [_row(found.id, suspicion, pair, now) for pair in pairs if pair.first.upper() != pair.second.upper()]
        with act(by=by, now=now) as unit:
            before = models.DuplicateCandidate.objects.filter(register=found.id).count()
            models.DuplicateCandidate.objects.bulk_create(rows, ignore_conflicts=True)
            made = models.DuplicateCandidate.objects.filter(register=found.id).count() - before
            unit.record(DuplicatesFound(register=found.id, suspicion=suspicion.id, found=len(rows), new=made))
        new += made
    return new


def read_duplicate(*, candidate: str, by: Actor, now: datetime) -> SeenPair:
    """The rows of both, side by side, as their agency holds them now; an entry about each of the two before anything is shown.

    Raises RightsError for anybody but a steward of the register's agency, and for one who is close to either; NotFound.
    """
    row = get_duplicate(candidate)
    register = _require_steward(row, by)
    numbers = list_numbers(row)
    suspicion = register.suspicions.get(row.suspicion)
    source = None if suspicion is None else _source(suspicion)
    if suspicion is None or source is None:
        raise NotFound(Text(zh="该线索的规则已不在配置中。", en="The rule that found this pair is no longer configured."))
    fields = tuple(dict.fromkeys((*suspicion.same, *suspicion.also))) or tuple(source.columns)
    first, second = _look(source, fields, numbers, now)
    with act(by=by, now=now) as unit:
        for number in numbers:
            unit.record(DuplicateRead(
                subject=compute_subject(register.id, number), candidate=row.id, register=register.id, resource=suspicion.resource,
                agency=register.agency, fields=fields, duty=DUTY,
            ))  # fmt: skip
    labels = {name: each.label for name, each in get_resource(suspicion.resource).fields.items()}
    rows = tuple((labels.get(name, Text(zh=name, en=name)), first[name], second[name]) for name in fields)
    return SeenPair(compute_duplicate(row), numbers, rows, row.reason)


def merge_duplicate(*, candidate: str, reason: str, by: Actor, now: datetime) -> Duplicate:
    """Decide that both numbers are one party's. Raises InputError, RightsError, NotFound."""
    return _decide(candidate, Decision.MERGE, reason, by, now)


def set_apart_duplicate(*, candidate: str, reason: str, by: Actor, now: datetime) -> Duplicate:
    """Decide that the numbers are two parties'. Raises InputError, RightsError, NotFound."""
    return _decide(candidate, Decision.SET_APART, reason, by, now)


def reopen_duplicate(*, candidate: str, reason: str, by: Actor, now: datetime) -> Duplicate:
    """Take back what was decided. Raises InputError, RightsError, NotFound."""
    return _decide(candidate, Decision.REOPEN, reason, by, now)


def _decide(candidate: str, decision: Decision, reason: str, by: Actor, now: datetime) -> Duplicate:
    require_words("reason", reason)
    with act(by=by, now=now) as unit:
        row = lock_duplicate(candidate)
        register = _require_steward(row, by)
        row.state = PAIR_MOVES.after(row.state, decision)
        row.decided_at, row.decided_by, row.reason = now, by.signed_as, reason.strip()
        row.save(update_fields=("state", "decided_at", "decided_by", "reason"))
        first, second = (compute_subject(register.id, number) for number in list_numbers(row))
        event: Event = DECIDED[decision](candidate=row.id, register=register.id, subject=first, other=second)
        unit.record(event)
    return compute_duplicate(row)


def _require_steward(row: models.DuplicateCandidate, by: Actor) -> Register:
    """The register, for a steward of its agency who is neither of the two nor close to one (公务回避)."""
    register = get_own_register(row.register, Right.DECIDE_DUPLICATE, by)
    for number in list_numbers(row):
        party = find_party_by_id_number(number)
        if party is not None and is_avoided(member=by.id, party=party):
            raise RightsError(Text(zh="与您有亲属关系的人，请由别人判断。", en="One of the two is close to you: somebody else decides."))
    return register


def _source(suspicion: Suspicion) -> Source | None:
    configured = city_directory().configuration.resources.get(suspicion.resource)
    return configured.sources[0] if configured is not None else None


def _find_pairs(suspicion: Suspicion, now: datetime) -> Iterable[Pair]:
    source = _source(suspicion)
    comparer = None if source is None else open_comparer(source)
    if source is None or comparer is None:
        raise UpstreamError(
            suspicion.resource,
            Text(zh="该部门不能自行比对，或尚未接入。", en="This agency cannot compare its rows itself, or is not connected."),
        )
    return comparer.find_pairs(source, suspicion, now=now)


def _row(register: str, suspicion: Suspicion, pair: Pair, now: datetime) -> models.DuplicateCandidate:
    """In the order of the digests, which says nothing of the two."""
    id = uuid.uuid4().hex
    (first_digest, first), (second_digest, second) = sorted(
        (compute_number_digest(register, number), number) for number in (pair.first, pair.second)
    )
    return models.DuplicateCandidate(
        id=id, register=register, suspicion=suspicion.id, score=pair.score, first_digest=first_digest, second_digest=second_digest,
        first_sealed=seal_number(id, first), second_sealed=seal_number(id, second), found_at=now,
    )  # fmt: skip


def _look(source: Source, fields: tuple[str, ...], numbers: tuple[str, str], now: datetime) -> list[Mapping[str, Fact]]:
    """The agency is asked for its own steward: nothing is shared, so no grant is asked for."""
    columns = tuple(source.columns[name].name for name in fields)
    line = city_directory().line(source.place.agency)
    calls = [Call(line, Question(source.place, columns, PURPOSE, DUTY, number, now)) for number in numbers]
    answers = ask_side_by_side(calls, seconds=LOOKS_WITHIN.total_seconds())
    return [read_facts(source, answer, fields, now=now) for answer in answers]
