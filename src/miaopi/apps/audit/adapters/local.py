"""Keys in files of the instance: one 32-byte seed a purpose, readable by the worker alone; public keys beside, for all."""

from __future__ import annotations

import os
import secrets
from pathlib import Path

from miaopi.kernel.credential import public_key_of, sign
from miaopi.kernel.errors import RightsError, UpstreamError
from miaopi.kernel.wording import Text

MAY_NOT_SIGN = Text(zh="这个进程没有签名密钥。", en="This process holds no signing key.")
NO_PUBLIC_KEY = Text(zh="签名进程还没有公布公钥。", en="The signing process has not published its key yet.")


class LocalSigner:
    """`keys` is the folder of seeds, `None` in a process that may not sign; `public` the folder of public keys."""

    def __init__(self, *, keys: str | None, public: str) -> None:
        self._keys = Path(keys) if keys else None
        self._public = Path(public)

    def sign(self, purpose: str, message: bytes) -> bytes:
        return sign(self._seed(purpose), message)

    def public_key(self, purpose: str) -> bytes:
        if self._keys is not None:
            return public_key_of(self._seed(purpose))
        try:
            return bytes.fromhex((self._public / f"{purpose}.pub").read_text(encoding="ascii"))
        except FileNotFoundError as error:
            raise UpstreamError("signer", NO_PUBLIC_KEY) from error

    def _seed(self, purpose: str) -> bytes:
        """The seed of a purpose; made on first use, and its public half published."""
        if self._keys is None:
            raise RightsError(MAY_NOT_SIGN)
        path = self._keys / f"{purpose}.seed"
        if not path.exists():
            self._make(path)
        seed = path.read_bytes()
        self._public.mkdir(parents=True, exist_ok=True)
        published = self._public / f"{purpose}.pub"
        if not published.exists():
            draft = published.with_suffix(f".{secrets.token_hex(4)}")
            draft.write_text(public_key_of(seed).hex(), encoding="ascii")
            draft.replace(published)  # whoever looks meanwhile sees no half of a key
        return seed

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
