"""Reads of licences. Another's licence answers like one that is not there."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from datetime import date, datetime

from miaopi.apps.application.api import get_application
from miaopi.apps.audit.api import Actor
from miaopi.apps.identity.api import unseal
from miaopi.apps.licence.models import Licence as Row
from miaopi.kernel.errors import NotFound
from miaopi.kernel.receipt import digest
from miaopi.kernel.wording import Text

NO_LICENCE = Text(zh="没有这份证照。", en="There is no such licence.")


@dataclass(frozen=True, slots=True)
class Licence:
    """A licence as its holder sees it. `lines` are what it says; `signed_text` a signed note in UTF-8 once it is signed."""

    id: str
    licence_identifier: str
    licence_type_code: str
    number: str
    holder: str
    issuer: Text
    title: Text
    lines: tuple[Text, ...] = field(repr=False)
    issued_on: date
    issued_at: datetime
    signed_at: datetime | None
    signed_text: str | None = field(repr=False)

    def to_json(self) -> dict[str, object]:
        return {
            "id": self.id, "identifier": self.licence_identifier, "type": self.licence_type_code, "number": self.number,
            "issuer": self.issuer.to_json(), "title": self.title.to_json(), "lines": [line.to_json() for line in self.lines],
            "issued_on": self.issued_on.isoformat(), "issued_at": self.issued_at.isoformat(),
            "signed_at": self.signed_at and self.signed_at.isoformat(), "signed_text": self.signed_text,
        }


def compute_context(row: Row) -> str:
    """What the sealed parts of a licence are bound to, so that one cannot be put in the place of another."""
    return f"licence:{row.id}:{row.holder}"


def compute_digest(row: Row) -> str:
    """What the log says of a licence: a digest of its identifiers and its words, with the salt that is sealed among these."""
    content = json.loads(unseal(bytes(row.content), context=compute_context(row)))
    return digest(
        content["salt"],
        {"id": row.id, "identifier": row.licence_identifier, "type": row.licence_type_code, "number": row.number,
         "holder": row.holder, "issued_on": row.issued_on.isoformat(), "content": content},
    )  # fmt: skip


def find_licence(*, number: str, reader: Actor) -> Licence | None:
    """The licence that one's own application led to, or `None` while there is none; `NotFound` for another's case."""
    application = get_application(number=number, reader=reader)
    row = Row.objects.filter(number=application.number).first()
    return None if row is None else compute_licence(row)


def get_licence(*, number: str, reader: Actor) -> Licence:
    found = find_licence(number=number, reader=reader)
    if found is None:
        raise NotFound(NO_LICENCE)
    return found


def compute_licence(row: Row) -> Licence:
    content = json.loads(unseal(bytes(row.content), context=compute_context(row)))
    signed = None if row.signed_text is None else unseal(bytes(row.signed_text), context=compute_context(row)).decode()
    return Licence(
        id=row.id, licence_identifier=row.licence_identifier, licence_type_code=row.licence_type_code, number=row.number,
        holder=row.holder, issuer=Text(**content["issuer"]), title=Text(**content["title"]),
        lines=tuple(Text(**line) for line in content["lines"]), issued_on=row.issued_on, issued_at=row.issued_at,
        signed_at=row.signed_at, signed_text=signed,
    )
