"""The databases of the agencies on the city's own server, with a role of its own for each agency, filled once from the population.

Each agency has one; the tenants of the computing centre share one, in which a role sees the schemas of its own agency alone.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any, Final

import psycopg
from psycopg import sql

from demo_city.agencies import shown
from demo_city.agencies.shown import (
    ACTS,
    database_of,
    is_by_sql,
    kept_schema,
    reader_of,
    shown_schema,
    writer_of,
)
from demo_city.kept import spec
from demo_city.kept.spec import TENANTS, statements
from demo_city.population import registers
from demo_city.population.tables import FOLDER, Table
from demo_city.premises import ALL_AGENCIES
from miaopi.instance.moulds import edition_of
from miaopi.instance.postgres import EmbeddedServer, Furnishing

SCHEMAS: Final = Path(__file__).with_name("schemas")
AT_ONCE: Final = 4
SESSIONS: Final = 400  # the platform's processes keep four lines to each agency, and an agency that answers over HTTP its own
MADE: Final = "made"  # beside the data: which edition of the city made its databases
DATABASES: Final = tuple(dict.fromkeys(map(database_of, ALL_AGENCIES)))


def city_server(data: Path, *, durable: bool = True) -> EmbeddedServer:
    """No role of the house but the superuser comes in without a password: agencies are strangers to each other."""
    furnished = Furnishing("city", make_databases, files_of_databases())
    return EmbeddedServer(data, "city", peers=(), durable=durable, sessions=SESSIONS, furnished=furnished)


def files_of_databases() -> Sequence[Path]:
    """Those that say what an empty database of this city is."""
    code = [Path(file) for file in (__file__, shown.__file__, spec.__file__, registers.__file__)]
    return [*code, *SCHEMAS.glob("*.sql"), *(FOLDER / f"{name}.csv" for name in ("columns", "kept", "tenants"))]


def agency_url(server: EmbeddedServer, agency: str, secrets: Mapping[str, str]) -> str:
    """The address by which the agency itself reaches its database, as the owner of what it keeps there."""
    return server.url(agency, database_of(agency), secrets[f"{agency}.password"])


def reader_url(server: EmbeddedServer, agency: str) -> str:
    """The address of an agency's views for the platform; its password goes beside it."""
    return server.url(reader_of(agency), database_of(agency))


def writer_url(server: EmbeddedServer, agency: str) -> str:
    """The address of an agency's acts for the platform; its password goes beside it."""
    return server.url(writer_of(agency), database_of(agency))


def schema_of(agency: str) -> bytes:
    """What makes what an agency keeps: for those that show it themselves, what these have in common comes first; tables come last."""
    parts = [] if agency in TENANTS else (["register"] if is_by_sql(agency) else []) + [agency]
    made = [(SCHEMAS / f"{part}.sql").read_bytes() for part in parts]
    return b"\n".join([*made, statements(agency, schema=kept_schema(agency)).encode()])


def make_databases(server: EmbeddedServer) -> None:
    """Roles without a password, and empty databases; nothing to do where this edition of the city made them.

    Whatever another one or an interrupted start left behind is removed first.
    """
    stamp, edition = server.data / MADE, edition_of(files_of_databases())
    if stamp.is_file() and stamp.read_text(encoding="ascii") == edition:
        return
    with psycopg.connect(server.superuser_url(), autocommit=True) as superuser:
        for name in DATABASES:
            superuser.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name)))
        known = {row[0] for row in superuser.execute("SELECT rolname FROM pg_roles")}
        for role in [role for agency in ALL_AGENCIES for role in roles_of(agency) if role not in known]:
            superuser.execute(sql.SQL("CREATE ROLE {} LOGIN").format(sql.Identifier(role)))
        superuser.execute("REVOKE ALL ON DATABASE postgres, template1 FROM PUBLIC")  # nobody of an agency has anything to do there
    _side_by_side(lambda name: _make_one(server, name), DATABASES)
    stamp.write_text(edition, encoding="ascii")


def roles_of(agency: str) -> Mapping[str, str]:
    """The roles of an agency, itself first, each with the name of its secret."""
    reader = {reader_of(agency): f"{agency}.reader"} if is_by_sql(agency) else {}
    writer = {writer_of(agency): f"{agency}.writer"} if agency in ACTS else {}
    return {agency: f"{agency}.password", **reader, **writer}


