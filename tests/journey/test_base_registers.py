"""Base registers from the terminal: counted by the agency, pulled on a consent, and traced from a decision back to the columns."""

from __future__ import annotations

import random

import pytest

from tests.journey.cities import City
from tests.journey.registers import clean_elders, register


@pytest.fixture(scope="module")
def elders(city: City) -> list[int]:
    """Two of them: whom the allowance is paid is asked for no second one."""
    return clean_elders(city.home, random.Random(9), 2)


def test_a_decision_is_traced_to_the_agencies_columns_and_its_applicant_sees_the_look(city: City) -> None:
    number = city.what["application"]["number"]
    traced = city.verb("exchange", "lineage", "--decision", number, "--as", "steward1")
    born = next(each for each in traced["facts"] if each["fact"] == "person.birth_date")
    assert [(each["agency"], each["at"], each["column"]) for each in born["columns"]] == [("population", "population_basic", "birth_date")]
    assert born["conditions"] == ["C3"]
    assert {look["result"] for look in born["looks"]} == {"found"}
    assert "value" not in str(traced)
    looks = city.verb("ledger", "accesses", "--as", "worker")["accesses"]
    assert [look["actor"]["id"] for look in looks if look["kind"] == "exchange.LineageRead"] == ["steward1"]
    receipt = next(look["body"]["receipt"] for look in looks if look["body"].get("application") == number and look["body"].get("receipt"))
    refused = city.verb("exchange", "pull", "base_population", "name", "--receipt", receipt, code=3)
    assert "已用完" in refused["error"]["text"]["zh"]  # that a register holds a field opens nothing


def test_a_register_is_counted_by_its_agency_and_traced_to_the_services_that_use_it(city: City) -> None:
    [counted] = city.verb("exchange", "measure", "base_population", "--as", "steward1")["registers"]
    name = next(field for field in counted["fields"] if field["field"] == "name")
    assert name["known"] == {"share": 1.0, "bound": ""}
    assert name["coverage"][0]["known"] == name["coverage"][0]["everybody"] == city.what["city"]["people"]
    [born] = city.verb("exchange", "lineage", "base_population.birth_date")["lineage"]
    assert {use["service"] for use in born["uses"]} >= {"no-criminal-record", "old-age-allowance"}


def test_a_service_takes_a_fact_from_a_base_register_and_it_is_traced_both_ways(city: City, elders: list[int]) -> None:
    who = f"p{elders[0]:06d}"
    applied = city.verb("apply", "old-age-allowance", "--as", who, "--yes")
    [born] = [fact for fact in applied["prefilled"] if fact["fact"] == "person.birth_date"]
    assert (born["base"], born["source"], born["agency"]) == ("base_population.birth_date", "population_basic", "population")
    traced = city.verb("exchange", "lineage", "--decision", applied["number"], "--as", "steward1")
    behind = next(each for each in traced["facts"] if each["fact"] == "person.birth_date")
    assert set(behind["base"]) == {"birth_date: agree population_basic.birth_date"}
    assert [(each["at"], each["column"]) for each in behind["columns"]] == [
        ("population_basic", "birth_date"), ("household_registration", "birth_date"),
    ]  # fmt: skip
    assert {look["resource"] for look in behind["looks"]} == {"population_basic", "household_registration"}
    assert set(behind["conditions"]) >= {"P4", "P7"}
    [forth] = city.verb("exchange", "lineage", "household_registration.birth_date")["lineage"]
    use = next(use for use in forth["uses"] if use["service"] == "old-age-allowance")
    assert (forth["field"], use["source"]) == ("base_population.birth_date", "base_population.birth_date")
    assert use["decisions"] >= 1
    looks = city.verb("ledger", "accesses", "--as", who)["accesses"]
    pulled = [look["body"] for look in looks if look["kind"] == "exchange.DataPulled"]
    seen = {f"{body['resource']}.{name}" for body in pulled for name in body["fields"]}
    assert seen >= {"population_basic.birth_date", "household_registration.birth_date"}


def test_two_registers_that_differ_on_a_day_of_birth_send_the_case_to_a_person(city: City, elders: list[int]) -> None:
    with register(city.home, "population") as population:
        change = "UPDATE kept.hukou SET birth_date = birth_date + %s WHERE serial = %s"
        population.execute(change, [1, elders[1]])
        try:
            applied = city.verb("apply", "old-age-allowance", "--as", f"p{elders[1]:06d}", "--yes")
        finally:
            population.execute(change, [-1, elders[1]])
    assert (applied["outcome"], [reason["code"] for reason in applied["reasons"]]) == ("refer", ["OAA-06"])
    assert "person.birth_date" not in {fact["fact"] for fact in applied["prefilled"]}
