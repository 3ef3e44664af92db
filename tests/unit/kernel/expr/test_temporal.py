"""Days, times, moments and durations: written as they are read, reckoned with, compared (DMN 1.5 §10.3.2.3)."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta

import pytest

from miaopi.kernel.expr.fault import Fault
from miaopi.kernel.expr.temporal import (
    TEMPORAL,
    Temporal,
    YearsMonths,
    add,
    is_earlier,
    is_equal,
    is_identical,
    ratio_of_durations,
    read_day,
    read_moment,
    read_temporal,
    subtract,
    write_temporal,
)
from miaopi.kernel.expr.temporal.duration import LongDuration
from miaopi.kernel.expr.values import DECIMAL128
from tests.unit.kernel.expr.asking import answer


@pytest.mark.parametrize(
    "text",
    [
        "2021-01-01",
        "0001-01-01",
        "0000-02-29",
        "-0044-03-15",
        "999999999-12-31",
        "-999999999-01-01",
        "2011-12-31T10:15:30",
        "2011-12-31T10:15:30.5+01:35",
        "2011-12-31T10:15:30.123456789@Europe/Paris",
        "999999999-12-31T23:59:59.999999999@Europe/Paris",
        "-999999999-12-31T23:59:59.999999999+02:00",
        "10:15:00",
        "10:15:00Z",
        "10:15:00-18:00",
        "10:15:00+08:05:43",
        "10:15:00.000000001@Australia/Melbourne",
        "PT0S",
        "P1DT2H3M4.123456789S",
        "-PT1H",
        "P730484999634D",
        "P0M",
        "-P8Y4M",
    ],
)
def test_what_is_written_reads_as_the_same(text: str) -> None:
    value = read_temporal(text)
    assert isinstance(value, TEMPORAL)
    assert write_temporal(value) == text


@pytest.mark.parametrize(
    ("text", "written"),
    [
        ("PT24H", "P1D"),
        ("PT1000M0.999999999S", "PT16H40M0.999999999S"),
        ("PT0.S", "PT0S"),
        ("P0Y", "P0M"),
        ("P26M", "P2Y2M"),
        ("24:00:00", "00:00:00"),
        ("10:15:00+00:00", "10:15:00Z"),
        ("10:15:00z", "10:15:00Z"),
        ("2021-12-31T24:00:00", "2022-01-01T00:00:00"),
    ],
)
def test_other_ways_of_writing_are_read(text: str, written: str) -> None:
    assert write_temporal(read_temporal(text)) == written


@pytest.mark.parametrize(
    "text",
    [
        "foo",
        "",
        "P",
        "P0",
        "1Y",
        "P1S",
        "P1H",
        "P999999999999999999D",
        "P999999999999999999Y",
        "+2012-12-02",
        "-0000-01-01",
        "998-12-31",
        "01211-12-31",
        "9999999999-12-25",
        "2017-13-10",
        "2017-02-29",
        "2012-12-25T",
        "2017-12-31T24:00:01",
        "2017-12-31T25:00:00",
        "2017-12-31T00:60:00",
        "2017-12-31T00:00:61",
        "2017-12-31T7:00:00",
        "2017-12-31T13:20:00+19:00",
        "2017-12-31T13:20:00+05:0",
        "2017-12-31T13:20:00+05:60",
        "2017-12-31T13:20:00@xyz/abc",
        "2017-12-31T13:20:00@../abc",
        "2017-12-31T13:20:00+02:00@Europe/Paris",
        "999999999-12-31T24:00:00",
        "10:15:00.1234567891",
    ],
)
def test_what_no_calendar_has_is_refused(text: str) -> None:
    with pytest.raises(Fault):
        read_temporal(text)


def test_facts_have_pythons_own_types() -> None:
    assert read_day("2026-11-23") == date(2026, 11, 23)
    assert read_moment("2026-11-23T09:30:00Z") == datetime(2026, 11, 23, 9, 30, tzinfo=UTC)


@pytest.mark.parametrize("text", ["10000-01-01", "-0001-01-01", "2026-02-30", "2026-1-1"])
def test_a_day_of_a_fact_lies_in_the_years_1_to_9999(text: str) -> None:
    with pytest.raises(Fault):
        read_day(text)


@pytest.mark.parametrize("text", ["10000-01-01T00:00:00", "2026-01-01T00:00:00.123456789Z", "2026-01-01"])
def test_a_moment_of_a_fact_fits_its_column(text: str) -> None:
    with pytest.raises(Fault):
        read_moment(text)


@pytest.mark.parametrize(
    ("text", "result"),
    [
        ('@"9999-12-31" + @"P1D"', '@"10000-01-01"'),
        ('@"-2021-01-01" - @"P1D"', '@"-2022-12-31"'),
        ('@"-0001-12-31" + @"P1D"', '@"0000-01-01"'),
        ('@"2021-01-01" + @"PT36H"', '@"2021-01-02"'),
        ('@"2021-01-02" - @"PT1H"', '@"2021-01-01"'),
        ('@"999999999-12-31" + @"P1D"', "null"),
        ('@"2024-02-29" + @"P1Y"', '@"2025-02-28"'),
        ('@"2021-01-31" - @"P11M"', '@"2020-02-29"'),
        ('@"P1M" + @"2021-01-31T10:00:00@Europe/Paris"', '@"2021-02-28T10:00:00@Europe/Paris"'),
        ('@"2021-03-27T02:30:00@Europe/Paris" + @"P1D"', '@"2021-03-28T03:30:00@Europe/Paris"'),
        ('@"2021-10-31T02:30:00@Europe/Paris" + @"PT1H"', '@"2021-10-31T02:30:00@Europe/Paris"'),
        ('@"2021-10-31T02:30:00@Europe/Paris" + @"PT2H"', '@"2021-10-31T03:30:00@Europe/Paris"'),
        ('@"12021-07-01T10:00:00@Europe/Paris" + @"PT1H"', '@"12021-07-01T11:00:00@Europe/Paris"'),
        ('@"2021-01-31T10:00:00" + @"P1D"', '@"2021-02-01T10:00:00"'),
        ('@"23:30:00" + @"PT1H"', '@"00:30:00"'),
        ('@"23:30:00+02:00" - @"P1DT1H"', '@"22:30:00+02:00"'),
        ('@"23:30:00" + @"P1M"', "null"),
        ('@"2021-01-01" + @"2021-01-01"', "null"),
        ('@"P1Y" - @"P2M"', '@"P10M"'),
        ('@"P1D" - @"PT2H"', '@"PT22H"'),
        ('@"P1Y" + @"P1D"', "null"),
        ('-@"P1DT1H"', '@"-P1DT1H"'),
        ('-@"P1Y"', '@"-P1Y"'),
        ('@"P1Y11M" * -2.5', '@"-P4Y9M"'),
        ('1.5 * @"P4DT1H"', '@"P6DT1H30M"'),
        ('@"P10Y11M" / 2.5', '@"P4Y4M"'),
        ('@"P1D" / 0', "null"),
        ('@"P1D" * 1e6000', "null"),
        ('@"P10Y" / @"P5Y"', "2"),
        ('@"P10D" / @"PT48H"', "5"),
        ('@"P10D" / @"PT0S"', "null"),
        ('@"P10D" / @"P1M"', "null"),
        ('@"2021-01-02" - @"2021-01-01T10:10:10+11:00"', '@"P1DT49M50S"'),
        ('@"2021-01-02T10:10:10@Europe/Paris" - @"1995-01-01"', '@"P9498DT9H10M10S"'),
        ('@"2021-01-02" - @"2021-01-01T10:10:10"', "null"),
        ('@"999999999-12-31" - @"-999999999-01-01"', '@"P730484999633D"'),
        ('@"10:10:10@Australia/Melbourne" - @"11:10:10@Australia/Melbourne"', '@"-PT1H"'),
        ('@"10:10:10+01:00" - @"10:10:10Z"', '@"-PT1H"'),
        ('@"10:10:10@Europe/Paris" - @"10:10:10Z"', "null"),
    ],
)
def test_temporal_values_are_reckoned_with(text: str, result: str) -> None:
    assert answer(text) == result


@pytest.mark.parametrize(
    ("text", "result"),
    [
        ('@"10:00:00" < @"11:00:00"', "true"),
        ('@"10:00:00Z" = @"12:00:00+02:00"', "true"),
        ('@"10:00:00@Etc/UTC" = @"10:00:00Z"', "true"),
        ('@"10:00:00Z" = @"12:00:00"', "false"),
        ('@"2021-01-01T10:00:00@Europe/Paris" = @"2021-01-01T09:00:00Z"', "true"),
        ('@"2021-01-01T10:00:00" = @"2021-01-01T09:00:00Z"', "false"),
        ('@"-2021-01-01" < @"2021-01-01"', "true"),
        ('@"12021-01-01T00:00:00.000000001" > @"12021-01-01T00:00:00"', "true"),
        ('@"P1D" = @"PT24H"', "true"),
        ('@"P1Y" > @"P11M"', "true"),
        ('@"P0Y" = @"P0D"', "null"),
        ('@"2021-01-01" < @"10:00:00"', "null"),
    ],
)
def test_temporal_values_are_compared(text: str, result: str) -> None:
    assert answer(text) == result


@pytest.mark.parametrize(
    ("left", "right", "same"),
    [
        ("2012-12-25", "2012-12-25", True),
        ("2012-12-25", "2012-12-25T00:00:00Z", False),
        ("2012-12-25T00:00:00Z", "2012-12-25", False),
        ("2012-12-25T00:00:00Z", "2012-12-25T00:00:00+00:00", True),
        ("2021-04-02T23:00:00@Australia/Melbourne", "2021-04-02T23:00:00+11:00", False),
        ("23:00:50Z", "23:00:50+00:00", True),
        ("23:00:50", "23:00:50Z", False),
        ("23:00:50@Etc/GMT", "23:00:50Z", False),
        ("20:00:50+00:00", "21:00:50+01:00", False),
        ("P1D", "PT24H", True),
        ("P1Y", "P12M", True),
        ("P0Y", "P0D", False),
        ("P0D", "P0Y", False),
    ],
)
def test_identity_minds_the_zone_and_the_kind(left: str, right: str, same: bool) -> None:
    assert is_identical(read_temporal(left), read_temporal(right)) is same


@pytest.mark.parametrize(
    ("text", "result"),
    [
        ('@"-2021-03-04".year', "-2021"),
        ('@"12021-03-04".month', "3"),
        ('@"2021-03-04".day', "4"),
        ('@"2026-11-26".weekday', "4"),
        ('@"2021-03-04T10:11:12.5".hour', "10"),
        ('@"2021-03-04T10:11:12.5".minute', "11"),
        ('@"12021-03-04T10:11:12.5".second', "12"),
        ('@"12021-03-04T10:11:12.5".year', "12021"),
        ('@"10:11:12".hour', "10"),
        ('@"10:11:12+05:00".time offset', '@"PT5H"'),
        ('@"10:11:12".time offset', "null"),
        ('@"10:11:12@Etc/UTC".time offset', '@"PT0S"'),
        ('@"10:11:12@Europe/Paris".time offset', "null"),
        ('@"10:11:12@Europe/Paris".timezone', '"Europe/Paris"'),
        ('@"2021-07-04T10:11:12@Europe/Paris".time offset', '@"PT2H"'),
        ('@"2021-07-04T10:11:12".time offset', "null"),
        ('@"2021-07-04T10:11:12+01:00".timezone', "null"),
        ('@"P1DT2H3M4.5S".days', "1"),
        ('@"P1DT2H3M4.5S".hours', "2"),
        ('@"-P1DT2H3M4.5S".minutes', "-3"),
        ('@"P1DT2H3M4.5S".seconds', "4"),
        ('@"P1Y2M".years', "1"),
        ('@"-P1Y2M".months', "-2"),
        ('@"P1Y2M".days', "null"),
    ],
)
def test_parts_of_temporal_values(text: str, result: str) -> None:
    assert answer(text) == result


@pytest.mark.parametrize(
    ("reckon", "left", "right"),
    [
        (add, "2021-01-01", "2021-01-01"),
        (add, "P1Y", "P1D"),
        (add, "10:00:00", "P1M"),
        (add, "P1M", "10:00:00"),
        (subtract, "2021-01-01", "10:00:00"),
        (subtract, "P1D", "2021-01-01"),
        (is_earlier, "2021-01-01", "2021-01-01T00:00:00"),
        (is_earlier, "2021-01-01T00:00:00", "2021-01-01"),
        (is_equal, "10:00:00", "P1D"),
        (is_equal, "10:00:00@Europe/Paris", "10:00:00Z"),
    ],
)
def test_what_has_no_result_is_a_fault(
    reckon: Callable[[Temporal, Temporal], object], left: str, right: str
) -> None:
    with pytest.raises(Fault):
        reckon(read_temporal(left), read_temporal(right))


def test_months_and_days_have_no_ratio() -> None:
    with pytest.raises(Fault):
        ratio_of_durations(YearsMonths(1), timedelta(1), DECIMAL128)


def test_values_beyond_pythons_types_say_what_they_are() -> None:
    assert str(LongDuration(1)) == "PT0.000000001S"
    assert str(read_temporal("10000-01-01T10:00:00Z")) == "10000-01-01T10:00:00Z"
    assert str(read_temporal("10:00:00.123456789Z")) == "10:00:00.123456789Z"
    assert str(read_temporal("-0001-01-01")) == "-0001-01-01"
