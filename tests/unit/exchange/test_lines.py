"""Lines to agencies: one deadline for all, rest for the dead, and addresses that may change."""

from __future__ import annotations

import json
import logging
import threading
import time
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from miaopi.apps.exchange.adapters.answers import Failure, silence
from miaopi.apps.exchange.adapters.directory import Directory
from miaopi.apps.exchange.adapters.lines import (
    MOST_AT_ONCE,
    OPENS_AFTER,
    PAUSE,
    RESTS,
    Call,
    Line,
    ask_side_by_side,
)
from miaopi.apps.exchange.adapters.port import Answer, Emptiness, Nothing, Place, Question
from miaopi.apps.exchange.adapters.wire.health import (
    TOLD_EVERY,
    Condition,
    Health,
    Memory,
    State,
    compute_condition,
)
from miaopi.kernel.errors import UpstreamError
from miaopi.kernel.wording import Text
from tests.waiting import FOREVER, LONG, not_held_up

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


class Meeting(Scripted):
    """Answers once all that share the barrier are asked."""

    def __init__(self, barrier: threading.Barrier) -> None:
        super().__init__()
        self._barrier = barrier

    def ask(self, question: Question, *, seconds: float) -> Answer:
        self._barrier.wait(LONG)
        return Nothing()


class Hanging(Scripted):
    """Answers when it is over."""

    def __init__(self) -> None:
        super().__init__()
        self.over = threading.Event()

    def ask(self, question: Question, *, seconds: float) -> Answer:
        self.asked += 1
        self.over.wait(FOREVER)
        return Nothing()


def silent() -> Scripted:
    return Scripted(error=UpstreamError("register", Text("无答复", "no answer")))


def call(connector: Scripted) -> Call:
    return Call(Line("register", connector, 5), QUESTION)


def test_sources_are_asked_side_by_side_and_the_slowest_sets_the_time() -> None:
    all_at_once = threading.Barrier(12)
    assert ask_side_by_side([call(Meeting(all_at_once)) for _ in range(12)], seconds=LONG) == [Nothing()] * 12


def test_what_comes_after_the_deadline_is_dropped_and_the_rest_is_kept() -> None:
    late = Hanging()
    answers = ask_side_by_side([call(late), call(Scripted()), call(silent()), Call(None, QUESTION)], seconds=2)
    assert answers == [None, Nothing(), None, None]
    assert not late.over.is_set(), "it was not waited for"
    late.over.set()


def test_no_time_is_no_question() -> None:
    connector = Scripted()
    assert ask_side_by_side([call(connector)], seconds=0) == [None]
    assert connector.asked == 0


def test_a_dead_source_rests_and_is_then_tried_by_one_question() -> None:
    connector = silent()
    line = Line("register", connector, 1)
    for _ in range(OPENS_AFTER + 5):
        assert line.ask(QUESTION, seconds=LONG) is None
    assert connector.asked == OPENS_AFTER
    time.sleep(RESTS + 0.05)
    connector.pause = 0.3
    trying = [threading.Thread(target=line.ask, args=(QUESTION,), kwargs={"seconds": LONG}) for _ in range(5)]
    for thread in trying:
        thread.start()
    for thread in trying:
        thread.join()
    assert connector.asked == OPENS_AFTER + 1


def test_a_source_that_returns_is_believed_at_once() -> None:
    connector = silent()
    line = Line("register", connector, 1)
    for _ in range(OPENS_AFTER):
        line.ask(QUESTION, seconds=LONG)
    connector.error = None
    time.sleep(RESTS + 0.05)
    assert [line.ask(QUESTION, seconds=LONG) for _ in range(3)] == [Nothing()] * 3


def test_an_agency_that_hangs_holds_a_bounded_number_of_threads() -> None:
    connector = Hanging()
    line = Line("register", connector, LONG)
    ask_side_by_side([Call(line, QUESTION)] * (MOST_AT_ONCE + 10), seconds=2)
    assert connector.asked == MOST_AT_ONCE
    connector.over.set()


def test_our_own_fault_in_a_connector_is_silence_and_a_line_in_the_log_without_values(caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.DEBUG):
        assert ask_side_by_side([call(Scripted(error=KeyError("11010519491231002X")))], seconds=LONG) == [None]
    assert "KeyError" in caplog.text
    assert "11010519491231002X" not in caplog.text


class Refusing(Scripted):
    """Nobody takes the first `times` questions."""

    def __init__(self, times: int) -> None:
        super().__init__()
        self.times = times

    def ask(self, question: Question, *, seconds: float) -> Answer:
        self.asked += 1
        if self.asked <= self.times:
            raise silence("register", Failure.REFUSED)
        return Nothing()


@pytest.mark.parametrize(("times", "answer", "asked"), [(1, Nothing(), 2), (2, None, 2)])
def test_a_question_that_nobody_took_is_put_once_more(times: int, answer: Answer | None, asked: int) -> None:
    connector, drawn = Refusing(times), list[float]()

    def chance() -> float:
        drawn.append(0.5)
        return 0.5

    assert Line("register", connector, 5, chance=chance).ask(QUESTION, seconds=LONG) == answer
    assert (connector.asked, len(drawn)) == (asked, 1)


def test_what_was_answered_badly_or_too_late_is_not_asked_again() -> None:
    for connector in (Scripted(error=silence("register", Failure.GARBAGE)), Scripted(error=silence("register", Failure.TIMEOUT))):
        assert Line("register", connector, 5).ask(QUESTION, seconds=LONG) is None
        assert connector.asked == 1


