"""A signed receipt proves what was decided, replays while its facts are kept, and survives their erasure."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from miaopi.kernel.decision.replay import receipt_of, replay
from miaopi.kernel.errors import InputError
from miaopi.kernel.receipt import PersonReceipt, Receipt, read_receipt
from tests.unit.kernel.allowance import DAY, DEFINITION, GOOD, SETTINGS, decided

PRIVATE = bytes(range(32))
PUBLIC = Ed25519PrivateKey.from_private_bytes(PRIVATE).public_key().public_bytes_raw()


def made(**more: object) -> Receipt:
    told = {"settings": SETTINGS, "overrides": {}, "known_at": None, **more}
    decision = decided(dict(GOOD), DAY, **told)
    return receipt_of(DEFINITION, dict(GOOD), decision, as_of=DAY, salt="pepper", **told)  # type: ignore[arg-type] # told as a whole


def test_a_signature_covers_every_word_of_the_statement() -> None:
    signed = made().signed(PRIVATE)
    assert signed.is_signed_by(PUBLIC)
    assert not made().is_signed_by(PUBLIC)
    for altered in (
        replace(signed, as_of="2026-11-24"),
        replace(signed, decision={**signed.decision, "outcome": "refuse"}),
        replace(signed, digests={**signed.digests, "birth": "0" * 64}),
        replace(signed, values_digest="0" * 64),
    ):
        assert not altered.is_signed_by(PUBLIC)


def test_a_signed_receipt_is_read_back_and_replays() -> None:
    told = {"overrides": {"min_age": Decimal(79)}, "known_at": date(2026, 12, 1), "settings": {**SETTINGS, "auto_refuse": False}}
    signed = made(**told).signed(PRIVATE)
    read = read_receipt(json.loads(json.dumps(signed.to_json())))
    assert read == signed
    again = replay(DEFINITION, read)
    assert again is not None
    assert again.statement() == signed.statement()
    assert read.settings == {"city.regions": ["440303", "440304"], "auto_refuse": False}


def test_only_settings_that_the_rules_read_are_kept() -> None:
    assert made(settings={**SETTINGS, "city.name": "示例市"}).settings == {"city.regions": ["440303", "440304"]}


def test_after_erasure_the_signature_still_holds_and_a_replay_says_erased() -> None:
    erased = made().signed(PRIVATE).erased()
    assert erased.is_signed_by(PUBLIC)
    assert replay(DEFINITION, erased) is None
    assert erased.to_json()["facts"] is None
    assert replay(DEFINITION, replace(made(), salt=None)) is None


def test_values_beside_the_statement_are_those_of_its_digest() -> None:
    assert made().is_whole
    assert not replace(made(), values={**(made().values or {}), "amount": "9999"}).is_whole
    assert not replace(made(), values=None).is_whole
    assert not made().erased().is_whole


def test_a_receipt_of_another_version_is_not_replayed_by_this_one() -> None:
    with pytest.raises(InputError, match="another version of the rules"):
        replay(replace(DEFINITION, version="1" * 64), made())


def test_what_is_no_receipt_is_refused() -> None:
    good = made().to_json()
    other: dict[str, object] = {**good, "statement": {**good["statement"], "format": "other"}}  # type: ignore[dict-item] # a dict
    for document in ({}, [], "receipt", {**good, "salt": 1}, other, {**good, "signature": "abc"}, {**good, "signature": "签名"}):
        with pytest.raises(InputError, match="this is no receipt"):
            read_receipt(document)


@pytest.mark.parametrize(
    "changed",
    [
        {"as_of": "abc"}, {"known_at": "x"}, {"settings": {"zz": "1"}}, {"settings": {"city.regions": 5}}, {"overrides": {"zz": "1"}},
        {"overrides": {"min_age": "abc"}}, {"overrides": {"min_age": "sNaN"}}, {"overrides": {"min_age": ["1"]}},
        {"decision": {"x": Decimal("1.5")}}, {"decision": {"x": 10**400}}, {"facts": {"birth": 1.5}}, {"slug": "\ud800"},
    ],
    ids=lambda changed: str(changed)[:40],
)
def test_a_receipt_that_no_decision_gave_is_refused_before_it_is_decided_again(changed: dict[str, object]) -> None:
    good = made().to_json()
    with pytest.raises(InputError, match="this is no receipt"):
        replay(DEFINITION, read_receipt({**good, "statement": {**good["statement"], **changed}}))  # type: ignore[dict-item] # a dict


@pytest.mark.parametrize("changed", [{"salt": "\ud800"}, {"values": {"x": 1.5}}, {"facts": {"birth": {"value": Decimal("0.5")}}}], ids=str)
def test_what_stands_beside_the_statement_has_a_canonical_form(changed: dict[str, object]) -> None:
    with pytest.raises(InputError, match="this is no receipt"):
        read_receipt({**made().to_json(), **changed})


def test_what_is_nested_without_end_is_no_receipt() -> None:
    nested: list[object] = []
    for _ in range(5_000):
        nested = [nested]
    with pytest.raises(InputError, match="this is no receipt"):
        read_receipt({**made().to_json(), "values": {"x": nested}})


def test_a_decision_of_persons_states_who_decided_and_who_confirmed() -> None:
    alone = PersonReceipt(made(), decided_by="officer1", confirmed_by="", after="ab" * 32)
    both = replace(alone, confirmed_by="officer2")
    said, more = (json.loads(each.statement()) for each in (alone, both))
    assert (said["decided_by"], said["after"]) == ("officer1", "ab" * 32)
    assert "confirmed_by" not in said and more == {**said, "confirmed_by": "officer2"}
    assert said["format"] != json.loads(made().statement())["format"]
