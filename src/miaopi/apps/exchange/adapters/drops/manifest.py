"""What an agency's manifest vouches for, and the ways a file may lie.

    manifest.json                        {"day": "2026-11-25", "files": {"NAME": {"path", "rows", "sha256"}}}
    2026-11-25/death_cancellation.csv    UTF-8, a header of column names, a line a row; an empty cell is NULL

The agency replaces the manifest last and in one step, so that nobody reads half a drop. Only a drop that is there, as young as
agreed and byte for byte what its manifest says may tell that somebody does *not* stand in it: in half a list everybody is alive.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from datetime import date, datetime
from typing import Final, Protocol

from django.utils.timezone import localdate

from miaopi.apps.exchange.adapters.port import Place
from miaopi.kernel.frozen import frozen

NAME: Final = "manifest.json"
LARGEST_MANIFEST: Final = 64 * 1024
LARGEST_DROP: Final = 512 * 2**20
PIECE: Final = 2**18
STEP: Final = re.compile(r"[^\W_][\w.-]{0,99}")  # of a path: no “..”, no root, no sign that means something to a server
DEEPEST: Final = 6

Stamp = tuple[int, ...]
Path = tuple[str, ...]


@frozen
class Entry:
    """What the manifest says of one file."""

    path: Path
    rows: int
    sha256: str


class Shelf(Protocol):
    """Where an agency lays its drops. Every path is one of plain folders and a plain file; a link is refused, wherever it leads.

    All raise OSError or ValueError for what is not there, not plain, too large or not there in time; `until` is in monotonic seconds.
    """

    def read_manifest(self, *, until: float) -> bytes: ...

    def stamp(self, path: Path, *, until: float) -> Stamp:
        """What changes when the file is replaced."""

    def fetch(self, path: Path, *, until: float) -> Iterator[bytes]:
        """The file in pieces, on a line of its own: whoever looks meanwhile need not wait."""

    def close(self) -> None: ...


def read_entry(content: bytes, place: Place, at: datetime) -> Entry:
    """The file of the resource, if the manifest is of a day that is still good. Raises ValueError, KeyError, TypeError."""
    manifest = json.loads(content)
    age = (localdate(at) - date.fromisoformat(manifest["day"])).days
    if not 0 <= age <= place.most_days:
        raise ValueError("a drop of another day")
    said = manifest["files"][place.at]
    path = tuple(str(said["path"]).split("/"))
    if len(path) > DEEPEST or not all(STEP.fullmatch(step) for step in path):
        raise ValueError("outside the drop")
    return Entry(path, int(said["rows"]), str(said["sha256"]))
