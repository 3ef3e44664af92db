"""Questions that another platform answers later: asked once, counted against its quota of the day, collected by their ticket.

A case that waits asks again and again; what goes out is one request, and what it costs its agreement is one call. Its name stands in the
database before it is sent, so that two processes send it once, and so that one whose answer was lost is sent again under the same name,
which the platform counts once. An answer in pages costs its quota one more for each further page, once, however often it is collected.
"""

from __future__ import annotations

import secrets
from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from datetime import datetime, time, timedelta
from typing import Final

from django.db.models import Case, F, Q, Value, When

from miaopi.apps.audit.api import Actor, act
from miaopi.apps.exchange import models
from miaopi.apps.exchange.actions.access import Paid, Part
from miaopi.apps.exchange.actions.charging import give_back_calls
from miaopi.apps.exchange.actions.grounds import AgencyDuty, Asks, Duty, Ground
from miaopi.apps.exchange.adapters.directory import city_directory
from miaopi.apps.exchange.adapters.lines import Call, Until, ask_side_by_side
from miaopi.apps.exchange.adapters.port import (
    Answer,
    Awaited,
    Hindered,
    Hindrance,
    Partial,
    Question,
)
from miaopi.apps.exchange.adapters.registers.numbers import ask_by_every_number
from miaopi.apps.identity.api import PartyId, pseudonym, seal, unseal
from miaopi.kernel.calendar import LEGAL_ZONE, compute_legal_day
from miaopi.kernel.frozen import frozen
from miaopi.kernel.ledger import canonical_json

KEEPS: Final = timedelta(days=1)  # what was sent and not acknowledged; the platform says how long it keeps the rest
SENDS_AGAIN_AFTER: Final = timedelta(seconds=30)  # longer than any limit of an agency: nobody is sending it any more

Taken = models.UpstreamTicket | Answer


@frozen
class Bill:
    """All that a pull is to bring, and what of that was charged before: by resource, the agreements."""

    asks: Asks
    paid: Paid


def ask_or_collect(
    calls: Sequence[Call], parts: Sequence[Part], bill: Bill, *, subject: PartyId, ground: Ground | Duty, deadline: timedelta, by: Actor,
    now: datetime,
) -> list[Answer | None]:
    """As `ask_by_every_number`, with what is answered later asked once and collected when it is there. `parts`: of each call."""
    seconds, quotas = deadline.total_seconds(), city_directory().configuration.daily_quotas
    later = [at for at, call in enumerate(calls) if call.line is not None and call.question.place.agency in quotas]
    if not later:
        return ask_by_every_number(calls, seconds=seconds)
    until = Until(seconds)
    agencies = sorted({calls[at].question.place.agency for at in later})
    with act(by=by, now=now):
        _lock_quotas(agencies, now)
        taken = {at: _take(calls[at].question, parts[at], bill, quotas, subject, ground, now) for at in later}
    tickets = {at: each for at, each in taken.items() if isinstance(each, models.UpstreamTicket)}
    sent = [at for at in range(len(calls)) if at in tickets or at not in taken]
    asked = [replace(calls[at], question=_with_ticket(calls[at].question, tickets.get(at))) for at in sent]
    answers: dict[int, Answer | None] = {at: each for at, each in taken.items() if not isinstance(each, models.UpstreamTicket)}
    answers |= zip(sent, ask_by_every_number(asked, seconds=seconds), strict=True)
    while more := {at: answer for at in tickets if isinstance(answer := answers[at], Partial)}:
        with act(by=by, now=now):
            _lock_quotas(agencies, now)
            paid = [at for at, answer in more.items() if until.is_left and _charge_page(tickets[at], answer, quotas, now)]
        answers |= dict.fromkeys(more, Hindered(Hindrance.UPSTREAM_QUOTA, was_asked=False) if until.is_left else None)
        further = [replace(calls[at], question=_with_ticket(calls[at].question, tickets[at], more[at])) for at in paid]
        answers |= zip(paid, ask_side_by_side(further, seconds=until.left), strict=True)
    with act(by=by, now=now):
        _lock_quotas(agencies, now)
        answers |= {at: _settle(ticket, answers[at], quotas, now) for at, ticket in tickets.items()}
        give_back_calls(_find_unasked(parts, bill, answers), compute_legal_day(now))
    return [answers[at] for at in range(len(calls))]


