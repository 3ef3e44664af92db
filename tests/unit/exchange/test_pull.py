"""Pulls: both keys or nothing, one deadline, every look written down, and outages that are remembered."""

from __future__ import annotations

import logging
import time
from collections.abc import Iterator
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from django.test import override_settings

from miaopi.apps.audit.api import act, person, system
from miaopi.apps.consent.api import withdraw_consent
from miaopi.apps.exchange.api import (
    Duty,
    Ground,
    approve_grant,
    list_outages,
    list_sources,
    register_source,
    revoke_grant,
)
from miaopi.apps.exchange.models import Absence
from miaopi.kernel.errors import NotFound, RightsError
from miaopi.kernel.fact import Absent, Doubt, Known, Unknown
from miaopi.kernel.wording import Text
from tests.unit.exchange.entries import entries, entry_text
from tests.unit.exchange.scene import ANNA, APPLICATION, EXCHANGE, KEEPER, NOW, PURPOSE, ROW, SERVICE, Scene

NAME = {"population_basic": ("name",)}
LATER = NOW + timedelta(minutes=5)


@pytest.fixture
def scene(tmp_path: Path) -> Iterator[Scene]:
    made = Scene(tmp_path)
    with override_settings(MIAOPI_CITY=SimpleNamespace(folder=tmp_path), MIAOPI_AGENCIES=str(made.addresses)):
        made.open()
        yield made


def looks() -> list[tuple[str, str, str]]:
    return [(entry["resource"], entry["agency"], entry["result"]) for entry in entries("DataPulled")]


def test_every_asked_field_comes_back_typed_with_source_and_time(scene: Scene) -> None:
    facts = scene.pull({"population_basic": ("name", "birth_date"), "criminal_record": ("condition_met",), "address": ("street",)})
    assert facts == {
        "population_basic.name": Known(ANNA.name, "population_basic", NOW),
        "population_basic.birth_date": Known(date(1949, 12, 31), "population_basic", NOW),
        "criminal_record.condition_met": Known("true", "criminal_record", NOW),
        "address.street": Known("深南大道1号", "address", NOW),
    }


def test_the_verified_identity_is_a_source_like_any_other(scene: Scene) -> None:
    facts = scene.pull({"unified_identity": ("name", "assurance_level")})
    assert facts["unified_identity.name"] == Known(ANNA.name, "unified_identity", NOW)
    assert facts["unified_identity.assurance_level"] == Known(Decimal(3), "unified_identity", NOW)
    assert looks() == [("unified_identity", "platform", "found")]


def test_each_look_is_an_entry_that_its_subject_can_see_and_holds_no_value(scene: Scene) -> None:
    scene.pull({"population_basic": ("name", "birth_date"), "criminal_record": ("condition_met",)})
    first, second = entries("DataPulled")
    assert (first["resource"], first["agency"], first["fields"]) == ("population_basic", "population", ["name", "birth_date"])
    assert (first["service"], first["application"], first["receipt"]) == (SERVICE, APPLICATION, scene.receipt)
    assert (second["resource"], second["result"]) == ("criminal_record", "found")
    assert entries("DataPulled", subject=scene.subject) == [first, second]
    for value in (ANNA.name, ANNA.id_number, "1949-12-31"):
        assert value not in entry_text()


@pytest.mark.parametrize(
    "wrong",
    [
        {"expires_at": NOW + timedelta(seconds=1)},
        {"scope": ("population_basic.sex",), "separate": ()},
        {"application": "20261125-BBBBBBBBB"},
        {"service": "another-service"},
    ],
    ids=["expired", "another field", "another application", "another service"],
)
def test_without_a_consent_for_this_nobody_is_asked(scene: Scene, wrong: dict[str, Any]) -> None:
    receipt = scene.consent(**wrong)
    with pytest.raises(RightsError):
        scene.pull(NAME, ground=scene.ground(receipt), now=LATER)
    assert looks() == []
    (refused,) = entries("PullRefused")
    assert (refused["resource"], refused["fields"], refused["reason"]) == ("population_basic", ["name"], "consent")


