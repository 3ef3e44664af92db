"""Five hundred people want the last fifty seats, and two the same one in the same millisecond (Show 5). All persons are made up."""

from __future__ import annotations

import threading
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from datetime import date, timedelta

import pytest
from django.db import connection

from miaopi.apps.application.models import Application
from miaopi.apps.application.queries import LETTERS, compute_check_letter
from miaopi.apps.appointment.actions.due import lapse
from miaopi.apps.appointment.api import (
    VisitState,
    book_slot,
    cancel_slot,
    complete_visit,
    list_slots,
    see_paper,
)
from miaopi.apps.appointment.models import Seat, Visit
from miaopi.apps.appointment.queries.visits import seal_content
from miaopi.apps.audit.api import act, list_entries, person
from miaopi.apps.licence.models import Registration
from miaopi.kernel.errors import InputError, NotFound
from tests.unit.appointment.scene import WORKER, Graduates
from tests.unit.filing.scene import NOW

PEOPLE, SEATS, AT_ONCE = 500, 50, 20


def crowd(scene: Graduates) -> list[tuple[str, str]]:
    """Five hundred invited people: number and party. The first is approved by the rules; the others are rows like hers."""
    case, anna = scene.approve()
    model, visit = Application.objects.get(number=case.number), Visit.objects.get()
    found = [(case.number, anna.id)]
    for serial in range(1, PEOPLE):
        body = "20261123-" + "".join(LETTERS[(serial // 23**place) % 23] for place in range(8))
        number, party = body + compute_check_letter(body), f"{serial:032x}"
        model.pk, model.number, model.applicant = number, number, party
        model._state.adding = True
        model.save(force_insert=True)
        visit.pk, visit.number, visit.party = number, number, party
        visit.content = seal_content(visit, {"values": {}, "name": "演示", "id_number": ""})
        visit._state.adding = True
        visit.save(force_insert=True)
        found.append((number, party))
    return found


def leave_free(count: int) -> None:
    """Only so many seats are still there, of the first days."""
    kept = list(Seat.objects.filter(starts_at__gt=NOW).order_by("starts_at", "office", "counter").values_list("id", flat=True)[:count])
    Seat.objects.exclude(id__in=kept).delete()


def come(number: str, party: str) -> str:
    """One person: looks at what is free, takes the first, and tries again while anything is left."""
    try:
        for _ in range(PEOPLE):
            first = list_slots(number=number, reader=person(party), now=NOW)
            offers = [list_slots(number=number, reader=person(party), now=NOW, office=office.id) for office in first.offices]
            free = [slot for offer in offers for slot in offer.slots if slot.free]
            if not free:
                return "full"
            try:
                book_slot(number=number, slot=free[int(party, 16) % len(free)].id, by=person(party), now=NOW)
                return "booked"
            except InputError:  # somebody was quicker; what is still free is looked up again
                continue
        return "lost"
    finally:
        connection.close()


def test_five_hundred_people_book_the_last_fifty_slots(scene: Graduates) -> None:
    people = crowd(scene)
    leave_free(SEATS)
    assert Seat.objects.filter(number=None).count() == SEATS
    with ThreadPoolExecutor(AT_ONCE) as pool:
        ends = Counter(pool.map(lambda each: come(*each), people))
    print(f"{PEOPLE} people, {SEATS} seats: {ends['booked']} booked, {ends['full']} found everything taken")
    assert ends == {"booked": SEATS, "full": PEOPLE - SEATS}
    booked = Counter(Seat.objects.exclude(number=None).values_list("number", flat=True))
    assert len(booked) == SEATS and set(booked.values()) == {1}
    assert sum(entry.kind == "appointment.SlotBooked" for number in booked for entry in list_entries(number=number)) == SEATS


@pytest.mark.parametrize("turn", range(5))
def test_of_two_in_the_same_moment_one_has_the_seat(scene: Graduates, turn: int) -> None:
    (case, anna), (other, ben) = scene.approve(0), scene.approve(1)
    leave_free(1)
    slot = scene.slots(case, anna)[0].id
    barrier = threading.Barrier(2)

    def book(number: str, who: object) -> object:
        try:
            barrier.wait()
            return book_slot(number=number, slot=slot, by=who, now=NOW)  # type: ignore[arg-type]  # an actor
        except InputError as error:
            return error
        finally:
            connection.close()

    with ThreadPoolExecutor(2) as pool:
        given = list(pool.map(book, (case.number, other.number), (anna, ben)))
    assert sorted(isinstance(each, InputError) for each in given) == [False, True]
    assert Seat.objects.exclude(number=None).count() == 1


@pytest.mark.parametrize("turn", range(5))
def test_a_visit_is_done_or_lapses_and_never_both(scene: Graduates, turn: int) -> None:
    case, anna = scene.approve()
    clerk = scene.clerk()
    book_slot(number=case.number, slot=scene.slots(case, anna, office="ps-futian")[0].id, by=anna, now=NOW)
    for paper in (1, 2):
        see_paper(number=case.number, paper=paper, by=clerk, now=NOW)
    last_day, day_after = NOW + timedelta(days=90), NOW + timedelta(days=91)
    assert Visit.objects.get().valid_to == date(2026, 11, 23) + timedelta(days=90)
    barrier = threading.Barrier(2)

    def race(does: object) -> object:
        try:
            barrier.wait()
            return does()  # type: ignore[operator]  # one of the two below
        except Exception as error:  # either side may lose, and says how
            return error
        finally:
            connection.close()

    with ThreadPoolExecutor(2) as pool:
        list(pool.map(race, (
            lambda: complete_visit(number=case.number, by=clerk, now=last_day),
            lambda: lapse(number=case.number, by=WORKER, now=day_after),
        )))  # fmt: skip
    state = Visit.objects.get().state
    kinds = [entry.kind.partition(".")[2] for entry in list_entries(number=case.number)]
    assert [kinds.count("VisitCompleted"), kinds.count("VisitLapsed")] == ([1, 0] if state == VisitState.DONE.value else [0, 1])
    assert {each.moment for each in Registration.objects.all()} == {"approve", "visit" if state == VisitState.DONE.value else "lapse"}


def test_a_seat_that_is_given_back_meanwhile_completes_nothing(scene: Graduates) -> None:
    case, anna = scene.approve()
    clerk = scene.clerk()
    book_slot(number=case.number, slot=scene.slots(case, anna, office="ps-futian")[0].id, by=anna, now=NOW)
    for paper in (1, 2):
        see_paper(number=case.number, paper=paper, by=clerk, now=NOW)

    def complete() -> object:
        try:
            return complete_visit(number=case.number, by=clerk, now=NOW)
        except NotFound as error:
            return error
        finally:
            connection.close()

    with ThreadPoolExecutor(1) as pool:
        with act(by=anna, now=NOW), connection.cursor() as cursor:
            cancel_slot(number=case.number, by=anna, now=NOW)
            completing = pool.submit(complete)  # it saw the seat, and waits for the visit
            waits = False
            while not waits and not completing.done():
                cursor.execute("SELECT pg_stat_clear_snapshot()")  # what a transaction saw of the others once, it would see for ever
                cursor.execute("SELECT count(*) > 0 FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'")
                (waits,) = cursor.fetchone()
        assert isinstance(completing.result(), NotFound)
    assert Visit.objects.get().state == VisitState.INVITED.value
