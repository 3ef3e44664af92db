"""The blocks `visit` and `registers` of `service.yaml`: what must still be seen after an approval, and what agencies then register."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from enum import StrEnum
from types import MappingProxyType

from miaopi.definitions.positions import Placed
from miaopi.definitions.reader import Reader
from miaopi.kernel.decision import Basis
from miaopi.kernel.frozen import frozen
from miaopi.kernel.wording import Text

# Beside the values of the decision; `done_on` is the day of the visit, lapse or stop, `stopped_month` the first month not paid (YYYY-MM).
KNOWN_LATER = frozenset({"number", "as_of", "done_on", "stopped_month"})


@frozen
class Paper:
    """A paper to be seen once, and what the clerk checks on it."""

    name: Text
    check: Text
    basis: tuple[Basis, ...]


@frozen
class Act:
    """Another item that is carried out with this one: its code and name."""

    code: str
    name: Text


@frozen
class VisitRule:
    """One visit after an approval: to which kind of office, until which day (a value of the decision), with which papers."""

    offices: str
    until: str
    remind_before: timedelta
    act: Act
    papers: tuple[Paper, ...]


class Moment(StrEnum):
    """When something is written into an agency's register."""

    APPROVE = "approve"
    VISIT = "visit"
    LAPSE = "lapse"
    STOP = "stop"  # a payment ended


@frozen
class RegisterRule:
    """An act written into the register behind a resource. `values`: field → the name of a value, or a text in quotation marks."""

    act: str
    on: Moment
    resource: str
    values: Mapping[str, str]

    def fill(self, known: Mapping[str, object]) -> dict[str, str | None]:
        """The fields with what is known now; a value that the decision does not have is `None`."""
        return {
            name: said[1:-1] if said.startswith('"') else None if known.get(said) is None else str(known[said])
            for name, said in self.values.items()
        }


def read_visit(reader: Reader, placed: Placed | None) -> VisitRule | None:
    if placed is None:
        return None
    entries = reader.entries(placed, ("offices", "until", "remind_before", "act", "papers"))
    act = reader.entries(entries["act"], ("code", "name")) if "act" in entries else {}
    return VisitRule(
        offices=reader.string(entries.get("offices")),
        until=reader.string(entries.get("until")),
        remind_before=reader.duration(entries.get("remind_before")),
        act=Act(reader.string(act.get("code")), reader.text(act.get("name"))),
        papers=tuple(_read_paper(reader, one) for one in reader.items(entries.get("papers"))),
    )


def _read_paper(reader: Reader, placed: Placed) -> Paper:
    entries = reader.entries(placed, ("name", "check", "basis"))
    return Paper(reader.text(entries.get("name")), reader.text(entries.get("check")), reader.basis(entries.get("basis")))


def read_registers(reader: Reader, placed: Placed | None) -> tuple[RegisterRule, ...]:
    found = []
    for one in reader.items(placed):
        entries = reader.entries(one, ("act", "on", "resource", "values"))
        values = {name: reader.string(at) for name, at in (reader.mapping(entries["values"]) if "values" in entries else {}).items()}
        found.append(RegisterRule(
            reader.string(entries.get("act")), reader.word(entries.get("on"), Moment, Moment.APPROVE),
            reader.string(entries.get("resource")), MappingProxyType(values),
        ))  # fmt: skip
    return tuple(found)
