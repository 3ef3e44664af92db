"""Days, times and moments: conversion and calendar (DMN 1.5, tables 74, 79 and 86)."""

from __future__ import annotations

import pytest

from tests.unit.kernel.expr.asking import answer


@pytest.mark.parametrize(
    ("text", "result"),
    [
        ('time("23:59:00z") + duration("PT2M")', '@"00:01:00Z"'),
        ('time(date and time("2012-12-24T23:59:00"))', '@"23:59:00"'),
        ('time(date("2012-12-24"))', '@"00:00:00Z"'),
        ('time(23, 59, 0, duration("PT0H"))', '@"23:59:00Z"'),
        ('time(11, 59, 45, null)', '@"11:59:45"'),
        ('time(11, 59, 45)', '@"11:59:45"'),
        ('time(11, 59, 45.123456789)', '@"11:59:45.123456789"'),
        ('time(11,59,45, duration("-PT9H"))', '@"11:59:45-09:00"'),
        ('time(24,0,0)', 'null'),
        ('time("24:00:00")', '@"00:00:00"'),
        ('time("7:00:00")', 'null'),
        ('time("11:22:33.123456789")', '@"11:22:33.123456789"'),
        ('time(from: "11:22:33")', '@"11:22:33"'),
        ('time(hour: 11, minute: 59, second: 45, offset: duration("PT2H"))', '@"11:59:45+02:00"'),
        ('date("2012-12-25") - date("2012-12-24")', '@"P1D"'),
        ('date and time("2012-12-24T23:59:00").time offset', 'null'),
        ('years and months duration(date("2011-12-22"), date("2013-08-24"))', '@"P1Y8M"'),
        ('years and months duration(date and time("2013-08-24T10:00:00"), date("2011-12-22"))', '@"-P1Y8M"'),
        ('years and months duration(date("2011-12-22"), date and time("2013-08-24T10:00:00"))', '@"P1Y8M"'),
        ('day of year(date(2019, 9, 17))', '260'),
        ('day of week(date(2019, 9, 17))', '"Tuesday"'),
        ('month of year(date(2019, 9, 17))', '"September"'),
        ('week of year(date(2019, 9, 17))', '38'),
        ('week of year(date(2003, 12, 29))', '1'),
        ('week of year(date(2004, 1, 4))', '1'),
        ('week of year(date(2005, 1, 1))', '53'),
        ('week of year(date(2005, 1, 3))', '1'),
        ('week of year(date(2005, 1, 9))', '1'),
        ('week of year(@"2005-01-09T10:00:00")', '1'),
        ('now()', '@"2026-11-26T09:30:00Z"'),
        ('today()', '@"2026-11-26"'),
        ('now(1)', 'null'),
        ('date("2012-12-25").weekday', '2'),
        ('date and time(date("2012-12-24"), time("23:59:00")).hour', '23'),
        ('years and months duration(from: @"2020-01-01", to: @"2021-01-01")', '@"P1Y"'),
        ('day of week(date: @"2020-01-01")', '"Wednesday"'),
        ('time(hour: 1, minute: 2, second: 3)', '@"01:02:03"'),
        ('time(11, null, 3)', 'null'),
        ('date(2021, 1, 1.5)', 'null'),
        ('date(@"2021-01-01T00:00:00")', '@"2021-01-01"'),
        ('date and time("2021-01-01T10:00:00").date', 'null'),
        ('time(1, 2, null, null)', 'null'),
        ('time(1, 2, 3, @"-PT0.000000001S")', 'null'),
        ('time(1, 2, 3, @"PT19H")', 'null'),
        ('time(25, 0, 0)', 'null'),
        ('time(@"10:00:00Z")', '@"10:00:00Z"'),
        ('time(@"2021-01-01T10:00:00Z")', '@"10:00:00Z"'),
        ('years and months duration(@"2021-03-31", @"2021-02-28")', '@"-P1M"'),
        ('years and months duration(@"2021-02-28", @"2021-03-31")', '@"P1M"'),
        ('years and months duration(@"2021-03-15", @"2021-02-20")', '@"P0M"'),
        ('years and months duration(@"2021-01-31", @"2021-02-28")', '@"P0M"'),
    ],
)
def test_times(text: str, result: str) -> None:
    assert answer(text) == result
