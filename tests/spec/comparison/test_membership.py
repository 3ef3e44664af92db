"""between and in"""

from __future__ import annotations

from decimal import Decimal

from miaopi.kernel.expr import Range
from tests.spec.manual import Rules, absent, nobody_knows, on_every_engine, unknown

pytestmark = on_every_engine
X = {"x": unknown("number")}


def test_between(rules: Rules) -> None:
    """between … and

    Both ends count, as 以上 and 以下 do.
    """
    rules.gives("14 between 14 and 18", True)
    rules.gives("18 between 14 and 18 and true", True)
    rules.gives("19 between 14 and 18", False)
    rules.gives("19 between x and 18", False, X)
    rules.gives("15 between x and 18", nobody_knows("x"), X)
    rules.refuses(
        '1 between 0 and "2"', 'character 1: ‘1’ is a number, ‘"2"’ is a string; they cannot be compared'
    )


def test_in_a_list_of_tests(rules: Rules) -> None:
    """in

    True as soon as one test is: a value to equal, a list to be found in, a comparison, a range. An unknown test matters
    only if no other is true.
    """
    rules.gives('purpose in ("求职", "出国")', True, {"purpose": "出国"})
    rules.gives("2 in [1, 2]", True)
    rules.gives("region in regions", False, {"region": "450100", "regions": ["440304", "440305"]})
    rules.gives("5 in (< 3, > 4)", True)
    rules.gives("5 in != 5", False)
    rules.gives("5 in 5", True)
    rules.gives("3 in ((1 + 1), (1 + 2))", True)
    rules.gives("1 in (x, 1)", True, X)
    rules.gives("1 in (x, 2)", nobody_knows("x"), X)
    rules.gives("x in (1, 2)", nobody_knows("x"), X)
    rules.gives("1 in [x, 1]", True, X)
    rules.gives("1 in = x", nobody_knows("x"), X)
    rules.gives("[1] in [1]", True)
    rules.gives("1 in []", False)
    rules.gives("1 in ([2])[1]", False)
    rules.gives("[1] in [[1, 2], [1]]", True)
    rules.gives("[1] in [[1, 2], [x]]", nobody_knows("x"), X)
    rules.gives("null in (1, null)", True)
    rules.refuses('1 in ("a", 2)', 'character 7: ‘1’ is a number, ‘"a"’ is a string; they cannot be compared')
    rules.refuses("true in > false", "character 1: ‘true’ is a boolean, which has no order")


def test_in_a_range(rules: Rules) -> None:
    """Ranges

    A square bracket takes the end in; a round one, or a square one turned outward, leaves it out.
    """
    rules.gives("5 in [1..5]", True)
    rules.gives("5 in [1..5)", False)
    rules.gives("5 in [1..5[", False)
    rules.gives("1 in (1..5]", False)
    rules.gives("1 in ]1..5]", False)
    rules.gives("3 in ([1..2], (2..4))", True)
    rules.gives("0 in [x..5]", nobody_knows("x"), X)
    rules.gives("6 in [x..5]", False, X)
    rules.gives("x in [1..5]", None, {"x": absent("number")})
    rules.gives("3 in [[1..2], [3..4]]", True)
    rules.gives("3 in [[x..2], [3..4]]", True, X)
    rules.gives("3 in (> 2)", True)
    rules.gives("3 in span", True, {"span": Range(Decimal(1), Decimal(3))})
    rules.gives("x in span", nobody_knows("x"), {"x": unknown("number"), "span": Range(Decimal(1), None)})
    rules.gives("y in [[1..2], 3]", None, {"y": absent("number")})
    rules.refuses(
        '1 in ["a".."b"]', 'character 6: ‘1’ is a number, ‘"a"’ is a string; they cannot be compared'
    )
    rules.refuses("1 in [1..2", "character 11: ] or ) or [ is expected here, not the end")
