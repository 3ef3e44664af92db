"""An index of words: what begins with, contains, sounds like, or is one slip away from what was asked, without looking at every word.

Chinese is found by the pairs of neighbouring characters that it shares with the question; pinyin, initials and Latin words by their
beginnings, at each syllable and each word, in one sorted list. A slip is looked up as every text that it can have been: a question of
n letters has some 72 n of them, and each costs one bisection, however many words there are.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import lru_cache
from math import log
from string import ascii_lowercase, digits
from typing import Final, NamedTuple

from miaopi.apps.catalogue.queries.search import (
    HAN,
    LATIN,
    SLIPS_FROM,
    Match,
    is_one_slip,
    list_sounds,
    read_question,
)

LETTERS: Final = ascii_lowercase + digits
FEWEST: Final = 2  # letters of a beginning that means something
LIKELY: Final = 0.5  # of the best: what shares less with a question is not shown beside it
MOST_ALIKE: Final = 200  # words that are looked at because they share pairs


class Met(NamedTuple):
    """How a word met the question, the smaller the surer.

    Of two alike the less `far` one is meant: it shares more, or has less beside what was asked. What was `guessed` goes by that first.
    """

    match: Match
    guessed: float
    far: float


@lru_cache(maxsize=1024)  # thousands of words meet a broad question in a dozen ways
def how(match: Match, far: float) -> Met:
    return Met(match, far if match in (Match.PART, Match.SLIP) else 0.0, far)


class Index:
    """Words by number; several may be one thing, and the caller knows which."""

    def __init__(self, words: Sequence[str]) -> None:
        self._plain = [read_question(word) for word in words]
        self._whole: dict[str, list[int]] = {}
        self._pairs: dict[str, list[int]] = {}
        begun: dict[tuple[str, Match], list[int]] = {}
        for number, (word, plain) in enumerate(zip(words, self._plain, strict=True)):
            self._whole.setdefault(plain, []).append(number)
            for pair in set(_pieces_of(plain)):
                self._pairs.setdefault(pair, []).append(number)
            for beginning, match in _beginnings(word, plain):
                begun.setdefault((beginning, match), []).append(number)
        self._begun = sorted(begun.items())
        self._keys = [key for (key, _), _ in self._begun]
        self._longest = max(map(len, self._whole), default=0)

    def find(self, query: str) -> Mapping[int, Met]:
        """The words that a question may mean, by number, each with the surest way in which it met it."""
        asked = read_question(query)
        found: dict[int, Met] = {}
        if asked:
            self._note(found, asked, self._said(asked))
            if HAN.search(asked):
                self._note(found, asked, self._holding(asked))
                self._note(found, asked, self._sounding(asked))
                if len(asked) >= FEWEST and not found:
                    found = self._alike(asked)
            elif len(asked) >= FEWEST:
                self._note(found, asked, self._beginning_with(asked))
                if len(asked) >= SLIPS_FROM and not found:
                    self._note(found, asked, self._slipped(asked))
        return found

    def _note(self, found: dict[int, Met], asked: str, met: Iterable[tuple[int, Match]]) -> None:
        for number, match in met:
            if number not in found or match < found[number].match:
                found[number] = how(match, abs(len(self._plain[number]) - len(asked)))

    def _said(self, asked: str) -> Iterator[tuple[int, Match]]:
        """Words that the question is, or Chinese ones that it names among others: a Latin one inside another is no word."""
        yield from ((number, Match.WORD) for number in self._whole.get(asked, ()))
        for start in range(len(asked)) if HAN.search(asked) else ():
            for end in range(start + FEWEST, min(len(asked), start + self._longest) + 1):
                if HAN.search(asked[start:end]):
                    yield from ((number, Match.WORD) for number in self._whole.get(asked[start:end], ()))

    def _holding(self, asked: str) -> Iterator[tuple[int, Match]]:
        lists = sorted((self._pairs.get(piece, []) for piece in _pieces_of(asked)), key=len)
        for number in lists[0] if lists else ():
            if asked in self._plain[number]:
                yield number, Match.BEGINNING

    def _sounding(self, asked: str) -> Iterator[tuple[int, Match]]:
        """A wrong character that sounds right."""
        sound = "".join(list_sounds(asked))
        if len(asked) >= FEWEST:
            yield from ((number, Match.SOUND) for number, match in self._beginning_with(sound) if match is Match.PINYIN)

    def _alike(self, asked: str) -> dict[int, Met]:
        """Those that share the most telling pairs; one slip away, or a part."""
        shared: dict[int, float] = {}
        for pair in {asked[at : at + 2] for at in range(len(asked) - 1)}:
            holders = self._pairs.get(pair, ())
            telling = log(1 + len(self._plain) / (1 + len(holders)))
            for number in holders:
                shared[number] = shared.get(number, 0.0) + telling
        best = sorted(shared.items(), key=lambda each: (-each[1], len(self._plain[each[0]])))[:MOST_ALIKE]
        return {
            number: how(Match.SLIP if _has_slip(asked, self._plain[number]) else Match.PART, -telling)
            for number, telling in best
            if telling >= LIKELY * best[0][1]
        }

    def _beginning_with(self, asked: str) -> Iterator[tuple[int, Match]]:
        for place in range(bisect_left(self._keys, asked), len(self._keys)):
            if not self._keys[place].startswith(asked):
                return
            (_, match), numbers = self._begun[place]
            yield from ((number, match) for number in numbers)

    def _slipped(self, asked: str) -> Iterator[tuple[int, Match]]:
        for meant in list_meant(asked):
            yield from ((number, Match.SLIP) for number, match in self._beginning_with(meant) if match is not Match.INITIALS)


def list_meant(written: str) -> set[str]:
    """Every text that is one slip away: a letter mistaken, left out, added, or swapped with its neighbour."""
    halves = [(written[:at], written[at:]) for at in range(len(written) + 1)]
    added = {head + tail[1:] for head, tail in halves if tail}
    swapped = {head + tail[1] + tail[0] + tail[2:] for head, tail in halves if len(tail) > 1}
    mistaken = {head + letter + tail[1:] for head, tail in halves if tail for letter in LETTERS}
    left_out = {head + letter + tail for head, tail in halves for letter in LETTERS}
    return (added | swapped | mistaken | left_out) - {written}


def _pieces_of(plain: str) -> list[str]:
    """Pairs of neighbours, and each character that may be asked for alone."""
    return [plain[at : at + 2] for at in range(len(plain) - 1)] + HAN.findall(plain)


def _beginnings(word: str, plain: str) -> Iterator[tuple[str, Match]]:
    """The texts from which on a word can be asked for."""
    sounds = list_sounds(plain)
    for at in range(len(sounds)):
        yield "".join(sounds[at:]), Match.PINYIN
        yield "".join(sound[0] for sound in sounds[at:]), Match.INITIALS
    if not sounds:
        yield plain, Match.BEGINNING
        for part in LATIN.findall(word.casefold()):
            yield part, Match.BEGINNING


def _has_slip(asked: str, plain: str) -> bool:
    sizes = (len(asked) - 1, len(asked), len(asked) + 1)
    return any(is_one_slip(asked, plain[start : start + size]) for size in sizes for start in range(len(plain) - size + 1))
