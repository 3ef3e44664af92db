"""How values are written for people."""

from __future__ import annotations

from datetime import date

import pytest

from miaopi.kernel.wording import Text, mask, write


@pytest.mark.parametrize(
    ("number", "shown"),
    [("440303199001011234", "440***********1234"), ("13900002222", "139****2222"), ("E1234567", "E12*4567"), ("1234567", "1234567")],
)
def test_a_masked_number_shows_its_ends_alone(number: str, shown: str) -> None:
    assert mask(number) == shown


@pytest.mark.parametrize(
    ("value", "zh", "en"),
    [
        (date(2026, 5, 3), "2026年5月3日", "3 May 2026"),
        ("2026-05", "2026年5月", "May 2026"),
        ("2026-13", "2026-13", "2026-13"),
        (None, "—", "—"),
        (7, "7", "7"),
    ],
)
def test_a_value_is_written_as_people_write_it(value: object, zh: str, en: str) -> None:
    assert write(value) == Text(zh, en)


@pytest.mark.parametrize(("language", "words"), [("zh", "办好了"), ("fr", "办好了"), ("en", "Done"), ("EN-gb", "Done")])
def test_a_text_speaks_chinese_unless_english_is_asked_for(language: str, words: str) -> None:
    assert Text("办好了", "Done").in_language(language) == words
