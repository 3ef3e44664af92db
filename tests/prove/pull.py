"""Pulls of eight sources on two cores: how much longer than its slowest source each takes, and what it costs (F5).

Everything is on this machine: platform processes, their PostgreSQL, the agencies' PostgreSQL, the HTTP services. Pulls have their
moments beforehand and their clocks run from these. The slowest source of a pull is the longest time that one of its HTTP services had
the question, as the services noted it, or the pause of the slowest database, whichever is longer; a database's own time is left out.
"""

from __future__ import annotations

import json
import math
import os
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import django

from miaopi.instance.postgres import APPLICATION, OWNER, EmbeddedServer
from tests.prove.eight_sources import AGENCIES, PREDICATE, SLOWEST, TOKEN, amount_of, make_database, number_of

ROOT = Path(__file__).parents[2]
WARM = 4.0  # seconds at the same rate before anything is counted
BOUND = 15.0  # milliseconds above the slowest source at the 99th percentile (F5)
HELD = 0.98  # of the rate that was asked: the last pulls end after their moments
TICKS = os.sysconf("SC_CLK_TCK")


@contextmanager
def running_http(folder: Path, people: int) -> Iterator[tuple[subprocess.Popen[bytes], dict[str, int]]]:
    ports = folder / "ports.json"
    command = [sys.executable, "-m", "tests.prove.eight_sources", str(ports), str(folder / "log.json"), str(people)]
    service = subprocess.Popen(command, cwd=ROOT)
    try:
        while not ports.exists():
            assert service.poll() is None, "the HTTP services did not start"
            time.sleep(0.05)
        yield service, json.loads(ports.read_text())
    finally:
        service.send_signal(signal.SIGTERM)
        service.wait(20)


@contextmanager
def running_postgres(folder: Path, name: str, **more: Any) -> Iterator[EmbeddedServer]:
    server = EmbeddedServer(folder / name, name, **more)
    server.start()
    try:
        yield server
    finally:
        server.stop()


def write_city(folder: Path, addresses: Mapping[str, Mapping[str, str]]) -> None:
    fields = "{status: {zh: 状态, en: Status, privacy: personal}, valid_to: {zh: 有效期, en: Valid to, privacy: personal}, " \
        "amount: {zh: 数额, en: Amount, privacy: sensitive}, is_large: {zh: 是否达标, en: Is large, privacy: personal}}"  # fmt: skip
    catalogue, exchange = ["agencies:"], ["agencies:"]
    for agency in AGENCIES:
        catalogue.append(f"  {agency.id}: {{name: {{zh: 部门, en: Agency}}}}")
        exchange.append(f"  {agency.id}: {{kind: {agency.kind}, seconds: 5{', echoes: true' if agency.kind == 'http' else ''}}}")
    catalogue.append("resources:")
    exchange.append("resources:")
    for agency in AGENCIES:
        catalogue.append(
            f"  {agency.resource}: {{agency: {agency.id}, name: {{zh: 记录, en: Records}}, connected: true, fields: {fields},"
            " sharing: {method: query, type: conditional, update_frequency: realtime}}"
        )
        at = "public.records" if agency.kind == "sql" else "/query"
        exchange.append(
            f"  {agency.resource}: {{most_absences: 3, sources: [{{agency: {agency.id}, at: {at}, key: id_number, absent: never,"
            f" fields: {{status: {{values: [有效, 无效]}}, valid_to: {{type: date}}, amount: {{type: number}},"
            f" {PREDICATE}: {{test: 'amount >= {amount_of(0)}'}}}}}}]}}"
        )
    (folder / "catalogue.yaml").write_text("\n".join(catalogue) + "\n", encoding="utf-8")
    (folder / "exchange.yaml").write_text("\n".join(exchange) + "\n", encoding="utf-8")
    (folder / "agencies.json").write_text(json.dumps(addresses), encoding="utf-8")


