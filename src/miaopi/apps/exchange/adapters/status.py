"""How each source of this city stands: connected or not, silent since when, absences that are being counted."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from miaopi.apps.exchange.adapters.directory import city_directory
from miaopi.apps.exchange.queries.sources import list_absences, list_outages


@dataclass(frozen=True, slots=True)
class SourceStatus:
    """`is_connected`: the instance knows an address. `absences` of at most `most_absences` different persons are believed; 0: no limit."""

    resource: str
    agency: str
    kind: str
    fields: tuple[str, ...]
    is_connected: bool
    silent_since: datetime | None
    absences: int
    most_absences: int


def list_sources() -> Sequence[SourceStatus]:
    """Every configured source, by resource, in the order of the configuration."""
    book = city_directory()
    configured = book.configuration
    outages, absences = list_outages(), list_absences(configured.resources)
    return [
        SourceStatus(
            resource=resource.id,
            agency=source.place.agency,
            kind=configured.agencies[source.place.agency].kind,
            fields=tuple(source.columns),
            is_connected=book.line(source.place.agency) is not None,
            silent_since=outages.get((resource.id, source.place.agency)),
            absences=len(absences[resource.id, source.place.agency].subjects) if (resource.id, source.place.agency) in absences else 0,
            most_absences=resource.most_absences,
        )
        for resource in configured.resources.values()
        for source in resource.sources
    ]
