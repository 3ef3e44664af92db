"""What was decided, what waits, and who asks for a person: codes and identifiers."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import ClassVar

from miaopi.apps.audit.api import Event
from miaopi.definitions import ServicePackage
from miaopi.kernel.decision import Decision
from miaopi.kernel.fact import Fact, FactName
from miaopi.kernel.frozen import frozen


@frozen
class Decided(Event):
    """A rule set or a person decided; `outcome` is one of the seven. `decision` is the id of the decision row.

    A case that waits is decided again later and says so with another event. After `approve`, `refuse` and `redirect` only a
    person speaks, in a review, or the rules, on a record that was wrong (`correction`): then `replaces` is the decision that does not
    count any more. `decided_by` and `confirmed_by` are members of staff; empty for a rule set.
    """

    number: str
    service: str
    version: str
    outcome: str
    reason_codes: tuple[str, ...]
    decision: str
    receipt_digest: str
    subject: str
    replaces: str | None = None
    decided_by: str | None = None
    confirmed_by: str | None = None
    correction: str | None = None


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
    replaces: str | None = None


@frozen
class ReviewRequested(Event):
    """个人信息保护法 第二十四条: the applicant asks that a person look at what a rule set decided."""

    number: str
    decision: str
    review: str
    subject: str


@frozen
class DecisionUpheld(Event):
    """A person looked at a decision again and let it stand; `decision` is the row with her reasons, `upholds` the one that stands.

    `kind` is `review`, which the applicant asked for, or `correction` of a record.
    """

    number: str
    service: str
    outcome: str
    decision: str
    upholds: str
    receipt_digest: str
    decided_by: str
    subject: str
    confirmed_by: str | None = None
    kind: str = "review"


@frozen
class CaseReferred(Event):
    """A case came to a person's queue; `kind` is `referral`, `review` or `correction`. `due_at` is when it must be decided."""

    number: str
    service: str
    kind: str
    queue: str
    due_at: datetime
    reason_codes: tuple[str, ...]
    subject: str


@frozen
class CaseTaken(Event):
    """An officer took a case, until `until` at first. `lapsed` is who had it before and let her time run out."""

    number: str
    staff: str
    until: datetime
    subject: str
    lapsed: str | None = None


@frozen
class CasePutBack(Event):
    """An officer gave a case back to its queue."""

    number: str
    staff: str
    subject: str


@frozen
class CaseRead(Event):
    """An officer looked at a case, for the reason `kind` (`referral`, `review`, `second`); `fields` are the facts on that page."""

    is_access: ClassVar[bool] = True

    number: str
    service: str
    kind: str
    staff: str
    fields: tuple[str, ...]
    subject: str


@frozen
class LogRead(Event):
    """An auditor looked at all that the log has of a case."""

    is_access: ClassVar[bool] = True

    number: str
    service: str
    kind: str
    staff: str
    subject: str


@frozen
class DecisionProposed(Event):
    """An officer decided a case that takes two; `proposal` is the id of what a second one confirms or returns."""

    number: str
    proposal: str
    outcome: str
    staff: str
    subject: str


@frozen
class DecisionReturned(Event):
    """The second officer did not confirm: the case is open again."""

    number: str
    proposal: str
    staff: str
    subject: str


@frozen
class ClaimTaken(Event):
    """The case holds the one place of this kind that its applicant has."""

    number: str
    kind: str
    subject: str


@frozen
class ClaimLost(Event):
    """Another case of the applicant holds the place; the rules were told so and decided again."""

    number: str
    kind: str
    subject: str


@frozen
class ClaimReleased(Event):
    """The place is free again."""

    number: str
    kind: str
    subject: str


@frozen
class Redecided(Event):
    """A decision that used a corrected record was decided again, or need not be; `result` is a `RedecisionState`.

    `decision` is the one that used the record, `answer` the one beside it (empty where there is none); `was` and `became` are outcomes.
    `receipt_digest` is that of an answer that has no effect: one that has is told by `Decided`.
    """

    number: str
    service: str
    correction: str
    resource: str
    agency: str
    decision: str
    answer: str
    was: str
    became: str
    result: str
    subject: str
    receipt_digest: str = ""


@frozen
class ImpactRead(Event):
    """Somebody listed the decisions about a person that used a record of her."""

    is_access: ClassVar[bool] = True

    resource: str
    fields: tuple[str, ...]
    subject: str
