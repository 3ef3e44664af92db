"""What is said to people, in both languages of the house."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from datetime import date
from typing import Final

from miaopi.kernel.frozen import frozen

PLACEHOLDER: Final = re.compile(r"\{([^{}]*)\}")
MONTH: Final = re.compile(r"(\d{4})-(\d{2})")
NOT_KNOWN: Final = "—"
MONTHS: Final = ("January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November", "December")


@frozen
class Text:
    """One thing said in Chinese and in English."""

    zh: str
    en: str

    def to_json(self) -> dict[str, str]:
        return {"zh": self.zh, "en": self.en}

    def in_language(self, language: str) -> str:
        """The words in `zh` or `en`; any tag that begins with `en` is English, all else Chinese."""
        return self.en if language.lower().startswith("en") else self.zh


def mask(number: str) -> str:
    """A number that identifies somebody, with its middle hidden: the ends are enough to compare it with one in the hand."""
    return f"{number[:3]}{'*' * (len(number) - 7)}{number[-4:]}" if len(number) > 7 else number


def fill(text: Text, values: Mapping[str, object]) -> Text:
    """The text with each `{name}` replaced by its value as people write it: days and months (`2026-05`) in words.

    What stands in a value is text and stays so; a name of which nothing is told stays as it is written.
    """

    def filled(words: str, write: Callable[[object], str]) -> str:
        return PLACEHOLDER.sub(lambda found: write(values[found[1]]) if found[1] in values else found[0], words)

    return Text(filled(text.zh, _in_chinese), filled(text.en, _in_english))


def write(value: object) -> Text:
    """One value as people write it: a day, a month (`2026-05`), or what it says itself."""
    return Text(_in_chinese(value), _in_english(value))


def _in_chinese(value: object) -> str:
    if value is None:
        return NOT_KNOWN
    if isinstance(value, date):
        return f"{value.year}年{value.month}月{value.day}日"
    if isinstance(value, str) and (month := MONTH.fullmatch(value)) and 1 <= int(month[2]) <= 12:
        return f"{month[1]}年{int(month[2])}月"
    return str(value)


def _in_english(value: object) -> str:
    if value is None:
        return NOT_KNOWN
    if isinstance(value, date):
        return f"{value.day} {MONTHS[value.month - 1]} {value.year}"
    if isinstance(value, str) and (month := MONTH.fullmatch(value)) and 1 <= int(month[2]) <= 12:
        return f"{MONTHS[int(month[2]) - 1]} {month[1]}"
    return str(value)
