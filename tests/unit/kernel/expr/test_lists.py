"""List functions (DMN 1.5, table 77), and sort."""

from __future__ import annotations

import pytest

from tests.unit.kernel.expr.asking import answer


@pytest.mark.parametrize(
    ("text", "result"),
    [
        ('list replace([2, 4, 7, 8], 3, 6)', '[2, 4, 6, 8]'),
        ('list replace([2, 4, 7, 8], function(item, newItem) item < newItem, 5)', '[5, 5, 7, 8]'),
        ('list replace([2, 4, 7, 8], -1, 6)', '[2, 4, 7, 6]'),
        ('list replace([2,4,7,8], 5, 6)', 'null'),
        ('list replace(list: [2,4], position: 1, newItem: 9)', '[9, 4]'),
        ('list replace(list: [2,4], match: function(item, newItem) item = 4, newItem: 9)', '[2, 9]'),
        ('all([true, true])', 'true'),
        ('all([true, null])', 'null'),
        ('all([false, null])', 'false'),
        ('all([])', 'true'),
        ('all(true, false)', 'false'),
        ('all(null)', 'null'),
        ('sort([3,1,4,5,2], function(x,y) x < y)', '[1, 2, 3, 4, 5]'),
        ('sort(list: ["b","a"], precedes: function(x,y) x < y)', '["a", "b"]'),
        ('insert before([1,3],1,2)', '[2, 1, 3]'),
        ('insert before([1,3],-1,2)', '[1, 2, 3]'),
        ('insert before([1,3],3,2)', 'null'),
        ('remove([1,2,3],2)', '[1, 3]'),
        ('remove([1,2,3],-1)', '[1, 2]'),
        ('remove([1,2,3],4)', 'null'),
        ('index of([1,2,3,2],2)', '[2, 4]'),
        ('index of([1,null,2],null)', '[2]'),
        ('union([1,2],[2,3])', '[1, 2, 3]'),
        ('distinct values([1,2,3,2,1,null,null])', '[1, 2, 3, null]'),
        ('flatten([[1,2],[[3]],4])', '[1, 2, 3, 4]'),
        ('concatenate([1,2],[3])', '[1, 2, 3]'),
        ('append([1],2,3)', '[1, 2, 3]'),
        ('append(1, 2)', '[1, 2]'),
        ('sublist([4,5,6],1,2)', '[4, 5]'),
        ('sublist([4,5,6],-1)', '[6]'),
        ('sublist([4,5,6],5)', 'null'),
        ('count(1)', '1'),
        ('min("a","c","b")', '"a"'),
        ('max(@"2021-01-01",@"2021-02-01")', '@"2021-02-01"'),
        ('min([1,"a"])', 'null'),
        ('sublist(list: [1,2,3], start position: 2, length: 1)', '[2]'),
        ('insert before(list: [1], position: 1, newItem: 2)', '[2, 1]'),
        ('index of(list: [1], match: 1)', '[1]'),
        ('append(list: [1], item: 2)', '[1, 2]'),
        ('min(list: [1,2])', '1'),
        ('all(list: [true])', 'true'),
        ('all(b: [true])', 'null'),
        ('list contains(list: [1,null], element: null)', 'true'),
        ('list contains([1,"a"], "b")', 'false'),
        ('sort(precedes: function(x,y) x > y, list: [1,2])', '[2, 1]'),
        ('concatenate(list: [1])', '[1]'),
        ('sort([1,2], function(x) true)', 'null'),
        ('sort([1,2], null)', 'null'),
        ('sort([3,1,2], function(x,y) null)', 'null'),
        ('flatten([1])', '[1]'),
        ('flatten(1)', '[1]'),
        ('reverse([1,2])', '[2, 1]'),
        ('reverse(1)', '[1]'),
        ('count([])', '0'),
        ('count(null)', 'null'),
        ('max([1,2],[3])', 'null'),
        ('distinct values(1)', '[1]'),
        ('union(1,2)', '[1, 2]'),
    ],
)
def test_lists(text: str, result: str) -> None:
    assert answer(text) == result
