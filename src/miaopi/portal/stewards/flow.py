"""What flows at this minute, and what fails: by service, field and source, never by person."""

from __future__ import annotations

from django.http import HttpResponse
from django.views.decorators.http import require_safe

from miaopi.apps.approval.api import count_waiting_for
from miaopi.apps.catalogue.api import list_published, list_resources
from miaopi.apps.exchange.api import REFUSALS, FlowLine, RefusalCode, count_day, list_flow, list_sources
from miaopi.apps.identity.api import Right
from miaopi.kernel.wording import Text
from miaopi.portal.gate import SignedVisit, gate
from miaopi.portal.language import language_of, show_moment
from miaopi.portal.stewards.frame import office_of, show
from miaopi.portal.stewards.overview import sources_in_words
from miaopi.portal.wording.sharing import REFUSED, RESULTS
from miaopi.portal.wording.sources import join, name_agencies


@require_safe
@gate(Right.DECIDE_AGREEMENT)
def show_flow(visit: SignedVisit) -> HttpResponse:
    """The latest looks at what the agency keeps."""
    office, language = office_of(visit), language_of(visit)
    resources = {each.id: each for each in list_resources(office)}
    services = {each.slug: each.name for each in list_published(visit.now)}
    offices = name_agencies()

    def describe(line: FlowLine) -> dict[str, object]:
        resource = resources.get(line.resource)
        labels = {} if resource is None else {name: field.label for name, field in resource.fields.items()}
        tone, words = RESULTS.get(line.result, ("wait", Text(line.result, line.result)))
        code = RefusalCode(line.code) if line.code else None
        return {
            "at": show_moment(line.at, language), "use": services.get(line.service, Text(line.service, line.service)),
            "by": offices.get(line.asked_by, Text(line.asked_by, line.asked_by)) if line.asked_by else None,
            "resource": resource.name if resource else Text(line.resource, line.resource),
            "fields": join(labels.get(name, Text(name, name)) for name in line.fields), "duty": line.duty,
            "tone": "refuse" if code else tone, "result": REFUSED if code else words, "code": line.code,
            "why": REFUSALS[code] if code else None,
        }  # fmt: skip

    lines = [describe(each) for each in list_flow(agency=office, resources=resources.keys())]
    return show(visit, "flow", {"lines": lines, "now": show_moment(visit.now, language)}, here="data_flow")


@require_safe
@gate(Right.DECIDE_AGREEMENT)
def show_failures(visit: SignedVisit) -> HttpResponse:
    """Sources that do not answer or are not believed, what went wrong today by kind, and the cases that wait for it."""
    office, language = office_of(visit), language_of(visit)
    resources = {each.id: each for each in list_resources(office)}
    names = {name: each.name for name, each in resources.items()}
    sources = [each for each in list_sources(now=visit.now) if each.agency == office]
    waiting = count_waiting_for({each.resource for each in sources})
    day = count_day(agency=office, resources=resources.keys(), now=visit.now)
    rows = sources_in_words(sources, names)
    for row in rows:
        row["cases"] = waiting[str(row["resource"])]
        row["since"] = show_moment(row["since"], language) if row["since"] else ""  # type: ignore[arg-type]  # a moment, or none
        row["answered"] = show_moment(row["answered"], language) if row["answered"] else ""  # type: ignore[arg-type]  # the same
    page = {
        "sources": rows, "waiting": sum(waiting.values()),
        "failures": [
            {"name": names.get(resource, Text(resource, resource)), "tone": RESULTS[result][0], "kind": RESULTS[result][1], "count": count}
            for (resource, result), count in sorted(day.failures.items(), key=lambda each: -each[1])
        ],
        "silent": sum(each.silent_since is not None for each in sources),
    }  # fmt: skip
    return show(visit, "failures", page, here="data_failures")
