"""Numbers"""

from __future__ import annotations

from decimal import Decimal

from tests.spec.manual import Rules, absent, nobody_knows, on_every_engine

pytestmark = on_every_engine


def test_rounding(rules: Rules) -> None:
    """decimal, round up, round down, round half up, round half down(n, scale)

    To so many places; `decimal` rounds a half to the even neighbour, as banks do.
    """
    rules.gives("decimal(1 / 3, 2)", Decimal("0.33"))
    rules.gives("decimal(2.5, 0)", 2)
    rules.gives("round up(1.121, 2)", Decimal("1.13"))
    rules.gives("round up(-5.5, 0)", -6)
    rules.gives("round down(-5.5, 0)", -5)
    rules.gives("round half up(-5.5, 0)", -6)
    rules.gives("round half down(-5.5, 0)", -5)
    rules.gives("round up(155, -2)", 200)
    rules.refuses("decimal(1, 7000)", "character 1: a scale lies between -6111 and 6176")


def test_floor_and_ceiling(rules: Rules) -> None:
    """floor(n), ceiling(n), floor(n, scale), ceiling(n, scale)

    To the next number below or above.
    """
    rules.gives("floor(-1.5)", -2)
    rules.gives("floor(1.56, 1)", Decimal("1.5"))
    rules.gives("ceiling(1.5)", 2)
    rules.gives("ceiling(-1.56, 1)", Decimal("-1.5"))


def test_other_numbers(rules: Rules) -> None:
    """abs, modulo, sqrt, log, exp, odd, even

    A remainder has the sign of the divisor.
    """
    rules.gives("abs(-10)", 10)
    rules.gives('abs(@"-PT5H") = @"PT5H"', True)
    rules.gives("modulo(-12, 5)", 3)
    rules.gives("modulo(12, -5)", -3)
    rules.gives("modulo(10.1, 4.5)", Decimal("1.1"))
    rules.gives("sqrt(16)", 4)
    rules.gives("decimal(log(10), 6)", Decimal("2.302585"))
    rules.gives("decimal(exp(1), 6)", Decimal("2.718282"))
    rules.gives("odd(5)", True)
    rules.gives("even(5)", False)
    rules.gives("sqrt(n)", None, {"n": absent("number")})
    rules.gives("sqrt(-1)", nobody_knows(fault="no number is the result"))
    rules.refuses("modulo(1, 0)", "character 1: no number is the result")


def test_statistics(rules: Rules) -> None:
    """mean, median, product, stddev, mode

    Of a list, or of values one by one; null where one of them is null.
    """
    rules.gives("mean([1, 2, 3])", 2)
    rules.gives("median(8, 2, 5, 3, 4)", 4)
    rules.gives("median([6, 1, 2, 3])", Decimal("2.5"))
    rules.gives("product(2, 3, 4)", 24)
    rules.gives("decimal(stddev(2, 4, 7, 5), 4)", Decimal("2.0817"))
    rules.gives("mode(6, 1, 9, 6, 1)", [1, 6])
    rules.gives("median([])", None)
    rules.gives("mean([1, null])", None)
    rules.refuses("stddev(1)", "character 1: a standard deviation needs two numbers")
