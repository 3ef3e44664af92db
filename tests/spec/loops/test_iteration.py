"""for"""

from __future__ import annotations

from tests.spec.manual import Rules, absent, nobody_knows, on_every_engine, unknown

pytestmark = on_every_engine


def test_for(rules: Rules) -> None:
    """for … in … return …

    A list with one value for each element, or for each combination of elements: the last list turns fastest.
    """
    rules.gives("for n in [1, 2] return n * 10", [10, 20])
    rules.gives("for a in [1, 2], b in [3, 4] return a * b", [3, 4, 6, 8])
    rules.gives("for a in [1, 2], b in [a] return a + b", [2, 4])
    rules.gives("count(for n in [1, x] return n)", 2, {"x": unknown("number")})
    rules.gives("for n in cards return n", nobody_knows("cards"), {"cards": unknown("list<number>")})
    rules.gives("for n in cards return n", None, {"cards": absent("list<number>")})


def test_for_over_whole_numbers(rules: Rules) -> None:
    """Over whole numbers

    Up or down, both ends included.
    """
    rules.gives("for n in 1..3 return n", [1, 2, 3])
    rules.gives("for n in 3..1 return n", [3, 2, 1])
    rules.gives("for n in 1..x return n", nobody_knows("x"), {"x": unknown("number")})
    rules.gives("for n in 1..0.5 return n", nobody_knows(fault="a loop counts in whole numbers"))
    rules.refuses('for n in 1.."a" return n', 'character 13: ‘"a"’ is a string; a number is needed here')


def test_for_over_ranges_and_days(rules: Rules) -> None:
    """Over ranges and days

    Without an end that its bracket leaves out.
    """
    rules.gives("for n in [1..3] return n", [1, 2, 3])
    rules.gives("for n in (1..3) return n", [2])
    rules.gives("for n in (3..1) return n", [2])
    rules.gives('for day in @"2026-02-28"..@"2026-03-01" return day.day', [28, 1])
    rules.gives('for day in (@"2026-03-02"..@"2026-02-28"] return day.day', [1, 28])
    rules.gives("for n in (> 1) return n", nobody_knows(fault="a range without an end cannot be counted"))
    rules.gives('for n in ["a".."b"] return n', nobody_knows(fault="a loop counts in whole numbers"))
    rules.refuses(
        'for day in @"2026-02-28"..1 return day', "character 27: ‘1’ is a number; a date is needed here"
    )


def test_what_a_for_has_given_so_far(rules: Rules) -> None:
    """partial

    In the body, the list of what it has given so far.
    """
    rules.gives("for n in 1..4 return if n = 1 then 1 else n * partial[-1]", [1, 2, 6, 24])
    rules.gives("for n in 1..3 return count(partial)", [0, 1, 2])


def test_names_of_a_loop(rules: Rules) -> None:
    """Names of a loop end with it"""
    rules.refuses("(for n in [1] return n) = n", "character 27: there is no name n")
    rules.gives("count(for n in [1, 2] return n + 1) + n", 12, {"n": 10})
    rules.refuses(
        "for a.b in [1] return 1", "character 5: a plain name is expected here, not a.b", {"a.b": 1}
    )
    rules.refuses("for 3 in [1] return 1", "character 5: a plain name is expected here, not a number")
