"""What a hundred resources hold is drawn from tables: it agrees from agency to agency, and goes wrong as often as is declared."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from datetime import date
from functools import lru_cache
from random import Random
from typing import Any

import pytest

from demo_city.kept.drawing import make_column
from demo_city.kept.faults import KINDS, OUTLIVED
from demo_city.kept.spec import TENANTS, Column, all_kept
from demo_city.kept.subjects import know_everything
from demo_city.kept.tables import kept_registers
from demo_city.personas import find_personas
from demo_city.population.generate import generate
from demo_city.population.people import Population, age_on
from demo_city.population.registers import digest
from demo_city.population.tables import Table, read_table
from miaopi.config.environment import ROOT
from tests.unit.demo_city.conftest import DAY

pytestmark = pytest.mark.xdist_group("kept registers")
Row = dict[str, Any]


@lru_cache(maxsize=1)
def city() -> Population:
    return generate(people=4000, seed=2, day=DAY)


@lru_cache(maxsize=1)
def tables() -> dict[str, Table]:
    return {table.name: table for table in kept_registers(city())}


def rows(resource: str) -> Iterator[Row]:
    table = tables()[resource]
    return (dict(zip(table.columns, row, strict=True)) for row in table.rows)


def column(resource: str, name: str) -> list[Any]:
    return [row[name] for row in rows(resource)]


def is_mostly(truths: Iterator[bool]) -> bool:
    """But for the faults that are declared: at most two of a hundred."""
    told = list(truths)
    return bool(told) and sum(told) / len(told) >= 0.98


def test_every_resource_has_rows_and_every_tenant_a_resource() -> None:
    assert [name for name, table in tables().items() if not table.rows] == []
    assert set(TENANTS) <= {kept.agency for kept in all_kept().values()}


def test_the_same_city_keeps_the_same_rows() -> None:
    small = [digest(list(kept_registers(generate(people=300, seed=5, day=DAY)))) for _ in range(2)]
    assert small[0] == small[1]


def test_employers_are_on_the_registers_of_bodies() -> None:
    known = set(column("market_entity", "uscc")) | set(column("social_organisation", "uscc"))
    firms = {unit.uscc for unit in city().units if unit.uscc.startswith("31")}  # of lawyers: on that of the justice bureau
    for resource in ("employment_registration", "housing_fund_account", "social_insurance_months"):
        assert is_mostly(uscc in known | firms for uscc in column(resource, "employer_uscc")), resource
    assert set(column("taxpayer", "uscc")) <= known


def test_who_is_paid_a_pension_is_old_and_neither_works_nor_is_unemployed() -> None:
    ages = {person.id_number: age_on(person.birth_date, DAY) for person in city().people}
    pensioners = set(column("pension_benefit", "id_number"))
    assert all(ages[number] >= 60 for number in pensioners)
    assert not pensioners & (set(column("unemployment_registration", "id_number")) | set(column("employment_registration", "id_number")))
    assert not set(column("unemployment_registration", "id_number")) & set(column("employment_registration", "id_number"))


def test_children_go_to_school_and_grown_people_do_not() -> None:
    ages = {person.id_number: age_on(person.birth_date, DAY) for person in city().people}
    assert all(6 <= ages[number] <= 17 for number in column("school_roll", "id_number"))
    assert not set(column("school_roll", "id_number")) & set(column("driving_licence", "id_number"))
    assert all(ages[number] < 7 for number in column("vaccination", "id_number"))


def test_both_sides_of_a_marriage_tell_the_same() -> None:
    told = {row["id_number"]: row for row in rows("marriage") if row["status"] == "已婚"}
    pairs = [(row, told[row["spouse_id"]]) for row in told.values() if row["spouse_id"] in told]
    assert len(pairs) > 0.97 * len(told)
    assert all(one["certificate_no"] == other["certificate_no"] for one, other in pairs)
    assert is_mostly(one["registered_on"] == other["registered_on"] for one, other in pairs)


def test_parents_on_a_birth_certificate_are_those_of_the_household_register() -> None:
    people = {person.id_number: person for person in city().people}
    for row in rows("birth_certificate"):
        assert row["father_id"] is None or row["parent_id_number"] in {row["mother_id"], row["father_id"]}
        assert people[row["mother_id"]].sex == "女"


def test_one_parent_claims_for_a_child_and_nobody_worked_for_a_firm_before_it_was_founded() -> None:
    children = column("child_subsidy_ledger", "child_id")
    assert children and len(set(children)) == len(children)
    founded = dict(zip(column("market_entity", "uscc"), column("market_entity", "established_on"), strict=True))
    contracts = [row for row in rows("employment_registration") if row["employer_uscc"] in founded]
    assert is_mostly(founded[row["employer_uscc"]] < row["contract_from"] for row in contracts)


def test_cars_belong_to_drivers_and_are_told_alike_by_police_insurers_and_tax() -> None:
    cars = {row["vin"]: row for row in rows("vehicle_registration")}
    drivers = set(column("driving_licence", "id_number"))
    assert {row["owner_id"] for row in cars.values()} <= drivers
    insured = list(rows("compulsory_vehicle_insurance"))
    assert is_mostly(row["vin"] in cars and cars[row["vin"]]["plate_no"] == row["plate_no"] for row in insured)
    points = dict(zip(column("driver_points_cycle", "id_number"), column("driver_points_cycle", "points_total"), strict=True))
    assert all(points[row["id_number"]] == row["points"] for row in rows("traffic_violation"))
    assert set(column("ride_vehicle_permit", "owner_id")) <= set(column("vehicle_registration", "owner_id"))


def test_addresses_are_those_of_the_address_register_with_the_codes_of_real_subdistricts() -> None:
    known, streets = set(column("standard_address", "address_code")), {row["code"] for row in read_table("streets")}
    assert {code[:9] for code in known} <= streets
    for resource in ("water_account", "electricity_account", "lease_registration"):
        name = "house_code" if resource == "lease_registration" else "address_code"
        living = {person.id_number for person in city().people if person.is_alive}
        key = all_kept()[resource].key
        assert {row[name] for row in rows(resource) if row[key] in living} <= known | {None}


def test_what_befell_a_firm_is_told_alike_by_every_agency() -> None:
    status = dict(zip(column("market_entity", "uscc"), column("market_entity", "status"), strict=True))
    assert {status[uscc] for uscc in column("tax_clearance", "uscc")} == {"注销"}
    owing = set(column("tax_arrears", "uscc"))
    assert owing and all(row["abnormal"] is (row["uscc"] in owing) for row in rows("taxpayer"))
    assert set(column("serious_violation", "uscc")) <= set(column("administrative_penalty", "uscc"))


def test_the_people_who_can_be_played_have_what_they_are_played_for() -> None:
    numbers = {found.persona.code: found.person.id_number for found in find_personas(city())}
    assert numbers["shopkeeper"] in column("market_entity", "legal_rep_id_number")
    assert numbers["driver"] in column("driving_licence", "id_number")


def test_each_declared_fault_occurs_about_as_often_as_it_says() -> None:
    dead = {person.id_number for person in city().people if not person.is_alive}
    found: Counter[str] = Counter()
    for fault in read_table("faults"):
        resource, kind, rate = fault["resource"], fault["kind"], float(fault["rate"])
        assert kind in {*KINDS, OUTLIVED} and 0 < rate < 0.5 and resource in all_kept() and fault["zh"]
        key, told = all_kept()[resource].key, list(rows(resource))
        if kind == OUTLIVED:
            found[kind] += sum(row[key] in dead for row in told)
        elif kind == "missing" and all_kept()[resource].types[fault["column"]]:
            found[kind] += sum(row[fault["column"]] is None for row in told)
    assert found[OUTLIVED] > 20 and found["missing"] > 20
    held = Counter(column("medical_insurance", "id_number"))
    assert 0.0005 < sum(many > 1 for many in held.values()) / len(held) < 0.01  # declared: 0.003
    outliving = {row["id_number"] for row in rows("social_security_card")} & dead
    assert 0.1 < len(outliving) / len(dead) < 0.4  # declared: 0.25
    born: dict[str, set[date]] = {}
    for person in city().people:
        born.setdefault(person.name, set()).add(person.birth_date)
    wrong = sum(row["birth_date"] not in born[row["child_name"]] for row in rows("birth_certificate"))
    assert 1 <= wrong < 0.012 * len(tables()["birth_certificate"].rows)  # declared: 0.004


@pytest.mark.parametrize(
    ("how", "what", "value"),
    [
        ("filled", "seen 有|无", "有"), ("band", "many 5:少|9:多", "多"), ("years", "seen 2", date(2027, 2, 28)),
        ("text", "N{many:03d}", "N007"),
        ("state", "seen 有效|过期", "过期"), ("after", "nothing 1..2", None), ("part", "many 1..1", 7),
    ],
)  # fmt: skip
def test_a_verb_says_what_its_words_mean(how: str, what: str, value: object) -> None:
    say = make_column(Column("x", "text", 1, how, what), DAY)
    assert say(Random(1), {"seen": date(2025, 2, 28), "many": 7, "nothing": None}) == value


def test_every_name_that_a_column_may_use_is_listed() -> None:
    text = (ROOT / "demo_city/data/README.md").read_text(encoding="utf-8")
    listed = set(re.findall(r"`([a-z_]+)`", text.partition("## Names")[2]))
    known = {name for subjects in know_everything(city()).values() for name in subjects[0]}
    assert known <= listed


def test_words_that_no_verb_understands_are_named() -> None:
    for how, what in (("guess", "1"), ("ago", "soon"), ("one_of", "有效")):
        with pytest.raises(ValueError, match=f"x: {how}"):
            make_column(Column("x", "text", 1, how, what), DAY)
