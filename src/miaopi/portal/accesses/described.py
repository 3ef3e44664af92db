"""Looks in a reader's words: who, what, when, what for, on which ground, and what came of her asking."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from miaopi.apps.application.api import find_application
from miaopi.apps.appointment.api import get_office
from miaopi.apps.audit.api import Actor, LoggedEntry
from miaopi.apps.catalogue.api import Resource, get_resources, get_service
from miaopi.apps.consent.api import get_consent
from miaopi.apps.exchange.api import (
    OBJECTION_MOVES,
    REFUSALS,
    Agreement,
    OwnObjection,
    RefusalCode,
    get_agreements,
    list_own_objections,
)
from miaopi.apps.identity.api import Member, get_members
from miaopi.definitions import ServicePackage
from miaopi.kernel.calendar import LEGAL_ZONE
from miaopi.kernel.errors import MiaopiError, NotFound
from miaopi.kernel.wording import Text
from miaopi.portal.language import Language, show_moment
from miaopi.portal.wording.clocks import show_day
from miaopi.portal.wording.looks import (
    BY,
    COMMON,
    GROUNDS,
    PLATFORM,
    REFUSED_KIND,
    SUPPLY,
    VERBS,
    WHAT_FOR,
    WHAT_OF,
)
from miaopi.portal.wording.sources import NOTHING, join, join_names, name_agencies, seal_of


class Looks:
    """Entries of the log in a reader's words: what they name is looked up once for all of them.

    Looks by which an agency takes the same of her again and again on one day, on the same duty, are one row.
    """

    def __init__(self, entries: list[LoggedEntry], reader: Actor, language: Language) -> None:
        self.reader, self.language = reader, language
        self.resources = get_resources({str(each.body["resource"]) for each in entries if each.body.get("resource")})
        self.members = get_members({str(each.actor["id"]) for each in entries if each.actor["kind"] == "staff"})
        self.agreements = get_agreements({name for each in entries for name in each.body.get("agreements") or ()})
        self.agencies = name_agencies() if entries else {}
        self.objections: dict[int, OwnObjection] = {}
        for each in reversed(list_own_objections(reader) if entries else []):
            self.objections[each.objection.look] = each
        self.packages: dict[str, ServicePackage | None] = {}
        self.consents: dict[str, datetime | None] = {}
        self.rows = _bundle(self._row(entry) for entry in entries)

    def _row(self, entry: LoggedEntry) -> dict[str, Any]:
        body = entry.body
        number, duty = str(body.get("number") or body.get("application") or ""), str(body.get("duty") or "")
        package = self._package(number)
        resource = self.resources.get(str(body.get("resource")))
        member = self.members.get(str(entry.actor["id"])) if entry.actor["kind"] == "staff" else None
        asked = self._find_asked(entry)
        local = entry.at.astimezone(LEGAL_ZONE)
        return {
            "day": local.date(), "day_here": show_day(local.date()),
            "who": self._who(entry, resource, member, asked), "seal": seal_of(resource) if resource else "",
            "is_staff": member is not None, "is_refused": entry.kind == REFUSED_KIND, "verb": VERBS.get(entry.kind, SUPPLY),
            "of": resource.name if resource and asked else None, "fields": _fields(entry, resource, package),
            "result": _result(entry), "by": BY.get(str(entry.actor["kind"]), BY["system"]),
            "number": number if package else "", "service": package.name if package else None,
            "for": WHAT_FOR.get(entry.kind) or _use(asked, duty),
            "source": join_names(resource) if resource else None,
            "receipt": str(body.get("receipt") or "")[:8], "consented": self._consented(str(body.get("receipt") or "")), "duty": duty,
            "ground": GROUNDS.get(entry.kind), "shown_from": entry.shown_from and show_moment(entry.shown_from, self.language),
            "entries": [{"seq": entry.seq, "time": f"{local:%H:%M}", "objection": self._objection(entry)}],
            "same": (local.date(), body.get("resource"), str(body.get("fields")), duty, str(body.get("agreements")), entry.kind),
        }  # fmt: skip

    def _who(self, entry: LoggedEntry, resource: Resource | None, member: Member | None, asked: Agreement | None) -> Text:
        """Who looked: the person, the agency that asked for it; or, where she set it going herself, the register that was asked."""
        if member is not None:
            office = self._office(member.office)
            return Text(zh=f"{office.zh} {member.name.zh}".strip(), en=f"{member.name.en}, {office.en}".strip(", "))
        if asked is not None:
            return self._office(asked.requester)
        if entry.actor["kind"] == "agency":
            return self._office(str(entry.actor["id"]))
        if entry.kind in GROUNDS:
            return PLATFORM
        if resource is not None:
            return join_names(resource)
        return self._office(str(entry.body.get("agency") or entry.body.get("resource") or entry.actor["id"]))

    def _office(self, named: str) -> Text:
        """A department, or an office where people are served; one that the city does not list any more as it is named."""
        if named in self.agencies:
            return self.agencies[named]
        try:
            return get_office(named).name
        except NotFound:
            return Text(zh=named, en=named)

    def _find_asked(self, entry: LoggedEntry) -> Agreement | None:
        """The agreement for which an agency asked, if the look stood on one and not on her application."""
        found = (self.agreements.get(each) for each in entry.body.get("agreements") or ())
        return next((each for each in found if each is not None and not each.is_by_rule), None) if entry.body.get("duty") else None

    def _objection(self, entry: LoggedEntry) -> dict[str, Any] | None:
        found = self.objections.get(entry.seq) if entry.seq is not None else None
        if found is None:
            return None
        return {"state": OBJECTION_MOVES.states[found.objection.state], "is_open": found.objection.is_open, "id": found.objection.id}

    def _consented(self, receipt: str) -> str:
        if receipt and receipt not in self.consents:
            try:
                self.consents[receipt] = get_consent(receipt).given_at
            except NotFound:
                self.consents[receipt] = None
        given_at = self.consents.get(receipt)
        return "" if given_at is None else show_moment(given_at, self.language)

    def _package(self, number: str) -> ServicePackage | None:
        """The rules of one's own case, for the words of its fields; none where their files are gone."""
        if number not in self.packages:
            application = find_application(number=number, reader=self.reader)
            try:
                self.packages[number] = get_service(application.service, application.version) if application else None
            except MiaopiError:
                self.packages[number] = None
        return self.packages[number]


