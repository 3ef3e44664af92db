"""What a text message says: the words of the package, the values of the decision, nothing that leads to a person or her case."""

from __future__ import annotations

import re
from datetime import date
from decimal import Decimal

import pytest

from miaopi.apps.audit.api import system
from miaopi.apps.notification.actions.write import (
    WORDS,
    compute_filling,
    fill_in,
    tell_applicant,
    write_moment,
)
from miaopi.apps.notification.models import Message
from miaopi.apps.notification.queries import list_messages
from miaopi.definitions import ServicePackage, find_service, list_services
from miaopi.kernel.wording import Text
from tests.unit.audit.happenings import work
from tests.unit.filing.scene import ANNA, NOW, Scene

NUMBER = "20261125-ABCDEFGHJ"
OF_A_PERSON = {"name", "id_number", "mobile", "account", "birth_date", "address"}
TWO_SEGMENTS = 134  # signs; the words that the reference gives do not fit into one of 70 with the number of the case


def said(slug: str, occasion: str, **values: object) -> Text:
    package = find_service(slug)
    return fill_in(package.messages[occasion], {**compute_filling(package, values), "number": NUMBER})


@pytest.mark.parametrize("package", list_services(), ids=lambda package: package.slug)
def test_no_message_holds_a_link_or_what_identifies_a_person(package: ServicePackage) -> None:
    for words in (*package.messages.values(), *WORDS.values()):
        for text in (words.zh, words.en):
            assert not OF_A_PERSON & set(re.findall(r"\{(\w+)\}", text))
            assert not re.search(r"https?:|www\.|[?&]\w+=|token", text)


def test_the_graduate_is_told_which_page_to_book_on_and_until_when() -> None:
    text = said("hukou-graduate", "approve", valid_to="2027-05-24", station="演示派出所")
    assert all(words in text.zh for words in (NUMBER, "2027年5月24日", "演示派出所", "我的办件"))
    assert "24 May 2027" in text.en
    assert "{" not in text.zh + text.en


def test_money_has_two_places_and_months_are_said_as_months() -> None:
    for amount in ("200", "200.00", Decimal(200)):
        text = said("old-age-allowance", "approve", amount=amount, card_tail="1234", **{"from": "2026-05"})
        assert "自2026年5月起每月200.00元" in text.zh
        assert "200.00 yuan a month from May 2026" in text.en
        assert len(text.zh) <= TWO_SEGMENTS
    assert "2026年5月高龄老人津贴200.00元" in said("old-age-allowance", "paid", month="2026-05", paid="200.00", card_tail="1234").zh


def test_a_booking_is_told_with_place_and_time() -> None:
    text = said("hukou-graduate", "booked", office=Text("演示派出所", "Demo police station"), at=write_moment("2026-11-26T01:30:00+00:00"))
    assert "2026年11月26日09:30到演示派出所" in text.zh
    assert "09:30 on 26 November 2026 at Demo police station" in text.en


def test_what_is_no_number_or_no_day_stays_as_it_is() -> None:
    filling = compute_filling(find_service("old-age-allowance"), {"amount": "unknown", "since": "2026-02-30", "day": date(2026, 5, 1)})
    assert filling == {"amount": "unknown", "since": "2026-02-30", "day": date(2026, 5, 1)}


def test_a_decision_is_told_once_in_the_words_of_its_package_and_in_both_languages(scene: Scene) -> None:
    case = scene.draft()
    scene.confirm(case)
    for _ in range(3):
        work()
    (message,) = list_messages(reader=scene.anna)
    assert (message.kind, message.number) == ("approve", case.number)
    assert case.number in message.text.zh and case.number in message.text.en
    assert "证明" in message.text.zh and "certificate" in message.text.en
    stored = Message.objects.get()
    assert not {ANNA.name, ANNA.id_number} & set(stored.text.split()) and ANNA.id_number not in stored.text


def test_an_occasion_without_words_and_a_case_that_is_not_there_are_not_told(scene: Scene) -> None:
    case = scene.draft()
    for number, kind in ((case.number, "paid"), (NUMBER, "approve")):
        tell_applicant(number=number, kind=kind, key="k", values={}, by=system("test"), now=NOW)
    assert not Message.objects.exists()
    tell_applicant(number=case.number, kind="cancelled", key="k", values={}, by=system("test"), now=NOW)
    assert case.number in Message.objects.get().text
