"""A source in memory that keeps the port's promises; what it holds stands in its address, so that a test says it in sight."""

from __future__ import annotations

import threading
import time
from collections.abc import Mapping, Sequence
from typing import Any

from miaopi.apps.exchange.adapters.answers import checked_rows, silence
from miaopi.apps.exchange.adapters.port import Answer, Question


class FakeConnector:
    """`address`: `rows` {name of the resource: [row, …]} and `mode` up (default), down, slow or wrong.

    `asked` is what came in; `arrived` is set once something did.
    """

    def __init__(self, agency: str, address: Mapping[str, Any]) -> None:
        self._agency = agency
        self._rows: Mapping[str, Sequence[Mapping[str, object]]] = address.get("rows", {})
        self._mode: str = address.get("mode", "up")
        self.asked: list[Question] = []
        self.arrived = threading.Event()

    def ask(self, question: Question, *, seconds: float) -> Answer:
        self.asked.append(question)
        self.arrived.set()
        if self._mode == "slow":
            time.sleep(seconds)
        if self._mode != "up":
            raise silence(self._agency)
        place = question.place
        found = [row for row in self._rows.get(place.name, ()) if row[place.key] == question.key]
        return checked_rows(question, found)

    def set_mode(self, mode: str) -> None:
        self._mode = mode

    def close(self) -> None:
        """Nothing is kept."""
