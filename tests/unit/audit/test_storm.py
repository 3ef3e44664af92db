"""Every committed event is handled exactly once, whatever dies and wherever the log is carried; a cursor over ids loses some.

Sixteen writers with slow, rolled-back and killed transactions, two sequencers and two readers that are killed and started
again, then a dump in the middle of the work, restored into a new database where everything goes on.
"""

from __future__ import annotations

import json
import multiprocessing
import os
import random
import signal
import subprocess
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from multiprocessing.process import BaseProcess
from pathlib import Path
from threading import Event, Thread
from typing import Any

import psycopg
import pytest

from miaopi.instance.postgres import OWNER
from miaopi.instance.programs import installed_programs
from miaopi.kernel.ledger import root
from tests.databases import Server
from tests.unit.audit import storm
from tests.waiting import LONG, awaited, until

Role = Callable[[str, int, Path], None]
FORK = multiprocessing.get_context("forkserver")
WRITERS = 16
KILLS = ("write", "sequence_on", "read_on", "backend")


@dataclass
class Weather:
    """The processes of one database, and who is killed next."""

    database: str
    folder: Path
    chance: random.Random
    running: dict[BaseProcess, Role] = field(default_factory=dict)
    started: int = 0
    kills: Counter[str] = field(default_factory=Counter)

    def start(self, role: Role) -> BaseProcess:
        self.started += 1
        process = FORK.Process(target=role, args=(self.database, self.started, self.folder))
        process.start()
        self.running[process] = role
        return process

    def kill_one(self) -> None:
        """SIGKILL for one process, and another takes its place."""
        process = self.chance.choice([each for each, role in self.running.items() if role is not storm.hold and each.is_alive()])
        self.start(self.kill(process))

    def kill(self, process: BaseProcess) -> Role:
        role = self.running.pop(process)
        assert process.pid is not None
        os.kill(process.pid, signal.SIGKILL)
        process.join()
        self.kills[role.__name__] += 1
        return role

    def kill_all(self, *roles: Role) -> None:
        for process in [each for each, role in self.running.items() if role in roles]:
            self.kill(process)

    def end(self) -> None:
        """All end by themselves, and well."""
        (self.folder / "stop").touch()
        for process, role in self.running.items():
            process.join(timeout=LONG)
            assert process.exitcode == 0, role.__name__
        self.running.clear()
        (self.folder / "stop").unlink()


@contextmanager
def cursor_over_ids(address: str) -> Iterator[set[str]]:
    """What a reader sees that asks for ids beyond the last it saw: the way that law 4 forbids."""
    seen: set[str] = set()
    stop = Event()

    def follow() -> None:
        last = 0
        with psycopg.connect(address, autocommit=True, application_name="naive") as naive:
            while not stop.is_set():
                found = naive.execute("SELECT id, number FROM audit_entry WHERE id > %s ORDER BY id", [last]).fetchall()
                last = found[-1][0] if found else last
                seen.update(number for _, number in found)
                time.sleep(0.002)

    thread = Thread(target=follow)
    thread.start()
    try:
        yield seen
    finally:
        stop.set()
        thread.join()


def ask(address: str, statement: str, *values: Any) -> list[Any]:
    with psycopg.connect(address, autocommit=True) as asking:
        return [row[0] if len(row) == 1 else row for row in asking.execute(statement, values).fetchall()]


def cut_one(superuser: str, database: str) -> int:
    """Terminate the backend of somebody at work."""
    return len(
        ask(
            superuser,
            "SELECT pg_terminate_backend(pid) FROM (SELECT pid FROM pg_stat_activity WHERE datname = %s"
            " AND application_name IN ('writer', 'sequencer', 'reader') ORDER BY random() LIMIT 1) AS one",
            database,
        )
    )


