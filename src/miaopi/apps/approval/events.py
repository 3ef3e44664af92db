"""What was decided, what waits, and who asks for a person: codes and identifiers."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime

from miaopi.apps.audit.api import Event
from miaopi.definitions import ServicePackage
from miaopi.kernel.decision import Decision
from miaopi.kernel.fact import Fact, FactName


@dataclass(frozen=True)
class Decided(Event):
    """A rule set decided; `outcome` is one of the seven. `decision` is the id of the decision row.

    A case that waits is decided again later and says so with another event; no other outcome follows one of
    `approve`, `refuse` and `redirect`.
    """

    number: str
    service: str
    version: str
    outcome: str
    reason_codes: tuple[str, ...]
    decision: str
    receipt_digest: str
    subject: str


@dataclass(frozen=True)
class DecidedCase:
    """The hand of `Decided`: the decision as a value, with the facts it rests on, for this transaction alone."""

    decision_id: str
    number: str
    package: ServicePackage
    service: str
    version: str
    applicant: str
    as_of: date
    decided_at: datetime
    decision: Decision = field(repr=False)
    facts: Mapping[FactName, Fact] = field(repr=False)


@dataclass(frozen=True)
class ReviewRequested(Event):
    """个人信息保护法 第二十四条: the applicant asks that a person look at what a rule set decided."""

    number: str
    decision: str
    review: str
    subject: str
