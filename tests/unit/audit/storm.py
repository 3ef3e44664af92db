"""Processes of the storm: writers that are slow, roll back and are cut off; sequencers and readers that are killed under them.

Each stops when the parent says so by a file `stop`, if nobody kills it before. A process of writers holds four, each with a
connection of its own.
"""

from __future__ import annotations

import json
import os
import random
import time
from datetime import UTC, datetime
from pathlib import Path
from threading import Thread

TOGETHER = 4
MOODS = ["quick"] * 8 + ["slow"] * 3 + ["undo", "refuse", "cut", "sever"]
LOST = ("undo", "refuse", "cut", "sever")

# Ids are drawn before a transaction commits: a slow one commits after later ids, as under load.
SCENERY = """
CREATE TABLE storm_state (number text PRIMARY KEY);
CREATE TABLE storm_effect (seq bigint, number text);
CREATE FUNCTION storm() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE told text := (SELECT number FROM audit_entry WHERE id = NEW.entry_id);
BEGIN
    CASE split_part(told, '.', 1)
        WHEN 'slow' THEN PERFORM pg_sleep(0.03);
        WHEN 'held' THEN PERFORM pg_sleep(1.5);
        WHEN 'refuse' THEN RAISE unique_violation;
        WHEN 'sever' THEN PERFORM pg_terminate_backend(pg_backend_pid());
        ELSE NULL;
    END CASE;
    RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER storm AFTER INSERT ON audit_pending DEFERRABLE INITIALLY DEFERRED
    FOR EACH ROW EXECUTE FUNCTION storm();
"""


class Undone(Exception):
    """A writer thinks better of it."""


def clock() -> datetime:
    return datetime.fromtimestamp(time.time(), UTC)


def start(role: str, database: str) -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tests.settings")
    import django

    django.setup()
    from django.db import connection

    connection.settings_dict["NAME"] = database  # shared by the connections of all threads
    connection.settings_dict["OPTIONS"] |= {"application_name": role}


def blows(folder: Path) -> bool:
    return not (folder / "stop").exists()


def write(database: str, number: int, folder: Path) -> None:
    """Four writers: acts of one to three events, each beside a row of state; what was acknowledged is appended to a file."""
    start("writer", database)
    threads = [Thread(target=write_on, args=(TOGETHER * number + each, folder)) for each in range(TOGETHER)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


def write_on(writer: int, folder: Path) -> None:
    from django.db import Error, connection

    chance = random.Random(writer)
    turn = 0
    with open(folder / "acknowledged", "a", encoding="ascii") as acknowledged:
        while blows(folder):
            turn += 1
            time.sleep(0.02)  # leave the readers a share of two cores
            mood = chance.choice(MOODS)
            numbers = [f"{mood}.{writer}.{turn}.{place}" for place in range(chance.randint(1, 3))]
            try:
                tell(numbers, mood)
            except Undone:
                continue
            except Error:
                connection.close()
                continue
            acknowledged.write("".join(f"{number}\n" for number in numbers))
            acknowledged.flush()
    connection.close()


def tell(numbers: list[str], mood: str) -> None:
    from django.db import connection

    from miaopi.apps.audit.api import act, system
    from tests.unit.audit.happenings import Opened

    with act(by=system("storm"), now=clock()) as unit, connection.cursor() as cursor:
        cursor.execute("INSERT INTO storm_state SELECT unnest(%s::text[])", [numbers])
        for number in numbers:
            unit.record(Opened(number))
        if mood == "undo":
            raise Undone
        if mood == "cut":
            cursor.execute("SELECT pg_terminate_backend(pg_backend_pid())")


def hold(database: str, number: int, folder: Path) -> None:
    """One act that draws its id and then takes long to commit."""
    start("held", database)
    tell([f"held.{number}"], "held")


def sequence_on(database: str, number: int, folder: Path) -> None:
    """A sequencer and signer."""
    start("sequencer", database)
    from django.db import Error, connection

    from miaopi.apps.audit.api import sequence, sign_checkpoint

    while blows(folder):
        try:
            sequence()
            sign_checkpoint(now=clock())
        except Error:
            connection.close()
        time.sleep(0.005)


def read_on(database: str, number: int, folder: Path) -> None:
    """A reader whose handler fails now and then, after its effect."""
    start("reader", database)
    from django.db import Error, connection

    from miaopi.apps.audit.api import after, run_after_handlers
    from tests.unit.audit.happenings import Opened, quiet

    chance = random.Random(number)
    with quiet():

        @after(Opened)
        def note(event: Opened, *, seq: int, now: datetime) -> None:
            with connection.cursor() as cursor:
                cursor.execute("INSERT INTO storm_effect VALUES (%s, %s)", [seq, event.number])
            if chance.random() < 0.005:
                raise Undone

        while blows(folder):
            try:
                run_after_handlers(now=clock())
            except Error:
                connection.close()
            time.sleep(0.005)


def check(database: str, number: int, folder: Path) -> None:
    start("check", database)
    from miaopi.apps.audit.api import check_log, count_numbered, get_root, list_parked

    said = {
        "findings": [finding.to_json() for finding in check_log()],
        "parked": [(each.seq, each.reason) for each in list_parked()],
        "root": get_root(count_numbered()).hex(),
    }
    (folder / "checked").write_text(json.dumps(said), encoding="utf-8")
