"""Reads of corrections: what an agency said of its own records. A row in a list says nothing of a person."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from datetime import date, datetime
from typing import Final

from django.db import connection
from django.db.models import Q

from miaopi.apps.audit.api import Actor, ActorKind
from miaopi.apps.exchange import models
from miaopi.apps.identity.api import (
    PartyId,
    check_id_number,
    find_party_by_id_number,
    get_member,
    is_avoided,
    pseudonym,
)
from miaopi.kernel.errors import InputError, NotFound
from miaopi.kernel.frozen import frozen
from miaopi.kernel.wording import Text

NO_SUCH_CORRECTION: Final = Text(zh="没有这次更正。", en="There is no such correction.")
NOBODY: Final = Text(
    zh="平台上没有这个人的账户，也就没有用过这份登记的决定。", en="there is no account of this person, so no decision used the record."
)
LOOK_AGAIN: Final = Text(zh="请核对号码；号码没错，就不用再做什么。", en="Compare the number; if it is right, nothing is left to do.")


@frozen
class Correction:
    """A correction as a room downstream needs it. `fields` empty: the record, or the list, as a whole. One without `id` is a draft."""

    id: str
    agency: str
    resource: str
    fields: tuple[str, ...]
    party: PartyId = dataclasses.field(repr=False)
    subject: str
    dispute: str
    reported_at: datetime

    def to_json(self) -> dict[str, object]:
        """As its agency reads it: nothing of the person."""
        return {
            "correction": self.id, "resource": self.resource, "fields": list(self.fields), "agency": self.agency,
            "dispute": self.dispute or None, "reported_at": self.reported_at.isoformat(),
        }


def get_correction(correction: str) -> Correction:
    """For rooms that heard of it. Raises NotFound."""
    row = models.Correction.objects.filter(id=correction).first()
    if row is None:
        raise NotFound(NO_SUCH_CORRECTION)
    return compute_correction(row)


def get_own_correction(*, correction: str, reader: Actor) -> Correction:
    """One of the reader's own agency; another's, and one about a person close to her, answers like one that is not there: NotFound."""
    found = get_correction(correction)
    if found.agency != get_acting_agency(reader) or is_close(reader, found.party):
        raise NotFound(NO_SUCH_CORRECTION)
    return found


def find_answering_correction(dispute: str) -> Correction | None:
    """The correction that a dispute was answered with."""
    row = models.Correction.objects.filter(dispute=dispute).first()
    return None if row is None else compute_correction(row)


def find_last_correction(*, resource: str, party: PartyId) -> Correction | None:
    """The last one of this record, whoever of its keepers reported it."""
    row = models.Correction.objects.filter(resource=resource, party=party).order_by("-reported_at", "-id").first()
    return None if row is None else compute_correction(row)


def lock_record(*, resource: str, party: PartyId) -> None:
    """Whoever else is about to report a correction of this record waits until this transaction has ended."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended('correction/' || %s, 0))", [f"{resource}/{party}"])


def list_corrections(*, agency: str, before: str | None = None, most: int = 100) -> Sequence[Correction]:
    """Those that an agency reported, the newest first; `before` is the one at which the last page ended. NotFound for another's."""
    rows = models.Correction.objects.filter(agency=agency)
    if before is not None:
        last = rows.filter(id=before).first()
        if last is None:
            raise NotFound(NO_SUCH_CORRECTION)
        rows = rows.filter(Q(reported_at__lt=last.reported_at) | Q(reported_at=last.reported_at, id__lt=last.id))
    return [compute_correction(row) for row in rows.order_by("-reported_at", "-id")[:most]]


def get_acting_agency(actor: Actor) -> str:
    """The agency for which a member of staff acts, or a system with a key. Raises NotFound for whoever does not work here any more."""
    return actor.id if actor.kind is ActorKind.AGENCY else get_member(actor.id).office


def is_close(actor: Actor, party: PartyId) -> bool:
    """Whether a matter of this party is not hers: she is that person, or one close to her (公务回避)."""
    return actor.kind is ActorKind.STAFF and is_avoided(member=actor.id, party=party)


def get_recorded(*, id_number: str, field: str, on: date) -> PartyId:
    """Whose record it is, by her number. InputError, in which no number stands, for one that is none and for one that nobody here has."""
    number = check_id_number(id_number, on=on, field=field)
    party = find_party_by_id_number(number)
    if party is None:
        raise InputError(field, NOBODY, LOOK_AGAIN)
    return party


def compute_correction(row: models.Correction) -> Correction:
    return Correction(
        id=row.id, agency=row.agency, resource=row.resource, fields=tuple(row.fields), party=row.party, subject=row.subject,
        dispute=row.dispute_id or "", reported_at=row.reported_at,
    )


def compute_draft(row: models.Dispute, now: datetime) -> Correction:
    """The correction that a dispute is answered with, before it is one."""
    return Correction(
        id="", agency=row.agency, resource=row.resource, fields=(row.field,) if row.field else (), party=row.party,
        subject=pseudonym(row.party), dispute=row.id, reported_at=now,
    )
