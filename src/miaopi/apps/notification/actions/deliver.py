"""Carrying messages, and asking whether they arrived. Nothing leaves the house inside a transaction."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final

from django.db.models import F

from miaopi.apps.audit.api import Actor, act
from miaopi.apps.identity.api import get_party, pseudonym
from miaopi.apps.notification.adapters import choose_gateway
from miaopi.apps.notification.adapters.port import Arrival, Gateway
from miaopi.apps.notification.events import MessageAccepted, MessageDelivered, MessageUndelivered
from miaopi.apps.notification.models import Message
from miaopi.apps.notification.queries import list_due, list_to_ask
from miaopi.kernel.errors import UpstreamError

STEPS = (timedelta(seconds=2), timedelta(seconds=5), timedelta(seconds=15), timedelta(minutes=1), timedelta(minutes=5))
BATCH = 50
FIRST_ASKED: Final = timedelta(seconds=1)  # after it was taken; then at the steps above, counted from each answer
EXPECTED_WITHIN: Final = timedelta(minutes=10)  # a text message that takes longer is called undelivered, until the gateway says otherwise
ASKED_FOR: Final = timedelta(hours=72)  # a gateway tries no longer than this


def deliver_due(*, by: Actor, now: datetime, gateway: Gateway | None = None) -> int:
    """Hand due messages to the gateway, each under its own key; returns how many it took.

    A try is booked before it is made and the next one set, so that a message whose worker dies in between is handed
    over again under the same key and the gateway carries it once. The first that fails ends the batch: what is behind it
    stays due, and is not kept waiting for a gateway that hangs.
    """
    taken, gateway = 0, gateway or choose_gateway()
    for message in list_due(now=now, most=BATCH):
        try:
            taken += _hand_over(message, gateway=gateway, by=by, now=now)
        except UpstreamError:  # it stays due at its next step
            break
    return taken


def _hand_over(message: Message, *, gateway: Gateway, by: Actor, now: datetime) -> bool:
    """Whether the message was taken by this try and no other. Raises UpstreamError."""
    again = now + STEPS[min(message.attempts, len(STEPS) - 1)]
    with act(by=by, now=now):
        booked = Message.objects.filter(id=message.id, accepted_at=None, attempts=message.attempts).update(
            attempts=F("attempts") + 1, due_at=again
        )
    if not booked:
        return False
    carried = gateway.send(to=get_party(message.party).mobile, text=message.text, key=message.id)
    with act(by=by, now=now) as unit:
        marked = Message.objects.filter(id=message.id, accepted_at=None).update(
            accepted_at=now, reference=carried.reference, ask_at=now + FIRST_ASKED
        )
        if marked:
            unit.record(
                MessageAccepted(message=message.id, number=message.number, attempts=message.attempts + 1,
                                reference=carried.reference, subject=pseudonym(message.party))
            )  # fmt: skip
    return bool(marked)


def ask_due(*, by: Actor, now: datetime, gateway: Gateway | None = None) -> int:
    """Ask the gateway what became of messages that it took; returns how many are known to have arrived.

    Nothing is sent here, whatever the answer: a message that does not arrive is called so, and stands in the house. The next
    question is booked before one is asked, as above; the first that nobody answers ends the batch.
    """
    arrived, gateway = 0, gateway or choose_gateway()
    for message in list_to_ask(now=now, most=BATCH):
        again = _next_question(message, now)
        with act(by=by, now=now):
            booked = Message.objects.filter(id=message.id, asked=message.asked, ask_at__lte=now).update(
                asked=F("asked") + 1, ask_at=again
            )
        if not booked:
            continue
        try:
            answer = gateway.ask(key=message.id)
        except UpstreamError:  # nobody knows more than before
            answer = None
        arrived += _note(message, answer, by=by, now=now)
        if answer is None:
            break
    return arrived


def _next_question(message: Message, now: datetime) -> datetime | None:
    """When to ask again; `None` when the gateway has long given up."""
    taken_at = message.accepted_at or now
    return None if now >= taken_at + ASKED_FOR else now + STEPS[min(message.asked, len(STEPS) - 1)]


def _note(message: Message, answer: Arrival | None, *, by: Actor, now: datetime) -> bool:
    """Keep what is known now; whether it has arrived."""
    subject, open_ = pseudonym(message.party), Message.objects.filter(id=message.id, delivered_at=None)
    is_overdue = now >= (message.accepted_at or now) + EXPECTED_WITHIN
    with act(by=by, now=now) as unit:
        if answer is Arrival.DELIVERED:
            if open_.update(delivered_at=now, undelivered_at=None, ask_at=None):
                unit.record(MessageDelivered(message=message.id, number=message.number, attempts=message.attempts,
                                             reference=message.reference, subject=subject))  # fmt: skip
            return True
        if answer is Arrival.FAILED:
            open_.update(ask_at=None)
        if (answer is Arrival.FAILED or is_overdue) and open_.filter(undelivered_at=None).update(undelivered_at=now):
            unit.record(MessageUndelivered(message=message.id, number=message.number, reference=message.reference, subject=subject))
    return False
