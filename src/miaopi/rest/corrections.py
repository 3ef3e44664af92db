"""Corrections for the systems of departments: what one would touch, reporting it, and what became of the decisions."""

from __future__ import annotations

from datetime import datetime

from django.http import HttpRequest, HttpResponse
from ninja import Router
from ninja.params.functions import Query
from pydantic import Field

from miaopi.apps.approval.api import (
    foresee_correction,
    list_progress,
    read_correction,
)
from miaopi.apps.exchange.api import (
    Correction,
    draft_correction,
    get_acting_agency,
    get_recorded,
    list_corrections,
    report_correction,
)
from miaopi.apps.identity.api import Right
from miaopi.kernel.calendar import compute_legal_day
from miaopi.rest.cursors import read_cursor, write_cursor
from miaopi.rest.exchange import Subject
from miaopi.rest.gate import gate, who
from miaopi.rest.repeats import PARAMETER, once
from miaopi.rest.schemas import Answer, Asked

router = Router(tags=["exchange"])
MOST = 100
SUBJECT = "subject.id_number"
STATES = "noting, running, with_person, done, or unused (no decision had used the record)"


class Correcting(Asked):
    """A record that was wrong in these fields, and that the agency has put right in its own register."""

    resource: str = Field(max_length=60)
    fields: list[str] = Field(default=[], max_length=MOST, description="none: the record, or the list, as a whole")
    subject: Subject


class Fates(Answer):
    """Decisions by what would become of them."""

    again: int = Field(description="the rules decide anew, and what they say then is in effect; the person is told")
    person: int = Field(description="it stands; where the rules then say otherwise, a person decides, and the person concerned is told")
    waiting: int = Field(description="its case waits, and goes on with the corrected record")
    open: int = Field(description="the applicant has to confirm, and everything is asked again")
    untouched: int = Field(description="its service takes other fields of the record")
    ended: int = Field(description="withdrawn, erased, or another decision of the case counts")


class Foresight(Answer):
    """What a correction would touch, in counts: no case, no outcome, nobody's name."""

    resource: str
    fields: list[str]
    agency: str
    decisions: int = Field(description="all that used the record")
    touched: int = Field(description="those of them that would be looked at again: again, person and waiting")
    fates: Fates
    services: dict[str, int] = Field(description="decisions by service")


class CorrectionLine(Answer):
    """A correction in a list: nothing of the person."""

    correction: str = Field(description="its id")
    resource: str
    fields: list[str]
    agency: str
    dispute: str | None = Field(description="the dispute that it answers")
    reported_at: datetime
    state: str = Field(description=STATES)
    decisions: dict[str, int] = Field(description="by what became of them: due, unchanged, changed, referred, upheld, replaced …")


class CorrectionPage(Answer):
    corrections: list[CorrectionLine]
    next: str | None


class CorrectionDetail(CorrectionLine):
    """A correction carried out, or under way."""

    services: dict[str, int] = Field(description="decisions by service")
    told: int = Field(description="decisions of which the person was told: what changed, and what a person decides")
    compared: int = Field(description="decisions of which it is known what the source said again")
    same_said: int = Field(description="of these, for how many it said what it said before; if for all of them, is the register corrected?")
    attempts: int = Field(description="how often a silent source was asked; 0: none is silent")
    next_at: datetime | None = Field(description="when it is asked next")


@router.get(
    "/corrections", response=CorrectionPage, auth=gate(Right.READ_CORRECTIONS), summary="Corrections of your agency",
    operation_id="list_corrections",
)  # fmt: skip
def show_corrections(request: HttpRequest, cursor: str | None = None, limit: int = Query(MOST, ge=1, le=MOST)) -> CorrectionPage:
    """What your agency reported, the newest first, and how far it has come. A key of an agency or of a steward."""
    by, _ = who(request)
    before = read_cursor(cursor) if cursor is not None else None
    found = list_corrections(agency=get_acting_agency(by), before=before, most=limit + 1)
    shown = list(found[:limit])
    return CorrectionPage(corrections=_lines(shown), next=write_cursor(shown[-1].id) if len(found) > limit else None)


@router.post(
    "/corrections", response={201: CorrectionLine}, auth=gate(Right.REPORT_CORRECTION), summary="Report a correction",
    operation_id="report_correction", openapi_extra=PARAMETER,
)  # fmt: skip
def report(request: HttpRequest, body: Correcting) -> HttpResponse:
    """Say that a record of your agency was wrong in these fields and is right now: correct your own register first.

    Every decision that used it is made again, by asking your source. Give each correction an `Idempotency-Key`: without one, one
    that is sent twice is reported twice.
    """
    by, now = who(request)

    def make() -> CorrectionLine:
        subject = get_recorded(id_number=body.subject.id_number, field=SUBJECT, on=compute_legal_day(now))
        return _lines([report_correction(resource=body.resource, subject=subject, fields=body.fields, by=by, now=now)])[0]

    return once(request, make)


@router.post(
    "/corrections/foresee", response=Foresight, auth=gate(Right.FORESEE_CORRECTION), summary="See what a correction would touch",
    operation_id="foresee_correction",
)  # fmt: skip
def foresee(request: HttpRequest, body: Correcting) -> Foresight:
    """How many decisions used the record, of which services, and what would become of them. Nothing is reported.

    The person sees that you looked.
    """
    by, now = who(request)
    subject = get_recorded(id_number=body.subject.id_number, field=SUBJECT, on=compute_legal_day(now))
    draft = draft_correction(resource=body.resource, subject=subject, fields=body.fields, by=by, now=now)
    return Foresight.model_validate(foresee_correction(draft=draft, by=by, now=now).to_json())


@router.get(
    "/corrections/{correction}", response=CorrectionDetail, auth=gate(Right.READ_CORRECTIONS), summary="One correction",
    operation_id="read_correction",
)  # fmt: skip
def show_correction(request: HttpRequest, correction: str) -> CorrectionDetail:
    """A correction of your agency, and what became of the decisions that used the record. The person sees that you looked."""
    by, now = who(request)
    return CorrectionDetail.model_validate(read_correction(correction=correction, by=by, now=now).to_json())


def _lines(corrections: list[Correction]) -> list[CorrectionLine]:
    progress = list_progress(corrections)
    return [CorrectionLine.model_validate({**each.to_json(), **progress[each.id].to_json()}) for each in corrections]
