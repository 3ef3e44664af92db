"""The key a gateway signs with, and the one the platform asks with: 32 random bytes in a file that its owner alone can read."""

from __future__ import annotations

import os
import secrets
import stat
from pathlib import Path

from miaopi.kernel.credential import public_key_of
from miaopi.kernel.errors import InputError
from miaopi.kernel.wording import Text


def read_seed(path: Path) -> bytes:
    """Raises InputError for a file that is none, or that others can read."""
    try:
        if stat.S_IMODE(path.stat().st_mode) & 0o077:
            raise _wrong(path, "别的账户能读它。", "other accounts can read it.", "请 chmod 600。", "Do chmod 600.")
        seed = bytes.fromhex(path.read_text(encoding="ascii").strip())
    except (OSError, ValueError):
        seed = b""
    if len(seed) != 32:
        raise _wrong(path, "这里没有密钥。", "there is no key here.", "先运行 gateway keys。", "Run gateway keys first.")
    return seed


def make_seed(path: Path) -> bytes:
    """The key in that file, made if there is none: a key that answers were signed with is never replaced."""
    try:
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        return read_seed(path)
    with os.fdopen(descriptor, "w", encoding="ascii") as file:
        file.write(secrets.token_hex(32))
        file.flush()
        os.fsync(file.fileno())
    return read_seed(path)


def find_public_key(seed: bytes) -> str:
    """What the other side is told, in hex."""
    return public_key_of(seed).hex()


def _wrong(path: Path, zh: str, en: str, cure_zh: str, cure_en: str) -> InputError:
    return InputError(path.name, Text(zh=f"密钥文件 {path.name}：{zh}", en=en), Text(zh=cure_zh, en=cure_en))
