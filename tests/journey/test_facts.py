"""Every prefilled value is what its agency keeps at that moment (Show 2)."""

from __future__ import annotations

import random
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest

from tests.journey.cities import City
from tests.journey.registers import account_of, clean_residents, record_of, register

FIELDS = {
    "person.name": ("population_basic", "name"),
    "person.birth_date": ("population_basic", "birth_date"),
    "person.life_status": ("population_basic", "life_status"),
    "person.identity_count": ("population_basic", "identity_count"),
    "person.identities_consistent": ("population_basic", "identities_consistent"),
    "hukou.region_code": ("household_registration", "hukou_region_code"),
    "hukou.police_station": ("household_registration", "police_station"),
    "permit.endorsed_to": ("residence_permit", "endorsed_to"),
    "permit.status": ("residence_permit", "status"),
    "residence.since": ("residence_registration", "move_in_on"),
    "residence.address": ("residence_registration", "residence_address"),
    "residence.police_station": ("residence_registration", "police_station"),
}
ACCOUNT = {"account.name": "name", "account.id_number": "id_number", "account.mobile": "mobile", "account.document_type": "document_type"}
OURS = {"applicant.kind", "applicant.is_subject", "mandate.is_valid", "account.assurance_level", "criminal.condition_met"}


def as_told(value: object) -> object:
    """A value of a register as the result of `apply` writes it."""
    return value.isoformat() if isinstance(value, date) else value


def apply(city: City, serial: int) -> dict[str, Any]:
    return city.verb("apply", "no-criminal-record", "--as", f"p{serial:06d}", "--set", "purpose=notary", "--yes")


def told(application: dict[str, Any]) -> dict[str, Any]:
    return {fact["fact"]: fact["value"] for fact in application["prefilled"]}


@pytest.mark.parametrize("hukou_elsewhere", [True, False])
def test_prefilled_values_are_those_of_the_registers(city: City, hukou_elsewhere: bool) -> None:
    """Two persons drawn at random, one with her hukou here and one without; the seed is printed when it fails."""
    draw = random.randrange(10**6)
    [serial] = clean_residents(city.home, random.Random(draw), 1, hukou_elsewhere=hukou_elsewhere)
    application = apply(city, serial)
    assert application["outcome"] == "approve", f"draw {draw}: {application['reasons']}"
    prefilled, account = told(application), account_of(city.home, serial)
    for name, value in prefilled.items():
        if name in FIELDS:
            resource, field = FIELDS[name]
            assert value == as_told(record_of(city.home, resource, account["id_number"])[field]), f"draw {draw}: {name}"
        elif name in ACCOUNT:
            assert value == account[ACCOUNT[name]], f"draw {draw}: {name}"
        else:
            assert name in OURS, f"draw {draw}: where does {name} come from?"
    assert prefilled["criminal.condition_met"] == "true"
    asked = {fact["source"] for fact in application["prefilled"]}
    assert ("residence_registration" in asked) is hukou_elsewhere  # nobody looks where the rules need nothing


def test_a_changed_row_is_in_the_next_application(city: City) -> None:
    [serial] = clean_residents(city.home, random.Random(7), 1, hukou_elsewhere=True)
    number = account_of(city.home, serial)["id_number"]
    before = told(apply(city, serial))
    endorsed = date.fromisoformat(before["permit.endorsed_to"]) + timedelta(days=31)
    with register(city.home, "population") as population, register(city.home, "residence") as residence:
        population.execute("UPDATE kept.hukou SET police_station = '测试派出所' WHERE serial = %s", [serial])
        residence.execute("UPDATE permits SET endorsed_to = %s WHERE id_number = %s", [endorsed, number])
        residence.execute("UPDATE registrations SET residence_address = '测试路1号' WHERE id_number = %s", [number])
    after = told(apply(city, serial))
    assert after["hukou.police_station"] == "测试派出所" != before["hukou.police_station"]
    assert after["permit.endorsed_to"] == endorsed.isoformat()
    assert after["residence.address"] == "测试路1号"


def test_a_death_registered_after_the_draft_is_seen_at_confirm(city: City, tmp_path: Path) -> None:
    """The life status is read again when the applicant confirms: what was true in the draft approves nobody."""
    [serial] = clean_residents(city.home, random.Random(8), 1, hukou_elsewhere=False)
    with register(city.home, "population") as population:
        population.execute("UPDATE kept.people SET life_status = '死亡' WHERE serial = %s", [serial])
    application = apply(city, serial)
    assert application["outcome"] == "refer"
    assert [reason["code"] for reason in application["reasons"]] == ["IDN-03"]
    assert application["licence"] is None
