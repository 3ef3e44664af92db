"""What happens once a home: people are drawn, agencies get their data, personas are found; and at each start, what the platform must know.

The order matters: the mark of the city is written last, so a founding that was interrupted begins again.
"""

from __future__ import annotations

import json
import logging
import os
import sys
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import date, datetime
from typing import Final

import psycopg

from demo_city.agencies.clock import Heard
from demo_city.agencies.modes import Switch
from demo_city.agencies.shown import ACTS, BEHIND_GATEWAY, is_by_sql
from demo_city.databases import MADE, agency_url, fill, make_databases, reader_url, writer_url
from demo_city.gateways import address_of_gateway, gateway, is_listening
from demo_city.kept.spec import TENANTS
from demo_city.kept.tables import all_registers
from demo_city.personas import PERSONAS, Found, find_personas
from demo_city.population.generate import DEFAULT_PEOPLE, FEWEST_PEOPLE, generate
from demo_city.population.registers import AGENCIES, digest
from demo_city.premises import ALL_AGENCIES, DESKS, HTTP_AGENCIES, Mark, Premises, write_private
from demo_city.staff import appoint_staff
from miaopi.config import clock
from miaopi.instance.platform import HOST, choose_port
from miaopi.instance.postgres import EmbeddedServer
from miaopi.instance.supervisor import Child
from miaopi.kernel.calendar import compute_legal_day
from miaopi.kernel.errors import InputError
from miaopi.kernel.wording import Text

log = logging.getLogger(__name__)

DEFAULT_SEED: Final = 1
AGENCY: Final = (sys.executable, "-m", "demo_city.agencies")
START_AGAIN: Final = Text(
    zh="请换一个 MIAOPI_HOME，或删除该目录后重来。", en="Choose another MIAOPI_HOME, or remove the folder and start again."
)


def choose_city(premises: Premises, *, seed: int | None, people: int | None) -> tuple[int, int]:
    """Seed and number of people: those asked for, those of the city that lives here, or the usual ones.

    Raises InputError when the home holds another city than the one asked for, or when the city would be too small.
    """
    mark = premises.find_mark()
    if mark is not None and not is_of_this_edition(premises, mark):
        what = Text(zh="这个目录里的城市由旧版本建成，机构或其数据库与现在不同。", en="this home holds a city of an earlier edition.")
        raise InputError("MIAOPI_HOME", what, START_AGAIN)
    if mark is None:
        chosen = DEFAULT_SEED if seed is None else seed, DEFAULT_PEOPLE if people is None else people
        if chosen[1] < FEWEST_PEOPLE:
            raise too_small("--people")
        return chosen
    for name, asked, kept in (("--seed", seed, mark.seed), ("--people", people, mark.people)):
        if asked is not None and asked != kept:
            what = Text(zh=f"这个目录里已经有另一座城市（{name} {kept}）。", en=f"this home holds another city already ({name} {kept}).")
            raise InputError(name, what, START_AGAIN)
    return mark.seed, mark.people


def is_of_this_edition(premises: Premises, mark: Mark) -> bool:
    """Whether the agencies of the city are those of today, and housed as they are today."""
    return {name.partition(".")[0] for name in mark.counts} == set(ALL_AGENCIES) and (premises.server_data / MADE).is_file()


def too_small(name: str) -> InputError:
    return InputError(
        name,
        Text(zh=f"城市至少有{FEWEST_PEOPLE}人。", en=f"a city has at least {FEWEST_PEOPLE} people."),
        Text(zh="请增加人数。", en="Ask for more."),
    )


def today() -> date:
    """The day in the city."""
    return compute_legal_day(clock.now())


def found_city(premises: Premises, server: EmbeddedServer, *, seed: int, people: int) -> None:
    """Draw the people and fill the agencies' databases, unless that is done already."""
    if premises.find_mark() is not None:
        return
    log.info("drawing %s people from seed %s", people, seed)
    secrets = premises.secrets()
    with ThreadPoolExecutor(1) as beside:  # a server that did not begin with them makes databases while we draw
        made = beside.submit(make_databases, server)
        population = generate(people=people, seed=seed, day=today())
        tables = all_registers(population)
        made.result()
    log.info("filling the agencies' databases")
    fill(server, secrets, tables)
    found = find_personas(population)
    with psycopg.connect(agency_url(server, "authority", secrets), autocommit=True) as authority:
        authority.cursor().executemany(
            "INSERT INTO aliases (code, serial) VALUES (%s, %s)", [(each.persona.code, each.person.serial) for each in found]
        )
    write_private(premises.personas, {each.persona.code: each.to_json() for each in found})
    counts = {f"{table.agency}.{table.name}": len(table.rows) for table in tables}
    premises.set_mark(Mark(seed, people, population.day, digest(tables), counts))
    _say_who_is_missing(found)


def _say_who_is_missing(found: Sequence[Found]) -> None:
    missing = {persona.code for persona in PERSONAS} - {each.persona.code for each in found}
    if missing:
        log.warning("nobody here is like %s: the city is small", ", ".join(sorted(missing)))


