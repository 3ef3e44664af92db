"""The synthetic population: the same for the same seed, valid, in proportion, and made of families that could be."""

from __future__ import annotations

from collections import Counter, defaultdict
from datetime import date, timedelta
from itertools import pairwise

import pytest

from demo_city.personas import PERSONAS, find_personas
from demo_city.population.crime import HERE
from demo_city.population.generate import generate
from demo_city.population.people import age_on
from demo_city.population.regions import all_regions, county_today, full_name
from demo_city.population.registers import digest, registers
from demo_city.population.tables import read_table
from miaopi.apps.identity.api import check_id_number
from tests.unit.demo_city.conftest import DAY
from tests.unit.demo_city.residents import city

pytestmark = pytest.mark.xdist_group("residents")


def share(part: int, whole: int) -> float:
    return 100 * part / whole


def test_same_seed_and_day_give_the_same_bytes() -> None:
    first, again = (digest(registers(generate(people=3000, seed=7, day=DAY))) for _ in range(2))
    assert first == again
    assert first != digest(registers(generate(people=3000, seed=8, day=DAY)))


def test_every_number_is_valid_and_nobody_shares_one() -> None:
    people = city().people
    numbers = [person.id_number for person in people] + [person.earlier_number for person in people if person.earlier_number]
    assert len(set(numbers)) == len(numbers)
    for number in numbers:
        assert check_id_number(number, on=DAY) == number


def test_a_number_tells_birth_sex_and_a_region_of_its_time() -> None:
    in_force: dict[str, list[tuple[int, int]]] = defaultdict(list)
    for region in all_regions():
        in_force[region.code].append((region.from_year, region.to_year))
    for person in city().people:
        assert person.id_number[6:14] == f"{person.birth_date:%Y%m%d}"
        assert (int(person.id_number[16]) % 2 == 1) is (person.sex == "男")
        year = max(person.birth_date.year, 1985)
        assert any(first <= year < last for first, last in in_force[person.id_number[:6]]), person.code


def test_the_districts_add_up_to_the_residents_of_the_yearbook() -> None:
    rows = read_table("districts")
    assert sum(float(row["hukou"]) for row in rows) == pytest.approx(494.78)
    assert sum(float(row["other"]) for row in rows) == pytest.approx(849.10)


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_ages_sexes_and_hukou_are_as_counted(seed: int) -> None:
    living = [person for person in city(seed).people if person.is_alive]
    ages = [age_on(person.birth_date, DAY) for person in living]
    assert share(sum(age < 15 for age in ages), len(ages)) == pytest.approx(15.11, abs=0.3)
    assert share(sum(15 <= age < 60 for age in ages), len(ages)) == pytest.approx(79.53, abs=0.3)
    assert share(sum(age >= 60 for age in ages), len(ages)) == pytest.approx(5.36, abs=0.3)
    assert share(sum(age >= 65 for age in ages), len(ages)) == pytest.approx(3.22, abs=0.6)
    assert share(sum(person.sex == "男" for person in living), len(living)) == pytest.approx(55.04, abs=1.5)
    assert share(sum(person.has_hukou_here for person in living), len(living)) == pytest.approx(36.8, abs=2)


def test_names_have_the_lengths_and_kinds_of_the_country() -> None:
    names = [person.name for person in city().people]
    lengths = Counter(len(name) for name in names)
    assert share(lengths[2], len(names)) == pytest.approx(14, abs=2)
    assert share(lengths[3], len(names)) == pytest.approx(83, abs=2)
    assert share(sum("·" in name for name in names), len(names)) == pytest.approx(0.6, abs=0.3)
    assert any(ord(letter) > 0xFFFF for name in names for letter in name)
    assert not any("•" in name or "．" in name for name in names)
    han = sum(person.ethnicity == "汉族" for person in city().people)
    assert share(han, len(names)) == pytest.approx(94, abs=1.5)


