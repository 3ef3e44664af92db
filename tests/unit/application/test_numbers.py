"""Numbers of applications: neither counted nor guessed, and a slip of the pen shows."""

from __future__ import annotations

from datetime import UTC, datetime

from miaopi.apps.application.api import is_number
from miaopi.apps.application.queries import LETTERS, compute_check_letter
from miaopi.kernel.calendar import compute_legal_day

STEM = "20261123-KTRWABCD"
NUMBER = STEM + compute_check_letter(STEM)


def test_a_number_carries_its_check_letter() -> None:
    assert NUMBER == "20261123-KTRWABCDB"
    assert is_number(NUMBER)


def test_every_single_wrong_character_is_noticed() -> None:
    for place, mark in enumerate(NUMBER):
        alphabet = "0123456789" if place < 8 else "-" if place == 8 else LETTERS
        for other in set(alphabet) - {mark}:
            assert not is_number(NUMBER[:place] + other + NUMBER[place + 1 :])


def test_every_swapped_pair_is_noticed() -> None:
    for places in (range(8), range(9, 18)):
        for left in places:
            for right in places:
                marks = list(NUMBER)
                marks[left], marks[right] = marks[right], marks[left]
                assert is_number("".join(marks)) == (marks == list(NUMBER))


def test_other_texts_are_no_numbers() -> None:
    for text in ("", "20261123", NUMBER.lower(), NUMBER + "A", NUMBER.replace("-", ""), "../" + NUMBER, STEM + "I"):
        assert not is_number(text)


def test_the_legal_day_turns_at_midnight_in_shanghai() -> None:
    assert str(compute_legal_day(datetime(2026, 11, 22, 15, 59, 59, tzinfo=UTC))) == "2026-11-22"
    assert str(compute_legal_day(datetime(2026, 11, 22, 16, 0, tzinfo=UTC))) == "2026-11-23"
