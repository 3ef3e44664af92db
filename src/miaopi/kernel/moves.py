"""What may be done to a thing, by the state in which it stands: one table, one refusal. What is not in the table cannot happen."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from typing import Generic, TypeVar

from miaopi.kernel.errors import InputError
from miaopi.kernel.frozen import frozen
from miaopi.kernel.wording import Text

State = TypeVar("State", bound=StrEnum)
Move = TypeVar("Move", bound=StrEnum)


@frozen
class Moves(Generic[State, Move]):
    """A table of moves, with the words of a refusal. `field` and `name`: the thing, for a form and for a reader.

    `moves` are said to stand after 不能 and after *cannot be*.
    """

    field: str
    name: Text
    states: Mapping[State, Text]
    moves: Mapping[Move, Text]
    table: Mapping[tuple[State, Move], State]

    def after(self, state: str, move: Move) -> State:
        """The state that a move leads to. InputError where the table does not list it: it names the state, and what may be done instead."""
        here = self.read(state)
        there = self.table.get((here, move))
        if there is None:
            raise InputError(self.field, self._refuse(here, move), self._offer(here))
        return there

    def list_moves(self, state: str) -> tuple[Move, ...]:
        """What may be done in a state, in the order of the table."""
        return tuple(move for here, move in self.table if here == state)

    def list_states(self, move: Move) -> tuple[State, ...]:
        """The states in which a move may be made, in the order of the table."""
        return tuple(here for here, listed in self.table if listed is move)

    def read(self, state: str) -> State:
        """The state as it is kept. Anything else in its place is our fault: KeyError."""
        return {each.value: each for each in self.states}[state]

    def _refuse(self, here: State, move: Move) -> Text:
        state, wanted = self.states[here], self.moves[move]
        return Text(
            zh=f"{self.name.zh}现在是“{state.zh}”，不能{wanted.zh}。", en=f"{self.name.en} is {state.en}; it cannot be {wanted.en}."
        )

    def _offer(self, here: State) -> Text:
        legal = [self.moves[move] for move in self.list_moves(here)]
        if not legal:
            return Text(zh="此后不能再做任何操作。", en="Nothing more can be done to it.")
        return Text(zh=f"现在可以：{'、'.join(each.zh for each in legal)}。", en=f"It can be: {', '.join(each.en for each in legal)}.")