def _bundle(rows: Iterable[dict[str, Any]]) -> list[dict[str, Any]]:
    bundled: list[dict[str, Any]] = []
    for row in rows:
        last = bundled[-1] if bundled else None
        if last is not None and row["duty"] and last["same"] == row["same"]:
            last["entries"] += row["entries"]
        else:
            bundled.append(row)
    return bundled


def _use(asked: Agreement | None, duty: str) -> Text | None:
    """What an agency wanted it for; where that is the duty, which is said beside it, the name of the use."""
    if asked is None:
        return None
    words = asked.service if asked.purpose == duty else asked.purpose
    return Text(zh=words, en=words)


def _result(entry: LoggedEntry) -> Text | None:
    if entry.kind == REFUSED_KIND:
        code = str(entry.body.get("code") or "")
        return REFUSALS.get(RefusalCode(code)) if code in set(RefusalCode) else None
    return NOTHING.get(str(entry.body.get("result", "")))


def _fields(entry: LoggedEntry, resource: Resource | None, package: ServicePackage | None) -> Text:
    """What was looked at, in words; a name that nobody knows any more is told as it is, never left out."""
    if entry.kind in WHAT_OF:
        return WHAT_OF[entry.kind]
    labels = COMMON | ({name: field.label for name, field in resource.fields.items()} if resource else {})
    if package is not None and resource is None:
        labels |= {name: spec.label for name, spec in package.definition.facts.items()}
    return join(labels.get(name, Text(zh=name, en=name)) for name in entry.body.get("fields", []))
