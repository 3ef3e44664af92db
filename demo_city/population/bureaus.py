"""The registers of the bureaus beside the police: education, human resources, civil affairs, deaths, credit, real estate, a bank."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Final

from demo_city.population.people import Person, Population, age_on
from demo_city.population.regions import CITY_NAME, districts, streets
from demo_city.population.tables import Row, Table, stream

SERVED_FROM: Final = 55  # by civil affairs: sixty and older, also when the clock is put forward
GROWN: Final = 16


def bureau_registers(population: Population) -> Iterator[Table]:
    """In the order in which they can be filled."""
    people, day = population.people, population.day
    yield from _education(people)
    yield from _hr(people)
    yield from _civil_affairs(people, day)
    yield from _deaths(people)
    yield from _credit(people)
    yield from _real_estate(population)
    yield Table("bank", "accounts", ("account", "status"), _accounts(people))


def _education(people: list[Person]) -> Iterator[Table]:
    yield Table("education", "diplomas", (
        "certificate_no", "id_number", "name", "school_name", "level", "form", "major", "graduated_on", "status", "mainland",
    ), [
        (one.certificate_no, each.id_number, one.name, one.school_name, one.level, one.form, one.major, one.graduated_on, one.status,
         one.is_mainland)
        for each in people for one in each.diplomas
    ])  # fmt: skip
    yield Table("education", "degrees", (
        "certificate_no", "id_number", "degree_level", "degree_name", "conferred_on", "status", "diploma_no",
    ), [
        (one.certificate_no, each.id_number, one.level, one.name, one.conferred_on, one.status, one.diploma_no)
        for each in people for one in each.degrees
    ])  # fmt: skip
    yield Table("education", "destinations", (
        "id_number", "destination_type", "employer_name", "employer_uscc", "in_national_plan", "directed", "registered_on",
    ), [
        (each.id_number, to.kind, to.unit and to.unit.name, to.unit and to.unit.uscc, to.in_national_plan, to.directed, to.registered_on)
        for each in people if (to := each.destination)
    ])  # fmt: skip


def _hr(people: list[Person]) -> Iterator[Table]:
    yield Table("hr", "cases", ("case_no", "id_number", "district", "status", "approved_on", "valid_to"), [
        (case.case_no, each.id_number, case.district, case.status, case.approved_on, case.valid_to)
        for each in people for case in each.talent_cases
    ])  # fmt: skip
    yield Table("hr", "insured", ("id_number", "status", "enrolled_on", "employer_uscc"), [
        (each.id_number, insured.status, insured.enrolled_on, insured.unit.uscc) for each in people if (insured := each.insurance)
    ])


def _civil_affairs(people: list[Person], day: date) -> Iterator[Table]:
    yield Table("civil-affairs", "elders", ("id_number", "paid_elsewhere"), [
        (each.id_number, each.is_paid_elsewhere) for each in people if age_on(each.birth_date, day) >= SERVED_FROM or each.yinian_card
    ])
    yield Table("civil-affairs", "cards", (
        "id_number", "account_holder_id", "card_no_masked", "bank", "financial_account_status",
    ), [
        (each.id_number, card.holder_id, card.card_no_masked, card.bank, card.account_status)
        for each in people if (card := each.yinian_card)
    ])  # fmt: skip
    yield Table("civil-affairs", "allowances", ("id_number", "active_since", "stopped_month"), [
        (each.id_number, paid.active_since, paid.stopped_month) for each in people if (paid := each.allowance)
    ])


def _deaths(people: list[Person]) -> Iterator[Table]:
    buried = [(each.id_number, each.deaths) for each in people if each.deaths]
    yield Table("death", "numbers", ("id_number",), [(each.id_number,) for each in people])
    yield Table("death", "death_cancellation", ("id_number", "death_date", "cancelled_on"), [
        (number, *death.cancelled) for number, death in buried if death.cancelled
    ])
    yield Table("death", "death_certificate", ("id_number", "death_date", "issued_on"), [
        (number, *death.certified) for number, death in buried if death.certified
    ])
    yield Table("death", "cremation", ("id_number", "cremated_on"), [
        (number, death.cremated_on) for number, death in buried if death.cremated_on
    ])


def _credit(people: list[Person]) -> Iterator[Table]:
    yield Table("credit", "subjects", ("id_number",), [(each.id_number,) for each in people])
    yield Table("credit", "listings", ("id_number", "kind", "listed_on", "removed_on"), [
        (each.id_number, one.kind, one.listed_on, one.removed_on) for each in people for one in each.listings
    ])


def _real_estate(population: Population) -> Iterator[Table]:
    yield Table("real-estate", "shares", ("id_number", "house_code", "address", "use", "share", "police_station"), [
        (each.id_number, house.house_code, house.address, house.use, house.share, house.police_station)
        for each in population.people for house in each.houses
    ])  # fmt: skip
    yield Table("real-estate", "collectives", (
        "house_code", "kind", "unit_name", "uscc", "address", "capacity", "region_code", "police_station",
    ), list(_collectives(population)))  # fmt: skip
    yield Table("real-estate", "candidates", ("id_number", "district_code", "employer_uscc"), list(_candidates(population)))


def _collectives(population: Population) -> Iterator[Row]:
    """A talent market in each district, in its first subdistrict, and the units that have a household of their own, some of them full."""
    chance = stream(population.seed, "collectives")
    listed = [(code, None) for code in districts(with_hukou=True).choices]
    listed += [(unit.district_code, unit) for unit in population.units if unit.has_collective]
    for serial, (code, unit) in enumerate(listed, 1):
        street = streets(code)[0]
        name = unit.name if unit else f"示例市{street.district}演示人才市场"
        number = 1000 + serial
        yield (
            f"{street.code}{number:04d}010001", "单位" if unit else "人才市场", name, unit and unit.uscc,
            f"{CITY_NAME}{street.district}{street.name}演示路{number}号{'演示单位' if unit else '演示人才'}集体户",
            int(chance.random() * 30) if unit else 500 + int(chance.random() * 2000), code, street.police_station,
        )  # fmt: skip


def _candidates(population: Population) -> Iterator[Row]:
    """Grown people with their hukou elsewhere: the district they live in, or any, and who employs them."""
    chance = stream(population.seed, "candidates")
    for each in population.people:
        if each.is_alive and not each.has_hukou_here and age_on(each.birth_date, population.day) >= GROWN:
            drawn = districts(with_hukou=False).one(chance)
            district = each.registrations[-1].address_code[:6] if each.registrations else drawn
            yield (each.id_number, district, each.insurance.unit.uscc if each.insurance else None)


def _accounts(people: list[Person]) -> list[Row]:
    """Accounts that are not in order; one of all others is not asked who it is."""
    cards = {card.card_no_masked: card.account_status for each in people if (card := each.yinian_card) and card.account_status != "正常"}
    return list(cards.items())
