"""The databases of the agencies on the city's own server: one each, with a role of its own, filled once from the population."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any, Final

import psycopg
from psycopg import sql

from demo_city.agencies.shown import ACTS, SQL, reader_of, writer_of
from demo_city.population.registers import AGENCIES
from demo_city.population.tables import Table
from miaopi.instance.postgres import EmbeddedServer

SCHEMAS: Final = Path(__file__).with_name("schemas")
AT_ONCE: Final = 4


def city_server(data: Path, *, durable: bool = True) -> EmbeddedServer:
    """No role of the house but the superuser comes in without a password: agencies are strangers to each other."""
    return EmbeddedServer(data, "city", peers=(), durable=durable)


def agency_url(server: EmbeddedServer, agency: str, secrets: Mapping[str, str]) -> str:
    """The address by which the agency itself reaches its database, as its owner."""
    return server.url(agency, agency, secrets[f"{agency}.password"])


def reader_url(server: EmbeddedServer, agency: str) -> str:
    """The address of an agency's views for the platform; its password goes beside it."""
    return server.url(reader_of(agency), agency)


def writer_url(server: EmbeddedServer, agency: str) -> str:
    """The address of an agency's acts for the platform; its password goes beside it."""
    return server.url(writer_of(agency), agency)


def schema_of(agency: str) -> bytes:
    """What makes an agency's database: for those that show it themselves, what these have in common comes first."""
    parts = (["register"] if agency in SQL else []) + [agency]
    return b"\n".join((SCHEMAS / f"{part}.sql").read_bytes() for part in parts)


def fill(server: EmbeddedServer, secrets: Mapping[str, str], tables: Sequence[Table]) -> None:
    """Make the databases anew and fill them, several at a time. Whatever an interrupted start left behind is removed first."""
    with psycopg.connect(server.superuser_url(), autocommit=True) as superuser:
        for agency in AGENCIES:
            _make_role(superuser, agency, secrets[f"{agency}.password"])
        for agency in SQL:
            _make_role(superuser, reader_of(agency), secrets[f"{agency}.reader"])
            # it ends the sessions of its reader when the agency is told to be down
            superuser.execute(sql.SQL("GRANT pg_signal_backend TO {}").format(sql.Identifier(agency)))
        for agency in ACTS:
            _make_role(superuser, writer_of(agency), secrets[f"{agency}.writer"])
    with ThreadPoolExecutor(AT_ONCE) as pool:
        list(pool.map(lambda agency: _fill_one(server, secrets, agency, tables), AGENCIES))


def _fill_one(server: EmbeddedServer, secrets: Mapping[str, str], agency: str, tables: Sequence[Table]) -> None:
    name = sql.Identifier(agency)
    with psycopg.connect(server.superuser_url(), autocommit=True) as superuser:
        superuser.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(name))
        superuser.execute(sql.SQL("CREATE DATABASE {} OWNER {} STRATEGY wal_log").format(name, name))
        superuser.execute(sql.SQL("REVOKE ALL ON DATABASE {} FROM PUBLIC").format(name))
    with psycopg.connect(agency_url(server, agency, secrets)) as database:
        database.execute(schema_of(agency))
        for table in tables:
            if table.agency == agency:
                _copy(database, table)
        if agency in SQL:
            database.execute("REVOKE ALL ON SCHEMA public FROM PUBLIC")
            for role in (reader_of(agency), *([writer_of(agency)] if agency in ACTS else [])):
                database.execute(sql.SQL("GRANT USAGE ON SCHEMA public TO {}").format(sql.Identifier(role)))
        database.execute("ANALYZE")


def _make_role(superuser: psycopg.Connection[Any], role: str, password: str) -> None:
    known = superuser.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", [role]).fetchone()
    superuser.execute(
        sql.SQL("{} ROLE {} LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE PASSWORD {}").format(
            sql.SQL("ALTER" if known else "CREATE"), sql.Identifier(role), sql.Literal(password)
        )
    )


def _copy(database: psycopg.Connection[Any], table: Table) -> None:
    where = sql.Identifier(*(["kept"] if table.agency in SQL else []), table.name)
    statement = sql.SQL("COPY {} ({}) FROM STDIN").format(where, sql.SQL(", ").join(map(sql.Identifier, table.columns)))
    with database.cursor() as cursor, cursor.copy(statement) as copy:
        for row in table.rows:
            copy.write_row(row)
