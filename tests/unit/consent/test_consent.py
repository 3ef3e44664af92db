"""Consent: given for named fields, withdrawn with effect at the next pull, signed so that anybody can check it."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta

import pytest
from django.db import IntegrityError, connection
from django.test.utils import CaptureQueriesContext

from miaopi.apps.audit.api import Actor, ActorKind, person, system
from miaopi.apps.consent.api import (
    Consent,
    find_open_consent,
    get_consent,
    give_consent,
    list_consents,
    read_scope,
    withdraw_consent,
)
from miaopi.apps.consent.models import Receipt
from miaopi.apps.identity.api import pseudonym
from miaopi.kernel.errors import InputError, NotFound, RightsError
from miaopi.kernel.ledger import canonical_json
from miaopi.kernel.wording import Text

NOW = datetime(2026, 11, 25, 1, 2, 3, 456789, tzinfo=UTC)
ANNA, BEN = "a" * 32, "b" * 32
PURPOSE = Text(zh="办理无犯罪记录证明", en="To issue a certificate of no criminal record")
SCOPE = ("population_basic.name", "population_basic.birth_date", "criminal_record.condition_met")


def given(*, applicant: str = ANNA, application: str = "20261125-AAAAAAAAA", **changed: object) -> Consent:
    arguments: dict[str, object] = {
        "application": application, "service": "no-criminal-record", "version": "f" * 64, "applicant": applicant, "scope": SCOPE,
        "separate": ("criminal_record.condition_met",), "purpose": PURPOSE, "expires_at": NOW + timedelta(hours=1),
        "by": person(applicant), "now": NOW,
    }
    return give_consent(**{**arguments, **changed})


def covers(receipt: str, *fields: str, sensitive: tuple[str, ...] = ()) -> bool:
    scope = read_scope(receipt).now()
    return scope is not None and scope.covers(fields, sensitive=sensitive)


def test_a_consent_binds_what_it_was_given_for() -> None:
    consent = get_consent(given().receipt)
    document = json.loads(consent.document)
    assert document["service"] == "no-criminal-record"
    assert document["version"] == "f" * 64
    assert document["applicant"] == document["actor"] == pseudonym(ANNA)
    assert document["scope"] == sorted(SCOPE)
    assert document["separate"] == ["criminal_record.condition_met"]
    assert document["expires_at"] == "2026-11-25T02:02:03.456789+00:00"
    assert len(document["nonce"]) == 32
    assert ANNA not in consent.document.decode()
    assert canonical_json(document) == consent.document


def test_two_consents_for_the_same_are_two_receipts() -> None:
    first, second = given(), given()
    assert first.receipt != second.receipt
    assert json.loads(first.document)["nonce"] != json.loads(second.document)["nonce"]


def test_what_a_pull_must_know_of_a_consent_is_read_in_one_statement() -> None:
    receipt = given().receipt
    with CaptureQueriesContext(connection) as statements:
        assert covers(receipt, "population_basic.name", "population_basic.birth_date")
    assert len(statements) == 1


@pytest.mark.parametrize("field", ["population_basic.sex", "identity_card.name"])
def test_a_consent_covers_no_field_that_it_does_not_name(field: str) -> None:
    receipt = given().receipt
    assert not covers(receipt, field)
    assert not covers(receipt, "population_basic.name", field)


def test_of_an_unknown_receipt_nothing_is_found() -> None:
    assert read_scope("0" * 32).now() is None


def test_a_withdrawal_is_seen_by_the_next_pull() -> None:
    receipt, later = given().receipt, NOW + timedelta(seconds=1)
    withdraw_consent(receipt=receipt, by=person(ANNA), now=later)
    scope = read_scope(receipt).now()
    assert scope is not None
    assert scope.withdrawn_at == get_consent(receipt).withdrawn_at == later
    assert not get_consent(receipt).is_open(later)


def test_a_consent_ends_at_the_very_moment() -> None:
    consent = given()
    assert consent.is_open(consent.expires_at - timedelta(microseconds=1))
    assert not consent.is_open(consent.expires_at)


def test_withdrawing_twice_is_once() -> None:
    receipt = given().receipt
    first = withdraw_consent(receipt=receipt, by=person(ANNA), now=NOW)
    second = withdraw_consent(receipt=receipt, by=person(ANNA), now=NOW + timedelta(hours=1))
    assert first.withdrawn_at == second.withdrawn_at == NOW


def test_a_sensitive_field_needs_its_separate_consent() -> None:
    ticked, unticked = given().receipt, given(separate=()).receipt
    asked = "criminal_record.condition_met"
    assert covers(ticked, asked, sensitive=(asked,))
    assert not covers(unticked, asked, sensitive=(asked,))


def test_another_persons_receipt_answers_like_one_that_is_not_there() -> None:
    receipt = given().receipt
    with pytest.raises(NotFound) as of_another:
        withdraw_consent(receipt=receipt, by=person(BEN), now=NOW)
    with pytest.raises(NotFound) as of_nobody:
        withdraw_consent(receipt="0" * 32, by=person(BEN), now=NOW)
    assert of_another.value.text == of_nobody.value.text
    assert get_consent(receipt).is_open(NOW)


@pytest.mark.parametrize("by", [person(BEN), system("test"), Actor(kind=ActorKind.STAFF, id="clerk"), person("")])
def test_nobody_consents_for_another(by: Actor) -> None:
    with pytest.raises(RightsError):
        given(by=by)
    assert not Receipt.objects.exists()


@pytest.mark.parametrize(
    ("changed", "field"),
    [
        ({"scope": (), "separate": ()}, "scope"),
        ({"scope": ("population_basic",), "separate": ()}, "scope"),
        ({"scope": ("population_basic.*",), "separate": ()}, "scope"),
        ({"separate": ("identity_card.valid_to",)}, "separate"),
        ({"expires_at": NOW}, "expires_at"),
    ],
)
def test_a_consent_that_says_nothing_clear_is_refused_with_a_remedy(changed: dict[str, object], field: str) -> None:
    with pytest.raises(InputError) as caught:
        given(**changed)
    assert caught.value.field == field
    assert caught.value.remedy.zh
    assert not Receipt.objects.exists()


def test_a_person_lists_her_own_consents_newest_first() -> None:
    first = given()
    second = given(now=NOW + timedelta(minutes=1))
    given(applicant=BEN)
    assert [consent.receipt for consent in list_consents(ANNA)] == [second.receipt, first.receipt]


def test_the_open_consent_of_an_application_is_the_newest_that_stands() -> None:
    first = given()
    second = given(now=NOW + timedelta(minutes=1))
    found = find_open_consent("20261125-AAAAAAAAA", NOW + timedelta(minutes=2))
    assert found is not None
    assert found.receipt == second.receipt
    withdraw_consent(receipt=second.receipt, by=person(ANNA), now=NOW + timedelta(minutes=3))
    found = find_open_consent("20261125-AAAAAAAAA", NOW + timedelta(minutes=4))
    assert found is not None
    assert found.receipt == first.receipt
    assert find_open_consent("20261125-AAAAAAAAA", NOW + timedelta(days=1)) is None


def test_the_table_itself_refuses_a_separate_consent_outside_the_scope() -> None:
    receipt = given().receipt
    with pytest.raises(IntegrityError):
        Receipt.objects.filter(id=receipt).update(separate=["identity_card.valid_to"])
