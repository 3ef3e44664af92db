"""Double entry: the accounts, their balances, and whether they say what the orders say."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from typing import Final

from django.db.models import Sum

from miaopi.apps.treasury import models
from miaopi.kernel.frozen import frozen

OWE, PAY, RETURN, RECLAIM = "owe", "pay", "return", "reclaim"
BANK: Final = "bank"
# What each state of an order has led to; nothing else may stand in the books.
BOOKED: Final[Mapping[str, tuple[str, ...]]] = {
    models.HELD: (),
    models.LISTED: (),
    models.CANCELLED: (),
    models.SENDING: (OWE,),
    models.PAID: (OWE, PAY),
    models.RETURNED: (OWE, RETURN),
}


@frozen
class Finding:
    """Something in the books that should not be. `place` is an order or an account of the office, never a person's."""

    place: str
    text: str


def accounts_of(kind: str, order: models.Order) -> tuple[str, str]:
    """Debit and credit of a transfer."""
    expense, payable, receivable = f"expense/{order.kind}", f"payable/{order.claimant}", f"receivable/{order.claimant}"
    return {OWE: (expense, payable), PAY: (payable, BANK), RETURN: (payable, expense), RECLAIM: (receivable, expense)}[kind]


def compute_balances() -> Counter[str]:
    """Debits less credits of every account, in fen."""
    balances: Counter[str] = Counter()
    for debit, credit, fen in models.Transfer.objects.values_list("debit", "credit").annotate(fen=Sum("fen")):
        balances[debit] += fen
        balances[credit] -= fen
    return balances


def check_books() -> Sequence[Finding]:
    """Every transfer against its order, and the balances of all accounts against all orders; empty when they agree."""
    return [*_check_orders(), *_check_balances(), *_check_recoveries()]


def _check_orders() -> Iterator[Finding]:
    for order in models.Order.objects.prefetch_related("transfers").order_by("id"):
        wanted = {*BOOKED[order.state], *((RECLAIM,) if order.overpaid_at is not None else ())}
        found = {transfer.kind: transfer for transfer in order.transfers.all()}
        if found.keys() != wanted:
            yield Finding(order.id, f"is {order.state} and its transfers are {', '.join(sorted(found)) or 'none'}")
        for kind, transfer in found.items():
            if transfer.fen != order.amount_fen:
                yield Finding(order.id, f"{kind}: another amount than that of the order")
            if (transfer.debit, transfer.credit) != accounts_of(kind, order):
                yield Finding(order.id, f"{kind}: between other accounts than those of the order")


def _check_balances() -> Iterator[Finding]:
    balances, wanted = compute_balances(), _wanted_balances()
    for account in sorted(balances.keys() | wanted.keys()):
        if balances[account] != wanted[account]:
            place = account if account == BANK or account.startswith("expense/") else account.partition("/")[0]
            yield Finding(place, "its balance is not what the orders make it")
    if sum(balances.values()) != 0:
        yield Finding("balance", "debits and credits differ")


def _wanted_balances() -> Counter[str]:
    """What the orders alone say: paid from the bank, owed to a person, to be had back from one, spent."""
    wanted: Counter[str] = Counter()
    orders = models.Order.objects.filter(state__in=(models.SENDING, models.PAID))
    for kind, claimant, state, fen, overpaid_at in orders.values_list("kind", "claimant", "state", "amount_fen", "overpaid_at"):
        amount = fen or 0
        wanted[BANK if state == models.PAID else f"payable/{claimant}"] -= amount
        wanted[f"expense/{kind}" if overpaid_at is None else f"receivable/{claimant}"] += amount
    return wanted


def _check_recoveries() -> Iterator[Finding]:
    for recovery in models.Recovery.objects.order_by("id"):
        rows = models.Order.objects.filter(entitlement=recovery.entitlement_id).exclude(overpaid_at=None)
        overpaid = rows.order_by("month").values_list("month", "amount_fen")
        if [month for month, _ in overpaid] != recovery.months or sum(fen or 0 for _, fen in overpaid) != recovery.fen:
            yield Finding(recovery.id, "months or amount of the recovery are not those of the overpaid orders")
    for number in models.Order.objects.exclude(overpaid_at=None).values_list("entitlement", flat=True).distinct():
        if not models.Recovery.objects.filter(entitlement=number).exists():
            yield Finding(number, "was overpaid and has no recovery")
