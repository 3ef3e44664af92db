"""A bank twice: in memory, and as a process of its own behind HTTP; both keep a book that a test can read."""

from __future__ import annotations

import json
import subprocess
import sys
import urllib.request
from pathlib import Path
from typing import Any

from miaopi.apps.treasury.adapters.fake import FakeBank
from miaopi.apps.treasury.adapters.http import HttpBank
from miaopi.apps.treasury.adapters.port import Bank
from tests.waiting import LONG

ROOT = Path(__file__).parents[3]
TOKEN = "canary-token-of-the-bank"

Book = list[tuple[str, int, str]]  # account, fen, remark of each payment


class InMemory:
    def __init__(self) -> None:
        self.bank: Bank
        self._fake = self.bank = FakeBank()

    def set_mode(self, mode: str) -> None:
        self._fake.mode = mode

    def expect_closed(self) -> None:
        self._fake.turns_down = "account_closed"

    def book(self) -> Book:
        return [(each.account, each.amount_fen, each.remark) for each in self._fake.paid.values()]

    def attempts(self) -> int:
        return self._fake.attempts

    def close(self) -> None:
        """Nothing is kept."""


class Process:
    """`tests/outside/bank.py`, with its own table of payments: a file that outlives it."""

    def __init__(self, folder: Path) -> None:
        self.table = folder / "bank.jsonl"
        command = [sys.executable, str(ROOT / "tests/outside/bank.py"), str(self.table), TOKEN]
        self._process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
        assert self._process.stdout is not None
        self.url = f"http://127.0.0.1:{int(self._process.stdout.readline())}"
        self.bank: Bank = HttpBank(self.address)

    @property
    def address(self) -> dict[str, str]:
        return {"kind": "http", "url": self.url, "token": TOKEN}

    def set_mode(self, mode: str) -> None:
        request = urllib.request.Request(f"{self.url}/mode", json.dumps({"mode": mode}).encode(), method="POST")
        urllib.request.urlopen(request, timeout=LONG).close()

    def expect_closed(self) -> None:
        """An account that is called so is declined."""

    def rows(self) -> list[dict[str, Any]]:
        """Every attempt, as the bank wrote it down."""
        return [json.loads(line) for line in self.table.read_text(encoding="utf-8").splitlines()]

    def book(self) -> Book:
        return [(row["account"], row["amount_fen"], row["remark"]) for row in self.rows() if row["paid"]]

    def attempts(self) -> int:
        return len(self.rows())

    def close(self) -> None:
        self._process.kill()
        self._process.wait()
        assert self._process.stdout is not None
        self._process.stdout.close()
