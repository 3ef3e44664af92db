"""How each source of this city stands: connected or not, silent since when, how it answered lately, absences that are being counted."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime

from miaopi.apps.exchange import models
from miaopi.apps.exchange.adapters.directory import Directory, city_directory
from miaopi.apps.exchange.adapters.registered import is_registered
from miaopi.apps.exchange.adapters.wire.health import Condition, Memory, State, compute_condition
from miaopi.apps.exchange.adapters.wire.process import name_process
from miaopi.apps.exchange.queries.sources import list_absences, list_outages, list_told
from miaopi.kernel.frozen import frozen


@frozen
class SourceStatus:
    """`is_connected`: the instance knows an address. `absences` of at most `most_absences` different persons are believed; 0: no limit.

    `state`: unasked, up, slow, silent, resting or changed, as the processes of this house have found the agency – save that a source whose
    silence is noted is silent; so are the time of its last answer, the median and the 95th percentile of the last hundred answers that
    each process had, in milliseconds, and its failures by kind: refused, timeout, garbage, schema_changed. What others counted may be half
    a minute old, how they found its state is not. A changed source answers, but not with what our configuration names; it is silent since
    then, until a person has mended one of them.
    """

    resource: str
    agency: str
    kind: str
    fields: tuple[str, ...]
    is_connected: bool
    silent_since: datetime | None
    absences: int
    most_absences: int
    state: str
    answered_at: datetime | None
    p50_ms: int | None
    p95_ms: int | None
    failures: Mapping[str, int]


def list_sources(*, now: datetime) -> Sequence[SourceStatus]:
    """Every configured source, by resource, in the order of the configuration."""
    book = city_directory()
    configured = book.configuration
    outages, absences = list_outages(), list_absences(configured.resources)
    is_connected = {agency: book.line(agency) is not None for agency in configured.agencies}
    conditions = _list_conditions(book, now)
    found = []
    for resource in configured.resources.values():
        for source in resource.sources:
            agency = source.place.agency
            condition, silent_since = conditions[agency], outages.get((resource.id, agency))
            counted = absences.get((resource.id, agency))
            state = State.SILENT if silent_since is not None and condition.state is not State.RESTING else condition.state
            if resource.id in condition.changed and silent_since is not None and state is not State.RESTING:
                state = State.CHANGED
            found.append(SourceStatus(
                resource=resource.id, agency=agency, kind=configured.agencies[agency].kind, fields=tuple(source.columns),
                is_connected=is_connected[agency], silent_since=silent_since, absences=len(counted.subjects) if counted else 0,
                most_absences=resource.most_absences, state=state,
                answered_at=condition.answered_at, p50_ms=condition.p50, p95_ms=condition.p95, failures=condition.failures,
            ))  # fmt: skip
    return found


def _list_conditions(book: Directory, now: datetime) -> Mapping[str, Condition]:
    """Of every agency, by what others have told and what this process knows itself."""
    told, own, me = list_told(), book.recall(), name_process()
    return {
        name: compute_condition(
            [*(_read(row) for row in told.get(name, ()) if row.process != me), *([own[name]] if name in own else [])],
            limit=agency.limit.total_seconds(), now=now,
        )
        for name, agency in book.configuration.agencies.items()
    }  # fmt: skip


def _read(row: models.LineHealth) -> Memory:
    return Memory(tuple(row.took), row.answered_at, row.failed_at, row.rests_until, row.failures, frozenset(row.changed))


def list_answered(resource: str) -> frozenset[str] | None:
    """The fields that some source has; `None` for a room of ours, which says itself what it has. The catalogue may describe more."""
    if is_registered(resource):
        return None
    configured = city_directory().configuration.resources.get(resource)
    return frozenset(name for source in configured.sources for name in source.columns) if configured is not None else frozenset()


def list_predicates(resource: str) -> Mapping[str, str]:
    """Fields of which the source tells the truth of a test alone, with the test: what may be asked for instead of a value."""
    configured = city_directory().configuration.resources.get(resource)
    sources = () if configured is None else configured.sources
    return {name: column.test for source in sources for name, column in source.columns.items() if column.test}


def list_keepers(resource: str) -> tuple[str, ...]:
    """The agencies that answer for a resource; several, where sources must agree: each checks its own record."""
    configured = city_directory().configuration.resources.get(resource)
    return () if configured is None else tuple(dict.fromkeys(source.place.agency for source in configured.sources))


def list_kept(agency: str) -> tuple[str, ...]:
    """The resources for which an agency answers, in the order of the configuration."""
    return tuple(resource for resource in city_directory().configuration.resources if agency in list_keepers(resource))
