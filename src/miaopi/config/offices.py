"""A city's working days and offices: `calendar.yaml` and `offices.yaml` of its folder, read and checked once."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date, datetime, time, timedelta
from pathlib import Path
from types import MappingProxyType
from typing import Any

from miaopi.definitions.positions import plain, read_yaml
from miaopi.kernel.calendar import WorkCalendar
from miaopi.kernel.errors import DefinitionError
from miaopi.kernel.frozen import frozen
from miaopi.kernel.wording import Text


@frozen
class Office:
    """An office with its counters. `kind` is what service packages ask for; `breaks` from one time until another."""

    id: str
    kind: str
    name: Text
    address: Text
    region: str
    counters: int
    opens: time
    closes: time
    breaks: tuple[time, time]
    minutes: int

    def list_times(self) -> Iterator[time]:
        """When the slots of a day begin: each ends by the break or by closing time."""
        length, moment = timedelta(minutes=self.minutes), datetime.combine(date.min, self.opens)
        while (moment + length).time() <= self.closes:
            if (moment + length).time() <= self.breaks[0] or moment.time() >= self.breaks[1]:
                yield moment.time()
            moment += length


def load_calendar(folder: Path) -> WorkCalendar:
    """Raises DefinitionError for a missing file, a date that is none, or a special day of a year that is not named."""
    place = f"cities/{folder.name}/calendar.yaml"
    content: Any = plain(read_yaml(folder / "calendar.yaml", place))
    try:
        years = frozenset(int(year) for year in content["years"])
        special = {
            date.fromisoformat(day): worked
            for notice in content["notices"] for key, worked in (("free", False), ("worked", True)) for day in notice.get(key, ())
        }  # fmt: skip
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise DefinitionError(place, f"missing or mistyped: {error}") from None
    if stray := sorted(day for day in special if day.year not in years):
        raise DefinitionError(place, f"{stray[0]} is of a year that is not named in years")
    return WorkCalendar(years, MappingProxyType(special))


def load_offices(folder: Path) -> tuple[Office, ...]:
    """By id. Raises DefinitionError."""
    place = f"cities/{folder.name}/offices.yaml"
    content: Any = plain(read_yaml(folder / "offices.yaml", place))
    try:
        return tuple(_read_office(name, said) for name, said in sorted(content["offices"].items()))
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise DefinitionError(place, f"missing or mistyped: {error}") from None


def _read_office(name: str, said: Mapping[str, Any]) -> Office:
    begin, end = (time.fromisoformat(each) for each in said["break"])
    return Office(
        id=name, kind=said["kind"], name=Text(**said["name"]), address=Text(**said["address"]), region=str(said["region"]),
        counters=int(said["counters"]), opens=time.fromisoformat(said["opens"]), closes=time.fromisoformat(said["closes"]),
        breaks=(begin, end), minutes=int(said["minutes"]),
    )  # fmt: skip
