"""What the log needs of whoever holds the keys."""

from __future__ import annotations

from typing import Protocol


class Signer(Protocol):
    """Signs with Ed25519 (RFC 8032) under one key a purpose: `checkpoint`, `receipt`, `licence`."""

    def sign(self, purpose: str, message: bytes) -> bytes:
        """The 64 bytes of the signature. Raises RightsError in a process that may not sign."""
        ...

    def public_key(self, purpose: str) -> bytes:
        """The 32 bytes of the public key. Raises UpstreamError where it is not published yet."""
        ...