def find_bill(asks: Asks, *, subject: PartyId, ground: Ground | Duty, now: datetime) -> Bill:
    """Paid is what a pull of this case for just these fields was charged for before, and its answer is still to come."""
    configuration = city_directory().configuration
    quotas = configuration.daily_quotas
    known = [configuration.resources[resource] for resource in asks if quotas and resource in configuration.resources]
    later = [each.id for each in known if any(source.place.agency in quotas for source in each.sources)]
    if not later:
        return Bill(asks, {})
    charges = [_compute_charge(resource, asks[resource], ground) for resource in later]
    tickets = models.UpstreamTicket.objects.filter(agency__in=quotas, resource__in=later, subject=pseudonym(subject))  # as they are indexed
    found: dict[str, frozenset[str]] = {}
    for row in tickets.filter(charge__in=charges, expires_at__gt=now):
        found[row.resource] = found.get(row.resource, frozenset()).union(row.paid_by)
    return Bill(asks, found)


def _find_unasked(parts: Sequence[Part], bill: Bill, answers: Mapping[int, Answer | None]) -> frozenset[str]:
    """Agreements that this pull was charged a call of, although nobody was asked for anything by them: the quota of the other platform
    was spent, its catalogue does not have it, or somebody else asks for the very same and pays."""
    charged = {at: part.agreements for at, part in enumerate(parts) if part.resource not in bill.paid}
    asked = {each for at, agreements in charged.items() if not _is_unasked(answers[at]) for each in agreements}
    return frozenset(each for agreements in charged.values() for each in agreements) - asked


def _is_unasked(answer: Answer | None) -> bool:
    match answer:
        case Awaited(was_asked=False) | Hindered(was_asked=False) | Hindered(why=Hindrance.UPSTREAM_QUOTA):
            return True
    return False


def forget_tickets(*, by: Actor, now: datetime) -> int:
    """Let go of those that are good no longer, collected or not: their cases were withdrawn, or ask anew. How many."""
    with act(by=by, now=now):
        forgotten, _ = models.UpstreamTicket.objects.filter(expires_at__lte=now).delete()
    return forgotten


def _lock_quotas(agencies: Sequence[str], now: datetime) -> None:
    """Before anything of a ticket is touched, always in this order: who holds a ticket and wants the quota would wait for whoever
    holds the quota and wants the ticket."""
    rows = [models.UpstreamQuota(agency=agency, used_on=compute_legal_day(now)) for agency in agencies]
    models.UpstreamQuota.objects.bulk_create(rows, ignore_conflicts=True)
    list(models.UpstreamQuota.objects.select_for_update().filter(agency__in=agencies).order_by("agency"))


def _take(
    question: Question, part: Part, bill: Bill, quotas: Mapping[str, int], subject: PartyId, ground: Ground | Duty, now: datetime
) -> Taken:
    """The ticket to go on with, or the answer for now: somebody else is sending it, it is not due yet, or nothing is left of the day."""
    place = question.place
    name, digest = pseudonym(subject), _compute_digest(question, ground)
    known = models.UpstreamTicket.objects.filter(agency=place.agency, resource=place.resource, subject=name, digest=digest)
    known.filter(expires_at__lte=now).delete()
    made = models.UpstreamTicket(
        id=secrets.token_hex(16), agency=place.agency, resource=place.resource, subject=name, digest=digest, asked_at=now, sent_at=now,
        expected_at=now, expires_at=now + KEEPS, charge=_compute_charge(place.resource, bill.asks[place.resource], ground),
        paid_by=list(part.agreements),
    )  # fmt: skip
    models.UpstreamTicket.objects.bulk_create([made], ignore_conflicts=True)
    row = known.get()
    if row.id == made.id:
        if _charge(place.agency, quotas[place.agency], now):
            return row
        row.delete()
        return Hindered(Hindrance.UPSTREAM_QUOTA, was_asked=False)
    if row.ticket is not None and row.expected_at <= now:
        return row
    if row.ticket is None and known.filter(ticket=None, sent_at__lte=now - SENDS_AGAIN_AFTER).update(sent_at=now):
        return row
    return Awaited("", asked_at=row.asked_at, expected=row.expected_at, expires=row.expires_at, was_asked=False)


