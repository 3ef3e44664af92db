"""CBOR (RFC 8949): written in its one deterministic form, read with limits.

What is read is walked once: at most 16 levels and 2,048 items, no map key twice, nothing after the end, text in UTF-8, numbers
finite. A length is never believed before the bytes are there, so that no input costs more than its own size.
"""

from __future__ import annotations

import math
import struct
from collections.abc import Mapping
from typing import Final

from miaopi.kernel.frozen import frozen

DEPTH: Final = 16
ITEMS: Final = 2048
LARGEST: Final = 1 << 64
BREAK: Final = 0xFF
INDEFINITE: Final = 31
FLOATS: Final = {25: ">e", 26: ">f", 27: ">d"}
SIMPLE: Final[Mapping[int, object]] = {20: False, 21: True, 22: None, 23: None}  # undefined says as little as null


class Malformed(ValueError):
    """These bytes are not one well-formed item within the limits."""


@frozen
class Tag:
    """A tagged item (§3.4)."""

    number: int
    value: object


def encode_cbor(value: object) -> bytes:
    """§4.2.1: shortest heads, keys in the order of their bytes. TypeError for what this house does not write."""
    match value:
        case None:
            return b"\xf6"
        case bool():
            return b"\xf5" if value else b"\xf4"
        case int():
            return _head(0, value) if value >= 0 else _head(1, -1 - value)
        case bytes():
            return _head(2, len(value)) + value
        case str():
            return _head(3, len(value.encode())) + value.encode()
        case list() | tuple():
            return _head(4, len(value)) + b"".join(map(encode_cbor, value))
        case dict():
            pairs = sorted((encode_cbor(key), encode_cbor(held)) for key, held in value.items())
            return _head(5, len(pairs)) + b"".join(key + held for key, held in pairs)
        case Tag():
            return _head(6, value.number) + encode_cbor(value.value)
    raise TypeError(f"{type(value).__name__} is not written here")


def _head(kind: int, number: int) -> bytes:
    if number < 24:
        return bytes([kind << 5 | number])
    if number >= LARGEST:
        raise TypeError("a number beyond 64 bits is not written here")
    size = next(size for size in (1, 2, 4, 8) if number < 256**size)
    return bytes([kind << 5 | 23 + size.bit_length()]) + number.to_bytes(size, "big")


def decode_cbor(octets: bytes) -> object:
    """The one item that these bytes are. Raises Malformed."""
    reader = _Reader(octets)
    value = reader.item(0)
    if reader.place != len(octets):
        raise Malformed("bytes after the end")
    return value


class _Reader:
    """Where the walk stands, and how many items it has seen."""

    def __init__(self, octets: bytes) -> None:
        self._octets = octets
        self._items = 0
        self.place = 0

    def item(self, depth: int) -> object:
        self._items += 1
        if self._items > ITEMS or depth > DEPTH:
            raise Malformed("too much of it")
        first = self._take(1)[0]
        kind, argument = first >> 5, first & 31
        if kind == 7:
            return self._simple(argument)
        number = None if argument == INDEFINITE and 2 <= kind <= 5 else self._number(argument)
        match kind:
            case 0:
                return number
            case 1:
                return -1 - (number or 0)
            case 2:
                return self._string(kind, number)
            case 3:
                return self._text(self._string(kind, number))
            case 4:
                return self._array(number, depth + 1)
            case 5:
                return self._map(number, depth + 1)
        return Tag(number or 0, self.item(depth + 1))

    def _take(self, size: int) -> bytes:
        taken = self._octets[self.place : self.place + size]
        if len(taken) != size:
            raise Malformed("it ends too early")
        self.place += size
        return taken

    def _number(self, argument: int) -> int:
        if argument < 24:
            return argument
        if argument > 27:
            raise Malformed("a head that nobody has defined")
        return int.from_bytes(self._take(1 << argument - 24), "big")

    def _ends(self) -> bool:
        """Whether a series of unknown length ends here (§3.2.1)."""
        if self._octets[self.place : self.place + 1] != bytes([BREAK]):
            return False
        self.place += 1
        return True

    def _string(self, kind: int, size: int | None) -> bytes:
        if size is not None:
            return self._take(size)
        parts = []
        while not self._ends():
            self._items += 1
            first = self._take(1)[0]
            if first >> 5 != kind or first & 31 == INDEFINITE or self._items > ITEMS:
                raise Malformed("a part that is no part of this string")
            parts.append(self._take(self._number(first & 31)))
        return b"".join(parts)

    def _text(self, octets: bytes) -> str:
        try:
            return octets.decode("utf-8")
        except UnicodeDecodeError:
            raise Malformed("text that is not UTF-8") from None

    def _array(self, size: int | None, depth: int) -> list[object]:
        held: list[object] = []
        while len(held) != size and not (size is None and self._ends()):
            held.append(self.item(depth))
        return held

    def _map(self, size: int | None, depth: int) -> dict[int | str, object]:
        held: dict[int | str, object] = {}
        while len(held) != size and not (size is None and self._ends()):
            key = self.item(depth)
            if isinstance(key, bool) or not isinstance(key, int | str) or key in held:
                raise Malformed("a key that stands twice, or is neither number nor text")
            held[key] = self.item(depth)
        return held

    def _simple(self, argument: int) -> object:
        if argument in FLOATS:
            number: float = struct.unpack(FLOATS[argument], self._take(1 << argument - 24))[0]
            if not math.isfinite(number):
                raise Malformed("a number that is not finite")
            return number
        if argument not in SIMPLE:
            raise Malformed("a value that nobody has defined")
        return SIMPLE[argument]
