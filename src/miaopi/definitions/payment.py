"""The block `payment` of `service.yaml`: what an approval pays each month, on which days, and what ends it."""

from __future__ import annotations

from collections.abc import Collection, Mapping

from miaopi.definitions.positions import Placed
from miaopi.definitions.reader import Reader
from miaopi.kernel.decision import Basis, FactSpec
from miaopi.kernel.frozen import frozen
from miaopi.kernel.wording import Text

REQUIRED = (
    "schedule", "from", "amount", "account", "remark", "list_day", "review_day", "pay_day", "recovery_months", "stop_facts", "stops",
    "basis",
)  # fmt: skip
PARAMETERS = ("list_day", "review_day", "pay_day", "recovery_months")


@frozen
class Stop:
    """One way in which a payment ends. `month` names the derived value that says from which month on nothing is due: any day of that
    month or its text, YYYY-MM; null while there is no such month."""

    reason: str
    month: str
    text: Text
    basis: tuple[Basis, ...]


@frozen
class Payment:
    """Paid monthly. `first` and `amount` name values of the outcome: a month (YYYY-MM) and decimal yuan, the amount computed for each
    month as of its last day; `account` a value or a fact. The days and `recovery_months` name parameters. `stop_facts` are asked again at
    each run, on the duty that `basis` names first, and `stops` judged by them. `remark` may hold `{year}` and `{month}`.
    """

    first: str
    amount: str
    account: str
    remark: Text
    list_day: str
    review_day: str
    pay_day: str
    recovery_months: str
    stop_facts: tuple[str, ...]
    stops: tuple[Stop, ...]
    basis: tuple[Basis, ...]


def read_payment(reader: Reader, placed: Placed | None) -> Payment | None:
    if placed is None:
        return None
    entries = reader.entries(placed, REQUIRED)
    if reader.string(entries.get("schedule")) not in ("monthly", ""):
        reader.note(entries["schedule"].where, "the one schedule there is is monthly")
    return Payment(
        first=reader.string(entries.get("from")),
        amount=reader.string(entries.get("amount")),
        account=reader.string(entries.get("account")),
        remark=reader.text(entries.get("remark")),
        list_day=reader.string(entries.get("list_day")),
        review_day=reader.string(entries.get("review_day")),
        pay_day=reader.string(entries.get("pay_day")),
        recovery_months=reader.string(entries.get("recovery_months")),
        stop_facts=tuple(reader.string(one) for one in reader.items(entries.get("stop_facts"))),
        stops=tuple(_read_stop(reader, one) for one in reader.items(entries.get("stops"))),
        basis=reader.basis(entries.get("basis")),
    )


def _read_stop(reader: Reader, placed: Placed) -> Stop:
    entries = reader.entries(placed, ("reason", "month", "text", "basis"))
    return Stop(
        reader.string(entries.get("reason")), reader.string(entries.get("month")), reader.text(entries.get("text")),
        reader.basis(entries.get("basis")),
    )


def check_payment(
    reader: Reader, root: Placed, payment: Payment | None, *, facts: Mapping[str, FactSpec], parameters: Collection[str],
    derived: Collection[str], values: Collection[str],
) -> None:  # fmt: skip
    """Every name in the block is one of the package."""
    if payment is None:
        return

    def note(message: str, *path: str | int) -> None:
        reader.note(root.place("payment", *path), f"payment: {message}")

    for key, said in (("from", payment.first), ("amount", payment.amount)):
        if said not in values:
            note(f"there is no value {said}", key)
    if payment.account not in values and payment.account not in facts:
        note(f"there is no value or fact {payment.account}", "account")
    for name in PARAMETERS:
        if (said := getattr(payment, name)) not in parameters:
            note(f"{said} names no parameter", name)
    for at, fact in enumerate(payment.stop_facts):
        if fact not in facts or facts[fact].resource is None:
            note(f"{fact} is no fact that a source supplies", "stop_facts", at)
    for at, stop in enumerate(payment.stops):
        if stop.month not in derived:
            note(f"there is no derived value {stop.month}", "stops", at, "month")
