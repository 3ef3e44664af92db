"""An nkey as NATS writes it: a prefix, 32 bytes and a check (CRC-16/XMODEM), in base32 without padding."""

from __future__ import annotations

import base64
import binascii
from typing import Final

from nats.aio.client import Client

from miaopi.kernel.credential import public_key_of, sign

SEED: Final = 18 << 3  # “S”
USER: Final = 20 << 3  # “U”
LENGTH: Final = 36  # two signs of a prefix, 32 bytes, two of the check


class SeedClient(Client):
    """The library's client, which would need another package to sign with a seed."""

    def _setup_nkeys_seed_connect(self) -> None:
        seed = read_user_seed(str(self._nkeys_seed_str))
        self._public_nkey = write_user_key(seed)
        self._signature_cb = lambda nonce: base64.b64encode(sign(seed, nonce.encode()))


def read_user_seed(text: str) -> bytes:
    """The 32 bytes behind a seed of a user, “SU…”. Raises ValueError, without the seed."""
    try:
        raw = base64.b32decode(text.strip() + "=" * (-len(text.strip()) % 8))
    except binascii.Error:
        raise ValueError("no nkey") from None
    is_seed = len(raw) == LENGTH and raw[0] & 0xF8 == SEED and (raw[0] & 7) << 5 | raw[1] >> 3 == USER
    if not is_seed or _check(raw[:-2]) != raw[-2:]:
        raise ValueError("no nkey of a user")
    return raw[2:-2]


def write_user_seed(seed: bytes) -> str:
    return _written(bytes((SEED | USER >> 5, (USER & 31) << 3)) + seed)


def write_user_key(seed: bytes) -> str:
    """The public half, “U…”, which the broker is told."""
    return _written(bytes((USER,)) + public_key_of(seed))


def _written(raw: bytes) -> str:
    return base64.b32encode(raw + _check(raw)).decode("ascii").rstrip("=")


def _check(raw: bytes) -> bytes:
    return binascii.crc_hqx(raw, 0).to_bytes(2, "little")
