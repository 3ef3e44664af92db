"""Who belongs to whom: ages and sexes as counted, couples, children, parents who live along, households."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from datetime import date, timedelta
from random import Random
from typing import Final

from demo_city.population.people import Person, age_on, years_on
from demo_city.population.tables import Draw, stream

# 2020 census of the city: 0–14 15.11 %, 15–59 79.53 %, 60+ 5.36 %, 65+ 3.22 %, men 55.04 %; 2019: 36.8 % with hukou here
CHILDREN: Final = 0.1511
ELDERS: Final = 0.0536
DEAD: Final = 0.012  # of all entries: whoever died in the last ten years stays in the register
MEN: Final = {"child": 0.535, "adult": 0.562, "elder": 0.48}
HUKOU_HERE: Final = {"adult": 0.337, "elder": 0.70}
ADULTS: Final = Draw([(15, 5), (20, 12), (25, 18), (30, 20), (35, 15), (40, 10.5), (45, 9), (50, 6.5), (55, 4)])
OLD: Final = Draw([(60, 40), (65, 27), (70, 15), (75, 9), (80, 5.5), (85, 2.3), (90, 1.0), (95, 0.2)])
MARRIED: Final = {20: 0.1, 25: 0.5, 30: 0.8, 35: 0.87, 40: 0.87, 45: 0.85, 50: 0.8, 55: 0.75}
LEGAL_AGE: Final = {"女": 20, "男": 22}  # 民法典 第一千零四十七条
SIBLINGS_APART: Final = timedelta(days=300)
TRIES: Final = 80


def draw_people(seed: int, count: int, day: date) -> list[Person]:
    """Everybody with sex, birth, hukou class and family; serials from 1, households numbered."""
    chance = stream(seed, "families")
    dead = round(count * DEAD)
    living = count - dead
    children, elders = round(living * CHILDREN), round(living * ELDERS)
    adults = living - children - elders
    people: list[Person] = []
    for _ in range(adults):
        people.append(_draw_one(chance, people, "adult", ADULTS.one(chance) + int(chance.random() * 5), day))
    for _ in range(elders):
        people.append(_draw_one(chance, people, "elder", OLD.one(chance) + int(chance.random() * 5), day))
    _marry(chance, people, day)
    for _ in range(children):
        people.append(_draw_one(chance, people, "child", int(chance.random() * 15), day))
    _give_parents(chance, people, day)
    _give_elders_a_child(chance, people, day)
    _gather_households(people)
    households = max(person.household for person in people)
    for number in range(1, dead + 1):
        people.append(_draw_dead(chance, len(people) + 1, households + number, day))
    return people


def _draw_one(chance: Random, people: list[Person], group: str, age: int, day: date) -> Person:
    first = years_on(day, -age - 1).toordinal() + 1
    birth = date.fromordinal(first + int(chance.random() * (years_on(day, -age).toordinal() - first + 1)))
    sex = "男" if chance.random() < MEN[group] else "女"
    return Person(len(people) + 1, sex, birth, chance.random() < HUKOU_HERE.get(group, 0.37))


def _draw_dead(chance: Random, serial: int, household: int, day: date) -> Person:
    died = day - timedelta(days=1 + int(chance.random() * 3650))
    age = OLD.one(chance) + int(chance.random() * 5) if chance.random() < 0.85 else 20 + int(chance.random() * 40)
    birth = years_on(died, -age) - timedelta(days=int(chance.random() * 365))
    sex = "男" if chance.random() < 0.55 else "女"
    return Person(serial, sex, birth, True, life_status="死亡", died_on=died, household=household)


def _marry(chance: Random, people: list[Person], day: date) -> None:
    """Each married woman gets a husband up to eight years older or two younger, seven times of eight of her own hukou class."""
    men: dict[bool, list[Person]] = {True: [], False: []}
    for person in sorted(people, key=lambda each: (each.birth_date, each.serial)):
        if person.sex == "男" and age_on(person.birth_date, day) >= LEGAL_AGE["男"]:
            men[person.has_hukou_here].append(person)
    births = {here: [man.birth_date for man in listed] for here, listed in men.items()}
    for woman in people:
        age = age_on(woman.birth_date, day)
        share = 0.6 if age >= 60 else MARRIED.get(age // 5 * 5, 0.0)
        if woman.sex != "女" or age < LEGAL_AGE["女"] or chance.random() >= share:
            continue
        here = woman.has_hukou_here if chance.random() < 0.875 else not woman.has_hukou_here
        low = bisect_left(births[here], years_on(woman.birth_date, -8))
        high = bisect_right(births[here], years_on(woman.birth_date, 2))
        for _ in range(20 if high > low else 0):
            man = men[here][low + int(chance.random() * (high - low))]
            if not man.spouse:
                man.spouse, woman.spouse, woman.relation = woman.serial, man.serial, "配偶"
                break


def _give_parents(chance: Random, people: list[Person], day: date) -> None:
    """Every child, and seven of ten between 15 and 21 who are not married, live with a couple that could be their parents."""
    mothers = sorted(
        (person for person in people if person.sex == "女" and person.spouse and 21 <= age_on(person.birth_date, day) < 60),
        key=lambda each: (each.birth_date, each.serial),
    )
    births = [mother.birth_date for mother in mothers]
    had: dict[int, list[date]] = {}
    for person in people:
        age = age_on(person.birth_date, day)
        if age >= 22 or person.spouse or (age >= 15 and chance.random() >= 0.7):
            continue
        low = bisect_left(births, years_on(person.birth_date, -41))
        high = bisect_right(births, years_on(person.birth_date, -21))
        for _ in range(TRIES if high > low else 0):
            mother = mothers[low + int(chance.random() * (high - low))]
            father = people[mother.spouse - 1]
            if _could_follow(chance, person, had.get(mother.serial, []), father):
                had.setdefault(mother.serial, []).append(person.birth_date)
                _become_child(chance, person, mother=mother, father=father)
                break


def _could_follow(chance: Random, person: Person, siblings: list[date], father: Person) -> bool:
    if chance.random() >= (1.0, 0.45, 0.08, 0.0)[min(len(siblings), 3)]:
        return False
    if years_on(father.birth_date, 20) > person.birth_date:
        return False
    return all(abs(person.birth_date - other) >= SIBLINGS_APART for other in siblings)


def _become_child(chance: Random, person: Person, *, mother: Person, father: Person) -> None:
    person.mother, person.father = mother.serial, father.serial
    person.relation = "子" if person.sex == "男" else "女"
    both, none = mother.has_hukou_here and father.has_hukou_here, not (mother.has_hukou_here or father.has_hukou_here)
    person.has_hukou_here = both or (not none and chance.random() < 0.85)


def _give_elders_a_child(chance: Random, people: list[Person], day: date) -> None:
    """Rather more than half of the old couples and widows live with a grown child of theirs."""
    grown = sorted(
        (person for person in people if 22 <= age_on(person.birth_date, day) < 60),
        key=lambda each: (each.birth_date, each.serial),
    )
    births = [person.birth_date for person in grown]
    for elder in people:
        if age_on(elder.birth_date, day) < 60 or chance.random() >= 0.55 or (elder.spouse and elder.sex == "男"):
            continue
        spouse = people[elder.spouse - 1] if elder.spouse else None
        youngest = max(elder.birth_date, spouse.birth_date) if spouse else elder.birth_date
        low, high = bisect_left(births, years_on(youngest, 21)), bisect_right(births, years_on(elder.birth_date, 40))
        for _ in range(20 if high > low else 0):
            child = grown[low + int(chance.random() * (high - low))]
            if child.mother or child.father or (child.spouse and _has_parents(people[child.spouse - 1])):
                continue
            for parent in (elder, spouse):
                if parent is not None:
                    _become_parent(parent, child)
            break


def _has_parents(person: Person) -> bool:
    return bool(person.mother or person.father)


def _become_parent(parent: Person, child: Person) -> None:
    if parent.sex == "女":
        child.mother, parent.relation = parent.serial, "母"
    else:
        child.father, parent.relation = parent.serial, "父"


def _gather_households(people: list[Person]) -> None:
    """A couple with its children and the parents who live along is one household; whoever is alone is one of her own."""
    head: dict[int, int] = {}
    for person in people:
        if person.spouse:
            head[person.serial] = min(person.serial, person.spouse)
    for person in people:
        if not person.spouse and person.relation in {"子", "女"}:
            head[person.serial] = head[person.mother]
    for person in people:
        for parent in (person.mother, person.father):
            if parent and people[parent - 1].relation in {"父", "母"}:
                head[parent] = head.get(person.serial, person.serial)
    numbered: dict[int, int] = {}
    for person in people:
        person.household = numbered.setdefault(head.get(person.serial, person.serial), len(numbered) + 1)
    for serial in {head.get(person.serial, person.serial) for person in people}:
        wife_or_husband = people[serial - 1]
        wife_or_husband.relation = "户主"
        if wife_or_husband.spouse and people[wife_or_husband.spouse - 1].relation == "户主":
            people[wife_or_husband.spouse - 1].relation = "配偶"
