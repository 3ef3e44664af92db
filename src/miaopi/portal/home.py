"""The first page and the pages that say what a service is, before anybody has signed in."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any, Final, cast

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from miaopi.apps.audit.api import ActorKind
from miaopi.apps.catalogue.api import get_resources, get_service, get_service_in_force, list_published
from miaopi.apps.identity.api import Right
from miaopi.definitions import ServicePackage
from miaopi.definitions.service import Material
from miaopi.kernel.calendar import compute_legal_day
from miaopi.kernel.decision import Kind
from miaopi.kernel.wording import Text
from miaopi.portal.citizen.cases import list_cases
from miaopi.portal.citizen.search import show_package
from miaopi.portal.gate import SignedVisit, Visit, gate
from miaopi.portal.language import Language, language_of
from miaopi.portal.wording.cases import BEFORE
from miaopi.portal.wording.law import show_basis
from miaopi.portal.wording.sources import group_sources, seal_of

SHOWN: Final = 20
COMMON: Final = 3
PAPER = Text(zh="一份带签名的电子证明，可下载、可核验。", en="A signed electronic certificate: download it, and anyone can check it.")
NOTICE = Text(zh="一个结果通知。", en="A notice of the result.")
GENERATED = Text(zh="系统生成，您核对就行", en="Made by the system; you only check it")
ABOLISHED = Text(zh="取消，不再要", en="No longer asked for")
STILL = Text(zh="仍要，到场出示一次", en="Still asked for, shown once")
SUBJECTS: Final = {
    "person": Text(zh="自然人，本人办", en="Persons, for themselves"),
    "unit": Text(zh="单位", en="Companies and other bodies"),
    "both": Text(zh="自然人和单位", en="Persons and bodies"),
}


@require_safe
@gate(Right.PUBLIC)
def show_home(visit: Visit) -> HttpResponse:
    packages = [get_service(each.slug, each.version) for each in list_published(visit.now)]
    cases: list[dict[str, Any]] = []
    if visit.actor is not None and visit.actor.kind is ActorKind.PERSON:
        cases = [case for case in list_cases(cast(SignedVisit, visit), limit=SHOWN) if case["is_open"]]
    waits = next((case for case in cases if case["waits"]), None)
    page = {
        "services": [show_package(package) for package in packages],
        "common": [{"slug": package.slug, "word": common_word(package, language_of(visit))} for package in packages[:COMMON]],
        "waits": waits, "under_way": [case for case in cases if case is not waits],
    }  # fmt: skip
    return render(visit, "portal/mine/elder.html" if visit.COOKIES.get("display") == "elder" else "portal/home.html", page)


def common_word(package: ServicePackage, language: Language) -> str:
    """What people call it; the first of its synonyms is the commonest."""
    return package.synonyms[0] if package.synonyms and language == "zh" else package.name.in_language(language)


@require_safe
@gate(Right.PUBLIC)
def show_service(visit: Visit, slug: str) -> HttpResponse:
    package = get_service_in_force(slug, visit.now)
    return render(visit, "portal/service.html", {"service": describe(package, on=compute_legal_day(visit.now))})


def describe(package: ServicePackage, *, on: date) -> dict[str, object]:
    """The guide of a service (办事指南, GB/T 39554) as the page tells it on that day."""
    definition = package.definition
    told = (Kind.REGIME, Kind.MANDATE, Kind.ELIGIBILITY)
    whole = package.fee == package.fee.to_integral_value()
    sources = group_sources(definition.sourced)
    return {
        "slug": package.slug,
        "code": package.code,
        "name": package.name,
        "description": package.description,
        "promised": package.promised,
        "limit": package.statutory_limit,
        "limit_basis": show_basis(package.statutory_limit.basis) if package.statutory_limit else None,
        "typed": package.typed_median,
        "visits": package.visits,
        "fee": package.fee.quantize(Decimal(1)) if whole else package.fee,
        "before": package.before,
        "before_by": BEFORE.get(package.before.source),
        "papers_now": len(package.materials_now),
        "department": package.department,
        "subject": SUBJECTS[package.subject.value],
        "basis": [show_basis([basis]) for basis in package.basis],
        "conditions": [
            {"text": condition.text, "basis": show_basis(condition.basis)}
            for condition in definition.conditions_on(on) if condition.kind in told
        ],
        "materials": show_materials(package.materials),
        "materials_now": package.materials_now,
        "sources": sources,
        "sensitive": any(source["sensitive"] for source in sources),
        "visit": package.visit,
        "result": PAPER if package.licence else NOTICE,
        "questions": [{"ask": ask, "answer": answer} for ask, answer in package.faq],
    }


def show_materials(materials: tuple[Material, ...]) -> list[dict[str, object]]:
    """What the old guide asked for, and what each has become: a register, a form the system makes, or nothing."""
    resources = get_resources(each.replaced_by for each in materials if each.replaced_by not in ("", "generated_form", "abolished"))
    said = {"": STILL, "generated_form": GENERATED, "abolished": ABOLISHED}
    shown: list[dict[str, object]] = []
    for each in materials:
        resource = resources.get(each.replaced_by)
        shown.append({
            "name": each.name, "now": said.get(each.replaced_by), "resource": resource.name if resource else None,
            "seal": seal_of(resource) if resource else "", "is_asked": not each.replaced_by,
        })  # fmt: skip
    return shown
