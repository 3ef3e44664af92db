"""Search among the services in force, by everyday words: names, synonyms, pinyin in full or by initials, English, one slip of the finger.

What is found is said with the word it was found by, so that a page can tell how a question was understood.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator
from datetime import datetime
from enum import IntEnum
from functools import lru_cache
from typing import Final

from miaopi.apps.catalogue.queries.published import PublishedService, get_service, list_published
from miaopi.definitions import ServicePackage
from miaopi.kernel.frozen import frozen

LONGEST: Final = 60  # characters of a question that are read
SLIPS_FROM = 4  # Latin letters below which a slip could mean anything
APART = re.compile(r"[\W_]+")
HAN = re.compile(r"[\u3400-\u9fff\U00020000-\U000323af]")
LATIN = re.compile(r"[a-z0-9]+")


class Match(IntEnum):
    """How a question met a word, the surest first; the value is the rank."""

    WORD = 1
    BEGINNING = 2
    PINYIN = 3
    INITIALS = 4
    SOUND = 5
    PART = 6
    SLIP = 7
    SAMPLE = 8  # no word: a value that such a column may hold


@frozen
class Hit:
    """A service, the word of its own by which it was found, and how."""

    service: PublishedService
    word: str
    match: Match


@frozen
class Found:
    """What a question brought: `query` as it was read, the hits, best first."""

    query: str
    hits: tuple[Hit, ...]

    @property
    def best(self) -> Hit | None:
        return self.hits[0] if self.hits else None


@frozen
class Word:
    """A word people call a service by: as it is shown, as it is compared, and how it sounds."""

    shown: str
    plain: str
    pinyin: str
    initials: str
    parts: tuple[str, ...]


def find_services(query: str, now: datetime) -> Found:
    """The services that a question may mean; all of them for an empty one."""
    asked = read_question(query)
    hits = []
    for service in list_published(now):
        if not asked:
            hits.append(Hit(service, service.name.zh, Match.WORD))
            continue
        met = min(((match, -len(word.plain), word) for word in list_words(service.slug, service.version)
                   if (match := compare(asked, word)) is not None), default=None, key=lambda each: each[:2])  # fmt: skip
        if met is not None:
            hits.append(Hit(service, met[2].shown, met[0]))
    return Found(query.strip()[:LONGEST], tuple(sorted(hits, key=lambda hit: (hit.match, hit.service.slug))))


def read_question(query: str) -> str:
    """Without width, case, spaces and marks: `ＬＨ ` and `lh` are one."""
    return APART.sub("", unicodedata.normalize("NFKC", query)[:LONGEST].casefold())


@lru_cache(maxsize=1024)
def list_words(slug: str, version: str) -> tuple[Word, ...]:
    """The words of one version of a service: they never change."""
    return tuple(_word(text) for text in dict.fromkeys(_called(get_service(slug, version))))


def _called(package: ServicePackage) -> Iterable[str]:
    yield package.name.zh
    yield from package.synonyms
    yield package.name.en
    yield package.code


def _word(text: str) -> Word:
    plain = read_question(text)
    sounds = list_sounds(plain)
    parts = tuple(LATIN.findall(text.casefold())) if not HAN.search(text) else ()
    return Word(text, plain, "".join(sounds), "".join(sound[0] for sound in sounds), parts)


def list_sounds(plain: str) -> list[str]:
    """One syllable a character, without tones; Latin letters stay as they are. Empty where there is no Chinese."""
    if not HAN.search(plain):
        return []
    from pypinyin import lazy_pinyin  # its tables take a moment to read: only whoever searches waits for them

    return [syllable for syllable in lazy_pinyin(plain, v_to_u=False) if syllable]


def compare(asked: str, word: Word) -> Match | None:
    """The surest way in which a question meets a word; `None` where it does not."""
    if asked == word.plain or (len(word.plain) > 1 and word.plain in asked):
        return Match.WORD
    if (HAN.search(asked) and asked in word.plain) or any(part.startswith(asked) for part in (word.plain, *word.parts) if len(asked) > 2):
        return Match.BEGINNING
    if HAN.search(asked):
        return _compare_chinese(asked, word)
    if len(asked) >= 2 and word.pinyin.startswith(asked) and asked not in word.initials:
        return Match.PINYIN
    if len(asked) >= 2 and word.initials.startswith(asked):
        return Match.INITIALS
    if len(asked) >= SLIPS_FROM:
        if asked in word.pinyin:
            return Match.PART
        if any(is_one_slip(asked, each) for each in (word.pinyin, word.plain, *word.parts)):
            return Match.SLIP
        if any(is_one_slip(asked, each[: len(asked)]) for each in (word.pinyin, *word.parts) if len(each) > len(asked)):
            return Match.SLIP
    return None


def _compare_chinese(asked: str, word: Word) -> Match | None:
    """A wrong character that sounds right, one that is wrong or missing, and a question that only shares two in a row."""
    sound = "".join(list_sounds(asked))
    if word.pinyin and len(asked) >= 2 and (sound == word.pinyin or word.pinyin.startswith(sound)):
        return Match.SOUND
    if set(_pairs(asked)) & set(_pairs(word.plain)):
        return Match.PART
    if len(asked) >= 3 and any(is_one_slip(asked, piece) for piece in _pieces(word.plain, len(asked))):
        return Match.SLIP
    return None


def _pieces(text: str, length: int) -> Iterator[str]:
    """The text's runs of about that length: one character was left out, added, swapped or mistaken."""
    for size in (length - 1, length, length + 1):
        for start in range(max(1, len(text) - size + 1)):
            yield text[start : start + size]


def _pairs(text: str) -> list[str]:
    return [text[at : at + 2] for at in range(len(text) - 1)]


def is_one_slip(written: str, meant: str) -> bool:
    """Whether one letter was mistaken, left out, added, or two neighbours were swapped."""
    if written == meant or abs(len(written) - len(meant)) > 1:
        return False
    shorter = min(len(written), len(meant))
    at = next((place for place in range(shorter) if written[place] != meant[place]), shorter)
    rest, other = written[at:], meant[at:]
    return rest[1:] == other[1:] or rest[1:] == other or rest == other[1:] or (rest[:2] == other[1::-1] and rest[2:] == other[2:])
