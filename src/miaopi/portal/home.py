"""The first page and the pages that say what a service is, before anybody has signed in."""

from __future__ import annotations

from decimal import Decimal

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_safe

from miaopi.apps.application.api import list_applications
from miaopi.apps.catalogue.api import get_service, get_service_in_force, list_published
from miaopi.apps.identity.api import Right
from miaopi.definitions import ServicePackage
from miaopi.kernel.decision import Kind
from miaopi.kernel.wording import Text
from miaopi.portal.gate import Visit, gate
from miaopi.portal.language import in_language, language_of, show_moment
from miaopi.portal.wording import BEFORE, KINDS, STATES, TONES, group_sources, show_basis

SHOWN = 5
PAPER = Text(zh="一份带签名的电子证明，可下载、可核验。", en="A signed electronic certificate: download it, and anyone can check it.")
UNSENT = Text(zh="还没提交", en="Not submitted yet")
NOTICE = Text(zh="一个结果通知。", en="A notice of the result.")


@require_safe
@gate(Right.PUBLIC)
def show_home(visit: Visit) -> HttpResponse:
    language = language_of(visit)
    published = list_published(visit.now)
    names = {each.slug: each.name for each in published}
    services = [
        {"slug": package.slug, "name": package.name, "typed": package.typed_median,
         "promised_here": package.promised.in_language(language)}
        for package in (get_service(each.slug, each.version) for each in published)
    ]  # fmt: skip
    mine = []
    if visit.actor is not None:
        for application in list_applications(reader=visit.actor, limit=SHOWN):
            page = "check" if application.state == "draft" else "result"
            mine.append(
                {
                    "address": in_language(reverse(page, args=[application.number]), language),
                    "service": names.get(application.service, Text(zh=application.service, en=application.service)),
                    "opened_here": show_moment(application.opened_at, language),
                    "status": UNSENT if page == "check" else KINDS.get(application.outcome) or STATES[application.state],
                    "tone": application.outcome or TONES.get(application.state, "wait"),
                }
            )
    return render(visit, "portal/home.html", {"services": services, "mine": mine})


@require_safe
@gate(Right.PUBLIC)
def show_service(visit: Visit, slug: str) -> HttpResponse:
    package = get_service_in_force(slug, visit.now)
    return render(visit, "portal/service.html", {"service": describe(package)})


def describe(package: ServicePackage) -> dict[str, object]:
    """The guide of a service (办事指南, GB/T 39554) as the page tells it."""
    definition = package.definition
    told = (Kind.REGIME, Kind.MANDATE, Kind.ELIGIBILITY)
    whole = package.fee == package.fee.to_integral_value()
    return {
        "slug": package.slug,
        "code": package.code,
        "name": package.name,
        "description": package.description,
        "promised": package.promised,
        "typed": package.typed_median,
        "visits": package.visits,
        "fee": package.fee.quantize(Decimal(1)) if whole else package.fee,
        "before": package.before,
        "before_by": BEFORE.get(package.before.source),
        "department": package.department,
        "basis": [show_basis([basis]) for basis in package.basis],
        "conditions": [
            {"text": condition.text, "basis": show_basis(condition.basis)}
            for condition in definition.conditions if condition.kind in told
        ],
        "sources": group_sources(definition.sourced),
        "result": PAPER if package.licence else NOTICE,
        "questions": [{"ask": ask, "answer": answer} for ask, answer in package.faq],
    }
