"""The agencies' own databases, read and changed by a test as each agency itself would."""

from __future__ import annotations

import json
import random
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import psycopg
from psycopg.rows import dict_row

from demo_city.databases import agency_url, city_server
from demo_city.founding import today
from demo_city.premises import Premises
from tests.waiting import LONG, until

HALF_A_YEAR = timedelta(days=182)
VIEWS = {
    "population_basic": ("population", "kept.population_basic"),
    "household_registration": ("population", "kept.household_registration"),
    "residence_permit": ("residence", "residence_permit"),
    "residence_registration": ("residence", "residence_registration"),
    "higher_education_diploma": ("education", "higher_education_diploma"),
    "higher_education_degree": ("education", "higher_education_degree"),
    "graduate_employment": ("education", "graduate_employment"),
    "talent_introduction": ("hr", "kept.talent_introduction"),
    "social_insurance_person": ("hr", "kept.social_insurance_person"),
    "yinian_card": ("civil-affairs", "yinian_card"),
    "old_age_allowance_ledger": ("civil-affairs", "old_age_allowance_ledger"),
    "death_cancellation": ("death", "death_cancellation"),
    "death_certificate": ("death", "death_certificate"),
    "cremation": ("death", "cremation"),
    "public_credit": ("credit", "public_credit"),
    "dishonest_debtor": ("credit", "dishonest_debtor"),
    "real_estate": ("real-estate", "kept.real_estate"),
    "hukou_collective": ("real-estate", "kept.hukou_collective"),
}


@contextmanager
def register(home: Path, agency: str) -> Iterator[psycopg.Connection[dict[str, Any]]]:
    """The database of an agency, as its owner. On a busy machine its server may just be on its way back."""
    premises = Premises(home)
    url = agency_url(city_server(premises.server_data), agency, premises.secrets())
    with _connected(url) as connection:
        yield connection


def _connected(url: str) -> psycopg.Connection[dict[str, Any]]:
    deadline = time.monotonic() + LONG
    while True:
        try:
            return psycopg.connect(url, autocommit=True, row_factory=dict_row)
        except psycopg.OperationalError:
            if time.monotonic() > deadline:
                raise
            time.sleep(0.2)


def record_of(home: Path, resource: str, id_number: str) -> dict[str, Any]:
    """What the agency keeps of a person in a resource; empty where it has nothing."""
    agency, view = VIEWS[resource]
    with register(home, agency) as database:
        row = database.execute(f"SELECT * FROM {view} WHERE id_number = %s", [id_number]).fetchone()
    return row or {}


def records_of(home: Path, resource: str, id_number: str) -> list[dict[str, Any]]:
    """All that the agency keeps of a person in a resource."""
    agency, view = VIEWS[resource]
    with register(home, agency) as database:
        return database.execute(f"SELECT * FROM {view} WHERE id_number = %s", [id_number]).fetchall()


def moves_of(home: Path, id_number: str) -> list[dict[str, Any]]:
    """Moves into the city in the register of the police (GA-003), with the act under which each was entered."""
    with register(home, "population") as database:
        return database.execute(
            "SELECT m.*, a.key, a.ground, a.made_at FROM kept.moves m JOIN kept.acts a USING (reference)"
            " JOIN kept.people p USING (serial) WHERE p.id_number = %s ORDER BY a.made_at",
            [id_number],
        ).fetchall()


def payments_at_the_bank(home: Path) -> list[dict[str, Any]]:
    """The bank's own ledger: one row a key."""
    with register(home, "bank") as database:
        return database.execute("SELECT * FROM payments ORDER BY at, key").fetchall()


def record_death(home: Path, id_number: str, *, on: date, lists: Sequence[str] = ("death_certificate", "cremation")) -> None:
    """Enter a death into some of the three lists, and wait until they have been dropped anew."""
    manifest = home / "agencies" / "death" / "manifest.json"
    with register(home, "death") as database:
        for name in lists:
            said = [id_number, on, on][: 2 if name == "cremation" else 3]
            database.execute(f"INSERT INTO {name} VALUES ({', '.join(['%s'] * len(said))})", said)
    until(lambda: all(_is_dropped(manifest, name, id_number) for name in lists))


def _is_dropped(manifest: Path, name: str, id_number: str) -> bool:
    entry = json.loads(manifest.read_text(encoding="utf-8"))["files"][name]
    return id_number in (manifest.parent / entry["path"]).read_text(encoding="utf-8")


def account_of(home: Path, serial: int) -> dict[str, Any]:
    """A resident as the identity authority knows her."""
    with register(home, "authority") as database:
        row = database.execute("SELECT * FROM accounts WHERE serial = %s", [serial]).fetchone()
    assert row is not None
    return row


def clean_residents(home: Path, chance: random.Random, count: int, *, hukou_elsewhere: bool) -> list[int]:
    """Serials of adults drawn at random who are alive, of one identity, without any judgment, and registered here. Of 22 and more, so that
    what somebody did at twenty lies behind her."""
    tainted = _tainted(home)
    with register(home, "criminal") as database:
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
            " WHERE b.life_status = '正常' AND b.identity_count = 1 AND b.birth_date < current_date - 8100"
            " AND NOT p.id_number = ANY(%s) AND NOT p.serial = ANY(%s) ORDER BY p.serial",
            [tainted, _personas(home)],
        ).fetchall()
    found = [
        row["serial"] for row in rows
        if row["id_number"] in traced and (row["id_number"] in settled if hukou_elsewhere else row["is_here"])
        and row["is_here"] is not hukou_elsewhere
    ]  # fmt: skip
    return chance.sample(found, count)


