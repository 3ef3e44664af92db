"""Answers become facts: typed, or unknown; absent by rule alone; a contradiction is nobody's value."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest

from miaopi.apps.exchange.adapters.configuration import Column, Source
from miaopi.apps.exchange.adapters.facts import ROWS, agree, read_facts
from miaopi.apps.exchange.adapters.port import Answer, Emptiness, Nothing, Place, Rows, Unsaid
from miaopi.kernel.fact import Absent, Doubt, Fact, Known, Unknown

NOW = datetime(2026, 11, 25, 8, tzinfo=UTC)
PLACE = Place("person", "register", "person", "person", "id_number", Emptiness.EMPTY)


def read(value: object, column: Column = Column("v")) -> Fact:
    return read_facts(Source(PLACE, {"v": column}), Rows(({"v": value},)), ("v",), now=NOW)["v"]


@pytest.mark.parametrize(
    ("type_name", "raw", "value"),
    [
        ("string", "福田派出所", "福田派出所"),
        ("boolean", False, False),
        ("number", 0, Decimal(0)),
        ("number", Decimal("1.50"), Decimal("1.50")),
        ("date", date(2026, 5, 23), date(2026, 5, 23)),
        ("date", "2026-05-23", date(2026, 5, 23)),
        ("date and time", "2026-05-23T10:00:00+08:00", datetime(2026, 5, 23, 2, tzinfo=UTC)),
    ],
)
def test_a_value_of_its_type_is_known_with_source_and_time(type_name: str, raw: object, value: object) -> None:
    assert read(raw, Column("v", type_name)) == Known(value, "person", NOW)


@pytest.mark.parametrize(
    ("type_name", "raw"),
    [
        ("string", ""), ("string", "  "), ("string", 1), ("string", True), ("string", "a\x00b"), ("string", "x" * 2001),
        ("boolean", "true"), ("boolean", 1), ("boolean", 0),
        ("number", 1.5), ("number", True), ("number", "1"), ("number", Decimal("NaN")),
        ("number", Decimal("1E+999999999")), ("number", Decimal("1E-999999999")),
        ("date", "2026-02-30"), ("date", "20260523"), ("date", datetime(2026, 5, 23, tzinfo=UTC)), ("date", "2026-05-23T00:00:00"),
        ("date and time", "2026-05-23T10:00:00"), ("date and time", "now"), ("date and time", date(2026, 5, 23)),
    ],
)
def test_a_value_of_another_type_is_no_value(type_name: str, raw: object) -> None:
    assert read(raw, Column("v", type_name)) == Unknown(Doubt.UNAVAILABLE, "person")


DAYS: dict[str, tuple[datetime | None, bool]] = {
    "of now": (NOW, True),
    "just young enough": (NOW - timedelta(days=3), True),
    "too old": (NOW - timedelta(days=3, seconds=1), False),
    "of a clock that is a little ahead": (NOW + timedelta(minutes=5), True),
    "of tomorrow": (NOW + timedelta(days=1), False),
    "of no time": (None, False),
}


@pytest.mark.parametrize(("at", "is_fresh"), DAYS.values(), ids=DAYS)
def test_what_is_older_than_it_may_be_is_stale_and_so_is_its_absence(at: datetime | None, is_fresh: bool) -> None:
    source = Source(PLACE, {"v": Column("v")}, fresh=timedelta(days=3))
    stale = Unknown(Doubt.STALE, "person")
    assert read_facts(source, Rows(({"v": "x"},), at), ("v",), now=NOW) == {"v": Known("x", "person", NOW) if is_fresh else stale}
    assert read_facts(source, Nothing(at), ("v",), now=NOW) == {"v": Absent("person", NOW) if is_fresh else stale}
    assert read_facts(source, None, ("v",), now=NOW) == {"v": Unknown(Doubt.UNAVAILABLE, "person")}
    listed = replace(source, has_many=True)
    assert (read_facts(listed, Rows(({"v": "x"},), at), ("v",), now=NOW)[ROWS] != stale) is is_fresh


@pytest.mark.parametrize(
    ("of_rows", "is_fresh"),
    [
        (("2026-11-23",), True), ((date(2026, 11, 23),), True), (("2026-11-22T20:00:00+08:00",), True), ((NOW,), True),
        (("2026-11-21",), False), ((None,), False), (("yesterday",), False), ((NOW, NOW - timedelta(days=9)), False),
    ],
)  # fmt: skip
def test_each_row_may_say_of_which_day_it_is(of_rows: tuple[object, ...], is_fresh: bool) -> None:
    source = Source(PLACE, {"v": Column("v")}, has_many=True, fresh=timedelta(days=3), as_of="updated")
    (fact,) = read_facts(source, Rows(tuple({"v": "x", "updated": each} for each in of_rows)), ("v",), now=NOW).values()
    assert fact == (Known([{"v": "x"}], "person", NOW) if is_fresh else Unknown(Doubt.STALE, "person"))


def test_a_word_that_is_not_listed_is_no_value() -> None:
    column = Column("v", values=("正常", "死亡"))
    assert read("正常", column) == Known("正常", "person", NOW)
    assert read("错误", column) == Unknown(Doubt.UNAVAILABLE, "person")


def test_an_empty_column_is_absent_by_its_rule_and_otherwise_unproven() -> None:
    assert read(None, Column("v", null_is_absent=True)) == Absent("person", NOW)
    assert read(None) == Unknown(Doubt.UNPROVEN, "person")


@pytest.mark.parametrize(
    ("answer", "fact"),
    [
        (None, Unknown(Doubt.UNAVAILABLE, "person")),
        (Unsaid(), Unknown(Doubt.UNPROVEN, "person")),
        (Nothing(), Absent("person", NOW)),
        (Rows(({"v": "甲"}, {"v": "乙"})), Unknown(Doubt.CONFLICT, "person")),
        (Rows(({"v": "甲"}, {"v": "甲"})), Unknown(Doubt.CONFLICT, "person")),
    ],
)
def test_only_one_row_is_a_value(answer: Answer | None, fact: Fact) -> None:
    assert read_facts(Source(PLACE, {"v": Column("v")}), answer, ("v",), now=NOW) == {"v": fact}


MANY = Source(PLACE, {"v": Column("v", "number"), "w": Column("w", null_is_absent=True)}, has_many=True, told_apart_by="v")


def test_a_source_that_has_many_rows_of_a_person_gives_one_list_of_contexts() -> None:
    answer = Rows(({"v": 1, "w": "甲"}, {"v": 2, "w": None}))
    known = Known([{"v": Decimal(1), "w": "甲"}, {"v": Decimal(2), "w": None}], "person", NOW)
    assert read_facts(MANY, answer, ("v", "w"), now=NOW) == {ROWS: known}


@pytest.mark.parametrize(
    ("answer", "fact"),
    [
        (None, Unknown(Doubt.UNAVAILABLE, "person")),
        (Unsaid(), Unknown(Doubt.UNPROVEN, "person")),
        (Nothing(), Absent("person", NOW)),
        (Rows(({"v": 1, "w": "甲"}, {"v": 1, "w": "乙"})), Unknown(Doubt.CONFLICT, "person")),
        (Rows(({"v": None, "w": "甲"},)), Unknown(Doubt.UNPROVEN, "person")),
        (Rows(({"v": 1, "w": "甲"}, {"v": "none", "w": "甲"})), Unknown(Doubt.UNAVAILABLE, "person")),
    ],
)
def test_one_doubtful_value_makes_the_whole_list_doubtful(answer: Answer | None, fact: Fact) -> None:
    assert read_facts(MANY, answer, ("v", "w"), now=NOW) == {ROWS: fact}


@pytest.mark.parametrize(
    ("type_name", "cell", "value"),
    [
        ("number", "12.50", Decimal("12.50")), ("boolean", "true", True), ("boolean", "false", False),
        ("date", "2026-11-02", date(2026, 11, 2)),
    ],
)
def test_the_cells_of_a_file_are_text_and_read_by_their_type(type_name: str, cell: str, value: object) -> None:
    source = Source(PLACE, {"v": Column("v", type_name)}, is_text=True)
    assert read_facts(source, Rows(({"v": cell},)), ("v",), now=NOW) == {"v": Known(value, "person", NOW)}


@pytest.mark.parametrize(("type_name", "cell"), [("number", "1e3"), ("number", "NaN"), ("boolean", "True"), ("date", "2026/11/02")])
def test_a_cell_that_is_not_of_its_type_is_no_value(type_name: str, cell: str) -> None:
    source = Source(PLACE, {"v": Column("v", type_name)}, is_text=True)
    assert read_facts(source, Rows(({"v": cell},)), ("v",), now=NOW) == {"v": Unknown(Doubt.UNAVAILABLE, "person")}


KNOWN, OTHER, NONE = Known("甲", "a", NOW), Known("乙", "b", NOW), Absent("b", NOW)
SILENT = Unknown(Doubt.UNAVAILABLE, "b")


@pytest.mark.parametrize(
    ("facts", "agreed"),
    [
        ([KNOWN], KNOWN),
        ([KNOWN, Known("甲", "b", NOW)], KNOWN),
        ([KNOWN, OTHER], Unknown(Doubt.CONFLICT, "a")),
        ([KNOWN, NONE], Unknown(Doubt.CONFLICT, "a")),
        ([NONE, NONE], NONE),
        ([KNOWN, SILENT], SILENT),
        ([SILENT, KNOWN], SILENT),
    ],
)
def test_sources_of_one_fact_agree_or_nobody_is_believed(facts: list[Fact], agreed: Fact) -> None:
    assert agree(facts) == agreed
