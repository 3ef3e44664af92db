"""A province's platform: asked once, counted, answered minutes later to the case that asked, and not asked at all where that is in vain."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import date, datetime, timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from django.db import connection
from django.test import override_settings

from miaopi.apps.audit.api import Actor, ActorKind, person, system
from miaopi.apps.exchange.actions.grounds import AgencyDuty
from miaopi.apps.exchange.api import (
    Ground,
    Pulled,
    RefusalCode,
    forget_tickets,
    list_outages,
    pull_or_say_why,
)
from miaopi.apps.exchange.models import Agreement, DuplicateCandidate, Grant, UpstreamQuota, UpstreamTicket
from miaopi.apps.exchange.queries.registers.duplicates import compute_number_digest, seal_number
from miaopi.config.environment import ROOT
from miaopi.kernel.fact import Absent, Doubt, Known, Unknown
from tests.unit.exchange.entries import entries, entry_text
from tests.unit.exchange.province import Province
from tests.unit.exchange.scene import ANNA, EXCHANGE, NOW, ROW, SERVICE, Scene
from tests.waiting import LONG

LATENCY = timedelta(minutes=7)
READY = NOW + LATENCY
NAME = {"population_basic": ("name",)}
UNAVAILABLE = Unknown(Doubt.UNAVAILABLE, "population_basic", NOW)
KNOWN = "population_basic.name"
REGISTER, OTHER = "base_population", "110105194912310062"
WORKER = system("approval.retry_waiting")


class Provincial(Scene):
    """The scene in which the population register is the province's; three questions a day."""

    def __init__(self, folder: Path) -> None:
        super().__init__(folder)
        text = EXCHANGE.replace("population: {kind: fake, seconds: 5}", "population: {kind: upstream, seconds: 2, daily_quota: 3}")
        text = text.replace("at: population_basic\n", "at: P-100\n").replace("agency: population, at: address", "agency: second, at: x", 1)
        (folder / "exchange.yaml").write_text(text, encoding="utf-8")
        self.province = Province([ROW], now=NOW, latency=LATENCY)

    def publish(self) -> None:
        super().publish()
        known = json.loads(self.addresses.read_text(encoding="utf-8"))
        self.addresses.write_text(json.dumps({**known, "population": self.province.address}), encoding="utf-8")

    def ask(self, now: datetime = NOW, *, asks: Mapping[str, tuple[str, ...]] = NAME, **other: Any) -> Pulled:
        self.province.now = now
        self.publish()
        given = {"subject": self.subject, "ground": self.ground(), "by": WORKER, **other}
        return pull_or_say_why(asks=asks, deadline=timedelta(seconds=LONG), now=now, **given)

    def asked_by(self, serial: int, now: datetime = NOW) -> Pulled:
        subject, receipt = self.stranger(serial)
        return self.ask(now, subject=subject, ground=self.ground(receipt), by=person(subject))


@pytest.fixture
def scene(tmp_path: Path) -> Iterator[Provincial]:
    made = Provincial(tmp_path)
    with override_settings(MIAOPI_CITY=SimpleNamespace(folder=tmp_path), MIAOPI_AGENCIES=str(made.addresses)):
        made.open()
        yield made
    made.province.stop()


def results() -> list[str]:
    return [entry["result"] for entry in entries("DataPulled")]


def test_an_answer_that_takes_minutes_is_asked_once_and_collected_by_its_case(scene: Provincial) -> None:
    first = scene.ask()
    assert first.facts == {KNOWN: UNAVAILABLE}
    assert first.awaited == {"population_basic": (NOW, READY)}
    assert list_outages() == {}, "who has taken the question is not silent"
    assert scene.ask(NOW + timedelta(minutes=3)).facts == {KNOWN: UNAVAILABLE}
    assert scene.province.calls == ["/catalogue", "/requests"], "before it is expected nobody asks for it"
    assert scene.ask(READY).facts == {KNOWN: Known(ANNA.name, "population_basic", READY)}
    assert (len(scene.province.received), UpstreamTicket.objects.count(), UpstreamQuota.objects.get().used_today) == (1, 0, 1)
    assert results() == ["awaited", "found"]