def clean_graduates(home: Path, chance: random.Random, count: int) -> list[int]:
    """Serials of people drawn at random in whose way to a hukou nothing stands: by every register that the service asks.

    By the word of the education agency they graduated half a year ago: only one class is fresh in spring, of some cities two or three.
    """
    with register(home, "education") as database:
        # the highest diploma is the latest one, and it is good
        taught = [
            row["id_number"]
            for row in database.execute(
                "SELECT d.id_number FROM (SELECT DISTINCT ON (id_number) * FROM diplomas ORDER BY id_number, graduated_on DESC) d"
                " JOIN degrees g ON g.diploma_no = d.certificate_no JOIN destinations t ON t.id_number = d.id_number"
                " WHERE d.level <> '专科' AND d.form = '全日制' AND d.mainland AND d.status = '有效' AND g.status = '有效'"
                " AND t.in_national_plan AND t.directed = '否'"
            )
        ]
        borne: dict[str, set[str]] = {}
        for row in database.execute("SELECT id_number, name FROM diplomas"):
            borne.setdefault(row["id_number"], set()).add(row["name"])
    with register(home, "hr") as database:
        introduced = [row["id_number"] for row in database.execute("SELECT id_number FROM kept.cases")]
    with register(home, "credit") as database:
        listed = [row["id_number"] for row in database.execute("SELECT id_number FROM listings")]
    with register(home, "population") as database:
        rows = database.execute(
            "SELECT p.serial, p.id_number, p.name FROM kept.people p JOIN kept.population_basic b USING (id_number)"
            " JOIN kept.hukou h USING (serial) WHERE b.life_status = '正常' AND b.identity_count = 1 AND h.status = '正常'"
            " AND h.hukou_region_code NOT LIKE '4403%%' AND h.birth_date = b.birth_date AND b.birth_date > current_date - 35 * 365"
            " AND p.id_number = ANY(%s) AND NOT p.id_number = ANY(%s) AND NOT p.serial = ANY(%s) ORDER BY p.serial",
            [taught, [*introduced, *listed, *_tainted(home)], _personas(home)],
        ).fetchall()
    drawn = chance.sample([row["serial"] for row in rows if borne[row["id_number"]] == {row["name"]}], count)
    for serial in drawn:
        let_graduate(home, serial, on=today() - HALF_A_YEAR)
    return drawn


def let_graduate(home: Path, serial: int, *, on: date) -> None:
    """The education agency learns that she graduated, and had her degree, on another day."""
    person = account_of(home, serial)["id_number"]
    with register(home, "education") as database:
        database.execute("UPDATE diplomas SET graduated_on = %s WHERE id_number = %s", [on, person])
        database.execute("UPDATE degrees SET conferred_on = %s WHERE id_number = %s", [on, person])


def clean_elders(home: Path, chance: random.Random, count: int) -> list[int]:
    """Serials of people of seventy and more, drawn at random, in whose way to the allowance nothing stands."""
    with register(home, "civil-affairs") as database:
        unpaid = [
            row["id_number"]
            for row in database.execute(
                "SELECT id_number FROM old_age_allowance_ledger JOIN yinian_card USING (id_number) WHERE NOT active AND NOT paid_elsewhere"
                " AND financial_account_status = '正常' AND account_holder_id = id_number"
            )
        ]
    with register(home, "death") as database:
        dead = [
            row["id_number"]
            for row in database.execute(
                "SELECT id_number FROM death_cancellation UNION SELECT id_number FROM death_certificate"
                " UNION SELECT id_number FROM cremation"
            )
        ]
    with register(home, "population") as database:
        rows = database.execute(
            "SELECT p.serial FROM kept.people p JOIN kept.population_basic b USING (id_number) JOIN kept.hukou h USING (serial)"
            " WHERE b.life_status = '正常' AND b.identity_count = 1 AND h.status = '正常' AND h.hukou_region_code LIKE '4403%%'"
            " AND h.birth_date = b.birth_date AND b.birth_date < current_date - interval '70 years'"
            " AND p.id_number = ANY(%s) AND NOT p.id_number = ANY(%s) AND NOT p.serial = ANY(%s) ORDER BY p.serial",
            [unpaid, dead, _personas(home)],
        ).fetchall()
    return chance.sample([row["serial"] for row in rows], count)


def _personas(home: Path) -> list[int]:
    """Serials of those whom everybody can play: journeys apply as them by their names, and nobody else draws them."""
    return [int(str(each["serial"]).removeprefix("p")) for each in json.loads(Premises(home).personas.read_text(encoding="utf-8")).values()]


def _tainted(home: Path) -> list[str]:
    """Numbers under which the police hold a judgment or an earlier answer."""
    with register(home, "criminal") as database:
        return [row["id_number"] for row in database.execute("SELECT id_number FROM judgments UNION SELECT id_number FROM answers")]
