"""One contract for every bank: in memory and behind HTTP alike, a key is paid once."""

from __future__ import annotations

import http.server
import threading
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from miaopi.apps.treasury.adapters.http import HttpBank
from miaopi.apps.treasury.adapters.port import KEY_USED, Declined, Instruction, Paid
from miaopi.kernel.errors import UpstreamError
from tests.unit.treasury.banks import TOKEN, InMemory, Process
from tests.waiting import FOREVER, LONG, not_held_up

MAY = Instruction("order-1", "6225 **** 1234", 20000, "深圳市2026年5月高龄老人津贴")


@pytest.fixture(params=["fake", "http"])
def bank(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Any]:
    made: InMemory | Process = InMemory() if request.param == "fake" else Process(tmp_path)
    yield made
    made.close()


def test_a_key_is_paid_once_however_often_it_is_told(bank: Any) -> None:
    first = bank.bank.pay(MAY, seconds=LONG)
    assert isinstance(first, Paid) and first.reference
    assert bank.bank.pay(MAY, seconds=LONG) == first
    assert bank.book() == [(MAY.account, 20000, MAY.remark)]
    assert bank.attempts() == 2


def test_a_key_is_for_one_payment(bank: Any) -> None:
    bank.bank.pay(MAY, seconds=LONG)
    assert bank.bank.pay(replace(MAY, amount_fen=30000), seconds=LONG) == Declined(KEY_USED)
    assert bank.book() == [(MAY.account, 20000, MAY.remark)]


def test_an_answer_that_was_lost_is_asked_for_again_and_nothing_is_paid_twice(bank: Any) -> None:
    bank.set_mode("lost")
    with pytest.raises(UpstreamError):
        bank.bank.pay(MAY, seconds=LONG)
    bank.set_mode("up")
    assert isinstance(bank.bank.pay(MAY, seconds=LONG), Paid)
    assert bank.book() == [(MAY.account, 20000, MAY.remark)]


def test_a_bank_that_is_down_has_paid_nothing(bank: Any) -> None:
    bank.set_mode("down")
    with pytest.raises(UpstreamError) as caught:
        bank.bank.pay(MAY, seconds=LONG)
    assert not [word for word in (MAY.account, TOKEN, "127.0.0.1") if word in f"{caught.value} {caught.value.text} {MAY!r}"]
    bank.set_mode("up")
    assert bank.book() == [] if bank.attempts() else True


def test_what_the_bank_will_not_pay_is_a_word(bank: Any) -> None:
    bank.expect_closed()
    assert bank.bank.pay(replace(MAY, account="closed 1234"), seconds=LONG) == Declined("account_closed")


@pytest.mark.parametrize(
    ("status", "body"),
    [(200, b"{}"), (200, b'{"reference": ""}'), (200, b'{"reference": 7}'), (200, b"[]"), (200, b"half"), (200, b"x" * 70_000),
     (201, b'{"reference": "B"}'), (301, b""), (401, b"{}"), (422, b"[]"), (500, b"{}")],
)  # fmt: skip
def test_only_a_reference_is_an_answer(status: int, body: bytes) -> None:
    class Handler(http.server.BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            self.rfile.read(int(self.headers["Content-Length"]))
            self.send_response(status)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format: str, *args: object) -> None:
            """Tests are quiet."""

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    bank = HttpBank({"url": f"http://127.0.0.1:{server.server_port}", "token": TOKEN})
    with pytest.raises(UpstreamError):
        bank.pay(MAY, seconds=LONG)
    bank.close()
    server.shutdown()
    server.server_close()


def test_a_bank_that_hangs_is_let_go_in_time(tmp_path: Path) -> None:
    over = threading.Event()

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            over.wait(FOREVER)

        def log_message(self, format: str, *args: object) -> None:
            """Tests are quiet."""

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    bank = HttpBank({"url": f"http://127.0.0.1:{server.server_port}", "token": TOKEN})
    with not_held_up(), pytest.raises(UpstreamError):
        bank.pay(MAY, seconds=0.3)
    over.set()
    bank.close()
    server.server_close()
