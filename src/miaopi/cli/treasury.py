"""`treasury`: the list of a month – made, shown – and whether the books agree with it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any, Final

import cyclopts
from rich.table import Column, Table

from miaopi.cli.printing import emit, whole
from miaopi.config import clock
from miaopi.instance import attach

app = cyclopts.App(name="treasury", help="待遇发放 / Monthly payments.")

Month = Annotated[str, cyclopts.Parameter(help="YYYY-MM")]
COLUMNS: Final[Mapping[str, Column | str]] = {
    "number": whole("编号 / number"),
    "month": "月份 / month",
    "state": "状态 / state",
    "amount": "金额 / amount",
    "reason": "原因 / reason",
    "paid_at": "发放 / paid at",
    "overpaid": "多发 / overpaid",
}


@app.command
def run(*, month: Month, json: bool = False) -> None:
    """List the month, look it through if its day has come, and pay what is due; again, it adds only who is missing."""
    with attach():
        from miaopi.apps.audit.api import system
        from miaopi.apps.treasury.api import get_batch, pay_due, run_due, run_month

        by = system("cli.treasury.run")
        run_month(month=month, by=by, now=clock.now())
        run_due(by=by, now=clock.now())
        while pay_due(by=by, now=clock.now()):
            pass
        emit(get_batch(month).to_json(), json, _table)


@app.command
def show(*, month: Month, json: bool = False) -> None:
    """The list of a month: who is paid, held, stopped."""
    with attach():
        from miaopi.apps.treasury.api import check_month, get_batch

        emit(get_batch(check_month(month)).to_json(), json, _table)


@app.command
def check(*, json: bool = False) -> int:
    """Every transfer against its order, all balances against all orders. Exit 1 where they differ."""
    with attach():
        from miaopi.apps.treasury.api import check_books

        findings = [{"place": finding.place, "text": finding.text} for finding in check_books()]
        emit({"findings": findings}, json, lambda result: "\n".join(map(_line, findings)) or "账目相符 / the books agree")
    return 1 if findings else 0


def _line(finding: Mapping[str, str]) -> str:
    return f"{finding['place']}: {finding['text']}"


def _table(result: Mapping[str, Any]) -> Table | str:
    if not result["payments"]:
        return f"{result['month']}：没有发放 / no payments"
    table = Table(*COLUMNS.values(), title=f"{result['month']}  {', '.join(result['services'])}")
    for payment in result["payments"]:
        table.add_row(*("–" if payment[column] in (None, "") else str(payment[column]) for column in COLUMNS))
    return table
