"""What happens to an allowance: numbers, months and ids, never an account, a name or an amount."""

from __future__ import annotations

from miaopi.apps.audit.api import Event
from miaopi.kernel.frozen import frozen


@frozen
class EntitlementMade(Event):
    """An approval entitles a person to a payment each month, from `from_month` (YYYY-MM) on."""

    number: str
    service: str
    from_month: str
    subject: str


@frozen
class PaymentOrdered(Event):
    """The month stands on the list to be paid; `order` is the key the bank will see."""

    number: str
    order: str
    month: str
    subject: str


@frozen
class PaymentHeld(Event):
    """The month is neither paid nor stopped: the sources in `waiting_for` could not say, or `reason` is another word. A person looks."""

    number: str
    order: str
    month: str
    reason: str
    waiting_for: tuple[str, ...]
    subject: str


@frozen
class PaymentCancelled(Event):
    """A month that was listed or held is not due: the entitlement had ended before it."""

    number: str
    order: str
    month: str
    subject: str


@frozen
class PaymentMade(Event):
    """The bank has paid the month. `reference` is the bank's."""

    number: str
    order: str
    month: str
    reference: str
    subject: str


@frozen
class PaymentReturned(Event):
    """The bank will not pay the month; `reason` is its word. Nothing was paid, and a person looks."""

    number: str
    order: str
    month: str
    reason: str
    subject: str


@frozen
class EntitlementStopped(Event):
    """From `from_month` on nothing is due any more; `reason` is the package's word for why."""

    number: str
    service: str
    from_month: str
    reason: str
    subject: str


@frozen
class OverpaymentFound(Event):
    """Months were paid that were not due; a recovery is open."""

    number: str
    months: tuple[str, ...]
    recovery: str
    subject: str


@frozen
class BatchListed(Event):
    """The list of a service and month is made; what comes later is added to it."""

    service: str
    month: str


@frozen
class BatchReviewed(Event):
    """The list was looked through again and may be paid from its pay day on."""

    service: str
    month: str
