"""What agencies write into their own registers: noted with what it follows from, written once, never lost. All persons are made up."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from django.test import override_settings

from miaopi.apps.appointment.api import book_slot, complete_visit, list_slots, see_paper
from miaopi.apps.audit.api import Actor, list_entries
from miaopi.apps.licence.api import find_licence, list_registrations, register_due
from miaopi.apps.licence.models import Registration as Row
from miaopi.kernel.errors import NotFound, RightsError
from tests.unit.appointment.scene import WORKER, Graduates
from tests.unit.filing.scene import NOW

SOON, LATER = NOW + timedelta(seconds=40), NOW + timedelta(minutes=5)


@pytest.fixture
def scene(database: str, tmp_path: Path) -> Iterator[Graduates]:
    built = Graduates(tmp_path)
    with override_settings(**built.settings):
        built.open()
        yield built


def push(now: datetime = NOW) -> int:
    return register_due(by=WORKER, now=now)


def come(scene: Graduates, number: str, anna: Actor) -> None:
    """She comes, both originals are seen, the visit is completed."""
    clerk = scene.clerk()
    offer = list_slots(number=number, reader=anna, now=NOW, office="ps-futian")
    book_slot(number=number, slot=next(slot.id for slot in offer.slots if slot.free), by=anna, now=NOW)
    for paper in (1, 2):
        see_paper(number=number, paper=paper, by=clerk, now=NOW)
    complete_visit(number=number, by=clerk, now=NOW)


def states(number: str, anna: Actor) -> dict[tuple[str, str], str]:
    return {(each.act, each.moment): each.state for each in list_registrations(number=number, reader=anna)}


def told(number: str, kind: str) -> int:
    return sum(entry.kind == f"licence.{kind}" for entry in list_entries(number=number))


def test_an_approval_is_due_at_its_register_until_that_has_it(scene: Graduates) -> None:
    case, anna = scene.approve()
    assert states(case.number, anna) == {("RS-001", "approve"): "due"}
    assert push() == 1
    assert push() == 0
    (done,) = list_registrations(number=case.number, reader=anna)
    assert (done.state, done.reference, done.attempts) == ("done", f"fake-{case.number}-RS-001-approve", 1)
    (record,) = scene.desk("hr").taken.values()
    assert record.values["case_no"] == case.number
    assert (record.values["status"], record.values["approved_on"]) == ("已核准", "2026-11-23")
    assert told(case.number, "RegistrationDone") == 1
    assert case.number.encode() not in bytes(Row.objects.get().content)


def test_an_agency_that_is_down_is_asked_again_and_has_it_once(scene: Graduates) -> None:
    case, anna = scene.approve()
    scene.desk("hr").set_mode("down")
    assert push() == 0
    assert push(NOW + timedelta(seconds=1)) == 0
    assert Row.objects.get().attempts == 1
    scene.desk("hr").set_mode("lost")
    assert push(SOON) == 0
    assert len(scene.desk("hr").taken) == 1
    scene.desk("hr").set_mode("up")
    assert push(LATER) == 1
    assert len(scene.desk("hr").taken) == 1
    assert states(case.number, anna) == {("RS-001", "approve"): "done"}
    assert told(case.number, "RegistrationDone") == 1


def test_a_register_that_is_silent_keeps_no_other_waiting(scene: Graduates) -> None:
    (first, anna), (second, ben), (third, cara) = scene.approve(0), scene.approve(1), scene.approve(2)
    come(scene, first.number, anna)
    scene.desk("hr").set_mode("down")
    assert push() == 1
    assert states(first.number, anna)[("GA-003", "visit")] == "done"
    assert sum(row.attempts for row in Row.objects.filter(resource="talent_introduction")) == 1
    scene.desk("hr").set_mode("up")
    assert push(LATER) == 3
    assert {states(*each)[("RS-001", "approve")] for each in ((first.number, anna), (second.number, ben), (third.number, cara))} == {"done"}


def test_what_came_later_never_overtakes_what_came_first(scene: Graduates) -> None:
    case, anna = scene.approve()
    scene.desk("hr").set_mode("down")
    come(scene, case.number, anna)
    push()
    scene.desk("hr").set_mode("up")
    assert push(LATER) == 1
    assert states(case.number, anna)[("RS-001", "visit")] == "due"
    assert push(LATER) == 1
    assert [record.values["status"] for record in scene.desk("hr").taken.values()] == ["已核准", "已用"]


def test_an_act_that_is_refused_is_shown_and_not_tried_for_ever(scene: Graduates) -> None:
    case, anna = scene.approve()
    scene.desk("hr").refuse("no_such_person")
    assert push() == 0
    assert push(LATER) == 0
    (refused,) = list_registrations(number=case.number, reader=anna)
    assert (refused.state, refused.refusal, refused.attempts) == ("refused", "no_such_person", 1)
    assert told(case.number, "RegistrationRefused") == 1


def test_the_licence_says_that_the_act_is_done_only_once_the_register_has_it(scene: Graduates) -> None:
    case, anna = scene.approve()
    come(scene, case.number, anna)
    scene.desk("population").set_mode("down")
    push()
    before = find_licence(number=case.number, reader=anna, now=NOW)
    assert before is not None
    assert not any("2026" in line.zh and "入户" in line.zh for line in before.lines)
    scene.desk("population").set_mode("up")
    push(LATER)
    after = find_licence(number=case.number, reader=anna, now=LATER)
    assert after is not None
    assert any(line.zh.startswith("人才引进入户") for line in after.lines)
    (record,) = scene.desk("population").taken.values()
    assert (record.values["hukou_region_code"], record.values["registered_on"]) == ("440304", "2026-11-23")


def test_only_its_own_applicant_sees_the_state_and_only_the_system_pushes(scene: Graduates) -> None:
    (case, anna), (_, ben) = scene.approve(0), scene.approve(1)
    with pytest.raises(NotFound):
        list_registrations(number=case.number, reader=ben)
    with pytest.raises(RightsError):
        register_due(by=anna, now=NOW)
    shown = [each.to_json() for each in list_registrations(number=case.number, reader=anna)]
    assert [(each["act"], each["state"]) for each in shown] == [("RS-001", "due")]
