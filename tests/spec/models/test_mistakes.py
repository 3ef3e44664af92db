"""Mistakes in a model"""

from __future__ import annotations

from tests.spec.manual import Rules, on_every_engine

pytestmark = on_every_engine


def test_mistakes_are_null(rules: Rules) -> None:
    """What goes wrong is null where it happens"""
    rules.gives_in_model("1 / 0", None)
    rules.gives_in_model('1 = "1"', None)
    rules.gives_in_model('1 < "1"', None)
    rules.gives_in_model("[1 / 0, 2]", [None, 2])
    rules.gives_in_model("count([1 / 0, 2])", 2)
    rules.gives_in_model('true and "x"', None)
    rules.gives_in_model('false and "x"', False)
    rules.gives_in_model('if "x" then 1 else 2', 2)
    rules.gives_in_model('@"tomorrow"', None)
    rules.gives_in_model("{a: 1, a: 2}", None)
    rules.gives_in_model('"a".b', None)
    rules.gives_in_model('(function(a: number) a)("x")', None)
    rules.gives_in_model('(function(a) external {java: {class: "x"}})(1)', None)
    rules.gives_in_model('abs("x")', None)
    rules.gives_in_model("abs(-1, -2)", None)
    rules.gives_in_model("abs(m: -1)", None)


def test_equality(rules: Rules) -> None:
    """Parts of two kinds are not equal"""
    rules.gives_in_model('[1, "a"] = [1, 2]', False)
    rules.gives_in_model('{a: "x"} = {a: 1}', False)
    rules.gives_in_model('1 in ["a", 1]', True)
    rules.gives_in_model('1 in ["a", 2]', False)
    rules.gives_in_model('1 in [["a".."b"]]', False)


def test_coercion(rules: Rules) -> None:
    """A list of one and its element stand for one another where the other is asked for"""
    rules.gives_in_model('upper case(["a"])', "A")
    rules.gives_in_model("count(1)", 1)
    rules.gives_in_model("(function(a: list<number>) a)(1)", [1])
    rules.gives_in_model("(function(a: number) a)([1])", 1)
    rules.gives_in_model('(function(a: date and time) a)(@"2026-11-23").hour', 0)
    rules.gives_in_model("for n in 1 return n + 1", [2])


def test_what_decisions_refuse(rules: Rules) -> None:
    """What decisions refuse"""
    rules.gives_in_model('@"2026-03-31" - @"P1M" = @"2026-02-28"', True)
    rules.gives_in_model('string(@"9999-12-31" + @"P1D")', "10000-01-01")
    rules.gives_in_model("12345678901234567890123456789012345", 12345678901234567890123456789012340)
    rules.gives_in_model(r'"\q"', r"\q")
