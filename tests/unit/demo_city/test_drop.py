"""The agency that drops files: whole and fresh, or nobody can say of anybody that she is alive."""

from __future__ import annotations

import csv
import hashlib
import json
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from demo_city.agencies.clock import now
from demo_city.agencies.drop import HERE
from demo_city.agencies.modes import Mode
from demo_city.agencies.shown import FILES
from miaopi.apps.exchange.adapters.configuration import read_configuration
from miaopi.apps.exchange.adapters.drops.connector import FileConnector
from miaopi.apps.exchange.adapters.facts import read_facts
from miaopi.apps.exchange.adapters.port import Question
from miaopi.kernel.errors import UpstreamError
from miaopi.kernel.fact import Absent, Doubt, Fact, Known, Unknown
from tests.unit.demo_city.conftest import City
from tests.waiting import LONG, until

pytestmark = pytest.mark.xdist_group("small city")

ROOT = Path(__file__).resolve().parents[3]
SOURCES = {name: read_configuration(ROOT / "cities/demo/exchange.yaml").resources[name].sources[0] for name in FILES}
ALTERED: list[dict[str, object]] = [{"rows": 1}, {"sha256": "0" * 64}, {"path": "../../city/secrets.json"}, {"path": "none.csv"}]


def today(city: City) -> date:
    return now(city.premises.home).astimezone(HERE).date()


def folder(city: City) -> Path:
    return city.premises.home / "agencies" / "death"


def manifest(city: City) -> dict[str, Any]:
    found: dict[str, Any] = json.loads((folder(city) / "manifest.json").read_text(encoding="utf-8"))
    return found


def ask(city: City, number: str, resource: str = "cremation", field: str = "cremated_on", *, at: datetime | None = None) -> Fact:
    """The fact as the platform has it, of a connector that has read nothing before."""
    source, moment = SOURCES[resource], at or now(city.premises.home)
    connector = FileConnector("death", {"folder": str(folder(city))})
    try:
        answer = connector.ask(Question(source.place, (source.columns[field].name,), "purpose", "receipt", number, moment), seconds=LONG)
    except UpstreamError:
        answer = None
    return read_facts(source, answer, (field,), now=moment)[field]


def cremated(city: City) -> tuple[str, date]:
    found = next(each for each in city.population.people if each.deaths and each.deaths.cremated_on)
    assert found.deaths is not None and found.deaths.cremated_on is not None
    return found.id_number, found.deaths.cremated_on


def alive(city: City) -> str:
    return next(each.id_number for each in city.population.people if each.is_alive and each.deaths is None)


def test_a_drop_is_of_today_and_whole(city: City) -> None:
    said = manifest(city)
    assert said["day"] == today(city).isoformat() and set(said["files"]) == set(FILES)
    for name, entry in said["files"].items():
        content = (folder(city) / entry["path"]).read_bytes()
        assert hashlib.sha256(content).hexdigest() == entry["sha256"]
        rows = list(csv.reader(content.decode().splitlines()))
        assert tuple(rows[0]) == FILES[name] and len(rows) - 1 == entry["rows"] > 0
    assert (folder(city) / "manifest.json").stat().st_mode & 0o077 == 0


def test_who_stands_in_a_list_is_known_and_who_does_not_is_absent(city: City) -> None:
    number, day = cremated(city)
    known, absent = ask(city, number), ask(city, alive(city))
    assert isinstance(known, Known) and known.value == day
    assert isinstance(absent, Absent)


def test_what_is_corrected_is_dropped_again_on_the_same_day(city: City) -> None:
    number = alive(city)
    with city.owner("death") as register:
        register.execute("INSERT INTO cremation VALUES (%s, '2026-11-20')", [number])
    until(lambda: isinstance(ask(city, number), Known))
    with city.owner("death") as register:
        register.execute("DELETE FROM cremation WHERE id_number = %s", [number])
    until(lambda: isinstance(ask(city, number), Absent))
    assert len(list(folder(city).glob("*/*.csv"))) <= 2 * len(FILES)


@pytest.mark.parametrize("mode", [Mode.DOWN, Mode.SLOW, Mode.WRONG])
def test_a_missing_an_old_and_a_half_written_drop_say_nothing_of_anybody(city: City, mode: Mode) -> None:
    number, living = cremated(city)[0], alive(city)
    city.turn("death", mode)
    assert [ask(city, one) for one in (number, living)] == [Unknown(Doubt.UNAVAILABLE, "cremation")] * 2
    city.turn("death", Mode.UP)
    assert isinstance(ask(city, living), Absent)


def test_two_lines_of_everybody_contradict_each_other(city: City) -> None:
    city.turn("death", Mode.CONFLICT)
    for resource, columns in FILES.items():
        assert ask(city, alive(city), resource, columns[1]) == Unknown(Doubt.CONFLICT, resource)


def test_an_altered_manifest_and_an_altered_list_say_nothing(city: City) -> None:
    number, living = cremated(city)[0], alive(city)
    path, said = folder(city) / "manifest.json", manifest(city)
    for change in ALTERED:
        altered = {**said, "files": {**said["files"], "cremation": {**said["files"]["cremation"], **change}}}
        path.write_text(json.dumps(altered), encoding="utf-8")
        assert [ask(city, one) for one in (number, living)] == [Unknown(Doubt.UNAVAILABLE, "cremation")] * 2, change
    path.write_text(json.dumps(said), encoding="utf-8")
    sheet = folder(city) / said["files"]["cremation"]["path"]
    whole = sheet.read_text(encoding="utf-8")
    sheet.write_text("".join(line for line in whole.splitlines(keepends=True) if number not in line), encoding="utf-8")
    assert ask(city, number) == Unknown(Doubt.UNAVAILABLE, "cremation")
    sheet.write_text(whole, encoding="utf-8")
    assert isinstance(ask(city, number), Known)


def test_a_drop_grows_old(city: City) -> None:
    said = datetime.fromisoformat(f"{manifest(city)['day']}T12:00:00+08:00").astimezone(UTC)
    assert isinstance(ask(city, alive(city), at=said + timedelta(days=1)), Absent)
    assert ask(city, alive(city), at=said + timedelta(days=2)) == Unknown(Doubt.UNAVAILABLE, "cremation")


def test_a_new_day_brings_a_new_drop(city: City) -> None:
    clock, before = city.premises.home / "clock", today(city)
    clock.write_text("+P30D", encoding="ascii")
    try:
        assert today(city) >= before + timedelta(days=30)
        until(lambda: bool(manifest(city)["day"] == today(city).isoformat()))
    finally:
        clock.unlink()
    until(lambda: bool(manifest(city)["day"] == today(city).isoformat()))
