"""The page about oneself, the messages that were written to her, and the months that were paid."""

from __future__ import annotations

from typing import Any, Final

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_POST, require_safe

from miaopi.apps.audit.api import list_released
from miaopi.apps.catalogue.api import list_published
from miaopi.apps.exchange.api import DisputeState, list_own_disputes, list_own_objections
from miaopi.apps.identity.api import Right, pseudonym
from miaopi.apps.notification.api import count_unread, list_messages, mark_all_read
from miaopi.apps.treasury.api import Payment, list_payments
from miaopi.kernel.wording import Text, write
from miaopi.portal.accesses.looks import RECENT
from miaopi.portal.citizen.cases import open_visits
from miaopi.portal.gate import SignedVisit, gate
from miaopi.portal.language import Language, language_of, lead_to, show_moment

MOST: Final = 50
PAYMENT_STATES: Final = {
    "held": (Text(zh="暂缓，在核对", en="Held for a check"), "refer"),
    "listed": (Text(zh="已列入发放名单", en="On the list"), "wait"),
    "sending": (Text(zh="正在发放", en="Being paid"), "wait"),
    "paid": (Text(zh="已到账", en="Paid"), "approve"),
    "cancelled": (Text(zh="不发", en="Not paid"), "refuse"),
    "returned": (Text(zh="银行退回，我们会再发", en="Sent back by the bank; we try again"), "supplement"),
}


@require_safe
@gate(Right.READ_OWN_APPLICATION)
def show_me(visit: SignedVisit) -> HttpResponse:
    page = {
        "unread": count_unread(reader=visit.actor), "visits": len(open_visits(visit)),
        "payments": len(list_payments(reader=visit.actor)),
        "disputes": sum(each.state is DisputeState.FILED for each in list_own_disputes(reader=visit.actor)),
        "released": len(list_released(pseudonym(visit.actor.party), now=visit.now, since=visit.now - RECENT)),
        "unexplained": sum(each.objection.is_open for each in list_own_objections(visit.actor)),
    }  # fmt: skip
    return render(visit, "portal/mine/me.html", page)


@require_safe
@gate(Right.READ_OWN_MESSAGES)
def show_messages(visit: SignedVisit) -> HttpResponse:
    language = language_of(visit)
    rows = [
        {"text": message.text, "number": message.number, "status": message.status_words, "is_read": message.is_read,
         "at": message.written_at, "time": show_moment(message.written_at, language), "is_lost": message.undelivered_at is not None}
        for message in list_messages(reader=visit.actor, most=MOST)
    ]  # fmt: skip
    return render(visit, "portal/mine/messages.html", {"messages": rows, "unread": sum(not row["is_read"] for row in rows)})


@require_POST
@gate(Right.READ_OWN_MESSAGES)
def read_messages(visit: SignedVisit) -> HttpResponse:
    mark_all_read(by=visit.actor, now=visit.now)
    return lead_to(visit, "messages")


@require_safe
@gate(Right.READ_OWN_PAYMENTS)
def show_payments(visit: SignedVisit) -> HttpResponse:
    names = {each.slug: each.name for each in list_published(visit.now)}
    language = language_of(visit)
    paid = list_payments(reader=visit.actor)
    rows = [{**show_payment(each, language), "service": names.get(each.service, each.service)} for each in paid]
    return render(visit, "portal/mine/payments.html", {"payments": rows})


def show_payment(payment: Payment, language: Language) -> dict[str, Any]:
    state, tone = PAYMENT_STATES[payment.state]
    when = payment.paid_at or (payment.due_at if payment.state in ("listed", "sending") else None)
    return {
        "month": write(payment.month), "amount": payment.amount, "state": state, "tone": tone, "number": payment.number,
        "time": show_moment(when, language) if when else "", "is_paid": payment.paid_at is not None,
    }  # fmt: skip