def tell_the_platform(seed: int, now: datetime) -> None:
    """What an operator does when a city joins: catalogue, published services, grants, staff. Changes nothing the second time."""
    os.environ["DJANGO_SETTINGS_MODULE"] = "miaopi.config.settings"
    import django

    django.setup()
    from django.conf import settings
    from django.db import connections

    from demo_city.catalogue import describe_the_rest
    from miaopi.apps.audit.api import system
    from miaopi.apps.catalogue.api import publish_service, seed_catalogue
    from miaopi.apps.exchange.api import seed_grants
    from miaopi.definitions import list_services

    by = system("demo_city")
    seed_catalogue(source=settings.MIAOPI_CITY.catalogue, by=by, now=now)
    describe_the_rest(settings.MIAOPI_CITY.national_table, by, now)
    for package in list_services():
        publish_service(package=package, by=by, now=now)
        seed_grants(package=package, by=by, now=now)
    appoint_staff(seed, now)
    connections.close_all()


def choose_ports() -> Mapping[str, int]:
    """A free port for each agency that answers over HTTP, itself or by its gateway."""
    tenants = (tenant for tenant in TENANTS if not is_by_sql(tenant))
    return {agency: choose_port(0) for agency in (*HTTP_AGENCIES, *BEHIND_GATEWAY, *tenants)}


def agencies(premises: Premises, server: EmbeddedServer, environment: Mapping[str, str]) -> Sequence[Child]:
    """The agencies as children of the supervisor; writes their addresses and secrets for the platform first.

    They come up side by side: none but the last is waited for, and that one is ready when all are.
    """
    ports = choose_ports()
    write_private(premises.addresses, {agency: address_of(premises, server, agency, ports) for agency in ALL_AGENCIES})
    switches = [Switch(premises.home, agency) for agency in ALL_AGENCIES]
    for agency, switch in zip(ALL_AGENCIES, switches, strict=True):
        switch.forget()
        Heard(premises.home, agency).forget()
    children = [_child(premises, server, environment, agency, ports.get(agency)) for agency in AGENCIES]
    children += [gateway(premises, server, each, ports[each], _surroundings(premises, environment)) for each in BEHIND_GATEWAY]
    children.append(_tenants(premises, server, environment, ports))
    gates = [ports[agency] for agency in BEHIND_GATEWAY]
    last = replace(
        children[-1], is_ready=lambda: all(switch.followed() is switch.read() for switch in switches) and all(map(is_listening, gates))
    )
    return [*children[:-1], last]


def address_of(premises: Premises, server: EmbeddedServer, agency: str, ports: Mapping[str, int]) -> dict[str, object]:
    """How the platform reaches an agency; what it may write there goes over a credential of its own."""
    secrets = premises.secrets()
    if agency == "death":
        return {"kind": "file", "folder": str(premises.home / "agencies" / "death")}
    if agency in BEHIND_GATEWAY:
        return address_of_gateway(premises.home, agency, ports[agency])
    if is_by_sql(agency):
        told: dict[str, object] = {"kind": "sql", "url": reader_url(server, agency), "password": secrets[f"{agency}.reader"]}
        desk = {"url": writer_url(server, agency), "password": secrets[f"{agency}.writer"]} if agency in ACTS else None
    else:
        url = f"http://{HOST}:{ports[agency]}"
        told = {"kind": "http", "url": url, "token": secrets[f"{agency}.token"]}
        desk = {"url": url, "token": secrets[f"{agency}.writer"]} if agency in DESKS else None
    return told if desk is None else {**told, "writer": desk}


def _child(premises: Premises, server: EmbeddedServer, environment: Mapping[str, str], agency: str, port: int | None) -> Child:
    """An agency is told of nothing but itself: neither the platform's address nor another agency's secrets."""
    secrets = premises.secrets()
    told = {
        "CITY_DATABASE": agency_url(server, agency, secrets),
        "CITY_TOKEN": secrets[f"{agency}.token"],
        **({"CITY_WRITER_TOKEN": secrets[f"{agency}.writer"]} if agency in DESKS else {}),
        **_surroundings(premises, environment),
    }
    serves = port is not None and agency not in BEHIND_GATEWAY  # whose port is the gateway's
    command = [*AGENCY, agency, *(["--port", str(port)] if serves else [])]
    return Child(agency, command, told, stem=len(AGENCY))


def _tenants(premises: Premises, server: EmbeddedServer, environment: Mapping[str, str], ports: Mapping[str, int]) -> Child:
    """The one process of those who share a computing centre; it hands each what is its own."""
    told = tell_tenants(premises, server, ports)
    surroundings = {"CITY_TENANTS": json.dumps(told), **_surroundings(premises, environment)}
    return Child("tenants", [*AGENCY, "tenants"], surroundings, stem=len(AGENCY))


def tell_tenants(premises: Premises, server: EmbeddedServer, ports: Mapping[str, int]) -> Mapping[str, Mapping[str, object]]:
    """What the computing centre must know of each of them: its database, and of one that answers over HTTP its token and port."""
    secrets = premises.secrets()
    return {
        agency: {
            "database": agency_url(server, agency, secrets),
            **({} if is_by_sql(agency) else {"token": secrets[f"{agency}.token"], "port": ports[agency]}),
        }
        for agency in TENANTS
    }


def _surroundings(premises: Premises, environment: Mapping[str, str]) -> Mapping[str, str]:
    names = ("PATH", "PYTHONPATH", "PYTHONUNBUFFERED", "MIAOPI_CLOCK", "LANG")
    return {"MIAOPI_HOME": str(premises.home), **{name: environment[name] for name in names if name in environment}}