def enter_people(folder: Path, people: int) -> list[dict[str, str]]:
    """The catalogue, stewards, agreements on both grounds, and everybody with her consent."""
    django.setup()
    from miaopi.apps.audit.api import person, staff, system
    from miaopi.apps.catalogue.api import seed_catalogue
    from miaopi.apps.consent.api import give_consent
    from miaopi.apps.exchange.api import Terms, approve_agreement, request_agreement
    from miaopi.apps.identity.api import Assertion, FakeAuthority, Role, add_staff, sign_in
    from miaopi.config import clock
    from miaopi.kernel.wording import Text
    from tests.prove import pull_process as platform

    now, keeper, name = clock.now(), system("proof"), Text(zh="演示", en="Demo")
    platform.enter_city(str(folder))
    seed_catalogue(source=folder / "catalogue.yaml", by=keeper, now=now)
    add_staff(staff_id="asker", name=name, role=Role.STEWARD, office="asking", by=keeper, now=now)
    purpose = Text(zh="办理证明事项", en="To prove something")
    for agency in AGENCIES:
        steward = f"keeper-{agency.id}"
        add_staff(staff_id=steward, name=name, role=Role.STEWARD, office=agency.id, by=keeper, now=now)
        law = f"{platform.INSTRUMENT} {platform.ARTICLE}"
        for use in (purpose.zh, law):
            terms = Terms(
                fields=agency.fields, starts_at=now - timedelta(days=1), ends_at=now + timedelta(days=30), row_filter=agency.row_filter,
                daily_quota=agency.daily_quota,
            )  # fmt: skip
            asked = request_agreement(
                resource=agency.resource, service=platform.SERVICE, purpose=use, ground=law, terms=terms, by=staff("asker", "steward"),
                now=now,
            )  # fmt: skip
            approve_agreement(agreement=asked.id, by=staff(steward, "steward"), now=now)
    found = []
    scope = tuple(f"{agency.resource}.{each}" for agency in AGENCIES for each in agency.fields)
    for serial in range(people):
        who = Assertion(
            name="演示·某人", id_number=number_of(serial), document_type="resident_id", mobile=f"138{serial:08d}", assurance_level=3,
            method="demo",
        )  # fmt: skip
        party = sign_in(code="code", by=keeper, now=now, authority=FakeAuthority({"code": who})).party.id
        application = f"20261126-P{serial:08d}"
        consent = give_consent(
            application=application, service=platform.SERVICE, version="f" * 64, applicant=party, purpose=purpose, scope=scope,
            separate=tuple(each for each in scope if each.endswith(".amount")), expires_at=now + timedelta(days=1), by=person(party),
            now=now,
        )  # fmt: skip
        found.append({"party": party, "receipt": consent.receipt, "application": application})
    return found


def tree_of(process: int) -> list[int]:
    try:
        children = Path(f"/proc/{process}/task/{process}/children").read_text().split()
    except OSError:  # it has ended: a database starts and ends workers as it likes
        return []
    return [process, *(each for child in children for each in tree_of(int(child)))]


def cpu_of(process: int) -> float:
    """Seconds of processor time of a process and its living children so far."""
    spent = 0
    for each in tree_of(process):
        try:
            fields = Path(f"/proc/{each}/stat").read_text().rpartition(")")[2].split()
        except OSError:
            continue
        spent += int(fields[11]) + int(fields[12])
    return spent / TICKS


@dataclass
class Run:
    """What a run left behind: answers in time, and what was found beside them."""

    seen: list[tuple[str, float, float, float]]
    wrong: Counter[str]
    unavailable: Counter[str]
    cpu: dict[str, float]
    a_pull: dict[str, float]
    answered: int
    looks: int


