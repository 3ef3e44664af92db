"""What a table names can be typed again, however narrow the terminal."""

from __future__ import annotations

from datetime import UTC, datetime, time
from io import StringIO

import pytest
from rich.console import Console
from rich.table import Table

from miaopi.cli.case import _render_case, _render_queue
from miaopi.cli.exchange.agreements import _end, _last_day, _read_hours, _render_agreements
from miaopi.cli.exchange.corrections import _render_corrections, _render_disputes, _render_foresight
from miaopi.cli.exchange.sources import _render_grants, _render_pulled, _render_sources
from miaopi.cli.licence import _list
from miaopi.cli.visit import _render_day, _render_offer
from miaopi.kernel.errors import InputError

NUMBER = "20261126-QKXTEFBGA"
MOMENT = datetime(2026, 11, 26, 8, tzinfo=UTC)
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


def test_a_narrow_list_of_agreements_keeps_whole_ids_and_says_who_is_late_and_why_not() -> None:
    row = {
        "id": "f" * 32, "state": "filed", "state_text": {"zh": "待答复", "en": "waiting for an answer"},
        "agency": "population", "resource": "population_basic", "fields": ["name", "birth_date"],
        "requester": "civil-affairs", "service": "elder-visits", "ends_at": "2026-12-03T10:00:00+00:00",
        "due_at": "2026-11-26T10:00:00+00:00", "overdue": True, "reason": "",
    }
    refused = {**row, "state": "refused", "state_text": {"zh": "未同意", "en": "refused"}, "overdue": False, "reason": "用途与职责无关"}
    said = printed(_render_agreements({"agreements": [row, refused]}))
    assert row["id"] in said and "逾期" in said and refused["reason"] in said
    assert _last_day("2027-06-30T16:00:00+00:00") == "2027-06-30"  # its last moment, in the city


def test_a_narrow_list_of_disputes_keeps_whole_ids() -> None:
    row = {
        "id": "f" * 32, "resource": "household_registration", "field": "hukou_region_code", "overdue": False,
        "state_text": {"zh": "核实中", "en": "being checked"}, "transferred_to": "", "due_at": "2026-12-03T18:00:00+08:00",
    }
    assert row["id"] in printed(_render_disputes({"disputes": [row]}))


def test_a_narrow_list_of_corrections_keeps_whole_ids_and_says_how_far_each_has_come() -> None:
    row = {
        "correction": "f" * 32, "resource": "household_registration", "fields": ["hukou_region_code"], "state": "with_person",
        "decisions": {"due": 0, "referred": 2},
    }  # fmt: skip
    said = printed(_render_corrections({"corrections": [row]}))
    assert row["correction"] in said and "with_person" in said and "referred 2" in said and "due" not in said


def test_what_a_correction_would_touch_is_told_by_fate_and_by_service() -> None:
    row = {"resource": "hukou", "fields": [], "decisions": 2, "fates": {"again": 2, "ended": 0}, "services": {"no-criminal-record": 2}}
    said = printed(_render_foresight(row))
    assert "hukou: *" in said and "again" in said and "no-criminal-record" in said and "ended" not in said


def test_a_narrow_list_of_sources_says_in_whole_words_how_each_stands() -> None:
    row = {
        "resource": "household_registration", "agency": "population", "kind": "sql", "is_connected": True, "state": "silent",
        "silent_since": MOMENT, "p50_ms": 3.2, "p95_ms": 18.9, "failures": {"timeout": 3},
    }
    said = printed(_render_sources({"sources": [row, {**row, "resource": "marriage", "silent_since": None, "p50_ms": None}]}))
    for word in ("household_registration", "marriage", "population", "silent", "timeout"):
        assert word in said
    assert "2026-11-26" in said and "3 … 19" in said


def test_a_narrow_list_of_grants_keeps_whole_ids_and_says_what_was_revoked() -> None:
    row = {
        "agreement": "f" * 32, "service": "elder-visits", "resource": "population_basic", "field": "name", "purpose": "上门看望",
        "ground": "老年人权益保障法 第三十三条", "revoked_at": MOMENT,
    }
    said = printed(_render_grants({"grants": [row]}))
    assert row["agreement"] in said and "population_basic.name" in said and "已撤销" in said


def test_what_was_pulled_stands_on_a_line_each_with_what_was_denied() -> None:
    had = {
        "a.name": {"value": "示例"}, "a.sex": {"unknown": "conflict"}, "a.note": {"absent": True}, "a.day": {"value": 1, "disputed": True},
    }  # fmt: skip
    denied = [{"field": "a.kept", "code": "not_shared", "text": {"zh": "该信息项不予共享。", "en": "The field is not shared."}}]
    said = _render_pulled({"records": [had], "denied": denied, "awaited": [{"resource": "b", "expected_at": MOMENT}]}).splitlines()
    assert said[0] == "a.name: 示例"
    for line, word in zip(said[1:], ("conflict", "none", "disputed", "not_shared", "2026-11-26 16:00"), strict=True):
        assert word in line


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
