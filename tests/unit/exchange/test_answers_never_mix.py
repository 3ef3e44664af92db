"""Many persons asked over one line, of which most are patient, some are not and some walk away: nobody gets another's answer."""

from __future__ import annotations

import random
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from typing import Any

import pytest

from miaopi.apps.exchange.adapters.http import HttpConnector
from miaopi.apps.exchange.adapters.lines import Call, Line, ask_side_by_side
from miaopi.apps.exchange.adapters.port import Connector, Emptiness, Place, Rows
from tests.unit.exchange.counterparts import BehindSql
from tests.unit.exchange.counterparts_streams import BehindNats, Broker, Paging, written
from tests.unit.exchange.test_connectors import ROW, question
from tests.waiting import LONG

PEOPLE = [f"4403051990{number:07}X" for number in range(200)]
CLERKS, BATCHES, AT_ONCE = 6, 36, 6
ENOUGH = 20  # answers for each clerk
PATIENCE = (0.001, 0.004, 0.012, LONG, LONG)  # seconds

Reached = tuple[Connector, Place]


def name_of(person: str) -> str:
    return f"名{person}"


def answer_late(asked: dict[str, Any]) -> bytes:
    """Mostly at once, now and then when nobody waits any more."""
    time.sleep(random.choice((0.0, 0.0, 0.001, 0.008)))
    person = asked["key"]["id_number"]
    return written([{"id_number": person, "name": name_of(person)}], asked)


@contextmanager
def by_http(folder: Path, server: str) -> Iterator[Reached]:
    del folder, server
    with Paging(answer_late) as agency:
        place = Place("person", "demo", "person", "/query", "id_number", Emptiness.EMPTY, echoes=True)
        yield HttpConnector("demo", {"url": agency.url, "token": "t"}), place


@contextmanager
def by_sql(folder: Path, server: str) -> Iterator[Reached]:
    agency = BehindSql(server, folder)
    agency.hold([{**ROW, "id_number": person, "name": name_of(person)} for person in PEOPLE])
    agency.rebuild(
        "CREATE OR REPLACE VIEW person AS SELECT k.* FROM kept k, (SELECT pg_sleep((ARRAY[0, 0, 0.001, 0.008])[1 + random() * 3])) AS pause"
    )
    yield agency.connector, agency.place
    agency.close()


@contextmanager
def by_message(folder: Path, server: str) -> Iterator[Reached]:
    del folder, server
    broker = Broker()
    agency = BehindNats(broker)
    agency.reply = answer_late
    yield agency.connector, agency.place
    agency.close()
    broker.kill()


def ask_for_many(line: Line, place: Place, seed: int) -> tuple[int, int]:
    """How many were answered, and how many were not waited for. Everybody who was answered got her own value."""
    draw, answered, left = random.Random(seed), 0, 0
    turns, end = 0, time.monotonic() + LONG
    while turns < BATCHES or (answered <= ENOUGH and time.monotonic() < end):
        turns += 1
        people = draw.sample(PEOPLE, draw.randint(1, AT_ONCE))
        walks_away = line.talk(question(place, key=draw.choice(PEOPLE), columns=("name",)), seconds=LONG)
        for _ in range(draw.randint(0, 2)):
            next(walks_away, None)
        calls = [Call(line, question(place, key=person, columns=("name",))) for person in people]
        answers = ask_side_by_side(calls, seconds=draw.choice(PATIENCE))
        walks_away.close()
        for person, answer in zip(people, answers, strict=True):
            assert answer is None or answer == Rows(({"name": name_of(person)},))
            answered += answer is not None
            left += answer is None
        if line.is_resting():  # as it does after those who did not wait
            time.sleep(0.02)
    return answered, left


@pytest.mark.parametrize("reached", [by_http, by_sql, by_message])
def test_nobody_gets_the_answer_of_another(
    reached: Callable[[Path, str], AbstractContextManager[Reached]], agency_server: str, tmp_path: Path
) -> None:
    with reached(tmp_path, agency_server) as (connector, place), ThreadPoolExecutor(CLERKS) as clerks:
        line = Line("demo", connector, LONG)
        told = list(clerks.map(lambda seed: ask_for_many(line, place, seed), range(CLERKS)))
        failures = dict(line.recall().failures)
        connector.close()
    answered, left = (sum(counts) for counts in zip(*told, strict=True))
    assert answered > 100 and left > 20
    assert failures.keys() <= {"timeout"}, "an answer that belongs to another is garbage: not one came over any wire"
