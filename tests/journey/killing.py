"""A hundred residents apply while web and worker are killed; afterwards everything is counted, on both sides of the gateway.

`under_fire` is the one script: the tests run it on this build and on one that ignores idempotency, the long proof on many seeds.
"""

from __future__ import annotations

import json
import os
import random
import signal
import subprocess
import sys
import threading
import time
import urllib.request
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import psycopg

from tests.journey.cities import ROOT, City, run_verb
from tests.journey.registers import clean_residents
from tests.journey.visitors import Refused, Seen, Visitor
from tests.waiting import LONG, awaited

GATEWAY = ROOT / "tests" / "outside" / "gateway.py"
AT_ONCE = 4
TARGETS = {"web": "granian", "web's process": "granian", "worker": "worker"}


@dataclass(frozen=True)
class Gateway:
    """The message gateway as a process of its own, seen over HTTP."""

    address: str

    def count(self) -> dict[str, object]:
        found: dict[str, object] = json.load(urllib.request.urlopen(self.address))
        return found

    def hold(self, answers: int) -> None:
        urllib.request.urlopen(f"{self.address}hold", data=json.dumps({"answers": answers}).encode()).close()


@contextmanager
def outside_gateway(folder: Path) -> Iterator[Gateway]:
    command = [sys.executable, "-I", str(GATEWAY), str(folder / "gateway.book")]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        try:
            yield Gateway(f"http://127.0.0.1:{process.stdout.readline().strip()}/")
        finally:
            process.kill()


@dataclass(frozen=True)
class Plan:
    """How many residents, how many kills, and how many of these strike while the gateway keeps an answer back."""

    seed: int
    applications: int = 100
    kills: int = 20
    aimed: int = 3


@dataclass
class Count:
    """What was found when all was quiet. Counters are by application number, the others are totals."""

    seen: dict[str, str]
    refused: list[str]
    killed: Counter[str]
    again: int
    confirmed: dict[str, str] = field(default_factory=dict)
    decisions: Counter[str] = field(default_factory=Counter)
    entries: Counter[str] = field(default_factory=Counter)
    licences: dict[str, bool] = field(default_factory=dict)
    messages: set[str] = field(default_factory=set)
    keys: set[str] = field(default_factory=set)
    repeated: int = 0
    attempts: int = 0
    gaps: int = 0
    pending: list[str] = field(default_factory=list)
    parked: int = 0
    findings: list[object] = field(default_factory=list)

    def shortcomings(self) -> list[str]:
        """What was lost, doubled or left half done; empty when nothing was."""
        approved = {number for number, outcome in self.confirmed.items() if outcome == "approve"}
        said = {
            "residents were refused": self.refused,
            "acknowledged, but not as it is kept": self.seen.items() ^ self.confirmed.items(),
            "decided twice or never": [number for number in self.confirmed if self.decisions[number] != 1],
            "confirmed in the log twice or never": [number for number in self.confirmed if self.entries[number] != 1],
            "approved without a licence, or the other way": approved ^ self.licences.keys(),
            "licences without a signature": [number for number, is_signed in self.licences.items() if not is_signed],
            "messages not written": range(len(self.messages), len(self.confirmed)),
            "messages written twice": range(len(self.confirmed), len(self.messages)),
            "messages not delivered": self.messages - self.keys,
            "deliveries of no message": self.keys - self.messages,
            "texts delivered twice": range(self.repeated),
            "places missing in the log": range(self.gaps),
            "events without a place": self.pending,
            "events parked": range(self.parked),
            "altered rows": self.findings,
        }
        return [f"{what}: {len(which)}" for what, which in said.items() if which]

    def to_json(self) -> dict[str, object]:
        return {
            "acknowledged": len(self.seen), "applications": len(self.confirmed), "licences": len(self.licences),
            "deliveries": len(self.keys), "attempts": self.attempts, "killed": dict(sorted(self.killed.items())),
            "sent_again": self.again, "pending": self.pending, "outcomes": dict(Counter(self.confirmed.values())),
            "shortcomings": self.shortcomings(),
        }  # fmt: skip


