"""What must happen by itself does, one duty whatever befalls another, and no backlog is slept on."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

import pytest
from django.conf import settings
from django.db import connection

from miaopi.apps.audit.api import after, count_numbered, find_checkpoint, system
from miaopi.apps.identity.api import Assertion, FakeAuthority, sign_in
from miaopi.apps.notification.actions.write import write_message
from miaopi.instance.worker import FAREWELL, Worker
from miaopi.kernel.wording import Text
from tests.unit.audit.happenings import NOW, Opened, open_many, open_one, quiet
from tests.unit.instance.processes import ROOT
from tests.waiting import LONG, until

ANYBODY = Assertion(
    name="演示·安娜", id_number="11010519491231002X", document_type="resident_id", mobile="13800000000", assurance_level=3, method="demo"
)


@pytest.fixture(autouse=True)
def own_handlers(database: str) -> Iterator[None]:
    with quiet():
        yield


@pytest.fixture
def hanging() -> Iterator[tuple[str, threading.Event]]:
    """The address of a gateway that answers a byte a while and never ends, and the event that it was asked."""
    asked, over = threading.Event(), threading.Event()

    def answer(line: socket.socket) -> None:
        with line:
            line.sendall(b"HTTP/1.1 200 OK\r\nX-Slow: ")
            asked.set()
            while not over.wait(0.5):
                line.sendall(b".")

    def serve(listening: socket.socket) -> None:
        while not over.is_set():
            try:
                line, _ = listening.accept()
            except TimeoutError:
                continue
            threading.Thread(target=answer, args=(line,), daemon=True).start()

    with socket.create_server(("127.0.0.1", 0)) as listening:
        listening.settimeout(0.2)
        serving = threading.Thread(target=serve, args=(listening,), daemon=True)
        serving.start()
        yield f"http://127.0.0.1:{listening.getsockname()[1]}/", asked
        over.set()
        serving.join()


def start_worker(home: Path, gateway: str) -> subprocess.Popen[bytes]:
    """The worker as a process of its own, on the database of this test."""
    (home / "seal.key").write_bytes(settings.MIAOPI_SEAL_KEY)
    environment = {
        **os.environ, "MIAOPI_HOME": str(home), "MIAOPI_GATEWAY": gateway, "PYTHONPATH": f"{ROOT / 'src'}{os.pathsep}{ROOT}",
    }
    with open(home / "worker.log", "ab") as output:
        return subprocess.Popen([sys.executable, "-m", "miaopi", "worker"], env=environment, cwd=ROOT, stdout=output, stderr=output)


def signed() -> int:
    head = find_checkpoint()
    return 0 if head is None else int(head.tree_size)


def test_a_gateway_that_hangs_stops_neither_numbers_nor_signatures(
    tmp_path: Path, hanging: tuple[str, threading.Event]
) -> None:
    gateway, asked = hanging
    party = sign_in(code="code", by=system("test"), now=NOW, authority=FakeAuthority({"code": ANYBODY})).party
    write_message(key="k1", number="n1", party=party.id, kind="approve", text=Text("办好了", "Done"), by=system("test"), now=NOW)
    worker = start_worker(tmp_path, gateway)
    try:
        assert asked.wait(LONG), (tmp_path / "worker.log").read_text()
        for number in range(3):
            size = count_numbered()
            open_one(f"while it hangs {number}")
            until(lambda size=size: signed() > size)
        worker.send_signal(signal.SIGTERM)
        assert worker.wait(timeout=FAREWELL + LONG) == 0
    finally:
        worker.kill()


def test_a_round_says_whether_the_log_went_on() -> None:
    heard = []

    @after(Opened)
    def hear(event: Opened, *, seq: int, now: datetime) -> None:
        heard.append(seq)

    worker = Worker()
    assert not worker.round(heard=True)
    open_many(450)
    assert [worker.round(heard=True) for _ in range(4)] == [True, True, True, False]
    assert heard == list(range(450))
    head = find_checkpoint()
    assert head is None or head.tree_size == 450


def test_a_duty_that_fails_is_tried_again_in_the_next_round() -> None:
    tried = list[datetime]()

    def fail_once(now: datetime) -> int:
        tried.append(now)
        if len(tried) == 2:
            raise OSError
        return 0

    worker = Worker({"tell": (3600.0, fail_once)})
    for heard in (True, True, False, False):
        worker.round(heard=heard)
    assert len(tried) == 3


def test_a_duty_that_fails_leaves_the_others_to_do_theirs() -> None:
    @after(Opened)
    def cut(event: Opened, *, seq: int, now: datetime) -> None:
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_terminate_backend(pg_backend_pid())")

    open_many(1)
    worker = Worker()
    assert worker.round(heard=True)
    head = find_checkpoint()
    assert head is not None and head.tree_size == 1
    assert not worker.round(heard=True)
