"""Places of the IANA time zone database, from a table that is part of the program: no machine knows another offset (ADR 0029)."""

from __future__ import annotations

import base64
import lzma
from collections.abc import Mapping
from functools import cache
from typing import Final
from zoneinfo import ZoneInfo

from miaopi.kernel.expr.fault import Fault
from miaopi.kernel.expr.temporal.zone_table import PACKED

HEAD: Final = b"\n"  # ends the line of names


class _Bytes:
    """As much of a file as the reader of zones asks for."""

    def __init__(self, held: bytes) -> None:
        self.held = held
        self.position = 0

    def read(self, size: int = -1, /) -> bytes:
        start = self.position
        self.position = len(self.held) if size < 0 else start + size
        return self.held[start : self.position]

    def seek(self, offset: int, _whence: int = 1, /) -> int:
        """From where it stands; zones are read forward alone."""
        self.position += offset
        return self.position


@cache
def zone_named(name: str) -> ZoneInfo:
    """A place of the database. Raises Fault."""
    found = zone_files().get(name)
    if found is None:
        raise Fault(f"there is no time zone {name}")
    return ZoneInfo.from_file(_Bytes(found), key=name)


@cache
def zone_files() -> Mapping[str, bytes]:
    """Names with their zones as TZif (RFC 8536): a line of `name start end`, then the zones, each once."""
    head, _, zones = lzma.decompress(base64.b85decode("".join(PACKED))).partition(HEAD)
    entries = (entry.split(" ") for entry in head.decode("ascii").split(";"))
    return {name: zones[int(start) : int(end)] for name, start, end in entries}
