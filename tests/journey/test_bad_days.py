"""Agencies that are down, slow, wrong or contradict each other, and what becomes of an application then (Show 4)."""

from __future__ import annotations

import random
from datetime import datetime
from typing import Any

import pytest

from demo_city.agencies.modes import SLOW_SECONDS
from tests.journey.cities import City
from tests.journey.registers import clean_residents

HANGS_MS = 1000 * SLOW_SECONDS  # a deadline ends the pull long before, for the draft as for the confirmation


@pytest.fixture
def city(city_to_break: City) -> City:
    return city_to_break


def resident(city: City, draw: int) -> str:
    [serial] = clean_residents(city.home, random.Random(draw), 1, hukou_elsewhere=True)
    return f"p{serial:06d}"


def apply(city: City, who: str) -> dict[str, Any]:
    return city.verb("apply", "no-criminal-record", "--as", who, "--set", "purpose=abroad", "--yes")


def test_a_silent_agency_makes_the_application_wait_and_it_decides_itself(city: City) -> None:
    who = resident(city, 1)
    city.verb("city", "agency", "criminal", "--mode", "down")
    waiting = apply(city, who)
    assert waiting["outcome"] == "wait"
    assert [reason["code"] for reason in waiting["reasons"]] == ["SRC-UNAVAILABLE"]
    assert [silence["source"] for silence in waiting["waiting_for"]] == ["criminal_record"]
    assert waiting["licence"] is None
    assert waiting["elapsed_ms"] < HANGS_MS
    city.verb("city", "agency", "criminal", "--mode", "up")
    shown = city.when_decided(waiting["number"], who, "approve")
    assert shown["outcome"] == "approve"
    assert shown["licence"]


def test_past_the_patience_of_the_service_a_person_decides(city: City) -> None:
    who = resident(city, 2)
    city.agency("criminal", "down")
    waiting = apply(city, who)
    [silence] = waiting["waiting_for"]
    assert datetime.fromisoformat(silence["patience_until"]) > datetime.fromisoformat(silence["since"])
    city.verb("city", "clock", "+P2D")
    try:
        shown = city.when_decided(waiting["number"], who, "refer")
    finally:
        city.verb("city", "clock", "reset")
    assert shown["outcome"] == "refer"
    assert [reason["code"] for reason in shown["reasons"]] == ["SRC-EXHAUSTED"]


@pytest.mark.parametrize("agency", ["population", "residence"])
def test_any_agency_that_a_condition_needs_makes_it_wait(city: City, agency: str) -> None:
    who = resident(city, 3)
    city.agency(agency, "down")
    waiting = apply(city, who)
    assert waiting["outcome"] == "wait"
    assert {silence["source"] for silence in waiting["waiting_for"]} <= {
        "population_basic", "household_registration", "residence_permit", "residence_registration",
    }  # fmt: skip
    assert "criminal.condition_met" not in {fact["fact"] for fact in waiting["prefilled"]}  # nobody asks what cannot decide
    city.agency(agency, "up")
    assert city.when_decided(waiting["number"], who, "approve")["outcome"] == "approve"


def test_a_slow_agency_costs_the_deadline_and_no_more(city: City) -> None:
    who = resident(city, 4)
    city.agency("criminal", "slow")
    waiting = apply(city, who)
    assert waiting["outcome"] == "wait"
    assert waiting["elapsed_ms"] < HANGS_MS


@pytest.mark.parametrize("agency", ["population", "residence", "criminal"])
def test_an_agency_that_tells_nonsense_approves_nobody(city: City, agency: str) -> None:
    who = resident(city, 5)
    city.agency(agency, "wrong")
    application = apply(city, who)
    assert application["outcome"] in ("wait", "refer")
    assert application["licence"] is None


@pytest.mark.parametrize("agency", ["population", "residence", "criminal"])
def test_agencies_that_contradict_refer_to_a_person(city: City, agency: str) -> None:
    who = resident(city, 6)
    city.agency(agency, "conflict")
    application = apply(city, who)
    assert application["outcome"] == "refer"
    assert {reason["code"] for reason in application["reasons"]} <= {"SRC-CONFLICT", "IDN-03", "NCR-04"}
    assert application["licence"] is None
