"""Seven people everybody can play, found in the population on each seed: each is the first who meets her description.

Nobody is planted. Where the registers of this city do not say yet what makes a persona (a shop, a driving licence), her description is
what they do say; docs/explanation/demo-city.md lists all of them.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final

from demo_city.population.people import Person, Population, age_on

HALF_A_YEAR: Final = timedelta(days=184)
FRESH: Final = timedelta(days=548)  # within two years, also half a year from now
Answers = Mapping[str, Mapping[str, str]]


@dataclass(frozen=True, slots=True)
class Persona:
    """`answers` is what she would type, by service and fact; `may` is what can be tried as her, in two languages."""

    code: str
    role: tuple[str, str]
    may: tuple[str, str]
    answers: Answers
    is_she: Callable[[Person, Population], bool]


@dataclass(frozen=True, slots=True)
class Found:
    """A persona and the person who is her in this city."""

    persona: Persona
    person: Person

    def to_json(self) -> dict[str, object]:
        return {
            "code": self.persona.code,
            "serial": self.person.code,
            "name": self.person.name,
            "role": {"zh": self.persona.role[0], "en": self.persona.role[1]},
            "sign_in_code": self.person.sign_in_code,
            "try": {"zh": self.persona.may[0], "en": self.persona.may[1]},
            "answers": {slug: dict(given) for slug, given in self.persona.answers.items()},
        }


def find_personas(population: Population) -> tuple[Found, ...]:
    """In the order of PERSONAS, no person twice. A very small city may lack some of them."""
    found: list[Found] = []
    for persona in PERSONAS:
        taken = {each.person.serial for each in found}
        person = next((each for each in population.people if each.serial not in taken and persona.is_she(each, population)), None)
        if person is not None:
            found.append(Found(persona, person))
    return tuple(found)


def _is_plain(person: Person, day: date, *, youngest: int, oldest: int) -> bool:
    """Alive, of that age, with one number, a valid card, and no case of any kind."""
    return (
        person.is_alive
        and youngest <= age_on(person.birth_date, day) <= oldest
        and person.earlier_number is None
        and person.card_status == "有效"
        and not person.judgments
        and not person.answers
    )


def _has_lived_here(person: Person, day: date, months: int) -> bool:
    last = person.registrations[-1] if person.registrations else None
    return last is not None and last.move_out_on is None and last.settled_on + timedelta(days=31 * months) <= day


def _has_permit(person: Person, day: date) -> bool:
    """Endorsed for half a year at least, so that she can still be played when the clock is put forward."""
    return person.permit is not None and person.permit.status == "有效" and person.permit.endorsed_to >= day + HALF_A_YEAR


def _worker(person: Person, city: Population) -> bool:
    return (
        not person.has_hukou_here
        and _is_plain(person, city.day, youngest=22, oldest=45)
        and _has_lived_here(person, city.day, 6)
        and _has_permit(person, city.day)
    )


def _graduate(person: Person, city: Population) -> bool:
    """Nothing stands in the way of her hukou, nor will in half a year: the rules of the service, read by hand."""
    return (
        not person.has_hukou_here
        and person.hukou_status == "正常"
        and person.hukou_birth_date == person.birth_date
        and _is_plain(person, city.day, youngest=20, oldest=34)
        and _has_fresh_degree(person, city.day)
        and person.destination is not None
        and person.destination.in_national_plan
        and person.destination.directed == "否"
        and not person.talent_cases
        and not person.listings
    )


def _has_fresh_degree(person: Person, day: date) -> bool:
    """Her highest diploma: full-time, at home, a bachelor's at least, of the last year and a half, valid as its degree is, in her name."""
    if not person.diplomas:
        return False
    latest = max(person.diplomas, key=lambda each: each.graduated_on)
    return (
        latest.level in {"本科", "硕士", "博士"}
        and latest.form == "全日制"
        and latest.is_mainland
        and latest.status == "有效"
        and latest.graduated_on >= day - FRESH
        and latest.name in {person.name, person.former_name}
        and any(degree.diploma_no == latest.certificate_no and degree.status == "有效" for degree in person.degrees)
    )


