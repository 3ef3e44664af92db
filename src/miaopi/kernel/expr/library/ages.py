"""Words of our own, because laws count so: months and days added, ages, ends of months, names, amounts."""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Mapping
from datetime import date, timedelta
from decimal import Decimal, InvalidOperation
from typing import Final

from miaopi.kernel.calendar import (
    LeapDayBirthday,
    add_months,
    age_after_birthday,
    age_on,
    birthday_in,
    last_day_of_month,
)
from miaopi.kernel.expr.fault import Fault
from miaopi.kernel.expr.library.signature import Function, takes, whole
from miaopi.kernel.expr.types import ANY, BOOLEAN, DATE, NUMBER, STRING
from miaopi.kernel.expr.values import DECIMAL128

# The signs that divide an ethnic name are one sign (flagship/_common, Facts); NFKC has made ． a full stop before.
ONE_DOT: Final = str.maketrans(dict.fromkeys("•.‧∙⋅・", "·"))
FEN: Final = Decimal("0.01")
FEB_28: Final = LeapDayBirthday.FEB_28.value


def _near(day: date) -> date:
    """A day that a law can mean. Raises Fault."""
    if not isinstance(day, date):
        raise Fault("the day lies outside the years 1 to 9999")
    return day


def _add_months(day: date, months: Decimal) -> date:
    try:
        return add_months(_near(day), whole(months))
    except OverflowError:
        raise Fault("the day lies outside the years 1 to 9999") from None


def _add_days(day: date, days: Decimal) -> date:
    try:
        return _near(day) + timedelta(days=whole(days))
    except OverflowError:
        raise Fault("the day lies outside the years 1 to 9999") from None


def _age(reckon: Callable[..., int]) -> Callable[..., Decimal]:
    def age(birth: date, day: date, leap_day_birthday: str = FEB_28) -> Decimal:
        try:
            found = reckon(_near(birth), _near(day), leap_day_birthday=LeapDayBirthday(leap_day_birthday))
        except ValueError:
            raise Fault("an age needs a day on or after the birth, and feb_28 or mar_01") from None
        return Decimal(found)

    return age


def _day_of_age(birth: date, years: Decimal, leap_day_birthday: str = FEB_28) -> date:
    try:
        rule = LeapDayBirthday(leap_day_birthday)
        return birthday_in(birth, _near(birth).year + whole(years), leap_day_birthday=rule)
    except ValueError:
        raise Fault("a birthday lies in the years 1 to 9999, and needs feb_28 or mar_01") from None


def _end_of_month(day: date) -> date:
    return _near(day).replace(day=last_day_of_month(day.year, day.month))


def _month_text(day: date) -> str:
    return f"{_near(day).year:04}-{day.month:02}"


def _money_text(amount: Decimal) -> str:
    try:
        exact = DECIMAL128.quantize(amount, FEN)
    except InvalidOperation:
        raise Fault("an amount has at most 34 digits") from None
    if exact != amount:
        raise Fault("an amount has at most two places")
    return f"{exact:f}"


def _plain_name(name: str) -> str:
    joined = "".join(unicodedata.normalize("NFKC", name).split())
    return joined.translate(ONE_DOT).casefold()


def _same_name(one: str, other: str) -> bool:
    return _plain_name(one) == _plain_name(other)


def _aged(reckon: Callable[..., int]) -> Function:
    apply, days = _age(reckon), (("birth", DATE), ("day", DATE))
    return Function(NUMBER, (takes(apply, *days), takes(apply, *days, ("leap day birthday", STRING))))


AGES: Final[Mapping[str, Function]] = {
    "add months": Function(DATE, (takes(_add_months, ("day", DATE), ("months", NUMBER)),)),
    "add days": Function(DATE, (takes(_add_days, ("day", DATE), ("days", NUMBER)),)),
    "age on": _aged(age_on),
    "age after birthday": _aged(age_after_birthday),
    "day of age": Function(
        DATE,
        (
            takes(_day_of_age, ("birth", DATE), ("years", NUMBER)),
            takes(_day_of_age, ("birth", DATE), ("years", NUMBER), ("leap day birthday", STRING)),
        ),
    ),
    "end of month": Function(DATE, (takes(_end_of_month, ("day", DATE)),)),
    "month text": Function(STRING, (takes(_month_text, ("day", DATE)),)),
    "money text": Function(STRING, (takes(_money_text, ("amount", NUMBER)),)),
    "same name": Function(BOOLEAN, (takes(_same_name, ("one", STRING), ("other", STRING)),)),
    "is defined": Function(
        BOOLEAN, (takes(lambda value: value is not None, ("value", ANY), takes_null=True),)
    ),
}
