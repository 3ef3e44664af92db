"""The one visit after an approval: choose a time, change it, give it back; and all her appointments."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any, Final

from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from miaopi.apps.appointment.api import (
    Appointment,
    Offer,
    VisitState,
    VisitView,
    book_slot,
    cancel_slot,
    find_visit,
    list_slots,
    list_visits_of,
    move_slot,
)
from miaopi.apps.audit.api import Actor
from miaopi.apps.catalogue.api import get_published
from miaopi.apps.identity.api import Right
from miaopi.kernel.calendar import LEGAL_ZONE, compute_legal_day
from miaopi.kernel.errors import InputError, NotFound
from miaopi.kernel.wording import Text
from miaopi.portal.gate import SignedVisit, Visit, gate
from miaopi.portal.language import Language, in_language, language_of

NOON: Final = 12
DAYS_SHOWN: Final = 10
WEEKDAYS: Final = "一二三四五六日"
NOTHING: Final = Text(zh="这件事不用到场。", en="This needs no visit.")
MORNING, AFTERNOON = Text(zh="上午", en="Morning"), Text(zh="下午", en="Afternoon")
STATES: Final = {
    VisitState.DONE: Text(zh="已到场", en="Done"),
    VisitState.LAPSED: Text(zh="已过期", en="Lapsed"),
    VisitState.CLOSED: Text(zh="不用到场了", en="Not needed any more"),
}


def show_weekday(day: date) -> Text:
    return Text(zh=f"周{WEEKDAYS[day.weekday()]}", en=f"{day:%a}")


def show_day(day: date) -> Text:
    """`11月24日（周二）`, `Tue 24 November`."""
    return Text(zh=f"{day.month}月{day.day}日（{show_weekday(day).zh}）", en=f"{day:%a} {day.day} {day:%B}")


def show_appointment(appointment: Appointment) -> dict[str, Any]:
    begins, ends = appointment.starts_at.astimezone(LEGAL_ZONE), appointment.ends_at.astimezone(LEGAL_ZONE)
    return {
        "day": show_day(begins.date()), "time": f"{begins:%H:%M}", "ends": f"{ends:%H:%M}", "ticket": appointment.ticket,
        "office": appointment.office.name, "address": appointment.office.address, "at": begins,
    }  # fmt: skip


def show_visit(
    visit: VisitView | None, reader: Actor, now: datetime, *, office: str | None = None, day: str | None = None
) -> dict[str, Any] | None:
    """What a page says of a visit: papers, last day, the appointment, or what can be chosen while there is none."""
    if visit is None:
        return None
    is_open = visit.state is VisitState.INVITED and compute_legal_day(now) <= visit.valid_to
    shown: dict[str, Any] = {
        "number": visit.number, "act": visit.act_name, "until": show_day(visit.valid_to), "is_open": is_open,
        "papers": [{"name": paper.name, "check": paper.check} for paper in visit.papers],
        "appointment": show_appointment(visit.appointment) if visit.appointment is not None else None,
        "state": STATES.get(visit.state) or (None if is_open else STATES[VisitState.LAPSED]),
        "is_done": visit.state is VisitState.DONE, "ended": show_day(visit.ended_on) if visit.ended_on else None,
    }  # fmt: skip
    if is_open and visit.appointment is None:
        shown["offer"] = show_offer(list_slots(number=visit.number, reader=reader, now=now, office=office, day=read_day(day)))
    return shown


def read_day(text: str | None) -> date | None:
    """A day as a link wrote it; what is none chooses none."""
    try:
        return date.fromisoformat(text) if text else None
    except ValueError:
        return None


def show_offer(offer: Offer) -> dict[str, Any]:
    halves: dict[bool, list[dict[str, Any]]] = {True: [], False: []}
    for slot in offer.slots:
        begins = slot.starts_at.astimezone(LEGAL_ZONE)
        halves[begins.hour < NOON].append({"id": slot.id, "time": f"{begins:%H:%M}", "free": slot.free})
    return {
        "office": offer.office,
        "offices": [{"id": each.id, "name": each.name, "is_here": each.id == offer.office.id} for each in offer.offices],
        "days": [
            {"iso": day.isoformat(), "day": day.day, "weekday": show_weekday(day), "free": free, "is_here": day == offer.day}
            for day, free in list(offer.days.items())[:DAYS_SHOWN]
        ],
        "day": offer.day and show_day(offer.day), "iso": offer.day and offer.day.isoformat(),
        "halves": [{"name": name, "slots": halves[half]} for half, name in ((True, MORNING), (False, AFTERNOON)) if halves[half]],
        "is_empty": not any(slot.free for slot in offer.slots),
    }  # fmt: skip


@require_http_methods(["GET", "HEAD", "POST"])
@gate(Right.BOOK_APPOINTMENT)
def choose_slot(visit: SignedVisit, number: str) -> HttpResponse:
    """Book a time, or another one instead of that which is held. What is full by now is said beside what is still free."""
    found = find_visit(number=number, reader=visit.actor)
    if found is None:
        raise NotFound(NOTHING)
    problem = None
    if visit.method == "POST":
        change = move_slot if found.appointment is not None else book_slot
        try:
            change(number=number, slot=visit.POST.get("slot", ""), by=visit.actor, now=visit.now)
            return _to_result(visit, number)
        except InputError as error:
            problem = {"anchor": "slots", "field": "slot", "text": error.text}
    if found.state is not VisitState.INVITED:
        return _to_result(visit, number)
    office, day = visit.POST.get("office") or visit.GET.get("office"), visit.POST.get("day") or visit.GET.get("day")
    offer = list_slots(number=number, reader=visit.actor, now=visit.now, office=office or None, day=read_day(day))
    page = {
        "number": number, "offer": show_offer(offer), "problem": problem, "act": found.act_name, "until": show_day(found.valid_to),
        "papers": [paper.name for paper in found.papers],
        "held": show_appointment(found.appointment) if found.appointment is not None else None,
        "choosing": in_language(reverse("visit", args=[number]), language_of(visit)),
    }  # fmt: skip
    return render(visit, "portal/mine/visit.html", page, status=422 if problem else 200)


@require_POST
@gate(Right.BOOK_APPOINTMENT)
def give_back(visit: SignedVisit, number: str) -> HttpResponse:
    cancel_slot(number=number, by=visit.actor, now=visit.now)
    return _to_result(visit, number)


def _to_result(visit: Visit, number: str) -> HttpResponse:
    return HttpResponseRedirect(in_language(reverse("result", args=[number]), language_of(visit)) + "#visit")


@require_safe
@gate(Right.BOOK_APPOINTMENT)
def show_appointments(visit: SignedVisit) -> HttpResponse:
    rows = [show_row(each, visit.now, language_of(visit)) for each in list_visits_of(reader=visit.actor)]
    page = {"open": [row for row in rows if row["is_open"]], "past": [row for row in rows if not row["is_open"]]}
    return render(visit, "portal/mine/appointments.html", page)


def show_row(found: VisitView, now: datetime, language: Language) -> dict[str, Any]:
    is_open = found.state is VisitState.INVITED and compute_legal_day(now) <= found.valid_to
    return {
        "number": found.number, "service": get_published(found.service, now).name, "act": found.act_name, "is_open": is_open,
        "papers": [paper.name for paper in found.papers], "until": show_day(found.valid_to),
        "appointment": show_appointment(found.appointment) if found.appointment is not None else None,
        "state": STATES.get(found.state) or STATES[VisitState.LAPSED],
    }  # fmt: skip
