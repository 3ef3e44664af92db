"""Writing and carrying messages. Nothing leaves the house inside a transaction."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db.models import F

from miaopi.apps.audit.api import Actor, act
from miaopi.apps.identity.api import get_party, pseudonym
from miaopi.apps.notification.adapters import choose_gateway
from miaopi.apps.notification.adapters.port import Gateway
from miaopi.apps.notification.events import MessageDelivered, MessageWritten
from miaopi.apps.notification.models import Message
from miaopi.apps.notification.queries import list_due
from miaopi.kernel.errors import UpstreamError

STEPS = (timedelta(seconds=2), timedelta(seconds=5), timedelta(seconds=15), timedelta(minutes=1), timedelta(minutes=5))
BATCH = 50


def write_message(*, key: str, number: str, party: str, kind: str, text: str, by: Actor, now: datetime) -> None:
    """Lay a message out to be carried. The same key twice is one message."""
    with act(by=by, now=now) as unit:
        _, is_new = Message.objects.get_or_create(
            id=key,
            defaults={"number": number, "party": party, "kind": kind, "text": text, "written_at": now, "due_at": now},
        )
        if is_new:
            unit.record(MessageWritten(message=key, number=number, kind=kind, subject=pseudonym(party)))


def deliver_due(*, by: Actor, now: datetime, gateway: Gateway | None = None) -> int:
    """Hand due messages to the gateway, each under its own key; returns how many it took.

    A try is booked before it is made and the next one set, so that a message whose worker dies in between is handed
    over again under the same key and the gateway carries it once. The first that fails ends the batch: what is behind it
    stays due, and is not kept waiting for a gateway that hangs.
    """
    taken, gateway = 0, gateway or choose_gateway()
    for message in list_due(now=now, most=BATCH):
        try:
            taken += _deliver(message, gateway=gateway, by=by, now=now)
        except UpstreamError:  # it stays due at its next step
            break
    return taken


def _deliver(message: Message, *, gateway: Gateway, by: Actor, now: datetime) -> bool:
    """Whether the message was carried by this try and no other. Raises UpstreamError."""
    again = now + STEPS[min(message.attempts, len(STEPS) - 1)]
    with act(by=by, now=now):
        booked = Message.objects.filter(id=message.id, delivered_at=None, attempts=message.attempts).update(
            attempts=F("attempts") + 1, due_at=again
        )
    if not booked:
        return False
    carried = gateway.send(to=get_party(message.party).mobile, text=message.text, key=message.id)
    with act(by=by, now=now) as unit:
        marked = Message.objects.filter(id=message.id, delivered_at=None).update(
            delivered_at=now, reference=carried.reference
        )
        if marked:
            unit.record(
                MessageDelivered(
                    message=message.id,
                    number=message.number,
                    attempts=message.attempts + 1,
                    reference=carried.reference,
                    subject=pseudonym(message.party),
                )
            )
    return bool(marked)