def test_families_could_be() -> None:
    population = city()
    children: dict[int, list[date]] = defaultdict(list)
    for person in population.people:
        if person.spouse:
            spouse = population.person(person.spouse)
            assert spouse.spouse == person.serial and spouse.sex != person.sex and spouse.household == person.household
            assert age_on(person.birth_date, DAY) >= (22 if person.sex == "男" else 20)
        for parent, sex in ((person.mother, "女"), (person.father, "男")):
            if parent:
                other = population.person(parent)
                assert other.sex == sex and 19 <= age_on(other.birth_date, person.birth_date) <= 60
                assert other.household == person.household and other.died_on is None
        if person.mother and age_on(person.birth_date, DAY) < 22:
            assert age_on(population.person(person.mother).birth_date, person.birth_date) < 42
            children[person.mother].append(person.birth_date)
        if person.mother and person.father:
            surnames = {population.person(person.mother).surname, population.person(person.father).surname}
            assert person.surname in surnames or not person.surname or "" in surnames
    for births in children.values():
        assert all(later - earlier >= timedelta(days=300) for earlier, later in pairwise(sorted(births)))
    orphans = [person for person in population.people if age_on(person.birth_date, DAY) < 15 and not person.mother]
    assert orphans == []


def test_every_household_has_one_head() -> None:
    households: dict[int, list[str]] = defaultdict(list)
    for person in city().people:
        households[person.household].append(person.relation)
    assert all(relations.count("户主") == 1 and relations.count("配偶") <= 1 for relations in households.values())


def test_whoever_has_hukou_elsewhere_is_at_home_in_a_county_that_stands() -> None:
    today = {region.code: region for region in all_regions() if region.to_year == 9999}
    for person in city().people:
        if person.has_hukou_here:
            assert person.hukou_region_code.startswith("4403") and person.permit is None
        else:
            assert person.hukou_region_code in today and not person.hukou_region_code.startswith("4403")
            assert person.hukou_address.startswith(full_name(person.hukou_region_code)) and "演示" in person.hukou_address


def test_a_code_that_ended_leads_to_where_its_area_lies_today() -> None:
    assert county_today("110103").code == "110101"
    assert full_name("441882") == "广东省清远市连州市"


def test_registrations_follow_each_other_and_permits_follow_residence() -> None:
    expired = 0
    for person in city().people:
        for earlier, later in pairwise(person.registrations):
            assert earlier.move_out_on == later.move_in_on and earlier.settled_on == later.settled_on
        for at in person.registrations:
            assert person.birth_date <= at.settled_on <= at.move_in_on <= DAY
            assert at.move_out_on is None or at.move_in_on <= at.move_out_on <= DAY
        if person.permit:
            assert person.permit.valid_from >= person.registrations[-1].settled_on + timedelta(days=183)
            assert (person.permit.endorsed_to >= DAY) is (person.permit.status == "有效")
            expired += person.permit.status != "有效"
    assert expired > 100


def test_the_dead_were_born_before_they_died_and_have_no_valid_card() -> None:
    dead = [person for person in city().people if person.life_status == "死亡"]
    assert share(len(dead), len(city().people)) == pytest.approx(1.2, abs=0.1)
    for person in dead:
        assert person.died_on is not None and person.birth_date < person.died_on < DAY
        assert person.hukou_status == "注销" and person.card_status in {None, "注销"}


def test_few_have_two_numbers_and_those_contradict() -> None:
    doubled = [person for person in city().people if person.earlier_number]
    assert 1 <= len(doubled) <= 20
    assert all(person.earlier_birth_date != person.birth_date for person in doubled)


def test_every_kind_of_history_occurs() -> None:
    people = [person for person in city().people if person.is_alive and age_on(person.birth_date, DAY) >= 20]
    seen: Counter[str] = Counter()
    for person in people:
        for case in person.judgments:
            young = age_on(person.birth_date, case.crime_on) < 18
            seen[f"{case.court_status}{' young' if young and case.effective else ''}"] += 1
            assert case.crime_on <= case.uploaded_on <= DAY
        seen["answered"] += bool(person.answers)
        assert all(answer.queried_at.tzinfo is HERE for answer in person.answers)
    assert set(seen) == {"convicted", "convicted young", "case_withdrawn", "not_prosecuted", "clean", "uncertain", "answered"}


@pytest.mark.parametrize("seed", range(1, 9))
def test_all_personas_are_found_on_every_seed(seed: int) -> None:
    found = find_personas(city(seed))
    assert [each.persona.code for each in found] == [persona.code for persona in PERSONAS]
    assert len({each.person.serial for each in found}) == len(PERSONAS)
    worker = found[0].person
    assert not worker.has_hukou_here and worker.permit and worker.permit.endorsed_to > DAY and not worker.judgments
    assert worker.registrations[-1].settled_on <= date(2026, 5, 23)


def test_a_city_of_a_handful_is_refused() -> None:
    with pytest.raises(ValueError, match="at least 200"):
        generate(people=12, seed=1, day=DAY)
