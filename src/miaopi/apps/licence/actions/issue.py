"""Issuing: the row with the decision that grants it. A new version takes the place of the one before; no key is touched here."""

from __future__ import annotations

import json
import secrets
import uuid
from collections.abc import Mapping
from datetime import date, datetime
from typing import Final

from miaopi.apps.approval.api import DecidedCase
from miaopi.apps.audit.api import Actor, act
from miaopi.apps.identity.api import pseudonym, seal
from miaopi.apps.licence.events import LicenceIssued, LicenceRevoked, LicenceUpdated
from miaopi.apps.licence.models import Licence as Row
from miaopi.apps.licence.queries.licences import (
    State,
    compute_context,
    compute_digest,
    find_active,
    read_content,
)
from miaopi.definitions import LicenceTemplate
from miaopi.kernel.wording import Text, fill

SALT_SIZE: Final = 16


def issue_licence(*, case: DecidedCase, template: LicenceTemplate, by: Actor, now: datetime) -> None:
    """Make the row of the licence that an approval grants: one INSERT.

    Where a person replaced a decision that had granted one already, it is a new version of that.
    """
    before = None if case.replaces is None else find_active(case.number)
    row = Row(
        id=uuid.uuid4().hex, licence_identifier=f"{template.type_code}-{case.number}", licence_type_code=template.type_code,
        number=case.number, version=_next_version(case), service=case.service, holder=case.applicant, issuer=case.package.department.zh,
        issued_on=case.as_of, issued_at=now, valid_to=_read_last_day(case.decision.values),
    )
    filling = {**case.decision.values, "number": case.number, "issued_on": case.as_of}
    _write(
        row,
        {
            "title": template.title.to_json(),
            "issuer": case.package.department.to_json(),
            "lines": [fill(line, filling).to_json() for line in template.lines],
        },
    )
    _keep(row, before, by=by, now=now)


def supersede_licence(*, number: str, line: Text, by: Actor, now: datetime) -> None:
    """A version that says one line more, and counts without a last day: what it was valid for has been done.

    Does nothing where no licence counts in that case.
    """
    with act(by=by, now=now):
        before = find_active(number)
        if before is None:
            return
        content = read_content(before)
        row = Row(
            id=uuid.uuid4().hex, licence_identifier=before.licence_identifier, licence_type_code=before.licence_type_code,
            number=number, version=before.version + 1, service=before.service, holder=before.holder, issuer=before.issuer,
            issued_on=before.issued_on, issued_at=now,
        )
        _write(row, {"title": content["title"], "issuer": content["issuer"], "lines": [*content["lines"], line.to_json()]})
        _keep(row, before, by=by, now=now)


def revoke_licence(*, number: str, ground: str, by: Actor, now: datetime) -> None:
    """The licence of a case no longer counts, because the decision `ground` took the place of the one that granted it.

    行政许可法 第六十九条. Does nothing where none counts.
    """
    with act(by=by, now=now) as unit:
        row = find_active(number)
        if row is not None:
            _end(row, State.REVOKED, now)
            unit.record(LicenceRevoked(licence=row.id, number=number, ground=ground, subject=pseudonym(row.holder)))


def _keep(row: Row, before: Row | None, *, by: Actor, now: datetime) -> None:
    with act(by=by, now=now) as unit:
        if before is not None:
            _end(before, State.SUPERSEDED, now)
        row.save(force_insert=True)
        said = {"licence": row.id, "number": row.number, "licence_type_code": row.licence_type_code,
                "content_digest": compute_digest(row), "subject": pseudonym(row.holder)}  # fmt: skip
        if before is None:
            unit.record(LicenceIssued(**said))
        else:
            unit.record(LicenceUpdated(version=row.version, supersedes=before.id, **said))


def _end(row: Row, state: State, now: datetime) -> None:
    row.state, row.ended_at = state, now
    row.save(update_fields=("state", "ended_at"))


def _write(row: Row, words: Mapping[str, object]) -> None:
    salted = {**words, "salt": secrets.token_hex(SALT_SIZE)}  # a name and a number can be guessed: their digest alone would tell them
    row.content = seal(json.dumps(salted, ensure_ascii=False).encode(), context=compute_context(row))


def _next_version(case: DecidedCase) -> int:
    """1, unless a person decided again: then one more than there are."""
    return 1 if case.replaces is None else Row.objects.filter(number=case.number).count() + 1


def _read_last_day(values: Mapping[str, object]) -> date | None:
    """`valid_to` among the values of the outcome, where it has one."""
    last = values.get("valid_to")
    return last if isinstance(last, date) and not isinstance(last, datetime) else None
