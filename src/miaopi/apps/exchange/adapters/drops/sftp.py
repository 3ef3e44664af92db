"""Drops on an agency's server, over SFTP: to the one server whose key the address names, and to no other that answers in its place."""

from __future__ import annotations

import base64
import binascii
import io
import logging
import socket
import stat
import struct
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import closing, contextmanager
from typing import Any, Final, TypeVar

import paramiko

from miaopi.apps.exchange.adapters.drops.manifest import (
    LARGEST_DROP,
    LARGEST_MANIFEST,
    NAME,
    PIECE,
    Path,
    Stamp,
)

logging.getLogger("paramiko").setLevel(logging.CRITICAL)  # it writes addresses, and a traceback for every line that breaks

ALGORITHMS: Final = {"ssh-rsa": ("rsa-sha2-512", "rsa-sha2-256")}  # a key of one kind signs in the ways of that kind
KEYS: Final = (paramiko.Ed25519Key, paramiko.ECDSAKey, paramiko.RSAKey)
T = TypeVar("T")
AT_ONCE: Final = 32  # pieces on their way
# What the library raises over a server that is away, slow, another one or none at all.
BROKEN: Final = (
    paramiko.SSHException, paramiko.SFTPError, OSError, EOFError, ValueError, LookupError, TypeError, AttributeError, ArithmeticError,
    struct.error,
)  # fmt: skip


class _Session:
    """One line to the server, closed from outside when time is over: the library's limits are one for each piece."""

    def __init__(self, transport: paramiko.Transport, files: paramiko.SFTPClient) -> None:
        self.transport, self.files = transport, files

    @contextmanager
    def within(self, until: float) -> Iterator[paramiko.SFTPClient]:
        with _closed_at(self.transport, until):
            yield self.files

    def close(self) -> None:
        self.transport.close()


@contextmanager
def _closed_at(transport: paramiko.Transport, until: float) -> Iterator[None]:
    watch = threading.Timer(max(0.0, until - time.monotonic()), transport.close)
    watch.daemon = True
    watch.start()
    try:
        yield
    finally:
        watch.cancel()


class SftpFolder:
    """`address`: `host`, `port` (22), `user`, `host_key` (as in known_hosts: kind and base64), `password` or `key` (a private key as text),
    `folder`."""

    def __init__(self, address: Mapping[str, Any]) -> None:
        self._host, self._port, self._user = address["host"], int(address.get("port", 22)), address["user"]
        self._kind, _, encoded = address["host_key"].partition(" ")
        try:
            self._host_key = base64.b64decode(encoded.split()[0], validate=True)
        except (binascii.Error, IndexError):
            raise ValueError("no key of a host") from None
        self._folder = address["folder"].rstrip("/")
        self._password = address.get("password")
        self._key = _read_key(address["key"]) if self._password is None else None
        self._lock = threading.Lock()
        self._kept: _Session | None = None

    def read_manifest(self, *, until: float) -> bytes:
        def read(files: paramiko.SFTPClient) -> bytes:
            self._require_plain(files, (NAME,))
            with files.open(f"{self._folder}/{NAME}", "rb") as file:
                return bytes(file.read(LARGEST_MANIFEST))

        return self._look(read, until)

    def stamp(self, path: Path, *, until: float) -> Stamp:
        def look(files: paramiko.SFTPClient) -> Stamp:
            seen = self._require_plain(files, path)
            if seen.st_size is None or seen.st_mtime is None or seen.st_size > LARGEST_DROP:
                raise ValueError("too large, or nobody knows")
            return seen.st_size, int(seen.st_mtime)

        return self._look(look, until)

    def fetch(self, path: Path, *, until: float) -> Iterator[bytes]:
        try:
            with closing(self._connect(until)) as session, session.within(until) as files:
                size = self._require_plain(files, path).st_size or 0
                if size > LARGEST_DROP:
                    raise ValueError("too large")
                with files.open("/".join((self._folder, *path)), "rb") as file:
                    file.prefetch(size, AT_ONCE)
                    while piece := file.read(PIECE):
                        yield piece
        except BROKEN:
            raise OSError("broken off") from None

    def close(self) -> None:
        with self._lock:
            session, self._kept = self._kept, None
        if session is not None:
            session.close()

    def _look(self, work: Callable[[paramiko.SFTPClient], T], until: float) -> T:
        """On the kept line, or on a new one if that no longer carries: a restarted server is not an outage."""
        if not self._lock.acquire(timeout=max(0.0, until - time.monotonic())):
            raise TimeoutError("too slow")
        try:
            while True:
                session, is_new = self._kept or self._connect(until), self._kept is None
                self._kept = None
                try:
                    with session.within(until) as files:
                        found = work(files)
                    self._kept = session
                    return found
                except BROKEN:
                    session.close()
                    if is_new:
                        raise
        except BROKEN as error:
            raise _name(error, until) from None
        finally:
            self._lock.release()

    def _require_plain(self, files: paramiko.SFTPClient, path: Path) -> paramiko.SFTPAttributes:
        """What the server knows of the file. Raises ValueError where a step of the way is a link, or no folder."""
        at = self._folder
        for step in path[:-1]:
            at = f"{at}/{step}"
            if not stat.S_ISDIR(files.lstat(at).st_mode or 0):
                raise ValueError("no plain folder")
        seen = files.lstat(f"{at}/{path[-1]}")
        if not stat.S_ISREG(seen.st_mode or 0):
            raise ValueError("no plain file")
        return seen

    def _connect(self, until: float) -> _Session:
        left = until - time.monotonic()
        if left <= 0:
            raise TimeoutError("too slow")
        transport = paramiko.Transport(socket.create_connection((self._host, self._port), timeout=left))
        try:
            with _closed_at(transport, until):
                transport.banner_timeout = transport.handshake_timeout = transport.auth_timeout = left
                transport.get_security_options().key_types = ALGORITHMS.get(self._kind, (self._kind,))
                transport.start_client(timeout=left)
                if transport.get_remote_server_key().asbytes() != self._host_key:
                    raise ValueError("another server")  # before it is told who we are
                if self._key is not None:
                    transport.auth_publickey(self._user, self._key)
                else:
                    transport.auth_password(self._user, self._password or "", fallback=False)
                files = paramiko.SFTPClient.from_transport(transport)
                if files is None:
                    raise ValueError("no files there")
                return _Session(transport, files)
        except BaseException:  # whatever broke it off, the line is in an unknown state
            transport.close()
            raise


def _name(error: Exception, until: float) -> OSError:
    """Late by our clock, which closes the line in the midst of anything; not let in by anybody; or else broken off."""
    if time.monotonic() >= until or isinstance(error, TimeoutError):
        return TimeoutError("no answer in time")
    is_untaken = isinstance(error, ConnectionError | EOFError) or isinstance(error.__context__, EOFError)
    return ConnectionError("nobody took it") if is_untaken else OSError("no answer")


def _read_key(text: str) -> paramiko.PKey:
    for kind in KEYS:
        try:
            return kind.from_private_key(io.StringIO(text))
        except (paramiko.SSHException, ValueError):
            continue
    raise ValueError("no private key")
