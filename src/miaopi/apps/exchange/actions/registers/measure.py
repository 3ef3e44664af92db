"""Has agencies count of how many parties they know each base field: figures come back, and no row."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime

from miaopi.apps.audit.api import Actor, act
from miaopi.apps.exchange import models
from miaopi.apps.exchange.actions.registers.stewards import get_own_register
from miaopi.apps.exchange.adapters.configuration import Source
from miaopi.apps.exchange.adapters.directory import city_directory
from miaopi.apps.exchange.adapters.port import Emptiness
from miaopi.apps.exchange.adapters.registers.counters.tally import Tally
from miaopi.apps.exchange.adapters.registers.counting import open_counter
from miaopi.apps.exchange.events import CoverageMeasured
from miaopi.apps.exchange.queries.registers.coverage import Coverage, list_coverage
from miaopi.apps.identity.api import Right
from miaopi.definitions.registers import Register
from miaopi.kernel.errors import UpstreamError

Counted = Mapping[str, tuple[Tally, Source]]  # `resource.field`


def measure_coverage(*, register: str, by: Actor, now: datetime) -> Mapping[str, list[Coverage]]:
    """The figures of this moment, by base field. A source that cannot count, or does not answer, has none. Raises RightsError, NotFound."""
    found = get_own_register(register, Right.READ_REGISTERS, by)
    counted = _count(found.resources | {found.everybody}, now)
    everybody = max((tally.parties for name, (tally, _) in counted.items() if name.startswith(f"{found.everybody}.")), default=None)
    rows = list(_rows(found, counted, everybody, now))
    measured = tuple(sorted({row.source for row in rows if row.known is not None}))
    uncounted = tuple(sorted({row.source for row in rows if row.known is None}))
    with act(by=by, now=now) as unit:
        models.CoverageFigure.objects.bulk_create(rows)
        unit.record(CoverageMeasured(register=found.id, sources=measured, uncounted=uncounted))
    return {field: list(figures) for field, figures in list_coverage(found.id).items()}


def _count(resources: Iterable[str], now: datetime) -> Counted:
    """A tally for every field of the resources; those of several agencies at once are not counted, for nobody sees both."""
    found: dict[str, tuple[Tally, Source]] = {}
    for resource in sorted(resources):
        configured = city_directory().configuration.resources.get(resource)
        if configured is None or len(configured.sources) != 1:
            continue
        [source] = configured.sources
        found |= {f"{resource}.{name}": (tally, source) for name, tally in _count_source(source, now).items()}
    return found


def _count_source(source: Source, now: datetime) -> Mapping[str, Tally]:
    counter = open_counter(source)
    if counter is None:
        return {}
    try:
        return counter.count(source, now=now)
    except UpstreamError:
        return {}  # a steward reads that nothing was counted; no citizen waits for it


def _rows(register: Register, counted: Counted, everybody: int | None, now: datetime) -> Iterable[models.CoverageFigure]:
    """Who has no row at all is absent where the source says so by an empty answer, else nobody knows."""
    for field in register.fields.values():
        for source in field.sources:
            row = models.CoverageFigure(register=register.id, field=field.name, source=source.name, counted_at=now)
            if source.name in counted:
                tally, behind = counted[source.name]
                without = max(0, (everybody or tally.parties) - tally.parties)
                says_so = behind.place.absent is Emptiness.EMPTY
                row.everybody, row.known, row.conflict = everybody, tally.known, tally.conflict
                row.absent, row.unknown = tally.absent + without * says_so, tally.unknown + without * (not says_so)
            yield row
