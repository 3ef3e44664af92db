"""Types"""

from __future__ import annotations

from tests.spec.manual import Rules, nobody_knows, on_every_engine, unknown

pytestmark = on_every_engine


def test_instance_of(rules: Rules) -> None:
    """value instance of type

    Null is of the type null alone. The elements of a list, the entries of a context and the ends of a range are looked at,
    too; null may stand for each of them, and a context may have more entries than are asked for.
    """
    rules.gives("1 instance of number", True)
    rules.gives('"1" instance of number', False)
    rules.gives("null instance of number", False)
    rules.gives("null instance of any", False)
    rules.gives("null instance of null", True)
    rules.gives("1 instance of any", True)
    rules.gives('@"2026-11-23" instance of date and time', False)
    rules.gives('@"P1Y" instance of years and months duration', True)
    rules.gives("x instance of number", nobody_knows("x"), {"x": unknown("number")})
    rules.gives("1 instance of number and true", True)
    rules.refuses("1 instance number", "character 12: of is expected here, not number")
    rules.refuses(
        "1 instance of colour",
        "character 15: there is no type colour; there are any, null, boolean, number, string, date, time, date and time, "
        "days and time duration, years and months duration, list<…>, range<…>, context<…>",
    )


def test_types_with_parts(rules: Rules) -> None:
    """list<…>, range<…>, context<…>, function<…> -> …

    A function is of a type if it takes whatever that type takes, and gives nothing else than it gives.
    """
    rules.gives("[1, 2] instance of list<number>", True)
    rules.gives('[1, "a"] instance of list<number>', False)
    rules.gives("[1, null] instance of list<number>", True)
    rules.gives("[] instance of list<number>", True)
    rules.gives("[[1]] instance of list<list<number>>", True)
    rules.gives("[1] instance of list", True)
    rules.gives("1 instance of list<number>", False)
    rules.gives("{a: 1, b: 2} instance of context<a: number>", True)
    rules.gives("{b: 2} instance of context<a: number>", False)
    rules.gives("{a: 1} instance of context", True)
    rules.gives("[1..3] instance of range<number>", True)
    rules.gives("[1..3] instance of range<string>", False)
    rules.gives("(< 3) instance of range<number>", True)
    rules.gives("(function(a: number) a + 1) instance of function<number> -> number", True)
    rules.gives("(function(a: number) a + 1) instance of function<number> -> string", False)
    rules.gives("(function(a: number) a + 1) instance of function<string> -> number", False)
    rules.gives("(function(a) 1) instance of function<number> -> any", True)
    rules.gives("(function(a) 1) instance of function<number, number> -> any", False)
    rules.gives("(function(a) 1) instance of function", True)
    rules.gives("1 instance of function", False)
    rules.refuses(
        "[1] instance of list<number",
        "character 17: > is expected after the type [1] instance of list<number",
    )
