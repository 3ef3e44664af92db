"""Sources are asked public before personal before sensitive, and not at all where the answer would not matter."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal

from miaopi.kernel.decision import Kind, Outcome, next_sources
from miaopi.kernel.fact import Doubt, Fact, Known, Unknown
from tests.unit.kernel.allowance import (
    AWAY,
    CONDITIONS,
    DAY,
    DEFINITION,
    EXHAUSTED,
    GOOD,
    NONE,
    SETTINGS,
    SILENT,
    condition,
    feel,
    without,
)

ENTERED = {"pay": Known("bank", source="applicant")}
PUBLIC = {"unit": Known(False), "quota": Known(Decimal(3)), "notice": Known(date(2026, 11, 1))}
PERSON = {"known": Known(True), "birth": Known(date(1940, 3, 1))}


def asked(facts: dict[str, Fact]) -> dict[str, tuple[str, ...]]:
    return next_sources(DEFINITION, facts, as_of=DAY, settings=SETTINGS)


def test_stage_follows_stage_until_nothing_is_left() -> None:
    facts: dict[str, Fact] = dict(ENTERED)
    assert asked(facts) == {"mandate": ("unit",)}  # whether the regime applies at all comes first
    assert asked(facts | {"unit": Known(False)}) == {"city": ("left",), "board": ("until",)}
    facts |= PUBLIC
    assert asked(facts) == {"register": ("known", "birth"), "household": ("region",)}
    assert asked(facts | PERSON | {"region": Known("440304")}) == {"police": ("record",)}
    assert asked(facts | PERSON | {"region": Known("450102")}) == {"home": ("since",)}
    assert asked(facts | PERSON | dict(AWAY)) == {"police": ("record",)}
    assert asked(dict(GOOD)) == {}


def test_nothing_more_is_asked_once_a_redirect_or_refusal_is_certain() -> None:
    assert asked({"unit": Known(True)}) == {}
    assert asked(ENTERED | PUBLIC | {"known": Known(True), "birth": Known(date(1990, 1, 1))}) == {}


def test_before_a_certain_refusal_only_who_she_is_is_asked() -> None:
    too_young = ENTERED | PUBLIC | {"birth": Known(date(1990, 1, 1))}
    assert asked(too_young) == {"register": ("known",)}
    assert asked(too_young | {"known": SILENT}) == {}


def test_nothing_more_is_asked_of_somebody_whose_identity_is_in_doubt() -> None:
    for doubt in (Known(False), Unknown(Doubt.CONFLICT), SILENT, EXHAUSTED):
        assert asked(ENTERED | PUBLIC | {"known": doubt}) == {}
    odd = replace(DEFINITION, conditions=(condition("odd", Kind.IDENTITY, "since <= as_of", Outcome.REFER), *CONDITIONS))
    assert next_sources(odd, {"since": NONE, "region": Known("1")}, as_of=DAY, settings=SETTINGS) == {}


def test_nothing_is_asked_without_a_mandate() -> None:
    mandated = replace(DEFINITION, conditions=(condition("may", Kind.MANDATE, "agreed", Outcome.SUPPLEMENT), *CONDITIONS))
    assert next_sources(mandated, {"agreed": Known(False)}, as_of=DAY, settings=SETTINGS) == {}


def test_a_sensitive_source_is_asked_only_where_all_else_holds() -> None:
    base = {name: fact for name, fact in GOOD.items() if name != "record"}
    assert asked(base) == {"police": ("record",)}
    for more in ({"quota": SILENT}, {"notice": Unknown(Doubt.STALE)}, {"pay": NONE}):
        assert asked(base | more) == {}
    odd = replace(DEFINITION, conditions=(*CONDITIONS, condition("odd", Kind.ELIGIBILITY, "since <= as_of", Outcome.REFER)))
    assert next_sources(odd, base | {"since": NONE}, as_of=DAY, settings=SETTINGS) == {}


def test_a_sensitive_source_is_asked_though_a_period_runs_or_a_quota_is_used_up() -> None:
    """Lines 7 and 8 of _common.md come last: a case waits or is listed only when all else is known to hold."""
    base = {name: fact for name, fact in GOOD.items() if name != "record"}
    for more in ({"quota": Known(Decimal(0))}, {"notice": Known(date(2026, 12, 1))}):
        assert asked(base | more) == {"police": ("record",)}


def test_a_guarded_fact_is_not_asked_where_its_guard_is_not_true() -> None:
    base = without("region", "record")
    assert asked(base) == {"household": ("region",)}
    assert asked(base | {"region": SILENT}) == {}


def test_a_form_field_is_asked_though_no_open_rule_needs_it() -> None:
    no_age = replace(DEFINITION, conditions=(CONDITIONS[0],), values={})
    assert next_sources(no_age, {"unit": Known(False)}, as_of=DAY, settings=SETTINGS) == {"register": ("birth",)}


def test_one_field_for_two_facts_is_asked_once() -> None:
    twice = {**DEFINITION.facts, "born": replace(DEFINITION.facts["birth"], name="born")}
    definition = replace(DEFINITION, facts=twice, conditions=(CONDITIONS[0],), values={"b": feel("birth")})
    assert next_sources(definition, {"unit": Known(False)}, as_of=DAY, settings=SETTINGS) == {"register": ("birth",)}
    assert DEFINITION.facts["birth"].resource == "register"
    assert DEFINITION.facts["pay"].resource is None
