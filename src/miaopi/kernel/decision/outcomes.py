"""The seven ends of an application, no others (_common.md): values that carry reasons, law and remedy."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import field
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from types import MappingProxyType
from typing import ClassVar

from miaopi.kernel.expr.temporal import TEMPORAL, write_temporal
from miaopi.kernel.frozen import frozen
from miaopi.kernel.wording import Text


class Outcome(StrEnum):
    APPROVE = "approve"
    REFUSE = "refuse"
    SUPPLEMENT = "supplement"
    REFER = "refer"
    REDIRECT = "redirect"
    WAIT = "wait"
    WAITLIST = "waitlist"


@frozen
class Basis:
    """The instrument and its article; `unverified` where the article was not read."""

    instrument: str
    article: str

    def to_json(self) -> dict[str, str]:
        return {"instrument": self.instrument, "article": self.article}


@frozen
class Reason:
    """A coded ground with its law and what can be done about it (行政许可法 第三十八条); `facts` are those in doubt."""

    code: str
    text: Text
    basis: tuple[Basis, ...]
    remedy: Text
    facts: tuple[str, ...] = ()

    def to_json(self) -> dict[str, object]:
        return {
            "code": self.code,
            "text": self.text.to_json(),
            "basis": [basis.to_json() for basis in self.basis],
            "remedy": self.remedy.to_json(),
            "facts": list(self.facts),
        }


@frozen
class ConditionResult:
    """How one condition stood: true, false, or `None` where nobody could say; `facts` are those it was in doubt about."""

    id: str
    value: bool | None
    basis: tuple[Basis, ...]
    text: Text
    facts: tuple[str, ...] = ()

    def to_json(self) -> dict[str, object]:
        return {
            "id": self.id,
            "value": self.value,
            "basis": [basis.to_json() for basis in self.basis],
            "text": self.text.to_json(),
            "facts": list(self.facts),
        }


@frozen
class TableResult:
    """Which rules of a table of the law gave its value, counted from 1; none where none hit or nobody could say."""

    name: str
    file: str
    rules: tuple[int, ...]
    basis: tuple[Basis, ...]

    def to_json(self) -> dict[str, object]:
        return {
            "name": self.name,
            "file": self.file,
            "rules": list(self.rules),
            "basis": [basis.to_json() for basis in self.basis],
        }


@frozen
class Change:
    """What would make the failed conditions hold, found by deciding again: `as_of>=2026-11-24`, `purpose=notary`."""

    name: str
    relation: str
    value: object
    text: Text

    def __str__(self) -> str:
        value = to_plain(self.value)
        return f"{self.name}{self.relation}{str(value).lower() if isinstance(value, bool) else value}"


@frozen
class Decided:
    """What the seven outcomes have in common. `waiting_for` are ids of resources, `missing` and `typed` names of facts.

    Lists of names stand in the order of the names: the version of a package does not tell in which order its mappings stand.
    """

    outcome: ClassVar[Outcome]
    reasons: tuple[Reason, ...] = ()
    conditions: tuple[ConditionResult, ...] = ()
    values: Mapping[str, object] = field(default_factory=lambda: MappingProxyType({}))
    missing: tuple[str, ...] = ()
    waiting_for: tuple[str, ...] = ()
    would_change: tuple[Change, ...] = ()
    typed: tuple[str, ...] = ()
    tables: tuple[TableResult, ...] = ()

    def to_json(self) -> dict[str, object]:
        """The result of `decide` as DESIGN.md §7.1 promises it (`to_plain` says how values look). Tables stand in it where the
        service has any, so that receipts of those without replay to the bytes they always had.
        """
        tables = {"tables": [table.to_json() for table in self.tables]} if self.tables else {}
        return {
            "outcome": self.outcome.value,
            "reasons": [reason.to_json() for reason in self.reasons],
            "conditions": [condition.to_json() for condition in self.conditions],
            "values": {name: to_plain(value) for name, value in self.values.items()},
            "missing": list(self.missing),
            "waiting_for": list(self.waiting_for),
            "would_change": [str(change) for change in self.would_change],
            "typed": list(self.typed),
            **tables,
        }


@frozen
class Approve(Decided):
    outcome: ClassVar[Outcome] = Outcome.APPROVE


@frozen
class Refuse(Decided):
    outcome: ClassVar[Outcome] = Outcome.REFUSE


@frozen
class Supplement(Decided):
    outcome: ClassVar[Outcome] = Outcome.SUPPLEMENT


@frozen
class Refer(Decided):
    outcome: ClassVar[Outcome] = Outcome.REFER


@frozen
class Redirect(Decided):
    outcome: ClassVar[Outcome] = Outcome.REDIRECT


@frozen
class Wait(Decided):
    outcome: ClassVar[Outcome] = Outcome.WAIT


@frozen
class Waitlist(Decided):
    outcome: ClassVar[Outcome] = Outcome.WAITLIST


Decision = Approve | Refuse | Supplement | Refer | Redirect | Wait | Waitlist


def to_plain(value: object) -> object:
    """A FEEL value as JSON can hold it: days, moments and durations in ISO form, whole numbers as integers, others as text."""
    match value:
        case bool() | None | str():
            return value
        case Decimal():
            return int(value) if value == value.to_integral_value() else str(value)
        case date() | datetime():
            return value.isoformat()
        case _ if isinstance(value, TEMPORAL):
            return write_temporal(value)
        case list() | tuple():
            return [to_plain(one) for one in value]
        case dict():
            return {name: to_plain(one) for name, one in value.items()}
        case _:
            return str(value)
