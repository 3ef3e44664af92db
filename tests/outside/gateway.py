"""A message gateway outside the house: enforces keys, counts attempts. Standard library only, nothing of ours.

`python gateway.py FILE` serves on a free port of 127.0.0.1, prints it, and appends to FILE one JSON object for each
attempt: `key`, `taken` (whether this attempt was the one carried), `about` (a digest of recipient and text). `GET /` answers
`{attempts, deliveries, keys, repeated, held}`: `repeated` counts texts carried to somebody who had the same text under another
key, `held` the answers that are being kept back. `POST /hold {"answers": N}` keeps the next N answers back for a while, each
after its message was taken: whoever dies in that time does not know what became of it. `GET /status/KEY` says whether the
telephone has it: `delivered`, or after `POST /telephones {"state": "off"}` `waiting`, after `"state": "gone"` `failed`; 404 for
a key that was never taken. Turning the telephones on again delivers all that waits.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import sys
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import unquote

HELD_FOR = 1.5  # seconds; less than a client waits


class Book:
    """Deliveries by key, kept in a file so that nothing is forgotten when the gateway itself is stopped."""

    def __init__(self, path: str) -> None:
        self.lock = threading.Lock()
        self.attempts = 0
        self.keys: dict[str, str] = {}
        self.carried: set[str] = set()
        self.repeated = 0
        self.to_hold = 0
        self.held = 0
        self.telephones = "on"
        self.failed: set[str] = set()
        self.file = open(path, "a+", encoding="utf-8")  # noqa: SIM115 - kept open as long as the gateway lives
        self.file.seek(0)
        for line in self.file:
            self._count(json.loads(line))

    def _count(self, attempt: dict[str, object]) -> None:
        self.attempts += 1
        if attempt["taken"]:
            self.keys[str(attempt["key"])] = f"gw-{len(self.keys) + 1}"
            self.repeated += str(attempt["about"]) in self.carried
            self.carried.add(str(attempt["about"]))

    def take(self, to: str, text: str, key: str) -> str:
        about = hashlib.sha256(f"{to}\n{text}".encode()).hexdigest()
        with self.lock:
            attempt: dict[str, object] = {"key": key, "taken": key not in self.keys, "about": about}
            self.file.write(json.dumps(attempt) + "\n")
            self.file.flush()
            os.fsync(self.file.fileno())
            self._count(attempt)
            return self.keys[key]

    def turn(self, state: str) -> None:
        """Turn all telephones on, off, or let their numbers be gone; what was taken until then and waits shares their fate."""
        with self.lock:
            self.telephones = state

    def status(self, key: str) -> str | None:
        with self.lock:
            if key not in self.keys:
                return None
            if self.telephones == "gone":
                self.failed.add(key)
            return "failed" if key in self.failed else "delivered" if self.telephones == "on" else "waiting"

    def hold(self) -> None:
        """Keep an answer back, if the next one is to be."""
        with self.lock:
            if self.to_hold == 0:
                return
            self.to_hold, self.held = self.to_hold - 1, self.held + 1
        time.sleep(HELD_FOR)
        with self.lock:
            self.held -= 1


class Handler(BaseHTTPRequestHandler):
    """`POST {to, text, key}` carries a key once and answers the same reference ever after."""

    book: Book
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True

    def do_POST(self) -> None:
        sent = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        if self.path == "/hold":
            self.book.to_hold = int(sent["answers"])
            return self._answer(200, {"answers": self.book.to_hold})
        if self.path == "/telephones":
            self.book.turn(str(sent["state"]))
            return self._answer(200, {"telephones": self.book.telephones})
        if not (sent.get("to") and sent.get("text") and sent.get("key")):
            return self._answer(422, {"error": "to, text and key are needed"})
        reference = self.book.take(sent["to"], sent["text"], sent["key"])
        self.book.hold()
        return self._answer(200, {"reference": reference})

    def do_GET(self) -> None:
        book = self.book
        if self.path.startswith("/status/"):
            status = book.status(unquote(self.path.removeprefix("/status/")))
            return self._answer(404, {"error": "no such key"}) if status is None else self._answer(200, {"status": status})
        with book.lock:
            counts = {"attempts": book.attempts, "deliveries": len(book.keys), "repeated": book.repeated, "held": book.held}
            return self._answer(200, {**counts, "keys": sorted(book.keys)})

    def _answer(self, status: int, body: dict[str, object]) -> None:
        content = json.dumps(body).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(content)))
        with contextlib.suppress(BrokenPipeError, ConnectionResetError):  # who asked is dead
            self.end_headers()
            self.wfile.write(content)

    def log_message(self, format: str, *args: object) -> None:
        """A request holds a telephone number: nothing is logged."""


def main() -> None:
    Handler.book = Book(sys.argv[1])
    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    print(server.server_port, flush=True)
    server.serve_forever()


if __name__ == "__main__":
    main()
