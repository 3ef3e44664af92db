"""A source that only fills a field stops nobody: while it is silent the field is hers to type. All persons are made up."""

from __future__ import annotations

import shutil
from datetime import timedelta
from pathlib import Path

import pytest

from miaopi.apps.application.api import Application
from miaopi.apps.approval.api import retry_waiting
from miaopi.apps.filing.api import Draft, enter, get_draft
from miaopi.apps.filing.queries.draft import find_open_fields
from miaopi.kernel.decision import Definition
from miaopi.kernel.errors import InputError
from miaopi.kernel.fact import Doubt, Known, Unknown
from tests.unit.filing.scene import NOW, ROOT, SERVICE, TYPED, Scene

STREET = """
residence.street:
  type: string
  label: {zh: 居住地编码, en: Code of the dwelling}
  privacy: personal
  source: residence_registration.address_code
  ground: consent
  form: true
"""
AT = NOW + timedelta(seconds=2)
LATER = AT + timedelta(minutes=20)
ENTERED = {**TYPED, "residence.street": "演示街道"}


@pytest.fixture
def city(scene: Scene, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Scene:
    """The service with one field more, which an agency fills that this applicant's conditions do not need."""
    folder = tmp_path / "services" / SERVICE
    shutil.copytree(ROOT / "services" / SERVICE, folder)
    with (folder / "facts.yaml").open("a", encoding="utf-8") as facts:
        facts.write(STREET)
    monkeypatch.setenv("MIAOPI_SERVICES", str(folder.parent))
    scene.rows["residence"]["residence_registration"] = [{"id_number": "11010519491231002X", "address_code": "440304001"}]
    scene.publish()
    scene.put_in_force(scene.package, now=NOW + timedelta(seconds=1))
    return scene


def drafted(city: Scene) -> Application:
    return city.draft(now=AT)


def missing(city: Scene, case: Application) -> tuple[str, ...]:
    return get_draft(number=case.number, reader=city.anna, now=AT).missing


def test_a_field_of_a_silent_source_is_asked_of_her_and_what_she_types_is_filed(city: Scene) -> None:
    city.set_mode("residence", "down")
    case = drafted(city)
    assert "residence.street" in missing(city, case)
    with pytest.raises(InputError) as caught:
        city.confirm(case, now=AT)
    assert caught.value.field == "residence.street"
    city.confirm(case, entered=ENTERED, now=AT)
    result = city.result(case, now=AT)
    assert result.outcome == "approve"
    assert "residence.street" in result.typed


def test_a_field_that_its_source_fills_stays_locked(city: Scene) -> None:
    case = drafted(city)
    assert missing(city, case) == ("purpose",)
    with pytest.raises(InputError) as caught:
        city.confirm(case, entered=ENTERED, now=AT)
    assert caught.value.field == "residence.street"


def test_the_source_has_the_last_word_when_it_speaks_before_she_confirms(city: Scene) -> None:
    city.set_mode("residence", "down")
    case = drafted(city)
    enter(number=case.number, values={"residence.street": "演示街道"}, by=city.anna, now=AT)
    city.set_mode("residence", "up")
    city.confirm(case, now=LATER)
    result = city.result(case, now=LATER)
    assert result.outcome == "approve"
    assert "residence.street" not in result.typed
    assert {each.fact: each.value for each in result.prefilled}["residence.street"] == "440304001"


def test_a_fact_that_a_condition_needs_is_never_hers_to_type(city: Scene) -> None:
    city.set_mode("population", "down")
    case = drafted(city)
    assert "person.name" not in missing(city, case)
    with pytest.raises(InputError) as caught:
        city.confirm(case, entered={**TYPED, "person.name": "演示·安娜"}, now=AT)
    assert caught.value.field == "person.name"
    city.confirm(case, now=AT)
    assert city.result(case, now=AT).outcome == "wait"


def test_a_source_that_keeps_a_rule_waiting_fills_its_other_fields_when_it_returns(city: Scene) -> None:
    city.change("population", "household_registration", hukou_region_code="110101")
    city.rows["residence"]["residence_permit"] = [
        {"id_number": "11010519491231002X", "permit_no": "1", "valid_from": "2026-01-01", "endorsed_to": "2027-06-01", "status": "有效"}
    ]
    city.rows["residence"]["residence_registration"][0].update(
        residence_address="演示路2号", police_station="演示派出所", move_in_on="2025-01-01", move_out_on=None
    )
    city.set_mode("residence", "down")
    case = drafted(city)
    assert "residence.street" not in missing(city, case)
    city.confirm(case, now=AT)
    assert city.result(case, now=AT).outcome == "wait"
    city.set_mode("residence", "up")
    assert retry_waiting(now=AT + timedelta(minutes=1)) == 1
    assert city.result(case, now=AT).outcome == "approve"


@pytest.mark.parametrize("doubt", [Doubt.UNAVAILABLE, Doubt.UNPROVEN, Doubt.CONFLICT])
def test_whatever_its_source_could_not_say_is_open_and_what_an_outcome_repeats_is_not(city: Scene, doubt: Doubt) -> None:
    definition: Definition = city.package.definition
    unknown = Unknown(doubt, "residence_registration")
    assert find_open_fields(definition, Draft({"residence.street": unknown})) == {"residence.street"}
    assert not find_open_fields(definition, Draft({"residence.street": unknown, "residence.police_station": unknown}))
    assert not find_open_fields(definition, Draft({"hukou.police_station": Unknown(doubt, "household_registration")}))
    assert not find_open_fields(definition, Draft({"residence.street": Known("440304001", "residence_registration", NOW)}))