def test_an_answer_that_is_late_is_asked_for_again_and_the_question_is_not(scene: Provincial) -> None:
    scene.ask()
    scene.province.latency = LATENCY * 2
    for minute in (7, 8):
        assert scene.ask(NOW + timedelta(minutes=minute)).facts == {KNOWN: UNAVAILABLE}
    assert scene.ask(NOW + LATENCY * 2).facts[KNOWN] == Known(ANNA.name, "population_basic", NOW + LATENCY * 2)
    assert len(scene.province.received) == 1


def test_the_ticket_is_sealed_and_neither_it_nor_the_number_stands_anywhere(scene: Provincial) -> None:
    scene.ask()
    (row,) = UpstreamTicket.objects.values()
    ((ticket, _),) = scene.province._tickets.items()
    assert row["ticket"] is not None and ticket.encode() not in bytes(row["ticket"])
    for word in (ticket, ANNA.id_number, ANNA.name):
        assert word not in f"{row} {entry_text()}"


def test_another_case_of_the_same_person_has_a_ticket_of_its_own(scene: Provincial) -> None:
    scene.ask()
    other = scene.consent(application="20261125-BBBBBBBBB")
    scene.ask(ground=Ground(other, SERVICE, "20261125-BBBBBBBBB"))
    scene.ask(asks={"population_basic": ("name", "birth_date")})
    assert [sorted(asked["fields"]) for asked in scene.province.received.values()] == [
        ["id_number", "name"], ["id_number", "name"], ["birth_date", "id_number", "name"],
    ]  # fmt: skip


def test_a_spent_quota_is_said_and_nobody_is_called_until_the_next_legal_day(scene: Provincial) -> None:
    for serial in range(3):
        assert scene.asked_by(serial).awaited
    scene.province.calls.clear()
    spent = scene.ask()
    assert (spent.facts[KNOWN], spent.refused) == (UNAVAILABLE, {KNOWN: "upstream_quota_spent"})
    assert scene.province.calls == []
    (entry,) = entries("PullRefused")
    assert (entry["code"], entry["reason"], entry["provider"]) == ("upstream_quota_spent", "source", "")
    midnight = datetime.fromisoformat("2026-11-26T00:00:00+08:00")
    assert scene.ask(midnight - timedelta(seconds=1)).refused
    assert scene.ask(midnight).awaited["population_basic"][0] == midnight


def test_the_last_call_of_the_day_is_had_once_however_many_ask_at_once(scene: Provincial) -> None:
    scene.publish()
    strangers = [scene.stranger(serial) for serial in range(9)]

    def ask(who: tuple[str, str]) -> Pulled:
        try:
            return pull_or_say_why(
                subject=who[0], asks=NAME, ground=scene.ground(who[1]), deadline=timedelta(seconds=LONG), by=WORKER, now=NOW
            )
        finally:
            connection.close()

    with ThreadPoolExecutor(9) as many:
        pulled = list(many.map(ask, strangers))
    assert sorted(bool(each.refused) for each in pulled) == [False] * 3 + [True] * 6
    assert len(scene.province.received) == UpstreamQuota.objects.get().used_today == 3


def test_two_processes_of_one_case_ask_once(scene: Provincial) -> None:
    scene.publish()

    def ask(_: int) -> Pulled:
        try:
            return pull_or_say_why(
                subject=scene.subject, asks=NAME, ground=scene.ground(), deadline=timedelta(seconds=LONG), by=WORKER, now=NOW
            )
        finally:
            connection.close()

    with ThreadPoolExecutor(6) as many:
        assert all(each.awaited for each in many.map(ask, range(6)))
    assert len(scene.province.received) == 1