def _elder(person: Person, city: Population) -> bool:
    """Of seventy and more, with her hukou and a card of her own in order, whom no place pays yet and no list holds dead."""
    card = person.yinian_card
    return (
        person.has_hukou_here
        and person.hukou_status == "正常"
        and person.hukou_birth_date == person.birth_date
        and _is_plain(person, city.day, youngest=70, oldest=99)
        and card is not None
        and card.account_status == "正常"
        and card.holder_id == person.id_number
        and person.allowance is None
        and person.deaths is None
        and not person.is_paid_elsewhere
    )


def _shopkeeper(person: Person, city: Population) -> bool:
    return (
        not person.has_hukou_here
        and bool(person.spouse)
        and _is_plain(person, city.day, youngest=30, oldest=55)
        and _has_lived_here(person, city.day, 36)
    )


def _founder(person: Person, city: Population) -> bool:
    return person.has_hukou_here and _is_plain(person, city.day, youngest=28, oldest=45)


def _traveller(person: Person, city: Population) -> bool:
    return person.is_alive and person.card_status in {"挂失", "过期"} and age_on(person.birth_date, city.day) >= 18 and not person.judgments


def _driver(person: Person, city: Population) -> bool:
    return (
        not person.has_hukou_here
        and _is_plain(person, city.day, youngest=25, oldest=55)
        and _has_lived_here(person, city.day, 36)
        and _has_permit(person, city.day)
    )


CERTIFICATE: Final = "no-criminal-record"
HUKOU: Final = "hukou-graduate"
ALLOWANCE: Final = "old-age-allowance"
TRY_CERTIFICATE: Final = "申请无犯罪记录证明"


def _certificate(purpose: str) -> Answers:
    return {CERTIFICATE: {"purpose": purpose}}


PERSONAS: Final[tuple[Persona, ...]] = (
    Persona(
        "worker",
        ("来深务工人员：外地户籍，居住证有效，居住满半年", "Worker: hukou elsewhere, valid permit, resident for half a year"),
        (f"{TRY_CERTIFICATE}，应即时通过", "Apply for the certificate of no criminal record: approved at once"),
        _certificate("employment"), _worker,
    ),
    Persona(
        "graduate",
        ("毕业生：外地户籍，全日制本科以上，毕业未满两年", "Graduate: hukou elsewhere, full-time bachelor or above, within two years"),
        (
            "申请应届毕业生落户：当场核准，预约派出所，核对两件原件后户口迁入",
            "Apply for hukou as a graduate: approved at once; book a police station, show two papers, and the hukou moves",
        ),
        {**_certificate("employment"), HUKOU: {"landing_type": "talent_market"}}, _graduate,
    ),
    Persona(
        "elder",
        ("老人：本市户籍，满70周岁，有颐年卡，尚未领津贴", "Elder: hukou in the city, seventy or older, a card, no allowance yet"),
        ("申请高龄老人津贴：当场核准，每月到账", "Apply for the old-age allowance: approved at once, paid every month"),
        {**_certificate("notary"), ALLOWANCE: {}}, _elder,
    ),
    Persona(
        "shopkeeper",
        ("店主：外地户籍，已婚，在本市居住满三年", "Shopkeeper: hukou elsewhere, married, resident for three years"),
        (f"{TRY_CERTIFICATE}", "Apply for the certificate"),
        _certificate("qualification"), _shopkeeper,
    ),
    Persona(
        "founder",
        ("创业者：本市户籍，28至45周岁", "Founder: hukou in the city, 28 to 45"),
        (f"{TRY_CERTIFICATE}，应即时通过", "Apply for the certificate: approved at once"),
        _certificate("abroad"), _founder,
    ),
    Persona(
        "traveller",
        ("旅客：身份证已挂失或过期", "Traveller: identity card lost or expired"),
        (f"{TRY_CERTIFICATE}；身份证状态不影响办理", "Apply for the certificate; the card's status does not matter"),
        _certificate("abroad"), _traveller,
    ),
    Persona(
        "driver",
        ("司机：外地户籍，居住证有效，居住满三年", "Driver: hukou elsewhere, valid permit, resident for three years"),
        (f"{TRY_CERTIFICATE}，应即时通过", "Apply for the certificate: approved at once"),
        _certificate("qualification"), _driver,
    ),
)
