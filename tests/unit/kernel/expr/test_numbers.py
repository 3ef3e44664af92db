"""Numeric functions (DMN 1.5, table 78)."""

from __future__ import annotations

import pytest

from tests.unit.kernel.expr.asking import answer


@pytest.mark.parametrize(
    ("text", "result"),
    [
        ('round half down(5.5, 0)', '5'),
        ('round half down(-5.5, 0)', '-5'),
        ('round half down(1.121, 2)', '1.12'),
        ('round half down(-1.126, 2)', '-1.13'),
        ('round down(5.5, 0)', '5'),
        ('round down(-5.5,0)', '-5'),
        ('round down(1.126,2)', '1.12'),
        ('floor(1.56, 1)', '1.5'),
        ('floor(-1.56, 1)', '-1.6'),
        ('floor(1.5)', '1'),
        ('abs(10)', '10'),
        ('abs(-10)', '10'),
        ('abs(@"PT5H")', '@"PT5H"'),
        ('abs(@"-PT5H")', '@"PT5H"'),
        ('abs(@"-P1Y")', '@"P1Y"'),
        ('abs(n: -1)', '1'),
        ('log(10)', '2.302585092994045684017991454684364'),
        ('log(0)', 'null'),
        ('log(-1)', 'null'),
        ('exp(5)', '148.4131591025766034211155800405523'),
        ('odd(5)', 'true'),
        ('odd(2)', 'false'),
        ('even(2)', 'true'),
        ('even(5)', 'false'),
        ('odd(5.5)', 'false'),
        ('even(-2)', 'true'),
        ('decimal(1/3, 2)', '0.33'),
        ('decimal(2.5,0)', '2'),
        ('modulo(-12.5, 5)', '2.5'),
        ('abs(number: -3)', '3'),
        ('round half down(n: 1.5, scale: 0)', '1'),
        ('floor(1e40)', '10000000000000000000000000000000000000000'),
        ('decimal(1.5, -1)', '0'),
        ('round up(155, -2)', '200'),
        ('even(1e40)', 'true'),
        ('modulo(1e6000, 7)', '1'),
        ('exp(100000)', 'null'),
        ('sqrt(2)', '1.414213562373095048801688724209698'),
        ('sqrt(-0)', '0'),
        ('decimal(1, 7000)', 'null'),
        ('round up(5.5, 6176)', '5.5'),
        ('modulo(1, 0)', 'null'),
    ],
)
def test_numbers(text: str, result: str) -> None:
    assert answer(text) == result
