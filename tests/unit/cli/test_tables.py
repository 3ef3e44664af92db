"""What a table names can be typed again, however narrow the terminal."""

from __future__ import annotations

from datetime import UTC, datetime, time
from io import StringIO

import pytest
from rich.console import Console
from rich.table import Table

from miaopi.cli.case import _render_case, _render_queue
from miaopi.cli.exchange import _end, _read_hours, _render_agreements
from miaopi.cli.licence import _list
from miaopi.cli.visit import _render_day, _render_offer
from miaopi.kernel.errors import InputError

NUMBER = "20261126-QKXTEFBGA"
NAME = {"zh": "应届毕业生引进核准文件", "en": "Approval of Graduate Introduction"}


def printed(table: object) -> str:
    assert isinstance(table, Table)
    console = Console(width=80, file=StringIO())
    console.print(table)
    return console.file.getvalue()  # type: ignore[attr-defined]


def test_a_narrow_list_of_visits_keeps_whole_numbers() -> None:
    row = {
        "ticket": "0900-1", "starts_at": "2026-11-26T09:00:00+08:00", "number": NUMBER,
        "act": {"code": "GA-003", "name": {"zh": "人才引进入户", "en": "Household move-in"}}, "state": "invited",
    }
    assert NUMBER in printed(_render_day({"visits": [row]}))


def test_a_narrow_list_of_slots_keeps_what_is_booked_by() -> None:
    slot = {"id": "ps-baoan-202611260900", "starts_at": "2026-11-26T09:00:00+08:00", "free": 2}
    days = {f"2026-12-{day:02}": 26 for day in range(1, 22)}
    offered = {"office": "ps-baoan", "offices": [{"id": "ps-baoan", "name": NAME}], "days": days, "slots": [slot]}
    assert slot["id"] in printed(_render_offer(offered))


def test_a_narrow_queue_keeps_whole_numbers() -> None:
    row = {
        "number": NUMBER, "name": NAME, "kind": "refer", "due_at": "2026-12-03T18:00:00+08:00", "overdue": True,
        "clock_stopped_at": None, "reasons": [{"text": {"zh": "有关情况尚无法证明，需人工核验。" * 3}}], "taken_by": "S9X000001",
    }
    assert NUMBER in printed(_render_queue({"cases": [row]}))


def test_a_narrow_list_of_licences_keeps_whole_numbers() -> None:
    row = {"number": NUMBER, "title": {"zh": NAME["zh"] * 5}, "state": "active", "valid_to": None}
    assert NUMBER in printed(_list({"licences": [row]}))


def test_a_narrow_list_of_agreements_keeps_whole_ids_and_says_who_is_late() -> None:
    row = {
        "id": "f" * 32, "state": "filed", "state_text": {"zh": "待答复", "en": "waiting for an answer"},
        "agency": "population", "resource": "population_basic", "fields": ["name", "birth_date"],
        "requester": "civil-affairs", "service": "elder-visits", "ends_at": "2026-12-03T10:00:00+00:00",
        "due_at": "2026-11-26T10:00:00+00:00", "overdue": True,
    }
    said = printed(_render_agreements({"agreements": [row]}))
    assert row["id"] in said and "逾期" in said


def test_a_term_that_names_a_day_lasts_to_its_end() -> None:
    assert _end(datetime(2026, 12, 31)) == datetime(2026, 12, 31, 16, tzinfo=UTC)
    assert _end(datetime(2026, 12, 31, 12)) == datetime(2026, 12, 31, 4, tzinfo=UTC)


def test_hours_that_cannot_be_read_are_told_how_to_be_written() -> None:
    assert _read_hours("09:00-18:00") == (time(9), time(18))
    with pytest.raises(InputError, match="09:00-18:00"):
        _read_hours("nine to five")


def test_a_case_shows_what_is_met_what_is_not_and_what_nobody_knows() -> None:
    conditions = [{"id": name, "value": value, "text": NAME} for name, value in (("C1", True), ("C2", False), ("C3", None))]
    view = {
        "number": NUMBER, "name": NAME, "applicant": "李*华", "reasons": [], "due_at": None, "clock_stopped_at": None, "facts": [],
        "conditions": conditions, "open_values": [], "proposal": None, "may": [],
    }
    lines = [str(line) for line in _render_case(view).renderables]
    assert [line.split()[:2] for line in lines if NAME["zh"] in line and "C" in line[:8]] == [["✓", "C1"], ["✗", "C2"], ["?", "C3"]]
