"""Records for agencies: one contract for fake, SQL and HTTP desks, and an act that is written once, by agreement, with an entry."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import psycopg
import pytest
from django.test import override_settings

from miaopi.apps.audit.api import act, person, system
from miaopi.apps.exchange.adapters.directory import city_directory
from miaopi.apps.exchange.adapters.fake import FakeWriter
from miaopi.apps.exchange.adapters.port import KEY_USED, Record, Refused, Written
from miaopi.apps.exchange.api import Duty, Pushed, PushRefused, push_record
from miaopi.apps.exchange.models import Push
from miaopi.kernel.errors import RightsError, UpstreamError
from tests.unit.exchange.desks import REFUSES, SECRET, BehindHttp, BehindSql, DeskOfAnAgency, InMemory
from tests.unit.exchange.entries import entries, entry_text
from tests.unit.exchange.scene import APPLICATION, EXCHANGE, NOW, SERVICE, Scene
from tests.waiting import LONG, not_held_up

LI = "11010519491231002X"
VALUES = {"region": "440304", "address": "演示路1号", "left_on": None}
DUTY = Duty(SERVICE, APPLICATION, "户口登记条例", "第十条")


@pytest.fixture(params=["fake", "sql", "http"])
def agency(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Any]:
    match request.param:
        case "fake":
            made: DeskOfAnAgency = InMemory()
        case "sql":
            made = BehindSql(request.getfixturevalue("agency_server"), tmp_path)
        case _:
            made = BehindHttp()
    yield made
    made.close()


def record(agency: DeskOfAnAgency, key: str = "20261125-A/GA-003", **values: str | None) -> Record:
    return Record(agency.desk, key, "户口登记条例 第十条", LI, {**VALUES, **values})


def test_a_record_is_taken_once_however_often_it_is_handed_over(agency: Any) -> None:
    first = agency.writer.write(record(agency), seconds=LONG)
    again = agency.writer.write(record(agency), seconds=LONG)
    assert isinstance(first, Written) and first == again
    assert agency.taken() == [("20261125-A/GA-003", LI, VALUES)]


def test_a_key_is_for_one_record(agency: Any) -> None:
    agency.writer.write(record(agency), seconds=LONG)
    assert agency.writer.write(record(agency, region="440305"), seconds=LONG) == Refused(KEY_USED)
    assert agency.taken() == [("20261125-A/GA-003", LI, VALUES)]


def test_what_an_agency_will_not_have_is_a_word_without_values(agency: Any) -> None:
    agency.expect_refusal()
    assert agency.writer.write(record(agency, address=REFUSES), seconds=LONG) == Refused("no_such_person")
    assert agency.taken() == []


@pytest.mark.parametrize("mode", ["down", "slow", "garbage"])
def test_a_desk_that_is_down_slow_or_mad_is_an_error_in_time_and_taken_up_again(agency: Any, mode: str) -> None:
    agency.set_mode(mode)
    with not_held_up(), pytest.raises(UpstreamError) as caught:
        agency.writer.write(record(agency), seconds=0.5)
    said = f"{caught.value} {caught.value.text} {caught.value.__cause__}"
    assert not [word for word in (SECRET, LI, "演示路", "127.0.0.1", ".s.PGSQL") if word in said]
    agency.set_mode("up")
    assert isinstance(agency.writer.write(record(agency), seconds=LONG), Written)
    assert len(agency.taken()) == 1


def test_the_writer_of_a_register_can_read_nothing(agency_server: str, tmp_path: Path) -> None:
    agency = BehindSql(agency_server, tmp_path)
    try:
        agency.writer.write(record(agency), seconds=LONG)
        with psycopg.connect(agency.address["url"], password=SECRET) as writer, pytest.raises(psycopg.errors.InsufficientPrivilege):
            writer.execute("SELECT * FROM taken")
    finally:
        agency.close()


@pytest.mark.parametrize(
    ("status", "body"),
    [(200, b"{}"), (200, b'{"reference": "", "at": "2026-11-25T09:00:00+08:00"}'), (200, b'{"reference": "R", "at": "2026-11-25"}'),
     (200, b"[" * 100_000), (204, b""), (301, b""), (401, b"{}"), (404, b"{}"), (500, b"{}")],
)  # fmt: skip
def test_only_a_reference_with_its_time_is_an_answer(status: int, body: bytes) -> None:
    agency = BehindHttp()
    agency.reply = (status, body)
    with pytest.raises(UpstreamError):
        agency.writer.write(record(agency), seconds=LONG)
    agency.close()


def test_a_word_that_quotes_a_value_is_not_handed_on() -> None:
    agency = BehindHttp()
    agency.reply = (422, json.dumps({"error": f"nobody of the number {LI}"}).encode())
    assert agency.writer.write(record(agency), seconds=LONG) == Refused("refused")
    agency.close()


ACTS = """
acts:
  GA-003:
    agency: population
    at: act_ga_003
    resource: household_registration
    services: [no-criminal-record]
    fields: {hukou_region_code: region, hukou_address: address}
