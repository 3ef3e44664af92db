"""Lines to agencies: one deadline for all, rest for the dead, and addresses that may change."""

from __future__ import annotations

import json
import logging
import threading
import time
from datetime import UTC, datetime
from pathlib import Path

import pytest

from miaopi.apps.exchange.adapters.directory import Directory
from miaopi.apps.exchange.adapters.lines import MOST_AT_ONCE, OPENS_AFTER, RESTS, Call, Line, ask_side_by_side
from miaopi.apps.exchange.adapters.port import Answer, Emptiness, Nothing, Place, Question
from miaopi.kernel.errors import UpstreamError
from miaopi.kernel.wording import Text

PLACE = Place("person", "register", "person", "person", "id_number", Emptiness.EMPTY)
QUESTION = Question(PLACE, ("name",), "purpose", "receipt", "11010519491231002X", datetime(2026, 11, 25, tzinfo=UTC))


class Scripted:
    """A connector that takes `pause` seconds, heedless of its limit, then answers, fails or breaks."""

    def __init__(self, pause: float = 0.0, error: Exception | None = None) -> None:
        self.pause = pause
        self.error = error
        self.asked = 0

    def ask(self, question: Question, *, seconds: float) -> Answer:
        self.asked += 1
        time.sleep(self.pause)
        if self.error is not None:
            raise self.error
        return Nothing()

    def close(self) -> None:
        """Nothing is kept."""


def silent() -> Scripted:
    return Scripted(error=UpstreamError("register", Text("无答复", "no answer")))


def call(connector: Scripted) -> Call:
    return Call(Line("register", connector, 5), QUESTION)


def test_sources_are_asked_side_by_side_and_the_slowest_sets_the_time() -> None:
    begun = time.monotonic()
    assert ask_side_by_side([call(Scripted(0.5)) for _ in range(12)], seconds=30) == [Nothing()] * 12
    assert time.monotonic() - begun < 0.5 * 12


def test_what_comes_after_the_deadline_is_dropped_and_the_rest_is_kept() -> None:
    begun = time.monotonic()
    answers = ask_side_by_side([call(Scripted(6)), call(Scripted()), call(silent()), Call(None, QUESTION)], seconds=0.5)
    assert answers == [None, Nothing(), None, None]
    assert time.monotonic() - begun < 5


def test_no_time_is_no_question() -> None:
    connector = Scripted()
    assert ask_side_by_side([call(connector)], seconds=0) == [None]
    assert connector.asked == 0


def test_a_dead_source_rests_and_is_then_tried_by_one_question() -> None:
    connector = silent()
    line = Line("register", connector, 1)
    for _ in range(OPENS_AFTER + 5):
        assert line.ask(QUESTION, seconds=1) is None
    assert connector.asked == OPENS_AFTER
    time.sleep(RESTS + 0.05)
    connector.pause = 0.3
    trying = [threading.Thread(target=line.ask, args=(QUESTION,), kwargs={"seconds": 1}) for _ in range(5)]
    for thread in trying:
        thread.start()
    for thread in trying:
        thread.join()
    assert connector.asked == OPENS_AFTER + 1


def test_a_source_that_returns_is_believed_at_once() -> None:
    connector = silent()
    line = Line("register", connector, 1)
    for _ in range(OPENS_AFTER):
        line.ask(QUESTION, seconds=1)
    connector.error = None
    time.sleep(RESTS + 0.05)
    assert [line.ask(QUESTION, seconds=1) for _ in range(3)] == [Nothing()] * 3


def test_an_agency_that_hangs_holds_a_bounded_number_of_threads() -> None:
    connector = Scripted(0.5)
    line = Line("register", connector, 5)
    ask_side_by_side([Call(line, QUESTION)] * (MOST_AT_ONCE + 10), seconds=0.1)
    assert connector.asked == MOST_AT_ONCE


def test_our_own_fault_in_a_connector_is_silence_and_a_line_in_the_log_without_values(caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.DEBUG):
        assert ask_side_by_side([call(Scripted(error=KeyError("11010519491231002X")))], seconds=1) == [None]
    assert "KeyError" in caplog.text
    assert "11010519491231002X" not in caplog.text


CONFIGURED = """\
agencies:
  register: {kind: fake, seconds: 1}
resources:
  person:
    sources:
      - {agency: register, at: person, key: id_number, absent: empty, fields: {name: name}}
"""


@pytest.fixture
def book(tmp_path: Path) -> Directory:
    (tmp_path / "exchange.yaml").write_text(CONFIGURED, encoding="utf-8")
    return Directory(tmp_path / "exchange.yaml", tmp_path / "agencies.json")


def test_an_agency_gets_its_line_when_its_address_appears_and_a_new_one_when_it_moves(book: Directory, tmp_path: Path) -> None:
    addresses = tmp_path / "agencies.json"
    assert book.line("register") is None
    addresses.write_text(json.dumps({"register": {"kind": "fake", "rows": {}}}))
    first = book.line("register")
    assert first is not None
    assert book.line("register") is first
    addresses.write_text(json.dumps({"register": {"kind": "fake", "rows": {"person": []}}}))
    assert book.line("register") not in (None, first)


@pytest.mark.parametrize("text", ["", "[]", "{", '{"register": 1}', '{"register": {"kind": "http", "url": "x", "token": "y"}}'])
def test_an_address_file_that_says_nothing_usable_is_no_address(book: Directory, tmp_path: Path, text: str) -> None:
    (tmp_path / "agencies.json").write_text(text)
    assert book.line("register") is None
