"""Months and ages: laws for all days, and the borders that decide people's money."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from miaopi.kernel.calendar import (
    LeapDayBirthday,
    add_months,
    age_after_birthday,
    age_on,
    birthday_in,
    last_day_of_month,
)

DAYS = st.dates(date(1900, 1, 1), date(2200, 12, 31))
MONTHS = st.integers(-1200, 1200)
RULES = st.sampled_from(LeapDayBirthday)


@given(DAYS, MONTHS)
def test_adding_months_keeps_the_day_or_takes_the_last_of_the_month(day: date, months: int) -> None:
    found = add_months(day, months)
    assert (found.year * 12 + found.month) - (day.year * 12 + day.month) == months
    assert found.day == min(day.day, last_day_of_month(found.year, found.month))


@given(DAYS, DAYS, MONTHS)
def test_adding_months_keeps_the_order(earlier: date, later: date, months: int) -> None:
    earlier, later = sorted((earlier, later))
    assert add_months(earlier, months) <= add_months(later, months)


@given(DAYS, st.integers(0, 600), st.integers(0, 600))
def test_adding_in_two_steps_is_never_later_than_in_one(day: date, first: int, second: int) -> None:
    assert add_months(add_months(day, first), second) <= add_months(day, first + second)


@given(st.integers(1, 9999), st.integers(1, 12))
def test_the_last_day_of_a_month_is_followed_by_the_first_of_the_next(year: int, month: int) -> None:
    last = date(year, month, last_day_of_month(year, month))
    assert last == date.max or (last + timedelta(days=1)).day == 1


def test_beyond_the_calendar_is_an_error() -> None:
    for day, months in ((date(9999, 12, 1), 1), (date(1, 1, 1), -1)):
        with pytest.raises(OverflowError):
            add_months(day, months)


@pytest.mark.parametrize(
    ("start", "months", "end"),
    [
        (date(2024, 2, 29), 36, date(2027, 2, 28)),
        (date(2026, 8, 31), 6, date(2027, 2, 28)),
        (date(2026, 5, 23), 6, date(2026, 11, 23)),
        (date(2023, 11, 30), 3, date(2024, 2, 29)),
    ],
)
def test_ends_of_months(start: date, months: int, end: date) -> None:
    assert add_months(start, months) == end


@given(DAYS, DAYS, RULES)
def test_an_age_grows_by_one_on_the_birthday_alone(birth: date, day: date, rule: LeapDayBirthday) -> None:
    birth, day = sorted((birth, day))
    grown = age_on(birth, day + timedelta(days=1), leap_day_birthday=rule) - age_on(
        birth, day, leap_day_birthday=rule
    )
    tomorrow = day + timedelta(days=1)
    assert grown == (tomorrow == birthday_in(birth, tomorrow.year, leap_day_birthday=rule))


@given(DAYS, DAYS, RULES)
def test_the_two_ages_differ_on_the_birthday_alone(birth: date, day: date, rule: LeapDayBirthday) -> None:
    birth, day = sorted((birth, day))
    on = age_on(birth, day, leap_day_birthday=rule)
    differs = on - age_after_birthday(birth, day, leap_day_birthday=rule)
    assert differs == (on > 0 and day == birthday_in(birth, day.year, leap_day_birthday=rule))


@given(DAYS, st.integers(0, 120))
def test_an_age_counts_as_adding_years_to_the_birth_does(birth: date, years: int) -> None:
    """民法典 第二百零二条: a leap-day birthday in a common year is the last day of February, as `add_months` says."""
    reached = add_months(birth, years * 12)
    assert age_on(birth, reached) == years
    assert years == 0 or age_on(birth, reached - timedelta(days=1)) == years - 1


def test_leap_day_birthdays() -> None:
    birth, mar_01 = date(2012, 2, 29), LeapDayBirthday.MAR_01
    assert age_on(birth, date(2026, 2, 28)) == 14
    assert age_on(birth, date(2026, 2, 27)) == 13
    assert age_on(birth, date(2026, 2, 28), leap_day_birthday=mar_01) == 13
    assert age_on(birth, date(2026, 3, 1), leap_day_birthday=mar_01) == 14
    assert age_on(birth, date(2028, 2, 28), leap_day_birthday=mar_01) == 15
    assert age_on(birth, date(2028, 2, 29), leap_day_birthday=mar_01) == 16


def test_nobody_has_an_age_before_the_birth() -> None:
    for reckon in (age_on, age_after_birthday):
        with pytest.raises(ValueError, match="before the birth"):
            reckon(date(2026, 1, 2), date(2026, 1, 1))
