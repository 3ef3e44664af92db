"""and, or, not"""

from __future__ import annotations

from tests.spec.manual import Rules, absent, nobody_knows, on_every_engine, unknown

pytestmark = on_every_engine
OPEN = {"x": unknown("boolean"), "y": unknown("boolean"), "none": absent("boolean")}


def test_and(rules: Rules) -> None:
    """and

    False as soon as one side is false, whatever the other; else unknown if a side is; else null if a side is.
    """
    rules.gives("true and true", True)
    rules.gives("false and x", False, OPEN)
    rules.gives("x and false", False, OPEN)
    rules.gives("x and true", nobody_knows("x"), OPEN)
    rules.gives("x and y", nobody_knows("x", "y"), OPEN)
    rules.gives("none and true", None, OPEN)
    rules.gives("none and false", False, OPEN)
    rules.gives("none and x", nobody_knows("x"), OPEN)
    rules.gives("true and x and false", False, OPEN)


def test_or(rules: Rules) -> None:
    """or

    True as soon as one side is true, whatever the other; else unknown if a side is; else null if a side is. `and` binds
    more strongly.
    """
    rules.gives("false or false", False)
    rules.gives("x or true", True, OPEN)
    rules.gives("true or x", True, OPEN)
    rules.gives("false or x", nobody_knows("x"), OPEN)
    rules.gives("none or false", None, OPEN)
    rules.gives("none or true", True, OPEN)
    rules.gives("true or false and false", True)
    rules.gives("(true or false) and false", False)


def test_not(rules: Rules) -> None:
    """not

    With brackets. What is open stays open.
    """
    rules.gives("not(true)", False)
    rules.gives("not(x)", nobody_knows("x"), OPEN)
    rules.gives("not(none)", None, OPEN)
    rules.refuses("not true", "character 5: ( is expected here, not true")


def test_only_conditions_are_combined(rules: Rules) -> None:
    """Only true, false and null are combined"""
    rules.refuses("1 and true", "character 1: ‘1’ is a number; a boolean is needed here")
    rules.refuses('not("no")', 'character 5: ‘"no"’ is a string; a boolean is needed here')
