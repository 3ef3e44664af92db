"""One running demo city for the tests that only use it, and one whose agencies and clock are put out of order.

They end with the last journey of their worker: a city costs an eighth of a processor even when nobody comes.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from demo_city.agencies.modes import Mode, Switch
from miaopi.apps.exchange.adapters.lines import RESTS
from tests.journey.cities import City, running_city
from tests.waiting import LONG

HERE = f"{Path(__file__).parent}/"


@pytest.fixture(scope="package")
def city(tmp_path_factory: pytest.TempPathFactory) -> Iterator[City]:
    with running_city(tmp_path_factory.mktemp("city") / "home") as found:
        yield found


@pytest.fixture(scope="package")
def _city_to_break(tmp_path_factory: pytest.TempPathFactory) -> Iterator[City]:
    with running_city(tmp_path_factory.mktemp("breaking") / "home", seed=3, people=4000) as found:
        yield found


@pytest.fixture
def city_to_break(_city_to_break: City) -> Iterator[City]:
    """A city whose agencies a test may turn as it likes: they are up again afterwards, and the lines to them have rested.

    Its clock the test sets right itself.
    """
    yield _city_to_break
    switches = [Switch(_city_to_break.home, file.stem) for file in (_city_to_break.home / "agencies").glob("*.mode")]
    if turned := [switch for switch in switches if switch.read() is not Mode.UP]:
        for switch in turned:
            switch.turn(Mode.UP)
            assert switch.has_followed(Mode.UP, within=LONG)
        time.sleep(RESTS)


@pytest.hookimpl(tryfirst=True)  # the distributor reads the marks in a hook of its own
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Whatever shares a running city runs in one worker, so that there is one of each. The items are those of the whole run."""
    for item in (item for item in items if str(item.path).startswith(HERE)):
        shared = [name for name in ("_city_to_break", "city") if name in getattr(item, "fixturenames", ())]
        if shared and item.get_closest_marker("xdist_group") is None:
            item.add_marker(pytest.mark.xdist_group(shared[0]))
