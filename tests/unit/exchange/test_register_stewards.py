"""The steward's part of base registers, on the demo city's own definitions: coverage counted at the source, lineage, duplicates decided."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from django.test import override_settings

from miaopi.apps.audit.api import Actor, ActorKind, list_accesses, sequence
from miaopi.apps.catalogue.api import publish_service, seed_catalogue
from miaopi.apps.exchange.api import (
    CandidateState,
    Coverage,
    CoverageShare,
    Duplicate,
    RefusalCode,
    find_duplicates,
    find_share,
    get_register,
    list_coverage,
    list_duplicates,
    list_lineage,
    list_registers,
    measure_coverage,
    merge_duplicate,
    read_duplicate,
    reopen_duplicate,
    set_apart_duplicate,
)
from miaopi.apps.exchange.models import DuplicateCandidate
from miaopi.apps.identity.api import name_party, pseudonym
from miaopi.definitions import find_service
from miaopi.kernel.errors import InputError, NotFound, RightsError, UpstreamError
from miaopi.kernel.fact import Absent, Doubt, Known, Unknown
from tests.unit.exchange.entries import entries, entry_text
from tests.unit.exchange.hukou import (
    ANNA,
    BEN,
    CLOSE,
    OLD_BEN,
    OTHER,
    PEOPLE,
    REGISTER,
    SECOND,
    STEWARD,
    STRANGERS,
    Hukou,
)
from tests.unit.exchange.running import NOW
from tests.unit.exchange.scene import KEEPER

pytestmark = pytest.mark.xdist_group("agencies")  # an agency's database bears its name, so there is one of each on a server

NUMBERS = [number for number, *_ in PEOPLE]
WHY = "派出所核实，同一人重复申报户口。"


@pytest.fixture(scope="module")
def running(agency_server: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Hukou]:
    made = Hukou(agency_server, tmp_path_factory.mktemp("hukou"))
    yield made
    made.close()


@pytest.fixture
def hukou(running: Hukou, database: str) -> Iterator[Hukou]:
    with override_settings(**running.settings):
        running.open()
        running.wire.forget()
        yield running


def figures(field: str, source: str) -> Coverage:
    return next(each for each in list_coverage(REGISTER)[field] if each.source == source)


def pair(*numbers: str) -> Duplicate:
    """The pair of these two, told from the others by what its steward sees."""
    seen = [read_duplicate(candidate=each.id, by=STEWARD, now=NOW) for each in list_duplicates(REGISTER)]
    [found] = [each.duplicate for each in seen if set(each.numbers) == set(numbers)]
    return found


def test_coverage_is_counted_by_the_agency_and_only_figures_cross_the_wire(hukou: Hukou) -> None:
    measure_coverage(register=REGISTER, by=STEWARD, now=NOW)
    name = figures("name", "population_basic.name")
    assert (name.everybody, name.known, name.absent, name.unknown, name.conflict, name.share) == (6, 6, 0, 0, 0, 1.0)
    region = figures("household_region", "household_registration.hukou_region_code")
    assert (region.everybody, region.known, region.absent, region.share) == (6, 3, 3, 0.5)
    card = figures("identity_card_valid_to", "identity_card.valid_to")
    assert (card.known, card.absent, card.counted_at) == (1, 5, NOW)
    crossed = (hukou.wire.asked + hukou.wire.answered).decode("utf-8", "replace")
    assert "count(*)" in crossed
    for number, told, *_, born in PEOPLE:
        assert number not in crossed
        assert told not in crossed
        assert born not in crossed
    assert "演示路" not in crossed
    [entry] = entries("CoverageMeasured")
    assert "population_basic.name" in entry["sources"]
    assert entry["uncounted"] == ["death_cancellation.death_date", "death_certificate.death_date"]


def test_a_field_is_known_at_least_as_the_best_of_its_sources_or_at_most_as_the_least_that_must_agree(hukou: Hukou) -> None:
    measure_coverage(register=REGISTER, by=STEWARD, now=NOW)
    register, coverage = get_register(REGISTER), list_coverage(REGISTER)
    shares = {name: find_share(field, coverage[name]) for name, field in register.fields.items()}
    assert [shares[name] for name in ("name", "birth_date", "death_date")] == [CoverageShare(1.0, ""), CoverageShare(0.5, "most"), None]
    address = get_register("base_address").fields["current_address"]
    assert find_share(address, [Coverage("one", NOW, 10, 4, 6, 0, 0), Coverage("two", NOW, 10, 7, 3, 0, 0)]) == CoverageShare(0.7, "least")
    assert find_share(register.fields["birth_date"], coverage["birth_date"][:1]) is None


def test_a_source_that_cannot_count_has_no_figures_and_says_so(hukou: Hukou) -> None:
    measure_coverage(register=REGISTER, by=STEWARD, now=NOW)
    dropped = figures("death_date", "death_cancellation.death_date")
    assert (dropped.known, dropped.everybody, dropped.share) == (None, None, None)


def test_a_party_with_two_rows_is_a_conflict_and_a_value_that_is_not_listed_is_unknown(hukou: Hukou) -> None:
    with hukou.registering_twice(3, 4):
        measure_coverage(register=REGISTER, by=STEWARD, now=NOW)
    region = figures("household_region", "household_registration.hukou_region_code")
    assert (region.known, region.conflict, region.unknown, region.absent) == (2, 1, 1, 2)


COMPANIES = {
    "catalogue": """\
