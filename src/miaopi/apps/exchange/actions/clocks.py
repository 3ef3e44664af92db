"""One clockwork for whatever waits for an answer: what ran out of time is written down once, and said in an event."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from miaopi.apps.audit.api import Actor, Event, act
from miaopi.apps.exchange.queries.clocks import Clocked, list_overdue_ids, lock_overdue
from miaopi.kernel.moves import Move, Moves, State


def run_clock(
    *, kept: type[Clocked], moves: Moves[State, Move], run_out: Move, tell: Callable[[Clocked], Event], by: Actor, now: datetime
) -> int:
    """Make the move `run_out` where nobody answered in time; how many were late. Each is a transaction of its own."""
    waits = moves.list_states(run_out)
    overdue = list_overdue_ids(kept, waits, now)
    for id in overdue:
        with act(by=by, now=now) as unit:
            row = lock_overdue(kept, waits, id)
            if row is not None:
                row.state, row.overdue_at = moves.after(row.state, run_out), now
                row.save(update_fields=("state", "overdue_at"))
                unit.record(tell(row))
    return len(overdue)
