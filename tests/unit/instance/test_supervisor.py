"""One process owns an instance, brings back what dies, and leaves nothing behind."""

from __future__ import annotations

import os
import signal
import subprocess
import time
from pathlib import Path

import pytest

from miaopi.instance.home import Home
from miaopi.instance.locks import find_supervisor, shared
from tests.unit.instance.processes import is_running, number_in, start
from tests.waiting import LONG, until


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    Home(tmp_path).ready()
    return tmp_path


def processes_of(folder: Path) -> list[int]:
    servers = [folder / name / "postmaster.pid" for name in ("first", "second")]
    return [number_in(path) for path in (*servers, folder / "agency.pid", folder / "web.pid") if path.exists()]


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_it_stops_web_before_agencies_before_databases_and_leaves_nothing(folder: Path, number: signal.Signals) -> None:
    owner = start("supervise", folder)
    until((folder / "instance.json").exists)
    owned = processes_of(folder)
    owner.send_signal(number)
    assert owner.wait(LONG) == 0
    assert (folder / "stopped").read_text().split() == ["web", "agency"]
    log = (folder / "supervise.out").read_text()
    assert log.index("stopping web") < log.index("stopping agency") < log.index("stopping database server second")
    assert [process for process in owned if is_running(process)] == []
    assert not (folder / "instance.json").exists()


def test_nothing_is_left_running_when_the_supervisor_itself_is_killed(folder: Path) -> None:
    owner = start("supervise", folder)
    until((folder / "instance.json").exists)
    owned = processes_of(folder)
    assert len(owned) == 4
    owner.kill()
    owner.wait()
    until(lambda: not any(is_running(process) for process in owned))
    assert find_supervisor(Home(folder)) is None


def test_what_dies_comes_back(folder: Path) -> None:
    owner = start("supervise", folder)
    until((folder / "instance.json").exists)
    for name in ("web.pid", "agency.pid", "first/postmaster.pid"):
        before = number_in(folder / name)
        os.kill(before, signal.SIGKILL)
        until(lambda path=folder / name, old=before: path.exists() and path.read_text() and number_in(path) != old)
    assert owner.poll() is None
    owner.terminate()
    assert owner.wait(LONG) == 0


def test_children_made_at_once_are_processes_of_their_own_and_come_back_alone(folder: Path) -> None:
    owner = start("supervise_together", folder)
    until((folder / "instance.json").exists)
    one, two = (number_in(folder / f"{name}.pid") for name in ("one", "two"))
    assert [(folder / f"{name}.told").read_text() for name in ("one", "two")] == ["kept by one", "kept by two"]
    for process, stranger in ((one, b"kept by two"), (two, b"kept by one")):
        assert os.getsid(process) == process and parent_of(process) == owner.pid
        assert not holds(process, stranger), "what is one's own was in a memory that another was copied from"
    os.kill(one, signal.SIGKILL)
    until(lambda: (folder / "one.pid").read_text() and number_in(folder / "one.pid") != one)
    assert number_in(folder / "two.pid") == two and is_running(two) and not is_running(one)
    back = number_in(folder / "one.pid")
    owner.kill()
    owner.wait()
    until(lambda: not is_running(back) and not is_running(two))


def parent_of(process: int) -> int:
    return int(Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()[1])


def holds(process: int, secret: bytes) -> bool:
    """Whether that stands anywhere in its memory, of what it may write to."""
    with open(f"/proc/{process}/maps", encoding="ascii") as maps, open(f"/proc/{process}/mem", "rb", buffering=0) as memory:
        for line in maps:
            place, rights, *rest = line.split()
            if not rights.startswith("rw") or rest[-1] in {"[vvar]", "[vsyscall]"}:
                continue
            begin, end = (int(border, 16) for border in place.split("-"))
            memory.seek(begin)
            if secret in memory.read(end - begin):
                return True
    return False


def test_a_second_supervisor_is_turned_away(folder: Path) -> None:
    first = start("supervise_for_verbs", folder)
    with shared(Home(folder)):
        until((folder / "instance.json").exists)
        assert find_supervisor(Home(folder)) == first.pid
        assert start("supervise", folder).wait(LONG) == 75
        first.terminate()
        assert first.wait(LONG) == 0


def test_it_stays_while_a_verb_is_there_and_goes_a_second_after_the_last(folder: Path) -> None:
    verb = start("hold_verb", folder)
    until((folder / "verb.pid").exists)
    owner = start("supervise_for_verbs", folder)
    until((folder / "instance.json").exists)
    with pytest.raises(subprocess.TimeoutExpired):
        owner.wait(2)
    alone = time.monotonic()
    verb.kill()
    verb.wait()
    until(lambda: owner.poll() is not None)
    assert time.monotonic() - alone >= 0.9
    assert owner.returncode == 0


def test_a_verb_that_comes_while_it_stops_waits_and_finds_the_home_free(folder: Path) -> None:
    owner = start("supervise_for_verbs", folder)
    with shared(Home(folder)):
        until((folder / "instance.json").exists)
    until(lambda: not (folder / "instance.json").exists())
    with shared(Home(folder)):
        assert find_supervisor(Home(folder)) is None or owner.wait(LONG) == 0
        until(lambda: find_supervisor(Home(folder)) is None)