def test_there_is_no_second_try_after_the_deadline() -> None:
    connector = Refusing(1)
    with not_held_up():
        assert Line("register", connector, FOREVER, chance=lambda: FOREVER / PAUSE).ask(QUESTION, seconds=FOREVER) is None
    assert connector.asked == 1


def test_a_question_waits_for_its_turn_where_the_agency_is_busy() -> None:
    connector = Scripted(0.1)
    answers = ask_side_by_side([Call(Line("register", connector, 5), QUESTION)] * (MOST_AT_ONCE + 4), seconds=LONG)
    assert answers == [Nothing()] * (MOST_AT_ONCE + 4)


def condition(*lines: Line | Memory, now: datetime = QUESTION.at, limit: float = 5) -> Condition:
    return compute_condition([each.recall() if isinstance(each, Line) else each for each in lines], limit=limit, now=now)


def test_a_line_tells_how_it_has_been() -> None:
    connector = Scripted()
    line = Line("register", connector, 5)
    assert condition(line).state is State.UNASKED
    line.ask(QUESTION, seconds=LONG)
    found = condition(line)
    assert (found.state, found.answered_at, found.failures) == (State.UP, QUESTION.at, {})
    assert found.p50 is not None and found.p95 is not None and found.p50 <= found.p95 < 1000 * LONG
    connector.error = silence("register", Failure.GARBAGE)
    line.ask(QUESTION, seconds=LONG)
    assert (condition(line).state, condition(line).failures) == (State.SILENT, {"garbage": 1})
    for _ in range(OPENS_AFTER):
        line.ask(QUESTION, seconds=LONG)
    assert (condition(line).state, condition(line).failures) == (State.RESTING, {"garbage": OPENS_AFTER})
    assert condition(line).answered_at == QUESTION.at


def test_rests_grow_to_a_few_seconds_and_are_short_again_after_an_answer() -> None:
    moments = [0.0]
    health = Health(clock=lambda: moments[0])

    def rest() -> float:
        began = moments[0]
        while not health.may_ask():
            moments[0] += 0.01
        return round(moments[0] - began, 1)

    def fail() -> None:
        health.note_failure(Failure.TIMEOUT, 1.0, QUESTION.at)

    for _ in range(OPENS_AFTER - 1):
        fail()
    rests = []
    for _ in range(5):
        fail()
        rests.append(rest())
    assert rests == [2.0, 3.0, 4.5, 5.0, 5.0]
    health.note_answer(0.1, QUESTION.at)
    for _ in range(OPENS_AFTER):
        fail()
    assert rest() == RESTS


def test_an_agency_that_was_given_no_time_has_not_been_silent() -> None:
    health = Health()
    for _ in range(OPENS_AFTER):
        health.note_failure(Failure.TIMEOUT, 0.01, QUESTION.at)
    assert health.may_ask()


def test_a_slow_agency_is_told_from_a_quick_one() -> None:
    health = Health()
    for took in (0.1, 0.6):
        health.note_answer(took, QUESTION.at)
    assert condition(health.recall(), limit=1).state is State.SLOW


def test_of_several_processes_whoever_heard_of_an_agency_last_is_right() -> None:
    earlier, later = QUESTION.at, QUESTION.at + timedelta(minutes=1)
    answered = Memory((10, 20), answered_at=earlier, failures={"timeout": 2})
    resting = Memory((400,), failed_at=later, rests_until=later + timedelta(seconds=2), failures={"timeout": 3, "refused": 1})
    found = condition(answered, resting, now=later)
    assert (found.state, found.answered_at, found.p50, found.p95) == (State.RESTING, earlier, 20, 400)
    assert found.failures == {"timeout": 5, "refused": 1}
    assert condition(answered, resting, now=later + timedelta(seconds=2)).state is State.SILENT
    again = Memory((30,), answered_at=later + timedelta(seconds=5))
    assert condition(answered, resting, again, now=later).state is State.UP


def test_news_is_told_when_a_state_changes_and_figures_twice_a_minute() -> None:
    moments = [0.0]
    health = Health(clock=lambda: moments[0])
    assert health.take_news() is None
    health.note_answer(0.1, QUESTION.at)
    assert health.take_news() == health.recall()
    for _ in range(1000):
        health.note_answer(0.1, QUESTION.at)
        assert health.take_news() is None, "a healthy pull tells nothing"
    moments[0] += TOLD_EVERY
    assert health.take_news() is not None
    moments[0] += TOLD_EVERY
    assert health.take_news() is None, "nobody asked meanwhile"
    told = []
    for _ in range(OPENS_AFTER + 1):
        health.note_failure(Failure.REFUSED, 0.1, QUESTION.at)
        told.append(health.take_news() is not None)
    assert told == [True, *[False] * (OPENS_AFTER - 2), True, True]
    health.note_answer(0.1, QUESTION.at)
    assert health.take_news() is not None


def test_a_line_that_is_made_while_another_process_leaves_the_agency_alone_does_so_too() -> None:
    connector = Scripted()
    rests = QUESTION.at + timedelta(seconds=2)
    line = Line("register", connector, 5, rests_until=rests)
    assert line.ask(QUESTION, seconds=LONG) is None
    assert connector.asked == 0
    over = Line("register", connector, 5, rests_until=rests)
    assert over.ask(replace(QUESTION, at=rests), seconds=LONG) is not None


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
