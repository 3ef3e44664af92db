"""Zones by name come from the program's own table: the one of the pinned package, and no machine's."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from importlib.resources import files
from zoneinfo import ZoneInfo

import pytest
import tzdata

from miaopi.kernel.expr.fault import Fault
from miaopi.kernel.expr.temporal.zone_table import VERSION
from miaopi.kernel.expr.temporal.zones import zone_files, zone_named
from tests.unit.kernel.expr.zones import MODULE, names, print_table, source_of

MOMENTS = [datetime(year, month, 15, 12, tzinfo=UTC) for year in (1901, 1969, 1986, 2026, 2060) for month in (1, 7)]


def test_the_table_holds_what_the_pinned_package_holds() -> None:
    assert VERSION == tzdata.IANA_VERSION
    assert dict(zone_files()) == {name: source_of(name) for name in names()}
    assert MODULE.read_text("ascii").partition("PACKED")[0] == print_table().partition("PACKED")[0]


@pytest.mark.parametrize("name", ["Asia/Shanghai", "Europe/Paris", "America/Argentina/Buenos_Aires", "Etc/GMT+8", "UTC"])
def test_a_zone_tells_the_time_as_the_package_does(name: str) -> None:
    with (files(tzdata) / "zoneinfo" / name).open("rb") as file:
        expected = ZoneInfo.from_file(file)
    found = zone_named(name)
    assert [found.utcoffset(each.replace(tzinfo=found)) for each in MOMENTS] == [expected.utcoffset(each) for each in MOMENTS]
    assert found.key == name and zone_named(name) is found


def test_the_summer_time_of_1986_is_in_it() -> None:
    shanghai = zone_named("Asia/Shanghai")
    assert datetime(1986, 7, 1, tzinfo=shanghai).utcoffset() == timedelta(hours=9)
    assert datetime(2026, 7, 1, tzinfo=shanghai).utcoffset() == timedelta(hours=8)


@pytest.mark.parametrize("name", ["Asia/Nowhere", "../etc/passwd", "/etc/passwd", "", "asia/shanghai", "posixrules"])
def test_there_is_no_other_zone(name: str) -> None:
    with pytest.raises(Fault, match="there is no time zone"):
        zone_named(name)
