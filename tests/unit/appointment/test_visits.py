"""From the approval to the counter: booked, moved, seen, done, or lapsed – one end, and nothing in between. All persons are made up."""

from __future__ import annotations

from datetime import date, datetime, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from miaopi.apps.appointment.actions.due import lapse
from miaopi.apps.appointment.api import (
    VisitState,
    book_slot,
    cancel_slot,
    complete_visit,
    find_visit,
    list_day,
    list_slots,
    list_visits_of,
    move_slot,
    read_visit,
    run_due,
    see_paper,
)
from miaopi.apps.appointment.models import Seat, Visit
from miaopi.apps.audit.api import list_entries
from miaopi.apps.licence.models import Registration
from miaopi.kernel.errors import InputError, NotFound, RightsError
from tests.unit.appointment.scene import WORKER, Graduates
from tests.unit.audit.happenings import work
from tests.unit.filing.scene import NOW

LATER = timedelta(days=91)


def told(number: str, kind: str) -> list[object]:
    return [entry for entry in list_entries(number=number) if entry.kind == f"appointment.{kind}"]


def test_an_approval_invites_with_the_papers_of_the_package(scene: Graduates) -> None:
    case, anna = scene.approve()
    visit = find_visit(number=case.number, reader=anna)
    assert visit is not None
    assert (visit.state, visit.act_code, len(visit.papers)) == (VisitState.INVITED, "GA-003", 2)
    assert visit.valid_to == date(2026, 11, 23) + timedelta(days=90)
    assert [each.number for each in list_visits_of(reader=anna)] == [case.number]
    row = Visit.objects.get()
    assert scene.people[0].name.encode() not in bytes(row.content)


def test_a_claim_a_visit_and_a_registration_are_one_statement_each_more(scene: Graduates) -> None:
    with CaptureQueriesContext(connection) as captured:
        scene.approve()
    said = [query["sql"] or "" for query in captured.captured_queries]
    decided = next(at for at, text in enumerate(said) if text.startswith('INSERT INTO "approval_decision"'))
    begin = max(at for at, text in enumerate(said[:decided]) if text.upper().startswith("BEGIN"))
    end = next(at for at, text in enumerate(said) if at > decided and text.upper().startswith("COMMIT"))
    commit = said[begin : end + 1]
    assert len(commit) <= 8 + 3, "\n".join(text[:90] for text in commit)  # DESIGN.md F1, and what ADR 0018 and 0019 say on top


def test_seats_are_opened_for_working_days_alone(scene: Graduates) -> None:
    case, anna = scene.approve()
    days = list(list_slots(number=case.number, reader=anna, now=NOW).days)
    assert days[0] == date(2026, 11, 23)
    assert date(2026, 11, 28) not in days and date(2026, 11, 29) not in days
    before = Seat.objects.count()
    assert run_due(by=WORKER, now=NOW) == 0
    assert Seat.objects.count() == before


def test_a_slot_is_booked_once_moved_and_given_back(scene: Graduates) -> None:
    case, anna = scene.approve()
    first, second = scene.slots(case, anna)[:2]
    booked = book_slot(number=case.number, slot=first.id, by=anna, now=NOW)
    assert book_slot(number=case.number, slot=first.id, by=anna, now=NOW) == booked
    with pytest.raises(InputError, match="have a time already"):
        book_slot(number=case.number, slot=second.id, by=anna, now=NOW)
    moved = move_slot(number=case.number, slot=second.id, by=anna, now=NOW)
    assert moved.starts_at == second.starts_at
    assert Seat.objects.exclude(number=None).count() == 1
    cancel_slot(number=case.number, by=anna, now=NOW)
    cancel_slot(number=case.number, by=anna, now=NOW)
    assert Seat.objects.exclude(number=None).count() == 0
    assert [len(told(case.number, kind)) for kind in ("SlotBooked", "SlotMoved", "SlotCancelled")] == [1, 1, 1]
    with pytest.raises(InputError, match="no time yet"):
        move_slot(number=case.number, slot=first.id, by=anna, now=NOW)


def test_a_full_slot_says_what_is_still_free_and_leaves_what_is_held(scene: Graduates) -> None:
    (case, anna), (other, ben), (third, cara) = scene.approve(0), scene.approve(1), scene.approve(2)
    slot, next_ = scene.slots(case, anna)[:2]
    book_slot(number=case.number, slot=slot.id, by=anna, now=NOW)
    book_slot(number=other.number, slot=slot.id, by=ben, now=NOW)
    with pytest.raises(InputError) as full:
        book_slot(number=third.number, slot=slot.id, by=cara, now=NOW)
    assert "2026-11-23" in full.value.remedy.en
    book_slot(number=third.number, slot=next_.id, by=cara, now=NOW)
    with pytest.raises(InputError, match="just been taken"):
        move_slot(number=third.number, slot=slot.id, by=cara, now=NOW)
    standing = find_visit(number=third.number, reader=cara)
    assert standing is not None and standing.appointment is not None
    assert standing.appointment.starts_at == next_.starts_at


