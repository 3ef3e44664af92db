"""What is known of a person and of a whole population, before agencies divide it among themselves."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime

from demo_city.population.holdings import (
    Allowance,
    Deaths,
    Degree,
    Destination,
    Diploma,
    House,
    Insurance,
    Listing,
    TalentCase,
    Unit,
    YinianCard,
)


@dataclass(slots=True)
class Registration:
    """A residence registration (居住登记); `settled_on` begins the unbroken residence in the city that it continues."""

    address_code: str
    address: str
    police_station: str
    settled_on: date
    move_in_on: date
    move_out_on: date | None = None


@dataclass(slots=True)
class Permit:
    """A residence permit (居住证), endorsed (签注) a year at a time."""

    permit_no: str
    valid_from: date
    endorsed_to: date
    status: str


@dataclass(slots=True)
class Judgment:
    """What courts and prosecutors sent to the police about one case."""

    crime_on: date
    sentence_months: int
    effective: bool
    court_status: str
    uploaded_on: date


@dataclass(slots=True)
class Answer:
    """What the police answered earlier about somebody."""

    condition_met: str
    queried_at: datetime


@dataclass(slots=True, repr=False)
class Person:
    """One citizen (演示). Relatives are serials, 0 for none known. Shown by her serial alone: numbers are for no log."""

    serial: int
    sex: str
    birth_date: date
    has_hukou_here: bool
    ethnicity: str = "汉族"
    surname: str = ""
    name: str = ""
    former_name: str | None = None
    id_number: str = ""
    earlier_number: str | None = None
    earlier_birth_date: date | None = None
    life_status: str = "正常"
    died_on: date | None = None
    household: int = 0
    relation: str = "户主"
    father: int = 0
    mother: int = 0
    spouse: int = 0
    hukou_region_code: str = ""
    hukou_address: str = ""
    hukou_police_station: str = ""
    household_type: str = "家庭户"
    hukou_status: str = "正常"
    hukou_house_code: str = ""
    hukou_birth_date: date = date.min
    hukou_registered_on: date = date.min
    hukou_moved_out_on: date | None = None
    is_paid_elsewhere: bool = False
    card_valid_to: date | None = None
    card_status: str | None = None
    mobile: str = ""
    account_name: str = ""
    sign_in_code: str = ""
    registrations: list[Registration] = field(default_factory=list)
    permit: Permit | None = None
    judgments: list[Judgment] = field(default_factory=list)
    answers: list[Answer] = field(default_factory=list)
    diplomas: list[Diploma] = field(default_factory=list)
    degrees: list[Degree] = field(default_factory=list)
    destination: Destination | None = None
    talent_cases: list[TalentCase] = field(default_factory=list)
    insurance: Insurance | None = None
    listings: list[Listing] = field(default_factory=list)
    yinian_card: YinianCard | None = None
    allowance: Allowance | None = None
    deaths: Deaths | None = None
    houses: list[House] = field(default_factory=list)

    def __repr__(self) -> str:
        return f"<{self.code}>"

    @property
    def code(self) -> str:
        return f"p{self.serial:06d}"

    @property
    def is_alive(self) -> bool:
        return self.life_status == "正常"


@dataclass(slots=True)
class Population:
    """Everybody, by serial from 1, as of `day`, and the units that employ them."""

    seed: int
    day: date
    people: list[Person]
    units: list[Unit]

    def person(self, serial: int) -> Person:
        return self.people[serial - 1]


def age_on(birth: date, day: date) -> int:
    """Completed years; somebody born on 29 February is a year older on 28 February of a common year."""
    had = (day.month, day.day) >= (birth.month, birth.day) or (
        (birth.month, birth.day) == (2, 29) and (day.month, day.day) == (2, 28) and not _is_leap(day.year)
    )
    return day.year - birth.year - (0 if had else 1)


def years_on(day: date, years: int) -> date:
    """The same day so many years later or earlier; 28 February where there is no 29th."""
    try:
        return day.replace(year=day.year + years)
    except ValueError:
        return day.replace(year=day.year + years, day=28)


def _is_leap(year: int) -> bool:
    return year % 4 == 0 and (year % 100 != 0 or year % 400 == 0)
