"""Systems of an agency report a correction, and read what it would touch and what it did. All persons are made up."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from miaopi.apps.audit.api import Actor, list_accesses, sequence
from miaopi.apps.exchange.api import list_corrections
from miaopi.apps.exchange.models import Correction
from miaopi.apps.identity.api import pseudonym
from tests.unit.approval.test_corrections import HUKOU, hear, steward
from tests.unit.exchange.entries import entries
from tests.unit.filing.scene import ANNA, BEN, NOW, Scene
from tests.unit.portal.stewards import key_of
from tests.unit.rest.calling import Program, refused

FIELD = "hukou_region_code"
BODY = {"resource": HUKOU, "fields": [FIELD], "subject": {"id_number": ANNA.id_number}}
ADDRESS = "/exchange/corrections"


@pytest.fixture
def keeper(scene: Scene) -> Actor:
    return steward("population")


def system_of(member: Actor) -> Program:
    """A system of the agency of this steward, with a key."""
    program = Program()
    program.headers["Authorization"] = f"Bearer {key_of(member)}"
    return program


def redirected(scene: Scene) -> Any:
    """A case that a wrong record has sent elsewhere; the agency has corrected its register since."""
    scene.change("population", HUKOU, hukou_region_code="450103")
    case = scene.draft()
    scene.confirm(case)
    scene.change("population", HUKOU, hukou_region_code="440305")
    return case


def looks(scene: Scene) -> list[str]:
    sequence()
    return [each.kind for each in list_accesses(pseudonym(scene.anna.id))]


def test_a_system_sees_what_it_would_touch_reports_it_once_and_follows_it(scene: Scene, keeper: Actor) -> None:
    case, program = redirected(scene), system_of(keeper)
    seen = program.send(f"{ADDRESS}/foresee", BODY)
    assert (seen.status_code, seen.json()) == (200, {
        "resource": HUKOU, "fields": [FIELD], "agency": "population", "decisions": 1, "touched": 1, "services": {"no-criminal-record": 1},
        "fates": {"again": 1, "person": 0, "waiting": 0, "open": 0, "untouched": 0, "ended": 0},
    })  # fmt: skip
    assert list_corrections(agency="population") == []
    made = program.send(ADDRESS, BODY, key="k1")
    again = program.send(ADDRESS, BODY, key="k1")
    assert (made.status_code, made.json()["state"]) == (201, "noting")
    assert (again.json(), again.headers["Idempotency-Replayed"]) == (made.json(), "true")
    refused(program.send(ADDRESS, {**BODY, "fields": []}, key="k1"), 409)
    hear(NOW)
    told = program.ask(f"{ADDRESS}/{made.json()['correction']}").json()
    assert (told["state"], told["decisions"]["changed"], told["told"]) == ("done", 1, 1)
    assert (told["compared"], told["same_said"], told["services"]) == (1, 0, {"no-criminal-record": 1})
    (line,) = Program(keeper).ask(ADDRESS).json()["corrections"]
    assert line == {name: told[name] for name in line}
    assert scene.result(case).outcome == "approve"
    for answer in (seen, made, program.ask(f"{ADDRESS}/{line['correction']}"), program.ask(ADDRESS)):
        assert ANNA.id_number not in answer.content.decode() and case.number not in answer.content.decode()


def test_each_look_and_the_report_are_entries_of_who_did_it(scene: Scene, keeper: Actor) -> None:
    redirected(scene)
    program = system_of(keeper)
    program.send(f"{ADDRESS}/foresee", BODY)
    made = program.send(ADDRESS, BODY).json()["correction"]
    Program(keeper).ask(f"{ADDRESS}/{made}")
    assert looks(scene).count("approval.ImpactRead") == 2
    (entry,) = entries("RecordCorrected", subject=scene.anna.id)
    assert (entry["correction"], entry["agency"], entry["fields"]) == (made, "population", [FIELD])
    assert Correction.objects.get(id=made).reported_by == "agency/population"


def test_another_agency_a_citizen_and_an_officer_get_the_usual_refusals(scene: Scene, keeper: Actor) -> None:
    from tests.unit.approval.office import officer

    redirected(scene)
    made = Program(keeper).send(ADDRESS, BODY).json()["correction"]
    other, before = steward("criminal"), looks(scene)
    for stranger in (Program(other), system_of(other)):
        refused(stranger.send(ADDRESS, BODY), 403)
        refused(stranger.send(f"{ADDRESS}/foresee", BODY), 403)
        refused(stranger.ask(f"{ADDRESS}/{made}"), 404)
        assert stranger.ask(ADDRESS).json() == {"corrections": [], "next": None}
    for nobody in (Program(scene.anna), Program(officer())):
        refused(nobody.send(ADDRESS, BODY), 403)
        refused(nobody.send(f"{ADDRESS}/foresee", BODY), 403)
        refused(nobody.ask(ADDRESS), 403)
    refused(Program().ask(ADDRESS), 401)
    assert looks(scene) == before
    assert len(list_corrections(agency="population")) == 1


WRONG: list[tuple[dict[str, Any], int, str, str]] = [
    ({"subject": {"id_number": "110105194912310021"}}, 422, "subject.id_number", "check character"),
    ({"subject": {"id_number": BEN.id_number}}, 422, "subject.id_number", "no account"),
    ({"fields": ["nothing"]}, 422, "fields", "no field nothing"),
    ({"surplus": 1}, 422, "surplus", "no such name"),
]


def test_a_mistake_is_told_by_field_rule_and_remedy_and_no_number_comes_back(scene: Scene, keeper: Actor) -> None:
    program = system_of(keeper)
    for wrong, status, field, rule in WRONG:
        for address in (ADDRESS, f"{ADDRESS}/foresee"):
            answer = program.send(address, {**BODY, **wrong})
            told = refused(answer, status)
            assert told["field"] == field and rule in told["rule"] and told["remedy"], wrong
            assert "1101051949" not in answer.content.decode() and BEN.id_number not in answer.content.decode()
    refused(program.send(ADDRESS, {**BODY, "resource": "no_such"}), 404)
    refused(program.ask(f"{ADDRESS}/{'0' * 32}"), 404)
    refused(program.ask(ADDRESS, cursor="nonsense"), 422)
    assert list_corrections(agency="population") == []


def test_a_record_that_no_decision_used_is_done_at_once(scene: Scene, keeper: Actor) -> None:
    program = system_of(keeper)
    assert program.send(f"{ADDRESS}/foresee", BODY).json()["decisions"] == 0
    assert program.send(ADDRESS, BODY).json()["state"] == "unused"


def test_a_source_that_still_says_the_old_value_and_one_that_is_silent_are_told(scene: Scene, keeper: Actor) -> None:
    case = scene.draft()
    scene.confirm(case)
    program = system_of(keeper)
    first = program.send(ADDRESS, BODY).json()["correction"]
    hear(NOW)
    told = program.ask(f"{ADDRESS}/{first}").json()
    assert (told["decisions"]["unchanged"], told["compared"], told["same_said"], told["told"]) == (1, 1, 1, 0)
    scene.set_mode("population", "down")
    second = program.send(ADDRESS, BODY).json()["correction"]
    hear(NOW)
    waits = program.ask(f"{ADDRESS}/{second}").json()
    assert (waits["state"], waits["decisions"]["due"], waits["attempts"]) == ("running", 1, 1)
    assert waits["next_at"] is not None


def test_corrections_are_listed_page_by_page_the_newest_first(scene: Scene, keeper: Actor, monkeypatch: pytest.MonkeyPatch) -> None:
    program, made = system_of(keeper), []
    for minutes in range(3):
        monkeypatch.setenv("MIAOPI_CLOCK", (NOW + timedelta(minutes=minutes)).isoformat())
        made.append(program.send(ADDRESS, BODY).json()["correction"])
    first = program.ask(ADDRESS, limit="2").json()
    rest = program.ask(ADDRESS, limit="2", cursor=first["next"]).json()
    assert [each["correction"] for each in (*first["corrections"], *rest["corrections"])] == made[::-1]
    assert rest["next"] is None
