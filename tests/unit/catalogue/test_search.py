"""People ask in everyday words, by pinyin or its initials, in English, and with slips of the finger."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from miaopi.apps.audit.api import system
from miaopi.apps.catalogue.api import Match, find_services, publish_service
from miaopi.definitions import list_services
from tests.unit.filing.scene import NOW

LAND, CLEAN, OLD = "hukou-graduate", "no-criminal-record", "old-age-allowance"


@pytest.fixture
def published(database: str) -> Any:
    for package in list_services():
        publish_service(package=package, by=system("test"), now=NOW)


@pytest.mark.parametrize(
    ("query", "slug", "match"),
    [
        ("落户", LAND, Match.WORD), ("luohu", LAND, Match.PINYIN), ("luo hu", LAND, Match.PINYIN),
        ("lh", LAND, Match.INITIALS), ("ＬＨ", LAND, Match.INITIALS), ("hukou", LAND, Match.WORD),
        ("HuKou", LAND, Match.WORD), ("络户", LAND, Match.SOUND), ("怎么办落户", LAND, Match.WORD),
        ("上户口", LAND, Match.PART), ("毕业生", LAND, Match.BEGINNING), ("graduate", LAND, Match.BEGINNING),
        ("gradaute", LAND, Match.SLIP), ("luoju", LAND, Match.SLIP), ("RS-001", LAND, Match.WORD),
        ("rs001", LAND, Match.WORD), ("无犯罪", CLEAN, Match.BEGINNING), ("wfz", CLEAN, Match.INITIALS),
        ("wufanzui", CLEAN, Match.PINYIN), ("无犯最", CLEAN, Match.SOUND), ("无罪记录", CLEAN, Match.PART),
        ("无犯罪记录证名", CLEAN, Match.WORD), ("criminal", CLEAN, Match.BEGINNING), ("crimnal", CLEAN, Match.SLIP),
        ("高龄津贴", OLD, Match.WORD), ("gljt", OLD, Match.INITIALS), ("老人补贴", OLD, Match.PART),
        ("allowance", OLD, Match.BEGINNING),
    ],
)  # fmt: skip
def test_a_question_finds_what_it_means_and_says_how(published: Any, query: str, slug: str, match: Match) -> None:
    best = find_services(query, NOW).best
    assert best is not None
    assert (best.service.slug, best.match) == (slug, match), best


@pytest.mark.parametrize("query", ["离婚", "qqqq", "zz", "x", "'; drop", "𠮷", "a" * 500])
def test_a_question_that_means_nothing_here_finds_nothing(published: Any, query: str) -> None:
    assert find_services(query, NOW).hits == ()


@pytest.mark.parametrize("query", ["", "   ", "！？", "%", "\0"])
def test_no_question_lists_every_service(published: Any, query: str) -> None:
    assert {hit.service.slug for hit in find_services(query, NOW).hits} == {LAND, CLEAN, OLD}


def test_a_service_that_begins_later_is_not_found(published: Any) -> None:
    assert find_services("落户", NOW - timedelta(days=1)).hits == ()
