"""Corrections: an agency says that its own record was wrong and is right now, so that whoever used it hears (个人信息保护法 第四十六条).
The platform writes no agency's values (ADR 0036); a draft says what would be reported and writes nothing."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from typing import Final

from miaopi.apps.audit.api import Actor, Unit, act
from miaopi.apps.catalogue.api import get_resource
from miaopi.apps.exchange import models
from miaopi.apps.exchange.adapters.status import list_keepers
from miaopi.apps.exchange.events import RecordCorrected
from miaopi.apps.exchange.queries.corrections import Correction, get_acting_agency, is_close
from miaopi.apps.identity.api import PartyId, Right, authorise, pseudonym
from miaopi.kernel.errors import InputError, RightsError
from miaopi.kernel.wording import Text

NOT_THE_KEEPER: Final = Text(
    zh="只有提供部门的数据管理员可以办理。", en="Only a steward of the agency that keeps the record may do this."
)


def draft_correction(*, resource: str, subject: PartyId, fields: Sequence[str], by: Actor, now: datetime) -> Correction:
    """The correction as it would be reported, judged as if it were. Raises as `report_correction` does."""
    authorise(by, Right.REPORT_CORRECTION)
    described, agency = get_resource(resource), get_acting_agency(by)
    if agency not in (list_keepers(resource) or (described.agency.id,)) or is_close(by, subject):
        raise RightsError(NOT_THE_KEEPER)
    if unknown := sorted(set(fields) - set(described.fields)):
        raise InputError(
            "fields", Text(zh=f"目录中没有信息项 {'、'.join(unknown)}。", en=f"the catalogue has no field {', '.join(unknown)}."),
            Text(zh="请在目录中另选信息项。", en="Choose fields of the catalogue."),
        )  # fmt: skip
    return Correction(
        id="", agency=agency, resource=resource, fields=tuple(dict.fromkeys(fields)), party=subject, subject=pseudonym(subject),
        dispute="", reported_at=now,
    )  # fmt: skip


def report_correction(
    *, resource: str, subject: PartyId, fields: Sequence[str], by: Actor, now: datetime
) -> Correction:
    """Say for the agency that keeps it that a record was wrong in these fields and is right now. No field: a list as a whole.

    Raises InputError for a field that the resource does not have, RightsError, NotFound.
    """
    draft = draft_correction(resource=resource, subject=subject, fields=fields, by=by, now=now)
    with act(by=by, now=now) as unit:
        return record_correction(unit, draft)


def record_correction(unit: Unit, draft: Correction, *, dispute: models.Dispute | None = None) -> Correction:
    """Write a judged draft down, in the transaction it stands in, and tell."""
    made = replace(draft, id=uuid.uuid4().hex)
    models.Correction(
        id=made.id, agency=made.agency, resource=made.resource, fields=list(made.fields), party=made.party, subject=made.subject,
        dispute=dispute, reported_at=made.reported_at, reported_by=unit.by.signed_as,
    ).save(force_insert=True)  # fmt: skip
    unit.record(RecordCorrected(
        correction=made.id, resource=made.resource, agency=made.agency, fields=made.fields, subject=made.subject, dispute=made.dispute,
    ))  # fmt: skip
    return made
