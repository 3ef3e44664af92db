"""`decide old-age-allowance` from the terminal, on both sides of every band of age and every day of the law (Show 3)."""

from __future__ import annotations

import json
from typing import Any

import pytest

from miaopi.definitions import find_service
from miaopi.definitions.cases import read_cases
from miaopi.definitions.reader import Reader
from miaopi.kernel.decision import write_fact
from tests.services.reference import ROOT
from tests.services.test_command_line import ran

WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)


def number_for(birth: str) -> str:
    """A made-up identity number of somebody born that day, with its check character (GB 11643)."""
    body = f"440304{birth.replace('-', '')}001"
    return body + "10X98765432"[sum(int(digit) * weight for digit, weight in zip(body, WEIGHTS, strict=True)) % 11]


def decide(birth: str | None, on: str, **more: object) -> dict[str, Any]:
    """The decision for somebody like the package's baseline, born that day."""
    package = find_service("old-age-allowance", ROOT / "services")
    base = next(case for case in read_cases(Reader(), package) if case.ref == "7a")
    facts = {name: write_fact(fact) for name, fact in base.facts.items()}
    born = birth or "1950-01-01"
    facts |= {"person.id_number": number_for(born), "card.holder_id": number_for(born)}
    facts |= {"person.birth_date": birth, **more}
    regions = ",".join(str(code) for code in base.settings["city.regions"])  # type: ignore[attr-defined]  # a list of codes
    said = ran("decide", "old-age-allowance", "--facts", "-", "--on", on, "--set", f"city.regions={regions}", "--json",
               given=json.dumps(facts, ensure_ascii=False))  # fmt: skip
    assert said.returncode == 0, said.stderr
    found: dict[str, Any] = json.loads(said.stdout)
    return found


@pytest.mark.parametrize(
    ("birth", "on", "outcome", "amount"),
    [
        ("1956-05-21", "2026-05-20", "refuse", None),
        ("1956-05-20", "2026-05-20", "approve", "200.00"),
        ("1946-06-01", "2026-05-31", "approve", "200.00"),
        ("1946-05-31", "2026-05-01", "approve", "300.00"),
        ("1936-06-01", "2026-05-31", "approve", "300.00"),
        ("1936-05-31", "2026-05-01", "approve", "500.00"),
        ("1926-06-01", "2026-05-31", "approve", "500.00"),
        ("1926-05-31", "2026-05-01", "approve", "1000.00"),
        ("1942-01-01", "2021-02-28", "refuse", None),
        ("1942-01-01", "2021-03-01", "approve", "200.00"),
        ("1935-01-01", "2021-02-28", "approve", "200.00"),
        ("1935-01-01", "2021-03-01", "approve", "300.00"),
        ("1928-01-01", "2021-02-28", "approve", "300.00"),
        ("1928-01-01", "2021-03-01", "approve", "500.00"),
        ("1919-01-01", "2021-02-28", "approve", "500.00"),
        ("1919-01-01", "2021-03-01", "approve", "1000.00"),
        ("1920-01-01", "2009-12-31", "redirect", None),
        ("1920-01-01", "2010-01-01", "approve", "300.00"),
        ("1956-02-29", "2026-02-27", "refuse", None),
        ("1956-02-29", "2026-02-28", "approve", "200.00"),
    ],
)
def test_both_sides_of_every_band_and_date(birth: str, on: str, outcome: str, amount: str | None) -> None:
    decision = decide(birth, on)
    assert decision["outcome"] == outcome
    assert decision["values"].get("amount") == amount


def test_an_unknown_birth_date_is_named_and_referred() -> None:
    decision = decide(None, "2026-05-20")
    assert decision["outcome"] == "refer"
    assert "person.birth_date" in decision["missing"]


@pytest.mark.parametrize(
    ("said", "outcome", "code"),
    [
        (False, "approve", []),
        (True, "refer", ["OAA-05"]),
        ({"unknown": "unavailable"}, "wait", ["SRC-UNAVAILABLE"]),
        ({"unknown": "unavailable", "exhausted": True}, "refer", ["SRC-EXHAUSTED"]),
        (None, "refer", ["SRC-UNPROVEN"]),
    ],
)
def test_whether_somebody_died_may_be_said_in_one_word(said: object, outcome: str, code: list[str]) -> None:
    decision = decide("1950-01-01", "2026-11-23", **{"death.any": said})
    assert (decision["outcome"], [reason["code"] for reason in decision["reasons"]]) == (outcome, code)
    if outcome == "wait":
        assert decision["waiting_for"] == ["cremation", "death_cancellation", "death_certificate"]
