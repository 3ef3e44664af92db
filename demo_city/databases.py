"""The databases of the agencies on the city's own server: one each, with a role of its own, filled once from the population."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Final

import psycopg
from psycopg import sql

from demo_city.agencies.population import READER
from demo_city.population.registers import AGENCIES, Table
from miaopi.instance.postgres import EmbeddedServer

SCHEMAS: Final = Path(__file__).with_name("schemas")


def city_server(data: Path, *, durable: bool = True) -> EmbeddedServer:
    """No role of the house but the superuser comes in without a password: agencies are strangers to each other."""
    return EmbeddedServer(data, "city", peers=(), durable=durable)


def agency_url(server: EmbeddedServer, agency: str, secrets: Mapping[str, str]) -> str:
    """The address by which the agency itself reaches its database, as its owner."""
    return server.url(agency, agency, secrets[f"{agency}.password"])


def reader_url(server: EmbeddedServer) -> str:
    """The address of the population register's views for the platform; its password goes beside it."""
    return server.url(READER, "population")


def fill(server: EmbeddedServer, secrets: Mapping[str, str], tables: Sequence[Table]) -> None:
    """Make the databases anew and fill them. Whatever an interrupted start left behind is removed first."""
    with psycopg.connect(server.superuser_url(), autocommit=True) as superuser:
        _make_role(superuser, READER, secrets[READER])
        for agency in AGENCIES:
            _make_role(superuser, agency, secrets[f"{agency}.password"])
            name = sql.Identifier(agency)
            superuser.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(name))
            superuser.execute(sql.SQL("CREATE DATABASE {} OWNER {} STRATEGY wal_log").format(name, name))
            superuser.execute(sql.SQL("REVOKE ALL ON DATABASE {} FROM PUBLIC").format(name))
        # it ends the sessions of its reader when the agency is told to be down
        superuser.execute(sql.SQL("GRANT pg_signal_backend TO {}").format(sql.Identifier("population")))
    for agency in AGENCIES:
        with psycopg.connect(agency_url(server, agency, secrets)) as database:
            database.execute((SCHEMAS / f"{agency}.sql").read_bytes())
            for table in tables:
                if table.agency == agency:
                    _copy(database, table)
            if agency == "population":
                database.execute("REVOKE ALL ON SCHEMA public FROM PUBLIC")
                database.execute(sql.SQL("GRANT USAGE ON SCHEMA public TO {}").format(sql.Identifier(READER)))
        with psycopg.connect(agency_url(server, agency, secrets), autocommit=True) as database:
            database.execute("ANALYZE")


def _make_role(superuser: psycopg.Connection[Any], role: str, password: str) -> None:
    known = superuser.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", [role]).fetchone()
    superuser.execute(
        sql.SQL("{} ROLE {} LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE PASSWORD {}").format(
            sql.SQL("ALTER" if known else "CREATE"), sql.Identifier(role), sql.Literal(password)
        )
    )


def _copy(database: psycopg.Connection[Any], table: Table) -> None:
    where = sql.Identifier(*(["kept"] if table.agency == "population" else []), table.name)
    statement = sql.SQL("COPY {} ({}) FROM STDIN").format(where, sql.SQL(", ").join(map(sql.Identifier, table.columns)))
    with database.cursor() as cursor, cursor.copy(statement) as copy:
        for row in table.rows:
            copy.write_row(row)
