"""Cells of decision tables"""

from __future__ import annotations

from tests.spec.manual import Rules, on_every_engine

pytestmark = on_every_engine


def test_tests(rules: Rules) -> None:
    """Tests

    Values, comparisons and ranges with commas between them: one of them must hold. A dash always holds.
    """
    rules.passes("-", 3)
    rules.passes("3", 3)
    rules.fails("3", 4)
    rules.passes("1, 2, 3", 3)
    rules.passes("< 4", 3)
    rules.passes("[1..3]", 3)
    rules.fails("[1..3)", 3)
    rules.passes("(< 4)", 3)
    rules.passes("-3, 3", 3)
    rules.passes("[1, 2]", 1)
    rules.passes("[1, 2]", [1, 2])
    rules.passes("null", None)
    rules.fails("null", 3)
    rules.leaves_open("< 4", None)
    rules.leaves_open('"a"', 3)


def test_negation(rules: Rules) -> None:
    """not(…)

    None of the tests holds.
    """
    rules.fails("not(3)", 3)
    rules.passes("not(< 2, > 9)", 3)
    rules.passes('not("a", "b")', "c")
    rules.fails("not(? > 2)", 3)
    rules.passes("not(? > 5) and ? > 0", 3)


def test_conditions(rules: Rules) -> None:
    """Conditions

    What reads `?` is a condition; so is a truth, where the value is none.
    """
    rules.passes("? > 2 and ? < 4", 3)
    rules.passes('starts with(?, "4403")', "440304")
    rules.fails("count(?) > 1", [1])
    rules.passes("? + 0", 3)
    rules.passes("1 < 2", 3)
    rules.fails("true", False)
    rules.passes("false", False)
    rules.fails("1 < 2", None)
