"""A bank outside the house: pays a key once, into a book of its own. Standard library only, nothing of ours.

`python bank.py FILE TOKEN` serves on a free port of 127.0.0.1, prints it, and appends to FILE one JSON object for each attempt: `key`,
`paid` (whether this attempt was the one that paid), `account`, `amount_fen`, `remark`. `POST /pay {key, account, amount_fen, remark}`
answers `{reference, at}`: the same key and content the same answer, another content 409. An account that begins with `closed` is
declined (422). `POST /mode {"mode": up|down|lost}`: `down` refuses, `lost` pays and cuts the line before its answer. `GET /` answers
`{attempts, payments, fen}`.
"""

from __future__ import annotations

import contextlib
import json
import os
import sys
import threading
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


class Book:
    """Payments by key, kept in a file so that nothing is forgotten when the bank itself is stopped."""

    def __init__(self, path: str) -> None:
        self.lock = threading.Lock()
        self.mode = "up"
        self.attempts = 0
        self.paid: dict[str, dict[str, object]] = {}
        self.file = open(path, "a+", encoding="utf-8")  # noqa: SIM115 - kept open as long as the bank lives
        self.file.seek(0)
        for line in self.file:
            self._count(json.loads(line))

    def _count(self, attempt: dict[str, object]) -> None:
        self.attempts += 1
        if attempt["paid"]:
            self.paid[str(attempt["key"])] = {name: attempt[name] for name in ("account", "amount_fen", "remark")}

    def pay(self, key: str, content: dict[str, object]) -> int:
        with self.lock:
            is_new = key not in self.paid
            self.file.write(json.dumps({"key": key, "paid": is_new, **content}, ensure_ascii=False) + "\n")
            self.file.flush()
            os.fsync(self.file.fileno())
            self._count({"key": key, "paid": is_new, **content})
            return 200 if self.paid[key] == content else 409


class Handler(BaseHTTPRequestHandler):
    book: Book
    token = ""
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True

    def do_POST(self) -> None:
        sent = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        if self.path == "/mode":
            self.book.mode = sent["mode"]
            return self._answer(200, {})
        if self.headers["Authorization"] != f"Bearer {self.token}":
            return self._answer(401, {})
        if self.book.mode == "down":
            return self._answer(503, {})
        content = {name: sent[name] for name in ("account", "amount_fen", "remark")}
        if str(sent["account"]).startswith("closed"):
            return self._answer(422, {"error": "account_closed"})
        status = self.book.pay(sent["key"], content)
        if self.book.mode == "lost":
            self.close_connection = True
            return None
        return self._answer(status, {"reference": f"B-{sent['key'][:12]}", "at": datetime.now(UTC).isoformat()})  # noqa: TID251 - a bank has a clock of its own

    def do_GET(self) -> None:
        book = self.book
        with book.lock:
            fen = sum(int(str(content["amount_fen"])) for content in book.paid.values())
            counts: dict[str, object] = {"attempts": book.attempts, "payments": len(book.paid), "fen": fen}
        self._answer(200, counts)

    def _answer(self, status: int, body: dict[str, object]) -> None:
        content = json.dumps(body).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(content)))
        with contextlib.suppress(BrokenPipeError, ConnectionResetError):  # who asked is dead
            self.end_headers()
            self.wfile.write(content)

    def log_message(self, format: str, *args: object) -> None:
        """The standard log would hold nothing but addresses."""


def main() -> None:
    Handler.book, Handler.token = Book(sys.argv[1]), sys.argv[2]
    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    print(server.server_port, flush=True)
    server.serve_forever()


if __name__ == "__main__":
    main()
