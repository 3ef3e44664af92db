"""One process owns an instance, brings back what dies, and leaves nothing behind."""

from __future__ import annotations

import os
import signal
from pathlib import Path

import pytest

from miaopi.instance.home import Home
from miaopi.instance.locks import find_supervisor, shared
from tests.unit.instance.processes import is_running, number_in, start, until


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
    assert owner.wait(30) == 0
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
    until(lambda: not any(is_running(process) for process in owned), 15)
    assert find_supervisor(Home(folder)) is None


def test_what_dies_comes_back(folder: Path) -> None:
    owner = start("supervise", folder)
    until((folder / "instance.json").exists)
    for name in ("web.pid", "agency.pid", "first/postmaster.pid"):
        before = number_in(folder / name)
        os.kill(before, signal.SIGKILL)
        until(lambda path=folder / name, old=before: path.exists() and path.read_text() and number_in(path) != old, 10)
    assert owner.poll() is None
    owner.terminate()
    assert owner.wait(30) == 0


def test_a_second_supervisor_is_turned_away(folder: Path) -> None:
    first = start("supervise_for_verbs", folder)
    with shared(Home(folder)):
        until((folder / "instance.json").exists)
        assert find_supervisor(Home(folder)) == first.pid
        assert start("supervise", folder).wait(30) == 75
        first.terminate()
        assert first.wait(30) == 0


def test_it_stays_while_a_verb_is_there_and_goes_a_second_after_the_last(folder: Path) -> None:
    verb = start("hold_verb", folder)
    until((folder / "verb.pid").exists)
    owner = start("supervise_for_verbs", folder)
    until((folder / "instance.json").exists)
    with pytest.raises(AssertionError):
        until(lambda: owner.poll() is not None, 2)
    verb.kill()
    verb.wait()
    assert until(lambda: owner.poll() is not None, 20) >= 0.9
    assert owner.returncode == 0


def test_a_verb_that_comes_while_it_stops_waits_and_finds_the_home_free(folder: Path) -> None:
    owner = start("supervise_for_verbs", folder)
    until((folder / "instance.json").exists)
    until(lambda: not (folder / "instance.json").exists(), 20)
    with shared(Home(folder)):
        assert find_supervisor(Home(folder)) is None or owner.wait(20) == 0
        until(lambda: find_supervisor(Home(folder)) is None, 5)
