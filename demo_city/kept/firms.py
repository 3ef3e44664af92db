"""What can be known of companies, sole traders and organisations, and of what they own: each by the number of whoever stands for it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date, timedelta
from decimal import Decimal
from random import Random
from typing import Final

from demo_city.kept.persons import Known, place
from demo_city.personas import find_personas
from demo_city.population.holdings import Unit
from demo_city.population.people import Population
from demo_city.population.regions import CITY_NAME, districts, streets
from demo_city.population.tables import Draw, stream
from demo_city.population.units import credit_code

EACH: Final = 40  # residents a sole trader
SHOPS: Final = Draw([("餐饮", 34), ("便利", 28), ("美发", 16), ("旅店", 6), ("药房", 8), ("五金", 8)])
INDUSTRIES: Final[Mapping[str, str]] = {
    "电子": "3990", "软件": "6510", "物流": "5430", "贸易": "5199", "餐饮": "6210", "建筑": "4720", "医疗器械": "5154", "教育咨询": "8399",
    "家居": "2110", "服装": "1810", "精密制造": "3484", "设计": "7485", "便利": "5212", "美发": "8040", "旅店": "6120", "药房": "5251",
    "五金": "5271", "医院": "8411", "出行": "5413", "旅行社": "7291",
}  # fmt: skip
CAPITAL: Final = Draw([(500_000, 28), (2_000_000, 52), (8_000_000, 11.4), (20_000_000, 6.1), (80_000_000, 2.5)])  # 2017, services.md
CLOSED, ABNORMAL, OWING, FINED, REVOKED, BANKRUPT, IN_ARREARS, FROZEN = 0.03, 0.06, 0.03, 0.05, 0.01, 0.008, 0.008, 0.004
PROJECTS: Final = 0.16
USES: Final = ("工业用地", "商业用地", "新型产业用地")


def know_firms(population: Population, persons: Sequence[Known]) -> list[Known]:
    """Companies first, then sole traders. Kinds that should occur do so in the smallest city: they are given out in turn."""
    chance = stream(population.seed, "kept firms")
    staff: dict[str, list[Known]] = {}
    for person in persons:
        if person["employer_uscc"]:
            staff.setdefault(person["employer_uscc"], []).append(person)
    grown = [person for person in persons if 25 <= person["age"] <= 60]
    firms = []
    for unit in population.units:
        if unit.uscc.startswith("91"):
            people = staff.get(unit.uscc, [])
            leader = max((each for each in people if each["age"] >= 25), key=lambda each: each["age"], default=None)
            leader = leader or grown[int(chance.random() * len(grown))]
            first = min((each["enrolled_on"] for each in people), default=population.day)
            firms.append(_firm(chance, _found(chance, population.day, 5000, first), _name_company(unit), leader, len(people)))
    for shop, owner in _shops(chance, population, persons):
        firms.append(_firm(chance, _found(chance, population.day, (owner["age"] - 20) * 365, population.day), shop, owner, 1))
    for serial, firm in enumerate(firms, 1):
        firm["firm"] = serial
    _let_things_happen(chance, firms, population.day)
    return firms


def know_organisations(population: Population, persons: Sequence[Known]) -> Iterator[Known]:
    """Schools that are no companies: 民办非企业单位."""
    chance = stream(population.seed, "kept organisations")
    staff = {person["employer_uscc"]: person for person in persons if person["employer_uscc"] and person["age"] >= 25}
    for unit in population.units:
        if unit.uscc.startswith("52"):
            leader = staff.get(unit.uscc) or persons[int(chance.random() * len(persons))]
            yield {**_lead(leader), "uscc": unit.uscc, "firm_name": unit.name, "entity_type": "民办非企业单位", "serial": leader["serial"]}


def know_projects(population: Population, firms: Iterable[Known]) -> list[Known]:
    """Investment projects; `stage` 1 is filed, 2 has its land and plan, 3 may build, 4 is built. A builder of the city builds."""
    chance, day = stream(population.seed, "kept projects"), population.day
    firms = [firm for firm in firms if firm["is_company"] and firm["is_open"]]
    builders = [firm["firm_name"] for firm in firms if firm["trade"] == "建筑"] or ["深圳市演示建筑有限公司"]
    projects = []
    for number, firm in enumerate(firms):
        if number >= 8 and chance.random() >= PROJECTS:
            continue
        serial, stage = len(projects) + 1, len(projects) % 4 + 1
        filed = day - timedelta(days=(20, 100, 260, 640)[stage - 1] + int(chance.random() * 60))
        projects.append({
            **firm, "project": serial, "stage": stage, "filed_on": filed, "project_code": f"{filed:%y%m}-440300-04-01-{serial:06d}",
            "project_name": f"演示{firm['trade']}项目{serial:03d}期", "contractor": builders[int(chance.random() * len(builders))],
            "land_use": USES[serial % len(USES)], "project_started_on": filed + timedelta(days=210) if stage >= 3 else None,
        })  # fmt: skip
    return projects


def know_trucks(population: Population, firms: Iterable[Known]) -> Iterator[Known]:
    """Lorries of those who carry goods."""
    chance = stream(population.seed, "kept trucks")
    for firm in firms:
        if firm["trade"] == "物流" and firm["is_open"]:
            for number in range(1, 2 + int(chance.random() * 4)):
                yield {**firm, "number": number, "plate_no": f"粤Z演{firm['firm']:04d}{number}"}


def _name_company(unit: Unit) -> Known:
    return {
        "uscc": unit.uscc, "firm_name": unit.name, "trade": unit.trade, "entity_type": "有限责任公司", "is_company": True,
        "district_code": unit.district_code,
    }  # fmt: skip


def _shops(chance: Random, population: Population, persons: Sequence[Known]) -> Iterator[tuple[Known, Known]]:
    """Sole traders are people who are nobody's staff; one of them is whoever can be played as the shopkeeper."""
    sure = {found.person.serial for found in find_personas(population) if found.persona.code == "shopkeeper"}
    free = [each for each in persons if 22 <= each["age"] <= 62 and (each["employer_uscc"] is None or each["serial"] in sure)]
    first = [each for each in free if each["serial"] in sure]
    owners = first + chance.sample([each for each in free if each not in first], min(len(free) - 1, max(18, len(persons) // EACH)))
    kinds = [kind for kind in SHOPS.choices for _ in range(2)]
    for number, owner in enumerate(owners):
        trade = kinds[number] if number < len(kinds) else SHOPS.one(chance)
        code = credit_code(f"MA7{number:05d}", category="92")
        name = f"深圳市演示{owner['name'][:1]}记{trade}店{number + 1:04d}"
        region = owner["address_code"][:6] if owner["address_code"] else districts(with_hukou=False).one(chance)
        shop = {
            "uscc": code, "firm_name": name, "trade": trade, "entity_type": "个体工商户", "is_company": False, "district_code": region,
        }  # fmt: skip
        yield shop, owner


def _lead(leader: Known) -> Known:
    return {"id_number": leader["id_number"], "legal_rep_name": leader["name"], "rep_is_debtor": leader["is_debtor"]}


def _found(chance: Random, day: date, most: int, before: date) -> date:
    """At most so many days ago, and before anybody worked there."""
    return min(day - timedelta(days=400 + int(chance.random() * most)), before - timedelta(days=30))


def _firm(chance: Random, established: date, named: Known, leader: Known, staff: int) -> Known:
    listed = streets(named["district_code"])
    street = listed[int(chance.random() * len(listed))]
    number, room = 2000 + int(chance.random() * 900), 101 + 100 * int(chance.random() * 20)
    code = f"{street.code}{number:04d}01{room:04d}"
    employees = max(staff, 1) + int(chance.random() * 6) if named["is_company"] else 1 + int(chance.random() * 4)
    trade = named["trade"]
    return {
        **named, **_lead(leader), "serial": leader["serial"], "employees": employees,
        "size": "微型" if employees < 10 else "小型" if employees < 30 else "中型",
        "capital": Decimal(CAPITAL.one(chance) if named["is_company"] else 20_000),
        "established_on": established, "domicile": f"{CITY_NAME}{street.district}{street.name}演示路{number}号1栋{room}",
        "domicile_code": code,
        "firm_region_code": place(code)["region_code"], "industry_code": INDUSTRIES[trade], "scope": f"{trade}（演示经营范围）",
        "phone": f"0755-演示{leader['serial']:06d}",
    }  # fmt: skip


def _let_things_happen(chance: Random, firms: Sequence[Known], day: date) -> None:
    """What became of a firm is told alike by every agency that tells of it. What befell nobody yet befalls the next."""
    kinds = {
        "closed": CLOSED, "abnormal": ABNORMAL, "owing": OWING, "fined": FINED, "revoked": REVOKED, "bankrupt": BANKRUPT,
        "arrears": IN_ARREARS, "frozen": FROZEN,
    }  # fmt: skip
    seen: Counter[str] = Counter()
    for firm in firms:
        fate = {kind for kind, share in kinds.items() if chance.random() < share}
        if not fate and (missing := next((kind for kind in kinds if not seen[kind]), None)):
            fate = {missing}
        seen.update(fate)
        if firm["rep_is_debtor"] and firm["is_company"]:
            fate.add("frozen")
        closed = "closed" in fate
        off = day - timedelta(days=int(chance.random() * 39)) if "abnormal" in fate and chance.random() < 0.5 else None
        firm |= {
            "is_closed": closed, "is_open": not closed,
            "closed_on": day - timedelta(days=int(chance.random() * 300)) if closed else None,
            "is_abnormal": "abnormal" in fate, "off_the_list_on": off, "owes_tax": "owing" in fate and not closed,
            "was_fined": bool(fate & {"fined", "revoked"}), "was_revoked": "revoked" in fate, "is_bankrupt": "bankrupt" in fate,
            "is_frozen": "frozen" in fate, "owes_wages": "arrears" in fate, "last_year": day.year - 1,
            "reported": not closed and ("abnormal" not in fate or off is not None),
            "status": "注销" if closed else "存续", "taxpayer_status": "注销" if closed else "正常",
            "tax_abnormal": "owing" in fate and not closed,
        }  # fmt: skip
