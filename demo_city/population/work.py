"""Social insurance, talent introductions, and what the credit centre lists."""

from __future__ import annotations

from datetime import date, timedelta
from random import Random
from typing import Final

from demo_city.population.holdings import Insurance, Listing, TalentCase, Unit
from demo_city.population.people import Person, age_on, years_on
from demo_city.population.regions import districts
from demo_city.population.tables import Draw, stream

INSURED: Final = 0.78
STOPPED: Final = 0.1
INTRODUCED: Final = 0.3  # of those with a degree who moved here; the others came with their families
CASES: Final[Draw[str]] = Draw([("", 95.5), ("在办", 1), ("已核准", 1.5), ("失效", 2)])  # of graduates with hukou elsewhere
VALID: Final = timedelta(days=90)  # validity_of_approval_days of the reference
PUBLIC: Final = 0.012
DEBTORS: Final = 0.006
REMOVED: Final = 0.4


def employ(seed: int, people: list[Person], units: list[Unit], day: date) -> None:
    chance = stream(seed, "work")
    anybody = [unit for unit in units if not unit.takes]
    of_major = {major: [unit for unit in units if major in unit.takes] for unit in units for major in unit.takes}
    for person in people:
        age = age_on(person.birth_date, day)
        if not person.is_alive or age < 18:
            continue
        if age < 60 and chance.random() < INSURED:
            fitting = of_major.get(person.diplomas[0].major, anybody) if person.diplomas else anybody
            drawn = fitting[int(chance.random() * len(fitting))]
            unit = person.destination.unit if person.destination and person.destination.unit else drawn
            worked = min(age - 17, 15) * 365
            enrolled = day - timedelta(days=1 + int(chance.random() * worked))
            person.insurance = Insurance("停保" if chance.random() < STOPPED else "参保", enrolled, unit)
        if person.diplomas:
            _introduce(chance, person, day)
        _list(chance, person, day)


def _introduce(chance: Random, person: Person, day: date) -> None:
    district = districts(with_hukou=False).one(chance)
    if person.has_hukou_here:
        came = person.hukou_registered_on
        if came > years_on(person.birth_date, 20) and chance.random() < INTRODUCED:
            approved = came - timedelta(days=5 + int(chance.random() * 60))
            person.talent_cases.append(TalentCase(_case_no(person, approved), district, "已用", approved, approved + VALID))
        return
    status = CASES.one(chance)
    ago = int(chance.random() * 60)
    approved = day - timedelta(days=ago + (120 if status == "失效" else 5))
    if status == "在办":
        person.talent_cases.append(TalentCase(_case_no(person, approved), district, status, None, None))
    elif status:
        person.talent_cases.append(TalentCase(_case_no(person, approved), district, status, approved, approved + VALID))


def _case_no(person: Person, on: date) -> str:
    return f"RC{on:%Y%m%d}{person.serial:07d}"


def _list(chance: Random, person: Person, day: date) -> None:
    for kind, share in (("public", PUBLIC), ("debtor", DEBTORS)):
        if chance.random() < share:
            listed = day - timedelta(days=30 + int(chance.random() * 1400))
            removed = listed + (day - listed) * chance.random() if chance.random() < REMOVED else None
            person.listings.append(Listing(kind, listed, removed))
