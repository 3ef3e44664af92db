"""The functions of the language: what each takes, what it gives, and how it is reckoned.

Words of our own (`add months`, `age on`, `day of age`, `end of month`, `same name` and others) stand beside FEEL's, because laws count so.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any, Final

from miaopi.kernel.calendar import (
    LeapDayBirthday,
    add_months,
    age_after_birthday,
    age_on,
    birthday_in,
    last_day_of_month,
)
from miaopi.kernel.expr.temporal import read_day, read_moment
from miaopi.kernel.expr.types import ANY, BOOLEAN, DATE, DATE_TIME, LIST, NUMBER, STRING, Type, fits, item_of
from miaopi.kernel.expr.values import DECIMAL128, Fault, Truth, either, equal_or_open, holds, is_less

# The signs that divide an ethnic name are one sign (flagship/_common, Facts); NFKC has made ． a full stop before.
ONE_DOT: Final = str.maketrans(dict.fromkeys("•.‧∙⋅・", "·"))


@dataclass(frozen=True, slots=True)
class Overload:
    """One list of parameters and what to do with their values, all determined and, unless `takes_null`, none null."""

    parameters: tuple[Type, ...]
    apply: Callable[..., object]
    takes_null: bool = False
    takes_doubtful_lists: bool = False

    def takes_types(self, found: tuple[Type, ...]) -> bool:
        return len(found) == len(self.parameters) and all(map(fits, self.parameters, found))

    def takes_values(self, found: list[object]) -> bool:
        return len(found) == len(self.parameters) and all(map(holds, self.parameters, found))


@dataclass(frozen=True, slots=True)
class Function:
    """A result of `None` is the type of the elements of the first argument."""

    result: Type | None
    overloads: tuple[Overload, ...]

    def result_for(self, arguments: tuple[Type, ...]) -> Type:
        return self.result or item_of(arguments[0])


def _whole(number: Decimal) -> int:
    """A whole number that a calendar can hold. Raises Fault."""
    if number != number.to_integral_value() or abs(number) > 10**9:
        raise Fault("a whole number is needed")
    return int(number)


def _date_of_numbers(year: Decimal, month: Decimal, day: Decimal) -> date:
    try:
        return date(_whole(year), _whole(month), _whole(day))
    except ValueError:
        raise Fault("the calendar has no such day") from None


def _date_of_day(day: date) -> date:
    return day


def _add_months(day: date, months: Decimal) -> date:
    try:
        return add_months(day, _whole(months))
    except OverflowError:
        raise Fault("the day lies outside the years 1 to 9999") from None


def _add_days(day: date, days: Decimal) -> date:
    try:
        return day + timedelta(days=_whole(days))
    except OverflowError:
        raise Fault("the day lies outside the years 1 to 9999") from None


def _age(reckon: Callable[..., int]) -> Callable[..., Decimal]:
    def age(birth: date, day: date, leap_day_birthday: str = LeapDayBirthday.FEB_28.value) -> Decimal:
        try:
            return Decimal(reckon(birth, day, leap_day_birthday=LeapDayBirthday(leap_day_birthday)))
        except ValueError:
            raise Fault("an age needs a day on or after the birth, and feb_28 or mar_01") from None

    return age


def _day_of_age(birth: date, years: Decimal, leap_day_birthday: str = LeapDayBirthday.FEB_28.value) -> date:
    try:
        return birthday_in(birth, birth.year + _whole(years), leap_day_birthday=LeapDayBirthday(leap_day_birthday))
    except ValueError:
        raise Fault("a birthday lies in the years 1 to 9999, and needs feb_28 or mar_01") from None


def _end_of_month(day: date) -> date:
    return day.replace(day=last_day_of_month(day.year, day.month))


def _money_text(amount: Decimal) -> str:
    if amount != round(amount, 2):
        raise Fault("an amount has at most two places")
    return f"{amount:.2f}"


def _substring(text: str, start: Decimal, length: Decimal | None = None) -> str | None:
    """From a place counted from 1, or from the end below 0 (DMN 1.5, table 76); null for place 0 or a length under 1."""
    place, size = _whole(start), len(text) if length is None else _whole(length)
    if place == 0 or size < 1:
        return None
    begin = place - 1 if place > 0 else max(0, len(text) + place)
    return text[begin : begin + size]


def _plain_name(name: str) -> str:
    joined = "".join(unicodedata.normalize("NFKC", name).split())
    return joined.translate(ONE_DOT).casefold()


def _same_name(one: str, other: str) -> bool:
    return _plain_name(one) == _plain_name(other)


def list_contains(elements: list[object] | None, wanted: object) -> Truth:
    """Whether one of them equals the value; one that cannot be compared with it leaves that open."""
    if elements is None:
        return None
    found: Truth = False
    for element in elements:
        found = either(found, equal_or_open(element, wanted))
    return found


def _least(elements: list[object]) -> object:
    found = elements[0] if elements else None
    for element in elements:
        found = None if found is None or element is None else element if is_less(element, found) else found
    return found


def _greatest(elements: list[object]) -> object:
    found = elements[0] if elements else None
    for element in elements:
        found = None if found is None or element is None else element if is_less(found, element) else found
    return found


def _sum(elements: list[Any]) -> Decimal | None:
    if not elements or None in elements:
        return None
    total = Decimal(0)
    for element in elements:
        total = DECIMAL128.add(total, element)
    return total


def _one(result: Type | None, *parameters: Type, apply: Callable[..., object], **special: bool) -> Function:
    return Function(result, (Overload(parameters, apply, **special),))


def _aged(reckon: Callable[..., int]) -> Function:
    apply = _age(reckon)
    return Function(NUMBER, (Overload((DATE, DATE), apply), Overload((DATE, DATE, STRING), apply)))


FUNCTIONS: Final[Mapping[str, Function]] = {
    "date": Function(
        DATE,
        (
            Overload((STRING,), read_day),
            Overload((DATE,), _date_of_day),
            Overload((DATE_TIME,), datetime.date),
            Overload((NUMBER, NUMBER, NUMBER), _date_of_numbers),
        ),
    ),
    "date and time": _one(DATE_TIME, STRING, apply=read_moment),
    "add months": _one(DATE, DATE, NUMBER, apply=_add_months),
    "add days": _one(DATE, DATE, NUMBER, apply=_add_days),
    "age on": _aged(age_on),
    "age after birthday": _aged(age_after_birthday),
    "day of age": Function(DATE, (Overload((DATE, NUMBER), _day_of_age), Overload((DATE, NUMBER, STRING), _day_of_age))),
    "end of month": _one(DATE, DATE, apply=_end_of_month),
    "month text": _one(STRING, DATE, apply=lambda day: f"{day:%Y-%m}"),
    "money text": _one(STRING, NUMBER, apply=_money_text),
    "same name": _one(BOOLEAN, STRING, STRING, apply=_same_name),
    "upper case": _one(STRING, STRING, apply=str.upper),
    "lower case": _one(STRING, STRING, apply=str.lower),
    "string length": _one(NUMBER, STRING, apply=lambda text: Decimal(len(text))),
    "substring": Function(
        STRING, (Overload((STRING, NUMBER), _substring), Overload((STRING, NUMBER, NUMBER), _substring))
    ),
    "contains": _one(BOOLEAN, STRING, STRING, apply=lambda text, piece: piece in text),
    "starts with": _one(BOOLEAN, STRING, STRING, apply=str.startswith),
    "count": _one(NUMBER, LIST, apply=lambda elements: Decimal(len(elements)), takes_doubtful_lists=True),
    "min": _one(None, LIST, apply=_least),
    "max": _one(None, LIST, apply=_greatest),
    "sum": _one(NUMBER, Type("list", NUMBER), apply=_sum),
    "list contains": _one(
        BOOLEAN, LIST, ANY, apply=list_contains, takes_null=True, takes_doubtful_lists=True
    ),
    "is defined": _one(BOOLEAN, ANY, apply=lambda value: value is not None, takes_null=True),
}

# FEEL's other functions (DMN 1.5 §10.3.4): known by name, so that the error can say that they come with step 3.
OTHER_FUNCTIONS: Final = """
abs, after, all, any, append, before, ceiling, coincides, concatenate, context, context merge,
context put, day of week, day of year, decimal, distinct values, during, ends with, even, exp,
finished by, finishes, flatten, floor, get entries, get value, includes, index of, insert before,
is, list replace, log, matches, mean, median, meets, met by, mode, modulo, month of year, now,
number, odd, overlaps, overlaps after, overlaps before, product, range, remove, replace, reverse,
round down, round half down, round half up, round up, sort, split, sqrt, started by, starts, stddev,
string, string join, sublist, substring after, substring before, time, today, union, week
of year, years and months duration
"""
NOT_YET: Final = frozenset(" ".join(name.split()) for name in OTHER_FUNCTIONS.split(","))
