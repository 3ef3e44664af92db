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


def test_nothing_follows_a_decision_or_a_withdrawal() -> None:
    assert {state for state, _ in MOVES}.isdisjoint({State.DECIDED, State.WITHDRAWN})


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
