"""What functions build is bounded, whatever the values share (DMN has no bounds; untrusted authors need them)."""

from __future__ import annotations

import pytest

from miaopi.kernel.errors import DefinitionError
from miaopi.kernel.expr import Run, Type, Undetermined, compile, read
from tests.unit.kernel.expr.asking import NOW, answer

SHARED = ", ".join(f"{name}: [{', '.join([of] * 16)}]" for name, of in zip("bcdef", "abcde", strict=True))


def faults(text: str) -> str:
    run = Run(now=NOW)
    assert read(text, ()).evaluate({}, run=run) is None
    return "; ".join(run.faults)


@pytest.mark.parametrize(
    ("text", "fault"),
    [
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


@pytest.mark.parametrize(
    "reckoned",
    [
        *("string(f)", "flatten(f)", "distinct values(f)", "f = f", "count(f)", "list contains(f, f)", "index of(f, f)"),
        *("union(f, f)", "f in (f, e)", "f instance of list<list<list<list<list<list<number>>>>>>", "max(f)", "is(f, f)"),
        *("reverse(f)", "concatenate(f, f)", "[f][item = f]", "(function(x: list<any>) 1)(f)", "string join(f)"),
        *("context put({x: f}, [\"x\"], f)", "get entries({x: f})", "context merge([{x: f}])", "sort(f, function(x, y) x = y)"),
    ],
)
@pytest.mark.parametrize("innermost", ["[1]", "{x: 1}", '"text"'])
def test_what_is_shared_within_a_value_counts_as_often_as_it_stands_there(reckoned: str, innermost: str) -> None:
    text = f"{{a: {innermost}, {SHARED}, r: {reckoned}}}.r"
    with pytest.raises(DefinitionError, match="more than 100000 steps"):
        read(text, ()).evaluate({}, run=Run())
    try:
        strict = compile(text, {})
    except DefinitionError:
        return  # of these types it can mean nothing
    with pytest.raises(DefinitionError, match="more than 100000 steps"):
        strict.evaluate({})


@pytest.mark.parametrize("reckoned", ["string(last)", "last = last", "count(last)", "last"])
def test_a_value_has_an_end_of_levels(reckoned: str) -> None:
    chain = ", ".join(f"a{n}: [a{n - 1}]" for n in range(1, 200))
    with pytest.raises(DefinitionError, match="a value has more than 100 levels"):
        compile(f"{{a0: 1, {chain}, last: a199, r: {reckoned}}}.r", {}).evaluate({})


def test_without_a_clock_there_is_no_now() -> None:
    assert answer("now()", now=None) == "null"
    assert answer("today()", now=None) == "null"


def test_an_order_that_nobody_can_say_leaves_the_sorted_list_open() -> None:
    sorted_ = compile("sort([2, 1], function(x, y) x < limit)", {"limit": Type("number")})
    found = sorted_.evaluate({})
    assert isinstance(found, Undetermined)
    assert found.blame == {"limit"}
