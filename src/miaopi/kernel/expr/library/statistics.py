"""Functions that reckon one number from a list of numbers (DMN 1.5 §10.3.4.4, table 77); null where one of them is null."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping
from decimal import Context, Decimal, DecimalException, InvalidOperation, Overflow
from functools import reduce
from typing import Any, Final

from miaopi.kernel.expr.fault import Fault
from miaopi.kernel.expr.library.keys import KeyMaker
from miaopi.kernel.expr.library.lists import over_lists
from miaopi.kernel.expr.library.signature import Function
from miaopi.kernel.expr.types import NUMBER, Type
from miaopi.kernel.expr.values import DECIMAL128

# Sums of squares keep all their digits until the last step.
WIDE: Final = Context(prec=100, Emin=-20_000, Emax=20_000, traps=[InvalidOperation, Overflow])


def _sum(numbers: list[Decimal]) -> Decimal:
    return reduce(DECIMAL128.add, numbers, Decimal(0))


def _product(numbers: list[Decimal]) -> Decimal:
    return DECIMAL128.plus(reduce(DECIMAL128.multiply, numbers))


def _mean(numbers: list[Decimal]) -> Decimal:
    return DECIMAL128.plus(DECIMAL128.divide(_sum(numbers), Decimal(len(numbers))))


def _median(numbers: list[Decimal]) -> Decimal:
    ordered, half = sorted(numbers), len(numbers) // 2
    return ordered[half] if len(numbers) % 2 else _mean(ordered[half - 1 : half + 1])


def _stddev(numbers: list[Decimal]) -> Decimal:
    """Of a sample: divided by one less than their count. Raises Fault for a single number."""
    if len(numbers) < 2:
        raise Fault("a standard deviation needs two numbers")
    mean = WIDE.divide(reduce(WIDE.add, numbers), Decimal(len(numbers)))
    squares = [WIDE.power(WIDE.subtract(number, mean), 2) for number in numbers]
    return DECIMAL128.plus(WIDE.sqrt(WIDE.divide(reduce(WIDE.add, squares), Decimal(len(numbers) - 1))))


def _mode(numbers: list[Decimal]) -> list[Decimal]:
    """The numbers that occur most often, in ascending order; none of none."""
    keys = KeyMaker()
    counts = Counter(map(keys.key, numbers))
    most = max(counts.values(), default=0)
    return sorted({key: number for number in numbers if counts[key := keys.key(number)] == most}.values())


def _reckoned(apply: Callable[[list[Decimal]], object], *, of_none: object) -> Callable[[list[Any]], object]:
    def reckon(numbers: list[Any]) -> object:
        if None in numbers:
            return None
        try:
            return apply(numbers) if numbers else of_none
        except DecimalException:
            raise Fault("no number is the result") from None

    return reckon


def _of_numbers(apply: Callable[[list[Decimal]], object]) -> Function:
    return over_lists(NUMBER, NUMBER, _reckoned(apply, of_none=None))


STATISTICS: Final[Mapping[str, Function]] = {
    "sum": _of_numbers(_sum),
    "product": _of_numbers(_product),
    "mean": _of_numbers(_mean),
    "median": _of_numbers(_median),
    "stddev": _of_numbers(_stddev),
    "mode": over_lists(Type("list", NUMBER), NUMBER, _reckoned(_mode, of_none=[])),
}
