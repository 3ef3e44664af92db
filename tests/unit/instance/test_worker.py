"""What must happen by itself does, one duty whatever befalls another, and no backlog is slept on."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

import pytest
from django.db import connection

from miaopi.apps.audit.api import after, find_checkpoint
from miaopi.instance.worker import Worker
from tests.unit.audit.happenings import Opened, open_many, quiet


@pytest.fixture(autouse=True)
def own_handlers(database: str) -> Iterator[None]:
    with quiet():
        yield


def test_a_round_says_whether_the_log_went_on() -> None:
    heard = []

    @after(Opened)
    def hear(event: Opened, *, seq: int, now: datetime) -> None:
        heard.append(seq)

    worker = Worker()
    assert not worker.round()
    open_many(450)
    assert [worker.round() for _ in range(4)] == [True, True, True, False]
    assert heard == list(range(450))
    head = find_checkpoint()
    assert head is None or head.tree_size == 450


def test_a_duty_that_fails_leaves_the_others_to_do_theirs() -> None:
    @after(Opened)
    def cut(event: Opened, *, seq: int, now: datetime) -> None:
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_terminate_backend(pg_backend_pid())")

    open_many(1)
    worker = Worker()
    assert worker.round()
    head = find_checkpoint()
    assert head is not None and head.tree_size == 1
    assert not worker.round()
