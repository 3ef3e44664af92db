"""Asking for data: which fields, for what use, on which law, on what terms – answered at once where a rule decides."""

from __future__ import annotations

import secrets
from typing import Any, Final

from django.http import HttpResponse
from django.views.decorators.http import require_http_methods

from miaopi.apps.catalogue.api import Resource, get_resource, get_service_in_force, list_published
from miaopi.apps.exchange.api import Shown, list_predicates, list_pulled, request_agreement
from miaopi.apps.identity.api import KeyUsed, Right, make_once
from miaopi.definitions import ServicePackage
from miaopi.kernel.errors import InputError
from miaopi.kernel.wording import Text
from miaopi.portal.gate import SignedVisit, gate
from miaopi.portal.language import language_of, lead_to
from miaopi.portal.problems import describe_problem
from miaopi.portal.stewards.frame import show
from miaopi.portal.stewards.terms import ANCHORS, YEAR, keep_written, list_shown, read_terms, write_day
from miaopi.portal.wording.agreements import describe_field
from miaopi.portal.wording.sources import seal_of

SENT: Final = Text(zh="这张表已经提交过，请到“申请”里看结果。", en="This form was sent already; see how it stands under Requests.")
MISSING: Final = Text(zh="请写明法律文件和条款。", en="Name the instrument and its article.")


@require_http_methods(["GET", "HEAD", "POST"])
@gate(Right.REQUEST_DATA)
def ask(visit: SignedVisit, resource: str) -> HttpResponse:
    """The form, with what a published service uses ticked where one is named (`service`); and the request that it makes."""
    found = get_resource(resource)
    package = _find_service(visit, found)
    if visit.method != "POST":
        return _show(visit, found, package, _begin(visit, package, found))
    try:
        made = _make(visit, found)
    except InputError as error:
        return _show(visit, found, package, keep_written(visit.POST), error)
    return lead_to(visit, "data_agreement", made, done="asked")


def _make(visit: SignedVisit, resource: Resource) -> str:
    """The request, once for each form however often it is sent; its id."""
    instrument, article = visit.POST.get("instrument", "").strip(), visit.POST.get("article", "").strip()
    if not instrument or not article:
        raise InputError("ground" if not instrument else "article", Text(zh="缺依据。", en="the law is missing."), MISSING)
    terms = read_terms(visit.POST, visit.now)

    def make() -> bytes:
        made = request_agreement(
            resource=resource.id, service=visit.POST.get("use", "").strip(), purpose=visit.POST.get("purpose", "").strip(),
            ground=f"{instrument} {article}", terms=terms, by=visit.actor, now=visit.now,
        )  # fmt: skip
        return made.id.encode()

    said = sorted((name, values) for name, values in visit.POST.lists() if name != "csrfmiddlewaretoken")
    token = visit.POST.get("token", "")
    return make_once(key=token, asked=f"{resource.id}\n{said}", make=make, by=visit.actor, now=visit.now).answer.decode()


def _find_service(visit: SignedVisit, resource: Resource) -> ServicePackage | None:
    slug = visit.POST.get("use", "") if visit.method == "POST" else visit.GET.get("service", "")
    known = {each.slug for each in list_published(visit.now)}
    package = get_service_in_force(slug, visit.now) if slug in known else None
    return package if package is not None and resource.id in list_pulled(package.definition) else None


def _begin(visit: SignedVisit, package: ServicePackage | None, resource: Resource) -> dict[str, Any]:
    """What a form begins with: a year, and of a service its own words."""
    begun: dict[str, Any] = {"fields": tuple(visit.GET.getlist("fields")), "until": write_day(visit.now + YEAR)}
    if package is not None:
        basis = package.basis[0]
        begun |= {
            "fields": list_pulled(package.definition)[resource.id], "use": package.slug, "purpose": package.consent.zh,
            "instrument": basis.instrument, "article": basis.article,
        }  # fmt: skip
    return begun


def _show(
    visit: SignedVisit, resource: Resource, package: ServicePackage | None, written: dict[str, Any], error: InputError | None = None
) -> HttpResponse:
    tests = list_predicates(resource.id)
    used = frozenset(list_pulled(package.definition)[resource.id]) if package is not None else None
    services = [get_service_in_force(each.slug, visit.now) for each in list_published(visit.now)]
    rows = [
        {**describe_field(each, tests), "is_ticked": each.name in written["fields"],
         "is_surplus": used is not None and each.name not in used}
        for each in resource.fields.values()
    ]
    page = {
        "it": {"id": resource.id, "name": resource.name, "agency": resource.agency.name, "seal": seal_of(resource),
               "is_connected": resource.is_connected, "condition": resource.sharing_condition},
        "fields": sorted(rows, key=lambda each: (not each["test"], bool(each["is_surplus"]), bool(each["is_shut"]))),
        "services": [
            {"slug": each.slug, "name": each.name, "is_chosen": package is not None and each.slug == package.slug}
            for each in services if resource.id in list_pulled(each.definition)
        ],
        "package": package and package.name, "written": written, "token": visit.POST.get("token") or secrets.token_urlsafe(24),
        "problem": describe_problem(error, {**ANCHORS, "article": "article"}), "language": language_of(visit),
        "shown": list_shown(written), "is_hidden": written.get("shown", Shown.IMMEDIATE) != Shown.IMMEDIATE,
        "was_sent": SENT if isinstance(error, KeyUsed) else None,
    }  # fmt: skip
    return show(visit, "ask", page, here="data_catalogue", status=error.status if error else 200)
