"""A message gateway outside the house: enforces keys, counts attempts. Standard library only, nothing of ours.

`python gateway.py FILE` serves on a free port of 127.0.0.1, prints it, and appends to FILE one JSON object for each
attempt: `key`, `taken` (whether this attempt was the one carried). `GET /` answers `{attempts, deliveries, keys}`.
"""

from __future__ import annotations

import json
import os
import sys
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


class Book:
    """Deliveries by key, kept in a file so that nothing is forgotten when the gateway itself is stopped."""

    def __init__(self, path: str) -> None:
        self.lock = threading.Lock()
        self.attempts = 0
        self.keys: dict[str, str] = {}
        self.file = open(path, "a+", encoding="utf-8")  # noqa: SIM115 - kept open as long as the gateway lives
        self.file.seek(0)
        for line in self.file:
            self._count(json.loads(line))

    def _count(self, attempt: dict[str, object]) -> None:
        self.attempts += 1
        if attempt["taken"]:
            self.keys[str(attempt["key"])] = f"gw-{len(self.keys) + 1}"

    def take(self, key: str) -> str:
        with self.lock:
            attempt: dict[str, object] = {"key": key, "taken": key not in self.keys}
            self.file.write(json.dumps(attempt) + "\n")
            self.file.flush()
            os.fsync(self.file.fileno())
            self._count(attempt)
            return self.keys[key]


class Handler(BaseHTTPRequestHandler):
    """`POST {to, text, key}` carries a key once and answers the same reference ever after."""

    book: Book
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True

    def do_POST(self) -> None:
        sent = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        if not (sent.get("to") and sent.get("text") and sent.get("key")):
            return self._answer(422, {"error": "to, text and key are needed"})
        return self._answer(200, {"reference": self.book.take(sent["key"])})

    def do_GET(self) -> None:
        book = self.book
        with book.lock:
            self._answer(200, {"attempts": book.attempts, "deliveries": len(book.keys), "keys": sorted(book.keys)})

    def _answer(self, status: int, body: dict[str, object]) -> None:
        content = json.dumps(body).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(content)))
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
