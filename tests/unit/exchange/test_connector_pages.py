"""A list in pages, from every kind that has them: whole, or not at all."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from typing import Any

import pytest

from miaopi.apps.exchange.adapters.http import HttpConnector
from miaopi.apps.exchange.adapters.messages import MOST_PAGES
from miaopi.apps.exchange.adapters.port import Emptiness, Place, Rows
from miaopi.kernel.errors import UpstreamError
from tests.unit.exchange.counterparts import NOW
from tests.unit.exchange.counterparts_streams import (
    BehindGateway,
    BehindNats,
    Broker,
    Paging,
    Reply,
    written,
)
from tests.unit.exchange.province import BehindProvince
from tests.unit.exchange.test_connectors import LI, ROW, question
from tests.unit.exchange.test_connectors_streams import paged
from tests.waiting import LONG

PEOPLE = [{**ROW, "name": f"李{serial}"} for serial in range(70)]  # more than a page of a gateway
SIZE = 30

Paged = tuple[Any, Place]


@contextmanager
def by_http(reply: Reply, *, echoes: bool) -> Iterator[Paged]:
    with Paging(reply) as served:
        connector = HttpConnector("demo", {"url": served.url, "token": "t"})
        yield connector, Place("person", "demo", "person", "/query", "id_number", Emptiness.NOT_FOUND, echoes=echoes)
        connector.close()


@contextmanager
def by_nats(reply: Reply) -> Iterator[Paged]:
    broker = Broker()
    agency = BehindNats(broker)
    agency.reply = reply
    yield agency.connector, agency.place
    agency.close()
    broker.kill()


@contextmanager
def by_gateway(server: str, folder: Path) -> Iterator[Paged]:
    agency = BehindGateway(server, folder)
    agency.hold(PEOPLE)
    yield agency.connector, agency.place
    agency.close()


@contextmanager
def by_upstream(lie: Any) -> Iterator[Paged]:
    agency = BehindProvince(NOW)
    agency.hold(PEOPLE)
    agency.province.page, agency.province.lie = SIZE, lie
    yield agency.connector, agency.place
    assert agency.province.calls.count("/results") <= MOST_PAGES
    agency.close()


KINDS: dict[str, Callable[[str, Path], AbstractContextManager[Paged]]] = {
    "http": lambda server, folder: by_http(paged(PEOPLE, SIZE), echoes=True),
    "http-single": lambda server, folder: by_http(paged(PEOPLE, SIZE), echoes=False),
    "nats": lambda server, folder: by_nats(paged(PEOPLE, SIZE)),
    "gateway": by_gateway,
    "upstream": lambda server, folder: by_upstream({}),
}


@pytest.mark.parametrize("kind", KINDS.values(), ids=KINDS)
def test_all_pages_together_are_the_answer(kind: Any, agency_server: str, tmp_path: Path) -> None:
    with kind(agency_server, tmp_path) as (connector, place):
        answer = connector.ask(question(place, columns=("name",)), seconds=LONG)
    assert isinstance(answer, Rows)
    assert sorted(str(row["name"]) for row in answer.rows) == sorted(str(row["name"]) for row in PEOPLE)


ENDLESS: dict[str, Callable[[dict[str, Any]], dict[str, Any]]] = {
    "without end": lambda asked: {"records": [], "next": f"{asked.get('after', '')}1"},
    "back to itself": lambda asked: {"records": [], "next": "1"},
    "back to the first": lambda asked: {"records": [], "next": "2" if asked.get("after") == "1" else "1"},
    "too many rows": lambda asked: {"records": [{"id_number": LI, "name": "李"}] * 70, "next": f"{asked.get('after', '')}1"},
}


def said(lie: Callable[[dict[str, Any]], dict[str, Any]]) -> Reply:
    def reply(asked: dict[str, Any]) -> bytes:
        told = lie(asked)
        return written(told["records"], asked, next=told["next"])

    return reply


LYING: dict[str, Callable[[Any], AbstractContextManager[Paged]]] = {
    "http": lambda lie: by_http(said(lie), echoes=True),
    "http-single": lambda lie: by_http(said(lie), echoes=False),
    "upstream": by_upstream,
}


@pytest.mark.parametrize("lie", ENDLESS.values(), ids=ENDLESS)
@pytest.mark.parametrize("kind", LYING.values(), ids=LYING)
def test_pages_that_lead_nowhere_are_no_answer(kind: Any, lie: Any) -> None:
    with kind(lie) as (connector, place), pytest.raises(UpstreamError):
        connector.ask(question(place, columns=("name",)), seconds=LONG)
