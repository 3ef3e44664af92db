"""Names of a model"""

from __future__ import annotations

from tests.spec.manual import Rules, on_every_engine

pytestmark = on_every_engine


def test_known_names(rules: Rules) -> None:
    """Known names

    The longest known name wins, whatever signs it holds.
    """
    rules.gives_in_model("Monthly Salary * 12", 120_000, {"Monthly Salary": 10_000})
    rules.gives_in_model("a-b + a - b", 13, {"a-b": 10, "a": 4, "b": 1})
    rules.gives_in_model("Date of birth.year", 2008, {"Date of birth": "x"}, 'date("2008-02-29")')
    rules.gives_in_model("applicant.first name", "张", {"applicant": {"first name": "张"}})


def test_unknown_names(rules: Rules) -> None:
    """Words one after the other are one name

    So are those after a dot, before a colon, and of the entries in a filter.
    """
    rules.gives_in_model("{first name: 1}.first name", 1)
    rules.gives_in_model("{date of birth: 1, b: date of birth + 1}.b", 2)
    rules.gives_in_model("[{a b: 1}, {a b: 2}][a b > 1]", [{"a b": 2}])
    rules.gives_in_model("for my item in [1, 2] return my item * 2", [2, 4])
    rules.gives_in_model(
        "(function(left side, right side) left side - right side)(right side: 1, left side: 3)", 2
    )
    rules.gives_in_model("{🐎: 1}.🐎", 1)
    rules.gives_in_model('{"": 1, "+": 2, b: 3}.b', 3)
    rules.gives_in_model("xyz", None)


def test_functions_are_names(rules: Rules) -> None:
    """Functions are values, those of the language among them"""
    rules.gives_in_model("sort([1, 3, 2], function(a, b) a > b)", [3, 2, 1])
    rules.gives_in_model("(for f in [abs, floor] return f(-1.5))", [1.5, -2])
    rules.gives_in_model("abs instance of function<number> -> number", True)
    rules.gives_in_model(
        "{f: function(n) if n < 2 then 1 else n * f(n - 1), r: f(20)}.r", 2432902008176640000
    )
    rules.gives_in_model("count(1)", 7, {"count": "x"}, "function(n) n + 6")
    rules.gives_in_model("none(1)", None)
    rules.gives_in_model("not(negand: true)", False)


def test_the_filter(rules: Rules) -> None:
    """The filter

    The entries of an element are names in it, and hide `item`; a value is the list of it.
    """
    rules.gives_in_model("[{a: 1}, {a: 2}][a = 2]", [{"a": 2}])
    rules.gives_in_model("[{item: 5}, {item: 1}][item > 2]", [{"item": 5}])
    rules.gives_in_model("[1, 2, 3][item > 1][1]", 2)
    rules.gives_in_model("1[1]", 1)
    rules.gives_in_model("1[2]", None)
    rules.gives_in_model("[][1]", None)
    rules.gives_in_model("[][item > 1]", [])
    rules.gives_in_model("null[1]", None)
    rules.gives_in_model("[1, 2][null]", [])
    rules.gives_in_model("[1, 2][0.5]", None)
