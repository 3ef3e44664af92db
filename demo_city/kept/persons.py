"""What can be known of each living person, by name: who she is, where she lives, what she does. `data/README.md` lists the names."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta
from functools import cache
from random import Random
from typing import Any, Final

from demo_city.personas import find_personas
from demo_city.population.people import Person, Population, age_on, years_on
from demo_city.population.regions import Street, districts, streets
from demo_city.population.tables import Draw, stream

Known = dict[str, Any]

LICENSED: Final = 0.42
POINTS: Final = Draw([(0, 86), (1, 4), (3, 6), (6, 2.5), (9, 1), (12, 0.5)])
CLASSES: Final = Draw([("C1", 72), ("C2", 18), ("B2", 6), ("A2", 2), ("C1D", 2)])
DIVORCED: Final = 0.06  # of those of thirty and more who have no spouse
AIDED: Final = 0.006  # of the households
FUND: Final = 0.74  # of the insured
PROFESSIONS: Final[Mapping[str, str]] = {
    "临床医学": "医师", "护理学": "护士", "法学": "律师", "学前教育": "教师", "汉语言文学": "教师", "英语": "教师",
}  # fmt: skip
TITLES: Final[Mapping[str, str]] = {"医师": "医师", "护士": "护师", "教师": "教师", "建造师": "工程师"}
OTHER_PROFESSIONS: Final = Draw([
    ("", 88), ("电工", 2.2), ("焊工", 1.6), ("叉车司机", 1.8), ("货运驾驶员", 2), ("网约车驾驶员", 3), ("导游", 0.6), ("厨师", 0.8),
])  # fmt: skip
DRIVEN: Final = {"货运驾驶员": "A2", "网约车驾驶员": "C1"}
OPERATIONS: Final = {"电工": "低压电工作业", "焊工": "熔化焊接与热切割作业"}
BANKS: Final = ("演示银行示例市分行", "演示农村商业银行", "演示城市银行")
ACCOUNTS: Final = Draw([("正常", 97), ("挂失", 2), ("冻结", 1)])
FREE_OF_TAX: Final = 8000  # yuan a month, with what a usual family deducts
OFFICIAL: Final = 60  # the age at which the city's synthetic people stop working
PATIENCE: Final = 3  # years of driving before somebody may carry passengers


def know_persons(population: Population) -> list[Known]:
    """Everybody by serial, the dead too: some registers outlive them."""
    chance, day = stream(population.seed, "kept persons"), population.day
    licensed = {found.person.serial for found in find_personas(population) if found.persona.code == "driver"}
    aided = {number for number in range(1, max(each.household for each in population.people) + 1) if chance.random() < AIDED}
    weddings: dict[int, date] = {}
    hospitals, agencies = ([unit.name for unit in population.units if unit.trade == trade] for trade in ("医院", "旅行社"))
    known = []
    for person in population.people:
        age = age_on(person.birth_date, day)
        about: Known = {
            "serial": person.serial, "is_alive": person.is_alive, "id_number": person.id_number, "name": person.name, "sex": person.sex,
            "age": age, "birth_date": person.birth_date, "mobile": person.mobile, "has_hukou_here": person.has_hukou_here,
            "household": person.household, "household_no": f"H{person.household:08d}", "is_head": person.relation == "户主" and age >= 18,
            "household_aid": person.household in aided, "hospital": hospitals[person.serial % len(hospitals)],
            "travel_agency": agencies[person.serial % len(agencies)],
            "is_debtor": any(one.kind == "debtor" and not one.removed_on for one in person.listings),
            "debtor_since": next((one.listed_on for one in person.listings if one.kind == "debtor"), None),
        }  # fmt: skip
        about |= _dwell(person)
        about |= _work(chance, person, age, day)
        about |= _marry(chance, population, person, age, weddings)
        about |= _drive(chance, person, age, day, about["profession"], is_sure=person.serial in licensed)
        about |= _bank(chance, person, age)
        known.append(about)
    return known


def _dwell(person: Person) -> Known:
    """Where she lives: the last registration, else the dwelling of her hukou."""
    at = person.registrations[-1] if person.registrations else None
    if at is not None:
        return {"address": at.address, "moved_in_on": at.move_in_on, **place(at.address_code)}
    if person.hukou_house_code:
        return {"address": person.hukou_address, "moved_in_on": person.hukou_registered_on, **place(person.hukou_house_code)}
    return {"address": None, "moved_in_on": None, "address_code": None}


def place(code: str) -> Known:
    """What the code of a dwelling tells: nine digits of the subdistrict, then number, building and room."""
    street = _streets()[code[:9]]
    return {
        "address_code": code, "region_code": street.district_code, "street": street.name,
        "community": f"演示{street.name.removesuffix('街道').removesuffix('镇')}社区",
        "building": f"演示路{int(code[9:13])}号{int(code[13:15])}栋",
        "room": str(int(code[15:])),
    }  # fmt: skip


@cache
def _streets() -> Mapping[str, Street]:
    return {street.code: street for code in districts(with_hukou=True).choices for street in streets(code)}


def _work(chance: Random, person: Person, age: int, day: date) -> Known:
    insurance, diploma = person.insurance, person.diplomas[0] if person.diplomas else None
    works = bool(insurance and insurance.status == "参保")
    major = diploma.major if diploma else None
    profession = _profession(chance, major, insurance.unit.trade if insurance and works else "")
    salary = max(2600, round(chance.lognormvariate(9.0, 0.45), -1)) if insurance else None
    retired = age >= OFFICIAL and insurance is None
    fund = works and chance.random() < FUND
    months = (day - insurance.enrolled_on).days // 30 if insurance else 0
    return {
        "insured": insurance.status if insurance else None, "enrolled_on": insurance.enrolled_on if insurance else None,
        "employer_uscc": insurance.unit.uscc if insurance and works else None,
        "employer_name": insurance.unit.name if insurance and works else None,
        "salary": salary, "months_insured": months,
        "monthly_tax": round(max(0, salary - FREE_OF_TAX) * 0.03) if works and salary else 0, "is_retired": retired,
        "retired_on": min(years_on(person.birth_date, OFFICIAL), day), "profession": profession, "title": TITLES.get(profession),
        "operation": OPERATIONS.get(profession), "major": major, "diploma_level": diploma.level if diploma else None,
        "handles_food": profession == "厨师" or (works and insurance.unit.trade == "餐饮" and chance.random() < 0.6),
        "fund_account_no": f"20{person.serial:09d}" if fund else None, "fund_months": min(months, int(chance.random() * 90) + 1),
        "fund_status": "正常", "medical_tier": "职工一档" if works else "居民" if person.has_hukou_here else None,
        "medical_status": "正常参保", "grade": _grade(age),
        "school": f"深圳市演示第{person.household % 40 + 1}{'中学' if age >= 12 else '小学'}" if _grade(age) else None,
    }  # fmt: skip


def _profession(chance: Random, major: str | None, trade: str) -> str:
    """By what she studied where the house she works for fits, else any trade that is learnt at work."""
    studied, other = PROFESSIONS.get(major or "", ""), OTHER_PROFESSIONS.one(chance)
    if studied and trade in {"医院", "学校", "律师事务所"}:
        return studied
    if major == "土木工程" and trade and chance.random() < 0.4:
        return "建造师"
    return other if trade and not major else ""


def _grade(age: int) -> str | None:
    if not 6 <= age <= 17:
        return None
    kind, first = ("小学", 6) if age < 12 else ("初中", 12) if age < 15 else ("高中", 15)
    return f"{kind}{'一二三四五六'[age - first]}年级"


def _marry(chance: Random, population: Population, person: Person, age: int, weddings: dict[int, date]) -> Known:
    """Both sides of a marriage tell the same day and number: `weddings` holds the days, by the lower serial of a pair."""
    day = population.day
    if person.spouse:
        spouse = population.person(person.spouse)
        pair, first = min(person.serial, spouse.serial), years_on(max(person.birth_date, spouse.birth_date), 22)
        if pair not in weddings:
            weddings[pair] = min(day, first + timedelta(days=int(chance.random() * max(1, min(2900, (day - first).days)))))
        wed = weddings[pair]
        return {
            "marital_status": "已婚", "spouse_id_number": spouse.id_number, "married_on": wed,
            "marriage_no": f"J440300-{wed.year}-{pair:06d}",
        }  # fmt: skip
    if age >= 30 and chance.random() < DIVORCED:
        left = day - timedelta(days=30 + int(chance.random() * 2500))
        number = f"L440300-{left.year}-{person.serial:06d}"
        return {"marital_status": "离婚", "spouse_id_number": None, "married_on": left, "marriage_no": number}
    return {"marital_status": None, "spouse_id_number": None, "married_on": None, "marriage_no": None}


def _drive(chance: Random, person: Person, age: int, day: date, profession: str, *, is_sure: bool) -> Known:
    drives = is_sure or profession in DRIVEN
    drawn, classes, points = chance.random() < LICENSED, CLASSES.one(chance), POINTS.one(chance)
    years, within = int(chance.random() * 22), int(chance.random() * 360)
    if not (drives or drawn) or not 19 <= age <= 70:
        return {"first_licensed_on": None, "licence_valid_to": None, "vehicle_classes": None, "points": 0, "cycle_start": None}
    years = max(min(years, age - 18), min(PATIENCE + 1, age - 18) if drives else 0)
    first = max(years_on(day, -years) - timedelta(days=within), years_on(person.birth_date, 18) + timedelta(days=20))
    renewed = 6 if years < 6 else 16 if years < 16 else 26  # 六年、十年、十年
    start = years_on(first, day.year - first.year)
    return {
        "first_licensed_on": first, "licence_valid_to": years_on(first, renewed), "vehicle_classes": DRIVEN.get(profession, classes),
        "points": points, "cycle_start": start if start <= day else years_on(start, -1),
    }  # fmt: skip


def _bank(chance: Random, person: Person, age: int) -> Known:
    """One account, which the card of social security and the bank both tell of."""
    status, bank = ACCOUNTS.one(chance), BANKS[int(chance.random() * len(BANKS))]
    number = f"6217**********{person.serial % 10000:04d}" if age >= 16 else None
    return {"account_no_masked": number, "bank": bank, "account_status": status, "account_is_active": status == "正常"}


