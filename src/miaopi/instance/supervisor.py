"""One process owns an instance: it starts servers and children in order, brings back what dies, stops in reverse.

A child is never waited for in silence: what does not come up, or stays down, ends the instance loudly.
"""

from __future__ import annotations

import logging
import signal
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from types import FrameType
from typing import Final

from miaopi.instance.brood import Order, bear
from miaopi.instance.home import Home
from miaopi.instance.locks import VerbWatch, owned
from miaopi.instance.postgres import EmbeddedServer, ServerDown
from miaopi.instance.spawning import Process, end, spawn, sweep
from miaopi.kernel.frozen import frozen

log = logging.getLogger(__name__)

DELAYS: Final = (0.0, 0.2, 0.5, 1.0, 2.0, 5.0)
STEADY: Final = 3.0  # seconds: one that had come up is back within two (DESIGN.md F14); one that cannot is given time
PROBE_EVERY: Final = 1.0
SILENT_PROBES: Final = 4
WITHOUT_VERBS: Final = 1.0


@frozen
class Child:
    """A process: `command` begins with an absolute path; `is_ready` is asked until it is true, at most `within` seconds.

    `stem`: so many first words of the command are a program that can make several of these at once (`brood.py`), as at the first start.
    """

    name: str
    command: Sequence[str]
    environment: Mapping[str, str]
    is_ready: Callable[[], bool] | None = None
    within: float = 60.0
    patience: float = 20.0
    stem: int = 0


class Stopped(BaseException):
    """Somebody asked us to stop while we were still starting."""


class ChildDown(Exception):
    """A child did not come up; the name says which."""


@dataclass
class _Running:
    child: Child
    process: Process
    started: float
    deaths: int = 0
    again_at: float | None = None


@dataclass
class Supervisor:
    """`children` is asked once the servers stand and `prepare` has run; `describe` when everything answers.

    With `hold` it runs until told to stop, otherwise until no verb has been there for a second.
    """

    home: Home
    servers: Sequence[EmbeddedServer]
    prepare: Callable[[], None]
    children: Callable[[], Sequence[Child]]
    describe: Callable[[], None]
    hold: bool = False
    _running: list[_Running] = field(default_factory=list, init=False)
    _asked: bool = field(default=False, init=False)
    _starting: bool = field(default=True, init=False)
    _silent: dict[str, int] = field(default_factory=dict, init=False)

    def run(self) -> int:
        """Returns 0 after a clean stop and 1 after a loud one; raises AlreadySupervised at once."""
        with owned(self.home):
            self.home.description.unlink(missing_ok=True)
            for number in (signal.SIGINT, signal.SIGTERM):
                signal.signal(number, self._stop_when_asked)
            verbs = VerbWatch(self.home)
            try:
                self._start()
                self._watch(verbs)
                return 0
            except Stopped:
                return 0
            except (ServerDown, ChildDown) as error:
                log.error("stopping: %s", error)
                return 1
            finally:
                self._asked, self._starting = True, False
                self.home.description.unlink(missing_ok=True)
                self._stop()

    def _stop_when_asked(self, number: int, frame: FrameType | None) -> None:
        first, self._asked = not self._asked, True
        if first and self._starting:
            raise Stopped

    def _start(self) -> None:
        for server in self.servers:
            log.info("starting database server %s", server.name)
            server.start()
        log.info("preparing")
        self.prepare()
        children = self.children()
        born = self._bear([child for child in children if child.stem])
        for child in children:
            log.info("starting %s", child.name)
            running = _Running(child, born.get(child.name) or self._spawn(child), time.monotonic())
            self._running.append(running)
            self._wait_until_ready(running)
        self._starting = False
        self.describe()
        log.info("ready")

    def _bear(self, children: Sequence[Child]) -> Mapping[str, Process]:
        """By name; none of whom cannot be made so, and she is started like any other."""
        if not children:
            return {}
        first = children[0]
        orders = [Order(child.command[child.stem :], child.environment, self._log_of(child)) for child in children]
        shared = set.intersection(*(set(child.environment.items()) for child in children))
        born = bear(first.command[: first.stem], orders, environment=dict(shared), log=self._log_of(first))
        return {child.name: process for child, process in zip(children, born, strict=False)}

    def _log_of(self, child: Child) -> Path:
        return self.home.logs / f"{child.name}.log"

    def _spawn(self, child: Child) -> Process:
        with open(self._log_of(child), "ab") as output:
            return spawn(child.command, log=output, environment=child.environment)

    def _wait_until_ready(self, running: _Running) -> None:
        deadline = time.monotonic() + running.child.within
        while running.child.is_ready is not None and not running.child.is_ready():
            if running.process.poll() is not None or time.monotonic() > deadline:
                raise ChildDown(f"{running.child.name} does not come up; its log is in {self.home.logs}")
            time.sleep(0.03)

    def _watch(self, verbs: VerbWatch) -> None:
        probed = time.monotonic()
        while not self._asked:
            if not self.hold and verbs.seconds_alone() >= WITHOUT_VERBS and verbs.keep_out():
                return
            for server in self.servers:
                if server.has_died():
                    self._revive(server)
            for running in self._running:
                self._bring_back(running)
            if time.monotonic() - probed >= PROBE_EVERY:
                self._probe()
                probed = time.monotonic()
            time.sleep(0.1)

    def _revive(self, server: EmbeddedServer) -> None:
        """Twice at most: a disk that fails will fail again, and a server that limps along is worse than one that is down."""
        log.warning("database server %s died, starting it again", server.name)
        self._silent[server.name] = 0
        try:
            server.start(within=10)
        except ServerDown:
            server.start(within=30)

    def _probe(self) -> None:
        """A live process that commits nothing is dead: kill it, and the next round starts it again."""
        for server in self.servers:
            self._silent[server.name] = 0 if server.commits() else self._silent.get(server.name, 0) + 1
            if self._silent[server.name] >= SILENT_PROBES and server.process is not None:
                log.error("database server %s commits nothing, killing it", server.name)
                server.process.kill()

    def _bring_back(self, running: _Running) -> None:
        now = time.monotonic()
        if running.process.poll() is None:
            if running.deaths and now - running.started > STEADY:
                running.deaths = 0
            return
        if running.again_at is None:
            sweep(running.process)
            delay = DELAYS[min(running.deaths, len(DELAYS) - 1)]
            log.warning("%s ended with %s, again in %s s", running.child.name, running.process.returncode, delay)
            running.again_at = now + delay
            running.deaths += 1
        if now >= running.again_at:
            running.process = self._spawn(running.child)
            running.started, running.again_at = now, None

    def _stop(self) -> None:
        """Web, worker, agencies, databases: whoever asks goes before whoever answers."""
        for running in reversed(self._running):
            log.info("stopping %s", running.child.name)
            end(running.process, signal.SIGTERM, running.child.patience)
        for server in reversed(self.servers):
            log.info("stopping database server %s", server.name)
            server.stop()
