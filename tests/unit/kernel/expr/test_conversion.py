"""Conversion functions (DMN 1.5, table 74), not and is."""

from __future__ import annotations

import pytest

from tests.unit.kernel.expr.asking import answer


@pytest.mark.parametrize(
    ("text", "result"),
    [
        ('string(1.10)', '"1.10"'),
        ('string(1e3)', '"1000"'),
        ('string([1,2,3,"foo"])', '"[1, 2, 3, \\"foo\\"]"'),
        ('string({a: "foo", b: {bar: "baz"}})', '"{a: \\"foo\\", b: {bar: \\"baz\\"}}"'),
        ('string({"{": "foo"})', '"{\\"{\\": \\"foo\\"}"'),
        ('string(@"2021-01-01T10:00:00@Europe/Paris")', '"2021-01-01T10:00:00@Europe/Paris"'),
        ('string(true)', '"true"'),
        ('string(null)', 'null'),
        ('string([1..2])', '"[1..2]"'),
        ('string("a")', '"a"'),
        ('duration("P1Y13M")', '@"P2Y1M"'),
        ('is(@"23:00:50Z", @"23:00:50+00:00")', 'true'),
        ('is([1,2],[1,2])', 'true'),
        ('is(null, null)', 'true'),
        ('number("1 000,0", " ", ",")', '1000.0'),
        ('number("1.1")', '1.1'),
        ('not(true)', 'false'),
        ('string(-0)', '"0"'),
        ('duration("P1DT1.5S").seconds', '1'),
        ('duration("P13M").years', '1'),
        ('string(function(x) x)', 'null'),
        ('string(abs)', 'null'),
        ('string(1/3)', '"0.3333333333333333333333333333333333"'),
        ('string(1e-10)', '"0.0000000001"'),
        ('string(123456789012345678901234567890123456789)', '"123456789012345678901234567890123500000"'),
        ('duration(from: "P1D")', '@"P1D"'),
        ('number("abc")', 'null'),
        ('number("0x12")', 'null'),
        ('number(" 12 ")', 'null'),
        ('number("1e2")', '100'),
        ('number("-1.5")', '-1.5'),
        ('number("+1.5")', 'null'),
        ('number(null, ".", ",")', 'null'),
        ('number("1.000,5", ".", ",")', '1000.5'),
        ('number("1,000.5", ",", null)', '1000.5'),
        ('number("1", ",", ",")', 'null'),
        ('number("1", ":", ".")', 'null'),
        ('number("1e99999")', 'null'),
        ('string([null, true, "a\\"b\\n", abs])', 'null'),
        ('string([null, true, "a\\"b\\n"])', '"[null, true, \\"a\\\\\\"b\\\\n\\"]"'),
        ('string({"a b": 1, "x-y": @"2021-01-01"})', '"{a b: 1, \\"x-y\\": @\\"2021-01-01\\"}"'),
        ('string((1..@"P1D"])', 'null'),
    ],
)
def test_conversion(text: str, result: str) -> None:
    assert answer(text) == result