def blow(weather: Weather, server: Server, events: int) -> None:
    """Sixteen writers until there are so many events, while somebody is killed every quarter of a second."""
    for role, count in ((storm.sequence_on, 2), (storm.read_on, 2), (storm.write, WRITERS // storm.TOGETHER)):
        for _ in range(count):
            weather.start(role)
    address, longest = server.url(weather.database), time.time() + LONG
    held = weather.start(storm.hold)
    while time.time() < longest and (
        held.is_alive() or ask(address, "SELECT count(*) FROM storm_state") < [events] or min(map(weather.kills.get, KILLS, [0] * 4)) < 2
    ):
        weather.kill_one()
        weather.kills["backend"] += cut_one(server.embedded.superuser_url(), weather.database)
        time.sleep(0.25)
    assert held.exitcode == 0


def carry(server: Server, database: str, target: str) -> None:
    """pg_dump into a file, and from there into a new database."""
    superuser = server.embedded.superuser_url
    dump = server.folder / f"{database}.dump"
    subprocess.run([installed_programs() / "pg_dump", "-Fc", "-f", dump, superuser(database)], check=True)
    with psycopg.connect(superuser(), autocommit=True) as mighty:
        mighty.execute(f"CREATE DATABASE {target} TEMPLATE template0 OWNER {OWNER}")
    subprocess.run([installed_programs() / "pg_restore", "--exit-on-error", "-d", superuser(target), dump], check=True)
    dump.unlink()


@pytest.fixture
def places(server: Server) -> Iterator[tuple[str, str]]:
    """Two databases of this test's own; the second is made by the restore."""
    FORK.set_forkserver_preload(["tests.unit.audit.nursery"])
    server.clone("storm")
    with psycopg.connect(server.url("storm", OWNER), autocommit=True) as mighty:
        mighty.execute(storm.SCENERY)
    yield "storm", "storm_carried"
    server.drop("storm")
    server.drop("storm_carried")


def settle(address: str) -> None:
    """Wait until all that was told is handled; the asserts say what is missing."""
    awaited(lambda: ask(address, "SELECT count(*) FROM storm_state") <= ask(address, "SELECT count(*) FROM storm_effect"))


def test_every_committed_event_is_handled_exactly_once_and_a_cursor_over_ids_loses_some(
    server: Server, places: tuple[str, str], tmp_path: Path
) -> None:
    first, second = places
    weather = Weather(first, tmp_path, random.Random(1))
    with cursor_over_ids(server.url(first)) as seen:
        blow(weather, server, events=300)
        weather.kill_all(storm.sequence_on, storm.read_on)
        weather.end()
        leave_pending(weather, server.url(first))
        time.sleep(0.2)
    lost = set(ask(server.url(first), "SELECT number FROM audit_entry")) - seen
    assert len(lost) > 0
    assert any(number.startswith("held.") for number in lost)

    carry(server, first, second)
    signed = ask(server.url(second), "SELECT tree_size FROM audit_checkpoint ORDER BY tree_size")
    later = Weather(second, tmp_path, random.Random(2), started=weather.started)
    blow(later, server, events=500)
    later.kill_all(storm.write)
    settle(server.url(second))
    later.end()
    later.start(storm.check)
    later.end()
    hold_true(server.url(second), tmp_path, signed)
    events = ask(server.url(second), "SELECT count(*) FROM storm_state")[0]
    print(f"{events} events; a cursor over ids lost {len(lost)} of the first half; killed: {dict(weather.kills + later.kills)}")


def leave_pending(weather: Weather, address: str) -> None:
    """What was told after the last sequencer died: the dump holds it without a number."""
    weather.start(storm.write)
    until(lambda: ask(address, "SELECT count(*) FROM audit_pending") != [0])
    weather.end()


def hold_true(address: str, folder: Path, signed: list[int]) -> None:
    """What must be so in the end, by counting rows."""
    state = ask(address, "SELECT number FROM storm_state")
    entries = ask(address, "SELECT number FROM audit_entry")
    assert len(state) > 300
    assert Counter(entries) == Counter(state), "an event without its state, or the other way round"
    assert not [number for number in state if number.startswith(storm.LOST)]
    acknowledged = set((folder / "acknowledged").read_text(encoding="ascii").split())
    assert acknowledged <= set(state), "acknowledged and lost"

    assert ask(address, "SELECT seq FROM audit_position ORDER BY seq") == list(range(len(entries)))
    assert ask(address, "SELECT count(*) FROM audit_pending") == [0]
    handled = ask(address, "SELECT number FROM storm_effect")
    assert Counter(handled) == Counter(entries), "lost or doubled"
    places = ask(address, "SELECT p.seq, e.number FROM audit_position p JOIN audit_entry e ON e.id = p.entry_id")
    assert sorted(ask(address, "SELECT seq, number FROM storm_effect")) == sorted(places)

    checked = json.loads((folder / "checked").read_text(encoding="utf-8"))
    leaves = ask(address, "SELECT e.leaf FROM audit_position p JOIN audit_entry e ON e.id = p.entry_id ORDER BY p.seq")
    assert checked == {"findings": [], "parked": [], "root": root(leaves).hex()}
    sizes = ask(address, "SELECT tree_size FROM audit_checkpoint ORDER BY tree_size")
    assert sizes[: len(signed)] == signed
    assert len(sizes) > len(signed) > 0
