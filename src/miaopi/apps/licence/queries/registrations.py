"""Reads of registrations: what an agency has to write, and what it has written."""

from __future__ import annotations

import json
from datetime import date, datetime
from typing import Any

from django.db.models import Exists, OuterRef, Q

from miaopi.apps.application.api import get_application
from miaopi.apps.audit.api import Actor
from miaopi.apps.identity.api import seal, unseal
from miaopi.apps.licence.models import Registration as Row
from miaopi.kernel.frozen import frozen


@frozen
class Registration:
    """One act for an agency's register: due, done under a reference, or refused for a reason."""

    act: str
    moment: str
    resource: str
    done_on: date
    made_at: datetime
    attempts: int
    done_at: datetime | None
    reference: str
    refusal: str

    @property
    def state(self) -> str:
        return "done" if self.done_at else "refused" if self.refusal else "due"

    def to_json(self) -> dict[str, object]:
        return {
            "act": self.act, "on": self.moment, "resource": self.resource, "state": self.state, "attempts": self.attempts,
            "done_at": self.done_at and self.done_at.isoformat(), "reference": self.reference, "refusal": self.refusal,
        }


def list_registrations(*, number: str, reader: Actor) -> list[Registration]:
    """Those of one's own case, in the order they were made. NotFound for another's."""
    rows = Row.objects.filter(number=get_application(number=number, reader=reader).number).order_by("made_at", "id")
    return [
        Registration(row.act, row.moment, row.resource, row.done_on, row.made_at, row.attempts, row.done_at, row.reference, row.refusal)
        for row in rows
    ]


def list_due(*, now: datetime, most: int) -> list[Row]:
    """What is to be tried now, the oldest first; of several for one act of a case only the first, so that none overtakes another."""
    open_ = Row.objects.filter(done_at=None, refusal="")
    before = Q(made_at__lt=OuterRef("made_at")) | Q(made_at=OuterRef("made_at"), id__lt=OuterRef("id"))
    overtaken = Exists(open_.filter(before, number=OuterRef("number"), act=OuterRef("act")))
    return list(open_.filter(~overtaken, due_at__lte=now).order_by("due_at", "made_at", "id")[:most])


def seal_record(row: Row, record: dict[str, str | None]) -> bytes:
    return seal(json.dumps(record, ensure_ascii=False).encode(), context=f"registration:{row.id}:{row.party}")


def unseal_record(row: Row) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(unseal(bytes(row.content), context=f"registration:{row.id}:{row.party}"))
    return found
