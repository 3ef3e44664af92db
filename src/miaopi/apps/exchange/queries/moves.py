"""What may happen to an agreement, an objection, a dispute and a pair: their tables of moves, side by side.

That a statutory clock runs out is a move, too (`actions.clocks`): what waits goes on waiting, and it is known who is late.
"""

from __future__ import annotations

from enum import StrEnum
from typing import Final

from miaopi.apps.exchange.models import AgreementState, CandidateState, DisputeState, ObjectionState
from miaopi.kernel.moves import Moves
from miaopi.kernel.wording import Text

RAN_OUT: Final = Text(zh="记为逾期", en="marked overdue")


class AgreementMove(StrEnum):
    """What somebody, or the clock, does to an agreement."""

    GRANT = "grant"
    REFUSE = "refuse"
    RUN_OUT = "run_out"
    SUSPEND = "suspend"
    RESUME = "resume"
    REVOKE = "revoke"
    EXPIRE = "expire"


class ObjectionMove(StrEnum):
    """What somebody, or the clock, does to an objection."""

    EXPLAIN = "explain"
    UPHOLD = "uphold"
    WITHDRAW = "withdraw"
    RUN_OUT = "run_out"


class DisputeMove(StrEnum):
    """What the steward, or the clock, does to a dispute."""

    CORRECT = "correct"
    CORRECT_PARTLY = "correct_partly"
    FIND_RIGHT = "find_right"
    TRANSFER = "transfer"
    RUN_OUT = "run_out"


class Decision(StrEnum):
    """What a person does with a pair."""

    MERGE = "merge"
    SET_APART = "set_apart"
    REOPEN = "reopen"


AS, AM = AgreementState, AgreementMove
AGREEMENT_MOVES: Final = Moves(
    field="agreement", name=Text(zh="共享协议", en="the agreement"),
    states={
        AS.FILED: Text(zh="待答复", en="waiting for an answer"), AS.GRANTED: Text(zh="已同意", en="granted"),
        AS.REFUSED: Text(zh="不同意", en="refused"), AS.SUSPENDED: Text(zh="已暂停", en="suspended"),
        AS.REVOKED: Text(zh="已撤销", en="revoked"), AS.EXPIRED: Text(zh="已到期", en="expired"),
    },
    moves={
        AM.GRANT: Text(zh="同意", en="granted"), AM.REFUSE: Text(zh="不同意", en="refused"), AM.RUN_OUT: RAN_OUT,
        AM.SUSPEND: Text(zh="暂停", en="suspended"), AM.RESUME: Text(zh="恢复", en="resumed"),
        AM.REVOKE: Text(zh="撤销", en="revoked"), AM.EXPIRE: Text(zh="到期终止", en="ended by its term"),
    },
    table={
        (AS.FILED, AM.GRANT): AS.GRANTED,
        (AS.FILED, AM.REFUSE): AS.REFUSED,
        (AS.FILED, AM.RUN_OUT): AS.FILED,
        (AS.GRANTED, AM.SUSPEND): AS.SUSPENDED,
        (AS.GRANTED, AM.REVOKE): AS.REVOKED,
        (AS.GRANTED, AM.EXPIRE): AS.EXPIRED,
        (AS.SUSPENDED, AM.RESUME): AS.GRANTED,
        (AS.SUSPENDED, AM.REVOKE): AS.REVOKED,
        (AS.SUSPENDED, AM.EXPIRE): AS.EXPIRED,
    },
)  # fmt: skip

OS, OM = ObjectionState, ObjectionMove
OBJECTION_MOVES: Final = Moves(
    field="objection", name=Text(zh="访问异议", en="the objection"),
    states={
        OS.FILED: Text(zh="等待说明", en="waiting for an explanation"), OS.OVERDUE: Text(zh="逾期未说明", en="overdue"),
        OS.EXPLAINED: Text(zh="已说明", en="explained"),
        OS.UPHELD: Text(zh="成立：不应查看", en="upheld: it should not have been looked at"),
        OS.WITHDRAWN: Text(zh="已撤回", en="withdrawn"),
    },
    moves={
        OM.EXPLAIN: Text(zh="说明", en="explained"), OM.UPHOLD: Text(zh="认定成立", en="upheld"),
        OM.WITHDRAW: Text(zh="撤回", en="withdrawn"), OM.RUN_OUT: RAN_OUT,
    },
    table={
        (OS.FILED, OM.EXPLAIN): OS.EXPLAINED,
        (OS.FILED, OM.UPHOLD): OS.UPHELD,
        (OS.FILED, OM.WITHDRAW): OS.WITHDRAWN,
        (OS.FILED, OM.RUN_OUT): OS.OVERDUE,
        (OS.OVERDUE, OM.EXPLAIN): OS.EXPLAINED,
        (OS.OVERDUE, OM.UPHOLD): OS.UPHELD,
        (OS.OVERDUE, OM.WITHDRAW): OS.WITHDRAWN,
    },
)  # fmt: skip

DS, DM = DisputeState, DisputeMove
DISPUTE_MOVES: Final = Moves(
    field="dispute", name=Text(zh="数据异议", en="the dispute"),
    states={
        DS.FILED: Text(zh="核实中", en="being checked"), DS.CORRECTED: Text(zh="已更正", en="corrected"),
        DS.PARTLY: Text(zh="部分更正", en="corrected in part"), DS.UNFOUNDED: Text(zh="核实无误", en="checked and right"),
        DS.TRANSFERRED: Text(zh="已转办", en="passed on"),
    },
    moves={
        DM.CORRECT: Text(zh="更正", en="answered by a correction"), DM.CORRECT_PARTLY: Text(zh="部分更正", en="corrected in part"),
        DM.FIND_RIGHT: Text(zh="答复无误", en="answered as unfounded"), DM.TRANSFER: Text(zh="转办", en="passed on"), DM.RUN_OUT: RAN_OUT,
    },
    table={
        (DS.FILED, DM.CORRECT): DS.CORRECTED,
        (DS.FILED, DM.CORRECT_PARTLY): DS.PARTLY,
        (DS.FILED, DM.FIND_RIGHT): DS.UNFOUNDED,
        (DS.FILED, DM.TRANSFER): DS.TRANSFERRED,  # it then waits at the agency that has the record, on the same clock
        (DS.FILED, DM.RUN_OUT): DS.FILED,
    },
)  # fmt: skip

PS, PM = CandidateState, Decision
PAIR_MOVES: Final = Moves(
    field="duplicate", name=Text(zh="这一对", en="this pair"),
    states={
        PS.OPEN: Text(zh="待判断", en="to be decided"), PS.MERGED: Text(zh="已合并", en="merged"),
        PS.DISTINCT: Text(zh="不是同一人", en="two parties"),
    },
    moves={
        PM.MERGE: Text(zh="合并", en="merged"), PM.SET_APART: Text(zh="判为两人", en="set apart"),
        PM.REOPEN: Text(zh="退回待判断", en="reopened"),
    },
    table={
        (PS.OPEN, PM.MERGE): PS.MERGED,
        (PS.OPEN, PM.SET_APART): PS.DISTINCT,
        (PS.MERGED, PM.REOPEN): PS.OPEN,
        (PS.DISTINCT, PM.REOPEN): PS.OPEN,
    },
)  # fmt: skip
