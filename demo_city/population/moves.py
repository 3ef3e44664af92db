"""The household register beyond the address: when somebody was registered, who is on the move, a day of birth that was copied wrongly."""

from __future__ import annotations

from datetime import date, timedelta
from random import Random
from typing import Final

from demo_city.population.people import Person, age_on, years_on
from demo_city.population.tables import stream

MISCOPIED: Final = 0.003
MISCOPIED_OLD: Final = 0.02  # registers of before 1960 were written by hand, often by the lunar calendar
LEAVING: Final = 0.002
MOVED_ELSEWHERE: Final = 0.3  # at home, but not in the village of birth
ARRIVED_OLD: Final = 0.05  # of the old who moved here, those of the last twelve months: they follow their children
PAID_BY_THE_FORMER_PLACE: Final = 0.4


def register(seed: int, people: list[Person], day: date) -> None:
    chance = stream(seed, "hukou")
    for person in people:
        age = age_on(person.birth_date, day)
        person.hukou_birth_date = _copied(chance, person)
        person.hukou_registered_on = _registered_on(chance, person, age, day)
        if person.is_alive and chance.random() < LEAVING:
            person.hukou_status = "迁出"
            person.hukou_moved_out_on = day - timedelta(days=1 + int(chance.random() * 30))
            person.hukou_registered_on = min(person.hukou_registered_on, person.hukou_moved_out_on)
        came = person.has_hukou_here and age >= 60 and person.hukou_registered_on > years_on(day, -1)
        person.is_paid_elsewhere = came and chance.random() < PAID_BY_THE_FORMER_PLACE


def _copied(chance: Random, person: Person) -> date:
    """Two years, or a month, beside the day that the identity number tells."""
    if chance.random() >= (MISCOPIED_OLD if person.birth_date.year < 1960 else MISCOPIED):
        return person.birth_date
    return years_on(person.birth_date, 2) if chance.random() < 0.5 else person.birth_date - timedelta(days=29)


def _registered_on(chance: Random, person: Person, age: int, day: date) -> date:
    """Within a month of birth, else on the day of a move: never before birth or after today."""
    born = person.birth_date + timedelta(days=1 + int(chance.random() * 30))
    is_native = person.id_number.startswith("4403") if person.has_hukou_here else chance.random() >= MOVED_ELSEWHERE
    last = person.died_on or day
    if is_native or age < 3:
        return min(born, last)
    if age >= 60 and chance.random() < ARRIVED_OLD and person.is_alive:
        return day - timedelta(days=1 + int(chance.random() * 364))
    lived = (last - born).days
    return born + timedelta(days=int(lived * (0.2 + 0.75 * chance.random())))
