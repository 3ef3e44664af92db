"""One running demo city for the tests that only use it; tests that break a city bring their own."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.journey.cities import City, running_city


@pytest.fixture(scope="session")
def city(tmp_path_factory: pytest.TempPathFactory) -> Iterator[City]:
    with running_city(tmp_path_factory.mktemp("city") / "home") as found:
        yield found


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Whatever shares the running city runs in one worker, so that there is one city."""
    for item in items:
        if "city" in getattr(item, "fixturenames", ()):
            item.add_marker(pytest.mark.xdist_group("city"))
