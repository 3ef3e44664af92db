"""Facts as they are written outside: by the declared type, without guessing, naming the fact and never its value."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest

from miaopi.kernel.decision import read_answers, read_facts, read_overrides, read_value, write_fact
from miaopi.kernel.decision.reading import write_value
from miaopi.kernel.errors import InputError
from miaopi.kernel.expr import Type
from miaopi.kernel.expr.temporal import YearsMonths
from miaopi.kernel.fact import Absent, Disputed, Doubt, Fact, Known, Unknown
from tests.unit.kernel.allowance import DEFINITION

AT = datetime(2026, 11, 23, 1, 2, 3, tzinfo=UTC)


@pytest.mark.parametrize(
    ("kind", "raw", "value"),
    [
        ("number", 3, Decimal(3)), ("number", Decimal("1.5"), Decimal("1.5")), ("number", " 2.50 ", Decimal("2.50")),
        ("boolean", True, True), ("boolean", "true", True), ("boolean", "false", False), ("string", "true", "true"),
        ("date", "2026-11-23", date(2026, 11, 23)), ("date", date(2026, 11, 23), date(2026, 11, 23)),
        ("date and time", "2026-11-23T01:02:03+00:00", AT), ("date and time", AT, AT),
        ("time", "09:30:00", time(9, 30)), ("time", time(9, 30), time(9, 30)),
        ("days and time duration", "P3DT12H", timedelta(days=3, hours=12)), ("days and time duration", timedelta(1), timedelta(1)),
        ("years and months duration", "P1Y6M", YearsMonths(18)),
        ("list<number>", ["1", 2], [Decimal(1), Decimal(2)]), ("list<string>", ("a",), ["a"]),
    ],
)
def test_a_value_is_read_by_its_type(kind: str, raw: object, value: object) -> None:
    assert read_value(Type.parse(kind), raw) == value


@pytest.mark.parametrize(
    ("kind", "raw"),
    [
        ("number", True), ("number", 1.5), ("number", "NaN"), ("number", Decimal("Infinity")), ("number", None), ("boolean", "yes"),
        ("boolean", 1), ("string", 1), ("date", 20261123), ("date", AT), ("date and time", date(2026, 1, 1)), ("list<string>", "a"),
        ("days and time duration", "P1M"), ("years and months duration", "P1D"), ("time", 9), ("time", AT),
        ("number", "1E+999999999"), ("number", "1E-999999999"), ("number", 10**40), ("string", "\ud800"), ("list<string>", ["a", "\udfff"]),
    ],
)
def test_what_is_no_value_of_the_type_is_not_guessed(kind: str, raw: object) -> None:
    with pytest.raises(ValueError, match=r"."):
        read_value(Type.parse(kind), raw)


@pytest.mark.parametrize(
    ("kind", "text"),
    [
        ("time", "09:30:00+08:00"), ("time", "09:30:00.123456789"), ("days and time duration", "-P3DT12H"),
        ("years and months duration", "P18M"),
    ],
)
def test_times_and_durations_are_written_as_they_are_read(kind: str, text: str) -> None:
    value = read_value(Type.parse(kind), text)
    assert read_value(Type.parse(kind), write_value(value)) == value
    assert isinstance(write_value(value), str)


@pytest.mark.parametrize(
    "text", ["2026-01-01T00:00:00@Europe/Paris", "2026-03-29T02:30:00@Europe/Paris", "2026-01-01T00:00:00.25@Asia/Tokyo"]
)
def test_a_moment_keeps_the_name_of_its_zone(text: str) -> None:
    moment = read_value(Type.parse("date and time"), text)
    assert write_value(moment) == text
    assert write_value([moment]) == [text]
    assert write_value({"moved": moment}) == {"moved": text}


def test_an_hour_that_is_told_twice_keeps_its_offset() -> None:
    second = datetime(2026, 10, 25, 2, 30, fold=1, tzinfo=ZoneInfo("Europe/Paris"))
    assert write_value(second) == "2026-10-25T02:30:00+01:00"


STATES: list[tuple[object, Fact]] = [
    ("1940-03-01", Known(date(1940, 3, 1))),
    (None, Unknown(Doubt.UNPROVEN)),
    ({"absent": True}, Absent()),
    ({"absent": True, "source": "register", "at": "2026-11-23T01:02:03+00:00"}, Absent("register", AT)),
    ({"unknown": "stale"}, Unknown(Doubt.STALE)),
    ({"unknown": "unavailable", "exhausted": True}, Unknown(Doubt.UNAVAILABLE, exhausted=True)),
    ({"unknown": "unavailable", "source": "register", "at": AT.isoformat()}, Unknown(Doubt.UNAVAILABLE, "register", AT)),
    ({"value": "1940-03-01"}, Known(date(1940, 3, 1))),
    ({"value": "1940-03-01", "disputed": True}, Disputed(Known(date(1940, 3, 1)))),
    ({"value": "1940-03-01", "disputed": False, "source": "register"}, Known(date(1940, 3, 1), "register")),
]


@pytest.mark.parametrize(("raw", "fact"), STATES, ids=[str(raw) for raw, _ in STATES])
def test_the_states_of_a_fact(raw: object, fact: Fact) -> None:
    assert read_facts(DEFINITION, {"birth": raw}) == {"birth": fact}
    assert read_facts(DEFINITION, {"birth": write_fact(fact)}) == {"birth": fact}


@pytest.mark.parametrize(
    "raw",
    [{}, {"absent": False}, {"absent": True, "value": 1}, {"unknown": "perhaps"}, {"unknown": None}, {"gone": True},
     {"value": "1940-03-01", "exhausted": True}, {"absent": True, "at": "yesterday"},
     {"absent": True, "source": {"a": 1}}, {"absent": True, "source": "\ud800"}],
    ids=str,
)
def test_a_state_in_another_form_is_refused(raw: object) -> None:
    with pytest.raises(InputError, match="birth: its state is not written"):
        read_facts(DEFINITION, {"birth": raw})


def test_an_error_names_the_fact_and_never_its_value() -> None:
    for document, message in (
        ({"birht": "1940-03-01"}, "birht: this name is not declared by the service. Nearest: birth"),
        ({"birth": "4403041990"}, "birth: its value is no date"),
        ({"birth": 4403041990}, "birth: its value is no date"),
        ({"quota": "many"}, "quota: its value is no number"),
        ({"record": "4403041990"}, "record: it has no such option. Choose one of clean, hit"),
        ({"pay": "4403041990\ud800"}, "pay: its value is no string"),
        (["4403041990"], "facts: a facts file is one JSON object"),
    ):
        with pytest.raises(InputError, match=re.escape(message)) as caught:
            read_facts(DEFINITION, document)
        assert "4403041990" not in str(caught.value)


def test_numbers_and_lists_are_written_with_every_digit() -> None:
    assert write_fact(Known(Decimal("1.50"))) == {"value": "1.50"}
    assert write_fact(Known([Decimal(1), "a"])) == {"value": ["1", "a"]}


def test_answers_of_sources_become_facts() -> None:
    answers: dict[str, Fact] = {
        "register.birth": Known("1940-03-01", "register", AT), "city.left": Known("4", "city"),
        "police.record": Known("spotless", "police"), "board.until": Known("soon", "board"),
        "home.since": Absent("home", AT), "other.field": Known(1),
    }
    assert read_answers(DEFINITION, answers) == {
        "birth": Known(date(1940, 3, 1), "register", AT), "quota": Known(Decimal(4), "city"),
        "record": Unknown(Doubt.CONFLICT, "police"), "notice": Unknown(Doubt.CONFLICT, "board"), "since": Absent("home", AT),
    }


def test_overrides_are_read_by_the_type_of_what_they_replace() -> None:
    read = read_overrides(DEFINITION, {"min_age": "79", "city.regions": "440303, 440304"})
    assert read == {"min_age": Decimal(79), "city.regions": ["440303", "440304"]}
    for texts, message in (({"min_age": "old"}, "min_age: its value is no number"), ({"age": "1"}, "age: this name is not declared")):
        with pytest.raises(InputError, match=message):
            read_overrides(DEFINITION, texts)
