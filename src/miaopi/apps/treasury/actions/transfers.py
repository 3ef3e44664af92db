"""The one place that writes into the books."""

from __future__ import annotations

from datetime import datetime

from miaopi.apps.treasury import models
from miaopi.apps.treasury.queries.books import accounts_of


def transfer(order: models.Order, kind: str, *, now: datetime) -> None:
    """Book a transfer of the order's amount; a second one of a kind is an IntegrityError."""
    if order.amount_fen is None:
        raise ValueError("an order without an amount moves nothing")
    debit, credit = accounts_of(kind, order)
    models.Transfer(order=order, kind=kind, debit=debit, credit=credit, fen=order.amount_fen, at=now).save(force_insert=True)
