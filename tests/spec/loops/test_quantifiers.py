"""some and every"""

from __future__ import annotations

from tests.spec.manual import Rules, absent, nobody_knows, on_every_engine, unknown

pytestmark = on_every_engine
X = {"x": unknown("number")}


def test_some(rules: Rules) -> None:
    """some … in … satisfies …

    True as soon as one element satisfies; else unknown if one may.
    """
    rules.gives("some n in [1, 2, 3] satisfies n > 2", True)
    rules.gives("some n in [1, 2] satisfies n > 2", False)
    rules.gives("some n in [] satisfies n > 2", False)
    rules.gives("some n in [x, 3] satisfies n > 2", True, X)
    rules.gives("some n in [x, 1] satisfies n > 2", nobody_knows("x"), X)
    rules.gives("some n in [1, null] satisfies n > 2", None)
    rules.gives("some a in [1, 2], b in [2, 3] satisfies a + b = 5", True)
    rules.gives("some x in [5] satisfies x > 2", True, X)


def test_every(rules: Rules) -> None:
    """every … in … satisfies …

    False as soon as one element does not satisfy; of no elements, true.
    """
    rules.gives("every n in [1, 2] satisfies n < 3", True)
    rules.gives("every n in [] satisfies n < 3", True)
    rules.gives("every n in [x, 9] satisfies n < 3", False, X)
    rules.gives("every n in [x, 1] satisfies n < 3", nobody_knows("x"), X)
    rules.gives("every n in 1..3, m in n..3 satisfies m >= n", True)


def test_a_list_that_is_not_there(rules: Rules) -> None:
    """Over an unknown list, and over null"""
    rules.gives("some n in cards satisfies n > 2", nobody_knows("cards"), {"cards": unknown("list<number>")})
    rules.gives("some n in cards satisfies n > 2", None, {"cards": absent("list<number>")})
    rules.gives("every n in 1..x satisfies n > 0", nobody_knows("x"), X)
    rules.gives("every n in 1..x satisfies n > 0", None, {"x": absent("number")})
    rules.refuses("some n in 3 satisfies true", "character 6: ‘3’ is a number, not a list")
    rules.refuses("some n in [1] satisfies n", "character 25: ‘n’ is a number; a boolean is needed here")
    rules.gives(
        "some n in [1] satisfies (if n > 0 then n else true)",
        nobody_knows(fault="a number is neither true nor false"),
    )