agencies:
  population: {name: {zh: 登记, en: Registry}}
resources:
  company:
    agency: population
    name: {zh: 企业, en: Company}
    sharing: {method: query, type: conditional, update_frequency: realtime}
    connected: true
    fields:
      code: {zh: 代码, en: Code, privacy: public}
      house: {zh: 住所, en: House, privacy: public}
""",
    "exchange": """\
agencies:
  population: {kind: sql, seconds: 2}
resources:
  company:
    sources:
      - agency: population
        at: household_registration
        key: police_station
        absent: empty
        rows: many
        told_apart_by: code
        fields: {code: id_number, house: hukou_address}
""",
    "registers": """\
registers:
  base_company:
    name: {zh: 法人, en: Legal persons}
    agency: population
    everybody: company
    rows: many
    fields:
      house: {zh: 住所, en: House, privacy: public, rule: first, sources: [company.house]}
""",
}


def test_where_a_person_has_many_rows_each_is_a_party_and_no_conflict(hukou: Hukou, tmp_path: Path) -> None:
    for name, text in COMPANIES.items():
        (tmp_path / f"{name}.yaml").write_text(text, encoding="utf-8")
    with override_settings(MIAOPI_CITY=SimpleNamespace(folder=tmp_path)):
        seed_catalogue(source=tmp_path / "catalogue.yaml", by=KEEPER, now=NOW)
        found = measure_coverage(register="base_company", by=STEWARD, now=NOW)
    [house] = found["house"]
    assert (house.everybody, house.known, house.conflict) == (3, 3, 0)


def test_an_agency_that_is_silent_is_not_counted_and_the_last_figures_are_the_latest(hukou: Hukou) -> None:
    measure_coverage(register=REGISTER, by=STEWARD, now=NOW)
    hukou.wire.set_mode("down")
    try:
        later = NOW.replace(hour=9)
        measure_coverage(register=REGISTER, by=STEWARD, now=later)
        with pytest.raises(UpstreamError):
            find_duplicates(register=REGISTER, by=STEWARD, now=NOW)
    finally:
        hukou.wire.set_mode("up")
    name = figures("name", "population_basic.name")
    assert (name.counted_at, name.known) == (later, None)


def test_only_a_steward_of_the_registers_own_agency_has_it_counted_or_compared(hukou: Hukou) -> None:
    for act in (measure_coverage, find_duplicates):
        for somebody in (OTHER, hukou.anna, KEEPER):
            with pytest.raises(RightsError):
                act(register=REGISTER, by=somebody, now=NOW)
        with pytest.raises(NotFound):
            act(register="base_nothing", by=STEWARD, now=NOW)


def test_pairs_are_found_at_the_source_scored_and_kept_without_a_number_in_sight(hukou: Hukou) -> None:
    assert find_duplicates(register=REGISTER, by=STEWARD, now=NOW) == 3
    crossed = hukou.wire.answered.decode("utf-8", "replace")
    assert all(name not in crossed for _, name, *_ in PEOPLE)
    found = list_duplicates(REGISTER)
    assert [(each.suspicion, each.score, each.state) for each in found] == [
        ("same_person", 100, CandidateState.OPEN), ("old_number", 90, CandidateState.OPEN), ("same_person", 75, CandidateState.OPEN),
    ]  # fmt: skip
    kept = str([each.to_json() for each in found]) + entry_text()
    assert all(number not in kept for number in NUMBERS)
    assert find_duplicates(register=REGISTER, by=STEWARD, now=NOW) == 0


def test_decided_pairs_hide_none_that_is_to_be_decided_however_many_they_are(hukou: Hukou) -> None:
    find_duplicates(register=REGISTER, by=STEWARD, now=NOW)
    waiting = [each.id for each in list_duplicates(REGISTER)]
    DuplicateCandidate.objects.bulk_create(
        DuplicateCandidate(
            id=f"{number:032x}", register=REGISTER, suspicion="same_person", score=100, first_digest=f"a{number}",
            second_digest=f"b{number}", first_sealed=b"", second_sealed=b"", found_at=NOW, state=CandidateState.DISTINCT, decided_at=NOW,
            decided_by="staff/steward", reason=WHY,
        )
        for number in range(250)
    )  # fmt: skip
    assert [each.id for each in list_duplicates(REGISTER)][:3] == waiting


def test_a_steward_sees_both_rows_side_by_side_and_each_of_the_two_sees_the_look(hukou: Hukou) -> None:
    find_duplicates(register=REGISTER, by=STEWARD, now=NOW)
    seen = read_duplicate(candidate=list_duplicates(REGISTER)[0].id, by=STEWARD, now=NOW)
    assert [(label.zh, first == second) for label, first, second in seen.rows][:3] == [("姓名", True), ("出生日期", True), ("性别", True)]
    looks = entries("DuplicateRead")
    assert len({look["subject"] for look in looks}) == 2
    sequence()
    [mine] = [entry for entry in list_accesses(pseudonym(hukou.anna.id)) if entry.kind == "exchange.DuplicateRead"]
    assert mine.actor["id"] == STEWARD.id
    assert mine.body["fields"] == ["name", "birth_date", "sex", "ethnicity"]


def test_a_silent_agency_shows_a_pair_as_unknown_and_the_look_is_an_entry_all_the_same(hukou: Hukou) -> None:
    find_duplicates(register=REGISTER, by=STEWARD, now=NOW)
    hukou.wire.set_mode("down")
    try:
        seen = read_duplicate(candidate=list_duplicates(REGISTER)[0].id, by=STEWARD, now=NOW)
    finally:
        hukou.wire.set_mode("up")
    assert all(isinstance(fact, Unknown) for _, *facts in seen.rows for fact in facts)
    assert len(entries("DuplicateRead")) == 2


def test_nobody_judges_herself_and_no_steward_the_register_of_another_agency(hukou: Hukou) -> None:
    find_duplicates(register=REGISTER, by=STEWARD, now=NOW)
    candidate = pair(ANNA.id_number, SECOND).id
    for somebody in (CLOSE, OTHER, hukou.anna, KEEPER):
        for act in (read_duplicate, lambda **given: merge_duplicate(reason=WHY, **given)):
            with pytest.raises(RightsError):
                act(candidate=candidate, by=somebody, now=NOW)
    with pytest.raises(NotFound):
        read_duplicate(candidate="nothing", by=STEWARD, now=NOW)


def test_merged_numbers_are_one_party_at_the_next_pull_and_two_again_once_reopened(hukou: Hukou) -> None:
    find_duplicates(register=REGISTER, by=STEWARD, now=NOW)
    candidate = pair(ANNA.id_number, SECOND).id
    card = f"{REGISTER}.identity_card_valid_to"
    assert isinstance(hukou.pull(hukou.anna, "identity_card_valid_to").facts[card], Absent)  # it stands under her other number
    made = merge_duplicate(candidate=candidate, reason=WHY, by=STEWARD, now=NOW)
    assert (made.state, made.decided_by) == (CandidateState.MERGED, f"staff/{STEWARD.id}")
    pulled = hukou.pull(hukou.anna, "identity_card_valid_to", "name", "birth_date").facts
    assert isinstance(pulled[card], Known)
    assert isinstance(pulled[f"{REGISTER}.name"], Known)
    assert isinstance(pulled[f"{REGISTER}.birth_date"], Known)
    assert isinstance(hukou.pull(hukou.ben, "identity_card_valid_to").facts[card], Absent)
    reopen_duplicate(candidate=candidate, reason="核对有误", by=STEWARD, now=NOW)
    assert isinstance(hukou.pull(hukou.anna, "identity_card_valid_to").facts[card], Absent)
    assert [len(entries(name)) for name in ("DuplicateMerged", "DuplicateReopened")] == [1, 1]
    [entry] = entries("DuplicateMerged")
    assert pseudonym(hukou.anna.id) in (entry["subject"], entry["other"])


def test_where_somebody_else_signs_in_with_a_merged_number_neither_is_answered_until_a_person_looked(hukou: Hukou) -> None:
    find_duplicates(register=REGISTER, by=STEWARD, now=NOW)
    candidate = pair(ANNA.id_number, SECOND).id
    card = f"{REGISTER}.identity_card_valid_to"
    merge_duplicate(candidate=candidate, reason=WHY, by=STEWARD, now=NOW)
    assert isinstance(hukou.pull(hukou.anna, "identity_card_valid_to").facts[card], Known)
    other = hukou.enter(replace(ANNA, id_number=SECOND, mobile="13800000002"))
    looks = len(entries("DataPulled"))
    for who in (hukou.anna, other):
        pulled = hukou.pull(who, "identity_card_valid_to", "name")
        for name in (card, f"{REGISTER}.name"):
            fact = pulled.facts[name]
            assert isinstance(fact, Unknown)
            assert fact.doubt is Doubt.CONFLICT
            assert pulled.refused[name] is RefusalCode.NUMBER_IN_DOUBT
    assert len(entries("DataPulled")) == looks, "nobody is looked at for an answer that would not count"
    assert {entry["code"] for entry in entries("PullRefused")} == {"number_in_doubt"}
    assert isinstance(hukou.pull(hukou.ben, "name").facts[f"{REGISTER}.name"], Known)
    reopen_duplicate(candidate=candidate, reason="另有人用该号码登录", by=STEWARD, now=NOW)
    assert isinstance(hukou.pull(hukou.anna, "identity_card_valid_to").facts[card], Absent)
    assert isinstance(hukou.pull(other, "identity_card_valid_to").facts[card], Known)


def test_an_agency_that_asks_about_a_merged_number_makes_no_row_under_it_unseen(hukou: Hukou) -> None:
    find_duplicates(register=REGISTER, by=STEWARD, now=NOW)
    merge_duplicate(candidate=pair(ANNA.id_number, SECOND).id, reason=WHY, by=STEWARD, now=NOW)
    name_party(id_number=SECOND, by=Actor(kind=ActorKind.AGENCY, id="second"), now=NOW)
    fact = hukou.pull(hukou.anna, "identity_card_valid_to").facts[f"{REGISTER}.identity_card_valid_to"]
    assert isinstance(fact, Known)


def test_what_two_merged_numbers_say_differently_is_a_conflict_and_never_a_choice(hukou: Hukou) -> None:
    find_duplicates(register=REGISTER, by=STEWARD, now=NOW)
    merge_duplicate(candidate=pair(BEN.id_number, OLD_BEN).id, reason=WHY, by=STEWARD, now=NOW)
    fact = hukou.pull(hukou.ben, "name").facts[f"{REGISTER}.name"]
    assert isinstance(fact, Unknown)
    assert fact.doubt is Doubt.CONFLICT
    assert isinstance(hukou.pull(hukou.ben, "household_region").facts[f"{REGISTER}.household_region"], Known)


def test_pairs_set_apart_stay_two_parties_and_are_not_found_again(hukou: Hukou) -> None:
    find_duplicates(register=REGISTER, by=STEWARD, now=NOW)
    candidate = pair(*STRANGERS).id
    assert set_apart_duplicate(candidate=candidate, reason="住址不同，系两人。", by=STEWARD, now=NOW).state is CandidateState.DISTINCT
    assert find_duplicates(register=REGISTER, by=STEWARD, now=NOW) == 0
    assert list_duplicates(REGISTER)[-1].id == candidate
    assert len(entries("DuplicateSetApart")) == 1


@pytest.mark.parametrize("act", [merge_duplicate, set_apart_duplicate, reopen_duplicate])
def test_a_decision_has_a_reason_and_a_move_that_the_table_lists(hukou: Hukou, act: Callable[..., Any]) -> None:
    find_duplicates(register=REGISTER, by=STEWARD, now=NOW)
    candidate = list_duplicates(REGISTER)[0].id
    if act is reopen_duplicate:
        with pytest.raises(InputError):
            act(candidate=candidate, reason=WHY, by=STEWARD, now=NOW)
    else:
        act(candidate=candidate, reason=WHY, by=STEWARD, now=NOW)
        with pytest.raises(InputError):
            act(candidate=candidate, reason=WHY, by=STEWARD, now=NOW)
    for empty in ("", "  ", "长" * 501):
        with pytest.raises(InputError):
            act(candidate=candidate, reason=empty, by=STEWARD, now=NOW)


def test_every_register_of_the_demo_city_fits_its_catalogue_and_its_agencies(hukou: Hukou) -> None:
    assert [get_register(each).id for each in list_registers()] == [
        "base_population", "base_legal_person", "base_licence", "base_credit", "base_address",
    ]  # fmt: skip


def test_lineage_goes_from_the_agencies_column_to_the_conditions_that_read_it(hukou: Hukou) -> None:
    publish_service(package=find_service("old-age-allowance"), by=KEEPER, now=NOW)
    [born] = list_lineage(get_register(REGISTER), NOW, field="birth_date")
    assert [(each.agency, each.kind, each.at, each.column) for each in born.columns] == [
        ("population", "sql", "population_basic", "birth_date"), ("population", "sql", "household_registration", "birth_date"),
    ]  # fmt: skip
    assert [each.element and each.element.zh for each in born.columns] == ["出生日期", "出生日期"]
    uses = {(use.service, use.source): use.conditions for use in born.uses}
    assert any(conditions for conditions in uses.values())
    assert {service for service, _ in uses} == {"old-age-allowance"}
    [address, station] = list_lineage(get_register("base_address"), NOW)
    assert [(each.kind, each.at, each.column) for each in address.columns] == [
        ("http", "/query", "residence_address"), ("http", "/query", "move_in_on"),
        ("sql", "household_registration", "hukou_address"), ("sql", "household_registration", "registered_on"),
    ]  # fmt: skip
    assert station.field.label.zh == "所属派出所"


def test_lineage_says_of_what_nobody_is_connected_for_that_it_ends_there(hukou: Hukou) -> None:
    [named] = list_lineage(get_register("base_licence"), NOW, field="licence_identifier")
    assert [(each.source, each.agency, each.at, each.is_connected) for each in named.columns] == [
        ("electronic_licence.licence_identifier", "platform", "", False)
    ]
