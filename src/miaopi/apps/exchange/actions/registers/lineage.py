"""From a decided case back to the agencies' columns: which columns its facts came from, for whoever sees after the data."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime

from miaopi.apps.audit.api import Actor, act
from miaopi.apps.exchange.adapters.registers.lineage import Column, list_columns
from miaopi.apps.exchange.events import LineageRead
from miaopi.apps.identity.api import PartyId, Right, authorise, pseudonym


def read_lineage(
    *, subject: PartyId, number: str, facts: Mapping[str, tuple[str, ...]], by: Actor, now: datetime
) -> Mapping[str, Sequence[Column]]:
    """The columns behind each fact of a case, given the `resource.field` that it was asked as. No value is read; the look is an entry."""
    authorise(by, Right.READ_REGISTERS)
    with act(by=by, now=now) as unit:
        unit.record(LineageRead(subject=pseudonym(subject), number=number, fields=tuple(facts)))
    return {name: list_columns(sources) for name, sources in facts.items()}
