"""The frame of the steward's pages: whose data they are, and the ways between them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from django.http import HttpResponse
from django.shortcuts import render

from miaopi.apps.exchange.api import count_waiting, list_registers
from miaopi.kernel.wording import Text
from miaopi.portal.gate import SignedVisit
from miaopi.portal.wording.sharing import DONE
from miaopi.portal.wording.sources import name_agencies

# Pages by name: what waits for the steward first, then what she looks up; a new page of the desk adds its line here.
NAVIGATION: Final[tuple[tuple[tuple[str, Text], ...], ...]] = (
    (
        ("data", Text(zh="概览", en="Overview")),
        ("data_requests", Text(zh="申请", en="Requests")),
        ("data_disputes", Text(zh="数据异议", en="Disputes")),
        ("data_objections", Text(zh="访问异议", en="Objections")),
    ),
    (
        ("data_catalogue", Text(zh="目录", en="Catalogue")),
        ("data_agreements", Text(zh="协议", en="Agreements")),
        ("data_corrections", Text(zh="更正", en="Corrections")),
        ("data_failures", Text(zh="故障", en="Failures")),
        ("data_quality", Text(zh="质量", en="Quality")),
        ("data_flow", Text(zh="流量", en="Flow")),
        ("data_registers", Text(zh="基础库", en="Base registers")),
        ("data_keys", Text(zh="密钥", en="Keys")),
    ),
)


def office_of(visit: SignedVisit) -> str:
    """The agency of whoever is signed in; nothing for anybody else."""
    return visit.member.office if visit.member else ""


def show(visit: SignedVisit, template: str, page: Mapping[str, object], *, here: str, status: int = 200) -> HttpResponse:
    """A page of the desk; `here` is the name of the one of the navigation that it stands under."""
    office = office_of(visit)
    counts = _count(office)
    frame = {
        "ways": [
            [{"page": name, "text": text, "is_here": name == here, "count": counts.get(name, 0)} for name, text in group]
            for group in NAVIGATION
        ],
        "office": name_agencies().get(office, Text(zh=office, en=office)),
        "done": DONE.get(visit.GET.get("done", "")),
    }
    return render(visit, f"portal/desk/data/{template}.html", {**frame, **page}, status=status)


def _count(office: str) -> Mapping[str, int]:
    """What waits, by the page on which it is answered."""
    waiting = count_waiting(agency=office, registers=[id for id, each in list_registers().items() if each.agency == office])
    return {
        "data_requests": waiting.requests, "data_disputes": waiting.disputes, "data_objections": waiting.objections,
        "data_registers": waiting.duplicates,
    }  # fmt: skip
