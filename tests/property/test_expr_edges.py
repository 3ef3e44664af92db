"""Hostile and mistaken input: it ends in a typed error with a place, and in nothing else."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta
from decimal import Decimal
from enum import StrEnum

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from miaopi.kernel.errors import DefinitionError, InputError
from miaopi.kernel.expr import Expression, Type, Undetermined, YearsMonths, compile
from miaopi.kernel.expr.lexer import KEYWORDS
from miaopi.kernel.expr.tree import Against, And, Arithmetic, Compare, In, Literal, Or, Span

NAMES = {"age": Type.parse("number"), "person.birth_date": Type.parse("date"), "any": Type.parse("any")}
SIGNS = (*"+-*/()[]{}.,:<>=@?", "..", "**", "!=", '"', "//", "/*", "\n")
PIECES = (*sorted(KEYWORDS), *NAMES, *SIGNS, '"a"', "1", "date", "count", "satisfies")


class Sex(StrEnum):
    FEMALE = "女"


def admit(kind: str, value: object) -> object:
    return compile("x", {"x": Type.parse(kind)}).evaluate({"x": value})


def read(text: str) -> Expression | DefinitionError:
    try:
        return compile(text, NAMES, where="rules.yaml:7")
    except DefinitionError as error:
        return error


@settings(max_examples=1500, deadline=None)
@given(st.lists(st.sampled_from(PIECES), max_size=25).map(" ".join) | st.text(max_size=40))
def test_any_text_is_an_expression_or_a_definition_error(text: str) -> None:
    found = read(text)
    if isinstance(found, Expression):
        found.evaluate({"age": 14, "person.birth_date": date(2012, 2, 29), "any": ["a", 1]}, steps=10_000)
    else:
        assert found.where == "rules.yaml:7"
        assert found.message


@pytest.mark.parametrize(
    "text",
    [
        "(" * 100_000,
        "[" * 60_000,
        "not(" * 15_000,
        "if " * 20_000,
        "a." * 30_000,
        "1 in (" * 10_000,
        '"' * 65_535,
        "/*" * 30_000,
    ],
)
def test_a_bomb_is_refused(text: str) -> None:
    with pytest.raises(DefinitionError):
        compile(text, {"a": Type.parse("any")})


@pytest.mark.parametrize(
    "text",
    [
        "not(" * 98 + "true" + ")" * 98,
        "for n in " * 33 + "[1]" + " return n" * 33,
        "if true then " * 99 + "1" + " else 2" * 99,
        "true in ((" * 49 + "true" + "))" * 49,
    ],
)
def test_the_deepest_expression_needs_few_frames(text: str) -> None:
    """A surface may stand some hundred frames deep already when it asks for a decision."""

    def deeper(frames: int) -> object:
        return deeper(frames - 1) if frames else compile(text, {}).evaluate({})

    assert deeper(300) in (True, 1, [1])


def test_the_place_counts_lines_and_characters() -> None:
    with pytest.raises(DefinitionError, match=r"^services/x/rules\.yaml:7: line 2, character 3: ") as caught:
        compile("true and\n  1", {}, where="services/x/rules.yaml:7")
    assert caught.value.where == "services/x/rules.yaml:7"


def test_an_expression_knows_the_names_it_reads() -> None:
    names: Mapping[str, Type] = {
        "a.b": Type.parse("number"),
        "c": Type.parse("number"),
        "n": Type.parse("number"),
    }
    found = compile("some n in [a.b] satisfies n > 1", names)
    assert found.names == {"a.b"}
    assert found.type == Type.parse("boolean")
    assert found.text == "some n in [a.b] satisfies n > 1"
    assert isinstance(found, Expression)


@pytest.mark.parametrize(
    ("kind", "value", "admitted"),
    [
        ("number", 3, Decimal(3)),
        ("number", Decimal("1." + "3" * 40), Decimal("1." + "3" * 33)),
        ("string", Sex.FEMALE, "女"),
        ("list<number>", (1, None), [Decimal(1), None]),
        ("any", [1, "a", [True]], [Decimal(1), "a", [True]]),
        ("boolean", None, None),
        ("years and months duration", YearsMonths(3), YearsMonths(3)),
        ("days and time duration", timedelta(1), timedelta(1)),
    ],
)
def test_a_value_of_its_type_is_admitted(kind: str, value: object, admitted: object) -> None:
    found = admit(kind, value)
    assert (type(found), found) == (type(admitted), admitted)


@pytest.mark.parametrize(
    ("kind", "value"),
    [
        ("number", "3"),
        ("number", True),
        ("number", Decimal("NaN")),
        ("any", 1.5),
        ("any", {"a": 1}),
        ("number", Decimal("1E+7000")),
        ("string", ["a"]),
        ("list<number>", ["a"]),
        ("list<number>", 1),
        ("date", "2026-11-23"),
    ],
)
def test_a_value_of_another_type_is_the_callers_mistake(kind: str, value: object) -> None:
    with pytest.raises(InputError) as caught:
        admit(kind, value)
    assert caught.value.field == "x"
    assert str(value) not in str(caught.value) or value is True or value == 1


def test_an_unknown_given_by_the_caller_keeps_its_own_blame() -> None:
    wanting = Undetermined(frozenset({"hukou.region"}))
    assert admit("number", wanting) == wanting
    assert admit("list<number>", [1, wanting]) == wanting


@pytest.mark.parametrize(
    ("text", "value", "fault"),
    [
        ("some n in x satisfies true", 3, "character 6: a number is not a list"),
        ("1 between 0 and x", "a", "character 1: a string cannot be compared with a number"),
        ("1 in (0, x)", ["a"], "a string cannot be compared with a number"),
        ("not(x)", "a", "character 5: a string is neither true nor false"),
    ],
)
def test_a_value_whose_type_shows_late_leaves_the_result_open(text: str, value: object, fault: str) -> None:
    found = compile(text, {"x": Type.parse("any")}).evaluate({"x": value})
    assert found == Undetermined(frozenset(), frozenset({fault}))


@pytest.mark.parametrize(
    ("text", "result"),
    [
        ("x and false", False),
        ("x or true", True),
        ("1 in (x, 1)", True),
        ("2 between x and 1", False),
        ("2 in [x..1]", False),
        ("[1, x] = [2, 1]", False),
        ("list contains([1, x, 2], 1)", True),
        ("count([x, 1])", Decimal(2)),
        ("some n in [1, 2], m in (if n = 1 then x else [5]) satisfies m = 5", True),
        ("every n in [1, 2], m in 1..(if n = 1 then x else 5) satisfies m < 5", False),
        ("if x then 1 else 1", Decimal(1)),
    ],
)
def test_a_fault_leaves_standing_what_the_rest_decides(text: str, result: object) -> None:
    """A fault counts as unknown: whoever did not know `x` would have got the same result."""
    expression = compile(text, {"x": Type.parse("any")})
    assert expression.evaluate({"x": "a"}) == result
    assert expression.evaluate({}) == result


@pytest.mark.parametrize("name", ["not", "in", "", "3a", "(x)"])
def test_a_word_of_the_language_is_no_name(name: str) -> None:
    with pytest.raises(DefinitionError, match="cannot be a name"):
        compile("1", {name: Type.parse("number")}, where="facts.yaml:3")


@pytest.mark.parametrize(
    "name", ["integer", "", "list<>", "list<number", "context<a>", "function<number>", "list<" * 99]
)
def test_a_type_that_is_not_there_is_refused(name: str) -> None:
    with pytest.raises(DefinitionError):
        Type.parse(name)


def test_a_type_is_written_as_it_is_read() -> None:
    for name in (
        *(
            "list<string>",
            "date and time",
            "list<any>",
            "years and months duration",
            "list<list<time>>",
            "range<date>",
        ),
        *("context<a b: number, c: context>", "function<number, string>->list<any>", "function<>->null"),
    ):
        assert str(Type.parse(name)) == name
    assert Type.parse(" List ") == Type.parse("list<any>")
    with pytest.raises(DefinitionError):
        Type("list")
    with pytest.raises(DefinitionError):
        Type("number", Type("number"))


@given(st.integers(-5000, 5000))
def test_a_duration_of_months_is_written_as_it_is_read(months: int) -> None:
    length = YearsMonths(months)
    assert compile(f'@"{length}"', {}).evaluate({}) == length


def test_a_malformed_tree_cannot_be_made() -> None:
    span, one = Span(0, 1), Literal(Span(0, 1), True)
    for make in (
        lambda: Span(2, 1),
        lambda: Arithmetic(span, "%", one, one),
        lambda: Compare(span, "~", one, one),
        lambda: Against(span, "~", one),
        lambda: And(span, (one,)),
        lambda: Or(span, (one,)),
        lambda: In(span, one, ()),
    ):
        with pytest.raises(DefinitionError):
            make()


def test_steps_are_counted_not_timed() -> None:
    expression = compile("count(for n in 1..x return n)", {"x": Type.parse("number")})
    assert expression.evaluate({"x": 5}, steps=100) == 5
    with pytest.raises(DefinitionError, match="more than 10 steps"):
        expression.evaluate({"x": 100}, steps=10)