def test_a_question_from_before_midnight_is_counted_with_the_day_that_has_begun(scene: Provincial) -> None:
    midnight = datetime.fromisoformat("2026-11-26T00:00:00+08:00")
    for serial, now in enumerate((midnight, midnight - timedelta(seconds=1), midnight)):
        assert scene.asked_by(serial, now).awaited
    assert list(UpstreamQuota.objects.values_list("used_on", "used_today")) == [(midnight.date(), 3)]
    assert scene.asked_by(3, midnight - timedelta(seconds=1)).refused == {KNOWN: "upstream_quota_spent"}


def test_their_own_word_that_the_quota_is_spent_is_believed_for_the_day(scene: Provincial) -> None:
    scene.province.daily = 0
    assert scene.ask().refused == {KNOWN: "upstream_quota_spent"}
    assert [entry["provider"] for entry in entries("PullRefused")] == ["population"]
    scene.province.calls.clear()
    assert scene.ask().refused == {KNOWN: "upstream_quota_spent"}
    assert scene.province.calls == []


def test_a_field_that_their_catalogue_no_longer_lists_is_not_asked_for(scene: Provincial) -> None:
    scene.ask()
    scene.ask(READY)
    scene.province.fields = ["id_number", "full_name", "birth_date"]
    night = NOW + timedelta(days=1)
    changed = scene.ask(night)
    assert (changed.facts[KNOWN].doubt, changed.refused) == (Doubt.UNAVAILABLE, {KNOWN: "schema_changed"})
    assert scene.province.calls.count("/requests") == 1
    assert (UpstreamQuota.objects.get().used_today, UpstreamTicket.objects.count()) == (0, 0), "nothing was sent, nothing is spent"
    scene.province.fields.append("name")
    assert scene.ask(night).awaited, "mended there, it is asked here without a restart"


def test_a_question_whose_acknowledgement_is_lost_is_sent_again_under_its_name(scene: Provincial) -> None:
    scene.province.loses_acknowledgement = True
    assert scene.ask().facts == {KNOWN: UNAVAILABLE}
    assert list_outages() == {("population_basic", "population"): NOW}
    scene.province.loses_acknowledgement = False
    soon = NOW + timedelta(seconds=10)
    assert scene.ask(soon).facts[KNOWN] == UNAVAILABLE
    assert scene.province.calls.count("/requests") == 2, "it was put twice at once; now somebody may still be sending it"
    later = NOW + timedelta(minutes=1)
    assert scene.ask(later).awaited
    assert scene.ask(later + LATENCY).facts[KNOWN] == Known(ANNA.name, "population_basic", later + LATENCY)
    assert (len(scene.province.received), UpstreamQuota.objects.get().used_today) == (1, 1)
    assert list_outages() == {}


def test_a_night_of_the_province_costs_no_second_question(scene: Provincial) -> None:
    scene.ask()
    scene.province.stop()
    assert scene.ask(READY).facts[KNOWN] == Unknown(Doubt.UNAVAILABLE, "population_basic", READY)
    scene.province.start()
    assert scene.ask(READY).facts[KNOWN] == Known(ANNA.name, "population_basic", READY)
    assert len(scene.province.received) == 1


def test_a_ticket_that_nobody_knows_any_more_is_asked_for_anew(scene: Provincial) -> None:
    scene.ask()
    scene.province.forget()
    assert scene.ask(READY).facts == {KNOWN: UNAVAILABLE}
    assert scene.ask(READY).awaited == {"population_basic": (READY, READY + LATENCY)}
    assert UpstreamQuota.objects.get().used_today == 2


def test_two_agencies_whose_cases_have_one_number_ask_each_for_itself(scene: Provincial) -> None:
    agencies = ("criminal", "second")
    for agency in agencies:
        said = {"service": "visits", "purpose": "看望", "ground": "演示规定 第二条", "resource": "population_basic"}
        made = Agreement.objects.create(
            id=agency, agency="population", requester=agency, fields=["name"], starts_at=NOW, daily_quota=5, state="granted",
            clock="answer", filed_at=NOW, filed_by="staff/s", **said,
        )  # fmt: skip
        Grant.objects.create(id=agency, agreement=made, field="name", granted_at=NOW, granted_by="staff/s", **said)

    def ask(agency: str, now: datetime) -> Pulled:
        duty = AgencyDuty("visits", "~1", "演示规定", "第二条", "看望", requester=agency)
        return scene.ask(now, ground=duty, by=Actor(ActorKind.AGENCY, agency))

    for agency in agencies:
        assert ask(agency, NOW).refused == {}
    assert len(scene.province.received) == 2
    for agency in agencies:
        assert isinstance(ask(agency, READY).facts[KNOWN], Known)
    assert set(Agreement.objects.values_list("id", "used_in_all")) == {(agency, 1) for agency in agencies}