def test_a_sensitive_field_needs_its_separate_consent(scene: Scene) -> None:
    receipt = scene.consent(separate=())
    with pytest.raises(RightsError):
        scene.pull({"criminal_record": ("condition_met",)}, ground=scene.ground(receipt))
    assert scene.pull(NAME, ground=scene.ground(receipt))["population_basic.name"] == Known(ANNA.name, "population_basic", NOW)


def test_a_withdrawn_consent_stops_the_next_pull(scene: Scene) -> None:
    scene.pull(NAME)
    withdraw_consent(receipt=scene.receipt, by=scene.by, now=NOW)
    with pytest.raises(RightsError):
        scene.pull(NAME)
    assert len(looks()) == 1
    assert len(entries("PullRefused")) == 1


def test_nobody_pulls_about_another_person_and_a_receipt_is_its_givers_alone(scene: Scene) -> None:
    other, receipt = scene.stranger(1)
    with pytest.raises(RightsError):
        scene.pull(NAME, by=person(other))
    with pytest.raises(RightsError):
        scene.pull(NAME, ground=scene.ground(receipt))
    with pytest.raises(RightsError):
        scene.pull(NAME, ground=Ground("no-such-receipt", SERVICE, APPLICATION))
    assert looks() == []


def test_a_field_without_a_grant_is_unknown_recorded_and_never_asked(scene: Scene) -> None:
    facts = scene.pull({"population_basic": ("name", "sex")})
    assert facts["population_basic.sex"] == Unknown(Doubt.UNPROVEN, "population_basic")
    assert facts["population_basic.name"] == Known(ANNA.name, "population_basic", NOW)
    assert [entry["fields"] for entry in entries("DataPulled")] == [["name"]]
    assert [(entry["fields"], entry["reason"]) for entry in entries("PullRefused")] == [(["sex"], "grant")]


def test_a_field_that_is_not_shared_cannot_be_had_with_any_grant(scene: Scene) -> None:
    with pytest.raises(Exception, match="does not share"):
        approve_grant(service=SERVICE, resource="criminal_record", field="judgments", purpose=PURPOSE.zh, ground="x", by=KEEPER, now=NOW)
    facts = scene.pull({"criminal_record": ("judgments",)})
    assert facts == {"criminal_record.judgments": Unknown(Doubt.UNPROVEN, "criminal_record")}
    assert looks() == []


def test_a_grant_for_one_purpose_is_none_for_another(scene: Scene) -> None:
    receipt = scene.consent(purpose=Text(zh="商业营销", en="Advertising"))
    assert scene.pull(NAME, ground=scene.ground(receipt)) == {"population_basic.name": Unknown(Doubt.UNPROVEN, "population_basic")}
    assert looks() == []


def test_a_revoked_grant_bites_at_the_next_pull_and_can_be_given_anew(scene: Scene) -> None:
    scene.pull(NAME)
    revoke_grant(grant=scene.grant_of("population_basic", "name"), by=KEEPER, now=NOW)
    assert scene.pull(NAME) == {"population_basic.name": Unknown(Doubt.UNPROVEN, "population_basic")}
    assert len(looks()) == 1
    approve_grant(service=SERVICE, resource="population_basic", field="name", purpose=PURPOSE.zh, ground="授权同意", by=KEEPER, now=NOW)
    assert scene.pull(NAME) == {"population_basic.name": Known(ANNA.name, "population_basic", NOW)}


def test_what_nobody_is_connected_for_is_unproven(scene: Scene) -> None:
    assert scene.pull({"described": ("thing",)}) == {"described.thing": Unknown(Doubt.UNPROVEN, "described")}
    assert looks() == []


