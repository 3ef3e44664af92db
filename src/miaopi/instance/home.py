"""The folder of an instance: where each thing lies, who may read it, and the short folder for sockets."""

from __future__ import annotations

import hashlib
import os
import secrets
import stat
import tempfile
from pathlib import Path
from typing import Final

from miaopi.config.environment import home_folder, wrong
from miaopi.kernel.errors import InputError
from miaopi.kernel.frozen import frozen
from miaopi.kernel.wording import Text

LONGEST_SOCKET: Final = 107
SOCKET_NAME: Final = "/.s.PGSQL.5432.lock"


@frozen
class Home:
    """`MIAOPI_HOME` by its rooms. `ready()` makes what is missing, private to its owner."""

    folder: Path

    @property
    def platform(self) -> Path:
        return self.folder / "platform"

    @property
    def keys(self) -> Path:
        return self.folder / "keys"

    @property
    def logs(self) -> Path:
        return self.folder / "log"

    @property
    def spool(self) -> Path:
        return self.folder / "spool"

    @property
    def agencies(self) -> Path:
        return self.folder / "agencies.json"

    @property
    def description(self) -> Path:
        return self.folder / "instance.json"

    def ready(self) -> Home:
        """Make folders and secrets that are missing; never touches one that is there.

        Raises InputError where there is a database but not the key that sealed what is in it: a fresh key would pass for it.
        """
        if (self.platform / "PG_VERSION").is_file() and not (self.folder / "seal.key").is_file():
            raise InputError(
                "seal.key",
                Text(zh="封存密钥不见了，草稿打不开。", en="the key that sealed what this home keeps is missing."),
                Text(zh="请从备份放回。", en="Put it back from a copy."),
            )
        for folder in (self.folder, self.keys, self.logs, self.spool):
            folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        _keep(self.folder / "seal.key", secrets.token_bytes(32))
        _keep(self.folder / "web.key", secrets.token_hex(32).encode())
        return self


def current_home() -> Home:
    """The home that `MIAOPI_HOME` names."""
    return Home(home_folder())


def socket_folder(data: Path) -> Path:
    """A private folder for the sockets of the server at `data`, short enough for the kernel, the same at each call."""
    beside = data.parent / "run"
    if len(os.fsencode(f"{beside}/{data.name}{SOCKET_NAME}")) <= LONGEST_SOCKET:
        return private_folder(beside / data.name)
    name = hashlib.sha256(os.fsencode(data.absolute())).hexdigest()[:12]
    for base in (tempfile.gettempdir(), "/tmp"):  # noqa: S108 - private_folder refuses a folder that is not ours alone
        if len(os.fsencode(f"{base}/miaopi-{name}{SOCKET_NAME}")) <= LONGEST_SOCKET:
            return private_folder(Path(base) / f"miaopi-{os.geteuid()}-{name}")
    raise wrong("TMPDIR", "太长，放不下套接字。", "it is too long to hold a socket.")


def private_folder(folder: Path) -> Path:
    """`folder`, made if missing, and refused if anybody else owns it or may enter it."""
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    found = folder.lstat()
    if not stat.S_ISDIR(found.st_mode) or found.st_uid != os.geteuid() or stat.S_IMODE(found.st_mode) & 0o077:
        raise PermissionError(f"{folder} is not a private folder of ours")
    return folder


def _keep(path: Path, content: bytes) -> None:
    try:
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        return
    with os.fdopen(descriptor, "wb") as file:
        file.write(content)
