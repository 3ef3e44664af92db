"""Names of people who do not exist, in the proportions of services.md: length, era, ethnic names with `·`, rare characters."""

from __future__ import annotations

import re
from datetime import date
from functools import cache
from random import Random
from typing import Final

from demo_city.population.tables import Draw, read_table

ONE_CHARACTER: Final = 0.14  # surname and one character; 83 % have two
LONG: Final = 0.014  # four characters and more: compound surnames, or those of both parents
RARE: Final = 0.0005
PART: Final = re.compile(r"\{(\w+)\}")


@cache
def _draw(kind: str, era: str = "") -> Draw[str]:
    return Draw((row["value"], float(row["weight"])) for row in read_table("names") if row["kind"] == kind and row["era"] == era)


@cache
def _surnames(*, is_compound: bool) -> Draw[str]:
    rows = [row for row in read_table("names") if row["kind"] == "surname"]
    return Draw((row["value"], float(row["weight"])) for row in rows if (len(row["value"]) > 1) is is_compound)


@cache
def _given(sex: str, era: str) -> Draw[str]:
    """Characters of the sex and era, and those of any: these for a quarter of all."""
    kind = "given_char_m" if sex == "男" else "given_char_f"
    own = [(row["value"], float(row["weight"])) for row in read_table("names") if row["kind"] == kind and row["era"] == era]
    any_era = [(row["value"], float(row["weight"])) for row in read_table("names") if row["kind"] == "given_char_any"]
    share = sum(weight for _, weight in own) / sum(weight for _, weight in any_era) / 3
    return Draw([*own, *((value, weight * share) for value, weight in any_era)])


@cache
def _patterns(people: str, sex: str) -> Draw[str]:
    """Patterns of one people's names; the first part of a pattern tells the sex where it matters."""
    mark = "m" if sex == "男" else "f"
    fitting = []
    for row in read_table("names"):
        if row["kind"] == "minority_pattern" and row["value"].startswith("{" + people):
            first = PART.findall(row["value"])[0]
            if first in {people, f"{people}_{mark}", f"{people}_clan"}:
                fitting.append((row["value"], float(row["weight"])))
    return Draw(fitting)


def era_of(birth: date) -> str:
    if birth.year < 1970:
        return "-1969"
    if birth.year < 1990:
        return "1970-1989"
    return "1990-2009" if birth.year < 2010 else "2010-"


def draw_surname(chance: Random) -> str:
    if chance.random() < LONG:
        return _surnames(is_compound=True).one(chance) if chance.random() < 0.5 else _double(chance)
    return _surnames(is_compound=False).one(chance)


def _double(chance: Random) -> str:
    surnames = _surnames(is_compound=False)
    first, second = surnames.one(chance), surnames.one(chance)
    return first + second if first != second else first


def draw_given(chance: Random, *, sex: str, birth: date, surname: str) -> str:
    characters = _given(sex, era_of(birth))
    first = characters.one(chance)
    if len(surname) == 1 and chance.random() < ONE_CHARACTER:
        given = first
    else:
        second = characters.one(chance)
        while second == first:
            second = characters.one(chance)
        given = first + second
    if chance.random() < RARE:
        given = given[:-1] + _draw("rare_char").one(chance)
    return given


def draw_ethnic_name(chance: Random, *, people: str, sex: str) -> str:
    """A name in the way of Uyghur (ug), Kazakh (kz), Tibetan (ti), Mongolian (mn) or Yi (yi) names."""
    pattern = _patterns(people, sex).one(chance)
    return PART.sub(lambda part: _draw(f"minority_part_{part.group(1)}").one(chance), pattern)
