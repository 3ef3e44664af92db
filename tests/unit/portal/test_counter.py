"""The clerk's pages: the day, the papers, done; and who sees no visit. All persons are made up."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.test import Client, override_settings

from miaopi.apps.appointment.api import book_slot, find_visit
from miaopi.apps.audit.api import list_accesses, sequence
from miaopi.apps.identity.api import pseudonym
from miaopi.kernel.calendar import compute_legal_day
from tests.unit.appointment.scene import Graduates
from tests.unit.filing.scene import NOW
from tests.unit.portal.browsing import visit
from tests.unit.portal.test_desk import at_desk


@pytest.fixture
def city(database: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Graduates]:
    monkeypatch.setenv("MIAOPI_CLOCK", NOW.isoformat())
    built = Graduates(tmp_path)
    with override_settings(**built.settings):
        built.open()
        yield built


@pytest.fixture
def booked(city: Graduates) -> Any:
    """A graduate with a time at the clerk's office: her case, herself, the day."""
    case, actor = city.approve()
    slot = city.slots(case, actor, office="ps-futian")[0]
    seat = book_slot(number=case.number, slot=slot.id, by=actor, now=NOW)
    return case, actor, compute_legal_day(seat.starts_at)


def test_a_day_shows_tickets_and_nobodys_name(city: Graduates, booked: Any) -> None:
    case, _, day = booked
    clerk = at_desk(city.clerk())
    page = clerk.get(f"/counter?day={day}").content.decode()
    assert case.number in page
    assert city.people[0].name not in page
    for nonsense in ("nonsense", "0001-01-01", "9999-12-31"):
        assert clerk.get(f"/counter?day={nonsense}").status_code == 200


def test_exactly_the_papers_are_seen_then_it_is_done(city: Graduates, booked: Any) -> None:
    case, actor, _ = booked
    clerk = at_desk(city.clerk())
    address = f"/counter/{case.number}"
    page = clerk.get(address).content.decode()
    papers = page.count("看过原件，一致")
    assert papers == 2
    assert city.people[0].name in page
    assert city.people[0].id_number not in page
    assert "办结，写入登记" not in page
    assert clerk.post(f"{address}/complete").status_code == 422
    for paper in (1, 2):
        assert clerk.post(f"{address}/papers/{paper}").status_code == 302
    assert clerk.post(f"{address}/papers/3").status_code == 422
    assert "办结，写入登记" in clerk.get(address).content.decode()
    assert clerk.post(f"{address}/complete").status_code == 302
    assert "已办结" in clerk.get(address).content.decode()
    found = find_visit(number=case.number, reader=actor)
    assert found is not None and found.state == "done"


def test_each_look_is_an_entry_that_the_person_can_see(city: Graduates, booked: Any) -> None:
    case, actor, _ = booked
    at_desk(city.clerk()).get(f"/counter/{case.number}")
    sequence()
    assert any(entry.kind == "appointment.VisitRead" for entry in list_accesses(pseudonym(actor.id)))
    looks = visit(city.people[0]).get("/accesses").content.decode()
    assert "到窗口办理时核对" in looks
    assert ("深圳市公安局福田分局" in looks, "ps-futian" in looks) == (True, False)


def test_another_office_an_officer_and_a_citizen_see_no_visit(city: Graduates, booked: Any) -> None:
    from tests.unit.approval.office import officer

    case, _, _ = booked
    address = f"/counter/{case.number}"
    assert at_desk(city.clerk("clerk2", office="ps-nanshan")).get(address).status_code == 404
    assert at_desk(officer()).get(address).status_code == 403
    assert visit(city.people[0]).get(address).status_code == 403
    assert Client().get(address).status_code == 302
