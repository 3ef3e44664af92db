"""The frame of an auditor's pages: the ways between them, and how whoever looked is called."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final

from django.http import HttpResponse
from django.shortcuts import render

from miaopi.apps.audit.api import ActorKind
from miaopi.apps.catalogue.api import list_published
from miaopi.apps.exchange.api import Looker, list_diligence
from miaopi.apps.identity.api import get_members
from miaopi.kernel.wording import Text
from miaopi.portal.gate import SignedVisit
from miaopi.portal.wording.sources import name_agencies
from miaopi.portal.wording.watching import DONE

NAVIGATION: Final[tuple[tuple[tuple[str, Text], ...], ...]] = (
    (
        ("watch", Text(zh="概览", en="Overview")),
        ("watch_clues", Text(zh="异常线索", en="Clues")),
        ("watch_refusals", Text(zh="拒绝", en="Refusals")),
    ),
    (
        ("watch_deferrals", Text(zh="暂不显示", en="Not shown yet")),
        ("watch_objections", Text(zh="访问异议", en="Objections")),
        ("watch_ledger", Text(zh="账本", en="The log")),
    ),
)
HOUSE: Final = Text(zh="平台", en="the platform")
PAGE: Final = 20


def show(visit: SignedVisit, template: str, page: Mapping[str, object], *, here: str, status: int = 200) -> HttpResponse:
    """A page of the watch; `here` is the name of the one of the navigation that it stands under."""
    counts = {"watch_objections": sum(each.overdue for each in list_diligence(visit.now))}
    ways = [
        [{"page": name, "text": text, "is_here": name == here, "count": counts.get(name, 0)} for name, text in group]
        for group in NAVIGATION
    ]
    frame = {"ways": ways, "done": DONE.get(visit.GET.get("done", ""))}
    return render(visit, f"portal/desk/watch/{template}.html", {**frame, **page}, status=status)


class Names:
    """How offices, services and those who looked are called; members of staff are looked up once for all of a page."""

    def __init__(self, visit: SignedVisit, lookers: Iterable[Looker] = ()) -> None:
        self.offices = name_agencies()
        self.services = {each.slug: each.name for each in list_published(visit.now)}
        self.members = get_members({each.id for each in lookers if each.kind == ActorKind.STAFF})

    def name_office(self, office: str) -> Text:
        return self.offices.get(office, Text(office, office)) if office else HOUSE

    def name_looker(self, looker: Looker) -> Text:
        """An agency, or a member of staff with her office; what the house did by itself is called by its service."""
        if looker.kind == ActorKind.STAFF:
            member = self.members.get(looker.id)
            if member is None:
                return Text(looker.id, looker.id)
            office = self.name_office(member.office) if member.office else Text("", "")
            return Text(zh=f"{office.zh}{member.name.zh}", en=f"{member.name.en}, {office.en}".strip(", "))
        if looker.kind == ActorKind.AGENCY:
            return self.name_office(looker.id)
        service = self.services.get(looker.id)
        return HOUSE if service is None else Text(zh=f"平台：{service.zh}", en=f"the platform: {service.en}")


def read_place(visit: SignedVisit, name: str) -> int | None:
    """A number of the query: the position that a page begins before, or how many rows it leaves out."""
    said = visit.GET.get(name, "")
    return int(said) if said.isascii() and said.isdigit() and len(said) <= 18 else None


def cut(rows: Sequence[Any], skip: int) -> dict[str, object]:
    """Rows that were asked for with one more than fit: those of this page, and where the one before it and the next begin."""
    return {"rows": rows[:PAGE], "next": skip + PAGE if len(rows) > PAGE else None, "back": max(0, skip - PAGE) if skip else None}
