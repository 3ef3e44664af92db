"""One platform process of the proof of the pull: `python -m tests.prove.pull_process PLAN`.

Each pull has its moment beforehand; whoever is free takes the next and waits for it, and the clock of a pull runs from its moment
whether somebody was free or not: a stall shows in every pull that fell into it.
"""

from __future__ import annotations

import json
import os
import sys
import threading
import time
from collections import Counter
from datetime import date, timedelta
from decimal import Decimal
from itertools import count
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tests.settings")
django.setup()

from django.conf import settings  # noqa: E402 - Django wants to be set up first
from django.db import connection  # noqa: E402 - as above

from miaopi.apps.audit.api import person, system  # noqa: E402 - as above
from miaopi.apps.exchange.api import Duty, Ground, pull  # noqa: E402 - as above
from miaopi.config import clock  # noqa: E402 - as above
from miaopi.config.offices import load_calendar  # noqa: E402 - as above
from miaopi.kernel.fact import Doubt, Fact, Known, Unknown  # noqa: E402 - as above
from tests.prove.eight_sources import AGENCIES, PREDICATE, amount_of, number_of  # noqa: E402 - as above

ROOT = Path(__file__).parents[2]
SERVICE, INSTRUMENT, ARTICLE = "proof-service", "老年人权益保障法", "第三十三条"
ASKS = {agency.resource: agency.fields for agency in AGENCIES}
DEADLINE = timedelta(seconds=5)


class Process:
    """`plan`: people and receipts, the moments of this process, how many threads."""

    def __init__(self, plan: dict[str, Any]) -> None:
        self.plan = plan
        self.people: list[dict[str, str]] = plan["people"]
        self.start, self.every, self.offset, self.pulls = 0.0, plan["every"], plan["offset"], plan["pulls"]
        self._next, self._lock = count(), threading.Lock()
        self.seen: list[tuple[str, float, float, float]] = []
        self.wrong: Counter[str] = Counter()
        self.unavailable: Counter[str] = Counter()

    def run(self) -> None:
        Path(self.plan["result"]).with_suffix(".ready").touch()
        start = Path(self.plan["start"])
        while not start.exists():
            time.sleep(0.02)
        self.start = json.loads(start.read_text(encoding="ascii"))
        threads = [threading.Thread(target=self._work) for _ in range(self.plan["threads"])]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()

    def _work(self) -> None:
        connection.ensure_connection()
        while True:
            with self._lock:
                number = next(self._next)
            if number >= self.pulls:
                break
            moment = self.start + self.offset + number * self.every
            time.sleep(max(0.0, moment - time.monotonic()))
            self.pull(number, moment)
        connection.close()

    def pull(self, number: int, moment: float) -> None:
        serial = (number * self.plan["processes"] + self.plan["place"]) % len(self.people)
        who, began = self.people[serial], time.monotonic()
        is_duty = number % 4 == 3
        ground = Duty(SERVICE, who["application"], INSTRUMENT, ARTICLE) if is_duty else Ground(who["receipt"], SERVICE, who["application"])
        by = system("proof.duty") if is_duty else person(who["party"])
        try:
            facts = pull(subject=who["party"], asks=ASKS, ground=ground, deadline=DEADLINE, by=by, now=clock.now())
        except Exception as error:  # whatever it was, it is counted and told
            self.wrong[repr(error)[:200]] += 1
            return
        ended = time.monotonic()
        silent = {name for name, fact in facts.items() if type(fact) is Unknown and fact.doubt is Doubt.UNAVAILABLE}
        if fault := _find_fault(facts, silent, serial):
            self.wrong[fault] += 1
        elif silent:  # nobody was heard in time: under too great a load that is no wrong answer, but a slow one
            self.unavailable += Counter(pulls=1, facts=len(silent))
        else:
            self.seen.append((number_of(serial), moment, began, ended))


def _find_fault(facts: dict[str, Fact], silent: set[str], serial: int) -> str:
    """What is wrong with those that are not silent: nobody knows one, or – worse – it is not the one that is kept of this person."""
    expected = {"status": "有效", "valid_to": date(2030, 1, 31), "amount": Decimal(amount_of(serial)), PREDICATE: True}
    if len(facts) != sum(map(len, ASKS.values())):
        return "a fact is missing"
    told = {name: fact for name, fact in facts.items() if name not in silent} if silent else facts
    if unknown := [fact for fact in told.values() if not isinstance(fact, Known)]:
        return f"a fact is {unknown[0].doubt if isinstance(unknown[0], Unknown) else 'absent'}"
    is_hers = all(isinstance(fact, Known) and fact.value == expected[name.partition(".")[2]] for name, fact in told.items())
    return "" if is_hers else "a fact is not the one that was kept"


def enter_city(folder: str) -> None:
    settings.MIAOPI_CITY = SimpleNamespace(folder=Path(folder), calendar=load_calendar(ROOT / "cities/demo"))
    settings.MIAOPI_AGENCIES = str(Path(folder) / "agencies.json")


def main(plan_file: str) -> None:
    plan = json.loads(Path(plan_file).read_text(encoding="utf-8"))
    enter_city(plan["city"])
    process = Process(plan)
    process.run()
    result = {"seen": process.seen, "wrong": process.wrong, "unavailable": process.unavailable}
    Path(plan["result"]).write_text(json.dumps(result), encoding="utf-8")


if __name__ == "__main__":
    main(sys.argv[1])
