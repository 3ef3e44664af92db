"""Rows counted and compared where they stand, or in our copy of a drop: whoever counts, the figures are those that a pull would find."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from django.test import override_settings

from miaopi.apps.exchange.adapters.configuration import Column, Source
from miaopi.apps.exchange.adapters.port import Emptiness, Place
from miaopi.apps.exchange.adapters.registers.counters.files import FileCounter
from miaopi.apps.exchange.adapters.registers.counters.http import HttpCounter
from miaopi.apps.exchange.adapters.registers.counters.sql import SqlCounter
from miaopi.apps.exchange.adapters.registers.counters.tally import Pair, Tally
from miaopi.apps.exchange.api import is_countable
from miaopi.config.environment import ROOT
from miaopi.definitions.registers import Likeness, Suspicion
from miaopi.kernel.errors import UpstreamError
from miaopi.kernel.wording import Text
from tests.unit.exchange.counterparts import NOW, SECRET, BehindSql, Counterpart, InFiles
from tests.unit.exchange.counterparts_streams import Paging
from tests.unit.exchange.test_connectors import LI, OTHER, ROW, WANG

EMPTY, BLANK, TWICE = "110105194912310062", "110105194912310089", "110105194912310100"
OLD, NEW = "440524800101001", "44052419800101001X"
ROWS = [
    ROW, OTHER, {**ROW, "id_number": EMPTY, "name": None}, {**ROW, "id_number": BLANK, "name": " "}, {**ROW, "id_number": TWICE},
    {**ROW, "id_number": TWICE, "name": "李二测试"},
]  # fmt: skip
COLUMNS = {
    "name": Column("name", null_is_absent=True), "listed": Column("name", values=("李测试",)), "birth_date": Column("birth_date", "date"),
    "is_old": Column("birth_date", "boolean", test="birth_date < @\"1950-01-01\""),
}  # fmt: skip
FIGURES = {
    "name": Tally(parties=5, known=2, absent=1, unknown=1, conflict=1), "listed": Tally(5, 1, 0, 3, 1), "birth_date": Tally(5, 4, 0, 0, 1),
}  # fmt: skip

def in_files(folder: Path, format: str) -> tuple[Counterpart, Any]:
    agency = InFiles(folder / "drop", format=format)
    return agency, FileCounter("demo", {"folder": str(folder / "drop")})


def behind_sql(folder: Path, server: str) -> tuple[Counterpart, Any]:
    agency = BehindSql(server, folder)
    return agency, SqlCounter("demo", {"url": agency.url, "password": SECRET})


@pytest.fixture(params=["sql", "csv", "xlsx", "parquet"])
def counted(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[tuple[Counterpart, Any]]:
    kind = request.param
    agency, counter = behind_sql(tmp_path, request.getfixturevalue("agency_server")) if kind == "sql" else in_files(tmp_path, kind)
    yield agency, counter
    agency.close()


def source_of(agency: Counterpart) -> Source:
    return Source(agency.place, COLUMNS, is_text=agency.place.options.get("format") == "csv")


def suspicion(by: Likeness, *same: str, also: tuple[str, ...] = ()) -> Suspicion:
    return Suspicion("alike", Text(zh="相同", en="alike"), by, "person", same, also, "registers.yaml:1")


def test_of_each_field_it_is_counted_how_much_is_known_and_predicates_are_none(counted: tuple[Counterpart, Any]) -> None:
    agency, counter = counted
    agency.hold(ROWS)
    assert counter.count(source_of(agency), now=NOW) == FIGURES


def test_rows_that_are_alike_are_a_pair_the_likelier_the_more_they_share(counted: tuple[Counterpart, Any]) -> None:
    agency, counter = counted
    agency.hold([
        {**ROW, "name": "甲"}, {**OTHER, "name": "甲"}, {**ROW, "id_number": TWICE, "name": "甲", "birth_date": date(1950, 1, 1)},
        {**ROW, "id_number": EMPTY, "name": None}, {**ROW, "id_number": BLANK, "name": None},
    ])  # fmt: skip
    found = counter.find_pairs(source_of(agency), suspicion(Likeness.SAME, "name", also=("birth_date",)), now=NOW)
    assert list(found) == [Pair(LI, WANG, 100), Pair(LI, TWICE, 50), Pair(TWICE, WANG, 50)]
    assert not [value for value in (LI, "甲") if value in repr(found)]


def test_an_old_number_stands_beside_the_new_one(counted: tuple[Counterpart, Any]) -> None:
    agency, counter = counted
    agency.hold([{**ROW, "id_number": number} for number in (OLD, NEW, LI)])
    assert list(counter.find_pairs(source_of(agency), suspicion(Likeness.OLD_NUMBER), now=NOW)) == [Pair(OLD, NEW, 90)]


@pytest.mark.parametrize("mode", ["down", "slow", "garbage"])
def test_a_drop_that_is_gone_of_another_day_or_torn_counts_nothing(tmp_path: Path, mode: str) -> None:
    agency, counter = in_files(tmp_path, "csv")
    agency.hold(ROWS)
    agency.set_mode(mode)
    with pytest.raises(UpstreamError):
        counter.count(source_of(agency), now=NOW)


TOLD = {"parties": 9, "conflict": 1, "fields": {"name": {"known": 5, "empty": 2}}}
LIES: dict[str, Any] = {
    "more values than parties": {**TOLD, "parties": 7},
    "less than nothing": {**TOLD, "conflict": -1},
    "more than anybody can count": {**TOLD, "parties": 1e300},
    "half a party": {**TOLD, "parties": 9.5},
    "a truth for a number": {**TOLD, "conflict": True},
    "another field": {**TOLD, "fields": {"birth_date": {"known": 5, "empty": 2}}},
    "no object": [TOLD],
    "nothing": None,
}


@pytest.fixture
def service() -> Iterator[tuple[Callable[[object], Any], list[dict[str, Any]]]]:
    """What a service that answers so makes of a count, and what it was asked."""
    asked: list[dict[str, Any]] = []
    said: list[bytes] = []

    def reply(question: dict[str, Any]) -> bytes:
        asked.append(question)
        return said[-1]

    with Paging(reply) as served:
        place = Place("person", "demo", "person", "/query", "id_number", Emptiness.NOT_FOUND, options={"counts": "/count"})
        counter = HttpCounter("demo", {"url": served.url, "token": SECRET})

        def count(answer: object) -> Any:
            said.append(json.dumps(answer).encode())
            return counter.count(Source(place, {"name": Column("name", null_is_absent=True, values=("甲",))}), now=NOW)

        yield count, asked


def test_a_service_counts_where_it_says_so_and_is_told_no_number(service: tuple[Any, list[dict[str, Any]]]) -> None:
    count, asked = service
    assert count(TOLD) == {"name": Tally(parties=9, known=5, absent=2, unknown=1, conflict=1)}
    assert asked == [{"resource": "person", "key": "id_number", "apart": None, "fields": {"name": ["甲"]}}]


@pytest.mark.parametrize("lie", LIES.values(), ids=LIES)
def test_figures_that_cannot_be_true_are_none(service: tuple[Any, list[dict[str, Any]]], lie: object) -> None:
    with pytest.raises(UpstreamError):
        service[0](lie)


def test_what_cannot_be_counted_is_known_before_anybody_is_asked() -> None:
    with override_settings(MIAOPI_CITY=SimpleNamespace(folder=ROOT / "cities/demo")):
        known = {name: is_countable(name) for name in (
            "population_basic", "death_certificate", "residence_permit", "criminal_record", "real_estate", "electronic_licence",
        )}  # fmt: skip
    assert [name for name, can in known.items() if can] == ["population_basic", "death_certificate", "residence_permit"]
