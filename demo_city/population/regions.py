"""Division codes as they stood in a year (GB/T 2260), and the places of the city itself."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from random import Random
from typing import Final

from demo_city.population.tables import Draw, read_table

CITY: Final = "4403"
CITY_NAME: Final = "广东省深圳市"
FIRST_NUMBERS: Final = 1985  # citizens were first numbered in the mid-1980s, adults too
AS_IT_WAS: Final[Mapping[str, str]] = {"50": "51", "46": "44"}  # 重庆 left 四川 in 1997, 海南 left 广东 in 1988


@dataclass(frozen=True, slots=True)
class Region:
    """One code under one name; `to_year` is the year of its end, 9999 while it is in force."""

    code: str
    name: str
    from_year: int
    to_year: int
    successor: str


@dataclass(frozen=True, slots=True)
class Street:
    """A subdistrict (街道) of the city and its police station."""

    district_code: str
    district: str
    name: str
    code: str

    @property
    def police_station(self) -> str:
        return f"深圳市公安局{self.district.removesuffix('区')}分局{self.name.removesuffix('街道')}派出所"


@cache
def all_regions() -> tuple[Region, ...]:
    return tuple(
        Region(row["code"], row["name"], int(row["from_year"]), int(row["to_year"] or 9999), row["successor"])
        for row in read_table("regions")
    )


@cache
def _by_code() -> dict[str, tuple[Region, ...]]:
    """All rows of a code, and of each province under its two digits."""
    rows: dict[str, list[Region]] = {}
    for region in all_regions():
        rows.setdefault(region.code, []).append(region)
        rows.setdefault(region.code[:2], []).append(region)
    return {code: tuple(listed) for code, listed in rows.items()}


def _in_force(code: str) -> Region | None:
    return next((region for region in _by_code().get(code, ()) if region.to_year == 9999), None)


@cache
def _counties(prefix: str, year: int) -> tuple[Region, ...]:
    """Counties under `prefix` that could head a number assigned in `year`."""
    return tuple(
        region
        for region in _by_code().get(prefix[:2], ())
        if region.code.startswith(prefix) and region.code[4:] != "00" and region.from_year <= year < region.to_year
    )


def draw_home(chance: Random, province: str, year: int) -> Region:
    """A county of the province that could head the number of somebody first numbered in `year`; never one of this city."""
    found = _outside(province, year)
    return found[int(chance.random() * len(found))]


@cache
def _outside(province: str, year: int) -> tuple[Region, ...]:
    year = max(year, FIRST_NUMBERS)
    found = tuple(region for region in _counties(province, year) if not region.code.startswith(CITY))
    return found or tuple(region for region in _counties(AS_IT_WAS[province], year) if not region.code.startswith(CITY))


def draw_city_code(chance: Random, year: int) -> str:
    """A code of this city for a number assigned in `year`: its districts of that year, 440301 and 440321 among them."""
    found = _counties(CITY, max(year, FIRST_NUMBERS))
    return found[int(chance.random() * len(found))].code


@cache
def county_today(code: str) -> Region:
    """Where the area of `code` lies now: itself, or the first successor in force; without one, a county nearby."""
    region = _in_force(code)
    seen = {code}
    while region is None:
        ended = next((each for each in _by_code()[code] if each.successor), None)
        if ended is None or ended.successor in seen:
            standing = [each for each in _by_code()[code[:2]] if each.to_year == 9999 and each.code[4:] != "00"]
            return next((each for each in standing if each.code[:4] == code[:4]), standing[0])
        code = ended.successor
        seen.add(code)
        region = _in_force(code)
    return region


@cache
def full_name(code: str) -> str:
    """Province, prefecture and county of a code in force, as an address begins."""
    parts = [_in_force(code[:2] + "0000"), _in_force(code[:4] + "00"), _in_force(code)]
    names = [part.name for part in parts if part is not None]
    return "".join(dict.fromkeys(names))


@cache
def home_provinces() -> Draw[str]:
    return Draw((row["code"], float(row["weight"])) for row in read_table("provinces"))


@cache
def districts(*, with_hukou: bool) -> Draw[str]:
    """District codes, weighted by residents with their hukou here or elsewhere."""
    column = "hukou" if with_hukou else "other"
    return Draw((row["code"], float(row[column])) for row in read_table("districts"))


@cache
def streets(district: str) -> tuple[Street, ...]:
    names = {row["code"]: row["name"] for row in read_table("districts")}
    return tuple(
        Street(district, names[district], row["street"], row["code"])
        for row in read_table("streets")
        if row["district_code"] == district
    )
