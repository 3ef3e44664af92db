"""What is kept of packages has an end, and what is used stays."""

from __future__ import annotations

import gc
import weakref
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from miaopi.definitions import load_service
from miaopi.definitions.package import MOST_KEPT
from miaopi.definitions.shelf import Shelf
from tests.services.travel_pass import write_travel_pass


def test_what_was_asked_for_longest_ago_makes_room() -> None:
    shelf = Shelf[int](2)
    assert (shelf.keep("a", 1), shelf.keep("b", 2), shelf.find("a"), shelf.keep("c", 3)) == (1, 2, 1, 3)
    assert [shelf.find(key) for key in "abc"] == [1, None, 3]


def test_of_two_that_were_made_at_once_the_first_is_kept() -> None:
    shelf = Shelf[int](2)
    assert (shelf.keep("a", 1), shelf.keep("a", 2), shelf.find("a")) == (1, 1, 1)


def test_threads_share_a_shelf() -> None:
    shelf = Shelf[int](3)

    def use(step: int) -> bool:
        key = str(step % 7)
        return shelf.keep(key, int(key)) == int(key) and shelf.find(key) in (None, int(key))

    with ThreadPoolExecutor(8) as pool:
        assert all(pool.map(use, range(5_000)))
    assert sum(shelf.find(str(key)) is not None for key in range(7)) == 3


def test_a_version_that_nobody_asks_for_any_more_is_let_go(tmp_path: Path) -> None:
    folder = write_travel_pass(tmp_path)
    first = weakref.ref(load_service(folder))
    assert load_service(folder) is first()
    for step in range(MOST_KEPT):
        with (folder / "parameters.yaml").open("a", encoding="utf-8") as file:
            file.write(f"# {step}\n")
        load_service(folder)
    gc.collect()
    assert first() is None
