"""Reads of the messages."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import field
from datetime import datetime
from enum import StrEnum
from typing import Final

from django.db.models import Q, QuerySet

from miaopi.apps.audit.api import Actor
from miaopi.apps.identity.api import Right, authorise
from miaopi.apps.notification.models import Message as Row
from miaopi.kernel.errors import NotFound
from miaopi.kernel.frozen import frozen
from miaopi.kernel.wording import Text

NO_MESSAGE: Final = Text(zh="没有这条消息。", en="There is no such message.")


class Status(StrEnum):
    """How far the text message came. Whatever it is, the message can be read where its person is signed in."""

    WAITING = "waiting"
    ACCEPTED = "accepted"
    DELIVERED = "delivered"
    UNDELIVERED = "undelivered"


STATUS_WORDS: Final[Mapping[Status, Text]] = {
    Status.WAITING: Text(zh="短信待发", en="Text message waiting"),
    Status.ACCEPTED: Text(zh="短信已交运营商，未知是否送达", en="Text message handed over; not known to have arrived"),
    Status.DELIVERED: Text(zh="短信已送达", en="Text message delivered"),
    Status.UNDELIVERED: Text(zh="短信未送达，请以此处为准", en="Text message not delivered; read it here"),
}


@frozen
class Message:
    """A message as its person sees it; `kind` is the outcome or the occasion that it tells."""

    id: str
    number: str
    kind: str
    text: Text = field(repr=False)
    written_at: datetime
    accepted_at: datetime | None
    delivered_at: datetime | None
    undelivered_at: datetime | None
    read_at: datetime | None

    @property
    def status(self) -> Status:
        if self.delivered_at is not None:
            return Status.DELIVERED
        if self.undelivered_at is not None:
            return Status.UNDELIVERED
        return Status.WAITING if self.accepted_at is None else Status.ACCEPTED

    @property
    def status_words(self) -> Text:
        return STATUS_WORDS[self.status]

    @property
    def is_read(self) -> bool:
        return self.read_at is not None

    def to_json(self) -> dict[str, object]:
        return {
            "id": self.id, "number": self.number, "kind": self.kind, "text": self.text.zh, "text_en": self.text.en,
            "status": str(self.status), "written_at": self.written_at.isoformat(), "accepted_at": _iso(self.accepted_at),
            "delivered_at": _iso(self.delivered_at), "undelivered_at": _iso(self.undelivered_at), "read_at": _iso(self.read_at),
        }


def list_messages(*, reader: Actor, before: str | None = None, most: int = 50) -> list[Message]:
    """The reader's own messages, the newest first; `before` is the id at which the last page ended. NotFound for another's."""
    mine = own_messages(reader)
    if before is not None:
        last = mine.filter(id=before).first()
        if last is None:
            raise NotFound(NO_MESSAGE)
        mine = mine.filter(Q(written_at__lt=last.written_at) | Q(written_at=last.written_at, id__lt=last.id))
    return [compute_message(row) for row in mine.order_by("-written_at", "-id")[:most]]


def count_unread(*, reader: Actor) -> int:
    return own_messages(reader).filter(read_at=None).count()


def list_messages_about(*, number: str) -> list[Message]:
    """The messages about one case, oldest first; its reader was judged already."""
    return [compute_message(row) for row in Row.objects.filter(number=number).order_by("written_at", "id")]


def own_messages(reader: Actor) -> QuerySet[Row]:
    authorise(reader, Right.READ_OWN_MESSAGES, owner=reader.id)
    return Row.objects.filter(party=reader.party)


def list_due(*, now: datetime, most: int) -> list[Row]:
    """Messages that wait to be carried, the longest due first."""
    return list(Row.objects.filter(accepted_at=None, due_at__lte=now).order_by("due_at", "id")[:most])


def list_to_ask(*, now: datetime, most: int) -> list[Row]:
    """Messages that a gateway took and nobody has seen arrive, the longest due first."""
    return list(Row.objects.filter(ask_at__lte=now).order_by("ask_at", "id")[:most])


def compute_message(row: Row) -> Message:
    return Message(
        id=row.id, number=row.number, kind=row.kind, text=Text(zh=row.text, en=row.text_en or row.text), written_at=row.written_at,
        accepted_at=row.accepted_at, delivered_at=row.delivered_at, undelivered_at=row.undelivered_at, read_at=row.read_at,
    )


def _iso(moment: datetime | None) -> str | None:
    return None if moment is None else moment.isoformat()
