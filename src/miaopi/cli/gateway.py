"""`gateway`: what an agency runs beside its own database – serve, keys, log. It needs no instance and no Django."""

from __future__ import annotations

import signal
from collections.abc import Mapping
from contextlib import suppress
from datetime import date, datetime
from getpass import getpass
from pathlib import Path
from typing import Annotated, Any

import cyclopts
from rich.table import Column, Table
from rich.text import Text as Plain

from miaopi.cli.printing import emit, tell
from miaopi.config import clock
from miaopi.gateway.book import compute_person, read_book
from miaopi.gateway.keys import find_public_key, make_seed, read_seed
from miaopi.gateway.policy import read_policy
from miaopi.gateway.server import GatewayServer
from miaopi.kernel.calendar import LEGAL_ZONE, compute_legal_day
from miaopi.kernel.errors import InputError
from miaopi.kernel.wording import Text

app = cyclopts.App(name="gateway", help="部门网关：serve、keys、log / An agency's gateway beside its database.")

Config = Annotated[Path, cyclopts.Parameter(help="the agency's own file of what may leave")]


@app.command
def serve(*, config: Config) -> None:
    """Answer the platform's signed questions until stopped."""
    policy = read_policy(config)
    with GatewayServer(policy, clock=clock.now) as server:
        signal.signal(signal.SIGTERM, signal.default_int_handler)
        tell(f"部门网关 {policy.agency} 在 {policy.host}:{server.server_port} / the gateway of {policy.agency} answers there")
        with suppress(KeyboardInterrupt):
            server.serve_forever()


@app.command
def keys(file: Path, *, json: bool = False) -> None:
    """Make a key in FILE, unless there is one, and print its public half, which the other side is told."""
    emit({"file": str(file), "public_key": find_public_key(make_seed(file))}, json, lambda result: str(result["public_key"]))


@app.command
def log(
    *,
    config: Config,
    day: Annotated[date | None, cyclopts.Parameter(help="of this day alone")] = None,
    person: Annotated[bool, cyclopts.Parameter(help="about one person; asks for the number, which is not shown")] = False,
    json: bool = False,
) -> int:
    """What the platform asked and what it got, and whether the log is whole."""
    policy = read_policy(config)
    try:
        entries, broken = read_book(policy.log)
    except FileNotFoundError:
        none = Text(zh="还没有日志。", en="there is no log yet.")
        raise InputError("log", none, Text(zh="先运行 serve。", en="Run serve first.")) from None
    if person:
        name = compute_person(read_seed(policy.seed), getpass("证件号码 / identity number: ").strip())
        entries = [entry for entry in entries if entry["person"] == name]
    if day is not None:
        entries = [entry for entry in entries if compute_legal_day(datetime.fromisoformat(str(entry["at"]))) == day]
    emit({"entries": entries, "whole": broken is None, "broken_at": broken}, json, _render)
    return 0 if broken is None else 1


def _render(result: Mapping[str, Any]) -> Table:
    whole = "完整 / whole" if result["whole"] else f"第 {result['broken_at']} 行起被改过 / altered from line {result['broken_at']}"
    heads = ("时间 / at", "资源 / resource", "字段 / fields", "事项与用途 / use", "结果 / outcome")
    table = Table(*(Column(head, overflow="fold") for head in heads), title=whole)
    for entry in result["entries"]:
        outcome = f"{entry['outcome']} {entry['code']}".strip()
        fields, use = ", ".join([*entry["fields"], *entry["tests"]]), f"{entry['service']} {entry['purpose']}"
        told = outcome if entry["code"] else f"{outcome} {entry['rows']}"
        at = f"{datetime.fromisoformat(str(entry['at'])).astimezone(LEGAL_ZONE):%Y-%m-%d %H:%M:%S}"
        table.add_row(*map(Plain, (at, entry["resource"], fields, use, told)))
    return table
