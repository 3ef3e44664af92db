"""Agreements: asked for, decided by rules or by the steward of the provider, narrowed, ended – each an entry, each by right."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime, time, timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from django.test import override_settings

from miaopi.apps.audit.api import Actor, person, staff, system
from miaopi.apps.catalogue.api import publish_service, seed_catalogue
from miaopi.apps.exchange.api import (
    Agreement,
    AgreementState,
    Clock,
    Terms,
    approve_agreement,
    find_open_reason,
    get_agreement,
    list_agreements,
    list_grants,
    list_pulled,
    refuse_agreement,
    request_agreement,
    resume_agreement,
    revoke_agreement,
    run_agreements,
    seed_grants,
    suspend_agreement,
)
from miaopi.apps.identity.api import Role, add_staff
from miaopi.config.offices import load_calendar
from miaopi.definitions import ServicePackage, load_service
from miaopi.kernel.errors import InputError, NotFound, RightsError
from miaopi.kernel.wording import Text
from tests.unit.exchange.entries import entries
from tests.unit.exchange.scene import KEEPER

ROOT = Path(__file__).parents[3]
CITY = ROOT / "cities/demo"
NOW = datetime(2026, 9, 29, 2, tzinfo=UTC)  # the Tuesday before the holidays of October
MONTH = timedelta(days=30)
UNCONNECTED = "exit_entry_record"
ASKER, PROVIDER, OTHER = (staff(name, "steward") for name in ("asker", "provider", "other"))
TERMS = Terms(fields=("name", "birth_date"), starts_at=NOW, ends_at=NOW + MONTH, daily_quota=100)
OPEN: dict[str, Any] = {
    "resource": "population_basic", "service": "elder-visits", "purpose": "上门看望高龄老人", "ground": "老年人权益保障法 第三十三条",
    "terms": TERMS,
}  # fmt: skip
FREE = {
    **OPEN, "resource": "public_toilets", "terms": replace(TERMS, fields=("place",)),
}  # fmt: skip
UNCONDITIONAL = """\
  public_toilets:
    agency: civil-affairs
    name: {zh: 公厕, en: Public toilets}
    sharing: {method: query, type: unconditional, update_frequency: daily}
    connected: true
    fields:
      place: {zh: 位置, en: Place, privacy: public}
