"""Reads of agreements, their terms, the moves between their states, and the statutory clocks that run on them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime, time
from enum import StrEnum
from typing import Final

from django.conf import settings

from miaopi.apps.exchange import models
from miaopi.apps.exchange.models import AgreementState
from miaopi.kernel.calendar import LEGAL_ZONE, compute_legal_day
from miaopi.kernel.errors import InputError, NotFound
from miaopi.kernel.wording import Text

CLOSING: Final = time(18)  # 民法典 第二百零三条: where there are business hours, the last day ends with them


class Move(StrEnum):
    """What somebody does to an agreement."""

    GRANT = "grant"
    REFUSE = "refuse"
    SUSPEND = "suspend"
    RESUME = "resume"
    REVOKE = "revoke"
    EXPIRE = "expire"


S = AgreementState
MOVES: Final[Mapping[tuple[AgreementState, Move], AgreementState]] = {
    (S.FILED, Move.GRANT): S.GRANTED,
    (S.FILED, Move.REFUSE): S.REFUSED,
    (S.GRANTED, Move.SUSPEND): S.SUSPENDED,
    (S.SUSPENDED, Move.RESUME): S.GRANTED,
    (S.GRANTED, Move.REVOKE): S.REVOKED,
    (S.SUSPENDED, Move.REVOKE): S.REVOKED,
    (S.GRANTED, Move.EXPIRE): S.EXPIRED,
    (S.SUSPENDED, Move.EXPIRE): S.EXPIRED,
}


STATES: Final[Mapping[AgreementState, Text]] = {
    S.FILED: Text(zh="待答复", en="waiting for an answer"), S.GRANTED: Text(zh="已同意", en="granted"),
    S.REFUSED: Text(zh="不同意", en="refused"), S.SUSPENDED: Text(zh="已暂停", en="suspended"),
    S.REVOKED: Text(zh="已撤销", en="revoked"), S.EXPIRED: Text(zh="已到期", en="expired"),
}  # fmt: skip


class Clock(StrEnum):
    """Which statutory time runs: for the formal check of what is shared unconditionally, for the provider's answer, and for the
    answer where the resource must be connected first (政务数据共享条例)."""

    CHECK = "check"
    ANSWER = "answer"
    CONNECT = "connect"

    @property
    def workdays(self) -> int:
        return {Clock.CHECK: 2, Clock.ANSWER: 5, Clock.CONNECT: 10}[self]


@dataclass(frozen=True, slots=True)
class Terms:
    """What may be had: which fields of which rows, from when until when, how often, at which hours of the day (legal time).

    `row_filter` is a FEEL text over the fields of the resource, in the closed form of `adapters.filters`; empty: every row.
    """

    fields: tuple[str, ...]
    starts_at: datetime
    ends_at: datetime | None
    daily_quota: int | None = None
    total_quota: int | None = None
    opens: time | None = None
    closes: time | None = None
    row_filter: str = ""

    def to_json(self) -> dict[str, object]:
        """Moments in UTC, so that equal terms read alike."""
        return {**{name: _written(value) for name, value in asdict(self).items()}, "fields": list(self.fields)}


@dataclass(frozen=True, slots=True)
class Agreement:
    """An agreement as it stands. `asked`: the terms as they were asked for; empty where nobody asked."""

    id: str
    agency: str
    resource: str
    requester: str
    service: str
    purpose: str
    ground: str
    terms: Terms
    asked: Mapping[str, object]
    state: AgreementState
    clock: Clock
    filed_at: datetime
    due_at: datetime | None
    overdue_at: datetime | None
    decided_at: datetime | None
    decided_by: str
    basis: str
    reason: str
    used_in_all: int

    @property
    def is_narrowed(self) -> bool:
        return bool(self.asked) and self.state is not AgreementState.FILED and self.asked != self.terms.to_json()

    def is_overdue(self, now: datetime) -> bool:
        """Whether nobody answered within the statutory time."""
        return self.state is AgreementState.FILED and self.due_at is not None and now > self.due_at

    def to_json(self, now: datetime) -> dict[str, object]:
        """As machines read it; `overdue`: who should have answered has not."""
        moments = {"filed_at": self.filed_at, "due_at": self.due_at, "decided_at": self.decided_at}
        return {
            "id": self.id, "agency": self.agency, "resource": self.resource, "requester": self.requester, "service": self.service,
            "purpose": self.purpose, "ground": self.ground, "state": str(self.state), "state_text": STATES[self.state].to_json(),
            **self.terms.to_json(), "asked": dict(self.asked),
            "narrowed": self.is_narrowed, "clock": str(self.clock), **{name: at and at.isoformat() for name, at in moments.items()},
            "overdue": self.is_overdue(now), "decided_by": self.decided_by, "basis": self.basis, "reason": self.reason,
            "used_in_all": self.used_in_all,
        }


def compute_due(now: datetime, clock: Clock) -> datetime:
    """The end of the last working day. The day of the beginning is not counted (民法典 第二百零一条)."""
    last = settings.MIAOPI_CITY.calendar.add_workdays(compute_legal_day(now), clock.workdays)
    return datetime.combine(last, CLOSING, tzinfo=LEGAL_ZONE)


def get_agreement(agreement: str) -> Agreement:
    """Raises NotFound."""
    row = models.Agreement.objects.filter(id=agreement).first()
    if row is None:
        raise _no_such_agreement()
    return compute_agreement(row)


def list_agreements(*, agency: str | None = None, service: str | None = None, state: AgreementState | None = None) -> Sequence[Agreement]:
    """Those that are waited for first, the one due first in front; then the others, the newest first."""
    named = {"agency": agency, "service": service, "state": state}
    rows = models.Agreement.objects.filter(**{name: value for name, value in named.items() if value is not None})
    found = [compute_agreement(row) for row in rows.order_by("-filed_at", "id")]
    return sorted(found, key=lambda each: (each.state is not AgreementState.FILED, each.due_at or each.filed_at))


def lock_agreement(agreement: str) -> models.Agreement:
    """The agreement to change it. Raises NotFound."""
    row = models.Agreement.objects.select_for_update().filter(id=agreement).first()
    if row is None:
        raise _no_such_agreement()
    return row


def list_overdue_ids(now: datetime) -> Sequence[str]:
    """Requests that nobody answered in time, and of whom that is not yet written down."""
    rows = models.Agreement.objects.filter(state=S.FILED, due_at__lt=now, overdue_at=None)
    return list(rows.order_by("due_at", "id").values_list("id", flat=True))


def list_ended_ids(now: datetime) -> Sequence[str]:
    """Agreements whose term is over, and of which that is not yet written down."""
    rows = models.Agreement.objects.filter(state__in=(S.GRANTED, S.SUSPENDED), ends_at__lte=now)
    return list(rows.order_by("ends_at", "id").values_list("id", flat=True))


def compute_state(row: models.Agreement, move: Move) -> AgreementState:
    """Where the move leads. Raises InputError for one that the table does not list."""
    here = AgreementState(row.state)
    there = MOVES.get((here, move))
    if there is None:
        raise InputError(
            "agreement",
            Text(zh=f"共享协议{STATES[here].zh}，不能这样做。", en=f"the agreement is {STATES[here].en}; this cannot be done to it."),
            Text(zh="请查看协议现状。", en="Look at how it stands."),
        )
    return there


def compute_agreement(row: models.Agreement) -> Agreement:
    terms = Terms(
        fields=tuple(row.fields), starts_at=row.starts_at, ends_at=row.ends_at, daily_quota=row.daily_quota, total_quota=row.total_quota,
        opens=row.opens, closes=row.closes, row_filter=row.row_filter,
    )
    return Agreement(
        id=row.id, agency=row.agency, resource=row.resource, requester=row.requester, service=row.service, purpose=row.purpose,
        ground=row.ground, terms=terms, asked=row.asked, state=AgreementState(row.state), clock=Clock(row.clock), filed_at=row.filed_at,
        due_at=row.due_at, overdue_at=row.overdue_at, decided_at=row.decided_at, decided_by=row.decided_by, basis=row.basis,
        reason=row.reason, used_in_all=row.used_in_all,
    )


def _written(value: object) -> object:
    match value:
        case datetime():
            return value.astimezone(UTC).isoformat()
        case time():
            return value.isoformat()
    return value


def _no_such_agreement() -> NotFound:
    return NotFound(Text(zh="没有这份共享协议。", en="There is no such agreement."))
