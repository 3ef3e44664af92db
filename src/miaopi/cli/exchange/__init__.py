"""`exchange`: who keeps what, which service may have it and on what terms, how the sources stand, and a pull on a receipt."""

from __future__ import annotations

import cyclopts

from miaopi.cli.exchange.agreements import agreements, approve, refuse, request, resume, revoke, suspend
from miaopi.cli.exchange.corrections import (
    answer,
    correct,
    correction,
    corrections,
    disputes,
    foresee,
    impact,
    quality,
    transfer,
)
from miaopi.cli.exchange.registers import distinct, duplicates, lineage, measure, merge, registers, reopen
from miaopi.cli.exchange.resources import agencies, resources
from miaopi.cli.exchange.sources import grants, pull, status
from miaopi.cli.exchange.visibility import deferrals, explain, objections, release, renew

app = cyclopts.App(name="exchange", help="数据共享 / Data sharing between agencies.")
for verb in (
    agencies, resources, registers, measure, lineage, duplicates, merge, distinct, reopen, grants, agreements, request, approve, refuse,
    suspend, resume, revoke, deferrals, renew, release, objections, explain, disputes, answer, transfer, foresee, correct, corrections,
    correction, impact, quality,
    status, pull,
):  # fmt: skip
    app.command(verb)