@pytest.mark.parametrize("slot", ["", "ps-futian", "ps-futian-20261123", "ps-futian-202602300900"])
def test_a_slot_that_is_none_is_refused(scene: Graduates, slot: str) -> None:
    case, anna = scene.approve()
    with pytest.raises(InputError):
        book_slot(number=case.number, slot=slot, by=anna, now=NOW)


def test_no_slot_in_the_past_or_beyond_the_validity(scene: Graduates) -> None:
    case, anna = scene.approve()
    with pytest.raises(InputError, match="past, or after"):
        book_slot(number=case.number, slot="ps-futian-202611230900", by=anna, now=NOW)
    near_the_end = NOW + timedelta(days=85)
    run_due(by=WORKER, now=near_the_end)
    days = list_slots(number=case.number, reader=anna, now=near_the_end).days
    assert max(days) <= date(2026, 11, 23) + timedelta(days=90)


def test_another_persons_visit_answers_like_one_that_is_not_there(scene: Graduates) -> None:
    (case, anna), (other, ben) = scene.approve(0), scene.approve(1)
    for attempt in (find_visit, list_slots):
        with pytest.raises(NotFound):
            attempt(number=case.number, reader=ben, **({"now": NOW} if attempt is list_slots else {}))
    with pytest.raises(NotFound):
        book_slot(number=case.number, slot="ps-futian-202611231400", by=ben, now=NOW)
    assert find_visit(number=other.number, reader=ben) is not None
    with pytest.raises(NotFound):
        list_slots(number=case.number, reader=anna, now=NOW, office="no-such")


def seen(scene: Graduates) -> tuple[str, object, object, datetime]:
    case, anna = scene.approve()
    clerk = scene.clerk()
    slot = scene.slots(case, anna, office="ps-futian")[0]
    book_slot(number=case.number, slot=slot.id, by=anna, now=NOW)
    return case.number, anna, clerk, slot.starts_at


def test_a_clerk_sees_exactly_what_is_asked_ticks_it_and_completes_once(scene: Graduates) -> None:
    number, _, clerk, then = seen(scene)
    (row,) = list_day(by=clerk, now=then)
    assert (row.number, row.act_code) == (number, "GA-003")
    view = read_visit(number=number, by=clerk, now=then)
    assert (view.name, view.id_number, len(view.papers)) == (scene.people[0].name, scene.people[0].id_number, 2)
    assert any("演示大学" in line.zh for line in view.lines)
    with pytest.raises(InputError, match="2 papers are not seen"):
        complete_visit(number=number, by=clerk, now=then)
    see_paper(number=number, paper=1, by=clerk, now=then)
    see_paper(number=number, paper=1, by=clerk, now=then)
    with pytest.raises(InputError, match="no such paper"):
        see_paper(number=number, paper=3, by=clerk, now=then)
    assert see_paper(number=number, paper=2, by=clerk, now=then).is_complete
    assert complete_visit(number=number, by=clerk, now=then).state is VisitState.DONE
    assert complete_visit(number=number, by=clerk, now=then).state is VisitState.DONE
    assert [len(told(number, kind)) for kind in ("PaperSeen", "VisitCompleted", "VisitRead")] == [2, 1, 1]
    work(then)
    assert {(each.act, each.moment) for each in Registration.objects.all()} == {
        ("RS-001", "approve"), ("GA-003", "visit"), ("RS-001", "visit"),
    }  # fmt: skip
    assert not lapse(number=number, by=WORKER, now=NOW + LATER)


def test_a_clerk_of_another_office_or_none_sees_nothing(scene: Graduates) -> None:
    number, anna, _, then = seen(scene)
    other = scene.clerk("clerk2", "ps-luohu")
    assert list_day(by=other, now=then) == []
    for attempt in (read_visit, complete_visit):
        with pytest.raises(NotFound):
            attempt(number=number, by=other, now=then)
    with pytest.raises(RightsError):
        read_visit(number=number, by=anna, now=then)


def test_who_does_not_come_is_reminded_once_and_lapses_whole(scene: Graduates) -> None:
    case, anna = scene.approve()
    assert run_due(by=WORKER, now=NOW + timedelta(days=82)) == 0
    assert run_due(by=WORKER, now=NOW + timedelta(days=84)) == 1
    assert run_due(by=WORKER, now=NOW + timedelta(days=85)) == 0
    assert len(told(case.number, "VisitReminded")) == 1
    assert run_due(by=WORKER, now=NOW + timedelta(days=90)) == 0
    assert run_due(by=WORKER, now=NOW + LATER) == 1
    visit = find_visit(number=case.number, reader=anna)
    assert visit is not None and visit.state is VisitState.LAPSED
    work(NOW + LATER)
    assert {(each.act, each.moment) for each in Registration.objects.all()} == {("RS-001", "approve"), ("RS-001", "lapse")}
    with pytest.raises(InputError, match="no longer valid"):
        book_slot(number=case.number, slot="ps-futian-202702230900", by=anna, now=NOW + LATER)


def test_who_has_a_seat_is_not_reminded_and_the_seat_is_free_when_it_lapses(scene: Graduates) -> None:
    number, *_ = seen(scene)
    assert run_due(by=WORKER, now=NOW + LATER) == 1
    assert Seat.objects.exclude(number=None).count() == 0
    assert told(number, "VisitReminded") == []
