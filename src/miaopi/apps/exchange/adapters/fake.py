"""An agency in memory that keeps the port's promises; what it holds stands in its address, so that a test says it in sight."""

from __future__ import annotations

import math
import threading
import time
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from miaopi.apps.exchange.adapters.answers import checked_rows, silence
from miaopi.apps.exchange.adapters.filters import is_inside, with_truths
from miaopi.apps.exchange.adapters.port import KEY_USED, Answer, Question, Record, Refused, Written


class FakeConnector:
    """`address`: `rows` {name of the resource: [row, …]} and `mode` up (default), down, slow or wrong; slow is silent
    for `pause` seconds, or, without, for as long as anybody waits.

    `asked` is what came in; `arrived` is set once something did.
    """

    def __init__(self, agency: str, address: Mapping[str, Any]) -> None:
        self._agency = agency
        self._rows: Mapping[str, Sequence[Mapping[str, object]]] = address.get("rows", {})
        self._mode: str = address.get("mode", "up")
        self._pause: float = address.get("pause", math.inf)
        self.asked: list[Question] = []
        self.arrived = threading.Event()

    def ask(self, question: Question, *, seconds: float) -> Answer:
        self.asked.append(question)
        self.arrived.set()
        if self._mode == "slow":
            time.sleep(min(seconds, self._pause))
        if self._mode != "up":
            raise silence(self._agency)
        place = question.place
        found = [row for row in self._rows.get(place.name, ()) if row[place.key] == question.key]
        return checked_rows(question, [with_truths(row, question.tests) for row in found if is_inside(row, question.where)])

    def set_mode(self, mode: str) -> None:
        self._mode = mode

    def close(self) -> None:
        """Nothing is kept."""


class FakeWriter:
    """`address`: `mode` up (default), down, slow, wrong or lost – the record is taken and its answer is not –, and `refuses`, a code.

    `taken` holds the records by key.
    """

    def __init__(self, agency: str, address: Mapping[str, Any]) -> None:
        self._agency = agency
        self._mode: str = address.get("mode", "up")
        self._refuses: str = address.get("refuses", "")
        self.taken: dict[str, Record] = {}

    def write(self, record: Record, *, seconds: float) -> Written | Refused:
        if self._mode == "slow":
            time.sleep(seconds)
        if self._mode not in {"up", "lost"}:
            raise silence(self._agency)
        if self._refuses:
            return Refused(self._refuses)
        if self.taken.setdefault(record.key, record) != record:
            return Refused(KEY_USED)
        if self._mode == "lost":
            raise silence(self._agency)
        return Written(f"fake-{record.key}", datetime(2026, 1, 1, tzinfo=UTC))

    def set_mode(self, mode: str) -> None:
        self._mode = mode

    def refuse(self, code: str) -> None:
        self._refuses = code

    def close(self) -> None:
        """Nothing is kept."""
