"""Where everybody is registered: hukou here or at home, residence registrations with their moves, permits with their endorsements."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import date, timedelta
from random import Random
from typing import Final

from demo_city.population.people import Permit, Person, Registration, age_on, years_on
from demo_city.population.regions import CITY_NAME, Street, county_today, districts, full_name, streets
from demo_city.population.tables import stream

REGISTERED: Final = 0.96  # of those whose hukou is elsewhere
APART: Final = 0.30  # of those with hukou here who live at another address of the city (人户分离)
LEFT: Final = 0.02
WITH_PERMIT: Final = 0.82
EXPIRED: Final = 0.09
COLLECTIVE: Final = 0.10  # of those alone in a household with hukou here


def settle(seed: int, people: list[Person], day: date) -> None:
    chance = stream(seed, "residence")
    households: dict[int, list[Person]] = defaultdict(list)
    for person in people:
        households[person.household].append(person)
    for members in households.values():
        _settle_household(chance, members, day)


def _settle_household(chance: Random, members: list[Person], day: date) -> None:
    head = next((person for person in members if person.relation == "户主"), members[0])
    home = _draw_dwelling(chance, with_hukou=head.has_hukou_here)
    dwelling = home if not head.has_hukou_here or chance.random() >= APART else _draw_dwelling(chance, with_hukou=False)
    is_collective = len(members) == 1 and head.has_hukou_here and chance.random() < COLLECTIVE
    arrived = day - timedelta(days=int(chance.expovariate(1 / 1500)) + 1)
    village = int(chance.random() * 12) + 1
    for person in members:
        _give_hukou(person, home, village, is_collective=is_collective)
        if person.is_alive:
            own = max(arrived + timedelta(days=int(chance.random() * 200)) if person is not head else arrived, person.birth_date)
            _register(chance, person, dwelling, min(own, day - timedelta(days=1)), day, is_apart=dwelling is not home)


@dataclass(frozen=True, slots=True)
class Dwelling:
    """A flat of the city. Its road is called 演示路, so that no address is anybody's."""

    street: Street
    number: int
    building: int
    room: int

    @property
    def address(self) -> str:
        return f"{CITY_NAME}{self.street.district}{self.street.name}演示路{self.number}号{self.building}栋{self.room}"

    @property
    def code(self) -> str:
        return f"{self.street.code}{self.number:04d}{self.building:02d}{self.room:04d}"


def _draw_dwelling(chance: Random, *, with_hukou: bool) -> Dwelling:
    listed = streets(districts(with_hukou=with_hukou).one(chance))
    street = listed[int(chance.random() * len(listed))]
    room = 101 + 100 * int(chance.random() * 30) + int(chance.random() * 8)
    return Dwelling(street, 1 + int(chance.random() * 300), 1 + int(chance.random() * 30), room)


def _give_hukou(person: Person, home: Dwelling, village: int, *, is_collective: bool) -> None:
    """Here at the household's address; elsewhere in the county that her number tells, as that county is called today."""
    street = home.street
    if person.has_hukou_here:
        person.hukou_region_code = street.district_code
        person.hukou_police_station = street.police_station
        person.household_type = "集体户" if is_collective else "家庭户"
        person.hukou_address = f"{CITY_NAME}{street.district}{street.name}演示人才集体户" if is_collective else home.address
        person.hukou_house_code = "" if is_collective else home.code
    else:
        county = county_today(person.id_number[:6])
        person.hukou_region_code = county.code
        person.hukou_address = f"{full_name(county.code)}演示镇演示村{village}组"
        person.hukou_police_station = f"{county.name}公安局演示派出所"
    if not person.is_alive:
        person.hukou_status = "注销"


def _register(
    chance: Random, person: Person, place: Dwelling, settled: date, day: date, *, is_apart: bool
) -> None:
    if person.has_hukou_here and not is_apart:
        return
    if not person.has_hukou_here and chance.random() >= REGISTERED:
        return
    days = (day - settled).days
    if days > 400 and chance.random() < 0.35:  # moved within the city without leaving it
        moved = settled + timedelta(days=int(days * (0.2 + 0.75 * chance.random())))
        former = _draw_dwelling(chance, with_hukou=False)
        person.registrations.append(_registration(former, settled, settled, moved))
        person.registrations.append(_registration(place, settled, moved, None))
    else:
        left = settled + timedelta(days=int(days * chance.random())) if days > 60 and chance.random() < LEFT else None
        person.registrations.append(_registration(place, settled, settled, left))
    if not person.has_hukou_here and age_on(person.birth_date, day) >= 16:
        _endorse(chance, person, day)


def _registration(place: Dwelling, settled: date, since: date, until: date | None) -> Registration:
    return Registration(place.code, place.address, place.street.police_station, settled, since, until)


def _endorse(chance: Random, person: Person, day: date) -> None:
    """居住证暂行条例 第二条: half a year of residence first; 第十条: endorsed once a year."""
    current = person.registrations[-1]
    first = current.settled_on + timedelta(days=183 + int(chance.random() * 90))
    if first >= day or chance.random() >= WITH_PERMIT:
        return
    years = 1
    while years_on(first, years) < day:
        years += 1
    is_lapsed = years > 1 and (current.move_out_on is not None or chance.random() < EXPIRED)
    until = years_on(first, years - 1 if is_lapsed else years)
    status = "注销" if is_lapsed and current.move_out_on else "过期" if is_lapsed else "有效"
    person.permit = Permit(f"R4403{person.serial:08d}{int(chance.random() * 100):02d}", first, until, status)
