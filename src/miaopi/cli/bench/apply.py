"""`bench apply`: confirm → result beside what the database alone could do, in turns of one run (DESIGN.md §8, F1)."""

from __future__ import annotations

import json as codec
import re
import statistics
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from http.client import HTTPConnection
from typing import Any, Final
from urllib.parse import urlencode, urlsplit

from rich.console import Group

from miaopi.cli.bench.turns import machine
from miaopi.cli.journey import start_filing
from miaopi.cli.printing import emit, tell
from miaopi.config import clock
from miaopi.instance import Instance, attach
from miaopi.kernel.errors import InputError
from miaopi.kernel.frozen import frozen
from miaopi.kernel.wording import Text

SERVICE: Final = "no-criminal-record"
CEILING_CLIENTS: Final = (8, 16, 32)
TOKEN: Final = re.compile(r'name="(csrfmiddlewaretoken|token)" value="([^"]+)"')
SENT: Final = re.compile(r"^[^\t\n]*\tF\t\d+\t(Query|Parse|Bind)\t(.*?)(?=^[^\t\n]*\t[FB]\t|\Z)", re.M | re.S)
TOO_FEW = "residents of this city are approved at once"


@frozen
class Ready:
    """A draft that only waits for its confirm: whose session, which number, which form."""

    number: str
    session: str
    csrf: str
    form: Mapping[str, str]


def bench_apply(*, rounds: int = 5, confirms: int = 40, clients: int = 8, seconds: int = 2, json: bool = False) -> None:
    """Confirms a second through HTTP, all checks on, beside the one-statement ceiling.

    --rounds: how often both take turns. --confirms: applications a round. --clients: at once. --seconds: of pgbench a turn.
    """
    with attach(report=tell) as instance:
        emit(measure(instance, rounds=rounds, confirms=confirms, clients=clients, seconds=seconds), json, render)


