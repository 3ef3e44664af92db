"""Drops in a folder of this machine, where an agency, or whatever carries for it, lays them."""

from __future__ import annotations

import os
import stat
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import BinaryIO, Final

from miaopi.apps.exchange.adapters.drops.manifest import (
    LARGEST_DROP,
    LARGEST_MANIFEST,
    NAME,
    PIECE,
    Path,
    Stamp,
)

FLAGS: Final = os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC  # a pipe or a device in place of a file would keep us waiting for ever


class Folder:
    """`address`: `folder`."""

    def __init__(self, address: Mapping[str, str]) -> None:
        self._folder = address["folder"]

    def read_manifest(self, *, until: float) -> bytes:
        with self._opened((NAME,)) as file:
            return file.read(LARGEST_MANIFEST)

    def stamp(self, path: Path, *, until: float) -> Stamp:
        with self._opened(path) as file:
            seen = os.fstat(file.fileno())
        if seen.st_size > LARGEST_DROP:
            raise ValueError("too large")
        return seen.st_ino, seen.st_size, seen.st_mtime_ns

    def fetch(self, path: Path, *, until: float) -> Iterator[bytes]:
        with self._opened(path) as file:
            while piece := file.read(PIECE):
                if time.monotonic() > until:
                    raise ValueError("too slow")
                yield piece

    def close(self) -> None:
        """Nothing is kept open."""

    @contextmanager
    def _opened(self, path: Path) -> Iterator[BinaryIO]:
        """Step by step from the folder, so that a link put in its place between two looks leads nowhere either."""
        at = os.open(self._folder, FLAGS | os.O_DIRECTORY)
        try:
            for step in path[:-1]:
                below = os.open(step, FLAGS | os.O_DIRECTORY | os.O_NOFOLLOW, dir_fd=at)
                os.close(at)
                at = below
            descriptor = os.open(path[-1], FLAGS | os.O_NOFOLLOW, dir_fd=at)
        finally:
            os.close(at)
        with os.fdopen(descriptor, "rb") as file:
            if not stat.S_ISREG(os.fstat(descriptor).st_mode):
                raise ValueError("no plain file")
            yield file