def under_fire(city: City, gateway: Gateway, plan: Plan, root: Path = ROOT) -> Count:
    """Residents apply, a few at once, while processes are killed; then a quiet phase; then the count."""
    chance = random.Random(plan.seed)
    serials = clean_residents(city.home, chance, plan.applications, hukou_elsewhere=False)
    before = Before.of(city, gateway)
    strikes = Strikes(city, gateway, plan, random.Random(plan.seed))
    visits: list[Seen | Refused] = []
    again = 0

    def visit(place: int) -> None:
        nonlocal again
        strikes.wait_for_turn(place)
        visitor = Visitor(str(city.what["base_url"]), f"p{serials[place]:06d}")
        try:
            visits.append(visitor.apply())
        except Refused as refused:
            visits.append(refused)
        again += visitor.again

    striking = threading.Thread(target=strikes.run)
    striking.start()
    with ThreadPoolExecutor(AT_ONCE) as residents:
        list(residents.map(visit, range(plan.applications)))
    striking.join()
    count = Count(
        seen={visit.number: visit.outcome for visit in visits if isinstance(visit, Seen)},
        refused=[str(visit) for visit in visits if isinstance(visit, Refused)], killed=strikes.killed, again=again,
    )  # fmt: skip
    count_up(count, city, gateway, before, root)
    return count


@dataclass(frozen=True)
class Before:
    """What was there before anything was counted: numbers of cases, keys at the gateway, and its two counters."""

    numbers: list[str]
    keys: set[str]
    attempts: int
    repeated: int

    @classmethod
    def of(cls, city: City, gateway: Gateway) -> Before:
        carried = gateway.count()
        return cls(numbers_in(city), set(_keys(gateway)), int(str(carried["attempts"])), int(str(carried["repeated"])))


def count_up(count: Count, city: City, gateway: Gateway, before: Before, root: Path = ROOT) -> None:
    """Count what came since `before` as it stood at a moment when all was quiet, inside the house and at the gateway."""
    with _quiet(city) as database:
        _read_rows(count, database, before.numbers)
    carried = gateway.count()
    count.keys = set(_keys(gateway)) - before.keys
    count.attempts = int(str(carried["attempts"])) - before.attempts
    count.repeated = int(str(carried["repeated"])) - before.repeated
    count.findings = list(run_verb(city.home, "audit", "check", root=root)["findings"])


def _keys(gateway: Gateway) -> list[str]:
    keys = gateway.count()["keys"]
    assert isinstance(keys, list)
    return keys


class Strikes:
    """Kills with SIGKILL at moments drawn from the seed; only descendants of this city's supervisor."""

    def __init__(self, city: City, gateway: Gateway, plan: Plan, chance: random.Random) -> None:
        self._supervisor = int(description_of(city)["pid"])
        self._gateway, self._plan, self._chance = gateway, plan, chance
        self._struck = threading.Condition()
        self.killed: Counter[str] = Counter()

    def wait_for_turn(self, place: int) -> None:
        """Residents come as the kills go on, a little ahead of them, so that all kills fall among applications."""
        due = (place * self._plan.kills) // self._plan.applications - 2
        with self._struck:
            self._struck.wait_for(lambda: self.killed.total() >= due)

    def run(self) -> None:
        aimed = set(self._chance.sample(range(2, self._plan.kills - 1), self._plan.aimed))
        for turn in range(self._plan.kills):
            if turn in aimed:
                self._strike("worker", "worker while the gateway kept its answer back" if self._wait_for_held() else "worker")
            else:
                time.sleep(self._chance.uniform(0.1, 1.2))
                name = self._chance.choice(list(TARGETS))
                self._strike(name, name)

    def _wait_for_held(self) -> bool:
        self._gateway.hold(1)
        if awaited(lambda: self._gateway.count()["held"], every=0.02):
            return True
        self._gateway.hold(0)
        return False

    def _strike(self, name: str, what: str) -> None:
        """Kill the process of that name, as soon as there is one; one that ended by itself meanwhile is no kill."""
        while (process := self._find(name)) is None or not killed(process):
            time.sleep(0.05)
        with self._struck:
            self.killed[what] += 1
            self._struck.notify_all()

    def _find(self, name: str) -> int | None:
        found = next((each for each in children_of(self._supervisor) if TARGETS[name] in words_of(each)), None)
        if found is None or name != "web's process":
            return found
        return next(iter(children_of(found)), None)