def test_two_rows_for_one_person_are_a_conflict(scene: Scene) -> None:
    scene.rows["population"]["population_basic"].append({**ROW, "name": "演示·另一人"})
    assert scene.pull(NAME) == {"population_basic.name": Unknown(Doubt.CONFLICT, "population_basic")}
    assert looks() == [("population_basic", "population", "conflict")]
    scene.rows["population"]["population_basic"].pop()


def test_two_sources_that_differ_are_a_conflict_and_both_looks_are_written_down(scene: Scene) -> None:
    scene.rows["second"]["address"][0]["road"] = "红荔路2号"
    assert scene.pull({"address": ("street",)}) == {"address.street": Unknown(Doubt.CONFLICT, "address")}
    assert looks() == [("address", "population", "found"), ("address", "second", "found")]


def test_absent_is_what_the_configuration_calls_absent(scene: Scene) -> None:
    scene.rows["population"]["population_basic"] = []
    scene.rows["criminal"]["criminal_record"] = []
    facts = scene.pull({**NAME, "criminal_record": ("condition_met",)})
    assert facts["population_basic.name"] == Absent("population_basic", NOW)
    assert facts["criminal_record.condition_met"] == Unknown(Doubt.UNPROVEN, "criminal_record")
    assert [result for _, _, result in looks()] == ["absent", "unsaid"]


@pytest.mark.parametrize("mode", ["down", "wrong"])
def test_an_outage_is_remembered_from_its_first_silence_until_the_source_answers(scene: Scene, mode: str) -> None:
    scene.modes["criminal"] = mode
    asks = {"criminal_record": ("condition_met",)}
    assert scene.pull(asks)["criminal_record.condition_met"] == Unknown(Doubt.UNAVAILABLE, "criminal_record", NOW)
    assert scene.pull(asks, now=LATER)["criminal_record.condition_met"] == Unknown(Doubt.UNAVAILABLE, "criminal_record", NOW)
    assert list_outages() == {("criminal_record", "criminal"): NOW}
    assert [status.silent_since for status in list_sources(now=NOW) if status.agency == "criminal"] == [NOW]
    scene.modes["criminal"] = "up"
    assert scene.pull(asks, now=LATER)["criminal_record.condition_met"] == Known("true", "criminal_record", LATER)
    assert list_outages() == {}
    assert len(entries("SourceFellSilent")) == len(entries("SourceAnsweredAgain")) == 1


def test_one_silent_source_costs_the_deadline_once_and_no_other_fact(scene: Scene) -> None:
    scene.modes["criminal"] = scene.modes["second"] = "slow"
    begun = time.monotonic()
    facts = scene.pull({**NAME, "criminal_record": ("condition_met",), "address": ("street",)}, seconds=5)
    assert time.monotonic() - begun < 10
    assert facts["population_basic.name"] == Known(ANNA.name, "population_basic", NOW)
    assert facts["criminal_record.condition_met"] == Unknown(Doubt.UNAVAILABLE, "criminal_record", NOW)
    assert facts["address.street"] == Unknown(Doubt.UNAVAILABLE, "address", NOW)


def test_a_stale_answer_is_unknown_with_an_entry_that_says_so_and_no_outage(scene: Scene) -> None:
    written = scene.folder / "exchange.yaml"
    written.write_text(EXCHANGE.replace("at: population_basic\n", "at: population_basic\n        fresh: P1D\n        as_of: updated_on\n"))
    row = {**ROW, "updated_on": "2026-11-20"}
    scene.rows["population"]["population_basic"] = [row]
    assert scene.pull(NAME) == {"population_basic.name": Unknown(Doubt.STALE, "population_basic")}
    assert looks() == [("population_basic", "population", "stale")]
    assert list_outages() == {}
    row["updated_on"] = "2026-11-25"
    assert scene.pull(NAME) == {"population_basic.name": Known(ANNA.name, "population_basic", NOW)}


