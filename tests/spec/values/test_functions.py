"""Functions of one's own"""

from __future__ import annotations

from tests.spec.manual import Rules, nobody_knows, on_every_engine, unknown

pytestmark = on_every_engine


def test_a_function_is_a_value(rules: Rules) -> None:
    """function(name: type, …) body

    It is called with a value for each parameter, in their order or by their names, and sees the names around it. The type of
    a parameter may be left out.
    """
    rules.gives("(function(a, b) a - b)(3, 1)", 2)
    rules.gives("(function(a, b) a - b)(b: 1, a: 3)", 2)
    rules.gives("{f: function(n: number) n + x, r: f(1)}.r", 3, {"x": 2})
    rules.gives("(function(a) function(b) a + b)(1)(2)", 3)
    rules.gives("(function() 1)()", 1)
    rules.gives("[function(a) a * 2][1](4)", 8)
    rules.gives("(function(a) a)(x)", nobody_knows("x"), {"x": unknown("number")})
    rules.gives("(if x then function() 1 else function() 1)()", nobody_knows("x"), {"x": unknown("boolean")})
    rules.refuses("(function(a) a)(1, 2)", "character 2: the function takes 1 values, not 2")
    rules.refuses('(function(a: number) a)("x")', 'character 25: ‘"x"’ is a string; a number is needed here')
    rules.refuses(
        'function(a) external {java: {class: "x"}}', "character 13: a function of another language is not run"
    )
    rules.refuses("(1)(2)", "character 2: ‘1’ is a number, not a function")
    rules.refuses("function a", "character 10: ( is expected here, not a")
    rules.refuses("function(1) 1", "character 10: the name of a parameter is expected here, not a number")
    rules.refuses("function(a b", "character 10: the name of a parameter is expected here, not a")
    rules.refuses("(function(a) a)(a: 1, a: 2)", "character 23: the argument a is given twice")
    rules.refuses(
        "function(a: colour) a",
        "character 13: there is no type colour; there are any, null, boolean, number, string, date, time, date and time, "
        "days and time duration, years and months duration, list<…>, range<…>, context<…>",
    )


def test_a_list_is_put_in_order_by_a_function(rules: Rules) -> None:
    """sort(list, precedes)"""
    rules.gives("sort([3, 1, 2], function(a, b) a < b)", [1, 2, 3])
    rules.gives("sort([{n: 2}, {n: 1}], function(a, b) a.n < b.n).n", [1, 2])
    rules.gives("sort([1, x], function(a, b) a < b)", nobody_knows("x"), {"x": unknown("number")})


def test_what_shows_late(rules: Rules) -> None:
    """What shows late only

    A value of another type than the parameter's, a name that the function has not, a value that is no function.
    """
    rules.gives(
        'for x in ["y", 1] return (function(a: number) a)(x)',
        nobody_knows(fault="a is not of the type that the function takes"),
    )
    rules.gives("(function(a) a)(b: 1)", nobody_knows(fault="the function has no parameter b"))
    rules.gives('for f in ["y", 1] return f(1)', nobody_knows(fault="a string is not a function"))
    rules.gives('for f in [function() 1, "y"] return f(1)', nobody_knows(fault="takes 0 values, not 1"))
