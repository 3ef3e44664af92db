"""A drop and its manifest: only a whole one, of a day that is still good, says that somebody is not in it."""

from __future__ import annotations

import dataclasses
import os
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from miaopi.apps.exchange.adapters.port import Nothing, Rows
from miaopi.kernel.errors import UpstreamError
from tests.unit.exchange.counterparts import NOW, InFiles
from tests.unit.exchange.test_connectors import OTHER, ROW, question
from tests.waiting import LONG


@pytest.fixture
def drop(tmp_path: Path) -> InFiles:
    made = InFiles(tmp_path / "drop")
    made.hold([OTHER])
    return made


def is_silent(drop: InFiles, **how: Any) -> bool:
    try:
        drop.connector.ask(dataclasses.replace(question(drop.place), **how), seconds=LONG)
    except UpstreamError:
        return True
    return False


def test_only_a_whole_and_fresh_drop_says_that_somebody_is_not_in_it(drop: InFiles) -> None:
    assert drop.connector.ask(question(drop.place), seconds=LONG) == Nothing()
    assert not is_silent(drop, at=NOW + timedelta(days=1))
    assert is_silent(drop, at=NOW + timedelta(days=2)), "a drop of the day before yesterday"
    assert is_silent(drop, at=NOW - timedelta(days=1)), "a drop of tomorrow"


MISHAPS: dict[str, Callable[[InFiles], object]] = {
    "no manifest": lambda drop: drop.manifest.unlink(),
    "half a manifest": lambda drop: drop.manifest.write_bytes(drop.manifest.read_bytes()[:40]),
    "a manifest that is a list": lambda drop: drop.manifest.write_text("[]"),
    "a manifest without this file": lambda drop: drop.write(files={}),
    "no file": lambda drop: drop.file.unlink(),
    "half a file": lambda drop: drop.file.write_bytes(drop.file.read_bytes()[:-20]),
    "a file with one row more": lambda drop: drop.file.write_bytes(drop.file.read_bytes() * 2),
    "a file of the same length, altered": lambda drop: drop.file.write_bytes(drop.file.read_bytes().replace(b"440524", b"440525")),
    "a count that is another": lambda drop: drop.write(rows=7),
    "a path out of the folder": lambda drop: drop.write(path="../elsewhere.csv"),
    "a pipe": lambda drop: (drop.file.unlink(), os.mkfifo(drop.file)),
    "a torn row": lambda drop: drop.write(content=b"id_number,name\r\n440524188001010014\r\n"),
    "no column of the key": lambda drop: drop.write(content=b"number,name\r\n440524188001010014,x\r\n"),
    "a column twice": lambda drop: drop.write(content=b"id_number,name,name\r\n440524188001010014,x,y\r\n"),
    "a line that does not end": lambda drop: drop.write(content=b"id_number,name\r\n440524188001010014," + b"x" * 200_000),
    "no text": lambda drop: drop.write(content=b"id_number,name\r\n\xff\xfe,x\r\n"),
}


@pytest.mark.parametrize("mishap", MISHAPS.values(), ids=MISHAPS)
@pytest.mark.parametrize("was_read", [True, False])
def test_a_drop_that_is_not_what_its_manifest_says_tells_nothing(
    drop: InFiles, mishap: Callable[[InFiles], object], was_read: bool
) -> None:
    if was_read:
        assert not is_silent(drop)
    mishap(drop)
    assert is_silent(drop)


def test_the_next_days_drop_is_read_without_a_restart(drop: InFiles) -> None:
    assert drop.connector.ask(question(drop.place), seconds=LONG) == Nothing()
    drop.hold([ROW, OTHER])
    assert isinstance(drop.connector.ask(question(drop.place), seconds=LONG), Rows)
