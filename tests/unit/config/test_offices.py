"""The demo city's working days and offices; a city without them, or with a slip in them, is told where."""

from __future__ import annotations

import csv
from datetime import date, time, timedelta
from pathlib import Path

import pytest

from miaopi.config.city import load_city
from miaopi.config.offices import load_calendar, load_offices
from miaopi.kernel.errors import DefinitionError
from tests.services.reference import SHARED

HOLIDAYS = SHARED.parents[1] / "holidays.csv"


def test_the_years_2018_to_2026_have_the_working_days_of_the_notices() -> None:
    calendar = load_city().calendar
    counts = {year: sum(calendar.is_workday(date(year, 1, 1) + timedelta(days=ahead)) for ahead in range(365)) for year in (2021, 2026)}
    assert counts == {2021: 250, 2026: 248}
    if not HOLIDAYS.is_file():
        return
    with HOLIDAYS.open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            assert calendar.is_workday(date.fromisoformat(row["date"])) is (row["kind"] == "make_up_workday")


def test_a_slot_is_whole_within_the_hours() -> None:
    office = load_city().offices[0]
    times = list(office.list_times())
    assert times[0] == office.opens
    assert time(11, 30) in times and time(12, 0) not in times and time(13, 30) not in times and time(14, 0) in times
    assert times[-1] == time(17, 0)


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ('years: ["2026"]\nnotices: [{notice: x, free: [2027-01-01]}]\n', "2027-01-01 is of a year"),
        ('years: ["2026"]\nnotices: [{notice: x, free: [2026-13-01]}]\n', "missing or mistyped"),
        ("notices: []\n", "missing or mistyped"),
    ],
)
def test_a_slip_in_the_calendar_is_named(content: str, said: str, tmp_path: Path) -> None:
    (tmp_path / "calendar.yaml").write_text(content, encoding="utf-8")
    with pytest.raises(DefinitionError, match=said):
        load_calendar(tmp_path)


def test_a_city_without_offices_or_with_half_a_one_is_told(tmp_path: Path) -> None:
    with pytest.raises(DefinitionError, match="missing from the package"):
        load_offices(tmp_path)
    (tmp_path / "offices.yaml").write_text("offices: {a: {kind: police_station}}\n", encoding="utf-8")
    with pytest.raises(DefinitionError, match="missing or mistyped"):
        load_offices(tmp_path)
