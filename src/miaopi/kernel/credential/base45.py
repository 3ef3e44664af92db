"""Base45 (RFC 9285): bytes in the alphabet of a QR code's alphanumeric mode."""

from __future__ import annotations

from typing import Final

ALPHABET: Final = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ $%*+-./:"
VALUES: Final = {sign: value for value, sign in enumerate(ALPHABET)}


def encode_base45(octets: bytes) -> str:
    signs = []
    for place in range(0, len(octets), 2):
        group = octets[place : place + 2]
        number = int.from_bytes(group, "big")
        for _ in range(len(group) + 1):
            number, value = divmod(number, 45)
            signs.append(ALPHABET[value])
    return "".join(signs)


def decode_base45(text: str) -> bytes | None:
    """The bytes, or `None` for what is no base45 (§6: a group beyond its bytes is refused)."""
    octets = bytearray()
    for place in range(0, len(text), 3):
        group = text[place : place + 3]
        if len(group) == 1 or any(sign not in VALUES for sign in group):
            return None
        number = sum(VALUES[sign] * 45**power for power, sign in enumerate(group))
        size = len(group) - 1
        if number >= 256**size:
            return None
        octets += number.to_bytes(size, "big")
    return bytes(octets)
