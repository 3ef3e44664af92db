"""Reads of filings. Ownership is judged by *application*: these are asked for with a case that the reader may know of."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import field
from datetime import datetime

from miaopi.apps.application.api import Application, get_application
from miaopi.apps.audit.api import Actor
from miaopi.apps.catalogue.api import get_service
from miaopi.apps.filing.models import Filing
from miaopi.apps.filing.queries.draft import Draft, unseal_draft
from miaopi.apps.filing.queries.entry import list_missing
from miaopi.apps.filing.queries.form import list_form_fields
from miaopi.kernel.calendar import compute_legal_day
from miaopi.kernel.fact import Fact, FactName
from miaopi.kernel.frozen import frozen


@frozen
class OpenDraft:
    """A draft as its owner sees it. `token` is the key to confirm with: the same in every window of one round.

    `facts`: what registers said, she entered, or a default proposes; `missing`: form fields that only she can fill now and
    that are empty, those of silent sources that no rule needs among them; `erased_for` is `consent_withdrawn` or
    `application_withdrawn` when there is nothing left to see.
    """

    number: str
    service: str
    version: str
    state: str
    receipt: str
    token: str
    revision: int
    prefilled_at: datetime | None
    facts: Mapping[FactName, Fact] = field(repr=False)
    entered: frozenset[FactName]
    disputed: frozenset[FactName]
    form: tuple[FactName, ...]
    missing: tuple[FactName, ...]
    erased_for: str
    erased_at: datetime | None


def find_filing(number: str) -> Filing | None:
    return Filing.objects.filter(number=number).first()


def lock_filing(application: Application) -> Filing:
    """The filing of the case, locked until the end of the transaction."""
    return Filing.objects.select_for_update().get(number=application.number)


def get_token(row: Filing | None, number: str) -> str:
    return f"{number}.{1 if row is None else len(row.tokens) + 1}"


def get_draft(*, number: str, reader: Actor, now: datetime) -> OpenDraft:
    """The draft of one's own case; `NotFound` for anybody else. `now` decides which fields the form has."""
    application = get_application(number=number, reader=reader)
    package = get_service(application.service, application.version)
    row = find_filing(application.number)
    draft = Draft() if row is None else unseal_draft(row, package.definition)
    facts = draft.facts(package.definition)
    form = list_form_fields(package.definition, facts, as_of=compute_legal_day(now))
    missing = list_missing(package.definition, draft, form)
    return OpenDraft(
        number=application.number, service=application.service, version=application.version, state=application.state,
        receipt="" if row is None else row.receipt, token=get_token(row, application.number),
        revision=0 if row is None else row.revision, prefilled_at=None if row is None else row.prefilled_at,
        facts=facts, entered=frozenset(draft.entered), disputed=draft.disputed, form=form, missing=missing,
        erased_for="" if row is None else row.erased_for, erased_at=None if row is None else row.erased_at,
    )
