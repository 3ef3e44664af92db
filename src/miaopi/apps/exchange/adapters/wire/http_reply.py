"""Reads one HTTP/1.1 response as its bytes arrive, strictly (RFC 9112): whatever can be read in two ways is not read at all."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Final, NamedTuple

MOST_HEAD: Final = 16 * 1024
STATUS: Final = re.compile(rb"HTTP/1\.([01]) ([2-5]\d\d)(?: [\t\x20-\x7e\x80-\xff]*)?")
FIELD: Final = re.compile(rb"([!#$%&'*+.^_`|~0-9A-Za-z-]+):[ \t]*([\t\x20-\x7e\x80-\xff]*?)[ \t]*")
LENGTH: Final = re.compile(rb"\d{1,9}")
CHUNK: Final = re.compile(rb"([0-9A-Fa-f]{1,8})[ \t]*(?:;[\t\x20-\x7e\x80-\xff]*)?")
SINGLE: Final = frozenset({b"content-length", b"transfer-encoding", b"content-encoding"})
END_OF_HEAD: Final = b"\r\n\r\n"


class Head(NamedTuple):
    """What a head says. `length` is of the body; none: in chunks, or to the end of the connection."""

    status: int
    length: int | None
    is_chunked: bool
    is_kept: bool


class Reply:
    """Fed with bytes until it is whole. Raises ValueError for what is no response, or one larger than `most` bytes."""

    def __init__(self, most: int) -> None:
        self._most = most
        self._buffer = bytearray()
        self._length: int | None = None  # of the body; none: in chunks, or to the end of the connection
        self._is_chunked = False
        self._chunks, self._at = bytearray(), 0  # the body so far, and where the next chunk begins: none is read twice
        self.status = 0
        self.body = b""
        self.is_whole = False
        self.is_kept = False  # whether the connection may carry another question

    @property
    def has_begun(self) -> bool:
        return bool(self._buffer) or self.status > 0

    def feed(self, data: bytes) -> None:
        self._buffer += data
        if not self.status:
            end = self._buffer.find(END_OF_HEAD, 0, MOST_HEAD)
            if end < 0:
                if len(self._buffer) >= MOST_HEAD:
                    raise ValueError("a head without end")
                return
            self._read_head(bytes(self._buffer[:end]))
            del self._buffer[: end + len(END_OF_HEAD)]
        if len(self._buffer) > self._most * (2 if self._is_chunked else 1):
            raise ValueError("too much")
        if self._is_chunked:
            self._read_chunks()
        elif self._length is not None:
            self._finish(bytes(self._buffer), len(self._buffer) - self._length)

    def end(self) -> None:
        """The agency has closed the connection."""
        self.is_kept = False
        if not self.status or self._is_chunked or self._length is not None:
            raise ValueError("half a response")
        self.body, self.is_whole = bytes(self._buffer), True

    def _read_head(self, head: bytes) -> None:
        self.status, self._length, self._is_chunked, self.is_kept = read_head(head)
        if self._length is not None and self._length > self._most:
            raise ValueError("too much")

    def _read_chunks(self) -> None:
        while (end := self._buffer.find(b"\r\n", self._at)) >= 0:
            size = CHUNK.fullmatch(self._buffer[self._at : end])
            if size is None:
                raise ValueError("no chunk")
            start, length = end + 2, int(size[1], 16)
            if length == 0:
                self._read_trailer(bytes(self._chunks), start)
                return
            if len(self._chunks) + length > self._most:
                raise ValueError("too much")
            after = start + length
            if len(self._buffer) < after + 2:
                return
            if self._buffer[after : after + 2] != b"\r\n":
                raise ValueError("a chunk of another length")
            self._chunks += self._buffer[start:after]
            self._at = after + 2

    def _read_trailer(self, body: bytes, start: int) -> None:
        if self._buffer[start : start + 2] == b"\r\n":
            self._finish(body, len(self._buffer) - start - 2)
        elif len(self._buffer) >= start + 2:
            raise ValueError("fields after the body")

    def _finish(self, body: bytes, surplus: int) -> None:
        if surplus > 0:
            raise ValueError("more than was announced")
        if surplus == 0:
            self.body, self.is_whole = body, True


@lru_cache(maxsize=64)  # an agency says the same before each answer, but for its length and the second
def read_head(head: bytes) -> Head:
    """Raises ValueError."""
    first, *lines = head.split(b"\r\n")
    status = STATUS.fullmatch(first)
    if status is None:
        raise ValueError("no response")
    fields: dict[bytes, bytes] = {}
    for line in lines:
        field = FIELD.fullmatch(line)
        if field is None:
            raise ValueError("no field")
        name = field[1].lower()
        if name in fields and name in SINGLE:
            raise ValueError("a field that stands twice")
        fields[name] = field[2]
    coding, length = fields.get(b"transfer-encoding"), fields.get(b"content-length")
    if fields.get(b"content-encoding", b"identity").lower() != b"identity" or (coding is not None and length is not None):
        raise ValueError("packed, or of two lengths")
    if coding is not None and (coding.lower() != b"chunked" or status[1] == b"0"):
        raise ValueError("an unknown coding")
    if length is not None and not LENGTH.fullmatch(length):
        raise ValueError("no length")
    is_empty, is_chunked = status[2] in (b"204", b"304"), coding is not None
    is_kept = status[1] == b"1" and b"close" not in fields.get(b"connection", b"").lower()
    return Head(int(status[2]), 0 if is_empty else None if length is None else int(length), is_chunked, is_kept)
