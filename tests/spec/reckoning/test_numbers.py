"""Numbers and strings"""

from __future__ import annotations

from decimal import Decimal

from tests.spec.manual import Rules, nobody_knows, on_every_engine, unknown

pytestmark = on_every_engine


def test_four_operators(rules: Rules) -> None:
    """+, -, *, /

    In decimal with 34 digits, halves to the even neighbour. `*` and `/` bind more strongly than `+` and `-`; what stands
    further to the left is reckoned first.
    """
    rules.gives("1 + 2 * 3", 7)
    rules.gives("(1 + 2) * 3", 9)
    rules.gives("10 - 3 - 2", 5)
    rules.gives("1 / 8", Decimal("0.125"))
    rules.gives("2 / 3", Decimal("0.6666666666666666666666666666666667"))
    rules.gives("-2 * 3", -6)
    rules.gives("- - 2", 2)
    rules.gives("0 * -1", 0)


def test_powers(rules: Rules) -> None:
    """a ** b

    Powers go before products, a sign before a power, and of two powers the left one.
    """
    rules.gives("2 ** 10", 1024)
    rules.gives("-2 ** 2", 4)
    rules.gives("3 * 2 ** -1", Decimal("1.5"))
    rules.gives("2 ** 3 ** 2", 64)
    rules.gives("4 ** 0.5", 2)
    rules.gives("2 ** 0.5", Decimal("1.414213562373095048801688724209698"))
    rules.gives("1e80 ** 0.5", Decimal("1e40"))
    rules.gives("0 ** 0", 1)
    rules.gives("(-8) ** 0.5", nobody_knows(fault="no number is the result"))
    rules.gives("10 ** 999999999", nobody_knows(fault="no number is the result"))
    rules.gives("1.5e3", 1500)
    rules.refuses("1e99999", "character 1: the number is too great")


def test_what_is_no_number(rules: Rules) -> None:
    """Where there is no result

    Division by zero and numbers beyond all measure are faults: the value is unknown.
    """
    rules.gives("1 / (1 - 1)", nobody_knows(fault="no number is the result"))
    rules.gives(
        "n * n * n * n * n * n * n * n * n * n",
        nobody_knows(fault="no number is the result"),
        {"n": Decimal("1E+700")},
    )


def test_strings_are_joined(rules: Rules) -> None:
    """+ joins strings"""
    rules.gives('"GA-" + "001"', "GA-001")
    rules.gives('"GA-" + x', nobody_knows("x"), {"x": unknown("string")})


def test_what_has_no_meaning_is_refused(rules: Rules) -> None:
    """Other types are refused"""
    rules.refuses('1 + "1"', "character 1: number + string means nothing")
    rules.refuses("true * 2", "character 1: boolean * number means nothing")
    rules.refuses('-"a"', 'character 1: ‘"a"’ is a string, which has no negative')
    rules.gives('for x in [1, "a"] return x + 1', nobody_knows(fault="string + number means nothing"))
    rules.gives('for x in [1, "a"] return -x', nobody_knows(fault="a string has no negative"))
