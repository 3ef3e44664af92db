"""Who owns which dwelling."""

from __future__ import annotations

from datetime import date
from random import Random
from typing import Final

from demo_city.population.holdings import House
from demo_city.population.people import Person, age_on
from demo_city.population.tables import stream

OWNING: Final = {"here": 0.6, "elsewhere": 0.16}  # of heads of households, by their hukou
SECOND: Final = 0.08


def own(seed: int, people: list[Person], day: date) -> None:
    """Heads of households own the dwelling they are registered in, with the spouse in halves where there is one."""
    chance = stream(seed, "property")
    for person in people:
        if person.relation == "户主" and person.is_alive and age_on(person.birth_date, day) >= 22:
            _own(chance, person, people)


def _own(chance: Random, head: Person, people: list[Person]) -> None:
    if chance.random() >= OWNING["here" if head.has_hukou_here else "elsewhere"]:
        return
    places: list[tuple[str, str, str]] = []
    if head.hukou_house_code:
        places.append((head.hukou_house_code, head.hukou_address, head.hukou_police_station))
    if head.registrations and (not places or chance.random() < SECOND):
        at = head.registrations[-1]
        places.append((at.address_code, at.address, at.police_station))
    for code, address, station in dict.fromkeys(places):
        spouse = people[head.spouse - 1] if head.spouse and chance.random() < 0.6 else None
        share = 50 if spouse else 100
        use = "住宅" if chance.random() < 0.96 else "公寓"
        for owner in (head, spouse):
            if owner is not None:
                owner.houses.append(House(code, address, station, use, share))
