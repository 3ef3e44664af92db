"""Who can count the rows of a source, and compare them: databases do, of a drop we do, and a service that says where it counts."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from miaopi.apps.exchange.adapters.configuration import Source
from miaopi.apps.exchange.adapters.directory import city_directory, load
from miaopi.apps.exchange.adapters.registers.counters.tally import Comparer, Counter

COUNTERS: Final[Mapping[str, str]] = {
    "sql": "sql:SqlCounter", "mysql": "mysql:MysqlCounter", "file": "files:FileCounter", "http": "http:HttpCounter",
}  # fmt: skip


def is_countable(resource: str) -> bool:
    """Whether the rows of a resource can be counted: those of several agencies at once are not, for nobody sees both."""
    configured = city_directory().configuration.resources.get(resource)
    return configured is not None and len(configured.sources) == 1 and _is_counted(configured.sources[0])


def open_counter(source: Source) -> Counter | None:
    """`None` for a source that is not counted, or of whose agency no address is known."""
    book = city_directory()
    kind, address = book.configuration.agencies[source.place.agency].kind, book.address(source.place.agency)
    if address is None or not _is_counted(source):
        return None
    try:
        counter: Counter = load(f"registers.counters.{COUNTERS[kind]}")(source.place.agency, address)
    except (KeyError, TypeError, ValueError):
        return None  # an address without its parts is none
    return counter


def open_comparer(source: Source) -> Comparer | None:
    """As `open_counter`; a service counts and does not compare."""
    counter = open_counter(source)
    return counter if isinstance(counter, Comparer) else None


def _is_counted(source: Source) -> bool:
    """Whether it is of a kind whose rows are counted; a service says where (`counts`)."""
    kind = city_directory().configuration.agencies[source.place.agency].kind
    return kind in COUNTERS and (kind != "http" or "counts" in source.place.options)
