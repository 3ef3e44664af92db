"""`city` on the command line: one JSON document, exit codes of the house, words in both languages."""

from __future__ import annotations

import json
import stat
import subprocess
import sys
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from pyarrow import parquet

from demo_city.agencies import clock as agency_clock
from demo_city.agencies.modes import Mode, Switch
from demo_city.databases import MADE
from demo_city.founding import choose_city
from demo_city.premises import ALL_AGENCIES, Mark, Premises
from miaopi.kernel.errors import InputError
from tests.journey.cities import PATH, ROOT, environment, program

pytestmark = pytest.mark.xdist_group("command line")  # one loaded program for all of them


def run(home: Path, *words: str) -> tuple[int, Any]:
    ran = program().run(["demo_city", *words, "--json"], environment(home, PYTHONPATH=PATH), None)
    return ran.returncode, json.loads(ran.stdout)


def run_afresh(home: Path, *words: str) -> tuple[int, Any]:
    """In a process whose sets have an order of their own, which children of one program share."""
    command = [sys.executable, "-m", "demo_city", *words, "--json"]
    ran = subprocess.run(command, env=environment(home, PYTHONPATH=PATH), cwd=ROOT, capture_output=True, text=True)
    return ran.returncode, json.loads(ran.stdout)


def test_a_generated_city_is_the_same_files_twice(tmp_path: Path) -> None:
    told = []
    for name in ("one", "two"):
        words = ("city", "generate", "--people", "400", "--seed", "3", "--on", "2026-11-23", "--out", str(tmp_path / name))
        code, result = run_afresh(tmp_path, *words)
        assert code == 0 and result["counts"]["population.people"] == 400
        told.append({path.name: path.read_bytes() for path in sorted((tmp_path / name).iterdir())})
        assert result["files"] and sorted(result["files"]) == list(told[-1])
    assert told[0] == told[1]
    people = parquet.read_table(tmp_path / "one" / "population-people.parquet")
    assert people.num_rows == 400 and people.schema.metadata[b"synthetic"] == b"true"


@pytest.mark.parametrize(
    ("words", "code", "field"),
    [
        (("city", "generate", "--people", "12", "--out", "{}"), 2, "--people"),
        (("city", "generate", "--companies", "5", "--out", "{}"), 2, "--companies"),
        (("city", "agency", "criminal", "--mode", "sleepy"), 2, "--mode"),
        (("city", "agency", "--mode", "down"), 2, "NAME"),
        (("city", "agency", "weather", "--mode", "down"), 6, None),
        (("city", "clock", "tomorrow"), 2, "clock"),
    ],
)
def test_a_mistake_is_named_in_both_languages(tmp_path: Path, words: tuple[str, ...], code: int, field: str | None) -> None:
    got, result = run(tmp_path, *(word.format(tmp_path) for word in words))
    assert got == code
    assert result["error"].get("field") == field
    assert result["error"]["text"]["zh"] and result["error"]["text"]["en"]


def test_a_mode_is_kept_for_an_agency_that_does_not_run_yet(tmp_path: Path) -> None:
    code, result = run(tmp_path, "city", "agency", "criminal", "--mode", "down")
    assert (code, result) == (0, {"agency": "criminal", "mode": "down", "running": False, "followed": False})
    assert Switch(tmp_path, "criminal").read() is Mode.DOWN
    assert {each["agency"]: each["mode"] for each in run(tmp_path, "city", "agency")[1]["agencies"]}["residence"] == "up"


def test_the_clock_of_the_home_is_the_agencies_clock_too(tmp_path: Path) -> None:
    assert run(tmp_path, "city", "clock", "2027-02-28T09:00:00+08:00")[1]["now"] == "2027-02-28T01:00:00+00:00"
    assert agency_clock.now(tmp_path).isoformat() == "2027-02-28T01:00:00+00:00"
    assert run(tmp_path, "city", "clock", "+P90D")[1]["setting"] == "+P90D"
    assert run(tmp_path, "city", "clock", "-P1D")[1]["setting"] == "-P1D"
    assert run(tmp_path, "city", "clock", "reset")[1]["setting"] is None


def test_a_home_holds_one_city(tmp_path: Path) -> None:
    premises = Premises(tmp_path)
    assert choose_city(premises, seed=None, people=None) == (1, 10_000)
    premises.set_mark(Mark(seed=4, people=300, on=date(2026, 11, 23), digest="", counts={f"{name}.table": 0 for name in ALL_AGENCIES}))
    with pytest.raises(InputError, match="earlier edition"):  # its databases were not made as they are today
        choose_city(premises, seed=None, people=None)
    premises.server_data.mkdir()
    (premises.server_data / MADE).touch()
    assert choose_city(premises, seed=None, people=None) == choose_city(premises, seed=4, people=300) == (4, 300)
    with pytest.raises(InputError, match="another city"):
        choose_city(premises, seed=5, people=None)


def test_a_home_of_an_earlier_edition_is_not_taken_for_a_city_of_this_one(tmp_path: Path) -> None:
    Premises(tmp_path).set_mark(Mark(seed=1, people=300, on=date(2026, 11, 23), digest="", counts={"population.people": 300}))
    with pytest.raises(InputError, match="earlier edition"):
        choose_city(Premises(tmp_path), seed=None, people=None)


def test_secrets_are_drawn_once_and_private(tmp_path: Path) -> None:
    premises = Premises(tmp_path)
    assert premises.secrets() == premises.secrets()
    assert len(set(premises.secrets().values())) == len(premises.secrets())
    assert stat.S_IMODE((tmp_path / "city" / "secrets.json").stat().st_mode) == 0o600
