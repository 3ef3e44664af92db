"""From consent to confirmation: what we would fetch, what was fetched, what is missing, and going back."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_http_methods, require_POST

from miaopi.apps.application.api import Application, get_application, open_application, withdraw_application
from miaopi.apps.catalogue.api import get_resources, get_service, get_service_in_force
from miaopi.apps.consent.api import get_consent, give_consent
from miaopi.apps.exchange.api import find_said
from miaopi.apps.filing.api import (
    OpenDraft,
    compute_consent_end,
    confirm,
    dispute,
    enter,
    get_draft,
    list_consent_facts,
    list_consent_scope,
    prefill,
)
from miaopi.apps.identity.api import Right
from miaopi.definitions import ServicePackage
from miaopi.kernel.calendar import compute_legal_day
from miaopi.kernel.decision import FactSpec, Privacy
from miaopi.kernel.errors import InputError, NotFound, RightsError
from miaopi.kernel.fact import Disputed, Known, Unknown
from miaopi.kernel.wording import Text
from miaopi.portal.gate import SignedVisit, gate
from miaopi.portal.language import language_of, lead_to, show_moment
from miaopi.portal.wording.clocks import show_midnight
from miaopi.portal.wording.sources import group_sources, join, seal_of, show_source

OTHERWISE = Text(
    zh="什么都不会取，也不影响您办别的事。您可以带身份证到窗口办，办法一样。",
    en="Nothing is fetched, and nothing else you do here is affected. You can come to a counter with your ID card instead.",
)
NEED = Text(zh="核对是您本人，按规定判断能不能办", en="To make sure it is you, and to decide by the rules")
PROPOSED = Text(zh="默认，可修改", en="Proposed, yours to change")
TYPED = Text(zh="您填的", en="You typed it")
OPEN = ("draft", "supplement")
NO_SUCH_FACT = Text(zh="没有这一项。", en="There is no such fact.")


@require_http_methods(["GET", "HEAD", "POST"])
@gate(Right.GIVE_CONSENT)
def ask_consent(visit: SignedVisit, slug: str) -> HttpResponse:
    return _ask(visit, get_service_in_force(slug, visit.now), None)


@require_http_methods(["GET", "HEAD", "POST"])
@gate(Right.GIVE_CONSENT)
def renew_consent(visit: SignedVisit, number: str) -> HttpResponse:
    """For a case that is open and whose consent ended or no longer covers what the rules in force ask; the number stays."""
    application = get_application(number=number, reader=visit.actor)
    if application.state not in OPEN:
        return lead_to(visit, "result", number)
    return _ask(visit, get_service_in_force(application.service, visit.now), application)


def _ask(visit: SignedVisit, package: ServicePackage, application: Application | None) -> HttpResponse:
    facts = list_consent_facts(package.definition, document_type=visit.party.document_type, as_of=compute_legal_day(visit.now))
    until = compute_consent_end(package, visit.now)
    scope = list_consent_scope(facts)
    apart = {source.partition(".")[0] for source in scope.separate}
    if visit.method == "POST" and apart <= set(visit.POST.getlist("sensitive")):
        if application is None:
            application = open_application(
                service=package.slug, version=package.version, applicant=visit.party.id, by=visit.actor, now=visit.now
            )
        consent = give_consent(
            application=application.number, service=package.slug, version=package.version, applicant=application.applicant,
            scope=scope.asked, separate=scope.separate, purpose=package.consent, expires_at=until, by=visit.actor, now=visit.now,
        )
        prefill(number=application.number, receipt=consent.receipt, by=visit.actor, now=visit.now)
        return lead_to(visit, "check", application.number)
    return _show_consent(visit, package, facts, until, application, status=422 if visit.method == "POST" else 200)


def _show_consent(
    visit: SignedVisit, package: ServicePackage, facts: list[FactSpec], until: datetime, application: Application | None, *, status: int
) -> HttpResponse:
    ordinary = group_sources(spec for spec in facts if spec.privacy is not Privacy.SENSITIVE)
    sensitive = group_sources(spec for spec in facts if spec.privacy is Privacy.SENSITIVE)
    for source in ordinary:
        source["why"] = NEED
    for source in sensitive:
        labels: Any = source["fields"]
        source["question"] = Text(zh=f"查询：{labels.zh}", en=f"is asked: {labels.en}")
    wrong = Text(zh="敏感信息要您单独勾选同意", en="The sensitive question needs a tick of its own")
    page = {
        "slug": package.slug,
        "number": application and application.number,
        "purpose": package.consent,
        "ordinary": ordinary,
        "sensitive": sensitive,
        "ordinary_count": sum(source["count"] for source in ordinary),
        "sensitive_count": sum(source["count"] for source in sensitive),
        "until_here": show_midnight((until - timedelta(seconds=1)).date()).in_language(language_of(visit)),
        "otherwise": OTHERWISE,
        "problem": None if status == 200 else {"anchor": "sensitive", "field": "sensitive", "text": wrong},
    }
    return render(visit, "portal/consent.html", page, status=status)


@require_http_methods(["GET", "HEAD", "POST"])
@gate(Right.CONFIRM_FILING)
def check_draft(visit: SignedVisit, number: str) -> HttpResponse:
    application = get_application(number=number, reader=visit.actor)
    is_open = application.state in OPEN
    if visit.method != "POST":
        if not is_open:
            return lead_to(visit, "result", number)
        draft = get_draft(number=number, reader=visit.actor, now=visit.now)
        return _show_draft(visit, draft, None) if _has_consent(draft, visit.now) else lead_to(visit, "renew_consent", number)
    entered = {name: value for name, value in visit.POST.items() if name not in ("csrfmiddlewaretoken", "token")}
    try:
        confirm(number=number, entered=entered, token=visit.POST.get("token", ""), by=visit.actor, now=visit.now)
    except (InputError, RightsError) as error:
        if not is_open:
            raise
        draft = get_draft(number=number, reader=visit.actor, now=visit.now)
        is_short = isinstance(error, InputError) and error.field == "consent"
        if is_short or not _has_consent(draft, visit.now):
            return lead_to(visit, "renew_consent", number)
        if isinstance(error, RightsError):
            raise
        return _show_draft(visit, draft, error, entered)
    return lead_to(visit, "result", number)


def _has_consent(draft: OpenDraft, now: datetime) -> bool:
    """Whether the consent that the draft was filled under still stands; without one no source may be asked."""
    return bool(draft.receipt) and not draft.erased_for and get_consent(draft.receipt).is_open(now)


def _show_draft(visit: SignedVisit, draft: OpenDraft, error: InputError | None, entered: dict[str, Any] | None = None) -> HttpResponse:
    package = get_service(draft.service, draft.version)
    specs = package.definition.facts
    valued = {name: fact for name, fact in draft.facts.items() if isinstance(fact, Known | Disputed)}
    form = [_row(visit, specs[name], fact) for name, fact in valued.items() if name in draft.form]
    beside = [_row(visit, specs[name], fact) for name, fact in valued.items() if name not in draft.form]
    asked = [
        {"name": name, "label": specs[name].label, "value": (entered or {}).get(name, ""),
         "options": [{"value": value, "label": label} for value, label in specs[name].options.items()]}
        for name in draft.missing
    ]  # fmt: skip
    unsaid = {specs[name].find_silent(fact) for name, fact in draft.facts.items() if isinstance(fact, Unknown)}
    silent = {resource.id: resource.name for resource in get_resources(each for each in unsaid if each).values()}
    problem = error and {
        "anchor": f"field-{error.field}" if error.field in draft.missing else "main", "field": error.field, "text": error.text,
    }  # fmt: skip
    page = {
        "number": draft.number, "is_again": draft.state == "supplement",
        "token": draft.token, "asked": asked, "filled_count": len(form) + len(beside), "form": form,
        "beside": beside, "silent": silent, "silent_here": join(silent.values()).in_language(language_of(visit)), "problem": problem,
    }  # fmt: skip
    return render(visit, "portal/check.html", page, status=error.status if error else 200)


def show_value(spec: FactSpec, value: Any) -> Any:
    """A value in words: an option by its text, each record of a list by its fields."""
    if not spec.records:
        return spec.options.get(str(value), value)
    lines = [
        join(field.options.get(str(record.get(field.name)), Text(zh=str(record[field.name]), en=str(record[field.name])))
             for field in spec.records if record.get(field.name) not in (None, True, False))
        for record in value
    ]  # fmt: skip
    return Text(zh="；".join(line.zh for line in lines) or "没有", en="; ".join(line.en for line in lines) or "none")


def _row(visit: SignedVisit, spec: FactSpec, fact: Known | Disputed) -> dict[str, Any]:
    """One line of the check list: what, how much, from whom, when, and what she can do about it."""
    known = fact.contested if isinstance(fact, Disputed) else fact
    language = language_of(visit)
    row: dict[str, Any] = {
        "name": spec.name, "label": spec.label, "value": show_value(spec, known.value), "mask": spec.masked,
        "disputed": isinstance(fact, Disputed),
        "act": "change" if spec.changeable and spec.in_form else "dispute" if spec.resource and not spec.changeable else "",
    }  # fmt: skip
    said = find_said(spec, known).partition(".")[0] if spec.resource else ""
    if said and known.source == said:
        resource = get_resources([said])[said]
        name = show_source(spec, resource)
        row |= {"source": name, "seal": seal_of(resource), "source_here": name.in_language(language),
                "time_here": show_moment(known.obtained_at, language) if known.obtained_at else ""}  # fmt: skip
    else:
        row["origin"] = PROPOSED if known.source == "default" else TYPED
    return row


@require_http_methods(["GET", "HEAD", "POST"])
@gate(Right.CHANGE_OWN_DRAFT)
def correct_fact(visit: SignedVisit, number: str, fact: str) -> HttpResponse:
    """What is hers she changes; what an agency keeps she disputes."""
    draft = get_draft(number=number, reader=visit.actor, now=visit.now)
    spec = get_service(draft.service, draft.version).definition.facts.get(fact)
    if spec is None or fact not in draft.facts:
        raise NotFound(NO_SUCH_FACT)
    problem = None
    if visit.method == "POST":
        try:
            if spec.changeable:
                enter(number=number, values={fact: visit.POST.get("value", "")}, by=visit.actor, now=visit.now)
            else:
                dispute(number=number, fact=fact, claim=visit.POST.get("claim", ""), by=visit.actor, now=visit.now)
            return lead_to(visit, "check", number)
        except InputError as error:
            problem = {"anchor": "value" if spec.changeable else "claim", "field": fact, "text": error.text}
    language = language_of(visit)
    said = find_said(spec, draft.facts[fact]).partition(".")[0] if spec.resource else ""
    resource = get_resources([said]).get(said)
    page = {
        "number": number, "fact": fact, "label_here": spec.label.in_language(language), "changeable": spec.changeable,
        "options": [{"value": value, "label": label} for value, label in spec.options.items()], "problem": problem,
        "entered": visit.POST.get("value", ""), "claim": visit.POST.get("claim", ""),
        "source_here": resource.agency.name.in_language(language) if resource else "", "label": spec.label,
    }  # fmt: skip
    return render(visit, "portal/correct.html", page, status=422 if problem else 200)


@require_POST
@gate(Right.WITHDRAW_APPLICATION)
def withdraw(visit: SignedVisit, number: str) -> HttpResponse:
    withdraw_application(number=number, by=visit.actor, now=visit.now)
    return lead_to(visit, "result", number)
