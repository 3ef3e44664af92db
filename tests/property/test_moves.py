"""Tables of moves: whatever is done in whatever state is either in the table, or refused in words that say where one stands."""

from __future__ import annotations

import itertools
from enum import StrEnum
from typing import Any, Final

import pytest

from miaopi.apps.exchange.api import AGREEMENT_MOVES, DISPUTE_MOVES, OBJECTION_MOVES, PAIR_MOVES
from miaopi.kernel.errors import InputError
from miaopi.kernel.lifecycle import APPLICATION
from miaopi.kernel.moves import Moves

TABLES: Final[tuple[Moves[Any, Any], ...]] = (APPLICATION, AGREEMENT_MOVES, OBJECTION_MOVES, DISPUTE_MOVES, PAIR_MOVES)
BEGINS: Final = {"application": "draft", "duplicate": "open"}  # the others begin where they are filed
EVERY = [
    pytest.param(moves, state, move, id=f"{moves.field}-{state}-{move}")
    for moves in TABLES for state, move in itertools.product(moves.states, moves.moves)
]  # fmt: skip


@pytest.mark.parametrize(("moves", "state", "move"), EVERY)
def test_a_move_is_in_the_table_or_is_refused_naming_the_state_and_what_may_be_done(
    moves: Moves[Any, Any], state: StrEnum, move: StrEnum
) -> None:
    if (state, move) in moves.table:
        assert moves.after(state.value, move) is moves.table[state, move]
        return
    with pytest.raises(InputError) as caught:
        moves.after(state.value, move)
    refused = caught.value
    assert refused.field == moves.field
    for language in ("zh", "en"):
        said = refused.rule.in_language(language)
        assert moves.states[state].in_language(language) in said
        assert moves.moves[move].in_language(language) in said
        legal = {each for each in moves.moves if (state, each) in moves.table}
        offered = refused.remedy.in_language(language).partition("：" if language == "zh" else ": ")[2].rstrip("。.")
        assert set(filter(None, offered.split("、" if language == "zh" else ", "))) == {
            moves.moves[each].in_language(language) for each in legal
        }


@pytest.mark.parametrize("moves", TABLES, ids=lambda moves: moves.field)
def test_a_table_has_words_for_whatever_it_names_and_leads_to_each_state_from_the_first(moves: Moves[Any, Any]) -> None:
    states, made = type(next(iter(moves.states))), type(next(iter(moves.moves)))
    assert (set(moves.states), set(moves.moves)) == (set(states), set(made))
    assert {move for _, move in moves.table} == set(made)
    reached, before = {states(BEGINS.get(moves.field, "filed"))}, set()
    while reached != before:
        before, reached = reached, reached | {to for (state, _), to in moves.table.items() if state in reached}
    assert reached == set(states)


@pytest.mark.parametrize("moves", [AGREEMENT_MOVES, OBJECTION_MOVES, DISPUTE_MOVES], ids=lambda moves: moves.field)
def test_a_clock_that_ran_out_answers_nothing(moves: Moves[Any, Any]) -> None:
    """What somebody may do in time, she may do late."""
    ((state, late),) = [(state, to) for (state, move), to in moves.table.items() if move == "run_out"]
    assert set(moves.list_moves(state)) - {"run_out"} == set(moves.list_moves(late)) - {"run_out"}
