"""Citizen identity numbers (GB 11643): six digits of region, eight of birth, three of order, one to check."""

from __future__ import annotations

from datetime import date
from random import Random
from typing import Final

WEIGHTS: Final = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
CHECKS: Final = "10X98765432"
DIGITS: Final = {str(digit): digit for digit in range(10)}


def check_character(first17: str) -> str:
    return CHECKS[sum(DIGITS[digit] * weight for digit, weight in zip(first17, WEIGHTS, strict=True)) % 11]


class Numbers:
    """Hands out numbers, none of them twice. The 17th digit is odd for a man."""

    def __init__(self, chance: Random) -> None:
        self._chance = chance
        self._taken: set[str] = set()

    def assign(self, region: str, birth: date, sex: str) -> str:
        head = f"{region}{birth:%Y%m%d}"
        while True:
            order = 2 * int(self._chance.random() * 499) + (1 if sex == "男" else 2)
            first17 = f"{head}{order:03d}"
            if first17 not in self._taken:
                self._taken.add(first17)
                return first17 + check_character(first17)
