"""A socket between a connector and its agency that writes down every byte and can be cut, held or fouled on demand."""

from __future__ import annotations

import socket
import threading
from contextlib import suppress
from pathlib import Path

from tests.waiting import awaited


class Wire:
    """Listens at `here`, carries to `there`; both are unix paths or (host, port). `mode`: up, down, slow or garbage."""

    def __init__(self, here: str | tuple[str, int], there: str | tuple[str, int]) -> None:
        self._there = there
        self.mode = "up"
        self.asked = bytearray()
        self.answered = bytearray()
        self._open: list[socket.socket] = []
        self._listener = socket.socket(_family(here))
        self._listener.bind(here)
        self._listener.listen(32)
        self.address = self._listener.getsockname()
        threading.Thread(target=self._accept, daemon=True).start()

    def set_mode(self, mode: str) -> None:
        self.mode = mode
        if mode == "down":
            for end in self._open:
                with suppress(OSError):
                    end.shutdown(socket.SHUT_RDWR)

    def forget(self) -> None:
        self.asked.clear()
        self.answered.clear()

    def close(self) -> None:
        self.set_mode("down")
        self._listener.close()

    def _accept(self) -> None:
        while True:
            try:
                near, _ = self._listener.accept()
            except OSError:
                return
            if self.mode == "down":
                near.close()
                continue
            far = socket.socket(_family(self._there))
            try:
                far.connect(self._there)
            except OSError:  # whoever is there was killed
                near.close()
                continue
            self._open += [near, far]
            for end in (near, far):
                if end.family == socket.AF_INET:
                    end.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)  # or each answer in two pieces takes 40 ms longer
            threading.Thread(target=self._carry, args=(near, far, self.asked, False), daemon=True).start()
            threading.Thread(target=self._carry, args=(far, near, self.answered, True), daemon=True).start()

    def _carry(self, source: socket.socket, target: socket.socket, record: bytearray, is_answer: bool) -> None:
        with suppress(OSError):
            while piece := source.recv(65536):
                record += piece
                if is_answer and self.mode == "slow":
                    awaited(lambda: self.mode != "slow")
                if is_answer and self.mode == "garbage":
                    piece = b"\x00\xff nonsense " * 8
                target.sendall(piece)
        for end in (source, target):
            with suppress(OSError):
                end.shutdown(socket.SHUT_RDWR)


def _family(address: object) -> socket.AddressFamily:
    return socket.AF_UNIX if isinstance(address, str | Path) else socket.AF_INET
