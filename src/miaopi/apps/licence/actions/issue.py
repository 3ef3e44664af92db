"""Issuing: the row with the decision that grants it, the signature after."""

from __future__ import annotations

import json
import re
import secrets
import uuid
from collections.abc import Callable, Mapping
from datetime import date, datetime
from typing import Final

from miaopi.apps.approval.api import DecidedCase
from miaopi.apps.audit.api import Actor, act, sign_note
from miaopi.apps.identity.api import pseudonym, seal
from miaopi.apps.licence.events import LicenceIssued, LicenceSigned
from miaopi.apps.licence.models import Licence as Row
from miaopi.apps.licence.queries.licences import compute_context, compute_digest, compute_licence
from miaopi.definitions import LicenceTemplate
from miaopi.kernel.receipt import digest
from miaopi.kernel.wording import Text

SALT_SIZE: Final = 16
PLACEHOLDER: Final = re.compile(r"\{(\w+)\}")
MONTHS: Final = (
    "January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November", "December",
)


def issue_licence(*, case: DecidedCase, template: LicenceTemplate, by: Actor, now: datetime) -> None:
    """Make the row of the licence that an approval grants: one INSERT, no key touched."""
    row = Row(
        id=uuid.uuid4().hex, licence_identifier=f"{template.type_code}-{case.number}", licence_type_code=template.type_code,
        number=case.number, service=case.service, holder=case.applicant, issuer=case.package.department.zh,
        issued_on=case.as_of, issued_at=now,
    )
    filling = {**case.decision.values, "number": case.number, "issued_on": case.as_of}
    content = {
        "title": template.title.to_json(),
        "issuer": case.package.department.to_json(),
        "lines": [fill_in(line, filling).to_json() for line in template.lines],
        "salt": secrets.token_hex(SALT_SIZE),  # a name and a number can be guessed: their digest alone would tell them
    }
    row.content = seal(json.dumps(content, ensure_ascii=False).encode(), context=compute_context(row))
    with act(by=by, now=now) as unit:
        row.save(force_insert=True)
        unit.record(
            LicenceIssued(licence=row.id, number=row.number, licence_type_code=row.licence_type_code,
                          content_digest=compute_digest(row), subject=pseudonym(row.holder))
        )


def sign_licence(*, licence: str, digest_issued: str, by: Actor, now: datetime) -> None:
    """Put the words of a licence into a signed note and keep it; one that is signed stays as it is.

    Only what the log says was issued is signed: ValueError for a row that was altered since.
    """
    row = Row.objects.get(id=licence)
    if row.signed_text is not None:
        return
    if compute_digest(row) != digest_issued:
        raise ValueError(f"licence {licence} was altered after it was issued")
    words = compute_licence(row)
    lines = [words.licence_identifier, words.title.zh, *(line.zh for line in words.lines),
             words.title.en, *(line.en for line in words.lines)]
    note = sign_note("licence", "".join(f"{line}\n" for line in lines))
    with act(by=by, now=now) as unit:
        sealed = seal(note.encode(), context=compute_context(row))
        if Row.objects.filter(id=row.id, signed_text=None).update(signed_text=sealed, signed_at=now):
            unit.record(
                LicenceSigned(licence=row.id, number=row.number, text_digest=digest("", note), subject=pseudonym(row.holder))
            )


def fill_in(line: Text, values: Mapping[str, object]) -> Text:
    """The line with each `{name}` replaced by its value as people write it; what stands in a value is text and stays so."""

    def filled(text: str, write: Callable[[object], str]) -> str:
        return PLACEHOLDER.sub(lambda found: write(values[found[1]]) if found[1] in values else found[0], text)

    return Text(zh=filled(line.zh, _in_chinese), en=filled(line.en, _in_english))


def _in_chinese(value: object) -> str:
    return f"{value.year}年{value.month}月{value.day}日" if isinstance(value, date) else str(value)


def _in_english(value: object) -> str:
    return f"{value.day} {MONTHS[value.month - 1]} {value.year}" if isinstance(value, date) else str(value)
