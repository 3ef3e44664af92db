"""A new server begins as a copy of what was made once, and is nobody else's from then on."""

from __future__ import annotations

import os
import resource
import shutil
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import psycopg
import pytest

from miaopi.instance.moulds import CACHE
from miaopi.instance.postgres import EmbeddedServer, Furnishing, ServerDown

NAME = f"test-{os.getpid()}"


class Furniture:
    """Counts how often it is made. `words` are what it is made by."""

    def __init__(self, words: Path) -> None:
        self._words = words
        self.times = 0
        words.write_text("first")

    def make(self, server: EmbeddedServer) -> None:
        self.times += 1
        with psycopg.connect(server.superuser_url()) as session:
            session.execute("CREATE TABLE made (words text)")
            session.execute("INSERT INTO made VALUES (%s)", [self._words.read_text()])

    def server(self, folder: Path) -> EmbeddedServer:
        return EmbeddedServer(folder / "data", "server", durable=False, furnished=Furnishing(NAME, self.make, [self._words]))


@pytest.fixture
def furniture(tmp_path: Path) -> Iterator[Furniture]:
    yield Furniture(tmp_path / "words")
    for mould in CACHE.glob(f"{NAME}-*"):
        shutil.rmtree(mould)


def words_in(server: EmbeddedServer) -> list[str]:
    """What it holds; it is started and stopped, and one word is added."""
    server.start()
    try:
        with psycopg.connect(server.superuser_url()) as session:
            found = [row[0] for row in session.execute("SELECT words FROM made ORDER BY words")]
            session.execute("INSERT INTO made VALUES ('added')")
    finally:
        server.stop()
    return found


def test_what_servers_begin_with_is_made_once_and_none_sees_what_another_adds(furniture: Furniture, tmp_path: Path) -> None:
    servers = [furniture.server(tmp_path / name) for name in ("one", "two", "three")]
    with ThreadPoolExecutor(2) as pool:
        assert list(pool.map(words_in, servers[:2])) == [["first"]] * 2
    assert words_in(servers[2]) == ["first"]
    assert furniture.times == 1
    assert words_in(servers[0]) == ["added", "first"]


def test_another_edition_is_made_anew_and_the_one_before_goes(furniture: Furniture, tmp_path: Path) -> None:
    words_in(furniture.server(tmp_path / "one"))
    (tmp_path / "words").write_text("second")
    assert words_in(furniture.server(tmp_path / "two")) == ["second"]
    assert len(list(CACHE.glob(f"{NAME}-*"))) == 1


def test_a_copy_that_was_interrupted_is_begun_again(furniture: Furniture, tmp_path: Path) -> None:
    words_in(furniture.server(tmp_path / "one"))
    (tmp_path / "two" / "data.new" / "base").mkdir(parents=True)
    (tmp_path / "two" / "data.new" / "PG_VERSION").write_text("18\n")
    assert words_in(furniture.server(tmp_path / "two")) == ["first"]
    assert not (tmp_path / "two" / "data.new").exists()


def test_a_copy_that_has_no_room_is_said_and_leaves_the_room_it_took(furniture: Furniture, tmp_path: Path) -> None:
    assert words_in(furniture.server(tmp_path / "one")) == ["first"]
    server, limits = furniture.server(tmp_path / "two"), resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (2**20, limits[1]))
    try:
        with pytest.raises(ServerDown):
            server.start()
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, limits)
    assert [path.name for path in (tmp_path / "two").iterdir()] == ["log"]
    assert "no copy was taken" in server.log.read_text()
    assert words_in(server) == ["first"]


def test_what_cannot_be_made_leaves_no_mould(furniture: Furniture, tmp_path: Path) -> None:
    def fail(server: EmbeddedServer) -> None:
        raise RuntimeError("half made")

    broken = EmbeddedServer(tmp_path / "one" / "data", "server", durable=False, furnished=Furnishing(NAME, fail, [tmp_path / "words"]))
    with pytest.raises(RuntimeError):
        broken.start()
    assert not list(CACHE.glob(f"{NAME}-*"))
    assert not broken.data.exists()
    assert words_in(furniture.server(tmp_path / "one")) == ["first"]
