"""Data sharing for the systems of departments: the sandbox, which asks nobody, and the pull, which asks on an agreement."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date, datetime
from typing import cast

from django.http import HttpRequest, HttpResponse
from ninja import Router
from pydantic import Field

from miaopi.apps.catalogue.api import get_resource
from miaopi.apps.exchange.api import REFUSALS, RefusalCode, pull_for_agency, try_sandbox
from miaopi.apps.identity.api import Right
from miaopi.kernel.fact import Absent, Disputed, Fact, Known, Unknown
from miaopi.rest.gate import gate, who
from miaopi.rest.problems import problem
from miaopi.rest.schemas import Answer, Asked, Scalar, Value, Words, words

router = Router(tags=["exchange"])
MOST_FIELDS = 100
# Denied, and yet open to the agency: there is no row of hers, or the source cannot answer now.
NOT_FORBIDDEN = frozenset({
    RefusalCode.ROW_OUTSIDE, RefusalCode.SCHEMA_CHANGED, RefusalCode.UPSTREAM_QUOTA_SPENT, RefusalCode.NUMBER_IN_DOUBT,
})  # fmt: skip


class Subject(Asked):
    """Whom it is about: in the body alone, for addresses stand in logs."""

    id_number: str = Field(max_length=30, description="citizen number, 18 signs")


class Law(Asked):
    instrument: str = Field(max_length=200)
    article: str = Field(max_length=100)


class Pulling(Asked):
    """What an agency asks of one person for one case of its own."""

    resource: str = Field(max_length=60)
    fields: list[str] = Field(min_length=1, max_length=MOST_FIELDS)
    subject: Subject
    use: str = Field(max_length=100, description="the use that stands in the agreement")
    purpose: str = Field(max_length=500, description="the purpose that stands in the agreement, word for word")
    ground: Law = Field(description="the duty by law that stands in the agreement; the person sees it")
    case: str = Field(max_length=30, description="your number of the case; the person sees it")


class Trying(Asked):
    """The body of a pull. Only `fields` matter here, all that are shared if there are none; the number leads to an invented person."""

    resource: str = Field("", max_length=60)
    fields: list[str] = Field(default=[], max_length=MOST_FIELDS)
    subject: Subject | None = None
    use: str = Field("", max_length=100)
    purpose: str = Field("", max_length=500)
    ground: Law | None = None
    case: str = Field("", max_length=30)


class PulledFact(Answer):
    """One field, or all rows of a resource that has many of a person, under the name of the resource."""

    field: str
    state: str = Field(description="known, absent (the source says: none), or why nobody can say: unavailable, stale, conflict, unproven")
    value: Value = None
    at: datetime | None = Field(default=None, description="when it was said")


class Denied(Answer):
    """A field that was not had, and the stable code of why."""

    field: str
    code: str
    text: Words


class PulledFacts(Answer):
    resource: str
    agency: str = Field(description="who keeps it")
    synthetic: bool = Field(description="invented by the platform, about nobody")
    facts: list[PulledFact]
    denied: list[Denied]


@router.post(
    "/sandbox/{resource}", response=PulledFacts, auth=gate(Right.TRY_SANDBOX), summary="Try a resource without an agreement",
    operation_id="try_sandbox",
)  # fmt: skip
def sandbox(request: HttpRequest, resource: str, body: Trying) -> PulledFacts:
    """An answer as a pull would give it, about an invented person: same shape, same types, the same for the same body. Nobody is asked.

    A key of an agency or of a steward. What is never shared is denied here too.
    """
    by, now = who(request)
    subject = body.subject.id_number if body.subject is not None else ""
    sample = try_sandbox(resource=resource, fields=body.fields, subject=subject, by=by, now=now)
    return PulledFacts(
        resource=resource, agency=sample.resource.agency.id, synthetic=True, facts=_tell_facts(resource, sample.facts, sample.refused),
        denied=_tell_denied(resource, sample.refused),
    )  # fmt: skip


@router.post(
    "/pull", response=PulledFacts, auth=gate(Right.PULL_AS_AGENCY), summary="Pull facts of a person on an agreement",
    operation_id="pull_for_agency",
)  # fmt: skip
def pull(request: HttpRequest, body: Pulling) -> PulledFacts | HttpResponse:
    """The asked fields as far as your agency's agreements go. A key of an agency. The person sees who asked, for what and on which law.

    What is denied is told field by field with its code; if all is forbidden, the answer is a problem 403 with the nearest `code` and
    `denied`. It takes no `Idempotency-Key`: an answer is as of now, and each call counts for the quota.
    """
    by, now = who(request)
    pulled = pull_for_agency(
        resource=body.resource, fields=body.fields, id_number=body.subject.id_number, use=body.use, purpose=body.purpose,
        instrument=body.ground.instrument, article=body.ground.article, case=body.case, by=by, now=now,
    )
    denied = _tell_denied(body.resource, pulled.refused)
    shut = [code for code in pulled.refused.values() if code not in NOT_FORBIDDEN]
    if len(shut) == len(set(body.fields)):
        code = max(shut, key=list(RefusalCode).index)
        return problem(request, 403, detail=REFUSALS[code], code=str(code), denied=[each.model_dump() for each in denied])
    return PulledFacts(
        resource=body.resource, agency=get_resource(body.resource).agency.id, synthetic=False,
        facts=_tell_facts(body.resource, pulled.facts, pulled.refused), denied=denied,
    )  # fmt: skip


def _tell_denied(resource: str, refused: Mapping[str, RefusalCode]) -> list[Denied]:
    return [
        Denied(field=source.removeprefix(f"{resource}."), code=str(code), text=words(REFUSALS[code])) for source, code in refused.items()
    ]


def _tell_facts(resource: str, facts: Mapping[str, Fact], refused: Iterable[str]) -> list[PulledFact]:
    denied = set(refused)
    return [_tell(source.removeprefix(f"{resource}."), fact) for source, fact in facts.items() if source not in denied]


def _tell(field: str, fact: Fact) -> PulledFact:
    match fact:
        case Known(value, _, at):
            return PulledFact(field=field, state="known", value=_plain(value), at=at)
        case Absent(_, at):
            return PulledFact(field=field, state="absent", at=at)
        case Unknown(doubt, _, since):
            return PulledFact(field=field, state=str(doubt), at=since)
        case Disputed(contested):
            return _tell(field, contested)


def _plain(value: object) -> Value:
    """Numbers as text, lest a reader round them; days and moments in ISO form; rows as they are."""
    if isinstance(value, list | tuple):
        return cast("Value", [{str(name): _scalar(each) for name, each in row.items()} for row in value])
    return _scalar(value)


def _scalar(value: object) -> Scalar:
    match value:
        case bool() | str() | None:
            return value
        case date() | datetime():
            return value.isoformat()
        case _:
            return str(value)
