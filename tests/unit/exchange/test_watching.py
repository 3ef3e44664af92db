"""What an auditor finds odd in a stretch of looks, which agreements nobody used or used up, and how offices keep their clocks."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.test import override_settings

from miaopi.apps.audit.api import LoggedEntry, list_stretch, person, run_after_handlers
from miaopi.apps.exchange.api import (
    Finding,
    Looker,
    Pattern,
    answer_objection,
    count_deferrals,
    file_objection,
    list_all_objections,
    list_clues,
    list_deferrals,
    list_diligence,
    list_refused,
    list_spent,
    list_unused,
    read_entry,
    run_objections,
)
from miaopi.kernel.errors import NotFound, RightsError
from tests.unit.exchange.entries import entries
from tests.unit.exchange.scene import KEEPER, NOW
from tests.unit.exchange.seen import ASKER, AUDITOR, LAW, OTHER, Watched

DAY = timedelta(days=1)
NOON, LATE = datetime(2026, 11, 26, 4, tzinfo=UTC), datetime(2026, 11, 26, 14, 30, tzinfo=UTC)  # 12:00 and 22:30 in the city
HELPERS = Looker("agency", "civil-affairs")


@pytest.fixture
def city(tmp_path: Path, database: str) -> Iterator[Watched]:
    made = Watched(tmp_path)
    with override_settings(**made.settings):
        made.open()
        yield made


def look(
    seq: int, *, by: str = "agency/civil-affairs", subject: str = "a", at: datetime = NOON, kind: str = "DataPulled", **body: Any
) -> LoggedEntry:
    who, _, id = by.partition("/")
    said = {"subject": subject, "service": "visits", "application": "", "receipt": "", **body}
    return LoggedEntry(seq, at, f"exchange.{kind}", {"kind": who, "id": id}, said)


def test_looks_outside_any_case_are_counted_by_who_looked() -> None:
    looks = [look(9, application="~YL-1"), look(8), look(7, application="20261125-ABCDEFGHJ"), look(6, by="staff/steward1", dispute="d"),
             look(5, by="person/x"), look(4, application="~YL-1"), look(3, by="staff/auditor1", number="20261125-ABCDEFGHJ")]  # fmt: skip
    [clue] = list_clues(Pattern.OUTSIDE_CASES, looks)
    assert (clue.lookers, clue.count, clue.matters, clue.entries) == ((HELPERS,), 3, 1, (9, 8, 4))
    assert list_clues(Pattern.OUTSIDE_CASES, [look(1, by="system/worker"), look(2, receipt="r"), look(3, kind="PullRefused")]) == []


def test_a_person_at_whom_three_look_stands_out_and_one_at_whom_two_look_does_not() -> None:
    three = [look(9), look(8, by="agency/credit"), look(7, by="staff/steward1"), look(6)]
    two = [look(5, subject="b"), look(4, subject="b", by="agency/credit"), look(3, subject="b", kind="EntryRead", by="staff/auditor1")]
    [clue] = list_clues(Pattern.MANY_LOOKERS, three + two)
    assert (clue.subject, clue.count, len(clue.lookers)) == ("a", 4, 3)


def test_night_is_that_of_the_city() -> None:
    [clue] = list_clues(Pattern.AT_NIGHT, [look(9), look(8, at=LATE), look(7, at=LATE, by="system/worker")])
    assert clue.entries == (8,)


def test_refusals_are_counted_by_code_with_those_who_tried_most() -> None:
    refused = [
        look(9, kind="PullRefused", code="no_grant"), look(8, kind="PullRefused", code="no_grant", by="agency/credit"),
        look(7, kind="PullRefused", code="no_grant"), look(6, kind="PullRefused", code="revoked"), look(5),
    ]  # fmt: skip
    found = list_refused(refused)
    assert [(each.code, each.count, each.entries) for each in found] == [("no_grant", 3, (9, 8, 7)), ("revoked", 1, (6,))]
    assert found[0].lookers[0] == (HELPERS, 2)


def test_a_stretch_ends_where_the_one_after_it_begins_and_holds_what_is_deferred(city: Watched) -> None:
    city.agree("deferred:90d")
    for _ in range(3):
        city.look()
    city.settle()
    last = list_stretch()
    assert [each.body["fields"] for each in last.looks] == [["name"]] * 3
    part = list_stretch(before=last.looks[0].seq, most=2)
    assert (part.first, part.end) == (part.end - 2, last.looks[0].seq)
    assert [each.seq for each in part.looks] == [each.seq for each in last.looks[1:] if (each.seq or 0) >= part.first]


def test_an_agreement_that_nobody_used_is_told_until_it_is_used(city: Watched) -> None:
    made, spent = city.agree("immediate"), city.agree("withheld", total_quota=1)
    assert {each.id for each in list_unused(NOW, skip=0, most=9)} == {made.id, spent.id}
    city.look()
    city.settle()
    run_after_handlers(now=NOW)
    assert [each.id for each in list_unused(NOW, skip=0, most=9)] == [spent.id]
    assert list_spent(NOW) == []


def test_an_agreement_whose_calls_are_spent_is_told(city: Watched) -> None:
    total, daily = city.agree("immediate", total_quota=1), city.agree("withheld", daily_quota=1)
    for _ in range(2):
        city.look()
    assert {each.id for each in list_spent(NOW)} == {total.id, daily.id}
    assert [each.id for each in list_spent(NOW + DAY)] == [total.id]


def test_deferrals_are_counted_by_agency_and_law(city: Watched) -> None:
    city.agree("deferred:90d")
    city.look()
    assert count_deferrals() == {("second", LAW): 1}
    assert list_deferrals(requester="second", law="another") == []
    assert len(list_deferrals(requester="second", law=LAW, skip=0, most=5)) == 1


def test_an_office_is_judged_by_its_clocks(city: Watched) -> None:
    city.agree("immediate")
    for _ in range(3):
        city.look()
    city.settle()
    me = person(city.subject)
    first, second, third = (file_objection(look=each.seq or 0, words="为什么？", by=me, now=NOW) for each in city.seen(NOW))
    answer_objection(objection=first.id, finding=Finding.EXPLAINED, words="演示", by=ASKER, now=NOW + DAY)
    late = NOW + 60 * DAY
    run_objections(by=KEEPER, now=late)
    answer_objection(objection=second.id, finding=Finding.UPHELD, words="演示", by=ASKER, now=late)
    [record] = list_diligence(late)
    assert (record.office, record.open, record.overdue, record.in_time, record.late, record.upheld) == ("second", 1, 1, 1, 1, 1)
    assert [each.id for each in list_all_objections(is_open=True, skip=0, most=9, reader=AUDITOR)] == [third.id]
    assert len(list_all_objections(is_open=False, skip=1, most=9, reader=AUDITOR)) == 1


def test_her_reading_is_seen_by_whom_it_is_about_unless_the_look_itself_is_not(city: Watched) -> None:
    city.agree("immediate")
    city.look()
    city.agree("deferred:90d", fields=("sex",))
    city.look(asks={"population_basic": ("sex",)})
    city.settle()
    hidden, seen = (each.seq or 0 for each in list_stretch().looks)
    for seq in (hidden, seen):
        assert read_entry(seq=seq, by=AUDITOR, now=NOW).seq == seq
    city.settle()
    assert [each.body["position"] for each in city.seen(NOW) if each.kind == "exchange.EntryRead"] == [seen]
    assert [each["position"] for each in entries("EntryRead")] == [hidden, seen]
    with pytest.raises(NotFound):
        read_entry(seq=10**9, by=AUDITOR, now=NOW)
    with pytest.raises(RightsError):
        read_entry(seq=seen, by=OTHER, now=NOW)
