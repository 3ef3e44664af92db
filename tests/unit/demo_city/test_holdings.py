"""What registers hold of people beside who they are: in proportion, possible in time, and now and then in doubt."""

from __future__ import annotations

from collections import Counter
from datetime import date

import pytest

from demo_city.personas import find_personas
from demo_city.population.people import Person, age_on, years_on
from demo_city.population.units import credit_code
from tests.unit.demo_city.conftest import DAY
from tests.unit.demo_city.residents import city

pytestmark = pytest.mark.xdist_group("residents")
RANK = {"专科": 1, "本科": 2, "硕士": 3, "博士": 4}


def living() -> list[Person]:
    return [person for person in city().people if person.is_alive]


def share(part: int, whole: int) -> float:
    return 100 * part / whole


@pytest.mark.parametrize("seed", range(1, 41))
def test_a_graduate_and_an_elder_are_found_in_a_small_city_too(seed: int) -> None:
    found = {each.persona.code: each.person for each in find_personas(city(seed, 1500))}
    graduate, elder = found["graduate"], found["elder"]
    [diploma, *_] = sorted(graduate.diplomas, key=lambda each: each.graduated_on, reverse=True)
    assert not graduate.has_hukou_here and RANK[diploma.level] >= 2 and diploma.form == "全日制" and diploma.status == "有效"
    assert diploma.graduated_on <= DAY <= years_on(diploma.graduated_on, 2) and age_on(graduate.birth_date, DAY) <= 35
    assert not graduate.judgments and not graduate.listings and not graduate.talent_cases
    assert graduate.destination is not None and graduate.destination.in_national_plan and graduate.destination.directed == "否"
    assert elder.has_hukou_here and age_on(elder.birth_date, DAY) >= 70 and elder.allowance is None and elder.deaths is None
    assert elder.yinian_card is not None and elder.yinian_card.holder_id == elder.id_number


def test_as_many_went_to_college_as_were_counted() -> None:
    graduates = [person for person in living() if person.diplomas]
    assert share(len(graduates), len(living())) == pytest.approx(28.8, abs=3)
    young = [person for person in living() if 25 <= age_on(person.birth_date, DAY) < 30]
    old = [person for person in living() if age_on(person.birth_date, DAY) >= 60]
    assert sum(bool(each.diplomas) for each in young) / len(young) > 5 * sum(bool(each.diplomas) for each in old) / len(old)
    assert sum(len(person.diplomas) > 1 for person in graduates) > 100


def test_a_diploma_is_earned_at_an_age_and_in_an_order_that_can_be() -> None:
    for person in city().people:
        for one in person.diplomas:
            assert 20 <= one.graduated_on.year - person.birth_date.year <= 45 and one.graduated_on < DAY
        by_level = sorted(person.diplomas, key=lambda each: RANK[each.level])
        assert [each.graduated_on for each in by_level] == sorted(each.graduated_on for each in person.diplomas)
        numbers = {each.certificate_no for each in person.diplomas}
        assert {each.diploma_no for each in person.degrees} <= numbers


def test_every_kind_of_doubtful_schooling_occurs() -> None:
    diplomas = [(person, one) for person in city().people for one in person.diplomas]
    assert any(one.status == "撤销" for _, one in diplomas)
    assert any(not one.is_mainland for _, one in diplomas)
    assert any(one.name == person.former_name for person, one in diplomas)
    assert any(one.name not in {person.name, person.former_name} for person, one in diplomas)
    assert Counter(person.destination.directed for person in city().people if person.destination).keys() >= {"否", "定向", "委培"}
    bachelors = [(person, one) for person, one in diplomas if one.level == "本科"]
    without = [one for person, one in bachelors if one.certificate_no not in {each.diploma_no for each in person.degrees}]
    assert 0.03 < len(without) / len(bachelors) < 0.2