def fill(server: EmbeddedServer, secrets: Mapping[str, str], tables: Sequence[Table]) -> None:
    """Give the roles their passwords and put the registers into the databases, each of which is emptied first, several at a time."""
    with psycopg.connect(server.superuser_url()) as superuser:
        # 192 bits drawn at random: nobody tries them all, so that there is nothing to slow down but ourselves
        superuser.execute("SET scram_iterations = 1")
        for role, secret in [pair for agency in ALL_AGENCIES for pair in roles_of(agency).items()]:
            superuser.execute(sql.SQL("ALTER ROLE {} PASSWORD {}").format(sql.Identifier(role), sql.Literal(secrets[secret])))
    _side_by_side(lambda name: _fill_one(server, name, [each for each in tables if database_of(each.agency) == name]), DATABASES)


def _side_by_side(work: Callable[[str], None], names: Iterable[str]) -> None:
    with ThreadPoolExecutor(AT_ONCE) as pool:
        list(pool.map(work, names))


def _make_one(server: EmbeddedServer, name: str) -> None:
    housed = [agency for agency in ALL_AGENCIES if database_of(agency) == name]
    owner = sql.SQL("") if name == shown.CENTRE else sql.SQL("OWNER {}").format(sql.Identifier(name))
    with psycopg.connect(server.superuser_url(), autocommit=True) as superuser:
        superuser.execute(sql.SQL("CREATE DATABASE {} {} STRATEGY wal_log").format(sql.Identifier(name), owner))
        superuser.execute(sql.SQL("REVOKE ALL ON DATABASE {} FROM PUBLIC").format(sql.Identifier(name)))
    with psycopg.connect(server.superuser_url(name)) as database:
        if name == shown.CENTRE:
            database.execute("REVOKE ALL ON SCHEMA public FROM PUBLIC")
        for agency in housed:
            _furnish(database, agency)


def _furnish(database: psycopg.Connection[Any], agency: str) -> None:
    """What an agency keeps belongs to it, and it decides itself who else may enter."""
    owner, entrance = sql.Identifier(agency), sql.Identifier(shown_schema(agency))
    if agency in TENANTS:
        database.execute(sql.SQL("GRANT CONNECT ON DATABASE {} TO {} WITH GRANT OPTION").format(sql.Identifier(shown.CENTRE), owner))
        for schema in {shown_schema(agency), kept_schema(agency)}:
            database.execute(sql.SQL("CREATE SCHEMA {} AUTHORIZATION {}").format(sql.Identifier(schema), owner))
    for role in roles_of(agency):
        database.execute(sql.SQL("ALTER ROLE {} SET search_path = {}").format(sql.Identifier(role), entrance))
    database.execute(sql.SQL("SET SESSION AUTHORIZATION {}").format(owner))
    database.execute(schema_of(agency))
    if is_by_sql(agency):
        database.execute(sql.SQL("REVOKE ALL ON SCHEMA {} FROM PUBLIC").format(entrance))
        for role in list(roles_of(agency))[1:]:
            database.execute(sql.SQL("GRANT USAGE ON SCHEMA {} TO {}").format(entrance, sql.Identifier(role)))
    database.execute("RESET SESSION AUTHORIZATION")
    for role in list(roles_of(agency))[1:]:  # it ends the sessions of its reader when it is told to be down, and of nobody else's
        database.execute(sql.SQL("GRANT {} TO {} WITH INHERIT TRUE, SET FALSE").format(sql.Identifier(role), owner))


def _fill_one(server: EmbeddedServer, name: str, tables: Sequence[Table]) -> None:
    places = [sql.Identifier(kept_schema(table.agency), table.name) for table in tables]
    with psycopg.connect(server.superuser_url(name)) as database:
        database.execute(sql.SQL("TRUNCATE {} CASCADE").format(sql.SQL(", ").join(places)))
        for place, table in zip(places, tables, strict=True):
            _copy(database, place, table)
        if name != shown.CENTRE:  # who joins nothing needs no statistics, and these are many
            database.execute(sql.SQL("ANALYZE {}").format(sql.SQL(", ").join(places)))


def _copy(database: psycopg.Connection[Any], place: sql.Identifier, table: Table) -> None:
    statement = sql.SQL("COPY {} ({}) FROM STDIN").format(place, sql.SQL(", ").join(map(sql.Identifier, table.columns)))
    with database.cursor() as cursor, cursor.copy(statement) as copy:
        for row in table.rows:
            copy.write_row(row)
