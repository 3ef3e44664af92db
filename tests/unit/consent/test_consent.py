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
    require_consent,
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


def may_pull(receipt: str, resource: str, *fields: str, now: datetime = NOW, **bound: object) -> bool:
    try:
        require_consent(receipt, resource, fields, now, **bound)
    except RightsError:
        return False
    return True


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


def test_a_pull_within_the_scope_passes_in_one_statement() -> None:
    receipt = given().receipt
    with CaptureQueriesContext(connection) as statements:
        assert may_pull(receipt, "population_basic", "name", "birth_date")
    assert len(statements) == 1


@pytest.mark.parametrize("fields", [("sex",), ("name", "sex")])
def test_a_field_outside_the_scope_stops_the_pull(fields: tuple[str, ...]) -> None:
    assert not may_pull(given().receipt, "population_basic", *fields)


def test_a_receipt_of_another_resource_is_no_ground() -> None:
    assert not may_pull(given().receipt, "identity_card", "name")


def test_an_unknown_receipt_is_no_ground() -> None:
    assert not may_pull("0" * 32, "population_basic", "name")


def test_withdrawn_consent_stops_the_next_pull() -> None:
    receipt = given().receipt
    withdraw_consent(receipt=receipt, by=person(ANNA), now=NOW + timedelta(seconds=1))
    assert not may_pull(receipt, "population_basic", "name", now=NOW + timedelta(seconds=1))
    assert get_consent(receipt).withdrawn_at == NOW + timedelta(seconds=1)


def test_expired_consent_stops_the_next_pull_at_the_very_moment() -> None:
    consent = given()
    assert may_pull(consent.receipt, "population_basic", "name", now=consent.expires_at - timedelta(microseconds=1))
    assert not may_pull(consent.receipt, "population_basic", "name", now=consent.expires_at)


def test_withdrawing_twice_is_once() -> None:
    receipt = given().receipt
    first = withdraw_consent(receipt=receipt, by=person(ANNA), now=NOW)
    second = withdraw_consent(receipt=receipt, by=person(ANNA), now=NOW + timedelta(hours=1))
    assert first.withdrawn_at == second.withdrawn_at == NOW


def test_a_sensitive_field_needs_its_separate_consent() -> None:
    ticked, unticked = given().receipt, given(separate=()).receipt
    assert may_pull(ticked, "criminal_record", "condition_met", sensitive=("condition_met",))
    assert not may_pull(unticked, "criminal_record", "condition_met", sensitive=("condition_met",))


@pytest.mark.parametrize("bound", [{"subject": BEN}, {"service": "old-age-allowance"}, {"application": "20261125-BBBBBBBBB"}])
def test_a_receipt_is_no_ground_for_another_person_service_or_application(bound: dict[str, str]) -> None:
    receipt = given().receipt
    own = {"subject": ANNA, "service": "no-criminal-record", "application": "20261125-AAAAAAAAA"}
    assert may_pull(receipt, "population_basic", "name", **own)
    assert not may_pull(receipt, "population_basic", "name", **{**own, **bound})


def test_another_persons_receipt_answers_like_one_that_is_not_there() -> None:
    receipt = given().receipt
    with pytest.raises(NotFound) as of_another:
        withdraw_consent(receipt=receipt, by=person(BEN), now=NOW)
    with pytest.raises(NotFound) as of_nobody:
        withdraw_consent(receipt="0" * 32, by=person(BEN), now=NOW)
    assert of_another.value.text == of_nobody.value.text
    assert may_pull(receipt, "population_basic", "name")


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
