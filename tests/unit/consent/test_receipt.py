"""The signed receipt of a consent, and what the log says of it."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta

import pytest
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from miaopi.apps.audit.api import (
    choose_signer,
    list_entries,
    list_parked,
    person,
    run_after_handlers,
    sequence,
)
from miaopi.apps.consent.api import Consent, get_consent, give_consent, verify_receipt, withdraw_consent
from miaopi.apps.consent.models import Receipt
from miaopi.apps.identity.api import pseudonym
from miaopi.kernel.wording import Text

NOW = datetime(2026, 11, 25, 1, 2, 3, tzinfo=UTC)
ANNA = "a" * 32
NUMBER = "20261125-AAAAAAAAA"


def given() -> Consent:
    return give_consent(
        application=NUMBER, service="no-criminal-record", version="f" * 64, applicant=ANNA, scope=("identity_card.valid_to",),
        purpose=Text(zh="办理证明", en="To issue a certificate"), expires_at=NOW + timedelta(hours=1), by=person(ANNA), now=NOW,
    )


def work() -> None:
    """What the worker does in a round."""
    sequence()
    run_after_handlers(now=NOW)


def test_a_consent_is_signed_after_it_was_given_and_anybody_can_check_it() -> None:
    receipt = given().receipt
    assert get_consent(receipt).signature is None
    work()
    consent = get_consent(receipt)
    assert consent.signature is not None
    key = choose_signer().public_key("consent")
    Ed25519PublicKey.from_public_bytes(key).verify(consent.signature, consent.document)
    assert verify_receipt(consent.document, consent.signature, key)


def test_a_receipt_altered_by_one_letter_is_no_receipt() -> None:
    receipt = given().receipt
    work()
    consent = get_consent(receipt)
    assert consent.signature is not None
    altered = consent.document.replace(b"valid_to", b"valid_tp")
    key = choose_signer().public_key("consent")
    assert not verify_receipt(altered, consent.signature, key)
    with pytest.raises(InvalidSignature):
        Ed25519PublicKey.from_public_bytes(key).verify(consent.signature, altered)


def test_a_receipt_stays_valid_after_withdrawal() -> None:
    receipt = given().receipt
    work()
    withdraw_consent(receipt=receipt, by=person(ANNA), now=NOW)
    consent = get_consent(receipt)
    assert consent.signature is not None
    assert verify_receipt(consent.document, consent.signature, choose_signer().public_key("consent"))


def test_a_row_altered_before_it_was_signed_is_not_signed() -> None:
    receipt = given().receipt
    Receipt.objects.filter(id=receipt).update(scope=["criminal_record.condition_met", "identity_card.valid_to"])
    work()
    assert get_consent(receipt).signature is None
    for minutes in range(1, 6):
        run_after_handlers(now=NOW + timedelta(minutes=minutes))
    assert get_consent(receipt).signature is None
    assert len(list_parked()) == 1


def test_the_log_says_what_was_given_and_withdrawn_without_a_name() -> None:
    consent = given()
    withdraw_consent(receipt=consent.receipt, by=person(ANNA), now=NOW)
    withdraw_consent(receipt=consent.receipt, by=person(ANNA), now=NOW)
    work()
    entries = list_entries(number=NUMBER)
    assert [entry.kind for entry in entries] == ["consent.ConsentGiven", "consent.ConsentWithdrawn"]
    assert entries[0].body["digest"] == consent.digest
    assert {entry.body["subject"] for entry in entries} == {pseudonym(ANNA)}
    assert "证明" not in json.dumps([entry.body for entry in entries], ensure_ascii=False)
