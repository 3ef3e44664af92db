"""Yinian cards, the allowance ledger, and deaths as three hands recorded them."""

from __future__ import annotations

from datetime import date, timedelta
from random import Random
from typing import Final

from demo_city.population.holdings import Allowance, Deaths, YinianCard
from demo_city.population.people import Person, age_on, years_on
from demo_city.population.tables import Draw, stream

RULE_FROM: Final = date(2021, 3, 1)  # 深圳市高龄老人津贴发放管理办法: from seventy on; before it from eighty
PAID: Final = 0.5  # of those who could be: the others have not applied. Plausible, not measured
WITH_CARD: Final = 0.95
ACCOUNTS: Final = Draw([("正常", 94), ("挂失", 3), ("冻结", 2), ("注销", 1)])
HELD_BY_A_CHILD: Final = 0.025
BANKS: Final = ("演示银行示例市分行", "演示农村商业银行", "演示城市银行")
UNNOTICED: Final = 0.02  # of the old: died in these weeks, and not every register has heard of it
RECORDED: Final = {"cancelled": 0.98, "certified": 0.95, "cremated": 0.94}
A_DAY_APART: Final = 0.04


def age_well(seed: int, people: list[Person], day: date) -> None:
    chance = stream(seed, "ageing")
    children = _children(people)
    entitled: list[Person] = []
    for person in people:
        age = age_on(person.birth_date, person.died_on or day)
        if person.has_hukou_here and age >= 60:
            _issue(chance, person, children.get(person.serial))
            if age >= 70 and person.life_status != "注销":
                entitled.append(person)
        if person.died_on:
            _bury(chance, person, person.died_on, day)
    aged = [person for person in people if person.is_alive and age_on(person.birth_date, day) >= 70]
    for person in chance.sample(aged, min(len(aged), max(1, round(len(aged) * UNNOTICED)))):  # every city has one at least
        _bury(chance, person, day - timedelta(days=3 + int(chance.random() * 20)), day)
    chance.shuffle(entitled)  # so many of them, not each by chance: a small city has both kinds too
    for person in entitled[: round(len(entitled) * PAID)]:
        _pay(chance, person, day)


def _children(people: list[Person]) -> dict[int, Person]:
    """A grown child of each parent."""
    return {parent: person for person in people for parent in (person.father, person.mother) if parent}


def _issue(chance: Random, person: Person, child: Person | None) -> None:
    if chance.random() >= WITH_CARD:
        return
    holder = child.id_number if child is not None and chance.random() < HELD_BY_A_CHILD else person.id_number
    status = ACCOUNTS.one(chance) if person.is_alive else "注销"
    number = f"6217**********{person.serial % 10000:04d}"
    person.yinian_card = YinianCard(holder, number, BANKS[int(chance.random() * len(BANKS))], status)


def _pay(chance: Random, person: Person, day: date) -> None:
    """From the month of the seventieth birthday or of the rule, or up to three years later: whoever came late is paid late."""
    first = max(years_on(person.birth_date, 70), RULE_FROM)
    last = min(person.died_on or day, day)
    if first > last:
        return
    since = first + timedelta(days=int(chance.random() * min((last - first).days, 1095)))
    stopped = _month_after(person.died_on) if person.died_on else None
    person.allowance = Allowance(f"{since:%Y-%m}", stopped)


def _month_after(day: date) -> str:
    return f"{day.year + day.month // 12}-{day.month % 12 + 1:02d}"


def _bury(chance: Random, person: Person, died: date, day: date) -> None:
    """Each hand records most deaths, and now and then another day of it."""
    deaths = Deaths()
    if person.died_on and chance.random() < RECORDED["cancelled"]:
        deaths.cancelled = died, min(died + timedelta(days=2 + int(chance.random() * 60)), day)
    if chance.random() < RECORDED["certified"]:
        told = died - timedelta(days=1) if chance.random() < A_DAY_APART else died
        deaths.certified = told, died + timedelta(days=int(chance.random() * 2))
    if chance.random() < RECORDED["cremated"]:
        deaths.cremated_on = min(died + timedelta(days=1 + int(chance.random() * 6)), day)
    person.deaths = deaths
