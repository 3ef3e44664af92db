"""Keys in files of the instance: one 32-byte seed a purpose, readable by the worker alone; public keys beside, for all."""

from __future__ import annotations

import os
import secrets
from pathlib import Path

from miaopi.apps.audit.adapters.port import find_scheme
from miaopi.kernel.errors import RightsError, UpstreamError
from miaopi.kernel.wording import Text

MAY_NOT_SIGN = Text(zh="这个进程没有签名密钥。", en="This process holds no signing key.")
SEED_LOST = Text(
    zh="签名密钥不见了，公钥还在：请从备份放回，不另造一把。",
    en="A signing seed is missing while its public key stands: put the seed back from a copy; none is made in its place.",
)
NOT_A_PAIR = Text(
    zh="签名密钥与公布的公钥不是一对：请从备份放回原来的一对。",
    en="A signing seed and the public key that was published are not a pair: put back from a copy the two that belong together.",
)
NO_PUBLIC_KEY = Text(zh="签名进程还没有公布公钥。", en="The signing process has not published its key yet.")


class LocalSigner:
    """`keys` is the folder of seeds, `None` in a process that may not sign; `public` the folder of public keys."""

    def __init__(self, *, keys: str | None, public: str) -> None:
        self._keys = Path(keys) if keys else None
        self._public = Path(public)

    def sign(self, purpose: str, message: bytes) -> bytes:
        return find_scheme(purpose).sign(self._seed(purpose), message)

    def public_key(self, purpose: str) -> bytes:
        if self._keys is not None:
            return find_scheme(purpose).publish(self._seed(purpose))
        try:
            return bytes.fromhex((self._public / f"{purpose}.pub").read_text(encoding="ascii"))
        except FileNotFoundError as error:
            raise UpstreamError("signer", NO_PUBLIC_KEY) from error

    def _seed(self, purpose: str) -> bytes:
        """The seed of a purpose; made on first use, and its public half published.

        Raises UpstreamError where what stands is not the two halves of one key: with another one nothing signed so far
        would verify.
        """
        if self._keys is None:
            raise RightsError(MAY_NOT_SIGN)
        path, published = self._keys / f"{purpose}.seed", self._public / f"{purpose}.pub"
        if not path.exists():
            if published.exists() and not path.exists():  # whoever makes a key at this moment has its seed there before
                raise UpstreamError("signer", SEED_LOST)
            self._make(path)
        seed = path.read_bytes()
        public = find_scheme(purpose).publish(seed).hex()
        if not published.exists():
            self._publish(published, public)
        if published.read_text(encoding="ascii") != public:
            raise UpstreamError("signer", NOT_A_PAIR)
        return seed

    def _publish(self, path: Path, public: str) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        draft = path.with_suffix(f".{secrets.token_hex(4)}")
        draft.write_text(public, encoding="ascii")
        draft.replace(path)  # whoever looks meanwhile sees no half of a key

    def _make(self, path: Path) -> None:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        draft = path.with_suffix(f".{secrets.token_hex(4)}")
        with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
            file.write(secrets.token_bytes(32))
            file.flush()
            os.fsync(file.fileno())
        try:
            os.link(draft, path)  # whoever is first makes the key; nobody replaces one
        except FileExistsError:
            pass
        finally:
            draft.unlink()
