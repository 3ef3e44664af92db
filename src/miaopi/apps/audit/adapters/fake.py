"""A signer for tests: keys follow from the names of their purposes."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass

from miaopi.apps.audit.adapters.local import MAY_NOT_SIGN
from miaopi.apps.audit.adapters.port import find_scheme
from miaopi.kernel.errors import RightsError


@dataclass
class FakeSigner:
    may_sign: bool = True

    def sign(self, purpose: str, message: bytes) -> bytes:
        if not self.may_sign:
            raise RightsError(MAY_NOT_SIGN)
        return find_scheme(purpose).sign(self._seed(purpose), message)

    def public_key(self, purpose: str) -> bytes:
        return find_scheme(purpose).publish(self._seed(purpose))

    def _seed(self, purpose: str) -> bytes:
        return hashlib.sha256(purpose.encode()).digest()
