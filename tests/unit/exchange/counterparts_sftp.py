"""An agency's SFTP server that shows one folder, and drops that lie there."""

from __future__ import annotations

import os
import socket
import threading
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Protocol

import paramiko
from paramiko.sftp_attr import SFTPAttributes

from miaopi.apps.exchange.adapters.drops.connector import FileConnector
from miaopi.apps.exchange.adapters.port import Emptiness
from tests.unit.exchange.counterparts import SECRET, InFiles
from tests.unit.exchange.wire import Wire

USER = "miaopi"
FOLDER = "/out"


class _Doorman(paramiko.ServerInterface):
    def check_auth_password(self, username: str, password: str) -> int:
        return paramiko.AUTH_SUCCESSFUL if (username, password) == (USER, SECRET) else paramiko.AUTH_FAILED

    def check_channel_request(self, kind: str, chanid: int) -> int:
        return paramiko.OPEN_SUCCEEDED if kind == "session" else paramiko.OPEN_FAILED_ADMINISTRATIVELY_PROHIBITED

    def get_allowed_auths(self, username: str) -> str:
        return "password"


class _Files(paramiko.SFTPServerInterface):
    def __init__(self, server: paramiko.ServerInterface, root: Path, opened: list[str]) -> None:
        super().__init__(server)
        self._root, self._opened = root, opened

    def lstat(self, path: str) -> SFTPAttributes | int:
        try:
            return SFTPAttributes.from_stat(os.lstat(self._inside(path)))
        except OSError as error:
            return paramiko.SFTPServer.convert_errno(error.errno or 0)

    def stat(self, path: str) -> SFTPAttributes | int:
        try:
            return SFTPAttributes.from_stat(os.stat(self._inside(path)))
        except OSError as error:
            return paramiko.SFTPServer.convert_errno(error.errno or 0)

    def open(self, path: str, flags: int, attr: SFTPAttributes) -> paramiko.SFTPHandle | int:
        assert flags & (os.O_WRONLY | os.O_RDWR) == 0, "nobody writes here"
        self._opened.append(path)
        try:
            file = open(self._inside(path), "rb")  # noqa: SIM115 - the handle closes it
        except OSError as error:
            return paramiko.SFTPServer.convert_errno(error.errno or 0)
        handle = paramiko.SFTPHandle(flags)
        handle.readfile = file  # type: ignore[attr-defined]  # the library looks it up by name
        return handle

    def _inside(self, path: str) -> Path:
        """No walls: a server that shows more than it should is the case that matters."""
        return self._root / path.removeprefix(FOLDER).lstrip("/")


class SftpServer:
    """`opened` are the paths that somebody opened. `stop` and `start` are what a restart is: the same port, the same key."""

    def __init__(self, root: Path, doorman: type[paramiko.ServerInterface] = _Doorman) -> None:
        self.key, self._doorman = paramiko.ECDSAKey.generate(), doorman
        self.opened: list[str] = []
        self._root, self._lines = root, list[paramiko.Transport]()
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port = int(self._listener.getsockname()[1])
        threading.Thread(target=self._accept, args=(self._listener,), daemon=True).start()

    def address(self) -> dict[str, str]:
        return {"user": USER, "password": SECRET, "host_key": known(self.key), "folder": FOLDER}

    def start(self) -> None:
        self._listener = socket.create_server(("127.0.0.1", self.port))
        threading.Thread(target=self._accept, args=(self._listener,), daemon=True).start()

    def stop(self) -> None:
        with suppress(OSError):
            self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        for line in self._lines:
            line.close()

    def _accept(self, listener: socket.socket) -> None:
        with suppress(OSError):
            while True:
                near, _ = listener.accept()
                line = paramiko.Transport(near)
                line.add_server_key(self.key)
                line.set_subsystem_handler("sftp", paramiko.SFTPServer, _Files, self._root, self.opened)
                self._lines.append(line)
                with suppress(paramiko.SSHException, EOFError):
                    line.start_server(event=threading.Event(), server=self._doorman())


class Serving(Protocol):
    port: int

    def address(self) -> dict[str, str]: ...
    def start(self) -> None: ...
    def stop(self) -> None: ...


class BehindSftp(InFiles):
    """The drop of a folder on a server; what is down, slow or mad is the line to it."""

    def __init__(
        self, folder: Path, absent: Emptiness = Emptiness.EMPTY, format: str = "csv", serve: Callable[[Path], Serving] | None = None
    ) -> None:
        super().__init__(folder, absent, format)
        self.server = (serve or SftpServer)(folder)
        self._wire = Wire(("127.0.0.1", 0), ("127.0.0.1", self.server.port))
        host, port = self._wire.address
        self.address = {"kind": "file", "host": host, "port": port, **self.server.address()}
        self.connector = FileConnector("demo", self.address)

    def set_mode(self, mode: str) -> None:
        self._wire.set_mode(mode)

    def asked(self) -> str:
        return self._wire.asked.decode("utf-8", "replace")

    def answered(self) -> str:
        return self._wire.answered.decode("utf-8", "replace")

    def close(self) -> None:
        super().close()
        self._wire.close()
        self.server.stop()

    def stop(self) -> None:
        self.server.stop()

    def start(self) -> None:
        self.server.start()


def known(key: paramiko.PKey) -> str:
    """As it stands in known_hosts."""
    return f"{key.get_name()} {key.get_base64()}"
