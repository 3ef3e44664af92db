"""Reads of objections to a look: whose they are, who has to answer, and until when."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Final

from miaopi.apps.audit.api import Actor
from miaopi.apps.exchange import models
from miaopi.apps.exchange.models import ObjectionState
from miaopi.apps.exchange.queries.moves import OBJECTION_MOVES, ObjectionMove
from miaopi.apps.identity.api import list_avoided_subjects, pseudonym, unseal
from miaopi.kernel.errors import NotFound
from miaopi.kernel.frozen import frozen
from miaopi.kernel.wording import Text

OPEN: Final = OBJECTION_MOVES.list_states(ObjectionMove.EXPLAIN)


@frozen
class Objection:
    """An objection as a list shows it: to which look, whose it is to answer, until when. Nothing in it is about the person."""

    id: str
    look: int
    office: str
    resource: str
    service: str
    agreements: tuple[str, ...]
    state: ObjectionState
    filed_at: datetime
    due_at: datetime
    overdue_at: datetime | None
    answered_at: datetime | None
    suspended: bool

    @property
    def is_open(self) -> bool:
        return self.state in OPEN

    def to_json(self) -> dict[str, object]:
        moments = {"filed_at": self.filed_at, "due_at": self.due_at, "overdue_at": self.overdue_at, "answered_at": self.answered_at}
        return {
            "id": self.id, "look": self.look, "office": self.office, "resource": self.resource, "service": self.service,
            "state": str(self.state), "state_text": OBJECTION_MOVES.states[self.state].to_json(), "suspended": self.suspended,
            **{name: at and at.isoformat() for name, at in moments.items()},
        }


@frozen
class OwnObjection:
    """An objection with its words and the answer: for the person, and for whoever answers her."""

    objection: Objection
    words: str
    answer: str

    def to_json(self) -> dict[str, object]:
        return {**self.objection.to_json(), "words": self.words, "answer": self.answer}


def list_objections(office: str, *, is_open: bool = True) -> Sequence[Objection]:
    """Those that this office has to answer, the one due first in front; or those that are over, the latest first."""
    rows = models.Objection.objects.filter(office=office)
    if is_open:
        return [compute_objection(row) for row in rows.filter(state__in=OPEN).order_by("due_at", "id")]
    return [compute_objection(row) for row in rows.exclude(state__in=OPEN).order_by("-filed_at", "id")[:100]]


def list_all_objections(*, is_open: bool, skip: int, most: int, reader: Actor) -> Sequence[Objection]:
    """Of all offices: those that wait, the one due first in front, or those that are over, the latest first. For whoever watches over
    those who answer; without those of persons close to her."""
    rows = models.Objection.objects.filter(state__in=OPEN) if is_open else models.Objection.objects.exclude(state__in=OPEN)
    rows = rows.exclude(subject__in=list_avoided_subjects(reader.id))
    ordered = rows.order_by("due_at", "id") if is_open else rows.order_by("-filed_at", "id")
    return [compute_objection(row) for row in ordered[skip : skip + most]]


def list_own_objections(reader: Actor) -> Sequence[OwnObjection]:
    """Her own, the latest first."""
    rows = models.Objection.objects.filter(subject=pseudonym(reader.party))
    return [compute_own_objection(row) for row in rows.order_by("-filed_at", "id")]


def lock_objection(objection: str) -> models.Objection:
    """The objection to change it. Raises NotFound."""
    row = models.Objection.objects.select_for_update().filter(id=objection).first()
    if row is None:
        raise no_such_objection()
    return row


def compute_objection(row: models.Objection) -> Objection:
    return Objection(
        id=row.id, look=row.look, office=row.office, resource=row.resource, service=row.service, agreements=tuple(row.agreements),
        state=ObjectionState(row.state), filed_at=row.filed_at, due_at=row.due_at, overdue_at=row.overdue_at, answered_at=row.answered_at,
        suspended=row.suspended,
    )


def compute_own_objection(row: models.Objection) -> OwnObjection:
    answer = "" if row.answer is None else unseal(bytes(row.answer), context=seal_context(row.id)).decode()
    return OwnObjection(compute_objection(row), unseal(bytes(row.words), context=seal_context(row.id)).decode(), answer)


def seal_context(objection: str) -> str:
    return f"objection/{objection}"


def no_such_objection() -> NotFound:
    return NotFound(Text(zh="没有这件访问异议。", en="There is no such objection."))