def merge(scene: Provincial, number: str) -> None:
    """Somebody found that the province knows her by another number too."""
    shutil.copy(ROOT / "cities/demo/registers.yaml", scene.folder)
    (first, one), (second, other) = sorted((compute_number_digest(REGISTER, each), each) for each in (ANNA.id_number, number))
    DuplicateCandidate.objects.create(
        id="m", register=REGISTER, suspicion="same_person", score=100, first_digest=first, second_digest=second, found_at=NOW,
        first_sealed=seal_number("m", one), second_sealed=seal_number("m", other), state="merged", decided_by="staff/s", reason="核实",
    )  # fmt: skip


def test_a_number_in_doubt_is_not_asked_about_and_costs_nothing(scene: Provincial) -> None:
    merge(scene, OTHER)
    scene.enter(replace(ANNA, id_number=OTHER, name="演示·二"))
    pulled = scene.ask()
    assert pulled.refused == {KNOWN: RefusalCode.NUMBER_IN_DOUBT}
    assert pulled.facts[KNOWN] == Unknown(Doubt.CONFLICT, "population_basic")
    assert scene.province.received == {}
    assert (UpstreamQuota.objects.get().used_today, UpstreamTicket.objects.count()) == (0, 0)


def test_who_has_another_number_is_not_absent_because_nothing_stands_under_this_one(scene: Provincial) -> None:
    merge(scene, OTHER)
    scene.province.rows.clear()
    scene.ask()
    assert scene.ask(READY).facts[KNOWN] == Unknown(Doubt.UNPROVEN, "population_basic")


def test_what_nobody_collects_is_forgotten(scene: Provincial) -> None:
    scene.ask()
    assert [forget_tickets(by=WORKER, now=NOW + timedelta(hours=hours)) for hours in (5, 7)] == [0, 1]
    assert UpstreamTicket.objects.count() == 0


DEEP = b"[" * 10_000
LIES: dict[str, dict[str, Any]] = {
    "another question": {"request": "f" * 32},
    "somebody else": {"records": [{**ROW, "id_number": "440524188001010014"}]},
    "no records": {"records": None},
    "the page before once more": {"after": "1"},
    "ten thousand brackets": {"more": DEEP},
}


@pytest.mark.parametrize("lie", LIES.values(), ids=LIES)
def test_a_lie_of_the_province_is_silence_and_the_ticket_stays(scene: Provincial, lie: dict[str, Any]) -> None:
    scene.ask()
    scene.province.lie = lie
    assert scene.ask(READY).facts[KNOWN] == Unknown(Doubt.UNAVAILABLE, "population_basic", READY)
    scene.province.lie = {}
    assert scene.ask(READY).facts[KNOWN] == Known(ANNA.name, "population_basic", READY)


def test_surplus_fields_stay_outside_and_nobody_is_absent_by_rule(scene: Provincial) -> None:
    scene.ask(asks={"population_basic": ("birth_date",)})
    scene.province.lie = {"records": [{**ROW, "remark": "canary"}]}
    pulled = scene.ask(READY, asks={"population_basic": ("birth_date",)})
    assert pulled.facts == {"population_basic.birth_date": Known(date(1949, 12, 31), "population_basic", READY)}
    scene.province.lie = {}
    subject, receipt = scene.stranger(1)
    scene.ask(subject=subject, ground=scene.ground(receipt))
    assert scene.ask(READY, subject=subject, ground=scene.ground(receipt)).facts == {KNOWN: Absent("population_basic", READY)}
