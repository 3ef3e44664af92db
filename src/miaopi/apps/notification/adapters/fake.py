"""A gateway in memory that works: for tests of rooms that only need to see what was sent."""

from __future__ import annotations

from dataclasses import dataclass, field

from miaopi.apps.notification.adapters.port import Arrival, Carried


@dataclass
class FakeGateway:
    """Keeps `key → (to, text)`; `attempts` counts hand-overs, repeats included. What it took ends as `arrival` says."""

    carried: dict[str, tuple[str, str]] = field(default_factory=dict)
    attempts: int = 0
    arrival: Arrival = Arrival.DELIVERED

    def send(self, *, to: str, text: str, key: str) -> Carried:
        self.attempts += 1
        self.carried.setdefault(key, (to, text))
        return Carried(reference=f"fake-{key}")

    def ask(self, *, key: str) -> Arrival:
        return self.arrival if key in self.carried else Arrival.WAITING
