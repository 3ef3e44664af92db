"""Days, months and ages, as the law counts them. No clock: every day comes in as an argument.

Always add to the earlier date and compare: "n months completed" is `add_months(start, n) <= day`. Subtracting from the
later date gives other answers at the ends of months.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta, timezone
from enum import StrEnum
from typing import Final

from miaopi.kernel.errors import DefinitionError

LEGAL_ZONE: Final = timezone(timedelta(hours=8), "Asia/Shanghai")  # the whole country's, without a summer time
CLOSING: Final = time(18)  # 民法典 第二百零三条: where there are business hours, the last day ends with them
MONTH_LENGTHS = (31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)


def compute_legal_day(moment: datetime) -> date:
    """The day that counts in law, whatever zone the moment is told in."""
    return moment.astimezone(LEGAL_ZONE).date()


class LeapDayBirthday(StrEnum):
    """When somebody born on 29 February has a birthday in a common year: a parameter of the service."""

    FEB_28 = "feb_28"  # by analogy of 民法典 第二百零二条: no corresponding day, so the last day of the month
    MAR_01 = "mar_01"


def is_leap_year(year: int) -> bool:
    return year % 4 == 0 and (year % 100 != 0 or year % 400 == 0)


def last_day_of_month(year: int, month: int) -> int:
    """The number of the last day, 28 to 31."""
    return 29 if month == 2 and is_leap_year(year) else MONTH_LENGTHS[month - 1]


def add_months(day: date, months: int) -> date:
    """The corresponding day so many months on, or the last day of that month where there is none (民法典 第二百零二条).

    Raises OverflowError outside the years 1 to 9999.
    """
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    if not 1 <= year <= 9999:
        raise OverflowError("the day lies outside the years 1 to 9999")
    return date(year, month + 1, min(day.day, last_day_of_month(year, month + 1)))


def birthday_in(
    birth: date, year: int, *, leap_day_birthday: LeapDayBirthday = LeapDayBirthday.FEB_28
) -> date:
    if (birth.month, birth.day) != (2, 29) or is_leap_year(year):
        return birth.replace(year=year)
    return date(year, 2, 28) if leap_day_birthday is LeapDayBirthday.FEB_28 else date(year, 3, 1)


def age_on(birth: date, day: date, *, leap_day_birthday: LeapDayBirthday = LeapDayBirthday.FEB_28) -> int:
    """Completed years, reached on the birthday itself, as benefits and permits count.

    Raises ValueError where the day lies before the birth: nobody has an age then.
    """
    if day < birth:
        raise ValueError("the day lies before the birth")
    return day.year - birth.year - (day < birthday_in(birth, day.year, leap_day_birthday=leap_day_birthday))


def age_after_birthday(
    birth: date, day: date, *, leap_day_birthday: LeapDayBirthday = LeapDayBirthday.FEB_28
) -> int:
    """Completed years, reached the day after the birthday, as criminal law counts (the birthday itself is not yet over).

    Raises ValueError where the day lies before the birth.
    """
    if day <= birth:
        return age_on(birth, day)
    return age_on(birth, day - timedelta(days=1), leap_day_birthday=leap_day_birthday)


@dataclass(frozen=True)
class WorkCalendar:
    """Which days are worked: Monday to Friday, save for `special` – true for a weekend that is worked, false for a day set free.

    `years` are those with a table (the yearly notice of the State Council): a day of any other is a DefinitionError, never a guess.
    """

    years: frozenset[int]
    special: Mapping[date, bool]

    def is_workday(self, day: date) -> bool:
        if day.year not in self.years:
            raise DefinitionError(f"calendar {day.year}", f"the city has no table of working days for {day.year}; add its notice")
        return self.special.get(day, day.weekday() < 5)

    def add_workdays(self, start: date, count: int) -> date:
        """The last of so many working days; the day of the beginning is not counted (民法典 第二百零一条). ValueError below 1."""
        if count < 1:
            raise ValueError("at least one working day is counted")
        day = start
        while count:
            day += timedelta(days=1)
            count -= self.is_workday(day)
        return day

    def compute_due(self, moment: datetime, workdays: int) -> datetime:
        """When a time of so many working days, begun at that moment, is over: the end of the last one. ValueError below 1."""
        return datetime.combine(self.add_workdays(compute_legal_day(moment), workdays), CLOSING, tzinfo=LEGAL_ZONE)
