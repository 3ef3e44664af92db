"""What the police answer from the rows they hold, the rows typed from the reference."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from demo_city.agencies.judging import Case, Given, age_after_birthday, condition_met
from miaopi.definitions.positions import plain, read_yaml

BORN = date(1990, 5, 20)
CASES = Path(__file__).resolve().parents[3] / "services" / "no-criminal-record" / "cases.yaml"


def convicted(crime: str, months: int, *, uploaded: str = "2022-06-01") -> Case:
    return Case(date.fromisoformat(crime), months, True, "convicted", date.fromisoformat(uploaded))


def test_nothing_held_is_true() -> None:
    assert condition_met(BORN, [], [], all_traced=True) == "true"


@pytest.mark.parametrize(("months", "word"), [(36, "true"), (60, "true"), (61, "false")])
def test_five_years_or_less_under_eighteen_is_sealed(months: int, word: str) -> None:
    assert condition_met(BORN, [convicted("2007-09-01", months)], [], all_traced=True) == word


@pytest.mark.parametrize(("crime", "word"), [("2008-05-20", "true"), ("2008-05-21", "false")])
def test_eighteen_is_reached_on_the_day_after_the_birthday(crime: str, word: str) -> None:
    assert age_after_birthday(BORN, date.fromisoformat(crime)) == (17 if word == "true" else 18)
    assert condition_met(BORN, [convicted(crime, 12)], [], all_traced=True) == word


def test_another_judgment_opens_a_sealed_one() -> None:
    assert condition_met(BORN, [convicted("2007-09-01", 36), convicted("2010-09-01", 12)], [], all_traced=True) == "false"


@pytest.mark.parametrize(("second", "word"), [(24, "true"), (25, "false")])
def test_several_sentences_under_eighteen_are_sealed_up_to_five_years_together(second: int, word: str) -> None:
    assert condition_met(BORN, [convicted("2006-09-01", 36), convicted("2007-09-01", second)], [], all_traced=True) == word


def test_a_judgment_uploaded_after_a_clean_answer_contradicts_it() -> None:
    late = convicted("2024-02-01", 12, uploaded="2026-10-01")
    assert condition_met(BORN, [late], [Given("true", date(2025, 6, 1))], all_traced=True) == "uncertain"
    assert condition_met(BORN, [late], [Given("true", date(2023, 6, 1))], all_traced=True) == "false"


def test_a_number_that_cannot_be_traced_is_uncertain() -> None:
    assert condition_met(BORN, [], [], all_traced=False) == "uncertain"
    assert condition_met(BORN, [convicted("2015-03-01", 12)], [], all_traced=False) == "false"


def test_the_rows_of_the_worked_cases_give_the_word_they_expect() -> None:
    document = plain(read_yaml(CASES, CASES.name))
    assert isinstance(document, dict)
    usual = document["baseline"]["criminal.condition_met"]
    checked = 0
    for case in document["cases"]:
        rows = case.get("source_rows", {}).get("criminal")
        if rows is None:
            continue
        earlier = rows.get("earlier_answer")
        judgments = [
            Case(*(date.fromisoformat(row["crime_on"]), row["sentence_months"], row["effective"], row["court_status"]),
                 uploaded_on=date.fromisoformat(row["uploaded_on"]))
            for row in rows["judgments"]
        ]
        given = [Given(earlier["condition_met"], date.fromisoformat(earlier["queried_at"][:10]))] if earlier else []
        facts = case.get("facts", {})
        traced = facts.get("person.identity_count", 1) == 1
        assert condition_met(BORN, judgments, given, all_traced=traced) == facts.get("criminal.condition_met", usual), case["name"]
        checked += 1
    assert checked >= 10
