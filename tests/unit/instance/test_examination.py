"""`doctor` looks into the log: what was parked, who is behind, what waits, and who could alter it."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

import psycopg
import pytest

from miaopi.apps.audit.api import after, sequence
from miaopi.apps.audit.models import Failure
from miaopi.instance.examination import MOST_BEHIND, Finding, examine
from miaopi.instance.home import Home
from miaopi.instance.postgres import OWNER
from tests.conftest import current_server
from tests.unit.audit.happenings import DUE, NOW, Opened, open_many, quiet, work
from tests.unit.filing.conftest import scene

__all__ = ["scene"]


@pytest.fixture(autouse=True)
def home(database: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Home:
    monkeypatch.setenv("MIAOPI_HOME", str(tmp_path))
    return Home(tmp_path).ready()


@pytest.fixture
def own_handlers() -> Iterator[None]:
    with quiet():
        yield


def found(name: str) -> list[Finding]:
    return [finding for finding in examine() if finding.name == name]


def test_a_log_that_is_read_to_its_end_is_not_spoken_of(own_handlers: None) -> None:
    @after(Opened)
    def hear(event: Opened, *, seq: int, now: datetime) -> None:
        """Take it."""

    open_many(3)
    work()
    assert not {"parked", "lag", "waiting", "log", "migrations", "database"} & {finding.name for finding in examine()}


def test_a_parked_event_is_grave_and_named_with_its_handler_and_reason(own_handlers: None) -> None:
    @after(Opened)
    def trip(event: Opened, *, seq: int, now: datetime) -> None:
        raise LookupError("a name that must not be told")

    open_many(1)
    for tries in range(6):
        work(NOW + tries * DUE)
    parked = Failure.objects.get()
    (finding,) = found("parked")
    assert finding.is_grave
    for language in (finding.text.zh, finding.text.en):
        assert f"{parked.handler}, 0: LookupError" in language
    assert "must not be told" not in json.dumps(finding.to_json())
    assert examine()[0].is_grave


def test_a_reader_that_is_far_behind_is_named(own_handlers: None) -> None:
    @after(Opened)
    def idle(event: Opened, *, seq: int, now: datetime) -> None:
        """Never reached: nobody runs the readers."""

    open_many(MOST_BEHIND)
    sequence()
    assert not found("lag")
    open_many(1)
    sequence()
    (finding,) = found("lag")
    assert not finding.is_grave
    assert "idle" in finding.text.en and f"{MOST_BEHIND + 1} entries" in finding.text.en


def test_cases_that_wait_are_counted(scene: Any) -> None:
    scene.set_mode("criminal", "down")
    scene.confirm(scene.draft())
    (finding,) = found("waiting")
    assert not finding.is_grave
    assert finding.text.en.endswith(": 1.")


@pytest.mark.parametrize("right", ["UPDATE", "DELETE", "TRUNCATE"])
def test_an_application_that_may_alter_the_log_is_grave(database: str, right: str) -> None:
    with psycopg.connect(current_server().url(database, OWNER), autocommit=True) as owner:
        owner.execute(f"GRANT {right} ON audit_entry TO miaopi_app")
        try:
            (finding,) = found("log")
        finally:
            owner.execute(f"REVOKE {right} ON audit_entry FROM miaopi_app")
    assert finding.is_grave
    assert "audit_entry" in finding.text.en
    assert not found("log")


def test_an_application_that_owns_the_log_is_grave(database: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MIAOPI_DATABASE_URL", current_server().url(database, OWNER))
    assert len(found("log")) == 4


def test_a_database_that_was_never_migrated_is_grave(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MIAOPI_DATABASE_URL", os.environ["MIAOPI_TEST_SERVER"])
    (finding,) = found("migrations")
    assert finding.is_grave
