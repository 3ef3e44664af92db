"""Web and worker are killed twenty times during a hundred applications: nothing is lost, nothing happens twice (Show 6)."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from tests.journey.cities import City, running_city
from tests.journey.killing import Gateway, Plan, outside_gateway, under_fire
from tests.prove.trees import copied_tree

pytestmark = pytest.mark.xdist_group("killed")

ONE_KEY = "text=message.text, key=message.id)"
A_KEY_AN_ATTEMPT = 'text=message.text, key=f"{message.id}-{message.attempts}")'


@pytest.fixture(scope="module")
def gateway(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Gateway]:
    with outside_gateway(tmp_path_factory.mktemp("gateway")) as found:
        yield found


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("killed") / "home"


@pytest.fixture(scope="module")
def standing(home: Path, gateway: Gateway) -> Iterator[tuple[City, ExitStack]]:
    """The city that the seeds share: each brings residents, moments and victims of its own. The stack ends it."""
    with ExitStack() as stack:
        yield stack.enter_context(running_city(home, MIAOPI_GATEWAY=gateway.address)), stack


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_kills_lose_nothing_and_double_nothing(standing: tuple[City, ExitStack], gateway: Gateway, seed: int) -> None:
    city, _ = standing
    count = under_fire(city, gateway, Plan(seed))
    print(json.dumps(count.to_json()))
    assert count.shortcomings() == []
    assert len(count.seen) == len(count.confirmed) == len(count.licences) == len(count.keys) == 100
    assert count.killed.total() == 20
    assert count.attempts > len(count.keys), "no kill fell between an attempt and its mark: the keys were not needed"


def test_the_same_script_finds_a_build_that_ignores_idempotency(standing: tuple[City, ExitStack], home: Path, gateway: Gateway) -> None:
    """In a copy of the tree, on the same home, each attempt at a message gets a key of its own."""
    _, stack = standing
    stack.close()
    with copied_tree() as copy:
        sending = copy / "src/miaopi/apps/notification/actions/deliver.py"
        text = sending.read_text(encoding="utf-8")
        assert text.count(ONE_KEY) == 1
        sending.write_text(text.replace(ONE_KEY, A_KEY_AN_ATTEMPT), encoding="utf-8")
        with running_city(home, root=copy, MIAOPI_GATEWAY=gateway.address) as careless:
            count = under_fire(careless, gateway, Plan(seed=1, applications=20, kills=7, aimed=3), root=copy)
    print(json.dumps(count.to_json()))
    assert count.repeated >= 1
    assert "texts delivered twice: " in "\n".join(count.shortcomings())
    assert len(count.seen) == len(count.confirmed) == len(count.licences) == 20
