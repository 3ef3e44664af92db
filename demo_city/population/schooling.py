"""Diplomas, degrees and destinations: 28.8 % went to college (census 2020), more of the young; some studied twice, some far away."""

from __future__ import annotations

from datetime import date, timedelta
from random import Random
from typing import Final

from demo_city.population.holdings import Degree, Destination, Diploma, Unit
from demo_city.population.people import Person, age_on
from demo_city.population.tables import Draw, stream

COLLEGE: Final = {15: 0.05, 20: 0.6, 25: 0.62, 30: 0.48, 35: 0.34, 40: 0.28, 45: 0.18, 50: 0.13, 55: 0.09}  # by age, the rest 0.04
HIGHEST: Final = Draw([("专科", 38), ("本科", 51), ("硕士", 10), ("博士", 1)])
AGE_AT_END: Final = {"专科": 21, "本科": 22, "硕士": 25, "博士": 29}
BELOW: Final = {"博士": "硕士", "硕士": "本科", "本科": "专科"}
FULL_TIME: Final = {"专科": 0.72, "本科": 0.8, "硕士": 0.8, "博士": 0.98}
DEGREES: Final = {"本科": "学士", "硕士": "硕士", "博士": "博士"}
NUMBERED: Final = {"专科": ("06", ""), "本科": ("05", "4"), "硕士": ("02", "3"), "博士": ("01", "2")}
UNIVERSITIES: Final = ("南岭演示大学", "江城演示理工大学", "云梦演示大学", "岭东演示师范大学", "湘江演示财经大学", "鹏城演示大学")
COLLEGES: Final = ("粤北演示职业技术学院", "珠江演示职业学院", "演示信息职业技术学院", "赣南演示职业学院")
ABROAD: Final = ("University of Demonstration (Overseas)", "Demonstration College London (Overseas)")
MAJORS: Final = (
    ("计算机科学与技术", "工学"), ("电子信息工程", "工学"), ("机械工程", "工学"), ("会计学", "管理学"), ("工商管理", "管理学"),
    ("国际经济与贸易", "经济学"), ("金融学", "经济学"), ("汉语言文学", "文学"), ("英语", "文学"), ("法学", "法学"), ("护理学", "医学"),
    ("临床医学", "医学"), ("土木工程", "工学"), ("学前教育", "教育学"), ("物流管理", "管理学"), ("数学与应用数学", "理学"),
)  # fmt: skip
FIRST_LEVEL_ONLY: Final = 0.65  # of the bachelors never had a diploma below
OVERSEAS: Final = 0.04
REVOKED: Final = 0.004
WITHOUT_DEGREE: Final = {"全日制": 0.03, "非全日制": 0.3}
MISSPELT: Final = 0.006
RECENT: Final = timedelta(days=1200)  # destinations are kept of the graduates of these days
DIRECTED: Final = Draw([("否", 97.5), ("定向", 1.5), ("委培", 1)])
KINDS: Final = Draw([("签订劳动合同", 62), ("灵活就业", 16), ("升学", 12), ("待就业", 10)])


def school(seed: int, people: list[Person], units: list[Unit], day: date) -> None:
    """Give grown people their schooling. Who is told as having studied was so at an age at which people do."""
    chance = stream(seed, "schooling")
    for person in people:
        age = age_on(person.birth_date, day)
        if age >= 20 and chance.random() < COLLEGE.get(age // 5 * 5, 0.04):
            _study(chance, person, HIGHEST.one(chance), day)
            _go(chance, person, units, day)


def _study(chance: Random, person: Person, highest: str, day: date) -> None:
    """The highest level she can have finished by now, and those below it."""
    level: str | None = highest
    while level is not None:
        form = "全日制" if chance.random() < FULL_TIME[level] else "非全日制"
        years = AGE_AT_END[level] + int(chance.random() * 2) + (0 if form == "全日制" else 2 + int(chance.random() * 10))
        ended = _day_of_graduation(chance, person.birth_date.year + years)
        if ended < day and all(ended < other.graduated_on for other in person.diplomas):
            _graduate(chance, person, level, form, ended)
        if level == "本科" and chance.random() < FIRST_LEVEL_ONLY:
            return
        level = BELOW.get(level)


def _day_of_graduation(chance: Random, year: int) -> date:
    """The last days of June for nine of ten, else January or December."""
    season = chance.random()
    if season < 0.9:
        return date(year, 6, 30 if season < 0.5 else 15 + int(chance.random() * 15))
    return date(year, 1, 10) if season < 0.97 else date(year, 12, 31)


def _graduate(chance: Random, person: Person, level: str, form: str, ended: date) -> None:
    is_mainland = level == "专科" or chance.random() >= OVERSEAS
    schools = ABROAD if not is_mainland else COLLEGES if level == "专科" else UNIVERSITIES
    school_name = schools[int(chance.random() * len(schools))]
    major, branch = MAJORS[int(chance.random() * len(MAJORS))]
    kind, letter = NUMBERED[level]
    number = f"9{schools.index(school_name):04d}1{ended.year}{kind}{person.serial:08d}"
    diploma = Diploma(
        _name_at_school(chance, person), school_name, level, form, major, ended, number,
        "撤销" if chance.random() < REVOKED else "有效", is_mainland,
    )  # fmt: skip
    person.diplomas.append(diploma)
    if level in DEGREES and chance.random() >= WITHOUT_DEGREE[form]:
        revoked = diploma.status == "撤销" or chance.random() < REVOKED
        degree_no = f"9{schools.index(school_name):04d}{letter}{ended.year}{person.serial:08d}"
        person.degrees.append(
            Degree(DEGREES[level], f"{branch}{DEGREES[level]}", ended, degree_no, "撤销" if revoked else "有效", number)
        )


def _name_at_school(chance: Random, person: Person) -> str:
    """Who was renamed was so before school or after it; now and then a school wrote another character."""
    if person.former_name and chance.random() < 0.5:
        return person.former_name
    if len(person.name) > 1 and chance.random() < MISSPELT:
        return person.name[:-1] + ("伟" if person.name[-1] != "伟" else "玮")
    return person.name


def _go(chance: Random, person: Person, units: list[Unit], day: date) -> None:
    if not person.diplomas or not (latest := max(person.diplomas, key=lambda each: each.graduated_on)).is_mainland:
        return
    if latest.form == "全日制" and day - latest.graduated_on < RECENT and chance.random() < 0.98:
        kind = KINDS.one(chance)
        fitting = [unit for unit in units if not unit.takes or latest.major in unit.takes]
        unit = fitting[int(chance.random() * len(fitting))] if kind == "签订劳动合同" else None
        person.destination = Destination(kind, unit, chance.random() < 0.97, DIRECTED.one(chance), latest.graduated_on)
