"""A hundred residents at once for a minute: how long each waited from confirming to her result, and whether all counts agree (F1)."""

from __future__ import annotations

import random
import sys
import threading
import time
from collections import Counter
from pathlib import Path
from tempfile import TemporaryDirectory

from tests.journey.cities import City, running_city
from tests.journey.killing import Before, Count, Gateway, count_up, outside_gateway
from tests.journey.registers import clean_residents
from tests.journey.visitors import Refused, Seen, Visitor

PEOPLE = 10_000
REPORT_EVERY = 10


class Crowd:
    """Residents who come one after another to `clients` browsers until the time is over; whoever has begun finishes."""

    def __init__(self, city: City, serials: list[int], clients: int, seconds: float) -> None:
        self._address, self._serials = str(city.what["base_url"]), iter(serials)
        self._clients, self._end = clients, time.monotonic() + seconds
        self._lock = threading.Lock()
        self.seen: list[Seen] = []
        self.refused: list[str] = []
        self.waited: list[float] = []
        self.again = 0

    def run(self) -> None:
        browsers = [threading.Thread(target=self._visit) for _ in range(self._clients)]
        for browser in browsers:
            browser.start()
        while any(browser.is_alive() for browser in browsers):
            print(f"{len(self.seen)} results, {len(self.refused)} refused", file=sys.stderr)
            browsers[0].join(REPORT_EVERY)
            for browser in browsers:
                browser.join(0 if time.monotonic() < self._end else REPORT_EVERY)

    def _visit(self) -> None:
        while time.monotonic() < self._end:
            with self._lock:
                serial = next(self._serials, None)
            if serial is None:
                raise AssertionError("the city has too few residents for this proof")
            visitor = Visitor(self._address, f"p{serial:06d}")
            try:
                seen = visitor.apply()
                with self._lock:
                    self.seen.append(seen)
                    self.waited.append(visitor.waited)
            except Refused as refused:
                with self._lock:
                    self.refused.append(str(refused))
            self.again += visitor.again


def crowd(city: City, gateway: Gateway, *, clients: int, seconds: float, seed: int) -> tuple[Crowd, Count]:
    """The crowd after its minute, and what was counted inside the house and at the gateway when all was quiet."""
    serials = clean_residents(city.home, random.Random(seed), 2500, hukou_elsewhere=False)
    before = Before.of(city, gateway)
    found = Crowd(city, serials, clients, seconds)
    found.run()
    count = Count({each.number: each.outcome for each in found.seen}, found.refused, Counter(), found.again)
    count_up(count, city, gateway, before)
    return found, count


def main(clients: int = 100, seconds: float = 60.0, seed: int = 1) -> dict[str, object]:
    """Returns counts, which must all be equal, requests that had to be sent again, and waits in milliseconds."""
    with (
        TemporaryDirectory(prefix="miaopi-crowd-") as folder,
        outside_gateway(Path(folder)) as gateway,
        running_city(Path(folder) / "home", seed=seed, people=PEOPLE, MIAOPI_GATEWAY=gateway.address) as city,
    ):
        found, count = crowd(city, gateway, clients=clients, seconds=seconds, seed=seed)
    waits = sorted(1000 * wait for wait in found.waited)
    figures = count.to_json()
    del figures["killed"]
    result = {
        "clients": clients, "seconds": seconds, "seed": seed, **figures, "errors": len(found.refused),
        "confirm_to_result_ms": {
            "p50": round(waits[len(waits) // 2]), "p99": round(waits[min(len(waits) - 1, len(waits) * 99 // 100)]), "max": round(waits[-1]),
        },
    }  # fmt: skip
    assert not found.refused, found.refused[:5]
    assert not count.shortcomings(), count.shortcomings()
    assert len(count.seen) == len(count.confirmed) == len(count.keys), result
    return result
