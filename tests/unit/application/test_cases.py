"""Opening, finding, moving and withdrawing a case. All persons are made up."""

from __future__ import annotations

from datetime import datetime, timedelta
from threading import Barrier, Thread

import pytest
from django.db import connection

from miaopi.apps.application.api import (
    advance,
    find_application,
    get_application,
    is_number,
    list_applications,
    open_application,
    withdraw_application,
)
from miaopi.apps.application.models import Application
from miaopi.apps.audit.api import Actor, ActorKind, system
from miaopi.kernel.errors import InputError, NotFound, RightsError
from miaopi.kernel.lifecycle import Confirm, Decide, Refer
from tests.unit.filing.scene import NOW

ANNA, BEN = Actor(ActorKind.PERSON, "anna", assurance=3), Actor(ActorKind.PERSON, "ben", assurance=3)


def opened(by: Actor = ANNA, *, now: datetime = NOW) -> Application:
    return open_application(service="demo-service", version="f" * 64, applicant=by.id, by=by, now=now)


def test_a_case_is_opened_as_a_draft_with_level_and_mandate() -> None:
    case = opened()
    assert is_number(case.number)
    assert case.number.startswith("20261123-")
    assert (case.state, case.outcome, case.mandate, case.assurance_level) == ("draft", "", "self", 3)
    assert [step["state"] for step in case.timeline] == ["draft"]


def test_numbers_tell_nothing_of_each_other() -> None:
    numbers = {opened().number for _ in range(40)}
    assert len({number[9:17] for number in numbers}) == 40
    assert len({number[9:13] for number in numbers}) == 40


def test_nobody_opens_a_case_for_somebody_without_a_mandate() -> None:
    with pytest.raises(RightsError):
        open_application(service="demo-service", version="f" * 64, applicant="ben", by=ANNA, now=NOW)
    with pytest.raises(RightsError):
        open_application(service="demo-service", version="f" * 64, applicant="anna", by=system("test"), now=NOW)


def test_somebody_elses_case_answers_like_one_that_does_not_exist() -> None:
    case = opened()
    with pytest.raises(NotFound) as hers:
        get_application(number=case.number, reader=BEN)
    with pytest.raises(NotFound) as nobodys:
        get_application(number="20261123-KTRWABCDB", reader=BEN)
    with pytest.raises(NotFound) as no_number:
        get_application(number="x", reader=BEN)
    assert hers.value.text == nobodys.value.text == no_number.value.text
    for act in (withdraw_application,):
        with pytest.raises(NotFound) as acted:
            act(number=case.number, by=BEN, now=NOW)
        assert acted.value.text == hers.value.text
    with pytest.raises(NotFound):
        advance(number=case.number, move=Confirm, by=BEN, now=NOW)
    assert get_application(number=case.number, reader=ANNA).state == "draft"


def test_the_house_finds_every_case_and_staff_none_yet() -> None:
    case = opened()
    assert find_application(number=case.number, reader=system("test")) == case
    assert find_application(number=f" {case.number.lower()} ", reader=ANNA) == case
    assert find_application(number=case.number, reader=BEN) is None


def test_a_person_lists_her_own_cases_newest_first_page_by_page() -> None:
    mine = [opened(now=NOW + timedelta(minutes=minute)).number for minute in range(5)][::-1]
    opened(BEN)
    first = list_applications(reader=ANNA, limit=3)
    rest = list_applications(reader=ANNA, limit=3, before=first[-1].number)
    assert [case.number for case in (*first, *rest)] == mine


def test_a_move_the_table_does_not_list_changes_nothing() -> None:
    case = opened()
    with pytest.raises(InputError):
        advance(number=case.number, move=Decide, by=ANNA, now=NOW)
    assert get_application(number=case.number, reader=ANNA).state == "draft"


def test_status_and_timeline_move_together() -> None:
    case = opened()
    later = NOW + timedelta(days=1)
    confirmed = advance(number=case.number, move=Confirm, by=ANNA, now=later)
    assert (confirmed.state, confirmed.confirmed_at, str(confirmed.filed_on)) == ("confirmed", later, "2026-11-24")
    referred = advance(number=case.number, move=Refer, outcome="refer", by=system("test"), now=later)
    assert (referred.state, referred.outcome, referred.closed_at) == ("referred", "refer", None)
    assert [step["state"] for step in referred.timeline] == ["draft", "confirmed", "referred"]
    assert get_application(number=case.number, reader=ANNA).timeline == referred.timeline


def test_withdrawing_twice_is_withdrawing_once_and_a_decided_case_stays() -> None:
    case = opened()
    first = withdraw_application(number=case.number, by=ANNA, now=NOW)
    again = withdraw_application(number=case.number, by=ANNA, now=NOW + timedelta(hours=1))
    assert first.state == again.state == "withdrawn"
    assert first.closed_at == again.closed_at == NOW
    decided = opened()
    advance(number=decided.number, move=Confirm, by=ANNA, now=NOW)
    advance(number=decided.number, move=Decide, outcome="approve", by=system("test"), now=NOW)
    with pytest.raises(InputError):
        withdraw_application(number=decided.number, by=ANNA, now=NOW)


def test_of_two_who_move_a_case_at_once_one_does() -> None:
    case, start, ends = opened(), Barrier(2), []

    def move() -> None:
        start.wait()
        try:
            ends.append(advance(number=case.number, move=Confirm, by=ANNA, now=NOW).state)
        except InputError:
            ends.append("too late")
        finally:
            connection.close()

    threads = [Thread(target=move) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(ends) == ["confirmed", "too late"]
    assert [step["state"] for step in get_application(number=case.number, reader=ANNA).timeline] == ["draft", "confirmed"]