def test_a_value_of_the_wrong_type_is_silence(scene: Scene) -> None:
    scene.rows["population"]["population_basic"] = [{**ROW, "birth_date": "unknown"}]
    facts = scene.pull({"population_basic": ("name", "birth_date")})
    assert facts["population_basic.birth_date"] == Unknown(Doubt.UNAVAILABLE, "population_basic", NOW)
    assert looks() == [("population_basic", "population", "silent")]


def test_a_source_that_suddenly_knows_nobody_is_not_believed_until_it_finds_somebody(scene: Scene) -> None:
    strangers = [scene.stranger(serial) for serial in range(5)]

    def ask(serial: int) -> object:
        subject, receipt = strangers[serial]
        facts = scene.pull(NAME, subject=subject, ground=scene.ground(receipt), by=person(subject), now=NOW + timedelta(seconds=serial))
        return facts["population_basic.name"]

    assert [type(ask(serial)) for serial in (0, 0, 0, 1, 2)] == [Absent] * 5  # one person asked thrice is one person
    assert [ask(serial) for serial in (3, 4, 0)] == [Unknown(Doubt.UNAVAILABLE, "population_basic", NOW)] * 3
    assert Absence.objects.count() == 4  # one more than are believed, and no further
    assert looks()[-1] == ("population_basic", "population", "doubted")
    assert scene.pull(NAME)["population_basic.name"] == Known(ANNA.name, "population_basic", NOW)
    assert isinstance(ask(4), Absent)


def test_entries_are_kept_before_values_are_handed_out(scene: Scene) -> None:
    scene.pull({**NAME, "address": ("street",)})
    assert len({entry["transaction"] for entry in entries("DataPulled")}) == 1


def test_a_pull_inside_a_transaction_is_our_mistake(scene: Scene) -> None:
    scene.publish()
    with pytest.raises(RuntimeError), act(by=KEEPER, now=NOW):
        scene.pull(NAME)
    assert looks() == []


def test_the_system_may_pull_for_a_waiting_case(scene: Scene) -> None:
    assert scene.pull(NAME, by=system("approval.retry_waiting"))["population_basic.name"] == Known(ANNA.name, "population_basic", NOW)


def test_an_unknown_party_is_not_found(scene: Scene) -> None:
    with pytest.raises((NotFound, RightsError)):
        scene.pull(NAME, subject="f" * 32, by=system("test"))


def test_nothing_is_asked_for_nothing(scene: Scene) -> None:
    assert scene.pull({}) == {}
    assert scene.pull({"population_basic": ()}) == {}


def test_a_resource_has_one_keeper_among_the_rooms() -> None:
    with pytest.raises(ValueError, match="source already"):
        register_source("unified_identity", lambda subject, fields, now: None)


def test_no_log_line_of_a_pull_holds_a_value(scene: Scene, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.DEBUG, logger="miaopi"):
        scene.modes["criminal"] = "wrong"
        scene.pull({**NAME, "criminal_record": ("condition_met",)})
    for value in (ANNA.name, ANNA.id_number):
        assert value not in caplog.text


DUTY = Duty(SERVICE, APPLICATION, "老年人权益保障法", "第三十三条")


def test_a_duty_needs_no_consent_but_grants_of_its_own_and_its_looks_are_hers_to_see(scene: Scene) -> None:
    withdraw_consent(receipt=scene.receipt, by=scene.by, now=NOW)
    asked = {"ground": DUTY, "by": system("treasury.run_due")}
    assert scene.pull(NAME, **asked) == {"population_basic.name": Unknown(Doubt.UNPROVEN, "population_basic")}
    assert [entry["reason"] for entry in entries("PullRefused")] == ["grant"]
    approve_grant(
        service=SERVICE, resource="population_basic", field="name", purpose="老年人权益保障法 第三十三条", ground="statutory_duty",
        by=KEEPER, now=NOW,
    )
    assert scene.pull(NAME, **asked) == {"population_basic.name": Known(ANNA.name, "population_basic", NOW)}
    (entry,) = entries("DataPulled", subject=scene.subject)
    assert (entry["duty"], entry["receipt"], entry["fields"]) == ("老年人权益保障法 第三十三条", "", ["name"])


