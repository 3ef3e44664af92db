"""A table of moves, read both ways."""

from __future__ import annotations

from enum import StrEnum

import pytest

from miaopi.kernel.errors import InputError
from miaopi.kernel.moves import Moves
from miaopi.kernel.wording import Text


class State(StrEnum):
    """Where a door stands."""

    SHUT = "shut"
    AJAR = "ajar"
    GONE = "gone"


class Move(StrEnum):
    """What is done to it."""

    OPEN = "open"
    CLOSE = "close"
    TAKE_OUT = "take_out"


DOOR = Moves(
    field="door", name=Text(zh="门", en="the door"),
    states={
        State.SHUT: Text(zh="关着", en="shut"), State.AJAR: Text(zh="开着", en="ajar"), State.GONE: Text(zh="拆了", en="gone"),
    },
    moves={
        Move.OPEN: Text(zh="开", en="opened"), Move.CLOSE: Text(zh="关", en="closed"), Move.TAKE_OUT: Text(zh="拆", en="taken out"),
    },
    table={
        (State.SHUT, Move.OPEN): State.AJAR, (State.AJAR, Move.CLOSE): State.SHUT, (State.AJAR, Move.TAKE_OUT): State.GONE,
    },
)  # fmt: skip


def test_a_state_is_read_as_it_is_kept() -> None:
    assert DOOR.after("shut", Move.OPEN) is State.AJAR
    assert DOOR.list_moves("ajar") == (Move.CLOSE, Move.TAKE_OUT)
    assert DOOR.list_states(Move.OPEN) == (State.SHUT,)


def test_a_refusal_says_where_it_stands_and_what_may_be_done() -> None:
    with pytest.raises(InputError) as caught:
        DOOR.after(State.AJAR, Move.OPEN)
    assert caught.value.text == Text(
        zh="门现在是“开着”，不能开。现在可以：关、拆。",
        en="door: the door is ajar; it cannot be opened. It can be: closed, taken out.",
    )


def test_of_an_end_it_is_said_that_it_is_one() -> None:
    with pytest.raises(InputError, match="Nothing more"):
        DOOR.after(State.GONE, Move.CLOSE)
