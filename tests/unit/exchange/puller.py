"""A platform process that pulls one field over and over from several threads: `python -m tests.unit.exchange.puller PLAN`.

Writes a line once it has its first answers, goes on until its input ends, and then writes every pull: when it began and ended, and
whether it had the value.
"""

from __future__ import annotations

import json
import sys
import threading
import time
from datetime import timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import django

from tests.waiting import LONG

THREADS, WARM = 3, 6


def main(plan: dict[str, Any]) -> None:
    django.setup()
    from django.conf import settings
    from django.db import connection

    from miaopi.apps.audit.api import person
    from miaopi.apps.exchange.api import Ground, pull_or_say_why
    from miaopi.kernel.fact import Known
    from tests.unit.exchange.running import NOW

    settings.MIAOPI_CITY = SimpleNamespace(folder=Path(plan["folder"]))
    settings.MIAOPI_AGENCIES = plan["addresses"]
    resource, _, field = plan["source"].partition(".")
    ground = Ground(plan["receipt"], plan["service"], plan["application"])
    seen: list[tuple[float, float, bool, str]] = []
    stop = threading.Event()

    def pull_on() -> None:
        while not stop.is_set():
            began = time.monotonic()
            pulled = pull_or_say_why(
                subject=plan["party"], asks={resource: (field,)}, ground=ground, deadline=timedelta(seconds=LONG),
                by=person(plan["party"]), now=NOW,
            )  # fmt: skip
            ended = time.monotonic()
            seen.append((began, ended, isinstance(pulled.facts[plan["source"]], Known), str(pulled.refused.get(plan["source"], ""))))
            time.sleep(0.01)
        connection.close()

    threads = [threading.Thread(target=pull_on) for _ in range(THREADS)]
    for thread in threads:
        thread.start()
    while len(seen) < WARM:
        time.sleep(0.01)
    print("going", flush=True)
    sys.stdin.read()
    stop.set()
    for thread in threads:
        thread.join()
    print(json.dumps(seen), flush=True)


if __name__ == "__main__":
    main(json.loads(sys.argv[1]))
