"""Agreements, their terms and their fields in words, for the departments that share and for whoever watches over them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from typing import Any

from miaopi.apps.catalogue.api import Field, Resource, get_resources, list_published
from miaopi.apps.exchange.api import (
    AGREEMENT_MOVES,
    Agreement,
    AgreementState,
    Terms,
    Visibility,
    describe_filter,
)
from miaopi.kernel.calendar import LEGAL_ZONE
from miaopi.kernel.wording import Text
from miaopi.portal.language import Language, show_moment
from miaopi.portal.wording.clocks import show_clock
from miaopi.portal.wording.sharing import CLOCKS, PRIVATE, SHARED, TONES, TYPES
from miaopi.portal.wording.sources import join, name_agencies, seal_of

AT_ONCE = Visibility()
INSTANT = timedelta(microseconds=1)


class Agreements:
    """A list of them; what they name is looked up once for all. One of a resource that the catalogue no longer has is left out."""

    def __init__(self, agreements: Iterable[Agreement], now: datetime, language: Language) -> None:
        self.now, self.language = now, language
        self.offices = name_agencies()
        self.services = {each.slug: each.name for each in list_published(now)}
        held = list(agreements)
        self.resources = get_resources({each.resource for each in held})
        self.rows = [self.describe(each) for each in held if each.resource in self.resources]

    def describe(self, agreement: Agreement) -> dict[str, Any]:
        resource = self.resources[agreement.resource]
        is_filed = agreement.state is AgreementState.FILED
        return {
            "id": agreement.id, "requester": self.offices.get(agreement.requester, Text(agreement.requester, agreement.requester)),
            "provider": resource.agency.name, "resource": resource.name, "resource_id": resource.id, "seal": seal_of(resource),
            "use": self.services.get(agreement.service, Text(agreement.service, agreement.service)),
            "is_service": agreement.service in self.services, "purpose": agreement.purpose, "ground": agreement.ground,
            "count": len(agreement.terms.fields),
            "fields": join(resource.fields[name].label for name in agreement.terms.fields if name in resource.fields),
            "state": AGREEMENT_MOVES.states[agreement.state], "tone": TONES[agreement.state], "is_filed": is_filed,
            "is_narrowed": agreement.is_narrowed, "clock_words": CLOCKS[agreement.clock],
            "clock": show_clock(agreement.due_at, None, self.now, self.language) if is_filed and agreement.due_at else None,
            "until": show_until(agreement.terms),
            "is_hidden": agreement.terms.visibility != AT_ONCE, "filed": show_moment(agreement.filed_at, self.language),
            "decided": show_moment(agreement.decided_at, self.language) if agreement.decided_at else "",
            "by_rule": agreement.decided_by.startswith("rule_set/"), "reason": agreement.reason, "basis": agreement.basis,
            "used_in_all": agreement.used_in_all, "used_today": agreement.count_today(self.now),
        }  # fmt: skip


def show_terms(terms: Terms, resource: Resource, now: datetime) -> list[tuple[Text, Text]]:
    """Term, quota, hours, rows and when a look is seen, each as a pair of what it is and what it says; what is not bound says so."""
    begins = f"{terms.starts_at.astimezone(LEGAL_ZONE):%Y-%m-%d}"
    until = show_until(terms)
    quota = [Text(zh=f"每天{n:,}次", en=f"{n:,} calls a day") for n in (terms.daily_quota,) if n]
    quota += [Text(zh=f"共{n:,}次", en=f"{n:,} calls in all") for n in (terms.total_quota,) if n]
    hours = Text(zh="全天", en="at all hours")
    if terms.opens is not None and terms.closes is not None:
        hours = Text(zh=f"每天{terms.opens:%H:%M}至{terms.closes:%H:%M}", en=f"{terms.opens:%H:%M} to {terms.closes:%H:%M} each day")
    rows = Text(zh="全部的人", en="everybody")
    if terms.row_filter:
        rows = describe_filter(resource, terms.row_filter, now) or Text(terms.row_filter, terms.row_filter)
    return [
        (Text(zh="期限", en="Term"), Text(zh=f"{begins}起，{until.zh}", en=f"from {begins}, {until.en}")),
        (Text(zh="次数", en="Calls"), join(quota) if quota else Text(zh="不限", en="no limit")),
        (Text(zh="时段", en="Hours"), hours),
        (Text(zh="哪些人", en="Whose rows"), rows),
        (Text(zh="当事人何时看到", en="When the person sees it"), show_visibility(terms)),
    ]


def show_visibility(terms: Terms) -> Text:
    """When looks are shown to the person, and the law by which that is not at once."""
    told = terms.visibility.to_text()
    if terms.visibility == AT_ONCE:
        return told
    return Text(zh=f"{told.zh}（{terms.hidden_by}）", en=f"{told.en} ({terms.hidden_by})")


def show_until(terms: Terms) -> Text:
    """The last day that it holds."""
    if terms.ends_at is None:
        return Text(zh="事项发布期间", en="while the service is published")
    last = (terms.ends_at - INSTANT).astimezone(LEGAL_ZONE)
    return Text(zh=f"到{last:%Y-%m-%d}", en=f"until {last:%Y-%m-%d}")


def describe_field(field: Field, tests: Mapping[str, str]) -> dict[str, Any]:
    return {
        "name": field.name, "label": field.label, "privacy": PRIVATE[field.privacy], "is_sensitive": field.privacy == "sensitive",
        "sharing": SHARED[field.sharing_type], "is_shut": field.sharing_type == "not_shared", "ground": field.legal_ground,
        "type": TYPES["L"] if field.name in tests else TYPES.get(field.type), "length": field.length, "test": tests.get(field.name, ""),
    }  # fmt: skip
