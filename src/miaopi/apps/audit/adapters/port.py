"""What the house needs of whoever holds the keys."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final, Protocol

from miaopi.kernel.credential import derive_es256, point_of, public_key_of, sign, sign_es256
from miaopi.kernel.frozen import frozen

CREDENTIALS: Final = "licence_cose-"  # and the number of the key: these alone are renewed, the others stand as long as the log


class Signer(Protocol):
    """Signs under one key a purpose: `checkpoint`, `consent`, `decision`, `licence`, and `licence_cose-1` onwards."""

    def sign(self, purpose: str, message: bytes) -> bytes:
        """The 64 bytes of the signature. Raises RightsError in a process that may not sign."""
        ...

    def public_key(self, purpose: str) -> bytes:
        """The public key, in the form of its scheme. Raises UpstreamError where it is not published yet."""
        ...


@frozen
class Scheme:
    """How 32 random bytes become a key: `sign(seed, message)` gives 64 bytes, `publish(seed)` the public half."""

    sign: Callable[[bytes, bytes], bytes]
    publish: Callable[[bytes], bytes]


def publish_es256(seed: bytes) -> bytes:
    return point_of(derive_es256(seed).public_key())


ED25519: Final = Scheme(sign, public_key_of)  # 32 bytes, RFC 8032
ES256: Final = Scheme(sign_es256, publish_es256)  # x ‖ y, 64 bytes, RFC 9053 §2.1


def find_scheme(purpose: str) -> Scheme:
    """What leaves the house in a QR code is read by browsers, which know ES256 everywhere; all else is Ed25519."""
    return ES256 if purpose.startswith(CREDENTIALS) else ED25519
