"""Agencies of the graduate and of the elder that are down, contradict each other or come back after midnight (Show 4)."""

from __future__ import annotations

import random
from collections.abc import Iterator
from datetime import datetime, time, timedelta

import pytest

from demo_city.gateways import CONFIG, folder_of
from miaopi.config import clock
from miaopi.kernel.calendar import LEGAL_ZONE, add_months, compute_legal_day
from tests.journey.cities import City
from tests.journey.registers import clean_elders, clean_graduates, let_graduate, register
from tests.journey.visitors import Seen, Visitor

GRADUATE, ELDER = "hukou-graduate", "old-age-allowance"
NEEDED = [
    *((GRADUATE, agency) for agency in ("population", "education", "hr", "credit", "real-estate", "criminal")),
    *((ELDER, agency) for agency in ("population", "civil-affairs", "death")),
]
EVENING, TO_MORNING = time(20), 5 * 60  # in minutes: past midnight, whenever the evening began
People = dict[str, Iterator[int]]


@pytest.fixture
def city(city_to_break: City) -> City:
    return city_to_break


@pytest.fixture(scope="module")
def people(_city_to_break: City) -> People:
    """Serials of graduates and of elders in whose way nothing stands; each is handed out once, for a second case would meet the first."""
    home, chance = _city_to_break.home, random.Random(3)
    return {GRADUATE: iter(clean_graduates(home, chance, 10)), ELDER: iter(clean_elders(home, chance, 5))}


def apply(city: City, service: str, serial: int) -> Seen:
    return Visitor(str(city.what["base_url"]), f"p{serial:06d}", service).apply()


@pytest.mark.parametrize(("service", "agency"), NEEDED)
def test_an_agency_that_a_condition_needs_makes_it_wait_and_never_approve(
    city: City, people: People, service: str, agency: str
) -> None:
    city.agency(agency, "down")
    assert apply(city, service, next(people[service])).outcome == "wait"


@pytest.mark.parametrize(("service", "agency"), [(GRADUATE, "education"), (ELDER, "civil-affairs"), (ELDER, "population")])
def test_an_agency_that_contradicts_itself_refers_to_a_person(city: City, people: People, service: str, agency: str) -> None:
    city.agency(agency, "conflict")
    assert apply(city, service, next(people[service])).outcome == "refer"


def test_an_agency_reads_in_its_own_log_what_its_gateway_let_out_for_an_application(city: City, people: People) -> None:
    config = str(folder_of(city.home, "real-estate") / CONFIG)
    before = len(city.verb("gateway", "log", "--config", config)["entries"])
    assert apply(city, GRADUATE, next(people[GRADUATE])).outcome == "approve"
    told = city.verb("gateway", "log", "--config", config)
    asked = [(entry["resource"], entry["service"], entry["outcome"], bool(entry["receipt"])) for entry in told["entries"][before:]]
    assert told["whole"] and ("hukou_collective", GRADUATE, "answered", True) in asked


def test_a_certain_refusal_does_not_wait_for_who_is_not_needed(city: City) -> None:
    city.agency("death", "down")
    with register(city.home, "population") as database:
        row = database.execute(
            "SELECT p.serial FROM kept.people p JOIN kept.population_basic b USING (id_number) JOIN kept.hukou h USING (serial)"
            " WHERE b.life_status = '正常' AND b.identity_count = 1 AND h.hukou_region_code NOT LIKE '4403%%'"
            " AND h.birth_date = b.birth_date AND b.birth_date < current_date - interval '30 years' ORDER BY p.serial LIMIT 1"
        ).fetchone()
    assert row is not None
    seen = apply(city, ELDER, row["serial"])
    assert seen.outcome == "refuse"
    shown = city.verb("application", "show", seen.number, "--as", f"p{row['serial']:06d}")
    assert "OAA-02" in [reason["code"] for reason in shown["reasons"]]


def minutes_to_evening() -> int:
    """Until eight in the evening of tomorrow in the city, or a day later where that is 29 February: two years before, no day has its
    number. What is done then is done on one day, at whatever hour the test runs."""
    now = clock.now().astimezone(LEGAL_ZONE)
    day = now.date() + timedelta(days=1)
    if (day.month, day.day) == (2, 29):
        day += timedelta(days=1)
    return int((datetime.combine(day, EVENING, LEGAL_ZONE) - now).total_seconds()) // 60


def test_what_waited_over_midnight_is_decided_by_the_rules_of_its_filing_date(city: City, people: People) -> None:
    """Two graduates of one day: for one it is the last day of the period when she files; the other files a day later."""
    in_time, too_late = next(people[GRADUATE]), next(people[GRADUATE])
    ahead = minutes_to_evening()
    last_day = compute_legal_day(clock.now() + timedelta(minutes=ahead))
    for serial in (in_time, too_late):
        let_graduate(city.home, serial, on=add_months(last_day, -24))
    city.agency("credit", "down")
    try:
        city.verb("city", "clock", f"+PT{ahead}M")
        waiting = apply(city, GRADUATE, in_time)
        assert waiting.outcome == "wait"
        city.verb("city", "clock", f"+PT{ahead + TO_MORNING}M")
        city.agency("credit", "up")
        refused = apply(city, GRADUATE, too_late)
        shown = city.verb("application", "show", refused.number, "--as", f"p{too_late:06d}")
        assert (refused.outcome, [reason["code"] for reason in shown["reasons"]]) == ("refuse", ["HKG-04"])
        shown = city.when_decided(waiting.number, f"p{in_time:06d}", "approve")
        assert (shown["outcome"], shown["reasons"]) == ("approve", [])
    finally:
        city.verb("city", "clock", "reset")
