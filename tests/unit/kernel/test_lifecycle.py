"""The table of moves is all that may happen to an application."""

from __future__ import annotations

import itertools

import pytest

from miaopi.kernel.errors import InputError
from miaopi.kernel.lifecycle import (
    MOVES,
    AskSupplement,
    Confirm,
    Decide,
    Move,
    Refer,
    Replace,
    State,
    Wait,
    Withdraw,
    after,
    say,
)


@pytest.mark.parametrize(("state", "move"), list(itertools.product(State, Move)))
def test_a_move_that_is_not_in_the_table_is_the_callers_error(state: State, move: Move) -> None:
    if (state, move) in MOVES:
        assert after(state, move) is MOVES[state, move]
        return
    with pytest.raises(InputError, match=say(state).en) as caught:
        after(state, move)
    assert caught.value.field == "application"


def test_nothing_follows_a_withdrawal_and_only_a_persons_word_a_decision() -> None:
    assert State.WITHDRAWN not in {state for state, _ in MOVES}
    assert {move: to for (state, move), to in MOVES.items() if state is State.DECIDED} == {Replace: State.DECIDED}


def test_who_shall_supplement_may_ask_for_a_person_instead() -> None:
    assert after(State.SUPPLEMENT, Refer) is State.REFERRED


def test_every_state_can_be_reached_from_a_draft() -> None:
    reached, before = {State.DRAFT}, set[State]()
    while reached != before:
        before, reached = reached, reached | {to for (state, _), to in MOVES.items() if state in reached}
    assert reached == set(State)


def test_a_supplement_is_confirmed_again() -> None:
    state = State.DRAFT
    for move in (Confirm, AskSupplement, Confirm, Wait, Wait, Refer, Decide):
        state = after(state, move)
    assert state is State.DECIDED
    assert after(State.SUPPLEMENT, Withdraw) is State.WITHDRAWN