def drive(folder: Path, people: Sequence[Mapping[str, str]], servers: Mapping[str, int], rate: int, seconds: float, processes: int) -> Run:
    """Platform processes at `rate` pulls a second together; processor time is counted after the warm-up."""
    from django.db import connection

    pulls = int(rate * (WARM + seconds) / processes)
    running = {}
    for place in range(processes):
        plan = {
            "city": str(folder), "people": people, "start": str(folder / "start.json"), "every": processes / rate,
            "offset": place / rate, "pulls": pulls,
            "threads": 16, "processes": processes, "place": place, "result": str(folder / f"result-{place}.json"),
        }  # fmt: skip
        (folder / f"plan-{place}.json").write_text(json.dumps(plan), encoding="utf-8")
        running[f"platform {place + 1}"] = subprocess.Popen(
            [sys.executable, "-m", "tests.prove.pull_process", str(folder / f"plan-{place}.json")], cwd=ROOT
        )
    while not all((folder / f"result-{place}.ready").exists() for place in range(processes)):
        assert all(process.poll() is None for process in running.values()), "a platform process did not start"
        time.sleep(0.05)
    start = time.monotonic() + 1.0
    (folder / "start.new").write_text(json.dumps(start), encoding="ascii")
    (folder / "start.new").rename(folder / "start.json")
    watched = {**servers, **{name: process.pid for name, process in running.items()}}
    time.sleep(max(0.0, start + WARM - time.monotonic()))
    before, counted_before = {name: cpu_of(process) for name, process in watched.items()}, _count(connection)
    began = time.monotonic()
    time.sleep(max(0.0, start + WARM + seconds - 0.5 - time.monotonic()))
    after, counted_after = {name: cpu_of(process) for name, process in watched.items()}, _count(connection)
    counted = time.monotonic() - began
    for process in running.values():
        assert process.wait(120) == 0
    results = [json.loads((folder / f"result-{place}.json").read_text()) for place in range(processes)]
    wrong, unavailable = (sum((Counter(result[name]) for result in results), Counter[str]()) for name in ("wrong", "unavailable"))
    cpu = {name: (after[name] - before[name]) / counted for name in watched}
    seen = [tuple(each) for result in results for each in result["seen"] if each[1] >= start + WARM]
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM audit_entry WHERE kind = 'exchange.DataPulled'")
        looks = cursor.fetchone()[0]
    answered = sum(len(result["seen"]) for result in results) + unavailable["pulls"]
    done = sum(began <= ended < began + counted for result in results for *_, ended in result["seen"]) or math.inf
    a_pull = {name: round((counted_after[name] - counted_before[name]) / done, 2) for name in counted_after}
    a_pull |= {f"cpu ms, {name}": round(1000 * share * counted / done, 2) for name, share in cpu.items()}
    return Run(seen, wrong, unavailable, cpu, a_pull, answered, looks)  # type: ignore[arg-type]  # JSON has no tuples


def _count(connection: Any) -> dict[str, int]:
    """Transactions, those of one reading statement among them, and how often PostgreSQL waited for the disk with its log."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT xact_commit, (SELECT sum(fsyncs) FROM pg_stat_io WHERE object = 'wal') FROM pg_stat_database"
            " WHERE datname = current_database()"
        )
        return dict(zip(("transactions", "waits_for_the_disk"), map(int, cursor.fetchone()), strict=True))


def count_statements(person: dict[str, str]) -> int:
    """What one more pull says to the platform's database, BEGIN and COMMIT included; it is no part of the run."""
    from django.db import connection

    from tests.prove.pull_process import Process

    said: list[str] = []
    plan = {"people": [person], "every": 0, "offset": 0, "pulls": 0, "processes": 1, "place": 0}
    with connection.execute_wrapper(lambda execute, sql, *rest: (said.append(sql), execute(sql, *rest))[1]):
        Process(plan).pull(0, 0.0)
    return len(said) + 2


def slowest_by_pull(seen: Sequence[tuple[str, float, float, float]], log: Sequence[tuple[str, str, float, float]]) -> list[float]:
    """Of each pull: how long its slowest source had the question; of two questions about one person at once, the shorter time counts."""
    by_key: dict[str, list[tuple[str, float, float]]] = {}
    for agency, key, had, said in log:
        by_key.setdefault(key, []).append((agency, had, said))
    floor = max(agency.pause for agency in AGENCIES if agency.kind == "sql")
    found = []
    for key, _, began, ended in seen:
        own: dict[str, float] = {}
        for agency, had, said in by_key[key]:
            if began <= had <= ended:
                own[agency] = min(said - had, own.get(agency, said - had))
        assert len(own) == sum(agency.kind == "http" for agency in AGENCIES)
        found.append(max(floor, *own.values()))
    return found


