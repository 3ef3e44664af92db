"""The list, page by page, and the proof of one look. Looks of one's own are not looks at one."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import date
from itertools import groupby
from typing import Any, Final

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from miaopi.apps.application.api import find_application
from miaopi.apps.appointment.api import get_office
from miaopi.apps.audit.api import Actor, LoggedEntry, find_access, list_accesses, prove
from miaopi.apps.catalogue.api import Resource, get_resources, get_service
from miaopi.apps.identity.api import Member, Right, get_members, pseudonym
from miaopi.definitions import ServicePackage
from miaopi.kernel.calendar import LEGAL_ZONE, compute_legal_day
from miaopi.kernel.errors import MiaopiError, NotFound
from miaopi.kernel.wording import Text
from miaopi.portal.gate import SignedVisit, gate
from miaopi.portal.language import Language, language_of
from miaopi.portal.wording import join, seal_of

PAGE: Final = 20
LARGEST: Final = 2**62
HEAD: Final = "/api/v1/ledger/checkpoint"  # for programs and for whoever keeps one
NO_ACCESS: Final = Text(zh="没有这一条。", en="There is no such entry.")
NAME: Final = Text(zh="姓名", en="name")
SUPPLY: Final = Text(zh="看了", en="Seen")
WRITTEN: Final = Text(zh="写入了", en="Written")
NOTHING: Final = {
    "absent": Text(zh="答：没有", en="it answered: none"),
    "silent": Text(zh="没有回应", en="it did not answer"),
    "conflict": Text(zh="互相矛盾，没有用", en="they contradict, not used"),
    "doubted": Text(zh="对方整体可疑，没有用", en="its answers are in doubt, not used"),
    "unsaid": Text(zh="没有说", en="it did not say"),
}
BY: Final = {
    "person": Text(zh="您自己办事时由系统取", en="fetched by the system while you applied"),
    "rule_set": Text(zh="由规则自动", en="by the rules"),
    "system": Text(zh="由系统自动", en="by the system"),
    "staff": Text(zh="工作人员", en="staff"),
}
AT_COUNTER: Final = Text(zh="到窗口办理时核对", en="Your visit at the counter")
CASE: Final = Text(zh="人工办理您的申请", en="A person decided your application")
FIELDS_OF_VISIT: Final = Text(zh="姓名、证件号码、要核对的原件", en="name, document number, the papers to be seen")


@require_safe
@gate(Right.READ_OWN_ACCESSES)
def show_accesses(visit: SignedVisit) -> HttpResponse:
    """Twenty looks a page, by day, the latest first."""
    language = language_of(visit)
    before = visit.GET.get("before", "")
    found = list_accesses(_subject(visit.actor), before=int(before) if _is_place(before) else None, most=PAGE + 1)
    looks = Looks(found[:PAGE], visit.actor, language)
    days = [{"day": _day(day, compute_legal_day(visit.now)), "looks": list(each)} for day, each in groupby(looks.rows, _day_of)]
    page = {"head": HEAD, "days": days, "more": found[PAGE - 1].seq if len(found) > PAGE else None, "is_first": not before}
    return render(visit, "portal/accesses/list.html", page)


@require_safe
@gate(Right.READ_OWN_ACCESSES)
def download_proof(visit: SignedVisit, seq: int) -> HttpResponse:
    """The proof of this look (DESIGN.md §7.4), for its subject alone."""
    if seq >= LARGEST or find_access(_subject(visit.actor), seq) is None:
        raise NotFound(NO_ACCESS)
    response = HttpResponse(json.dumps(prove(seq).to_json(), ensure_ascii=False, indent=1), content_type="application/json")
    response.headers["Content-Disposition"] = f'attachment; filename="access-{seq}-proof.json"'
    return response


def _subject(by: Actor) -> str:
    return pseudonym(by.acting_for or by.id)


def _is_place(text: str) -> bool:
    return text.isascii() and text.isdigit() and len(text) <= 18


def _day_of(row: Mapping[str, Any]) -> date:
    day: date = row["day"]
    return day


def _day(day: date, today: date) -> Text:
    if day == today:
        return Text(zh="今天", en="Today")
    year = "" if day.year == today.year else str(day.year)
    return Text(zh=f"{year + '年' if year else ''}{day.month}月{day.day}日", en=f"{day.day} {day:%B}{' ' + year if year else ''}")


class Looks:
    """Entries of the log in a reader's words: what they name is looked up once for all of them."""

    def __init__(self, entries: list[LoggedEntry], reader: Actor, language: Language) -> None:
        self.reader = reader
        self.resources = get_resources({str(each.body["resource"]) for each in entries if each.body.get("resource")})
        self.members = get_members({str(each.actor["id"]) for each in entries if each.actor["kind"] == "staff"})
        self.packages: dict[str, ServicePackage | None] = {}
        self.rows = [self._row(entry, language) for entry in entries]

    def _row(self, entry: LoggedEntry, language: Language) -> dict[str, Any]:
        body = entry.body
        number = str(body.get("number") or body.get("application") or "")
        package = self._package(number)
        resource = self.resources.get(str(body.get("resource")))
        member = self.members.get(str(entry.actor["id"])) if entry.actor["kind"] == "staff" else None
        local = entry.at.astimezone(LEGAL_ZONE)
        return {
            "seq": entry.seq, "day": local.date(), "time": f"{local:%H:%M}", "who": _who(entry, resource, member),
            "seal": seal_of(resource) if resource else "", "is_staff": member is not None,
            "verb": WRITTEN if entry.kind == "exchange.RecordPushed" else SUPPLY,
            "fields": _fields(entry, resource, package), "result": NOTHING.get(str(body.get("result", ""))),
            "by": BY.get(str(entry.actor["kind"]), BY["system"]), "number": number, "service": package.name if package else None,
            "for": CASE if entry.kind == "approval.CaseRead" else AT_COUNTER if entry.kind == "appointment.VisitRead" else None,
            "receipt": str(body.get("receipt") or "")[:8], "duty": str(body.get("duty") or ""),
            "is_proved": entry.seq is not None,
        }  # fmt: skip

    def _package(self, number: str) -> ServicePackage | None:
        """The rules of one's own case, for the words of its fields; none where their files are gone."""
        if number not in self.packages:
            application = find_application(number=number, reader=self.reader)
            try:
                self.packages[number] = get_service(application.service, application.version) if application else None
            except MiaopiError:
                self.packages[number] = None
        return self.packages[number]