def killed(process: int) -> bool:
    try:
        os.kill(process, signal.SIGKILL)
        return True
    except ProcessLookupError:
        return False


def children_of(process: int) -> list[int]:
    """Living children; a zombie is none."""
    found = []
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            state, parent = stat.read_text().rpartition(")")[2].split()[:2]
        except OSError:  # gone since
            continue
        if int(parent) == process and state != "Z":
            found.append(int(stat.parent.name))
    return found


def words_of(process: int) -> list[str]:
    try:
        return Path(f"/proc/{process}/cmdline").read_text().split("\0")
    except OSError:
        return []


def description_of(city: City) -> dict[str, str]:
    found: dict[str, str] = json.loads((city.home / "instance.json").read_text(encoding="utf-8"))
    return found


def numbers_in(city: City) -> list[str]:
    with psycopg.connect(description_of(city)["database_url"]) as database:
        return [row[0] for row in database.execute("SELECT number FROM application_application")]


@contextmanager
def _quiet(city: City) -> Iterator[psycopg.Connection]:
    """The rows of one moment with nothing left to number, to sign, to decide or to deliver; what is not done within a minute
    counts as not done.
    """
    left = """SELECT (SELECT count(*) FROM audit_pending)
        + (SELECT count(*) FROM notification_message WHERE accepted_at IS NULL)
        + (SELECT count(*) FROM licence_licence WHERE signed_at IS NULL) + (SELECT count(*) FROM approval_waiting)
        + (SELECT count(*) FROM application_application a WHERE outcome <> ''
            AND NOT EXISTS (SELECT FROM notification_message m WHERE m.number = a.number))"""
    deadline = time.monotonic() + LONG
    with psycopg.connect(description_of(city)["database_url"]) as database:
        database.isolation_level = psycopg.IsolationLevel.REPEATABLE_READ
        while (row := database.execute(left).fetchone()) is None or (row[0] and time.monotonic() < deadline):
            database.rollback()
            time.sleep(0.2)
        yield database


def _read_rows(count: Count, database: psycopg.Connection, before: list[str]) -> None:
    new = "NOT number = ANY(%s)"

    def rows(query: str) -> list[tuple[str, str]]:
        return database.execute(f"{query} AND {new}", [before]).fetchall()

    count.confirmed = dict(rows("SELECT number, outcome FROM application_application WHERE confirmed_at IS NOT NULL"))
    count.decisions = Counter(number for number, _ in rows("SELECT number, id FROM approval_decision WHERE true"))
    count.entries = Counter(number for number, _ in rows("SELECT number, kind FROM audit_entry WHERE kind = 'filing.FilingConfirmed'"))
    signed = "SELECT number, signed_at IS NOT NULL AND signed_text IS NOT NULL FROM licence_licence WHERE true"
    count.licences = {number: bool(is_signed) for number, is_signed in rows(signed)}
    count.messages = {key for key, _ in rows("SELECT id, number FROM notification_message WHERE accepted_at IS NOT NULL")}
    totals = database.execute(
        "SELECT coalesce(max(seq) + 1, 0) - count(*), ARRAY(SELECT kind FROM audit_pending JOIN audit_entry e ON e.id = entry_id),"
        " (SELECT count(*) FROM audit_failure WHERE parked_at IS NOT NULL) FROM audit_position"
    ).fetchone()
    assert totals is not None
    count.gaps, count.pending, count.parked = totals