def measure(instance: Instance, *, rounds: int, confirms: int, clients: int, seconds: int) -> dict[str, Any]:
    """Rows are counted on both sides afterwards; the figures are medians of the rounds."""
    from miaopi.instance.ceiling import prepared
    from miaopi.instance.platform import owner_address

    who = residents(instance)
    tell("· 准备草稿 / preparing drafts")
    statements, number = count_statements(who)
    ours: list[float] = []
    peers: list[float] = []
    times: list[float] = []
    with prepared(owner_address(instance.home), number) as ceiling:
        rates = {each: ceiling.rate(each, seconds) for each in CEILING_CLIENTS}
        best = max(rates, key=lambda each: rates[each])
        for turn in range(1, rounds + 1):
            drafts = [prepare(instance, next(who)) for _ in range(confirms)]
            peers.append(ceiling.rate(best, seconds))
            began = time.monotonic()
            with ThreadPoolExecutor(clients) as pool:
                times += list(pool.map(lambda draft: confirm_by_form(instance, draft), drafts))
            ours.append(confirms / (time.monotonic() - began))
            require_decided([draft.number for draft in drafts])
            tell(f"· 第 {turn}/{rounds} 轮 / round: {ours[-1]:.1f} / {peers[-1]:.0f} a second")
        written = ceiling.count()
    ratios = [mine / peer for mine, peer in zip(ours, peers, strict=True)]
    times.sort()
    return {
        "name": "apply",
        "ours": round(statistics.median(ours), 1),
        "peers": {"ceiling": round(statistics.median(peers), 1)},
        "unit": "confirms a second",
        "ratio": round(statistics.median(ratios), 4),
        "ratios": [round(ratio, 4) for ratio in ratios],
        "rounds": rounds,
        "statements": len(statements),
        "statement_kinds": statements,
        "p50_ms": round(times[len(times) // 2], 1),
        "p99_ms": round(times[min(len(times) - 1, round(len(times) * 0.99))], 1),
        "clients": clients,
        "confirmed": rounds * confirms,
        "ceiling": {"clients": best, "entries": ceiling.entries, "bytes": ceiling.bytes, "rows_counted": written},
        "machine": machine(),
    }


def residents(instance: Instance) -> Iterator[str]:
    """Sign-in codes of residents, one after another: the serials of the demo city."""
    mark = instance.home.folder / "city" / "city.json"
    if not mark.is_file():
        raise InputError(
            "MIAOPI_HOME",
            Text(zh="测速需要演示城市的居民。", en="the benchmark needs residents of a demo city."),
            Text(zh="请先运行 ./miaopi demo --once。", en="Run ./miaopi demo --once first."),
        )
    people = int(codec.loads(mark.read_text(encoding="utf-8"))["people"])
    while True:
        for serial in range(people):
            yield f"p{serial:06d}"


@contextmanager
def opened(code: str) -> Iterator[tuple[Any, str]]:
    """A session that stays open: its actor's party and its token."""
    from miaopi.apps.audit.api import system
    from miaopi.apps.identity.api import sign_in

    session = sign_in(code=code, by=system("cli.bench"), now=clock.now())
    yield session, session.token


def draft_of(who: Iterator[str]) -> tuple[Any, str, str]:
    """The next resident with a draft of hers: session, token, number."""
    from miaopi.apps.catalogue.api import get_service_in_force

    for code in who:
        try:
            with opened(code) as (session, token):
                package = get_service_in_force(SERVICE, clock.now())
                number = start_filing(package, session.party, session.session.actor, ask=False)
                return session, token, number
        except InputError:  # this serial has no account, or too many codes were tried
            continue
    raise RuntimeError(TOO_FEW)


def count_statements(who: Iterator[str]) -> tuple[list[str], str]:
    """Confirm one approved application in this process with the wire traced; its statements from BEGIN to COMMIT."""
    from django.db import connection

    from miaopi.apps.approval.api import find_decision
    from miaopi.apps.filing.api import confirm, get_draft

    for _ in range(50):
        session, _, number = draft_of(who)
        actor = session.session.actor
        draft = get_draft(number=number, reader=actor, now=clock.now())
        with tempfile.TemporaryFile("w+", encoding="utf-8", errors="replace") as wire:
            connection.ensure_connection()
            connection.connection.pgconn.trace(wire.fileno())
            try:
                confirm(number=number, entered={"purpose": "employment"}, token=draft.token, by=actor, now=clock.now())
            finally:
                connection.connection.pgconn.untrace()
            wire.seek(0)
            sent = list(read_wire(wire.read()))
        decision = find_decision(number)
        if decision is not None and decision.outcome == "approve":
            return commit_of(sent), number
    raise RuntimeError(TOO_FEW)


def read_wire(trace: str) -> Iterator[str]:
    """The statements that libpq sent, from its trace: queries and parses by their text, executions of kept ones by name."""
    for kind, rest in SENT.findall(trace):
        if kind == "Bind":
            if kept := re.match(r'\s*"[^"]*"\s+"([^"]+)"', rest):
                yield f"kept {kept[1]}"
        else:
            name = r'\s*"[^"]*"\s+"\s*' if kind == "Parse" else r'\s*"\s*'
            yield re.sub(rf"^{name}", "", rest).replace('"', "")


def commit_of(sent: Sequence[str]) -> list[str]:
    """The transaction that moves the application, BEGIN and COMMIT included, each statement by its first words."""
    transaction: list[str] = []
    for statement in sent:
        if statement.upper().startswith("BEGIN"):
            transaction = []
        transaction.append(" ".join(statement.split()[:3]))
        if statement.upper().startswith("COMMIT") and any("application_application" in each for each in transaction):
            return transaction
    return transaction


def prepare(instance: Instance, code: str) -> Ready:
    """A draft with its form, as a browser holds it before the button is pressed."""
    _, token, number = draft_of(iter([code, *(f"p{serial:06d}" for serial in range(10**6))]))
    status, headers, page = ask(instance, "GET", number, {"Cookie": f"sid={token}"})
    fields = dict(TOKEN.findall(page))
    cookies = [value.split(";")[0] for name, value in headers if name.lower() == "set-cookie"]
    csrf = next((cookie.removeprefix("csrf=") for cookie in cookies if cookie.startswith("csrf=")), "")
    if status != 200 or len(fields) != 2 or not csrf:
        raise RuntimeError(f"the form of the draft did not come: {status}")
    return Ready(number, token, csrf, {**fields, "purpose": "employment"})


def confirm_by_form(instance: Instance, draft: Ready) -> float:
    """Press the button; milliseconds until the answer that leads to the result."""
    began = time.monotonic()
    headers = {"Cookie": f"sid={draft.session}; csrf={draft.csrf}", "Content-Type": "application/x-www-form-urlencoded"}
    status, _, _ = ask(instance, "POST", draft.number, headers, urlencode(draft.form))
    if status != 302:
        raise RuntimeError(f"a confirm was answered {status}")
    return (time.monotonic() - began) * 1000


def ask(
    instance: Instance, method: str, number: str, headers: Mapping[str, str], body: str | None = None
) -> tuple[int, list[tuple[str, str]], str]:
    address = urlsplit(instance.base_url)
    line = HTTPConnection(address.hostname or "", address.port or 0, timeout=60)
    line.request(method, f"/applications/{number}/check", body, dict(headers))
    answer = line.getresponse()
    found = answer.status, answer.getheaders(), answer.read().decode()
    line.close()
    return found


def require_decided(numbers: Sequence[str]) -> None:
    """Every confirm that was acknowledged has its decision: an answer is counted only with its rows."""
    from miaopi.apps.approval.api import find_decision

    missing = [number for number in numbers if find_decision(number) is None]
    if missing:
        raise RuntimeError(f"{len(missing)} confirms were acknowledged and not decided")


def render(result: Mapping[str, Any]) -> Group:
    return Group(
        f"每秒办结 / confirms a second: {result['ours']}（{result['clients']} 个并发 / clients）",
        f"单语句上限 / one-statement ceiling: {result['peers']['ceiling']}",
        f"比值 / ratio: {result['ratio']}",
        f"每次提交的语句 / statements a commit: {result['statements']}",
        f"p50 {result['p50_ms']} ms，p99 {result['p99_ms']} ms",
    )
