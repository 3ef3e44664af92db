"""Numbers reckoned from lists of numbers (DMN 1.5, table 77)."""

from __future__ import annotations

import pytest

from tests.unit.kernel.expr.asking import answer


@pytest.mark.parametrize(
    ("text", "result"),
    [
        ('median([8, 2, 5, 3, 4])', '4'),
        ('median([6, 1, 2, 3])', '2.5'),
        ('median([])', 'null'),
        ('median(8,2,5)', '5'),
        ('median([1,null])', 'null'),
        ('mode(6,3,9,6,6)', '[6]'),
        ('stddev(2,4,7,5)', '2.081665999466132735282297706979931'),
        ('sum(1,2,3)', '6'),
        ('sum(1,"a")', 'null'),
        ('product(2,3)', '6'),
        ('median("a")', 'null'),
        ('mean([1,2,4])', '2.333333333333333333333333333333333'),
        ('stddev([1,1])', '0'),
        ('median([null])', 'null'),
        ('product([])', 'null'),
        ('stddev([1])', 'null'),
        ('sum([9e6144, 9e6144])', 'null'),
    ],
)
def test_statistics(text: str, result: str) -> None:
    assert answer(text) == result