"""


@pytest.fixture(autouse=True)
def city(tmp_path: Path, tables: None) -> Iterator[None]:
    (tmp_path / "exchange.yaml").write_text((CITY / "exchange.yaml").read_text(encoding="utf-8"), encoding="utf-8")
    described = (CITY / "catalogue.yaml").read_text(encoding="utf-8")
    (tmp_path / "catalogue.yaml").write_text(described + UNCONDITIONAL, encoding="utf-8")
    city = SimpleNamespace(folder=tmp_path, calendar=load_calendar(CITY))
    with override_settings(MIAOPI_CITY=city, MIAOPI_AGENCIES=str(tmp_path / "agencies.json")):
        seed_catalogue(source=tmp_path / "catalogue.yaml", by=KEEPER, now=NOW)
        for member, office in ((ASKER, "civil-affairs"), (PROVIDER, "population"), (OTHER, "education")):
            add_staff(staff_id=member.id, name=Text(zh="演示", en="Demo"), role=Role.STEWARD, office=office, by=KEEPER, now=NOW)
        yield


def ask(**other: Any) -> Agreement:
    return request_agreement(**{**OPEN, "by": ASKER, "now": NOW, **other})


def granted(agreement: Agreement) -> set[str]:
    return {grant.field for grant in list_grants(agreement.service) if grant.agreement == agreement.id and grant.revoked_at is None}


def local(day: int) -> datetime:
    return datetime(2026, 10, day, 10, tzinfo=UTC)  # 18:00 in the city


@pytest.fixture
def package() -> ServicePackage:
    made = load_service(ROOT / "services/no-criminal-record")
    publish_service(package=made, by=KEEPER, now=NOW - MONTH)
    return made


def test_a_request_waits_for_the_provider_within_five_working_days_after_the_holidays() -> None:
    asked = ask()
    assert (asked.state, asked.clock, asked.agency, asked.requester) == (AgreementState.FILED, Clock.ANSWER, "population", "civil-affairs")
    assert asked.due_at == local(12)  # 30 September, 8 to 10 (a Saturday made a workday) and 12 October
    assert granted(asked) == set()
    (entry,) = entries("AgreementRequested")
    assert (entry["agreement"], entry["fields"], entry["clock"]) == (asked.id, ["name", "birth_date"], "answer")
    assert datetime.fromisoformat(entry["due_at"]) == asked.due_at


def test_what_must_be_connected_first_has_ten_working_days() -> None:
    asked = ask(resource=UNCONNECTED, terms=replace(TERMS, fields=("stay_days",)))
    assert (asked.state, asked.clock, asked.due_at) == (AgreementState.FILED, Clock.CONNECT, local(19))


def test_what_is_shared_unconditionally_is_granted_by_the_rules_at_once_with_its_basis() -> None:
    made = ask(**FREE)
    assert (made.state, made.clock) == (AgreementState.GRANTED, Clock.CHECK)
    assert made.decided_by == "rule_set/data-sharing@1" and "无条件共享" in made.basis
    assert granted(made) == {"place"}
    assert [entry["basis"] for entry in entries("AgreementGranted")] == [made.basis]


def test_a_published_service_is_granted_what_its_rules_use_for_its_purpose(package: ServicePackage) -> None:
    used = list_pulled(package.definition)["population_basic"]
    made = ask(service=package.slug, purpose=package.consent.zh, terms=replace(TERMS, fields=used))
    assert made.state is AgreementState.GRANTED and package.slug in made.basis
    assert ask(service=package.slug, purpose="统计", terms=replace(TERMS, fields=used)).state is AgreementState.FILED


def test_no_rule_says_yes_to_a_row_filter(package: ServicePackage) -> None:
    """Whoever is told which rows pass is told what stands in fields that she did not ask for."""
    terms = replace(TERMS, fields=list_pulled(package.definition)["population_basic"], row_filter='life_status = "正常"')
    made = ask(service=package.slug, purpose=package.consent.zh, terms=terms)
    assert (made.state, made.clock) == (AgreementState.FILED, Clock.ANSWER)
    reason = find_open_reason(made, NOW)
    assert reason is not None and "行条件" in reason.zh


def test_a_published_service_is_refused_what_nothing_in_it_uses(package: ServicePackage) -> None:
    made = ask(service=package.slug, purpose=package.consent.zh, terms=replace(TERMS, fields=("name", "former_name", "ethnicity")))
    assert made.state is AgreementState.REFUSED
    assert "ethnicity" in made.reason and made.basis == "个人信息保护法 第六条"


def test_what_is_not_shared_is_refused_with_its_legal_ground() -> None:
    made = ask(resource="criminal_record", terms=replace(TERMS, fields=("judgments",)))
    assert made.state is AgreementState.REFUSED and made.basis
    assert [entry["basis"] for entry in entries("AgreementRefused")] == [made.basis]
    assert granted(made) == set()


def test_the_steward_of_the_provider_gives_what_was_asked_for() -> None:
    made = approve_agreement(agreement=ask().id, by=PROVIDER, now=NOW)
    assert (made.state, made.decided_by, made.is_narrowed) == (AgreementState.GRANTED, "staff/provider", False)
    assert granted(made) == {"name", "birth_date"}
    assert all(grant.purpose == OPEN["purpose"] and grant.ground == OPEN["ground"] for grant in list_grants("elder-visits"))


def test_the_steward_gives_less_and_what_was_asked_stays_on_record() -> None:
    less = replace(TERMS, fields=("name",), ends_at=NOW + MONTH / 2, daily_quota=10, opens=time(9), closes=time(18),
                   row_filter='life_status = "正常"')
    made = approve_agreement(agreement=ask().id, terms=less, by=PROVIDER, now=NOW)
    assert made.terms == less and made.is_narrowed
    assert made.asked["fields"] == ["name", "birth_date"]
    assert granted(made) == {"name"}
    assert [(entry["fields"], entry["narrowed"]) for entry in entries("AgreementGranted")] == [(["name"], True)]


ASKED = replace(TERMS, total_quota=1000, opens=time(9), closes=time(18), row_filter='life_status = "正常"')


WIDER: list[dict[str, Any]] = [
    {"fields": ("name", "sex")}, {"ends_at": NOW + 2 * MONTH}, {"starts_at": NOW - MONTH}, {"daily_quota": 101}, {"daily_quota": None},
     {"total_quota": None}, {"opens": time(8)}, {"closes": time(19)}, {"opens": None, "closes": None}, {"row_filter": ""},
    {"row_filter": 'life_status = "死亡"'},
]  # fmt: skip


def test_nobody_gives_more_than_was_asked_for() -> None:
    asked = ask(terms=ASKED)
    for wider in WIDER:
        with pytest.raises(InputError, match="beyond what was asked for"):
            approve_agreement(agreement=asked.id, terms=replace(ASKED, **wider), by=PROVIDER, now=NOW)
    assert get_agreement(asked.id).state is AgreementState.FILED and granted(asked) == set()


def test_a_filter_may_be_added_to() -> None:
    asked = ask(terms=ASKED)
    more = replace(ASKED, row_filter='birth_date <= @"1946-12-31" and life_status = "正常"')
    assert approve_agreement(agreement=asked.id, terms=more, by=PROVIDER, now=NOW).terms == more


UNKEPT: list[dict[str, Any]] = [
    {"fields": ()}, {"fields": ("name", "name")}, {"fields": ("shoe_size",)}, {"ends_at": None}, {"ends_at": NOW}, {"daily_quota": 0},
     {"total_quota": -1}, {"opens": time(9)}, {"opens": time(18), "closes": time(9)}, {"row_filter": "1 = 1"},
     {"row_filter": "name = former_name"}, {"row_filter": 'name = "a" or name = "b"'}, {"row_filter": "shoe_size > 40"},
     {"row_filter": 'name < "b"'}, {"row_filter": "'; DROP TABLE people; --"}, {"row_filter": 'contains(name, "a")'},
     {"row_filter": 'name = "a"' + ' and name = "a"' * 50},
]  # fmt: skip


def test_terms_that_nobody_can_keep_are_not_taken() -> None:
    for wrong in UNKEPT:
        with pytest.raises(InputError):
            ask(terms=replace(TERMS, **wrong))
    assert list_agreements() == []


def test_rows_of_a_list_are_not_granted_in_part() -> None:
    with pytest.raises(InputError):
        ask(resource="real_estate", terms=replace(TERMS, fields=("share",), row_filter="share > 50"))


def test_a_request_says_for_what_and_by_what_law() -> None:
    for lacking in ("service", "purpose", "ground"):
        with pytest.raises(InputError):
            ask(**{lacking: " "})
    for ground in ("老年人权益保障法", "法 第一条", "第三十三条"):
        with pytest.raises(InputError, match="instrument and article"):
            ask(ground=ground)
    assert ask(ground="刑法 第二百五十三条之一").ground == "刑法 第二百五十三条之一"


def test_a_refusal_has_its_reason() -> None:
    asked = ask()
    with pytest.raises(InputError):
        refuse_agreement(agreement=asked.id, reason=" ", by=PROVIDER, now=NOW)
    made = refuse_agreement(agreement=asked.id, reason="用途与职责无关", by=PROVIDER, now=NOW)
    assert (made.state, made.reason) == (AgreementState.REFUSED, "用途与职责无关")
    assert len(entries("AgreementRefused")) == 1 and granted(made) == set()


WHY = {"reason": "用途不再需要"}
Verb = Callable[..., Agreement]
SETTLED: list[tuple[list[tuple[Verb, dict[str, str]]], AgreementState]] = [
    ([], AgreementState.GRANTED),
    ([(suspend_agreement, WHY)], AgreementState.SUSPENDED),
    ([(suspend_agreement, WHY), (resume_agreement, {})], AgreementState.GRANTED),
    ([(revoke_agreement, WHY)], AgreementState.REVOKED),
    ([(suspend_agreement, WHY), (revoke_agreement, WHY)], AgreementState.REVOKED),
]


@pytest.mark.parametrize(("verbs", "there"), SETTLED, ids=lambda value: str(value) if isinstance(value, str) else None)
def test_an_agreement_goes_where_the_table_of_moves_says(verbs: list[tuple[Verb, dict[str, str]]], there: AgreementState) -> None:
    made = approve_agreement(agreement=ask().id, by=PROVIDER, now=NOW)
    for verb, more in verbs:
        made = verb(agreement=made.id, by=PROVIDER, now=NOW, **more)
    assert made.state is there
    assert granted(made) == (set() if there is AgreementState.REVOKED else {"name", "birth_date"})


def test_what_the_table_of_moves_does_not_list_cannot_be_done() -> None:
    asked = ask()
    for verb, more in ((suspend_agreement, WHY), (resume_agreement, {}), (revoke_agreement, WHY)):
        with pytest.raises(InputError):
            verb(agreement=asked.id, by=PROVIDER, now=NOW, **more)
    made = approve_agreement(agreement=asked.id, by=PROVIDER, now=NOW)
    for verb, more in ((approve_agreement, {}), (refuse_agreement, WHY), (resume_agreement, {})):
        with pytest.raises(InputError):
            verb(agreement=made.id, by=PROVIDER, now=NOW, **more)
    assert get_agreement(made.id) == made


DECIDING: list[tuple[Verb, dict[str, str]]] = [
    (approve_agreement, {}), (refuse_agreement, WHY), (suspend_agreement, WHY), (resume_agreement, {}), (revoke_agreement, WHY),
]  # fmt: skip
OTHERS: list[Actor] = [
    ASKER, OTHER, person("a" * 32), system("test"), staff("provider", "officer"), staff("provider", "auditor"),
]  # fmt: skip


def test_nobody_but_a_steward_of_the_provider_decides() -> None:
    asked = ask()
    for by in OTHERS:
        for verb, more in DECIDING:
            with pytest.raises(RightsError):
                verb(agreement=asked.id, by=by, now=NOW, **more)
    assert get_agreement(asked.id) == asked


def test_nobody_answers_her_own_request() -> None:
    asked = ask(by=PROVIDER)
    with pytest.raises(RightsError):
        approve_agreement(agreement=asked.id, by=PROVIDER, now=NOW)


def test_nobody_but_a_steward_asks() -> None:
    for by in (person("a" * 32), system("test"), staff("officer1", "officer"), staff("clerk1", "clerk")):
        with pytest.raises(RightsError):
            ask(by=by)


def test_what_is_not_there_is_not_found() -> None:
    with pytest.raises(NotFound):
        ask(resource="no_such_resource")
    with pytest.raises(NotFound):
        approve_agreement(agreement="0" * 32, by=PROVIDER, now=NOW)
    with pytest.raises(NotFound):
        get_agreement("0" * 32)


def test_an_answer_that_does_not_come_in_time_is_overdue_and_written_down_once() -> None:
    asked = ask()
    assert asked.due_at is not None
    in_time, late = asked.due_at, asked.due_at + timedelta(seconds=1)
    assert run_agreements(by=KEEPER, now=in_time) == 0 and not asked.is_overdue(in_time)
    assert [run_agreements(by=KEEPER, now=late) for _ in range(2)] == [1, 0]
    (entry,) = entries("AgreementOverdue")
    assert (entry["agreement"], entry["agency"], entry["clock"]) == (asked.id, "population", "answer")
    assert get_agreement(asked.id).is_overdue(late)
    made = approve_agreement(agreement=asked.id, by=PROVIDER, now=late)
    assert not made.is_overdue(late) and made.overdue_at == late


def test_a_term_that_is_over_is_written_down_once_and_cannot_be_resumed() -> None:
    made = approve_agreement(agreement=ask().id, by=PROVIDER, now=NOW)
    assert run_agreements(by=KEEPER, now=NOW + MONTH - timedelta(seconds=1)) == 0
    assert [run_agreements(by=KEEPER, now=NOW + MONTH) for _ in range(2)] == [1, 0]
    assert get_agreement(made.id).state is AgreementState.EXPIRED and granted(made) == set()
    assert len(entries("AgreementExpired")) == 1
    with pytest.raises(InputError):
        resume_agreement(agreement=made.id, by=PROVIDER, now=NOW + MONTH)


def test_publishing_yields_agreements_that_the_steward_of_each_provider_may_end(package: ServicePackage) -> None:
    seeded = seed_grants(package=package, by=KEEPER, now=NOW)
    made = list_agreements(service=package.slug)
    assert {f"{each.resource}.{field}" for each in made for field in each.terms.fields} == set(seeded)
    assert all(each.state is AgreementState.GRANTED and each.terms.ends_at is None and package.slug in each.basis for each in made)
    (basic,) = (each for each in made if each.resource == "population_basic")
    revoke_agreement(agreement=basic.id, by=PROVIDER, now=NOW, **WHY)
    assert seed_grants(package=package, by=KEEPER, now=NOW) == ()
    standing = {f"{grant.resource}.{grant.field}" for grant in list_grants(package.slug) if grant.revoked_at is None}
    assert standing == {source for source in seeded if not source.startswith("population_basic.")}


def test_those_waited_for_come_first_and_lists_are_cut_by_agency() -> None:
    first, second = ask(), ask(**FREE)
    assert [each.id for each in list_agreements()] == [first.id, second.id]
    assert [each.id for each in list_agreements(agency="civil-affairs")] == [second.id]
    assert [each.id for each in list_agreements(state=AgreementState.FILED)] == [first.id]
    said = list_agreements()[0].to_json(NOW + MONTH)
    assert (said["overdue"], said["state"], said["fields"]) == (True, "filed", ["name", "birth_date"])
