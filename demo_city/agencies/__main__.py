"""`python -m demo_city.agencies NAME [--port P]`: one agency, told by its environment where its database is and which token it asks for.

The name `tenants` stands for the many that one computing centre runs; `together` makes several at once (`together.py`).
"""

from __future__ import annotations

import argparse
import json
import os
import signal
import sys
import threading
from collections.abc import Mapping
from pathlib import Path
from typing import Final

from demo_city.agencies import authority
from demo_city.agencies.bank import Bank
from demo_city.agencies.civil_affairs import Ledger
from demo_city.agencies.criminal import GRID_SECONDS, Criminal
from demo_city.agencies.drop import Drop
from demo_city.agencies.modes import Switch
from demo_city.agencies.records import contradict, spoil
from demo_city.agencies.register import Register
from demo_city.agencies.shown import HTTP, SQL, shown_by
from demo_city.agencies.tenants import run_tenants
from demo_city.agencies.together import bear
from demo_city.agencies.views import Views
from demo_city.agencies.wire import Counter, Desk, Service

NAMES: Final = (*SQL, *HTTP, "criminal", "authority", "death", "bank", "tenants")


def main(arguments: list[str]) -> int:
    """Serve until SIGTERM. `MIAOPI_HOME`, `CITY_DATABASE`, `CITY_TOKEN` and, where acts are taken, `CITY_WRITER_TOKEN` are needed;
    of tenants `CITY_TENANTS`."""
    if arguments[:1] == ["together"]:
        return bear(arguments[1:], main)
    parser = argparse.ArgumentParser(prog="demo_city.agencies")
    parser.add_argument("agency", choices=NAMES)
    parser.add_argument("--port", type=int, default=0)
    asked = parser.parse_args(arguments)
    home, stopping = Path(os.environ["MIAOPI_HOME"]), threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stopping.set())
    if asked.agency == "tenants":
        run_tenants(home, json.loads(os.environ["CITY_TENANTS"]), stopping)
        return 0
    database, switch = os.environ["CITY_DATABASE"], Switch(home, asked.agency)
    if asked.agency in SQL:
        register = Register(asked.agency, database, home)
        register.tell_time()
        switch.follow(register.obey, stopping, each_round=register.tell_time)
    elif asked.agency == "death":
        drop = Drop(database, home)
        threading.Thread(target=drop.listen, daemon=True).start()
        switch.follow(drop.obey, stopping, each_round=drop.drop_again)
    else:
        switch.follow(Counter(asked.port, _service(asked.agency, database, home, switch)).obey, stopping)
    return 0


def _service(agency: str, database: str, home: Path, switch: Switch) -> Service:
    token = os.environ["CITY_TOKEN"]
    match agency:
        case "criminal":
            return Service({"/query": Desk(token, Criminal(home).answer)}, database, switch, spoil, contradict, GRID_SECONDS)
        case "authority":
            return Service({"/verify": Desk(token, authority.answer)}, database, switch, authority.spoil, authority.contradict)
        case "bank":
            return Service({"/pay": Desk(token, Bank(home).pay)}, database, switch, spoil, contradict)
    views = Views(home, shown_by(agency))
    desks: Mapping[str, Desk] = {"/query": Desk(token, views.answer), "/count": Desk(token, views.count)}
    if agency == "civil-affairs":
        desks = {**desks, "/act": Desk(os.environ["CITY_WRITER_TOKEN"], Ledger(home).act)}
    return Service(desks, database, switch, spoil, contradict)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
