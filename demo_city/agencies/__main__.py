"""`python -m demo_city.agencies NAME [--port P]`: one agency, told by its environment where its database is and which token it asks for."""

from __future__ import annotations

import argparse
import os
import signal
import sys
import threading
from collections.abc import Callable
from pathlib import Path

from demo_city.agencies import authority
from demo_city.agencies.criminal import GRID_SECONDS, Criminal
from demo_city.agencies.modes import Mode, Switch
from demo_city.agencies.population import Population
from demo_city.agencies.records import contradict, spoil
from demo_city.agencies.residence import Residence
from demo_city.agencies.wire import Counter, Service


def main(arguments: list[str]) -> int:
    """Serve until SIGTERM. `MIAOPI_HOME`, `CITY_DATABASE`, `CITY_TOKEN` are needed in the environment."""
    parser = argparse.ArgumentParser(prog="demo_city.agencies")
    parser.add_argument("agency", choices=["population", "residence", "criminal", "authority"])
    parser.add_argument("--port", type=int, default=0)
    asked = parser.parse_args(arguments)
    home = Path(os.environ["MIAOPI_HOME"])
    switch, stopping = Switch(home, asked.agency), threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stopping.set())
    switch.follow(_carrying_out(asked.agency, asked.port, home, switch), stopping)
    return 0


def _carrying_out(agency: str, port: int, home: Path, switch: Switch) -> Callable[[Mode], None]:
    """What the process of this agency does on each change of its mode."""
    database = os.environ["CITY_DATABASE"]
    if agency == "population":
        return Population(database, agency).obey
    token = os.environ["CITY_TOKEN"]
    match agency:
        case "residence":
            service = Service("/query", token, database, switch, Residence(home).answer, spoil, contradict)
        case "criminal":
            service = Service("/query", token, database, switch, Criminal(home).answer, spoil, contradict, GRID_SECONDS)
        case _:
            service = Service("/verify", token, database, switch, authority.answer, authority.spoil, authority.contradict)
    return Counter(port, service).obey


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
