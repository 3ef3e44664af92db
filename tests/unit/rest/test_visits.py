"""A visit by REST: offered, booked, moved, given back; and the clerk's side. All persons are made up."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.test import override_settings

from tests.unit.appointment.scene import Graduates
from tests.unit.filing.scene import NOW
from tests.unit.rest.calling import Program, refused


@pytest.fixture
def city(database: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Graduates]:
    monkeypatch.setenv("MIAOPI_CLOCK", NOW.isoformat())
    built = Graduates(tmp_path)
    with override_settings(**built.settings):
        built.open()
        yield built


@pytest.fixture
def approved(city: Graduates) -> tuple[Any, Program]:
    """The number of an approved case, and its applicant's program."""
    case, actor = city.approve()
    return case.number, Program(actor)


def test_a_time_is_offered_booked_moved_and_given_back(approved: Any) -> None:
    number, li = approved
    assert len(li.ask(f"/applications/{number}/visit").json()["papers"]) == 2
    lists = [fact["value"] for fact in li.ask(f"/applications/{number}").json()["prefilled"] if isinstance(fact["value"], list)]
    assert any(row["level"] == "本科" for rows in lists for row in rows if "level" in row)
    offer = li.ask(f"/applications/{number}/slots", office="ps-futian").json()
    assert offer["office"] == "ps-futian" and offer["days"] and offer["slots"]
    slots = [slot["id"] for slot in offer["slots"] if slot["free"]]
    first, again = (li.send(f"/applications/{number}/appointment", {"slot": slots[0]}, key="seat") for _ in range(2))
    assert first.status_code == 201
    assert first.content == again.content
    refused(li.send(f"/applications/{number}/appointment", {"slot": slots[1]}, key="seat"), 409)
    refused(li.send(f"/applications/{number}/appointment", {"slot": slots[1]}), 422)
    moved = li.send(f"/applications/{number}/appointment", {"slot": slots[1]}, method="patch").json()
    assert moved["starts_at"] > first.json()["starts_at"]
    assert li.send(f"/applications/{number}/appointment", method="delete").status_code == 204
    assert li.ask(f"/applications/{number}/visit").json()["appointment"] is None
    for wrong in ("", "nonsense", "ps-futian-209901010900"):
        refused(li.send(f"/applications/{number}/appointment", {"slot": wrong}), 422)


def test_nobody_books_for_somebody_else(city: Graduates, approved: Any) -> None:
    number, li = approved
    slot = next(slot["id"] for slot in li.ask(f"/applications/{number}/slots").json()["slots"] if slot["free"])
    other = Program(city.enter(city.people[1]))
    refused(other.ask(f"/applications/{number}/slots"), 404)
    refused(other.ask(f"/applications/{number}/visit"), 404)
    for method in ("post", "patch", "delete"):
        refused(other.send(f"/applications/{number}/appointment", {"slot": slot}, method=method), 404)


def test_a_clerk_sees_exactly_the_papers_and_completes(city: Graduates, approved: Any) -> None:
    number, li = approved
    offer = li.ask(f"/applications/{number}/slots", office="ps-futian").json()
    slot = next(slot for slot in offer["slots"] if slot["free"])
    li.send(f"/applications/{number}/appointment", {"slot": slot["id"]})
    clerk = Program(city.clerk())
    day = clerk.ask("/visits", day=offer["day"]).json()["visits"]
    assert [line["number"] for line in day] == [number]
    assert city.people[0].name not in str(day)
    view = clerk.ask(f"/visits/{number}").json()
    assert [paper["seen"] for paper in view["papers"]] == [False, False]
    assert view["name"] == city.people[0].name
    assert city.people[0].id_number not in str(view)
    refused(clerk.send(f"/visits/{number}/complete"), 422)
    for day in ("0001-01-01", "9999-12-31"):
        assert clerk.ask("/visits", day=day).json()["visits"] == []
        assert li.ask(f"/applications/{number}/slots", day=day).json()["slots"] == []
    for place in (1, 2):
        view = clerk.send(f"/visits/{number}/papers/{place}").json()
    assert view["complete"]
    assert clerk.send(f"/visits/{number}/complete").json()["state"] == "done"
    assert li.ask(f"/applications/{number}/visit").json()["state"] == "done"
    refused(clerk.send(f"/visits/{number}/papers/9"), 422)


def test_another_office_and_a_citizen_see_no_visit(city: Graduates, approved: Any) -> None:
    number, li = approved
    slot = next(slot for slot in li.ask(f"/applications/{number}/slots", office="ps-futian").json()["slots"] if slot["free"])
    li.send(f"/applications/{number}/appointment", {"slot": slot["id"]})
    refused(Program(city.clerk("clerk2", office="ps-nanshan")).ask(f"/visits/{number}"), 404)
    refused(li.ask(f"/visits/{number}"), 403)
    refused(li.ask("/visits"), 403)