def test_a_credit_code_passes_its_checks() -> None:
    assert credit_code("MA500001").startswith("91440300MA500001")
    codes = [unit.uscc for unit in city().units]
    assert len(set(codes)) == len(codes)
    alphabet = "0123456789ABCDEFGHJKLMNPQRTUWXY"
    for code in codes:
        total = sum(alphabet.index(sign) * pow(3, place, 31) for place, sign in enumerate(code[:17]))
        assert alphabet[(31 - total % 31) % 31] == code[17]
        own = sum(int(sign, 36) * weight for sign, weight in zip(code[8:16], (3, 7, 9, 10, 5, 8, 4, 2), strict=True))
        assert code[16] == {10: "X", 11: "0"}.get(11 - own % 11, str(11 - own % 11))


def test_the_household_register_has_dates_that_can_be_and_some_that_were_copied_wrongly() -> None:
    for person in city().people:
        assert person.birth_date <= person.hukou_registered_on <= DAY, person.code
        assert (person.hukou_status == "迁出") is (person.hukou_moved_out_on is not None)
        if person.died_on:
            assert person.hukou_registered_on <= person.died_on
    wrong = [person for person in city().people if person.hukou_birth_date != person.birth_date]
    assert 0.1 < share(len(wrong), len(city().people)) < 1
    assert any(person.hukou_moved_out_on for person in city().people)


def test_the_old_have_cards_and_half_of_those_who_could_are_paid() -> None:
    elders = [person for person in living() if person.has_hukou_here and age_on(person.birth_date, DAY) >= 70]
    assert share(sum(person.allowance is not None for person in elders), len(elders)) == pytest.approx(50, abs=12)
    cards = [person.yinian_card for person in living() if person.yinian_card]
    assert {card.account_status for card in cards} >= {"正常", "挂失", "冻结"}
    assert any(person.yinian_card.holder_id != person.id_number for person in living() if person.yinian_card)
    for person in city().people:
        if person.allowance:
            first = max(years_on(person.birth_date, 70), date(2021, 3, 1))
            assert f"{first:%Y-%m}" <= person.allowance.active_since <= f"{DAY:%Y-%m}"
            assert (person.allowance.stopped_month is not None) is (person.died_on is not None)


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_three_hands_record_a_death_and_do_not_always_agree(seed: int) -> None:
    deaths = [(person, person.deaths) for person in city(seed).people if person.deaths]
    assert any(death.cancelled and not death.cremated_on for _, death in deaths)
    assert any(death.cancelled and death.certified and death.cancelled[0] != death.certified[0] for _, death in deaths)
    unnoticed = [person for person, _ in deaths if person.is_alive]
    assert all(person.hukou_status in {"正常", "迁出"} and not person.deaths.cancelled for person in unnoticed if person.deaths)
    assert unnoticed
    for _, death in deaths:
        for told in (death.cancelled, death.certified):
            assert told is None or told[0] <= told[1] <= DAY


def test_few_are_listed_and_some_have_been_taken_off() -> None:
    grown = [person for person in living() if age_on(person.birth_date, DAY) >= 18]
    in_force = Counter(one.kind for person in grown for one in person.listings if not one.removed_on)
    assert share(in_force["public"], len(grown)) == pytest.approx(0.72, abs=0.4)
    assert share(in_force["debtor"], len(grown)) == pytest.approx(0.36, abs=0.3)
    assert any(one.removed_on for person in grown for one in person.listings)


def test_an_introduction_is_of_somebody_with_a_diploma() -> None:
    cases = [(person, case) for person in city().people for case in person.talent_cases]
    assert {case.status for _, case in cases} == {"在办", "已核准", "已用", "失效"}
    for person, case in cases:
        assert person.diplomas and (case.status == "已用") is person.has_hukou_here
        if case.status == "失效":
            assert case.valid_to is not None and case.valid_to < DAY


def test_dwellings_belong_to_one_or_two_in_full() -> None:
    shares: Counter[str] = Counter()
    for person in city().people:
        for house in person.houses:
            shares[house.house_code] += house.share
            assert house.house_code.startswith("4403")
    assert len(shares) > 1000 and sum(total != 100 for total in shares.values()) < len(shares) / 50


def test_somebody_was_born_on_a_leap_day() -> None:
    assert any((person.birth_date.month, person.birth_date.day) == (2, 29) for person in living())
