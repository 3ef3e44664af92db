"""Working days: the day of the beginning is not counted, make-up workdays are, and nobody guesses a year."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest

from miaopi.kernel.calendar import WorkCalendar, compute_legal_day
from miaopi.kernel.errors import DefinitionError

CALENDAR = WorkCalendar(frozenset({2026}), {date(2026, 10, 1): False, date(2026, 10, 2): False, date(2026, 10, 10): True})


def test_a_day_set_free_is_not_worked_and_a_make_up_day_is() -> None:
    assert not CALENDAR.is_workday(date(2026, 10, 1))
    assert CALENDAR.is_workday(date(2026, 10, 10))  # a Saturday
    assert not CALENDAR.is_workday(date(2026, 10, 11))
    assert CALENDAR.is_workday(date(2026, 10, 12))


def test_the_day_of_the_beginning_is_not_counted() -> None:
    assert CALENDAR.add_workdays(date(2026, 9, 30), 1) == date(2026, 10, 5)
    assert CALENDAR.add_workdays(date(2026, 10, 8), 3) == date(2026, 10, 12)
    with pytest.raises(ValueError, match="at least one"):
        CALENDAR.add_workdays(date(2026, 9, 30), 0)


def test_a_statutory_time_ends_with_the_business_hours_of_its_last_working_day() -> None:
    begun = datetime(2026, 10, 7, 20, 0, tzinfo=UTC)  # the 8th already where the law counts
    assert CALENDAR.compute_due(begun, 3) == datetime.fromisoformat("2026-10-12T18:00:00+08:00")


def test_a_year_without_a_table_is_a_loud_error() -> None:
    with pytest.raises(DefinitionError, match="2027"):
        CALENDAR.add_workdays(date(2026, 12, 30), 3)


def test_the_legal_day_is_that_of_the_country_wherever_the_moment_is_told() -> None:
    assert compute_legal_day(datetime(2026, 11, 25, 16, 0, tzinfo=UTC)) == date(2026, 11, 26)
    assert compute_legal_day(datetime(2026, 11, 25, 15, 59, tzinfo=UTC)) == date(2026, 11, 25)
