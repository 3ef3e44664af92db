"""What functions build is bounded, whatever the values share (DMN has no bounds; untrusted authors need them)."""

from __future__ import annotations

import pytest

from miaopi.kernel.expr import Run, Type, Undetermined, compile, read
from tests.unit.kernel.expr.asking import NOW, answer

SHARED = ", ".join(f"{name}: [{', '.join([of] * 12)}]" for name, of in zip("bcdef", "abcde", strict=True))


def faults(text: str) -> str:
    run = Run(now=NOW)
    assert read(text, ()).evaluate({}, run=run) is None
    return "; ".join(run.faults)


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        (f"{{a: [1], {SHARED}, r: string(f)}}.r", "more than 65536 characters"),
        (f'{{a: {{"key of many": 1}}, {SHARED}, r: string(f)}}.r', "more than 65536 characters"),
        (f"{{a: [{', '.join('1' * 60)}], {SHARED}, r: flatten(f)}}.r", "more than 65536 elements"),
        (f"{{a: [], {SHARED}, r: flatten(f)}}.r", "more than 65536 lists"),
        (f"{{a: [1], {SHARED}, r: distinct values(f)}}.r", "too many parts"),
        (f"{{a: [1], {SHARED}, g: [e, f], h: [e, f], r: g = h}}.r", "too many parts"),
        ("{a: for i in 1..40000 return i, r: concatenate(a, a)}.r", "more than 65536 elements"),
        ('{a: for i in 1..8000 return "0123456789", r: string join(a, "")}.r', "more than 65536 characters"),
        (
            '{a: string join(for i in 1..300 return "x"), r: replace(a, "x", a)}.r',
            "more than 65536 characters",
        ),
        (
            f"{{a: string join(for i in 1..400 return \"{'ß' * 100}\"), r: upper case(a)}}.r",
            "more than 65536 characters",
        ),
        ('end of month(@"10000-01-01")', "outside the years"),
        ("money text(1e6000)", "34 digits"),
        ("floor(1e40, 1e30)", "a scale lies"),
        ('substring("abc", 1e30)', "a smaller number"),
        ("exp(1e6)", "no number"),
        ("date(1e12, 1, 1)", "whole number"),
        ("date(999999999, 12, 31) + @\"P1D\"", "outside the years"),
    ],
)
def test_what_is_too_much_is_a_fault(text: str, fault: str) -> None:
    assert fault in faults(text)


def test_without_a_clock_there_is_no_now() -> None:
    assert answer("now()", now=None) == "null"
    assert answer("today()", now=None) == "null"


def test_an_order_that_nobody_can_say_leaves_the_sorted_list_open() -> None:
    sorted_ = compile("sort([2, 1], function(x, y) x < limit)", {"limit": Type("number")})
    found = sorted_.evaluate({})
    assert isinstance(found, Undetermined)
    assert found.blame == {"limit"}
