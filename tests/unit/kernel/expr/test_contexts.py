"""Context functions (DMN 1.5, table 82)."""

from __future__ import annotations

import pytest

from tests.unit.kernel.expr.asking import answer


@pytest.mark.parametrize(
    ("text", "result"),
    [
        ('get entries({a: 1, b: "x"})', '[{key: "a", value: 1}, {key: "b", value: "x"}]'),
        ('get value({key1 : "value1"}, "key1")', '"value1"'),
        ('get value({key1 : "value1"}, "unexistent-key")', 'null'),
        ('context([{key:"a", value:1}, {key:"b", value:2}])', '{a: 1, b: 2}'),
        ('context([{key:"a", value:1}, {key:"a", value:2}])', 'null'),
        ('context([{key:"a"}])', 'null'),
        ('context({key: "a", value: 1})', '{a: 1}'),
        ('context([])', '{}'),
        ('context put({x:1}, "y", 2)', '{x: 1, y: 2}'),
        ('get value(m: {a: 1}, key: "a")', '1'),
        ('get entries(m: {a: 1})', '[{key: "a", value: 1}]'),
        ('context put({a: {b: 1}}, ["a","b"], 2)', '{a: {b: 2}}'),
        ('context merge([{a:1},{b:2}])', '{a: 1, b: 2}'),
        ('context put(null, ["a"], 1)', 'null'),
        ('context put({a: 1}, null, 1)', 'null'),
        ('context put({a: 1}, [null], 2)', 'null'),
        ('context put({a: 1}, [], 2)', 'null'),
        ('context put({a: 1}, ["a", "b"], 2)', 'null'),
        ('context put({}, ["b"], 2)', '{b: 2}'),
        ('context merge([1])', 'null'),
    ],
)
def test_contexts(text: str, result: str) -> None:
    assert answer(text) == result
