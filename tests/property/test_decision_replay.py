"""A receipt replays to the same bytes, and an altered one does not."""

from __future__ import annotations

import json
from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from miaopi.kernel.decision.replay import receipt_of, replay
from miaopi.kernel.fact import Fact
from miaopi.kernel.receipt import Receipt, read_receipt
from tests.property.test_decision_unknown import PARTIAL
from tests.unit.kernel.allowance import DAY, DEFINITION, SETTINGS, decided


def receipt(facts: dict[str, Fact], salt: str = "salt") -> Receipt:
    return receipt_of(DEFINITION, facts, decided(facts), as_of=DAY, settings=SETTINGS, salt=salt)


def through_json(made: Receipt) -> Receipt:
    return read_receipt(json.loads(json.dumps(made.to_json(), ensure_ascii=False)))


@given(facts=PARTIAL)
def test_a_replay_gives_the_same_bytes(facts: dict[str, Fact]) -> None:
    made = through_json(receipt(facts))
    again = replay(DEFINITION, made)
    assert again is not None
    assert again.statement() == made.statement()
    assert again.to_json() == made.to_json()


@given(facts=PARTIAL, other=PARTIAL)
def test_a_receipt_with_other_facts_does_not_replay_to_its_statement(facts: dict[str, Fact], other: dict[str, Fact]) -> None:
    made, swapped = through_json(receipt(facts)), through_json(receipt(other))
    if made.facts == swapped.facts:
        return
    again = replay(DEFINITION, replace(made, facts=swapped.facts))
    assert again is not None
    assert again.statement() != made.statement()


@given(facts=PARTIAL, salts=st.lists(st.text(min_size=8), min_size=2, max_size=2, unique=True))
def test_the_statement_does_not_show_which_facts_it_rests_on(facts: dict[str, Fact], salts: list[str]) -> None:
    one, other = (receipt(facts, salt) for salt in salts)
    assert not set(one.digests.values()) & set(other.digests.values())
    assert one.values_digest != other.values_digest
