"""What differs between cities: `cities/<city>/city.yaml`, read and checked once."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from pathlib import Path
from types import MappingProxyType
from typing import Any

from miaopi.config.environment import city_folder
from miaopi.config.offices import Office, load_calendar, load_offices
from miaopi.definitions.positions import plain, read_yaml
from miaopi.kernel.calendar import WorkCalendar
from miaopi.kernel.errors import DefinitionError
from miaopi.kernel.frozen import frozen
from miaopi.kernel.wording import Text


@frozen
class City:
    """`settings` is what rules may read, by dotted name; `beside` is the command line of what runs beside the product.

    `calendar` says which days are worked, `offices` where something can be seen or handed in.
    """

    folder: Path
    name: Text
    help: Text
    synthetic: bool
    hotline: str
    settings: Mapping[str, object]
    beside: tuple[str, ...]
    calendar: WorkCalendar
    offices: tuple[Office, ...]

    @property
    def catalogue(self) -> Path:
        """The file of agencies and resources."""
        return self.folder / "catalogue.yaml"

    @property
    def national_table(self) -> Path:
        """The table of the other resources, which are described only; a city may have none."""
        return self.folder / "catalogue.csv"


def current_city() -> City:
    """The city of `MIAOPI_CITY`."""
    return load_city()


@cache
def load_city(at: Path | None = None) -> City:
    """The city in the folder `at`, else that of `MIAOPI_CITY`; DefinitionError with the place of what is missing."""
    folder = at or city_folder()
    path = folder / "city.yaml"
    place = f"cities/{folder.name}/city.yaml"
    content: Any = plain(read_yaml(path, place))
    try:
        regions = [str(code) for code in content["regions"]]
        city = City(
            folder=folder,
            name=Text(**content["name"]),
            help=Text(**content["help"]),
            synthetic=content.get("synthetic", False) is True,
            hotline=str(content["hotline"]),
            settings=MappingProxyType({"city.regions": regions, **content.get("settings", {})}),
            beside=tuple(content.get("beside", ())),
            calendar=load_calendar(folder),
            offices=load_offices(folder),
        )
    except (KeyError, TypeError) as error:
        raise DefinitionError(place, f"missing or mistyped: {error}")
    if not regions or any(len(code) != 6 or not code.isdigit() for code in regions):
        raise DefinitionError(place, "regions must be a list of six-digit codes in quotes")
    return city
