"""Looks that the person does not see yet: whose they are, on which law, until when; and an auditor's two acts, to renew and to release."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Any, Final
from urllib.parse import urlencode

from django.http import HttpResponse
from django.views.decorators.http import require_POST, require_safe

from miaopi.apps.audit.api import Hidden, count_hidden
from miaopi.apps.catalogue.api import Resource, get_resources
from miaopi.apps.exchange.api import (
    OWN_NUMBER,
    Deferral,
    count_deferrals,
    get_deferral,
    list_deferrals,
    release_looks,
    renew_deferral,
    watch_sharing,
)
from miaopi.apps.identity.api import Right
from miaopi.kernel.calendar import LEGAL_ZONE
from miaopi.kernel.errors import InputError
from miaopi.kernel.wording import Text
from miaopi.portal.auditors.frame import PAGE, Names, cut, read_place, show
from miaopi.portal.gate import SignedVisit, gate
from miaopi.portal.language import Language, language_of, lead_to, show_moment
from miaopi.portal.problems import describe_problem
from miaopi.portal.wording.watching import CLASSES

HERE: Final = "watch_deferrals"
NONE: Final = Hidden(0, 0, None, None)
ANCHORS: Final = {"until": "until", "reason": "reason", "ground": "ground"}
NO_DAY: Final = Text(zh="请写到哪一天。", en="Say until which day.")


@require_safe
@gate(Right.RENEW_DEFERRAL)
def show_deferrals(visit: SignedVisit) -> HttpResponse:
    """By agency and law, the newest first."""
    agency, law, skip = visit.GET.get("agency"), visit.GET.get("law"), read_place(visit, "skip") or 0
    watch_sharing(page="deferrals", by=visit.actor, now=visit.now)
    found = list_deferrals(requester=agency, law=law, skip=skip, most=PAGE + 1, reader=visit.actor)
    names = Names(visit)
    rows = _describe_all(found, names, visit.now, language_of(visit))
    page = {
        "groups": [
            {"agency": each, "law": ground, "name": names.name_office(each), "count": count, "is_here": (each, ground) == (agency, law)}
            for (each, ground), count in count_deferrals(reader=visit.actor).items()
        ],
        "is_all": agency is None and law is None, "query": _keep(agency, law), **cut(rows, skip),
    }  # fmt: skip
    return show(visit, "deferrals", page, here=HERE)


@require_safe
@gate(Right.RENEW_DEFERRAL)
def show_deferral(visit: SignedVisit, deferral: str) -> HttpResponse:
    return _show(visit, get_deferral(deferral, reader=visit.actor))


@require_POST
@gate(Right.RENEW_DEFERRAL)
def renew(visit: SignedVisit, deferral: str) -> HttpResponse:
    """Shown no earlier than the beginning of a day."""

    def work() -> object:
        until = _read_day(visit.POST.get("until", ""))
        return renew_deferral(deferral=deferral, until=until, reason=visit.POST.get("reason", ""), by=visit.actor, now=visit.now)

    return _do(visit, deferral, work, "renewed")


@require_POST
@gate(Right.RELEASE_LOOKS)
def release(visit: SignedVisit, deferral: str) -> HttpResponse:
    """Shown from now on, by the decision of a court or an authority."""
    return _do(
        visit, deferral,
        lambda: release_looks(deferral=deferral, ground=visit.POST.get("ground", ""), by=visit.actor, now=visit.now), "released",
    )  # fmt: skip


def _do(visit: SignedVisit, deferral: str, work: Callable[[], object], done: str) -> HttpResponse:
    standing = get_deferral(deferral, reader=visit.actor)
    try:
        work()
    except InputError as error:
        return _show(visit, standing, error, done)
    return lead_to(visit, "watch_deferral", deferral, done=done)


def _show(visit: SignedVisit, deferral: Deferral, error: InputError | None = None, act: str = "") -> HttpResponse:
    watch_sharing(page="deferral", by=visit.actor, now=visit.now)
    [row] = _describe_all([deferral], Names(visit), visit.now, language_of(visit))
    page = {
        "it": row, "problem": describe_problem(error, ANCHORS), "act": act if error else "",
        "until": visit.POST.get("until", ""), "reason": visit.POST.get("reason", ""), "ground": visit.POST.get("ground", ""),
    }  # fmt: skip
    return show(visit, "deferral", page, here=HERE, status=error.status if error else 200)


def _describe_all(deferrals: Sequence[Deferral], names: Names, now: datetime, language: Language) -> list[dict[str, Any]]:
    resources = get_resources({each.resource for each in deferrals})
    hidden = count_hidden({each.id for each in deferrals}, now=now)
    return [_describe(each, hidden.get(each.id, NONE), resources, names, language) for each in deferrals]


def _describe(
    each: Deferral, hidden: Hidden, resources: Mapping[str, Resource], names: Names, language: Language
) -> dict[str, Any]:
    def moment(at: datetime | None) -> Text | None:
        """With its year: it may be months ahead."""
        if at is None:
            return None
        local = at.astimezone(LEGAL_ZONE)
        return Text(zh=f"{local.year}年{local.month}月{local.day}日{local:%H:%M}", en=f"{local.day} {local:%b %Y %H:%M}")

    return {
        "id": each.id, "resource": resources[each.resource].name if each.resource in resources else Text(each.resource, each.resource),
        "who": names.name_office(each.requester), "law": each.law, "matter": each.matter.removeprefix(OWN_NUMBER),
        "class": CLASSES[each.visibility.shown],
        "terms": each.visibility.to_text(), "hidden": hidden.hidden, "shown": hidden.shown, "next": moment(hidden.next_at),
        "last": moment(hidden.last_at), "opened": show_moment(each.opened_at, language), "renewals": each.renewals,
        "released": moment(each.released_at), "is_open": hidden.hidden > 0, "may_renew": hidden.next_at is not None,
        "agreement": each.agreement,
    }  # fmt: skip


def _keep(agency: str | None, law: str | None) -> str:
    """What the pages of one list are asked with."""
    return urlencode({name: value for name, value in (("agency", agency), ("law", law)) if value is not None}) + "&"


def _read_day(written: str) -> datetime:
    try:
        return datetime.fromisoformat(written.strip()).replace(tzinfo=LEGAL_ZONE)
    except ValueError:
        raise InputError("until", NO_DAY, Text(zh="", en="")) from None
