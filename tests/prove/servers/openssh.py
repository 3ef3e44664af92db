"""An agency's SFTP server as most run it: OpenSSH from Debian's package, a key for whoever comes, one folder."""

from __future__ import annotations

import getpass
import os
import pwd
import socket
import subprocess
import time
from contextlib import suppress
from pathlib import Path

import paramiko
import psutil

from miaopi.instance.platform import choose_port
from tests.prove.servers.packages import environment
from tests.unit.exchange.counterparts_sftp import known

PACKAGES = ("openssh-server", "openssh-sftp-server", "libwrap0")
NOBODY = "nobody"


class OpenSsh:
    """`root`: where the packages are unpacked. It shows `folder`. `stop` kills it, `start` brings it back on the same port with its key."""

    def __init__(self, root: Path, folder: Path, own: Path) -> None:
        self._root, self._folder, self.port = root, folder, choose_port(0)
        self._user = NOBODY if os.getuid() == 0 else getpass.getuser()
        self._process: subprocess.Popen[bytes] | None = None
        self._key = paramiko.ECDSAKey.generate()
        host_key = paramiko.ECDSAKey.generate()
        self._host_key = known(host_key)
        own.mkdir()
        host_key.write_private_key_file(str(own / "host"))
        self._key.write_private_key_file(str(own / "key"))
        (own / "authorized").write_text(known(self._key) + "\n")
        self._config = own / "config"
        self._config.write_text(
            f"Port {self.port}\nListenAddress 127.0.0.1\nHostKey {own / 'host'}\nAuthorizedKeysFile {own / 'authorized'}\nPidFile none\n"
            "PasswordAuthentication no\nKbdInteractiveAuthentication no\nStrictModes no\nUsePAM yes\nSubsystem sftp internal-sftp\n"
        )
        if os.getuid() == 0:
            for path in (own, *own.iterdir()):
                os.chown(path, pwd.getpwnam(NOBODY).pw_uid, -1)
        self.start()

    def address(self) -> dict[str, str]:
        with open(self._config.with_name("key"), encoding="ascii") as key:
            return {"user": self._user, "key": key.read(), "host_key": self._host_key, "folder": str(self._folder)}

    def start(self) -> None:
        self._process = subprocess.Popen(
            [str(self._root / "usr/sbin/sshd"), "-D", "-f", str(self._config)], user=self._user if os.getuid() == 0 else None,
            env=environment(self._root), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
        )  # fmt: skip
        until = time.monotonic() + 10
        while time.monotonic() < until:
            with suppress(OSError), socket.create_connection(("127.0.0.1", self.port), timeout=1) as near:
                if near.recv(4) == b"SSH-":
                    return
            time.sleep(0.02)
        raise AssertionError("sshd did not start")

    def stop(self) -> None:
        if self._process is not None:
            lines = psutil.Process(self._process.pid).children(recursive=True)  # each line is a process of its own, and would go on
            for process in (self._process, *lines):
                with suppress(psutil.NoSuchProcess):
                    process.kill()
            self._process.wait(timeout=10)
            self._process = None