def _who(entry: LoggedEntry, resource: Resource | None, member: Member | None) -> Text:
    if member is not None:
        office = _office(member.office)
        return Text(zh=f"{office.zh} {member.name.zh}".strip(), en=f"{member.name.en}, {office.en}".strip(", "))
    if resource is not None:
        return Text(zh=f"{resource.agency.name.zh}·{resource.name.zh}", en=f"{resource.agency.name.en}, {resource.name.en}")
    named = str(entry.body.get("agency") or entry.body.get("resource") or entry.actor["id"])
    return Text(zh=named, en=named)


def _office(named: str) -> Text:
    try:
        return get_office(named).name
    except NotFound:  # a department, or an office that the city does not list any more
        return Text(zh=named, en=named)


def _fields(entry: LoggedEntry, resource: Resource | None, package: ServicePackage | None) -> Text:
    """What was looked at, in words; a name that nobody knows any more is told as it is, never left out."""
    labels = {name: field.label for name, field in resource.fields.items()} if resource else {"name": NAME}
    if package is not None and resource is None:
        labels |= {name: spec.label for name, spec in package.definition.facts.items()}
    if entry.kind == "appointment.VisitRead":
        return FIELDS_OF_VISIT
    return join(labels.get(name, Text(zh=name, en=name)) for name in entry.body.get("fields", []))
