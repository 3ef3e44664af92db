"""Reads of licences. Another's licence answers like one that is not there."""

from __future__ import annotations

import json
from dataclasses import field
from datetime import date, datetime
from enum import StrEnum
from typing import Any, Final

from django.db.models import QuerySet

from miaopi.apps.application.api import get_application
from miaopi.apps.audit.api import Actor, ActorKind
from miaopi.apps.identity.api import unseal
from miaopi.apps.licence.models import Licence as Row
from miaopi.kernel.calendar import compute_legal_day
from miaopi.kernel.errors import NotFound
from miaopi.kernel.frozen import frozen
from miaopi.kernel.receipt import digest
from miaopi.kernel.wording import Text

NO_LICENCE: Final = Text(zh="没有这份证照。", en="There is no such licence.")


class State(StrEnum):
    """What a licence is worth. The first three are kept; the last follows from the day."""

    ACTIVE = "active"
    SUPERSEDED = "superseded"
    REVOKED = "revoked"
    EXPIRED = "expired"


STATE_WORDS: Final = {
    State.ACTIVE: Text(zh="有效", en="Valid"),
    State.SUPERSEDED: Text(zh="已换新", en="Replaced"),
    State.REVOKED: Text(zh="已撤销", en="Revoked"),
    State.EXPIRED: Text(zh="已过期", en="Expired"),
}


@frozen
class Licence:
    """One version of a licence as its holder sees it at a moment.

    `lines` are what it says; `signed_text` is a signed note in UTF-8 and `credential` the text of its QR code, once it is signed.
    """

    id: str
    licence_identifier: str
    licence_type_code: str
    number: str
    version: int
    holder: str
    issuer: Text
    title: Text
    lines: tuple[Text, ...] = field(repr=False)
    issued_on: date
    issued_at: datetime
    valid_to: date | None
    state: State
    signed_at: datetime | None
    signed_text: str | None = field(repr=False)
    credential: str | None = field(repr=False)
    key: str | None

    @property
    def state_words(self) -> Text:
        return STATE_WORDS[self.state]

    def to_json(self) -> dict[str, object]:
        return {
            "id": self.id, "identifier": self.licence_identifier, "type": self.licence_type_code, "number": self.number,
            "version": self.version, "state": str(self.state),
            "issuer": self.issuer.to_json(), "title": self.title.to_json(), "lines": [line.to_json() for line in self.lines],
            "issued_on": self.issued_on.isoformat(), "issued_at": self.issued_at.isoformat(),
            "valid_to": self.valid_to and self.valid_to.isoformat(),
            "signed_at": self.signed_at and self.signed_at.isoformat(), "signed_text": self.signed_text,
            "credential": self.credential, "key": self.key,
        }


def compute_context(row: Row) -> str:
    """What the sealed parts of a licence are bound to, so that one cannot be put in the place of another."""
    return f"licence:{row.id}:{row.holder}"


def read_content(row: Row) -> dict[str, Any]:
    """Issuer, title, lines and salt, as they were sealed."""
    content: dict[str, Any] = json.loads(unseal(bytes(row.content), context=compute_context(row)))
    return content


def compute_digest(row: Row) -> str:
    """What the log says of a licence: a digest of all that is signed, with the salt that is sealed among its words.

    The first version of a licence without a last day is digested as it was before there were others.
    """
    content = read_content(row)
    said: dict[str, Any] = {
        "id": row.id, "identifier": row.licence_identifier, "type": row.licence_type_code, "number": row.number,
        "holder": row.holder, "issued_on": row.issued_on.isoformat(), "content": content,
    }  # fmt: skip
    if row.version > 1:
        said["version"] = row.version
    if row.valid_to is not None:
        said["valid_to"] = row.valid_to.isoformat()
    return digest(content["salt"], said)


def find_licence(*, number: str, reader: Actor, now: datetime) -> Licence | None:
    """The latest version of what one's own application led to, or `None` while there is none; `NotFound` for another's case."""
    application = get_application(number=number, reader=reader)
    row = Row.objects.filter(number=application.number).order_by("-version").first()
    return None if row is None else compute_licence(row, now)


def get_licence(*, number: str, reader: Actor, now: datetime) -> Licence:
    found = find_licence(number=number, reader=reader, now=now)
    if found is None:
        raise NotFound(NO_LICENCE)
    return found


def get_own_licence(*, licence: str, reader: Actor, now: datetime) -> Licence:
    """One version by its id, if it is the reader's."""
    row = _owned_by(reader).filter(id=licence).first()
    if row is None:
        raise NotFound(NO_LICENCE)
    return compute_licence(row, now)


def list_licences(*, reader: Actor, now: datetime, most: int = 100) -> list[Licence]:
    """The latest version of each of the reader's licences, the newest first; what was revoked or has expired stands there as such."""
    latest = _owned_by(reader).order_by("number", "-version").distinct("number").values("id")
    return [compute_licence(row, now) for row in Row.objects.filter(id__in=latest).order_by("-issued_at", "-id")[:most]]


def find_active(number: str) -> Row | None:
    """The row that counts in a case, locked until the end of the transaction."""
    return Row.objects.select_for_update().filter(number=number, state=State.ACTIVE).first()


def _owned_by(reader: Actor) -> QuerySet[Row]:
    """A person's own. Whoever is none has no licences."""
    return Row.objects.filter(holder=reader.party) if reader.kind is ActorKind.PERSON else Row.objects.none()


def compute_state(row: Row, now: datetime) -> State:
    """`valid_to` is the last day that counts."""
    is_over = row.valid_to is not None and compute_legal_day(now) > row.valid_to
    return State.EXPIRED if is_over and row.state == State.ACTIVE else State(row.state)


def compute_licence(row: Row, now: datetime) -> Licence:
    content = read_content(row)
    return Licence(
        id=row.id, licence_identifier=row.licence_identifier, licence_type_code=row.licence_type_code, number=row.number,
        version=row.version, holder=row.holder, issuer=Text(**content["issuer"]), title=Text(**content["title"]),
        lines=tuple(Text(**line) for line in content["lines"]), issued_on=row.issued_on, issued_at=row.issued_at,
        valid_to=row.valid_to, state=compute_state(row, now), signed_at=row.signed_at, signed_text=_open(row, row.signed_text),
        credential=_open(row, row.credential), key=row.key,
    )


def _open(row: Row, sealed: bytes | memoryview | None) -> str | None:
    return None if sealed is None else unseal(bytes(sealed), context=compute_context(row)).decode()
