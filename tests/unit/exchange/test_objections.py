"""访问异议: filed by the person alone, answered by who looked within a clock, noted once when late; and no oracle for hidden looks."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.test import override_settings

from miaopi.apps.audit.api import Among, list_all_entries, person, run_after_handlers, staff
from miaopi.apps.exchange.api import (
    AgreementState,
    Finding,
    Objection,
    ObjectionState,
    answer_objection,
    file_objection,
    get_agreement,
    list_objections,
    list_own_objections,
    read_objection,
    run_objections,
    withdraw_objection,
)
from miaopi.apps.exchange.models import Objection as Row
from miaopi.apps.identity.api import Role, add_staff, remove_staff
from miaopi.apps.notification.api import list_messages
from miaopi.kernel.calendar import LEGAL_ZONE
from miaopi.kernel.errors import InputError, NotFound, RightsError
from miaopi.kernel.wording import Text
from tests.unit.exchange.entries import entries, entry_text
from tests.unit.exchange.scene import ANNA, KEEPER, NOW
from tests.unit.exchange.seen import ASKER, DUTY, OTHER, PROVIDER, Watched

WORDS, ANSWER = "演示：我没有办过这件事", "演示：办案需要，依据演示办案规定第二条"
DUE = datetime(2026, 12, 16, 18, tzinfo=LEGAL_ZONE)  # fifteen working days after Wednesday 25 November
DAY = timedelta(days=1)


@pytest.fixture
def city(tmp_path: Path, database: str) -> Iterator[Watched]:
    made = Watched(tmp_path)
    with override_settings(**made.settings):
        made.open()
        yield made


def looked(city: Watched, visibility: str = "immediate") -> int:
    """The position of a look at her that the office `second` had by an agreement."""
    city.agree(visibility)
    city.look()
    city.settle()
    seq = next(each.seq for each in list_all_entries(number=DUTY.application) if each.kind == "exchange.DataPulled")
    assert seq is not None
    return seq


def file(city: Watched, look: int, **other: Any) -> Objection:
    return file_objection(**{"look": look, "words": WORDS, "by": city.by, "now": NOW, **other})


def test_who_looked_explains_and_the_person_is_told(city: Watched) -> None:
    look = looked(city)
    filed = file(city, look)
    assert (filed.state, filed.office, filed.due_at, filed.look) == (ObjectionState.FILED, "second", DUE, look)
    assert [each.id for each in list_objections("second")] == [filed.id]
    assert list_objections("population") == [] == list_objections("")
    opened = read_objection(objection=filed.id, by=ASKER, now=NOW + DAY)
    assert (opened.own.words, opened.look.seq) == (WORDS, look)
    answered = answer_objection(objection=filed.id, finding=Finding.EXPLAINED, words=ANSWER, by=ASKER, now=NOW + DAY)
    assert answered.state is ObjectionState.EXPLAINED
    [own] = list_own_objections(city.by)
    assert (own.objection.state, own.words, own.answer, own.objection.suspended) == (ObjectionState.EXPLAINED, WORDS, ANSWER, False)
    assert list_objections("second") == [] and [each.id for each in list_objections("second", is_open=False)] == [filed.id]
    city.settle()
    staff_looks = city.seen(NOW + DAY, among=Among.STAFF)
    assert [each.kind for each in staff_looks] == ["exchange.ObjectionRead"]
    run_after_handlers(now=NOW + DAY)
    assert [each.kind for each in list_messages(reader=city.by)] == ["objection"]
    assert WORDS not in entry_text() and ANSWER not in entry_text()
    assert WORDS.encode() not in bytes(Row.objects.get(id=filed.id).words)


def test_upheld_it_may_stop_the_looks_in_the_same_act(city: Watched) -> None:
    filed = file(city, looked(city))
    [agreement] = filed.agreements
    answer_objection(objection=filed.id, finding=Finding.UPHELD_AND_SUSPENDED, words=ANSWER, by=ASKER, now=NOW)
    assert get_agreement(agreement).state is AgreementState.SUSPENDED
    assert entries("ObjectionAnswered")[0]["suspended"] == [agreement]
    assert entries("ObjectionAnswered")[0]["transaction"] == entries("AgreementSuspended")[0]["transaction"]
    city.look()
    assert len(entries("DataPulled")) == 1 and entries("PullRefused")[-1]["code"] == "suspended"
    again = file(city, filed.look)  # the first is over
    with pytest.raises(InputError):  # nothing is left to suspend, and nothing is answered then
        answer_objection(objection=again.id, finding=Finding.UPHELD_AND_SUSPENDED, words=ANSWER, by=ASKER, now=NOW)
    assert list_objections("second")[0].state is ObjectionState.FILED
    assert answer_objection(objection=again.id, finding=Finding.UPHELD, words=ANSWER, by=ASKER, now=NOW).state is ObjectionState.UPHELD


def test_a_look_that_is_not_shown_answers_like_one_that_is_not_there(city: Watched) -> None:
    look = looked(city, "deferred:90d")
    other, _ = city.stranger(3)
    said = []
    for at, by in ((look, city.by), (10**6, city.by), (-1, city.by), (10**30, city.by), (look, person(other))):
        with pytest.raises(NotFound) as refused:
            file(city, at, by=by)
        said.append(refused.value.text)
    assert len(set(said)) == 1
    assert file(city, look, now=NOW + 90 * DAY).state is ObjectionState.FILED


def test_one_objection_is_open_for_a_look(city: Watched) -> None:
    look = looked(city)
    first = file(city, look)
    with pytest.raises(InputError) as refused:
        file(city, look)
    assert refused.value.field == "look"
    assert len(entries("ObjectionFiled")) == 1
    withdraw_objection(objection=first.id, by=city.by, now=NOW)
    assert file(city, look).id != first.id
    with pytest.raises(InputError):
        withdraw_objection(objection=first.id, by=city.by, now=NOW)
    assert {each.objection.state for each in list_own_objections(city.by)} == {ObjectionState.FILED, ObjectionState.WITHDRAWN}


def test_it_takes_words_and_not_too_many(city: Watched) -> None:
    look, wrong = looked(city), ("", "  \n", "字" * 501)
    for words in wrong:
        with pytest.raises(InputError) as refused:
            file(city, look, words=words)
        assert refused.value.field == "words"
    filed = file(city, look)
    for words in wrong:
        with pytest.raises(InputError):
            answer_objection(objection=filed.id, finding=Finding.EXPLAINED, words=words, by=ASKER, now=NOW)


def test_nobody_else_reads_or_answers_or_withdraws(city: Watched) -> None:
    filed = file(city, looked(city))
    other, _ = city.stranger(4)
    for steward in (PROVIDER, OTHER):
        with pytest.raises(NotFound):
            read_objection(objection=filed.id, by=steward, now=NOW)
        with pytest.raises(NotFound):
            answer_objection(objection=filed.id, finding=Finding.EXPLAINED, words=ANSWER, by=steward, now=NOW)
    for actor in (city.by, KEEPER):
        with pytest.raises(RightsError):
            read_objection(objection=filed.id, by=actor, now=NOW)
    with pytest.raises(NotFound):
        withdraw_objection(objection=filed.id, by=person(other), now=NOW)
    with pytest.raises(NotFound):
        withdraw_objection(objection="none", by=city.by, now=NOW)
    assert list_own_objections(person(other)) == [] and len(list_own_objections(city.by)) == 1
    assert entries("ObjectionRead") == []


def test_nobody_answers_herself_or_one_who_is_close_to_her(city: Watched) -> None:
    filed, close = file(city, looked(city)), staff("close", "steward")
    name = Text(zh="演示", en="Demo")
    add_staff(staff_id=close.id, name=name, role=Role.STEWARD, office="second", id_number=ANNA.id_number, by=KEEPER, now=NOW)
    with pytest.raises(NotFound):
        read_objection(objection=filed.id, by=close, now=NOW)
    with pytest.raises(NotFound):
        answer_objection(objection=filed.id, finding=Finding.EXPLAINED, words=ANSWER, by=close, now=NOW)
    assert entries("ObjectionRead") == [] and list_own_objections(city.by)[0].objection.state is ObjectionState.FILED


def test_being_late_is_noted_once_and_the_answer_is_still_owed(city: Watched) -> None:
    filed = file(city, looked(city))
    assert run_objections(by=KEEPER, now=DUE) == 0
    assert [run_objections(by=KEEPER, now=DUE + timedelta(seconds=1)) for _ in range(2)] == [1, 0]
    assert [(each["objection"], each["office"]) for each in entries("ObjectionOverdue")] == [(filed.id, "second")]
    assert list_objections("second")[0].state is ObjectionState.OVERDUE
    with pytest.raises(RightsError):
        run_objections(by=ASKER, now=DUE)
    answered = answer_objection(objection=filed.id, finding=Finding.UPHELD, words=ANSWER, by=ASKER, now=DUE + DAY)
    assert (answered.state, answered.overdue_at) == (ObjectionState.UPHELD, DUE + timedelta(seconds=1))


def test_where_who_looked_has_no_steward_the_keeper_of_the_data_answers(city: Watched) -> None:
    look = looked(city)
    remove_staff(staff_id=ASKER.id, by=KEEPER, now=NOW)
    assert file(city, look).office == "population"
    city.pull({"population_basic": ("name",)})  # on her consent, by a grant of the operator
    city.settle()
    assert file(city, city.seen(NOW)[0].seq or 0).office == "population"


def test_a_look_by_staff_is_explained_by_their_office(city: Watched) -> None:
    filed = file(city, looked(city))
    read_objection(objection=filed.id, by=ASKER, now=NOW)
    city.settle()
    [read] = city.seen(NOW, among=Among.STAFF)
    assert read.seq is not None
    assert file(city, read.seq).office == "second"
