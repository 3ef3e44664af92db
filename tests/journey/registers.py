"""The agencies' own databases, read and changed by a test as each agency itself would."""

from __future__ import annotations

import random
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import psycopg
from psycopg.rows import dict_row

from demo_city.databases import agency_url, city_server
from demo_city.premises import Premises

VIEWS = {
    "population_basic": ("population", "kept.population_basic"),
    "household_registration": ("population", "kept.household_registration"),
    "residence_permit": ("residence", "residence_permit"),
    "residence_registration": ("residence", "residence_registration"),
}


@contextmanager
def register(home: Path, agency: str) -> Iterator[psycopg.Connection[dict[str, Any]]]:
    """The database of an agency, as its owner."""
    premises = Premises(home)
    url = agency_url(city_server(premises.server_data), agency, premises.secrets())
    with psycopg.connect(url, autocommit=True, row_factory=dict_row) as connection:
        yield connection


def record_of(home: Path, resource: str, id_number: str) -> dict[str, Any]:
    """What the agency keeps of a person in a resource; empty where it has nothing."""
    agency, view = VIEWS[resource]
    with register(home, agency) as database:
        row = database.execute(f"SELECT * FROM {view} WHERE id_number = %s", [id_number]).fetchone()
    return row or {}


def account_of(home: Path, serial: int) -> dict[str, Any]:
    """A resident as the identity authority knows her."""
    with register(home, "authority") as database:
        row = database.execute("SELECT * FROM accounts WHERE serial = %s", [serial]).fetchone()
    assert row is not None
    return row


def clean_residents(home: Path, chance: random.Random, count: int, *, hukou_elsewhere: bool) -> list[int]:
    """Serials of adults drawn at random who are alive, of one identity, without any judgment, and registered here."""
    with register(home, "criminal") as database:
        tainted = [row["id_number"] for row in database.execute("SELECT id_number FROM judgments UNION SELECT id_number FROM answers")]
        traced = {row["id_number"] for row in database.execute("SELECT id_number FROM identities WHERE is_traced")}
    with register(home, "residence") as database:
        settled = {
            row["id_number"]
            for row in database.execute(
                "SELECT p.id_number FROM residence_permit p JOIN residence_registration r USING (id_number)"
                " WHERE p.endorsed_to > current_date + 60 AND r.move_in_on < current_date - 250"
            )
        }
    with register(home, "population") as database:
        rows = database.execute(
            "SELECT p.serial, p.id_number, h.hukou_region_code LIKE '4403%%' AS is_here FROM kept.people p"
            " JOIN kept.population_basic b USING (id_number) JOIN kept.hukou h USING (serial)"
            " WHERE b.life_status = '正常' AND b.identity_count = 1 AND b.birth_date < current_date - 7000"
            " AND NOT p.id_number = ANY(%s) ORDER BY p.serial",
            [tainted],
        ).fetchall()
    found = [
        row["serial"] for row in rows
        if row["id_number"] in traced and (row["id_number"] in settled if hukou_elsewhere else row["is_here"])
        and row["is_here"] is not hukou_elsewhere
    ]  # fmt: skip
    return chance.sample(found, count)
