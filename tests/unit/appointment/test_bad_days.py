"""Days that go otherwise: given back late, not come, corrected, a clerk who must keep away, a city that grew. All persons are made up."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from datetime import date, timedelta
from types import SimpleNamespace
from typing import Any

import pytest
from django.conf import settings
from django.test import override_settings

from miaopi.apps.appointment.actions.invite import invite
from miaopi.apps.appointment.api import (
    VisitState,
    book_slot,
    cancel_slot,
    find_visit,
    list_day,
    list_slots,
    move_slot,
    read_visit,
    run_due,
    see_paper,
)
from miaopi.apps.appointment.models import Seat, Visit
from miaopi.apps.appointment.queries.visits import unseal_content
from miaopi.apps.approval.api import DecidedCase
from miaopi.apps.audit.api import list_accesses, list_entries
from miaopi.apps.identity.api import Role, add_staff, pseudonym
from miaopi.kernel.calendar import WorkCalendar
from miaopi.kernel.errors import DefinitionError, InputError, NotFound
from miaopi.kernel.wording import Text
from tests.unit.appointment.scene import WORKER, Graduates
from tests.unit.audit.happenings import work
from tests.unit.filing.scene import KEEPER, NOW

LATE = NOW + timedelta(days=85)


def reminders(number: str) -> int:
    return sum(entry.kind == "appointment.VisitReminded" for entry in list_entries(number=number))


def test_a_booking_that_is_given_back_late_is_reminded_after_all(scene: Graduates) -> None:
    case, anna = scene.approve()
    near = NOW + timedelta(days=80)
    run_due(by=WORKER, now=near)
    days = list_slots(number=case.number, reader=anna, now=near).days
    slot = list_slots(number=case.number, reader=anna, now=near, day=max(days)).slots[-1]
    book_slot(number=case.number, slot=slot.id, by=anna, now=near)
    run_due(by=WORKER, now=LATE)
    assert reminders(case.number) == 0
    cancel_slot(number=case.number, by=anna, now=LATE)
    run_due(by=WORKER, now=LATE)
    run_due(by=WORKER, now=LATE)
    assert reminders(case.number) == 1


def test_who_did_not_come_to_her_time_may_take_another(scene: Graduates) -> None:
    case, anna = scene.approve()
    first = scene.slots(case, anna)[0]
    book_slot(number=case.number, slot=first.id, by=anna, now=NOW)
    after = first.ends_at + timedelta(hours=1)
    moved = move_slot(number=case.number, slot=scene.slots(case, anna, now=after)[0].id, by=anna, now=after)
    assert moved.starts_at > after
    assert Seat.objects.filter(number=case.number).count() == 1
    assert Seat.objects.filter(id__startswith=first.id, number=None).exists()


def test_the_first_office_offered_is_the_one_that_the_approval_names(scene: Graduates) -> None:
    named = settings.MIAOPI_CITY.offices[3]
    scene.change("real-estate", "hukou_collective", police_station=named.name.zh)
    case, anna = scene.approve()
    offer = list_slots(number=case.number, reader=anna, now=NOW)
    assert offer.office.id == named.id
    other = next(each for each in offer.offices if each.id != named.id)
    slot = list_slots(number=case.number, reader=anna, now=NOW, office=other.id).slots[-1]
    book_slot(number=case.number, slot=slot.id, by=anna, now=NOW)
    assert list_slots(number=case.number, reader=anna, now=NOW).office.id == other.id


def booked(scene: Graduates) -> tuple[str, Any]:
    case, anna = scene.approve()
    book_slot(number=case.number, slot=scene.slots(case, anna, office="ps-futian")[0].id, by=anna, now=NOW)
    return case.number, anna


def test_a_clerk_serves_neither_herself_nor_persons_close_to_her(scene: Graduates) -> None:
    number, _ = booked(scene)
    close = add_staff(
        staff_id="clerk9", name=Text("演示·亲", "Demo Kin"), role=Role.CLERK, office="ps-futian", queues=(),
        close_to=[scene.people[0].id_number], by=KEEPER, now=NOW,
    ).actor  # fmt: skip
    assert list_day(by=close, now=NOW) == []
    for attempt in (lambda: read_visit(number=number, by=close, now=NOW), lambda: see_paper(number=number, paper=1, by=close, now=NOW)):
        with pytest.raises(NotFound):
            attempt()
    assert [row.number for row in list_day(by=scene.clerk(), now=NOW)] == [number]


def test_each_look_is_an_entry_that_its_person_sees_and_ticking_shows_nothing_of_her(scene: Graduates) -> None:
    number, anna = booked(scene)
    clerk = scene.clerk()
    read_visit(number=number, by=clerk, now=NOW)
    answer = str(see_paper(number=number, paper=1, by=clerk, now=NOW).to_json())
    assert scene.people[0].name not in answer and scene.people[0].id_number not in answer
    work()
    looks = Counter(entry.kind for entry in list_accesses(pseudonym(anna.id), number=number))
    assert looks["appointment.VisitRead"] == 1
    (look,) = [entry for entry in list_accesses(pseudonym(anna.id), number=number) if entry.kind == "appointment.VisitRead"]
    assert (look.actor["id"], look.body["office"], look.body["act"]) == ("clerk1", "ps-futian", "GA-003")


def test_a_corrected_approval_keeps_the_seat_and_takes_the_new_values(scene: Graduates) -> None:
    number, anna = booked(scene)
    row = Visit.objects.get()
    decision: Any = SimpleNamespace(values={**unseal_content(row)["values"], "valid_to": date(2027, 3, 1), "station": "改后派出所"})
    corrected = DecidedCase(
        decision_id="d" * 32, number=number, package=scene.package, service=row.service, version=row.version, applicant=row.party,
        as_of=date(2026, 11, 23), decided_at=NOW, decision=decision, facts={}, replaces="c" * 32,
    )  # fmt: skip
    rule = scene.package.visit
    assert rule is not None
    invite(case=corrected, rule=rule, by=WORKER, now=NOW)
    visit = find_visit(number=number, reader=anna)
    assert visit is not None and visit.appointment is not None
    assert (visit.state, visit.valid_to) == (VisitState.INVITED, date(2027, 3, 1))
    assert unseal_content(Visit.objects.get())["values"]["station"] == "改后派出所"
    with pytest.raises(DefinitionError, match="is no day"):
        invite(case=replace(corrected, decision=SimpleNamespace(values={})), rule=rule, by=WORKER, now=NOW)  # type: ignore[arg-type]  # no day


def test_a_new_office_gets_its_seats_and_a_city_without_one_says_so(scene: Graduates) -> None:
    case, anna = scene.approve()
    city = settings.MIAOPI_CITY
    added = replace(city.offices[0], id="ps-new")
    grown = SimpleNamespace(**{**vars(city), "offices": (*city.offices, added)})
    with override_settings(MIAOPI_CITY=grown):
        assert run_due(by=WORKER, now=NOW) == 0
        assert Seat.objects.filter(office="ps-new").count() == Seat.objects.filter(office=city.offices[0].id).count()
    with (
        override_settings(MIAOPI_CITY=SimpleNamespace(**{**vars(city), "offices": ()})),
        pytest.raises(DefinitionError, match="no office of the kind"),
    ):
        list_slots(number=case.number, reader=anna, now=NOW)


def test_a_year_without_a_calendar_is_loud_and_the_days_before_it_have_seats(scene: Graduates) -> None:
    case, anna = scene.approve()
    calendar = WorkCalendar(frozenset({2026}), {})
    with override_settings(MIAOPI_CITY=SimpleNamespace(**{**vars(settings.MIAOPI_CITY), "calendar": calendar})):
        with pytest.raises(DefinitionError, match="2027"):
            run_due(by=WORKER, now=NOW + timedelta(days=10))
        assert max(list_slots(number=case.number, reader=anna, now=NOW + timedelta(days=10)).days) == date(2026, 12, 31)


def test_a_year_without_a_calendar_is_loud_and_lapses_nothing_less(scene: Graduates) -> None:
    case, anna = scene.approve()
    with pytest.raises(DefinitionError, match="2029"):
        run_due(by=WORKER, now=NOW.replace(year=2028, month=12, day=20))
    visit = find_visit(number=case.number, reader=anna)
    assert visit is not None and visit.state is VisitState.LAPSED
    with pytest.raises(InputError):
        cancel_slot(number=case.number, by=anna, now=NOW.replace(year=2028))
