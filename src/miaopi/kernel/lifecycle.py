"""What may happen to an application: one table. What is not in it cannot happen.

行政许可法 第三十二条 (supplements), 第三十八条 (a refusal is written and reasoned), 第四十二条 (the clock);
个人信息保护法 第十五条 (consent can be withdrawn), 第二十四条 (a person looks at what a machine decided).
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from types import MappingProxyType
from typing import Final

from miaopi.kernel.moves import Moves
from miaopi.kernel.wording import Text


class State(StrEnum):
    """Where an application stands."""

    DRAFT = "draft"
    CONFIRMED = "confirmed"
    WAITING = "waiting"
    REFERRED = "referred"
    SUPPLEMENT = "supplement"
    DECIDED = "decided"
    WITHDRAWN = "withdrawn"


class Move(StrEnum):
    """What may be done to it."""

    CONFIRM = "confirm"
    DECIDE = "decide"
    WAIT = "wait"
    REFER = "refer"
    ASK_SUPPLEMENT = "ask_supplement"
    WITHDRAW = "withdraw"
    REPLACE = "replace"


Confirm, Decide, Wait, Refer, AskSupplement, Withdraw, Replace = Move


MOVES: Final[Mapping[tuple[State, Move], State]] = MappingProxyType({
    (State.DRAFT, Confirm): State.CONFIRMED,
    (State.DRAFT, Withdraw): State.WITHDRAWN,
    (State.CONFIRMED, Decide): State.DECIDED,
    (State.CONFIRMED, Wait): State.WAITING,  # a source is silent, or a lawful period runs
    (State.CONFIRMED, Refer): State.REFERRED,
    (State.CONFIRMED, AskSupplement): State.SUPPLEMENT,  # once, naming everything that is missing
    (State.WAITING, Decide): State.DECIDED,
    (State.WAITING, Wait): State.WAITING,
    (State.WAITING, Refer): State.REFERRED,  # past the patience of the service
    (State.WAITING, AskSupplement): State.SUPPLEMENT,
    (State.WAITING, Withdraw): State.WITHDRAWN,
    (State.REFERRED, Decide): State.DECIDED,  # by a person
    (State.REFERRED, AskSupplement): State.SUPPLEMENT,
    (State.REFERRED, Withdraw): State.WITHDRAWN,
    (State.SUPPLEMENT, Confirm): State.CONFIRMED,
    (State.SUPPLEMENT, Refer): State.REFERRED,  # she asks that a person look at what she shall cure
    (State.SUPPLEMENT, Withdraw): State.WITHDRAWN,
    (State.DECIDED, Replace): State.DECIDED,  # by a person: upheld, or decided anew; by the rules: a record was corrected
})

_SAID: Final[Mapping[State, Text]] = MappingProxyType({
    State.DRAFT: Text(zh="草稿", en="a draft"),
    State.CONFIRMED: Text(zh="已提交", en="confirmed"),
    State.WAITING: Text(zh="等待中", en="waiting"),
    State.REFERRED: Text(zh="人工办理中", en="with a person"),
    State.SUPPLEMENT: Text(zh="待补正", en="to be supplemented"),
    State.DECIDED: Text(zh="已办结", en="decided"),
    State.WITHDRAWN: Text(zh="已撤回", en="withdrawn"),
})


APPLICATION: Final = Moves(
    field="application", name=Text(zh="该办件", en="the application"), states=_SAID, table=MOVES,
    moves=MappingProxyType({
        Confirm: Text(zh="提交", en="confirmed"),
        Decide: Text(zh="决定", en="decided"),
        Wait: Text(zh="转入等待", en="put to wait"),
        Refer: Text(zh="转人工", en="referred to a person"),
        AskSupplement: Text(zh="要求补正", en="sent back for a supplement"),
        Withdraw: Text(zh="撤回", en="withdrawn"),
        Replace: Text(zh="重新决定", en="decided anew"),
    }),
)  # fmt: skip


def say(state: State) -> Text:
    """The state in words, to stand after *the application is*."""
    return _SAID[state]


def after(state: State, move: Move) -> State:
    """The state that a move leads to; InputError where the table does not list it."""
    return APPLICATION.after(state, move)