def _settle(row: models.UpstreamTicket, answer: Answer | None, quotas: Mapping[str, int], now: datetime) -> Answer | None:
    """Keep what was learnt of the ticket; with the answer it goes."""
    rows = models.UpstreamTicket.objects.filter(id=row.id)
    match answer:
        case None:  # whether it was taken nobody knows: the same request is sent, or collected, again
            return None
        case Awaited(ticket=ticket):
            if ticket:
                expires = answer.expires or row.expires_at
                rows.update(ticket=seal(ticket.encode(), context=_context(row)), expected_at=answer.expected, expires_at=expires)
            else:
                rows.delete()
            return replace(answer, asked_at=row.asked_at)
        case Hindered(why=Hindrance.SCHEMA_CHANGED):
            rows.delete()
            if not answer.was_asked:
                _give_back(row)
        case Hindered(why=Hindrance.NUMBER_IN_DOUBT):  # nobody was asked; an answer that waits there waits on
            if row.ticket is None:
                rows.delete()
                _give_back(row)
        case Hindered(why=Hindrance.UPSTREAM_QUOTA):
            if row.ticket is None:
                rows.delete()
            else:  # it has an answer, whose next page costs more than is left: nobody calls before the next legal day
                rows.update(expected_at=_next_legal_day(now))
            if answer.was_asked:
                models.UpstreamQuota.objects.filter(agency=row.agency, used_on=compute_legal_day(now)).update(used_today=quotas[row.agency])
        case _:
            rows.delete()
    return answer


def _charge(agency: str, daily: int, now: datetime) -> bool:
    """Count one request of today, or of tomorrow where that has begun meanwhile; one statement, so that the last one is had once."""
    today = compute_legal_day(now)
    is_counted = Q(used_on__range=(today, today + timedelta(days=1)))
    counted = models.UpstreamQuota.objects.filter(~is_counted | Q(used_today__lt=daily), agency=agency).update(
        used_on=Case(When(is_counted, then=F("used_on")), default=Value(today)),
        used_today=Case(When(is_counted, then=F("used_today") + 1), default=Value(1)),
    )
    return bool(counted)


def _charge_page(row: models.UpstreamTicket, so_far: Partial, quotas: Mapping[str, int], now: datetime) -> bool:
    """Count the next page, unless it was counted when it was collected before; the first came with the request. A ticket that is gone
    was collected by another process meanwhile, which paid for all of them."""
    page = len(so_far.cursors)
    unpaid = models.UpstreamTicket.objects.filter(id=row.id, pages__lt=page)
    if not unpaid.exists():
        return True
    if not _charge(row.agency, quotas[row.agency], now):
        return False
    unpaid.update(pages=page)
    return True


def _give_back(row: models.UpstreamTicket) -> None:
    """Nothing was sent."""
    counted = models.UpstreamQuota.objects.filter(agency=row.agency, used_on=compute_legal_day(row.asked_at), used_today__gt=0)
    counted.update(used_today=F("used_today") - 1)


def _next_legal_day(now: datetime) -> datetime:
    return datetime.combine(compute_legal_day(now) + timedelta(days=1), time(), LEGAL_ZONE)


def _with_ticket(question: Question, row: models.UpstreamTicket | None, so_far: Partial | None = None) -> Question:
    if row is None:
        return question
    ticket = "" if row.ticket is None else unseal(bytes(row.ticket), context=_context(row)).decode()
    return replace(question, request=row.id, ticket=ticket, so_far=so_far)


def _compute_digest(question: Question, ground: Ground | Duty) -> str:
    """Tells a question of a case from every other; under a key, for what it asks about a person could be guessed."""
    asked = {
        **_name_case(ground), "columns": list(question.columns), "where": [term.to_json() for term in question.where],
        "tests": {name: [term.to_json() for term in terms] for name, terms in question.tests.items()},
    }  # fmt: skip
    return pseudonym(canonical_json(asked).decode())


def _compute_charge(resource: str, fields: Collection[str], ground: Ground | Duty) -> str:
    """Tells what one pull of a case pays for from what others do."""
    return pseudonym(canonical_json({**_name_case(ground), "resource": resource, "fields": sorted(fields)}).decode())


def _name_case(ground: Ground | Duty) -> dict[str, object]:
    """Agencies number their cases themselves: one of them does not collect, or have for nothing, what another asked."""
    case: dict[str, object] = {"service": ground.service, "application": ground.application, "receipt": ground.receipt, "duty": ground.duty}
    return {**case, "requester": ground.requester} if isinstance(ground, AgencyDuty) else case


def _context(row: models.UpstreamTicket) -> str:
    return f"exchange.upstream/{row.id}"