def percentiles(values: Sequence[float]) -> dict[str, float]:
    ordered = sorted(1000 * value for value in values) or [math.inf]
    return {name: round(ordered[min(len(ordered) - 1, int(len(ordered) * part))], 1) for name, part in
            (("p50", 0.50), ("p95", 0.95), ("p99", 0.99), ("p999", 0.999), ("max", 1.0))}  # fmt: skip


def main(rate: int = 300, seconds: float = 30.0, people: int = 600, processes: int = 2) -> dict[str, object]:
    """Returns percentiles in milliseconds, what a pull costs, and the counts, which must agree. Too great a load is no error: `met` says
    whether the rate was held by every pull within `BOUND`. Raises AssertionError for a wrong answer, or a look without its entry."""
    with ExitStack() as stack:
        folder = Path(stack.enter_context(TemporaryDirectory(prefix="mp-pull-", ignore_cleanup_errors=True)))
        ours = stack.enter_context(running_postgres(folder, "ours"))
        theirs = stack.enter_context(running_postgres(folder, "theirs", peers=()))
        ours.make_roles()
        environment = {
            "MIAOPI_TEST_FOLDER": str(folder), "MIAOPI_DATABASE_URL": ours.url(APPLICATION), "DJANGO_SETTINGS_MODULE": "tests.settings",
            "PYTHONPATH": f"{ROOT / 'src'}{os.pathsep}{ROOT}",
        }  # fmt: skip
        os.environ.update(environment)
        owner = {**os.environ, "MIAOPI_DATABASE_URL": ours.url(OWNER)}
        subprocess.run([sys.executable, "-m", "django", "migrate", "--verbosity", "0"], env=owner, cwd=ROOT, check=True)
        databases = {agency.id: make_database(theirs, agency, people) for agency in AGENCIES if agency.kind == "sql"}
        with running_http(folder, people) as (service, ports):
            services = {name: {"kind": "http", "url": f"http://127.0.0.1:{port}", "token": TOKEN} for name, port in ports.items()}
            write_city(folder, {**databases, **services})
            entered = enter_people(folder, people)
            assert ours.process is not None and theirs.process is not None
            servers = {"platform database": ours.process.pid, "agencies' database": theirs.process.pid, "agencies' services": service.pid}
            run = drive(folder, entered, servers, rate, seconds, processes)
            statements = count_statements(entered[0])
        log = json.loads((folder / "log.json").read_text())
    result = {**report(run, log, rate), "statements_a_pull": statements, "seconds": seconds, "processes": processes}
    assert not run.wrong, result
    assert run.looks == run.answered * len(AGENCIES), result
    return result


def report(run: Run, log: Sequence[tuple[str, str, float, float]], rate: int) -> dict[str, object]:
    took = [ended - moment for _, moment, _, ended in run.seen]
    above = [each - slowest for each, slowest in zip(took, slowest_by_pull(run.seen, log), strict=True)]
    first, last = min((each[1] for each in run.seen), default=0.0), max((each[3] for each in run.seen), default=1.0)
    achieved, above_ms = len(run.seen) / (last - first), percentiles(above)
    return {
        "met": achieved >= HELD * rate and above_ms["p99"] <= BOUND and not run.unavailable,
        "pulls_a_second": {"asked": rate, "achieved": round(achieved, 1)}, "pulls": len(run.seen),
        "above_slowest_source_ms": above_ms, "whole_pull_ms": percentiles(took),
        "above_slowest_pause_ms": percentiles([each - SLOWEST for each in took]),
        "waited_for_a_thread_ms": percentiles([began - moment for _, moment, began, _ in run.seen]),
        "cpu_share": {name: round(share, 2) for name, share in run.cpu.items()}, "cores": round(sum(run.cpu.values()), 2),
        "a_pull": {**run.a_pull, "cpu ms": round(1000 * sum(run.cpu.values()) * (last - first) / (len(run.seen) or math.inf), 2)},
        "answered": run.answered, "looks": run.looks, "wrong": run.wrong,
        "unavailable": run.unavailable,
    }  # fmt: skip
