"""Patterns beside Python's own engine, on what both read alike; and temporal values that come back as they were written."""

from __future__ import annotations

import re
from contextlib import suppress

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from miaopi.kernel.expr.fault import Fault
from miaopi.kernel.expr.patterns import matches, replace, split
from miaopi.kernel.expr.temporal import add, is_equal, read_temporal, subtract, write_temporal
from miaopi.kernel.expr.temporal.day import count_days, day_numbered
from miaopi.kernel.expr.temporal.duration import count_nanoseconds, days_duration

pytestmark = pytest.mark.uncounted
ATOMS = st.sampled_from(["a", "b", "ab", ".", "[ab]", "[^a]", "[a-c]", "^", "$", r"\d", "(?:a|b)"])
QUANTITIES = st.sampled_from(["", "", "*", "+", "?", "*?", "+?", "??", "{2}", "{1,2}", "{0,2}?"])


def _grow(inner: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    group = st.builds("({}){}".format, inner, QUANTITIES)
    choice = st.builds("{}|{}".format, inner, inner)
    return st.one_of(group, choice, st.builds("{}{}".format, inner, inner))


PATTERNS = st.recursive(st.builds("{}{}".format, ATOMS.filter(lambda atom: atom not in "^$"), QUANTITIES) | ATOMS, _grow, max_leaves=6)
TEXTS = st.text("abc1", max_size=12)


def uncounted(_steps: int) -> None:
    """Takes any number of steps."""


@settings(max_examples=400, deadline=None)
@given(pattern=PATTERNS, text=TEXTS)
def test_a_match_is_found_where_pythons_engine_finds_one(pattern: str, text: str) -> None:
    assert matches(text, pattern, "", uncounted) is (re.search(pattern.replace("$", r"\Z"), text) is not None)


@settings(max_examples=400, deadline=None)
@given(pattern=PATTERNS, text=TEXTS)
def test_the_same_parts_are_replaced(pattern: str, text: str) -> None:
    plain = re.compile(pattern.replace("$", r"\Z"))
    if plain.search("") is not None:
        return
    assert "".join(replace(text, pattern, "<$0>", "", uncounted)) == plain.sub(r"<\g<0>>", text)
    assert "<".join(split(text, pattern, uncounted)) == plain.sub("<", text)


@settings(max_examples=300, deadline=None)
@given(pattern=st.text("ab()[]{}|*+?^$-\\d1,.", max_size=10), text=TEXTS, flags=st.text("smixq", max_size=2))
def test_whatever_is_written_is_a_pattern_or_a_fault(pattern: str, text: str, flags: str) -> None:
    with suppress(Fault):
        assert matches(text, pattern, flags, uncounted) in (True, False)


DAYS = st.integers(-365_242_000_000, 365_242_000_000)
NANOSECONDS = st.integers(-(10**24), 10**24)
ZONES = st.sampled_from(["", "Z", "+08:00", "-09:30", "+08:05:43", "@Europe/Paris", "@Asia/Shanghai"])


@settings(max_examples=200, deadline=None)
@given(number=DAYS)
def test_days_are_counted_and_written_both_ways(number: int) -> None:
    day = day_numbered(number)
    assert count_days(day) == number
    assert read_temporal(write_temporal(day)) == day


@settings(max_examples=200, deadline=None)
@given(number=NANOSECONDS)
def test_durations_are_written_both_ways(number: int) -> None:
    written = write_temporal(days_duration(number))
    assert count_nanoseconds(read_temporal(written)) == number  # type: ignore[arg-type]  # of days


@settings(max_examples=200, deadline=None)
@given(number=DAYS, clock=st.times(), zone=ZONES, length=NANOSECONDS)
def test_what_is_added_can_be_taken_away(number: int, clock: object, zone: str, length: int) -> None:
    moment = read_temporal(f"{write_temporal(day_numbered(number))}T{clock}{zone}")
    assert write_temporal(read_temporal(write_temporal(moment))) == write_temporal(moment)
    try:
        there = add(moment, days_duration(length))
    except Fault:
        return
    assert is_equal(subtract(there, days_duration(length)), moment)
    assert count_nanoseconds(subtract(there, moment)) == length  # type: ignore[arg-type]  # of days
