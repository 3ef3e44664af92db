"""Gateways of agencies that let nobody into their database: put up in the agency's own folder as docs/how-to/run-a-gateway.md tells.

The agency keeps its key, its database's address, its policy and its log; the platform is told where it is and whose signature counts.
"""

from __future__ import annotations

import os
import socket
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Final

from demo_city.agencies.shown import reader_of
from demo_city.premises import Premises
from miaopi.gateway.keys import find_public_key, make_seed
from miaopi.instance.platform import HOST
from miaopi.instance.postgres import EmbeddedServer
from miaopi.instance.supervisor import Child

POLICIES: Final = Path(__file__).with_name("policies")
CONFIG: Final = "gateway.yaml"


def folder_of(home: Path, agency: str) -> Path:
    """The agency's own: what is in it the platform does not read."""
    return home / "agencies" / agency


def address_of_gateway(home: Path, agency: str, port: int) -> dict[str, object]:
    """For the platform: where the gateway is, the key to ask with, and the agency's public one. Makes both keys the first time."""
    agency_key = find_public_key(_seed(folder_of(home, agency), "gateway"))
    return {"kind": "gateway", "url": f"http://{HOST}:{port}", "seed": _seed(home / "city", agency).hex(), "agency_key": agency_key}


def write_policy(home: Path, agency: str, *, port: int, database: str) -> Path:
    """The agency's file, and beside it the address of its database."""
    folder = folder_of(home, agency)
    _seed(folder, "gateway")
    _write(folder / "database.url", database)
    platform = find_public_key(_seed(home / "city", agency))
    head = (
        f"agency: {agency}\nlisten: {HOST}:{port}\nplatform: {platform}\n"
        "seed: gateway.seed\ndatabase: database.url\nlog: gateway.log\n"
    )
    _write(folder / CONFIG, head + (POLICIES / f"{agency}.yaml").read_text(encoding="utf-8"))
    return folder / CONFIG


def serving(config: Path) -> list[str]:
    """The command that answers by that file."""
    return [sys.executable, "-m", "miaopi", "gateway", "serve", "--config", str(config)]


def gateway(premises: Premises, server: EmbeddedServer, agency: str, port: int, surroundings: Mapping[str, str]) -> Child:
    """The gateway as a process of the agency: it is told of nothing but its own folder."""
    database = server.url(reader_of(agency), agency, premises.secrets()[f"{agency}.reader"])
    config = write_policy(premises.home, agency, port=port, database=database)
    return Child(f"{agency}-gateway", serving(config), surroundings)


def is_listening(port: int) -> bool:
    with socket.socket() as tried:
        return tried.connect_ex((HOST, port)) == 0


def _seed(folder: Path, name: str) -> bytes:
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    return make_seed(folder / f"{name}.seed")


def _write(path: Path, text: str) -> None:
    """Replace it in one step; nobody but the agency may read it."""
    beside = path.with_name(f"{path.name}.new")
    descriptor = os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "w", encoding="utf-8") as file:
        file.write(text)
    beside.replace(path)
