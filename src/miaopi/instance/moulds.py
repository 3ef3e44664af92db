"""Data folders of new servers, made once for each edition of the program and copied from the cache.

A mould holds what is the same for everybody – catalogues, roles, empty tables – and never a row, a password or a key of somebody's.
`initdb`, migrations and `CREATE DATABASE` write many times what a copy writes, and a page that is new to the machine is what they cost.
"""

from __future__ import annotations

import ctypes
import fcntl
import hashlib
import os
import shutil
import subprocess
import tempfile
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from miaopi.config.environment import ROOT
from miaopi.instance.home import private_folder

CACHE: Final = ROOT / ".cache" / "servers"
PACKAGES: Final = ROOT / "requirements" / "run.txt"  # which PostgreSQL, which Django


def edition_of(files: Iterable[Path]) -> str:
    """A digest of what a mould is made by; what is installed is part of it."""
    told = hashlib.sha256()
    for path in (PACKAGES, *sorted(files)):
        told.update(f"{path.name}\n".encode() + path.read_bytes())
    return told.hexdigest()[:16]


def take_cast(data: Path, name: str, edition: str, make: Callable[[Path], None], *, durable: bool) -> bool:
    """Make `data` a copy of the mould, which `make` puts into an empty folder where there is none of this edition yet.

    `False`, with nothing done, where no cache can be kept. A copy that is interrupted never bears the name of `data`.
    Raises OSError, and whatever `make` raises.
    """
    try:
        private_folder(CACHE)
    except OSError:
        return False
    mould = CACHE / f"{name}-{edition}"
    with _locked(fcntl.LOCK_SH):
        if mould.is_dir():
            _copy(mould, data, durable=durable)
            return True
    with _locked(fcntl.LOCK_EX):
        if not mould.is_dir():
            _make(mould, name, make)
        _copy(mould, data, durable=durable)
    return True


def _make(mould: Path, name: str, make: Callable[[Path], None]) -> None:
    """In a folder beside; the moulds of other editions, and what an interrupted try left, go."""
    for old in (*CACHE.glob(f"{name}-*"), *CACHE.glob("new-*")):
        shutil.rmtree(old, ignore_errors=True)
    with tempfile.TemporaryDirectory(dir=CACHE, prefix="new-", ignore_cleanup_errors=True) as beside:
        make(Path(beside) / "data")
        _sync(Path(beside))
        (Path(beside) / "data").rename(mould)


def _copy(mould: Path, data: Path, *, durable: bool) -> None:
    """Zeros of the log are not copied: they are most of it. Half a copy does not stay: on a full disk nothing could say why."""
    beside = data.with_name(f"{data.name}.new")
    shutil.rmtree(beside, ignore_errors=True)
    try:
        subprocess.run(["cp", "-a", "--sparse=always", str(mould), str(beside)], check=True, stdin=subprocess.DEVNULL)
    except subprocess.CalledProcessError:
        shutil.rmtree(beside, ignore_errors=True)
        raise
    if durable:
        _sync(beside)
    beside.rename(data)


def _sync(folder: Path) -> None:
    """Its bytes lie on the disk before its name says so; one call for thousands of files."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        if ctypes.CDLL(None, use_errno=True).syncfs(descriptor) != 0:
            raise OSError(ctypes.get_errno(), "syncfs")
    finally:
        os.close(descriptor)


@contextmanager
def _locked(kind: int) -> Iterator[None]:
    with open(CACHE / "lock", "a", encoding="ascii") as file:
        os.chmod(file.fileno(), 0o600)
        fcntl.flock(file, kind)
        yield
