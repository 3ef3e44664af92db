"""Ranges from text, and range functions (DMN 1.5, table 81)."""

from __future__ import annotations

import pytest

from tests.unit.kernel.expr.asking import answer


@pytest.mark.parametrize(
    ("text", "result"),
    [
        ('before(1, 10)', 'true'),
        ('before([1..10), [10..20])', 'true'),
        ('before(1, (1..10])', 'true'),
        ('after(10, [1..10))', 'true'),
        ('meets([1..5],[5..10])', 'true'),
        ('met by([5..10],[1..5))', 'false'),
        ('overlaps([1..5],[3..8])', 'true'),
        ('overlaps([1..5),[5..8])', 'false'),
        ('overlaps before([1..5],[3..8])', 'true'),
        ('overlaps before([1..5),(1..5])', 'true'),
        ('overlaps before([1..5],(1..5))', 'false'),
        ('overlaps after([3..8],[1..5])', 'true'),
        ('finishes(10,[1..10])', 'true'),
        ('finishes([5..10],[1..10])', 'true'),
        ('finishes((1..10],[1..10])', 'true'),
        ('finished by([1..10],10)', 'true'),
        ('finished by([1..10],(1..10))', 'false'),
        ('includes([1..10],5)', 'true'),
        ('includes((1..10],1)', 'false'),
        ('includes([1..10],[4..6])', 'true'),
        ('includes([1..10),[1..10])', 'false'),
        ('during(5,[1..10])', 'true'),
        ('during([4..6],[1..10])', 'true'),
        ('starts(1,[1..10])', 'true'),
        ('starts([1..5],[1..10])', 'true'),
        ('started by([1..10],1)', 'true'),
        ('started by([1..10],[1..5])', 'true'),
        ('coincides(5,5)', 'true'),
        ('coincides([1..5],[1..5))', 'false'),
        ('coincides([1..5],[1..5])', 'true'),
        ('before(point1: 1, point2: 2)', 'true'),
        ('before(null, 1)', 'null'),
        ('before("a", 1)', 'null'),
        ('range("[\\"a\\"..\\"b\\"]")', '["a".."b"]'),
        ('range("(..@\\"2021-01-01\\")")', '(..@"2021-01-01")'),
        ('range("[..]")', 'null'),
        ('range("[date(\\"1978-09-12\\")..date(\\"1978-10-12\\")]")', '[@"1978-09-12"..@"1978-10-12"]'),
        ('range("[..2]")', 'null'),
        ('before(range: [1..2], point: 3)', 'true'),
        ('before(point: 1, range: [2..3])', 'true'),
        ('finishes(point: 10, range: [1..10])', 'true'),
        ('coincides(point1: 1, point2: 1)', 'true'),
        ('coincides(range1: [1..2], range2: [1..2])', 'true'),
        ('starts(1, [1..null])', 'true'),
        ('includes(range(">5"), 6)', 'null'),
    ],
)
def test_ranges(text: str, result: str) -> None:
    assert answer(text) == result
