"""Services as a program reads them: what one is, what it asks of whom, and what it costs."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal

from django.http import HttpRequest
from ninja import Router
from ninja.params.functions import Query
from pydantic import Field

from miaopi.apps.catalogue.api import get_service, get_service_in_force, list_published
from miaopi.apps.exchange.api import find_base_name, list_scope
from miaopi.apps.identity.api import Right
from miaopi.definitions import ServicePackage
from miaopi.kernel.calendar import compute_legal_day
from miaopi.kernel.decision import FactSpec
from miaopi.rest.cursors import read_cursor, write_cursor
from miaopi.rest.gate import open_gate, when
from miaopi.rest.schemas import Answer, Basis, Words, words

router = Router(tags=["services"])
MOST = 100


class ServiceLine(Answer):
    """A service in a list."""

    slug: str
    code: str
    name: Words
    department: Words
    promised: Words
    typed_median: int = Field(description="fields that half of the applicants type at most")
    visits: int
    fee: str = Field(description="yuan")


class AskedFact(Answer):
    """A fact that the service asks of an agency; one line for each field that is asked for it."""

    fact: str
    label: Words
    source: str = Field(description="`resource.field`, as a consent names it")
    base: str | None = Field(description="the field of a base register that the fact comes from; then several agencies may be asked")
    privacy: str = Field(description="public, personal or sensitive; a sensitive one needs a consent of its own")


class TypedFact(Answer):
    """A field of the form."""

    fact: str
    label: Words
    type: str
    options: dict[str, Words] = Field(description="value and label, where there is a choice")


class ServiceCondition(Answer):
    id: str
    text: Words
    basis: list[Basis]


class Service(ServiceLine):
    """A service in the version that is in force."""

    version: str
    description: Words
    purpose: Words = Field(description="what a consent to it says")
    basis: list[Basis]
    conditions: list[ServiceCondition]
    pulled: list[AskedFact]
    form: list[TypedFact]


class ServicePage(Answer):
    services: list[ServiceLine]
    next: str | None = Field(description="cursor of the next page")


@router.get("", response=ServicePage, auth=open_gate(Right.PUBLIC), summary="List services", operation_id="list_services")
def list_services(
    request: HttpRequest,
    cursor: str | None = None,
    limit: int = Query(MOST, ge=1, le=MOST),
) -> ServicePage:
    """The services in force, by slug."""
    after = read_cursor(cursor) if cursor is not None else ""
    found = [each for each in list_published(when(request)) if each.slug > after][: limit + 1]
    shown = [describe(get_service(each.slug, each.version)) for each in found[:limit]]
    return ServicePage(services=shown, next=write_cursor(shown[-1].slug) if len(found) > limit else None)


@router.get("/{slug}", response=Service, auth=open_gate(Right.PUBLIC), summary="One service", operation_id="get_service")
def show_service(request: HttpRequest, slug: str) -> Service:
    """A service by slug or code: conditions with their law, what is asked of whom, what is typed."""
    moment = when(request)
    package = get_service_in_force(slug, moment)
    definition = package.definition
    return Service(
        **describe(package).model_dump(), version=package.version, description=words(package.description),
        purpose=words(package.consent), basis=[Basis(**each.to_json()) for each in package.basis],
        conditions=[
            ServiceCondition(id=each.id, text=words(each.text), basis=[Basis(**one.to_json()) for one in each.basis])
            for each in definition.conditions_on(compute_legal_day(moment))
        ],
        pulled=list_asked_facts(definition.sourced),
        form=[
            TypedFact(fact=spec.name, label=words(spec.label), type=str(spec.type),
                      options={value: words(label) for value, label in spec.options.items()})
            for spec in definition.facts.values() if spec.in_form
        ],
    )  # fmt: skip


def list_asked_facts(facts: Iterable[FactSpec]) -> list[AskedFact]:
    return [
        AskedFact(
            fact=spec.name, label=words(spec.label), source=source, privacy=spec.privacy.value,
            base=find_base_name(spec) or None,
        )
        for spec in facts
        for source in list_scope([spec])
    ]


def describe(package: ServicePackage) -> ServiceLine:
    return ServiceLine(
        slug=package.slug, code=package.code, name=words(package.name), department=words(package.department),
        promised=words(package.promised), typed_median=package.typed_median, visits=package.visits,
        fee=str(package.fee.quantize(Decimal("0.01"))),
    )  # fmt: skip
