"""What courts sent to the police, and what the police answered earlier: of a hundred grown people 98 clean, 1.2 hits, 0.5 uncertain."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime, time, timedelta, timezone
from random import Random
from typing import Final

from demo_city.population.people import Answer, Judgment, Person, age_on, years_on
from demo_city.population.tables import Draw, stream

HERE: Final = timezone(timedelta(hours=8), "Asia/Shanghai")


def _convict(chance: Random, person: Person, day: date) -> None:
    crime = _between(chance, years_on(person.birth_date, 18) + timedelta(days=1), day)
    person.judgments.append(_case(chance, crime, day, months=3 + int(chance.random() * 120)))


def _convict_again(chance: Random, person: Person, day: date) -> None:
    """A juvenile's record that another judgment opens again."""
    _seal(chance, person, day)
    _convict(chance, person, day)


def _seal(chance: Random, person: Person, day: date) -> None:
    crime = _between(chance, years_on(person.birth_date, 16), years_on(person.birth_date, 18) - timedelta(days=1))
    months = 60 if chance.random() < 0.2 else 3 + int(chance.random() * 57)
    person.judgments.append(_case(chance, crime, day, months=months))


def _convict_youth(chance: Random, person: Person, day: date) -> None:
    """Under eighteen, but more than five years: 刑事诉讼法 第二百八十六条 does not seal it."""
    crime = _between(chance, years_on(person.birth_date, 16), years_on(person.birth_date, 18) - timedelta(days=1))
    person.judgments.append(_case(chance, crime, day, months=61 + int(chance.random() * 60)))


def _withdraw(chance: Random, person: Person, day: date) -> None:
    person.judgments.append(_case(chance, _between(chance, years_on(person.birth_date, 18), day), day, status="case_withdrawn"))


def _drop(chance: Random, person: Person, day: date) -> None:
    person.judgments.append(_case(chance, _between(chance, years_on(person.birth_date, 18), day), day, status="not_prosecuted"))


def _appeal(chance: Random, person: Person, day: date) -> None:
    person.judgments.append(_case(chance, day - timedelta(days=200 + int(chance.random() * 200)), day, status="clean", months=18))


def _appeal_unclear(chance: Random, person: Person, day: date) -> None:
    person.judgments.append(_case(chance, day - timedelta(days=200 + int(chance.random() * 200)), day, status="uncertain", months=18))


def _contradict(chance: Random, person: Person, day: date) -> None:
    """Answered clean a year ago; since then an older judgment has been uploaded."""
    answered = day - timedelta(days=300 + int(chance.random() * 200))
    person.answers.append(Answer("true", datetime.combine(answered, time(9), HERE)))
    crime = answered - timedelta(days=200 + int(chance.random() * 300))
    uploaded = answered + timedelta(days=30 + int(chance.random() * 200))
    person.judgments.append(Judgment(crime, 12, True, "convicted", uploaded))


def _answer(chance: Random, person: Person, day: date) -> None:
    answered = day - timedelta(days=30 + int(chance.random() * 900))
    person.answers.append(Answer("true", datetime.combine(answered, time(9 + int(chance.random() * 8)), HERE)))


def _nothing(chance: Random, person: Person, day: date) -> None:
    """Most people."""


HISTORIES: Final[Draw[Callable[[Random, Person, date], None]]] = Draw([
    (_convict, 1.05), (_convict_again, 0.08), (_convict_youth, 0.07),  # 1.2 % hits
    (_appeal_unclear, 0.3), (_contradict, 0.2),  # 0.5 % uncertain
    (_seal, 0.35), (_withdraw, 0.25), (_drop, 0.25), (_appeal, 0.1), (_answer, 3.0), (_nothing, 94.35),
])


def judge(seed: int, people: list[Person], day: date) -> None:
    """Give everybody of at least twenty a history, mostly none."""
    chance = stream(seed, "crime")
    for person in people:
        if person.is_alive and age_on(person.birth_date, day) >= 20:
            HISTORIES.one(chance)(chance, person, day)


def _between(chance: Random, first: date, last: date) -> date:
    return first + timedelta(days=int(chance.random() * max(1, (last - first).days - 1)))


def _case(chance: Random, crime: date, day: date, *, months: int = 0, status: str = "convicted") -> Judgment:
    uploaded = min(day, crime + timedelta(days=90 + int(chance.random() * 400)))
    return Judgment(crime, months, status == "convicted", status, uploaded)
