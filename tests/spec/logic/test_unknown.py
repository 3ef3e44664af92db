"""Unknown is not no, and absent is not unknown"""

from __future__ import annotations

from datetime import date

from tests.spec.manual import Rules, absent, nobody_knows, on_every_engine, unknown

pytestmark = on_every_engine


def test_absent_is_null(rules: Rules) -> None:
    """Absent is null

    The source answered that there is none: that is known, and `= null` is true of it.
    """
    rules.gives("permit = null", True, {"permit": absent("date")})
    rules.gives("permit != null", False, {"permit": absent("date")})
    rules.gives("is defined(permit)", False, {"permit": absent("date")})


def test_unknown_is_not_null(rules: Rules) -> None:
    """Unknown is not null

    Nobody could say, so neither can `= null`. The result names the facts that are wanting.
    """
    rules.gives("permit = null", nobody_knows("permit"), {"permit": unknown("date")})
    rules.gives("is defined(permit)", nobody_knows("permit"), {"permit": unknown("date")})
    rules.gives("a < b", nobody_knows("a", "b"), {"a": unknown("number"), "b": unknown("number")})
    rules.gives("a = b", nobody_knows("a", "b"), {"a": unknown("number"), "b": unknown("number")})


def test_null_goes_through_reckoning_and_order(rules: Rules) -> None:
    """What is reckoned from null is null

    A condition that is null is neither true nor false; ask `!= null` first where there may be none.
    """
    rules.gives('permit >= date("2026-11-23")', None, {"permit": absent("date")})
    rules.gives("amount + 1", None, {"amount": absent("number")})
    rules.gives("-amount", None, {"amount": absent("number")})
    rules.gives("permit.year", None, {"permit": absent("date")})
    rules.gives("string length(name)", None, {"name": absent("string")})
    rules.gives('permit != null and permit >= date("2026-11-23")', False, {"permit": absent("date")})
    rules.gives("a < b", nobody_knows("b"), {"a": absent("number"), "b": unknown("number")})


def test_a_fault_is_unknown_never_null(rules: Rules) -> None:
    """A fault is unknown, never null

    Where FEEL gives null for an error, the rule language gives unknown and the reason: a person looks at the case, and
    no `= null` turns a mistake into a decision.
    """
    rules.gives("1 / amount", nobody_knows(fault="no number is the result"), {"amount": 0})
    rules.gives("1 / amount = null", nobody_knows(fault="no number is the result"), {"amount": 0})
    rules.gives("date(text)", nobody_knows(fault="the calendar has no such day"), {"text": "2026-02-30"})
    rules.gives("amount > 1 or 1 / amount > 1", nobody_knows(fault="no number is the result"), {"amount": 0})
    rules.gives("amount = 0 or 1 / amount > 1", True, {"amount": 0})
    rules.gives("day.year", 2026, {"day": date(2026, 1, 1)})
