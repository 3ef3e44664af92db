"""Systems of departments: the sandbox without an agreement, the pull on one of their own, and nobody on another's."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from django.test import override_settings

from miaopi.apps.audit.api import Actor, ActorKind, staff, system
from miaopi.apps.catalogue.api import get_resource, publish_service, seed_catalogue
from miaopi.apps.exchange.api import (
    Agreement,
    PullRefusedError,
    Terms,
    approve_agreement,
    describe_filter,
    find_open_reason,
    pull_for_agency,
    read_visibility,
    request_agreement,
    revoke_agreement,
    try_sandbox,
)
from miaopi.apps.identity.api import Role, add_staff, find_party_by_id_number, get_party
from miaopi.config.offices import load_calendar
from miaopi.definitions import load_service
from miaopi.kernel.errors import InputError, NotFound, RightsError
from miaopi.kernel.fact import Known
from miaopi.kernel.wording import Text
from tests.unit.exchange.entries import entries
from tests.unit.exchange.scene import ANNA, KEEPER, NOW, Scene

ROOT = Path(__file__).parents[3]
OURS, THEIRS = (Actor(kind=ActorKind.AGENCY, id=office) for office in ("second", "criminal"))
ASKER, RIVAL, PROVIDER = (staff(name, "steward") for name in ("asker", "rival", "provider"))
USE = {"use": "elder-visits", "purpose": "上门看望高龄老人", "instrument": "老年人权益保障法", "article": "第三十三条"}
NEVER_HERE = "990000199003070021"


@pytest.fixture
def scene(tmp_path: Path, tables: None) -> Iterator[Scene]:
    built = Scene(tmp_path)
    city = SimpleNamespace(folder=tmp_path, calendar=load_calendar(ROOT / "cities/demo"), settings={})
    with override_settings(MIAOPI_CITY=city, MIAOPI_AGENCIES=str(built.addresses)):
        built.open()
        built.publish()
        for member, office in ((ASKER, "second"), (RIVAL, "criminal"), (PROVIDER, "population")):
            add_staff(staff_id=member.id, name=Text(zh="演示", en="Demo"), role=Role.STEWARD, office=office, by=KEEPER, now=NOW)
        yield built


def agree(*, by: Actor = ASKER, **other: Any) -> Agreement:
    terms = Terms(fields=("name", "birth_date"), starts_at=NOW, ends_at=NOW + timedelta(days=30), **other)
    asked = request_agreement(
        resource="population_basic", service=USE["use"], purpose=USE["purpose"], ground=f"{USE['instrument']} {USE['article']}",
        terms=terms, by=by, now=NOW,
    )
    return approve_agreement(agreement=asked.id, by=PROVIDER, now=NOW)


def ask(*, by: Actor = OURS, **other: Any) -> Any:
    said: dict[str, Any] = {
        **USE, "resource": "population_basic", "fields": ("name", "sex"), "id_number": ANNA.id_number, "case": "YL-2026/7",
    }  # fmt: skip
    return pull_for_agency(**{**said, "by": by, "now": NOW, **other})


def test_an_agency_has_what_was_agreed_with_it_and_the_person_sees_who_asked_and_why(scene: Scene) -> None:
    agree()
    pulled = ask()
    assert pulled.facts["population_basic.name"] == Known(ANNA.name, "population_basic", NOW)
    assert pulled.refused == {"population_basic.sex": "field_not_granted"}
    (entry,) = entries("DataPulled")
    assert (entry["fields"], entry["duty"], entry["application"]) == (["name"], "老年人权益保障法 第三十三条", "~YL-2026/7")


def test_without_an_agreement_an_agency_has_nothing_and_the_refusal_is_an_entry(scene: Scene) -> None:
    assert ask().refused == {"population_basic.name": "no_grant", "population_basic.sex": "no_grant"}
    (entry,) = entries("PullRefused")
    assert (entry["code"], entry["service"]) == ("no_grant", "elder-visits")


def test_a_name_that_the_catalogue_does_not_know_is_refused_and_goes_into_no_log(scene: Scene) -> None:
    agree()
    pulled = ask(fields=("name", "n110105194912310021"))
    assert pulled.refused == {"population_basic.n110105194912310021": "field_unknown"}
    assert "110105194912310021" not in str([*entries("DataPulled"), *entries("PullRefused")])
    with pytest.raises(NotFound):
        ask(resource="nonsense")


def test_an_agreement_of_one_agency_is_of_no_use_to_another(scene: Scene) -> None:
    agree()
    assert set(ask(by=THEIRS).refused.values()) == {"no_grant"}
    agree(by=RIVAL, daily_quota=1)
    assert "population_basic.name" not in ask(by=THEIRS).refused
    assert ask(by=THEIRS).refused["population_basic.name"] == "daily_quota_spent"  # its own quota, whatever the other has


def test_what_was_revoked_is_refused_at_the_next_call(scene: Scene) -> None:
    agreed = agree()
    assert "population_basic.name" not in ask().refused
    revoke_agreement(agreement=agreed.id, reason="用途已结束", by=PROVIDER, now=NOW)
    assert ask().refused["population_basic.name"] == "revoked"


def test_another_purpose_or_another_law_is_refused(scene: Scene) -> None:
    agree()
    assert ask(purpose="别的用途").refused["population_basic.name"] == "wrong_purpose"
    assert ask(article="第一条").refused["population_basic.name"] == "wrong_ground"


def test_a_wrong_law_does_not_warn_her_of_looks_that_are_to_be_shown_later(scene: Scene) -> None:
    agree(visibility=read_visibility("deferred:30d"), hidden_by="演示侦查规定 第一条")
    ask(article="第一条", fields=("name",))
    assert [entry["visibility"] for entry in entries("PullRefused")] == ["deferred"]


def test_what_was_agreed_on_one_law_is_not_had_on_another(scene: Scene) -> None:
    """The person reads on which law they looked: it must be the one that the keeper agreed to for that field."""
    agree()
    terms = Terms(fields=("sex",), starts_at=NOW, ends_at=NOW + timedelta(days=30))
    other = request_agreement(
        resource="population_basic", service=USE["use"], purpose=USE["purpose"], ground="演示规定 第九条", terms=terms, by=ASKER, now=NOW
    )
    approve_agreement(agreement=other.id, by=PROVIDER, now=NOW)
    assert ask().refused == {"population_basic.sex": "wrong_ground"}
    assert ask(instrument="演示规定", article="第九条").refused == {"population_basic.name": "wrong_ground"}


def test_an_agency_cannot_pass_for_a_service(scene: Scene) -> None:
    """The rules grant a published service what it uses, whoever asks in its name: its facts are for its decisions alone."""
    publish_service(package=load_service(ROOT / "services/no-criminal-record"), by=KEEPER, now=NOW)
    with pytest.raises(PullRefusedError) as refused:
        ask(use="no-criminal-record")
    assert refused.value.code == "no_grant"
    assert ask(use="no-criminal-record", fields=("nothing",)).refused == {"population_basic.nothing": "field_unknown"}


def test_nobody_but_an_agency_pulls_so(scene: Scene) -> None:
    for by in (ASKER, scene.by, system("test")):
        with pytest.raises(RightsError):
            ask(by=by)


@pytest.mark.parametrize("wrong", [{"case": ""}, {"case": "11010519491231002X"}, {"case": "甲"}, {"use": " "},
                                   {"case": "110105-19491231-002X"}, {"purpose": "核对 110105 1949 1231 002x"},
                                   {"article": "１１０１０５·１９４９１２３１·００２Ｘ"},
                                   {"use": "核对11010519491231002X"}, {"article": ""},
                                   {"id_number": "110105194912310021"}])  # fmt: skip
def test_a_part_that_is_missing_or_wrong_is_named_and_no_number_stands_in_the_error(scene: Scene, wrong: dict[str, str]) -> None:
    with pytest.raises(InputError) as error:
        ask(**wrong)
    assert error.value.field.rpartition(".")[2] == next(iter(wrong))
    assert "1101051949" not in str(error.value)


def test_a_look_at_somebody_who_was_never_here_waits_for_her(scene: Scene) -> None:
    agree()
    ask(id_number=NEVER_HERE)
    party = find_party_by_id_number(NEVER_HERE)
    assert party is not None and get_party(party).assurance_level == 0
    assert scene.enter(replace(ANNA, id_number=NEVER_HERE)) == party
    assert get_party(party).assurance_level == 3


def test_the_sandbox_answers_in_the_right_types_about_nobody_and_the_same_each_time(scene: Scene) -> None:
    sample = try_sandbox(resource="population_basic", subject=ANNA.id_number, by=OURS, now=NOW)
    assert sample == try_sandbox(resource="population_basic", subject=ANNA.id_number, by=ASKER, now=NOW)
    values = {name.partition(".")[2]: fact.value for name, fact in sample.facts.items()}
    assert values["name"].startswith("示例·姓名") and values["sex"] in {"男", "女"} and values["birth_date"].year == 2001
    assert ANNA.name not in str(sample.facts)
    assert entries("DataPulled") == []


def test_the_sandbox_denies_what_is_never_shared_and_what_does_not_exist(scene: Scene) -> None:
    sample = try_sandbox(resource="criminal_record", fields=("condition_met", "judgments", "nonsense"), by=OURS, now=NOW)
    assert sample.refused == {"criminal_record.judgments": "not_shared", "criminal_record.nonsense": "field_unknown"}
    assert list(sample.facts) == ["criminal_record.condition_met"]
    with pytest.raises(NotFound):
        try_sandbox(resource="nonsense", by=OURS, now=NOW)
    with pytest.raises(RightsError):
        try_sandbox(resource="population_basic", by=scene.by, now=NOW)


def test_what_is_never_shared_is_not_asked_out_of_a_row_filter_either(scene: Scene, tmp_path: Path) -> None:
    """Which rows pass would tell it: at the request, and where it was shared when that was agreed on."""
    with pytest.raises(InputError, match="judgments") as error:
        request_agreement(
            resource="criminal_record", service=USE["use"], purpose=USE["purpose"], ground="老年人权益保障法 第三十三条", by=ASKER, now=NOW,
            terms=Terms(fields=("condition_met",), starts_at=NOW, ends_at=NOW + timedelta(days=30), row_filter='judgments = "有"'),
        )  # fmt: skip
    assert error.value.field == "where"
    agree(row_filter='sex = "女"')
    assert "population_basic.name" not in ask().refused
    described = (tmp_path / "catalogue.yaml").read_text(encoding="utf-8")
    shared = "sex: {zh: 性别, en: Sex, privacy: personal"
    shut = described.replace(shared, shared + ", sharing: {type: not_shared, ground: 演示规定 第一条}")
    (tmp_path / "catalogue.yaml").write_text(shut, encoding="utf-8")
    seed_catalogue(source=tmp_path / "catalogue.yaml", by=KEEPER, now=NOW)
    assert ask().refused["population_basic.name"] == "filter_broken"


def test_a_row_filter_is_told_in_words(scene: Scene) -> None:
    told = describe_filter(get_resource("population_basic"), 'sex = "女" and birth_date <= @"1956-11-26"', NOW)
    assert told == Text(zh="性别是“女”，且出生日期不晚于1956年11月26日", en="Sex is “女” and Born is not after 26 November 1956")
    assert describe_filter(get_resource("population_basic"), "shoe_size > 3", NOW) is None


def test_a_steward_is_told_why_the_rules_left_it_to_her(scene: Scene) -> None:
    asked = request_agreement(
        resource="population_basic", service=USE["use"], purpose=USE["purpose"], ground="某法 第一条",
        terms=Terms(fields=("name",), starts_at=NOW, ends_at=NOW + timedelta(days=30)), by=ASKER, now=NOW,
    )  # fmt: skip
    told = find_open_reason(asked, NOW)
    assert told is not None and "不是平台上已发布的事项" in told.zh
