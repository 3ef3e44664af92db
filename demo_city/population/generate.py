"""Draws the whole population in the order in which one thing follows from another."""

from __future__ import annotations

from datetime import date, timedelta
from functools import cache
from random import Random
from typing import Final

from demo_city.population.ageing import age_well
from demo_city.population.crime import judge
from demo_city.population.families import draw_people
from demo_city.population.moves import register
from demo_city.population.naming import draw_ethnic_name, draw_given, draw_surname
from demo_city.population.numbers import Numbers
from demo_city.population.people import Person, Population, age_on, years_on
from demo_city.population.property import own
from demo_city.population.regions import draw_city_code, draw_home, home_provinces
from demo_city.population.residence import settle
from demo_city.population.schooling import school
from demo_city.population.tables import Draw, read_table, stream
from demo_city.population.units import draw_units
from demo_city.population.work import employ

DEFAULT_PEOPLE: Final = 10_000
FEWEST_PEOPLE: Final = 200
BORN_HERE: Final = 0.45  # of grown people with hukou here; the others moved it here
RENAMED: Final = 0.02
TWO_NUMBERS: Final = 0.0005  # historic duplicates; far more than the 0.02 ‰ of the country, so that small cities hold some
CANCELLED: Final = 0.001
LONG_TERM: Final = date(9999, 12, 31)  # 长期: cards of whoever is 46 or older do not expire
LETTERS: Final = "ABCDEFGHJKMNPQRSTUVWXYZ23456789"
OTHER_DOTS: Final = "·•．"  # an account keeps the dot its owner typed


def generate(*, people: int = DEFAULT_PEOPLE, seed: int, day: date) -> Population:
    """`people` entries of a register, alive or dead, as of `day`. Raises ValueError below FEWEST_PEOPLE."""
    if people < FEWEST_PEOPLE:
        raise ValueError(f"a city has at least {FEWEST_PEOPLE} people")
    drawn = draw_people(seed, people, day)
    _name(seed, drawn, day)
    _number(seed, drawn)
    settle(seed, drawn, day)
    _issue_cards(seed, drawn, day)
    _open_accounts(seed, drawn, day)
    judge(seed, drawn, day)
    units = draw_units(seed, people)
    register(seed, drawn, day)
    school(seed, drawn, units, day)
    employ(seed, drawn, units, day)
    age_well(seed, drawn, day)
    own(seed, drawn, day)
    return Population(seed, day, drawn, units)


@cache
def _ethnicities() -> tuple[Draw[str], dict[str, dict[str, str]]]:
    rows = read_table("ethnicities")
    return Draw((row["name"], float(row["percent"])) for row in rows), {row["name"]: row for row in rows}


def _elders_first(people: list[Person]) -> list[Person]:
    return sorted(people, key=lambda person: (person.birth_date, person.serial))


def _name(seed: int, people: list[Person], day: date) -> None:
    """Fathers before children: surname and ethnicity come from the father, now and then from the mother."""
    chance = stream(seed, "names")
    draw, _ = _ethnicities()
    for person in _elders_first(people):
        father, mother = (people[serial - 1] if serial else None for serial in (person.father, person.mother))
        parent = father or mother
        person.ethnicity = parent.ethnicity if parent else draw.one(chance)
        giver = mother if mother and father and chance.random() < 0.06 else parent
        person.name, person.surname = _full_name(chance, person, giver.surname if giver else "")
        if chance.random() < RENAMED and person.surname and age_on(person.birth_date, day) >= 10:
            person.former_name = person.surname + draw_given(chance, sex=person.sex, birth=person.birth_date, surname=person.surname)


def _full_name(chance: Random, person: Person, inherited: str) -> tuple[str, str]:
    pattern = _ethnicities()[1][person.ethnicity]["patterns"]
    if pattern and not inherited and (pattern != "yi" or chance.random() < 0.4):
        return draw_ethnic_name(chance, people=pattern, sex=person.sex), ""
    surname = inherited or draw_surname(chance)
    return surname + draw_given(chance, sex=person.sex, birth=person.birth_date, surname=surname), surname


def _number(seed: int, people: list[Person]) -> None:
    """The first six digits tell where somebody was first numbered: mostly where the parents' hukou was, never where she lives."""
    chance = stream(seed, "numbers")
    numbers = Numbers(chance)
    for person in _elders_first(people):
        person.id_number = numbers.assign(_region_of(chance, people, person), person.birth_date, person.sex)
        if not person.is_alive:
            continue
        if chance.random() < TWO_NUMBERS or person.serial == 1 + len(people) // 2:  # every city has one at least
            person.earlier_birth_date = person.birth_date + timedelta(days=1 + int(chance.random() * 300))
            person.earlier_number = numbers.assign(person.id_number[:6], person.earlier_birth_date, person.sex)
        elif chance.random() < CANCELLED:
            person.life_status = "注销"


def _region_of(chance: Random, people: list[Person], person: Person) -> str:
    year = person.birth_date.year
    parent = next((people[serial - 1] for serial in (person.father, person.mother) if serial), None)
    if person.has_hukou_here and (chance.random() < BORN_HERE or (parent and year >= 2005)):
        return draw_city_code(chance, year)
    if parent and not parent.id_number.startswith("4403") and chance.random() < 0.8:
        return draw_home(chance, parent.id_number[:2], year).code
    provinces = _ethnicities()[1][person.ethnicity]["provinces"].split()
    province = provinces[int(chance.random() * len(provinces))] if provinces and chance.random() < 0.85 else home_provinces().one(chance)
    return draw_home(chance, province, year).code


def _issue_cards(seed: int, people: list[Person], day: date) -> None:
    """居民身份证法 第五条: five years under 16, ten to 25, twenty to 45, then without end."""
    chance = stream(seed, "cards")
    for person in people:
        age = age_on(person.birth_date, day)
        if age < 16 and chance.random() < 0.5:
            continue
        issued = min(years_on(person.birth_date, max(age - int(chance.random() * 4), 0)), day)
        at_issue = age_on(person.birth_date, issued)
        years = 5 if at_issue < 16 else 10 if at_issue < 26 else 20 if at_issue < 46 else None
        person.card_valid_to = LONG_TERM if years is None else years_on(issued, years)
        fate = chance.random()
        person.card_status = "有效"
        if not person.is_alive:
            person.card_status = "注销"
        elif fate < 0.004:
            person.card_status = "挂失"
        elif fate < 0.016 and years is not None:
            person.card_status, person.card_valid_to = "过期", day - timedelta(days=1 + int(chance.random() * 500))


def _open_accounts(seed: int, people: list[Person], day: date) -> None:
    """Accounts at the identity authority. Whoever is under fourteen gives the number of a parent."""
    chance = stream(seed, "accounts")
    codes: set[str] = set()
    for person in people:
        parent = person.mother or person.father
        owner = parent if parent and age_on(person.birth_date, day) < 14 else person.serial
        person.mobile = f"199{owner:08d}"
        dot = OTHER_DOTS[int(chance.random() * 3)]
        person.account_name = person.name.replace("·", dot)
        while not person.sign_in_code or person.sign_in_code in codes:
            person.sign_in_code = "".join(LETTERS[int(chance.random() * len(LETTERS))] for _ in range(8))
        codes.add(person.sign_in_code)
