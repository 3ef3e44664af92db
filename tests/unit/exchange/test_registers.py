"""Base registers: the rules by which several sources are one fact, and that a register opens nothing that its sources do not."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from pathlib import Path
from threading import Timer
from types import SimpleNamespace

import pytest
from django.db import connection
from django.test import override_settings

from miaopi.apps.audit.api import list_all_entries, list_entries, sequence
from miaopi.apps.exchange.api import (
    Duty,
    PullRefusedError,
    RefusalCode,
    get_register,
    list_registers,
    revoke_grant,
)
from miaopi.apps.exchange.models import Agreement, Grant
from miaopi.kernel.errors import DefinitionError, NotFound
from miaopi.kernel.fact import Absent, Doubt, Known, Unknown
from tests.unit.exchange.entries import entries
from tests.unit.exchange.scene import ANNA, KEEPER, NOW
from tests.unit.exchange.town import EXCHANGE, REGISTERS, Town

BORN = date(1949, 12, 31)
DUTY = Duty("open-cases", "AN-2026-1", "演示办案规定", "第二条")


@pytest.fixture
def town(tmp_path: Path) -> Iterator[Town]:
    built = Town(tmp_path)
    with override_settings(**built.settings):
        built.open()
        yield built


def looked_at(town: Town) -> list[str]:
    return [entry["resource"] for entry in entries("DataPulled", subject=town.subject)]


def test_by_precedence_the_first_answers_and_nobody_else_is_asked(town: Town) -> None:
    fact, source = town.ask("phone")
    assert isinstance(fact, Known)
    assert (fact.value, fact.source, source) == ("138-1", "line", "line.phone")
    assert looked_at(town) == ["line"]


@pytest.mark.parametrize("why", ["absent", "silent"])
def test_by_precedence_the_next_answers_where_the_first_has_none_or_is_silent(town: Town, why: str) -> None:
    if why == "absent":
        town.change("line", number=None)
    else:
        town.silence("line")
    fact, source = town.ask("phone")
    assert isinstance(fact, Known)
    assert (fact.value, source) == ("010-1", "person.phone")
    assert looked_at(town) == ["line", "person"]


def test_by_precedence_it_is_absent_only_where_all_say_so(town: Town) -> None:
    town.change("line", row=None)
    town.change("person", phone=None)
    town.change("stay", phone=None)
    fact, source = town.ask("phone")
    assert isinstance(fact, Absent)
    assert source == "line.phone"


@pytest.mark.parametrize("silent", ["line", "person", "stay"])
def test_by_precedence_one_that_is_silent_might_know_what_the_others_do_not(town: Town, silent: str) -> None:
    town.change("line", number=None)
    town.change("person", phone=None)
    town.change("stay", phone=None)
    town.silence(silent)
    fact, source = town.ask("phone")
    assert isinstance(fact, Unknown)
    assert (fact.doubt, fact.source, source) == (Doubt.UNAVAILABLE, silent, "")


def test_by_precedence_a_source_that_contradicts_itself_is_not_outvoted_by_a_lesser_one(town: Town) -> None:
    row = town.rows["mobile"]["line"][0]
    town.rows["mobile"]["line"].append({**row, "number": "139-9"})
    fact, source = town.ask("phone")
    assert isinstance(fact, Unknown)
    assert (fact.doubt, source) == (Doubt.CONFLICT, "")
    assert looked_at(town) == ["line"]


def test_sources_that_must_agree_are_all_asked_and_the_first_is_named(town: Town) -> None:
    fact, source = town.ask("birth_date")
    assert isinstance(fact, Known)
    assert (fact.value, source) == (BORN, "person.birth_date")
    assert sorted(looked_at(town)) == ["person", "stay"]


@pytest.mark.parametrize("how", ["other day", "no row"])
def test_sources_that_must_agree_and_do_not_are_in_conflict(town: Town, how: str) -> None:
    town.change("stay", **({"row": None} if how == "no row" else {"birth_date": "1950-01-01"}))
    fact, source = town.ask("birth_date")
    assert isinstance(fact, Unknown)
    assert (fact.doubt, source) == (Doubt.CONFLICT, "")


def test_sources_that_must_agree_are_unknown_while_one_is_silent_and_absent_where_none_has_any(town: Town) -> None:
    town.change("person", row=None)
    town.change("stay", row=None)
    assert isinstance(town.ask("birth_date")[0], Absent)
    town.silence("stay")
    fact, _ = town.ask("birth_date")
    assert isinstance(fact, Unknown)
    assert fact.doubt is Doubt.UNAVAILABLE


def test_the_latest_day_gives_the_value_whichever_source_it_is(town: Town) -> None:
    fact, source = town.ask("address")
    assert isinstance(fact, Known)
    assert (fact.value, source) == ("甲路1号", "stay.address")
    town.change("line", since="2026-03-01")
    fact, source = town.ask("address")
    assert isinstance(fact, Known)
    assert (fact.value, source) == ("乙路2号", "line.address")


def test_of_two_values_of_one_day_nobody_knows_which_is_the_latest(town: Town) -> None:
    town.change("line", since="2026-02-01")
    fact, _ = town.ask("address")
    assert isinstance(fact, Unknown)
    assert fact.doubt is Doubt.CONFLICT
    town.change("line", address="甲路1号")
    assert isinstance(town.ask("address")[0], Known)


def test_who_is_silent_might_have_the_latest_and_who_has_no_row_has_not(town: Town) -> None:
    town.change("line", row=None)
    assert town.ask("address")[1] == "stay.address"
    town.silence("line")
    fact, source = town.ask("address")
    assert isinstance(fact, Unknown)
    assert (fact.doubt, source) == (Doubt.UNAVAILABLE, "")


def test_a_value_without_its_day_has_no_place_and_a_day_without_value_says_there_is_none_since(town: Town) -> None:
    town.change("line", since=None)
    fact, _ = town.ask("address")
    assert isinstance(fact, Unknown)
    assert fact.doubt is Doubt.UNPROVEN
    town.change("line", since="2026-10-01", address=None)
    fact, source = town.ask("address")
    assert isinstance(fact, Absent)
    assert source == "line.address"


def test_it_is_absent_by_the_latest_where_nobody_has_a_row(town: Town) -> None:
    town.change("line", row=None)
    town.change("stay", row=None)
    assert isinstance(town.ask("address")[0], Absent)


def test_a_register_opens_no_field_whose_grant_is_gone(town: Town) -> None:
    revoke_grant(grant=town.grant_of("line", "phone"), by=KEEPER, now=NOW)
    pulled = town.pull_base({"base_population": ("phone", "name")})
    fact = pulled.facts["base_population.phone"]
    assert isinstance(fact, Unknown)
    assert fact.doubt is Doubt.UNPROVEN
    assert pulled.refused == {"base_population.phone": RefusalCode.REVOKED}
    assert isinstance(pulled.facts["base_population.name"], Known)
    assert looked_at(town) == ["person"]


def test_what_is_taken_back_while_a_later_turn_waits_is_not_handed_on(town: Town) -> None:
    town.change("line", number=None)  # the telephone is asked of the next, who takes her time
    town.modes["hukou"] = "slow"
    grant = town.grant_of("stay", "address")

    def take_back() -> None:
        revoke_grant(grant=grant, by=KEEPER, now=NOW)
        connection.close()

    meanwhile = Timer(0.4, take_back)
    meanwhile.start()
    pulled = town.pull_base({"base_population": ("phone", "address")})
    meanwhile.join()
    fact = pulled.facts["base_population.address"]
    assert isinstance(fact, Unknown)
    assert fact.doubt is Doubt.UNPROVEN
    assert pulled.refused == {"base_population.address": RefusalCode.REVOKED}
    assert isinstance(pulled.facts["base_population.phone"], Known)


def test_a_consent_that_leaves_out_one_source_refuses_the_pull_that_would_ask_it(town: Town) -> None:
    partial = town.consent(scope=tuple(each for each in town.sources if each != "stay.birth_date"), separate=())
    with pytest.raises(PullRefusedError) as refused:
        town.pull_base({"base_population": ("birth_date",)}, ground=town.ground(partial))
    assert refused.value.code is RefusalCode.CONSENT_SCOPE
    assert looked_at(town) == []


def test_a_consent_or_a_grant_on_a_registers_own_name_is_none(town: Town) -> None:
    alone = town.consent(scope=("base_population.name",), separate=())
    with pytest.raises(PullRefusedError):
        town.pull_base({"base_population": ("name",)}, ground=town.ground(alone))
    with pytest.raises(NotFound):
        town.grant("base_population.name")


def test_a_field_that_no_register_has_is_refused_like_any_unknown_one(town: Town) -> None:
    with pytest.raises(PullRefusedError):
        town.pull_base({"base_population": ("shoe_size",)})


def test_registers_and_resources_are_asked_side_by_side_and_only_what_was_asked_comes_back(town: Town) -> None:
    pulled = town.pull_base({"base_population": ("address", "name"), "stay": ("since",)})
    assert set(pulled.facts) == {"base_population.address", "base_population.name", "stay.since"}
    assert set(pulled.provenance) == {"base_population.address", "base_population.name"}


def test_the_log_names_the_sources_that_were_asked_and_which_gave_the_field_by_which_rule(town: Town) -> None:
    town.change("line", number=None)
    town.pull_base({"base_population": ("phone", "birth_date")})
    [entry] = entries("BaseAnswered", subject=town.subject)
    assert entry["answers"] == ["phone: first person.phone", "birth_date: agree person.birth_date"]
    assert entry["definition"] == get_register("base_population").digest
    assert ANNA.id_number not in str(entry)


HOUSES = [{"place": "甲路1号", "owned_from": date(2001, 1, 1)}, {"place": "甲路2号", "owned_from": date(2002, 1, 1)}]


def test_what_tells_of_a_look_is_shown_no_earlier_than_the_look(town: Town) -> None:
    hidden = {"requester": "residence", "service": DUTY.service, "purpose": DUTY.duty, "ground": DUTY.duty, "hidden_by": "演示侦查规定"}
    made = Agreement.objects.create(
        id="a", agency="hukou", resource="person", fields=["name"], starts_at=NOW, visibility="deferred:90d", state="granted",
        clock="answer", filed_at=NOW, filed_by="staff/stranger", **hidden,
    )  # fmt: skip
    Grant.objects.create(
        id="g", agreement=made, resource="person", field="name", granted_at=NOW, granted_by="staff/keeper",
        service=DUTY.service, purpose=DUTY.duty, ground=DUTY.duty,
    )  # fmt: skip
    assert town.pull_base({"base_population": ("name",)}, ground=DUTY, by=KEEPER).refused == {}
    sequence()
    assert [each.kind for each in list_all_entries(number=DUTY.application)] == ["exchange.DataPulled", "exchange.BaseAnswered"]
    assert list_entries(number=DUTY.application) == []
    town.ask("name")
    [told] = [each for each in entries("BaseAnswered", subject=town.subject) if each["receipt"]]
    assert told["deferral"] == ""


def test_a_register_of_many_rows_a_person_is_one_list_under_its_own_names(town: Town) -> None:
    pulled = town.pull_base({"base_houses": ("place", "owned_from"), "houses": ("name",)})
    fact, beside = pulled.facts["base_houses"], pulled.facts["houses"]
    assert isinstance(fact, Known)
    assert (fact.value, fact.source) == (HOUSES, "houses")
    assert isinstance(beside, Known)
    assert beside.value == [{"name": ANNA.name}, {"name": ANNA.name}]
    assert set(pulled.facts) == {"base_houses", "houses"}
    assert pulled.provenance["base_houses"].source == "houses"
    [entry] = entries("BaseAnswered", subject=town.subject)
    assert entry["answers"] == ["*: first houses"]


def test_a_list_that_lacks_a_grant_is_refused_as_a_whole_and_an_empty_one_is_absent(town: Town) -> None:
    town.rows["hukou"]["houses"] = []
    assert isinstance(town.pull_base({"base_houses": ("place",)}).facts["base_houses"], Absent)
    revoke_grant(grant=town.grant_of("houses", "since"), by=KEEPER, now=NOW)
    pulled = town.pull_base({"base_houses": ("place", "owned_from")})
    assert isinstance(pulled.facts["base_houses"], Unknown)
    assert set(pulled.refused) == {"base_houses.place", "base_houses.owned_from"}


def test_a_list_that_nobody_is_connected_for_is_open(town: Town) -> None:
    text = REGISTERS.replace("everybody: houses", "everybody: described").replace("houses.address", "described.address")
    (town.folder / "registers.yaml").write_text(text.replace("houses.since", "described.since"), encoding="utf-8")
    town.grant("described.address")
    receipt = town.consent(scope=("described.address",), separate=())
    pulled = town.pull_base({"base_houses": ("place",)}, ground=town.ground(receipt))
    assert isinstance(pulled.facts["base_houses"], Unknown)
    assert pulled.refused == {"base_houses.place": RefusalCode.NOT_CONNECTED}


MISTAKES = [
    ("sources: [person.name]", "sources: [nowhere.name]", "the catalogue has no resource nowhere", 7),
    ("sources: [person.name]", "sources: [person.shoe]", "person has no field shoe", 7),
    ("sources: [person.name]", "sources: []", "name has no source", 7),
    ("sources: [person.name]", "sources: [person]", "resource.field", 7),
    ("sources: [person.name]", "sources: [person.name, person.name]", "a source stands twice", 7),
    ("sources: [person.name]", "sources: [person.birth_date]", "sources of one field are of one type", 7),
    ("sources: [person.name]", "sources: [person.secret]", "is not shared (国家安全法 第二十五条)", 7),
    ("sources: [person.name]", "sources: [person.illness]", "is sensitive", 7),
    ("sources: [person.name]", "sources: [houses.address]", "houses has many rows of a person, and base_population says otherwise", 7),
    ("sources: [person.name]", "sources: [stay.name]", "none of its sources has the field name", 7),
    ("sources: [person.name]", "sources: [{field: person.name, day: person.birth_date}]", "only for latest", 7),
    ("rule: first, sources: [person.name]", "rule: loudest, sources: [person.name]", "loudest is none of first, agree, latest", 7),
    ("rule: first, sources: [person.name]", "rule: agree, sources: [person.name]", "agree needs two sources", 7),
    ("privacy: personal, rule: first, sources: [person.name]", "rule: first, sources: [person.name]", "privacy is missing", 7),
    ("type: date, privacy", "type: day, privacy", "day is none of", 10),
    ("{field: stay.address, day: stay.since}", "stay.address", "which day makes it the latest", 17),
    ("day: stay.since", "day: stay.phone", "stay.phone is no date", 17),
    ("day: stay.since", "day: line.since", "in the same resource", 17),
    ("agency: hukou", "agency: nobody", "has no agency nobody", 3),
    ("everybody: person", "everybody: ghosts", "has no resource ghosts", 3),
    ("base_population:", "population:", "is named base_", 3),
    ("in: person, same", "in: ghosts, same", "has no resource ghosts", 20),
    ("in: person, same", "in: stay, same", "is not kept by hukou", 20),
    ("same: [name, birth_date]", "same: [name, shoe]", "person has no field shoe", 20),
    ("same: [name, birth_date], ", "", "name the fields that are the same", 20),
    ("by: same", "by: old_number", "leave out same", 20),
    ("    everybody: person\n", "    everybody: person\n    rows: many\n", "a field has one source, in person", 9),
    ("rows: many", "rows: few", "few is none of one, many", 25),
    ("sources: [houses.since]", "sources: [person.birth_date]", "a field has one source, in houses", 28),
]


def tell(folder: Path) -> DefinitionError | None:
    """What a city in that folder is told of its registers."""
    with override_settings(MIAOPI_CITY=SimpleNamespace(folder=folder)):
        try:
            for register in list_registers():
                get_register(register)
        except DefinitionError as error:
            return error
    return None


def test_each_mistake_in_a_definition_is_told_with_its_line(town: Town) -> None:
    assert tell(town.folder) is None
    wrong = []
    for number, (written, mistaken, message, line) in enumerate(MISTAKES):
        folder = town.folder / str(number)
        folder.mkdir()
        assert written in REGISTERS
        (folder / "registers.yaml").write_text(REGISTERS.replace(written, mistaken, 1), encoding="utf-8")
        (folder / "exchange.yaml").write_text(EXCHANGE, encoding="utf-8")
        told = tell(folder)
        if told is None or message not in told.message or told.where != f"registers.yaml:{line}":
            wrong.append((message, line, told and str(told)))
    assert wrong == []


def test_a_field_over_a_resource_that_nobody_is_connected_for_is_known_to_be_open(town: Town) -> None:
    text = REGISTERS.replace("sources: [person.name]", "sources: [described.name]", 1)
    (town.folder / "registers.yaml").write_text(text, encoding="utf-8")
    town.grant("described.name")
    receipt = town.consent(scope=("described.name",), separate=())
    pulled = town.pull_base({"base_population": ("name",)}, ground=town.ground(receipt))
    assert pulled.refused == {"base_population.name": RefusalCode.NOT_CONNECTED}


def test_a_city_without_the_file_has_no_registers(town: Town) -> None:
    (town.folder / "registers.yaml").unlink()
    assert list_registers() == {}
    with pytest.raises(NotFound):
        get_register("base_population")