MANY = f"""{EXCHANGE}\
  diploma:
    sources:
      - agency: population
        at: diploma
        key: id_number
        absent: empty
        rows: many
        told_apart_by: serial
        fields: {{level: level, serial: serial, awarded_on: {{type: date}}}}
"""
WITH_DIPLOMA = """\
  diploma:
    agency: population
    name: {zh: 学历, en: Diplomas}
    sharing: {method: query, type: conditional, update_frequency: realtime}
    connected: true
    fields:
      level: {zh: 层次, en: Level, privacy: personal}
      serial: {zh: 编号, en: Serial, privacy: personal}
      awarded_on: {zh: 日期, en: Day, privacy: personal}
"""
DIPLOMA = {"diploma": ("level", "awarded_on")}


@pytest.fixture
def graduate(tmp_path: Path) -> Iterator[Scene]:
    made = Scene(tmp_path)
    (tmp_path / "exchange.yaml").write_text(MANY, encoding="utf-8")
    (tmp_path / "catalogue.yaml").write_text((tmp_path / "catalogue.yaml").read_text(encoding="utf-8") + WITH_DIPLOMA, encoding="utf-8")
    made.rows["population"]["diploma"] = [
        {"id_number": ANNA.id_number, "level": level, "serial": serial, "awarded_on": day, "remark": "canary"}
        for level, serial, day in (("本科", "B1", "1971-07-01"), ("硕士", "M1", "1974-07-01"))
    ]
    with override_settings(MIAOPI_CITY=SimpleNamespace(folder=tmp_path), MIAOPI_AGENCIES=str(made.addresses)):
        made.open()
        made.receipt = made.consent(scope=("diploma.level", "diploma.awarded_on", "diploma.serial"), separate=())
        for field in DIPLOMA["diploma"]:
            approve_grant(service=SERVICE, resource="diploma", field=field, purpose=PURPOSE.zh, ground="授权同意", by=KEEPER, now=NOW)
        yield made


def test_many_rows_are_one_list_with_the_asked_fields_alone(graduate: Scene) -> None:
    rows = [{"level": "本科", "awarded_on": date(1971, 7, 1)}, {"level": "硕士", "awarded_on": date(1974, 7, 1)}]
    assert graduate.pull(DIPLOMA) == {"diploma": Known(rows, "diploma", NOW)}
    assert [entry["fields"] for entry in entries("DataPulled")] == [["level", "awarded_on"]]


def test_a_list_that_would_lack_a_field_is_unproven_and_nobody_is_asked(graduate: Scene) -> None:
    assert graduate.pull({"diploma": ("level", "serial")}) == {"diploma": Unknown(Doubt.UNPROVEN, "diploma")}
    assert not entries("DataPulled")
    assert len(entries("PullRefused")) == 1


def test_rows_of_nobody_are_absent_and_rows_of_a_dead_source_unavailable(graduate: Scene) -> None:
    graduate.rows["population"]["diploma"].clear()
    assert graduate.pull(DIPLOMA) == {"diploma": Absent("diploma", NOW)}
    graduate.modes["population"] = "down"
    assert graduate.pull(DIPLOMA) == {"diploma": Unknown(Doubt.UNAVAILABLE, "diploma", NOW)}


def test_two_rows_of_one_mark_contradict_each_other(graduate: Scene) -> None:
    approve_grant(service=SERVICE, resource="diploma", field="serial", purpose=PURPOSE.zh, ground="授权同意", by=KEEPER, now=NOW)
    graduate.rows["population"]["diploma"][1]["serial"] = "B1"
    assert graduate.pull({"diploma": ("level", "serial")}) == {"diploma": Unknown(Doubt.CONFLICT, "diploma")}
