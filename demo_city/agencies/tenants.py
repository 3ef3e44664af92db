"""The computing centre that runs the agencies without a machine of their own: one process and one database, for each schemas, a role, a
token and a switch.

None is told of another: each has a thread that knows its own address and secrets alone.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, Final

from demo_city.agencies.modes import Mode, Switch
from demo_city.agencies.records import contradict, spoil
from demo_city.agencies.register import Register
from demo_city.agencies.shown import is_by_sql, shown_by
from demo_city.agencies.views import Views
from demo_city.agencies.wire import Counter, Desk, Service

EVERY: Final = 1.0  # seconds between looks at a switch: there are many of them here


def run_tenants(home: Path, told: Mapping[str, Mapping[str, Any]], stopping: threading.Event) -> None:
    """Serve until told to stop. `told`: by agency its `database` and, of one that answers over HTTP, its `token` and `port`."""
    threads = [threading.Thread(target=_run, args=(home, agency, each, stopping), name=agency) for agency, each in told.items()]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


def _run(home: Path, agency: str, told: Mapping[str, Any], stopping: threading.Event) -> None:
    switch = Switch(home, agency)
    switch.follow(_obeying(home, agency, told, switch), stopping, every=EVERY)


def _obeying(home: Path, agency: str, told: Mapping[str, Any], switch: Switch) -> Callable[[Mode], None]:
    if is_by_sql(agency):
        return Register(agency, told["database"], home).obey
    desk = Desk(told["token"], Views(home, shown_by(agency)).answer)
    return Counter(told["port"], Service({"/query": desk}, told["database"], switch, spoil, contradict)).obey