"""
GIVEN = {"hukou_region_code": "440304", "hukou_address": "演示路1号"}


class Register(Scene):
    """The city of the pulls, whose population agency takes records too."""

    def __init__(self, folder: Path) -> None:
        super().__init__(folder)
        (folder / "exchange.yaml").write_text(EXCHANGE + ACTS, encoding="utf-8")
        self.mode = "up"

    def publish(self) -> None:
        super().publish()
        known = json.loads(self.addresses.read_text())
        known["population"]["writer"] = {"mode": self.mode}
        self.addresses.write_text(json.dumps(known))

    @property
    def desk(self) -> FakeWriter:
        writer = city_directory().writer("population")
        assert isinstance(writer, FakeWriter)
        return writer

    def push(self, **other: Any) -> Pushed | PushRefused:
        given: dict[str, Any] = {
            "act": "GA-003", "resource": "household_registration", "subject": self.subject, "key": "K1", "values": GIVEN, "ground": DUTY,
            "by": system("test"), "now": NOW,
        }  # fmt: skip
        return push_record(**{**given, **other})


@pytest.fixture
def register(tmp_path: Path) -> Iterator[Register]:
    made = Register(tmp_path)
    with override_settings(MIAOPI_CITY=SimpleNamespace(folder=tmp_path), MIAOPI_AGENCIES=str(made.addresses)):
        made.open()
        made.publish()
        yield made


def test_an_act_is_written_under_the_agencys_names_with_an_entry_its_subject_sees(register: Register) -> None:
    pushed = register.push()
    assert isinstance(pushed, Pushed) and pushed.reference == "fake-K1"
    (taken,) = register.desk.taken.values()
    assert (taken.id_number, taken.values, taken.ground) == (LI, {"region": "440304", "address": "演示路1号"}, "户口登记条例 第十条")
    (entry,) = entries("RecordPushed", subject=register.subject)
    assert (entry["act"], entry["resource"], entry["fields"], entry["duty"]) == (
        "GA-003", "household_registration", ["hukou_address", "hukou_region_code"], "户口登记条例 第十条",
    )  # fmt: skip
    assert "演示路" not in entry_text() and LI not in entry_text()


def test_the_same_record_again_is_the_same_answer_and_asks_nobody(register: Register) -> None:
    first = register.push()
    register.desk.set_mode("down")
    assert register.push(now=NOW + timedelta(days=1)) == first
    assert len(entries("RecordPushed")) == 1


def test_a_record_whose_answer_was_lost_is_written_once(register: Register) -> None:
    register.desk.set_mode("lost")
    with pytest.raises(UpstreamError):
        register.push()
    assert not Push.objects.exists() and not entries("RecordPushed")
    register.desk.set_mode("up")
    assert isinstance(register.push(), Pushed)
    assert (len(register.desk.taken), len(entries("RecordPushed"))) == (1, 1)


def test_a_key_that_was_given_to_another_record_is_refused(register: Register) -> None:
    register.push()
    assert register.push(values={**GIVEN, "hukou_address": "演示路2号"}) == PushRefused(KEY_USED)
    assert [entry["reason"] for entry in entries("RecordRefused")] == [KEY_USED]


@pytest.mark.parametrize(
    "wrong",
    [{"act": "GA-009"}, {"resource": "population_basic"}, {"ground": Duty("another-service", APPLICATION, "户口登记条例", "第十条")},
     {"values": {**GIVEN, "remark": "canary"}}],
    ids=["no such act", "another register", "another service", "a field nobody agreed on"],
)  # fmt: skip
def test_what_was_not_agreed_never_leaves_the_house(register: Register, wrong: dict[str, Any]) -> None:
    assert register.push(**wrong) == PushRefused("not_agreed")
    assert not register.desk.taken
    assert [entry["reason"] for entry in entries("RecordRefused")] == ["not_agreed"]


def test_the_agencys_refusal_is_a_value_with_an_entry(register: Register) -> None:
    register.desk.refuse("no_such_person")
    assert register.push() == PushRefused("no_such_person")
    assert [entry["reason"] for entry in entries("RecordRefused")] == ["no_such_person"]
    assert not Push.objects.exists()


def test_her_consent_is_a_ground_for_her_own_case_alone_even_after_it_ran_out(register: Register) -> None:
    assert isinstance(register.push(ground=register.ground(), now=NOW + timedelta(days=365)), Pushed)
    _, receipt = register.stranger(7)
    with pytest.raises(RightsError):
        register.push(ground=register.ground(receipt), key="K2")


def test_nobody_but_the_system_writes_into_a_register(register: Register) -> None:
    with pytest.raises(RightsError):
        register.push(by=person(register.subject))


def test_a_push_inside_a_transaction_is_our_mistake(register: Register) -> None:
    with pytest.raises(RuntimeError), act(by=system("test"), now=NOW):
        register.push()


def test_an_agency_without_a_desk_is_silent(register: Register) -> None:
    Scene.publish(register)
    with pytest.raises(UpstreamError):
        register.push()


def test_the_ground_of_a_duty_names_its_article() -> None:
    with pytest.raises(ValueError, match="article"):
        Duty(SERVICE, APPLICATION, "户口登记条例", " ")
