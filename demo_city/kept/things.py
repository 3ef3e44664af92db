"""What can be known of what people own and do: cars, dwellings, leases, children, months of work, studies, purchases."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date, timedelta
from typing import Final

from demo_city.kept.persons import Known, place
from demo_city.population.people import Population
from demo_city.population.tables import Draw, stream

OWNING: Final = 0.36  # of those who may drive
FUELS: Final = Draw([("汽油", 62), ("纯电动", 28), ("插电式混合动力", 10)])
LETTERS: Final = "ABCDEFGHJKLMNPRSTUVWXYZ0123456789"  # no I, O, Q
MONTHS: Final = 6
UNPAID, LATE = 0.01, 0.015
BUYING: Final = 0.05
VACCINES: Final = ("卡介苗", "乙肝疫苗", "脊髓灰质炎疫苗", "百白破疫苗", "麻腮风疫苗")
DOSES: Final = (1, 30, 60, 90, 240)  # days after birth


def know_vehicles(population: Population, persons: Sequence[Known]) -> Iterator[Known]:
    """Whoever drives passengers has a car for it; the plates hold 演 and are nobody's."""
    chance, day = stream(population.seed, "kept vehicles"), population.day
    platforms = [unit.uscc for unit in population.units if unit.trade == "出行"]
    for person in persons:
        if not person["first_licensed_on"]:
            continue
        carries = person["profession"] == "网约车驾驶员"
        draws, fuel = chance.random(), FUELS.one(chance)
        if draws >= OWNING and not carries:
            continue
        fuel = "纯电动" if carries else fuel
        days = max(1, (day - person["first_licensed_on"]).days)
        vin = "LDEMO" + "".join(LETTERS[int(chance.random() * len(LETTERS))] for _ in range(4)) + f"{person['serial']:08d}"
        yield {
            **person, "plate_no": f"粤B演{person['serial']:05d}", "vin": vin,
            "vehicle_since": day - timedelta(days=int(chance.random() * min(days, 4400))), "fuel_type": fuel,
            "displacement_ml": 0 if fuel == "纯电动" else 1200 + 100 * int(chance.random() * 12),
            "vehicle_type": "小型轿车" if chance.random() < 0.7 else "小型普通客车", "use_nature": "预约出租客运" if carries else "非营运",
            "platform_uscc": platforms[person["serial"] % len(platforms)], "this_year": day.year,
        }  # fmt: skip


def know_dwellings(population: Population, persons: Sequence[Known]) -> Iterator[Known]:
    """Each dwelling that somebody lives in, is registered in or owns, once."""
    for known in persons:
        person = population.person(known["serial"])
        codes = (known["address_code"], person.hukou_house_code, *(house.house_code for house in person.houses))
        for code in dict.fromkeys(code for code in codes if code):
            yield {**known, **place(code)}


def know_houses(population: Population, persons: Sequence[Known]) -> Iterator[Known]:
    """Dwellings by whoever owns a share of them; one dwelling has one contract, whoever signed it."""
    numbers: dict[str, int] = {}
    for known in persons:
        for house in population.person(known["serial"]).houses:
            number = numbers.setdefault(house.house_code, len(numbers) + 1)
            yield {**known, "house": number, "house_code": house.house_code}


def know_leases(population: Population, persons: Sequence[Known]) -> Iterator[Known]:
    """Heads of households who live in what is not theirs rent it: from its owner where there is one on record."""
    chance = stream(population.seed, "kept leases")
    owners: dict[str, str] = {}
    for known in persons:
        for house in population.person(known["serial"]).houses:
            owners.setdefault(house.house_code, known["id_number"])
    landlords = list(dict.fromkeys(owners.values()))
    for known in persons:
        code = known["address_code"]
        if known["is_head"] and code and owners.get(code) != known["id_number"] and chance.random() < 0.5:
            lessor = owners.get(code) or landlords[int(chance.random() * len(landlords))]
            yield {**known, "lessor_id": lessor}


def know_births(population: Population, persons: Sequence[Known]) -> Iterator[Known]:
    """Children under eighteen, by each parent. What one of them alone may claim, the mother claims."""
    by_serial = {known["serial"]: known for known in persons}
    orders: dict[int, int] = {}
    for child in sorted(persons, key=lambda each: (each["birth_date"], each["serial"])):
        person = population.person(child["serial"])
        mother, father = by_serial.get(person.mother), by_serial.get(person.father)
        if child["age"] >= 18 or mother is None:
            continue
        order = orders[person.mother] = orders.get(person.mother, 0) + 1
        told = {
            "child_id": child["id_number"], "child_name": child["name"], "child_birth_date": child["birth_date"], "child_age": child["age"],
            "child_order": order, "mother_id": mother["id_number"], "father_id": father and father["id_number"],
            "birth_certificate_no": f"{child['birth_date']:%y}4403{child['serial']:07d}", "hospital": child["hospital"],
        }  # fmt: skip
        for parent in (mother, father):
            if parent is not None:
                yield {**parent, **told, "is_mother": parent is mother}


def know_doses(population: Population, persons: Sequence[Known]) -> Iterator[Known]:
    """What a child under seven was vaccinated with, by its own number."""
    for known in persons:
        if known["age"] < 7:
            for dose, (vaccine, days) in enumerate(zip(VACCINES, DOSES, strict=True), 1):
                given = known["birth_date"] + timedelta(days=days + known["serial"] % 9)
                if given <= population.day:
                    yield {**known, "vaccine": vaccine, "dose": dose, "given_on": given}


def know_months(population: Population, persons: Sequence[Known]) -> Iterator[Known]:
    """The months of the last half year in which somebody was insured with her employer; hardly any was paid late or not at all."""
    chance, months = stream(population.seed, "kept months"), list(_months_before(population.day))
    for known in persons:
        if known["employer_uscc"] is None:
            continue
        shared = {name: known[name] for name in ("serial", "id_number", "salary", "employer_uscc", "monthly_tax")}
        for year, month in months:
            if date(year, month, 28) < known["enrolled_on"]:
                continue
            fate = chance.random()
            yield {
                **shared, "month": f"{year}{month:02d}", "month_year": year, "paid_normal": fate >= UNPAID + LATE,
                "backpaid": UNPAID <= fate < UNPAID + LATE,
            }  # fmt: skip


def know_diplomas(population: Population, persons: Sequence[Known]) -> Iterator[Known]:
    for known in persons:
        for diploma in population.person(known["serial"]).diplomas:
            yield {
                **known, "school": diploma.school_name, "level": diploma.level, "graduated_on": diploma.graduated_on,
                "is_mainland": diploma.is_mainland,
            }  # fmt: skip


def know_purchases(population: Population, persons: Sequence[Known], firms: Sequence[Known]) -> Iterator[Known]:
    """What somebody bought of a trader of the city."""
    chance, number = stream(population.seed, "kept purchases"), 0
    sellers = [firm["uscc"] for firm in firms if firm["trade"] in {"贸易", "家居", "电子", "便利"}]
    for known in persons:
        if known["age"] >= 18 and chance.random() < BUYING:
            number += 1
            yield {**known, "purchase": number, "seller_uscc": sellers[int(chance.random() * len(sellers))]}


def _months_before(day: date) -> Iterator[tuple[int, int]]:
    """The months before that of the day, the earliest first."""
    last = day.year * 12 + day.month - 1
    for count in range(last - MONTHS, last):
        yield count // 12, count % 12 + 1

