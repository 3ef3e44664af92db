"""Item definitions: what conforms, what is converted at an edge, and what becomes null."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal

import pytest

from miaopi.kernel.errors import DefinitionError, InputError
from tests.unit.kernel.dmn.written import (
    context,
    decision,
    entry,
    feel,
    given,
    item,
    knowledge,
    read,
    result,
    traced,
    value,
)

PERSON = item("person", "", item("+name", "string"), item("+age", "number"))
MANY = item("people", "person", many=True)


@pytest.mark.parametrize(
    ("of", "text", "found"),
    [
        ("number", "1", 1),
        ("number", '"x"', None),
        ("number", "null", None),
        ("number", "[1]", 1),
        ("number", "[[1]]", None),
        ("number", "[1, 2]", None),
        ("Any", "[1, 2]", [1, 2]),
        ("list", "1", [1]),
        ("list", "[1]", [1]),
        ("context", "{a: 1}", {"a": 1}),
        ("context", "1", None),
        ("boolean", "true", True),
        ("dateTime", 'date("2026-01-01")', datetime(2026, 1, 1, tzinfo=UTC)),
        ("date and time", "1", None),
        ("dayTimeDuration", "1", None),
        ("function", "1", None),
        ("list<number>", "1", [1]),
        ("list<number>", '["x"]', None),
        ("context<a: number, b: list<string>>", '{a: 1, b: ["x"]}', {"a": 1, "b": ["x"]}),
        ("context<a: number>", "{b: 1}", None),
        ("range<number>", "1", None),
        ("function<number>->number", "1", None),
        ("feel:number", "[1]", 1),
        ("xsd:decimal", "[1]", 1),
        ("xsd:duration", '"x"', "x"),
        ("", "[1]", [1]),
    ],
)
def test_a_value_meets_its_type(of: str, text: str, found: object) -> None:
    made = read(
        decision("asked", feel(text), of=of),
        extra='xmlns:feel="http://www.omg.org/spec/FEEL/20140401" xmlns:xsd="http://www.w3.org/2001/XMLSchema"',
    )
    assert made.evaluate("asked", {}) == found


@pytest.mark.parametrize(
    ("of", "text", "found"),
    [
        ("person", '{name: "A", age: 1, more: 2}', {"name": "A", "age": 1, "more": 2}),
        ("person", '{name: "A"}', None),
        ("person", '{name: "A", age: null}', {"name": "A", "age": None}),
        ("person", '{name: 1, age: 1}', None),
        ("people", '{name: "A", age: 1}', [{"name": "A", "age": 1}]),
        ("people", '[{name: "A", age: 1}, {name: "B"}]', None),
        ("people", "[]", []),
    ],
)
def test_a_context_conforms_by_its_components(of: str, text: str, found: object) -> None:
    assert value(feel(text), PERSON, MANY, of=of) == found


@pytest.mark.parametrize(
    ("made", "text", "found"),
    [
        (item("t", "string", allowed='"a", "b"'), '"a"', "a"),
        (item("t", "string", allowed='"a", "b"'), '"c"', None),
        (item("t", "string", allowed='"a", "b"'), "null", None),
        (item("t", "number", allowed="[0..10], > 100"), "101", 101),
        (item("t", "number", many=True, allowed="< 10"), "[1, 2]", [1, 2]),
        (item("t", "number", many=True, allowed="< 10"), "[1, 20]", None),
        (item("t", "number", many=True, constraint="count(?) < 3"), "[1, 2]", [1, 2]),
        (item("t", "number", many=True, constraint="count(?) < 3"), "[1, 2, 3]", None),
        (item("t", "number", allowed=""), "7", 7),
        (item("u", "number", allowed="> 0") + item("t", "u", allowed="< 10"), "5", 5),
        (item("u", "number", allowed="> 0") + item("t", "u", allowed="< 10"), "-5", None),
        (item("t", "", item("+a", "", item("+b", "number", many=True), many=True)), "{a: [{b: 1}]}", None),
        (item("t", "", item("+a", "", item("+b", "number", many=True), many=True)), "{a: [{b: [1]}]}", {"a": [{"b": [1]}]}),
        (item("t"), "1", 1),
    ],
)
def test_constraints_hold_for_elements_and_for_the_whole(made: str, text: str, found: object) -> None:
    assert value(feel(text), made, of="t") == found


def test_a_finding_says_where_the_value_was_refused() -> None:
    assert traced(feel('"x"'), of="number") == (None, ("model.dmn:2: the value is no number",))


@pytest.mark.parametrize(
    ("made", "message"),
    [
        (item("a", "a"), "the type a is defined by itself: a → a"),
        (item("a", "b") + item("b", "", item("+c", "a")), "the type a is defined by itself: a → b → a"),
        (item("a", "nothing"), "there is no type nothing"),
        (item("a", "list<number> x"), "there is no type list<number> x"),
        (item("a", "p:nothing"), "there is no type p:nothing"),
        (item("a", "number", allowed="1 +"), ""),
        ("".join(item(f"t{n}", f"t{n + 1}") for n in range(40)) + item("t40", "number"), ""),
    ],
)
def test_types_that_nothing_defines_are_refused_or_found(made: str, message: str) -> None:
    with pytest.raises(DefinitionError) as caught:
        read(made)
    assert message in caught.value.message


def test_types_that_grow_within_one_another_are_refused() -> None:
    doubled = [item(f"t{n}", "", item("+a", f"t{n - 1}"), item("+b", f"t{n - 1}")) for n in range(1, 20)]
    with pytest.raises(DefinitionError) as caught:
        read(item("t0", "number"), *doubled)
    assert caught.value.message == "the type t9 has more than 1,000 parts"


def test_values_that_grow_within_one_another_end_in_a_typed_error() -> None:
    doubled = [decision(f"d{n}", feel(f"[d{n - 1}, d{n - 1}]"), f"d{n - 1}") for n in range(1, 60)]
    made = read(decision("d0", feel("1")), *doubled)
    with pytest.raises(DefinitionError) as caught:
        made.evaluate("d59", {})
    assert caught.value.where == "model.dmn:61"
    of = "list<" * 18 + "number" + ">" * 18
    typed = read(decision("d0", feel("1")), *doubled, decision("asked", feel("d18"), "d18", of=of))
    with pytest.raises(DefinitionError):
        typed.evaluate("asked", {})


def test_a_type_that_nothing_defines_is_a_finding_and_conforms_to_anything() -> None:
    made = read(decision("asked", feel("1"), of="nothing"))
    assert made.findings == ("model.dmn:2: there is no type nothing",)
    assert made.evaluate("asked", {}) == 1


@pytest.mark.parametrize(
    ("of", "value", "found"),
    [
        ("number", 1, Decimal(1)),
        ("number", Decimal("1.10"), Decimal("1.10")),
        ("number", "1", None),
        ("string", "x", "x"),
        ("date", "2026-11-26", date(2026, 11, 26)),
        ("date", date(2026, 11, 26), date(2026, 11, 26)),
        ("date", "tomorrow", None),
        ("date and time", "2026-11-26", datetime(2026, 11, 26, tzinfo=UTC)),
        ("string", "2026-11-26", "2026-11-26"),
        ("list<date>", ["2026-11-26"], [date(2026, 11, 26)]),
        ("list<date>", "2026-11-26", [date(2026, 11, 26)]),
        ("date", ["2026-11-26"], date(2026, 11, 26)),
        ("", (1, True, None), [1, True, None]),
        ("context<on: date>", {"on": "2026-11-26", "more": 1}, {"on": date(2026, 11, 26), "more": 1}),
        ("context<on: date, till: date>", {"on": "2026-11-26"}, {"on": date(2026, 11, 26)}),
        ("context<on: date>", {"on": 1}, None),
    ],
)
def test_an_input_is_brought_to_its_type(of: str, value: object, found: object) -> None:
    made = read(given("it", of), decision("asked", feel("it"), "requiredInput it"))
    assert made.evaluate("asked", {"it": value}) == found


def test_temporal_values_beyond_those_of_python_are_inputs_too() -> None:
    asked = decision("asked", feel("it + long"), "requiredInput it", "requiredInput long")
    made = read(given("it", "date"), given("long", "years and months duration"), asked)
    found = made.evaluate("asked", {"it": "99999-12-31", "long": "P1Y"})
    assert str(found) == "100000-12-31"
    assert made.evaluate("asked", {"it": found, "long": "P1M"}) is not None


@pytest.mark.parametrize(
    ("text", "written"),
    [
        ("2026-11-26T09:30:00Z", "2026-11-26T09:30:00Z"),
        ("2026-11-26T09:30:00@Asia/Shanghai", "2026-11-26T09:30:00@Asia/Shanghai"),
        ("2026-11-26", "2026-11-26"),
        ("09:30:00+08:00", "09:30:00+08:00"),
        ("09:30:00", "09:30:00"),
        ("P1DT2H", "P1DT2H"),
        ("-P1Y2M", "-P1Y2M"),
        ("-0044-03-15T00:00:00", "-0044-03-15T00:00:00"),
    ],
)
def test_the_text_of_a_temporal_value_is_its_iso_form_and_it_can_be_handed_in_again(text: str, written: str) -> None:
    made = read(given("it"), decision("asked", feel(f'{{made: [@"{text}"], same: it = @"{text}"}}'), "requiredInput it"))
    found = made.evaluate("asked", {})
    assert isinstance(found, dict)
    assert str(found["made"][0]) == written
    assert made.evaluate("asked", {"it": found["made"][0]}) == {"made": found["made"], "same": True}


@pytest.mark.parametrize("value", [1.5, object(), Decimal("NaN"), Decimal("1e7000"), b"x", {"a": [1.5]}])
def test_what_is_no_value_is_refused(value: object) -> None:
    made = read(given("it"), decision("asked", feel("it"), "requiredInput it"))
    with pytest.raises(InputError):
        made.evaluate("asked", {"it": value})


def test_an_input_nested_too_deep_is_refused() -> None:
    deep: object = 1
    for _ in range(70):
        deep = [deep]
    with pytest.raises(InputError):
        read(given("it"), decision("asked", feel("it"), "requiredInput it")).evaluate("asked", {"it": deep})


def test_parameters_of_a_knowledge_model_asked_for_are_inputs() -> None:
    made = read(knowledge("f", feel("d + duration(\"P1D\")"), "d: date"))
    assert made.evaluate("f", {"d": "2026-11-26"}) == date(2026, 11, 27)
    assert made.evaluate("f", {}) is None


def test_an_argument_outside_its_allowed_values_makes_the_call_null() -> None:
    kind = item("small", "number", allowed="< 10")
    made = knowledge("f", feel("n = null"), "n: small")
    found = traced(feel("[f(1), f(null), f(11)]"), kind, made, needs=("requiredKnowledge f",))
    assert found == ([False, True, None], ("model.dmn:4: the value is no small",))


def test_paths_are_read_by_types() -> None:
    made = item("t", "", item("+a - b", "number"), item("+c", "", item("+d e", "number"), many=True))
    found = value(feel("[x.a - b, x.c[1].d e]"), made, given("x", "t"), needs=("requiredInput x",), x={"a - b": 1, "c": [{"d e": 2}]})
    assert found == [1, 2]


def test_a_context_in_a_function_sees_parameters_by_type() -> None:
    made = context(entry("sum", feel("who.age + 1")), result(feel("sum")))
    assert value(feel('f({name: "A", age: 1})'), PERSON, knowledge("f", made, "who: person"), needs=("requiredKnowledge f",)) == 2
