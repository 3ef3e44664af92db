"""Reads of disputes and corrections. A row in a list says nothing of a person; what she disputes is read by an action, with an entry."""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Sequence
from datetime import datetime
from typing import Final

from django.db.models import F, Q

from miaopi.apps.audit.api import Actor
from miaopi.apps.catalogue.api import list_agencies
from miaopi.apps.exchange import models
from miaopi.apps.exchange.models import DisputeState
from miaopi.apps.exchange.queries.moves import DISPUTE_MOVES
from miaopi.apps.identity.api import PartyId, Right, Role, authorise, list_staff, seal, unseal
from miaopi.kernel.errors import NotFound
from miaopi.kernel.frozen import frozen
from miaopi.kernel.wording import Text

NO_SUCH_DISPUTE: Final = Text(zh="没有这条数据异议。", en="There is no such dispute.")


@frozen
class Dispute:
    """A dispute without the values in it. `party` and `answer` are hers. `transferred_to`: who has it, if it was passed on."""

    id: str
    agency: str
    resource: str
    field: str
    number: str = dataclasses.field(repr=False)
    party: PartyId = dataclasses.field(repr=False)
    state: DisputeState
    filed_at: datetime
    due_at: datetime
    overdue_at: datetime | None
    answered_at: datetime | None
    answered_by: str
    answer: str = dataclasses.field(repr=False)
    transferred_to: str

    def is_overdue(self, now: datetime) -> bool:
        return self.state is DisputeState.FILED and now > self.due_at

    def to_json(self, now: datetime) -> dict[str, object]:
        """As the person herself reads it."""
        return {**self.to_row(now), "number": self.number or None, "answer": self.answer or None}

    def to_row(self, now: datetime) -> dict[str, object]:
        """As a list shows it to a steward: nothing of the person."""
        return {
            "id": self.id, "agency": self.agency, "resource": self.resource, "field": self.field, "state": self.state.value,
            "state_text": DISPUTE_MOVES.states[self.state].to_json(), "filed_at": self.filed_at.isoformat(),
            "due_at": self.due_at.isoformat(), "overdue": self.is_overdue(now),
            "answered_at": self.answered_at and self.answered_at.isoformat(), "transferred_to": self.transferred_to or None,
        }


@frozen
class Content:
    """What stands in a dispute: what she says is right, and what she saw where it is known."""

    claim: str = dataclasses.field(repr=False)
    seen: str = dataclasses.field(repr=False)


def get_dispute(dispute: str) -> Dispute:
    """For rooms that heard of it, and for whoever was judged already. Raises NotFound."""
    row = models.Dispute.objects.select_related("transferred_to").filter(id=dispute).first()
    if row is None:
        raise NotFound(NO_SUCH_DISPUTE)
    return compute_dispute(row)


def lock_dispute(dispute: str) -> models.Dispute:
    """The dispute to change it. Raises NotFound."""
    row = models.Dispute.objects.select_for_update().filter(id=dispute).first()
    if row is None:
        raise NotFound(NO_SUCH_DISPUTE)
    return row


def lock_with_other(dispute: str, agency: str) -> None:
    """The dispute and the same one where it waits at another agency, in one order: two that are passed to each other in one moment do
    not wait for each other. Raises NotFound."""
    row = get_dispute(dispute)
    same = Q(party=row.party, resource=row.resource, field=row.field, agency=agency, state=DisputeState.FILED)
    list(models.Dispute.objects.select_for_update().filter(Q(id=dispute) | same).order_by("id").values_list("id"))


def list_disputes(*, agency: str, state: DisputeState | None = None, most: int = 200) -> Sequence[Dispute]:
    """Those of an agency, at most so many of either: what waits first, the one due first in front; then the answered ones, the newest
    first."""
    rows = models.Dispute.objects.select_related("transferred_to").filter(agency=agency)
    if state is not None:
        rows = rows.filter(state=state)
    waiting = rows.filter(state=DisputeState.FILED).order_by("due_at", "id")[:most]
    answered = rows.exclude(state=DisputeState.FILED).order_by("-answered_at", "id")[:most]
    return [compute_dispute(row) for row in (*waiting, *answered)]


def list_own_disputes(*, reader: Actor) -> Sequence[Dispute]:
    """What she disputed, the newest first; where one waits now before where it was passed on from. Raises RightsError."""
    authorise(reader, Right.READ_OWN_DISPUTES)
    rows = models.Dispute.objects.select_related("transferred_to").filter(party=reader.party)
    ordered = rows.order_by("-filed_at", "resource", "field", F("answered_at").desc(nulls_first=True), "id")
    return [compute_dispute(row) for row in ordered]


def list_passed(row: models.Dispute) -> Sequence[str]:
    """The agencies that had this dispute, the present one first: whoever passed it on to where it waits now, and before that."""
    had, rows = [row.agency], [row]
    while rows:
        rows = list(models.Dispute.objects.filter(transferred_to__in=rows).order_by("answered_at", "id"))
        had += [each.agency for each in rows]
    return had


def list_answering_agencies() -> Sequence[str]:
    """The agencies that have a data steward, who can answer; by id."""
    stewards = {each.office for each in list_staff(role=Role.STEWARD)}
    return sorted(agency.id for agency in list_agencies() if agency.id in stewards)


def compute_dispute(row: models.Dispute) -> Dispute:
    return Dispute(
        id=row.id, agency=row.agency, resource=row.resource, field=row.field, number=row.number, party=row.party,
        state=DisputeState(row.state), filed_at=row.filed_at, due_at=row.due_at, overdue_at=row.overdue_at, answered_at=row.answered_at,
        answered_by=row.answered_by, answer=row.answer, transferred_to=row.transferred_to.agency if row.transferred_to else "",
    )


def seal_content(dispute: str, content: Content) -> bytes:
    written = {"claim": content.claim, "seen": content.seen}
    return seal(json.dumps(written, ensure_ascii=False).encode(), context=f"dispute:{dispute}")


def unseal_content(row: models.Dispute) -> Content:
    return Content(**json.loads(unseal(bytes(row.content), context=f"dispute:{row.id}")))
