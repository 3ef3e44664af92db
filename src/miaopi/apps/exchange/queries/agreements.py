"""Reads of agreements and their terms."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import fields as dataclass_fields
from datetime import UTC, date, datetime, time
from typing import Final

from miaopi.apps.audit.api import ActorKind
from miaopi.apps.exchange import models
from miaopi.apps.exchange.models import AgreementState
from miaopi.apps.exchange.queries.clocks import Clock
from miaopi.apps.exchange.queries.moves import AGREEMENT_MOVES, AgreementMove
from miaopi.apps.exchange.queries.visibility import AT_ONCE, Visibility, read_visibility
from miaopi.kernel.calendar import compute_legal_day
from miaopi.kernel.errors import NotFound
from miaopi.kernel.frozen import frozen
from miaopi.kernel.wording import Text

UNSAID: Final = {"visibility": "immediate", "hidden_by": ""}  # what was asked for before anybody could ask for less


@frozen
class Terms:
    """What may be had: which fields of which rows, from when until when, how often, at which hours of the day (legal time).

    `row_filter` is a FEEL text over the fields of the resource, in the closed form of `adapters.filters`; empty: every row.
    `visibility` is when looks by it are shown to the person; `hidden_by` the law that allows it where that is not at once.
    """

    fields: tuple[str, ...]
    starts_at: datetime
    ends_at: datetime | None
    daily_quota: int | None = None
    total_quota: int | None = None
    opens: time | None = None
    closes: time | None = None
    row_filter: str = ""
    visibility: Visibility = AT_ONCE
    hidden_by: str = ""

    def to_json(self) -> dict[str, object]:
        """Moments in UTC, so that equal terms read alike."""
        written = {each.name: _written(getattr(self, each.name)) for each in dataclass_fields(self)}
        return {**written, "fields": list(self.fields)}


@frozen
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
    filed_by: str
    used_on: date | None
    used_today: int

    @property
    def is_narrowed(self) -> bool:
        asked = {**UNSAID, **self.asked}
        return bool(self.asked) and self.state is not AgreementState.FILED and asked != self.terms.to_json()

    @property
    def is_by_rule(self) -> bool:
        """Whether it came with the publication of a service, and nobody asked for it."""
        return self.filed_by.startswith(f"{ActorKind.RULE_SET}/")

    def count_today(self, now: datetime) -> int:
        """The calls of the present day, where calls are counted: of agreements with a quota."""
        return self.used_today if self.used_on == compute_legal_day(now) else 0

    def is_overdue(self, now: datetime) -> bool:
        """Whether nobody answered within the statutory time."""
        return self.state is AgreementState.FILED and self.due_at is not None and now > self.due_at

    def to_json(self, now: datetime) -> dict[str, object]:
        """As machines read it; `overdue`: who should have answered has not."""
        moments = {"filed_at": self.filed_at, "due_at": self.due_at, "decided_at": self.decided_at}
        return {
            "id": self.id, "agency": self.agency, "resource": self.resource, "requester": self.requester, "service": self.service,
            "purpose": self.purpose, "ground": self.ground, "state": str(self.state),
            "state_text": AGREEMENT_MOVES.states[self.state].to_json(), **self.terms.to_json(),
            "visibility_text": self.terms.visibility.to_text().to_json(), "asked": dict(self.asked),
            "narrowed": self.is_narrowed, "clock": str(self.clock), **{name: at and at.isoformat() for name, at in moments.items()},
            "overdue": self.is_overdue(now), "decided_by": self.decided_by, "basis": self.basis, "reason": self.reason,
            "used_in_all": self.used_in_all,
        }


def get_agreement(agreement: str) -> Agreement:
    """Raises NotFound."""
    row = models.Agreement.objects.filter(id=agreement).first()
    if row is None:
        raise _no_such_agreement()
    return compute_agreement(row)


def get_agreements(agreements: Iterable[str]) -> Mapping[str, Agreement]:
    """Those that exist, by id, in one statement."""
    return {row.id: compute_agreement(row) for row in models.Agreement.objects.filter(id__in=list(agreements))}


def list_agreements(
    *, agency: str | None = None, requester: str | None = None, service: str | None = None, state: AgreementState | None = None
) -> Sequence[Agreement]:
    """Those that are waited for first, the one due first in front; then the others, the newest first."""
    named = {"agency": agency, "requester": requester, "service": service, "state": state}
    rows = models.Agreement.objects.filter(**{name: value for name, value in named.items() if value is not None})
    found = [compute_agreement(row) for row in rows.order_by("-filed_at", "id")]
    return sorted(found, key=lambda each: (each.state is not AgreementState.FILED, each.due_at or each.filed_at))


def lock_agreement(agreement: str) -> models.Agreement:
    """The agreement to change it. Raises NotFound."""
    row = models.Agreement.objects.select_for_update().filter(id=agreement).first()
    if row is None:
        raise _no_such_agreement()
    return row


def list_ended_ids(now: datetime) -> Sequence[str]:
    """Agreements whose term is over, and of which that is not yet written down."""
    rows = models.Agreement.objects.filter(state__in=AGREEMENT_MOVES.list_states(AgreementMove.EXPIRE), ends_at__lte=now)
    return list(rows.order_by("ends_at", "id").values_list("id", flat=True))


def compute_agreement(row: models.Agreement) -> Agreement:
    terms = Terms(
        fields=tuple(row.fields), starts_at=row.starts_at, ends_at=row.ends_at, daily_quota=row.daily_quota, total_quota=row.total_quota,
        opens=row.opens, closes=row.closes, row_filter=row.row_filter, visibility=read_visibility(row.visibility), hidden_by=row.hidden_by,
    )
    return Agreement(
        id=row.id, agency=row.agency, resource=row.resource, requester=row.requester, service=row.service, purpose=row.purpose,
        ground=row.ground, terms=terms, asked=row.asked, state=AgreementState(row.state), clock=Clock(row.clock), filed_at=row.filed_at,
        due_at=row.due_at, overdue_at=row.overdue_at, decided_at=row.decided_at, decided_by=row.decided_by, basis=row.basis,
        reason=row.reason, used_in_all=row.used_in_all, filed_by=row.filed_by, used_on=row.used_on, used_today=row.used_today,
    )


def _written(value: object) -> object:
    match value:
        case datetime():
            return value.astimezone(UTC).isoformat()
        case time():
            return value.isoformat()
        case Visibility():
            return str(value)
    return value


def _no_such_agreement() -> NotFound:
    return NotFound(Text(zh="没有这份共享协议。", en="There is no such agreement."))
