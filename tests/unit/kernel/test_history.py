"""What the law said when: conditions that begin, change and are repealed; the day before and the day of each."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from miaopi.kernel.decision import Condition, Decision, Definition, Kind, Outcome, Repeal, decide
from miaopi.kernel.errors import DefinitionError, InputError
from miaopi.kernel.fact import Known
from tests.unit.kernel.allowance import (
    CONDITIONS,
    DAY,
    DEFINITION,
    GOOD,
    LAW,
    SETTINGS,
    codes,
    condition,
    without,
)

NEW_YEAR = date(2027, 1, 1)
EVE = date(2026, 12, 31)
OPEN = date(2028, 1, 1)
BANKED = replace(condition("banked", Kind.ELIGIBILITY, 'pay = "bank"', Outcome.REFUSE, "CASH"), published=date(2026, 1, 1))


def dated(*versions: Condition, repeals: tuple[Repeal, ...] = ()) -> Definition:
    return replace(DEFINITION, conditions=(*CONDITIONS, *versions), repeals=repeals)


def judged(definition: Definition, day: date, known_at: date | None = None, pay: str = "cash") -> Decision:
    return decide(definition, without(pay=Known(pay)), as_of=day, settings=SETTINGS, known_at=known_at)


def stands(decision: Decision) -> dict[str, bool | None]:
    return {result.id: result.value for result in decision.conditions}


def test_a_condition_binds_from_its_first_day_until_before_its_last() -> None:
    definition = dated(replace(BANKED, since=NEW_YEAR, until=OPEN))
    assert "banked" not in stands(judged(definition, EVE)) and judged(definition, EVE).outcome is Outcome.APPROVE
    assert stands(judged(definition, NEW_YEAR))["banked"] is False
    assert stands(judged(definition, date(2027, 12, 31)))["banked"] is False
    assert "banked" not in stands(judged(definition, OPEN))


def test_of_the_versions_of_a_condition_the_one_of_the_day_decides() -> None:
    changed = condition("banked", Kind.ELIGIBILITY, 'pay = "cash"', Outcome.SUPPLEMENT, "BANK")
    later = replace(changed, since=NEW_YEAR, published=date(2026, 12, 1))
    definition = dated(BANKED, later)
    assert codes(judged(definition, EVE)) == ["CASH"]
    assert codes(judged(definition, NEW_YEAR)) == []
    assert codes(judged(definition, NEW_YEAR, known_at=date(2026, 11, 30))) == ["CASH"]
    assert judged(definition, NEW_YEAR, known_at=date(2026, 12, 1)).outcome is Outcome.APPROVE
    assert [one.id for one in judged(definition, NEW_YEAR).conditions].count("banked") == 1


def test_a_repeal_ends_a_condition_and_explains_the_hole() -> None:
    repeal = Repeal("banked", NEW_YEAR, LAW, published=date(2026, 12, 1))
    definition = dated(BANKED, replace(BANKED, since=OPEN), repeals=(repeal,))
    days = (EVE, NEW_YEAR, date(2027, 12, 31), OPEN)
    assert [stands(judged(definition, day)).get("banked") for day in days] == [False, None, None, False]
    assert "banked" not in stands(judged(definition, NEW_YEAR))
    assert stands(judged(definition, NEW_YEAR, known_at=date(2026, 11, 30)))["banked"] is False
    assert repeal.until is None


def test_overlap_and_hole_in_the_history_of_a_condition_are_refused() -> None:
    first = replace(BANKED, until=NEW_YEAR)
    for second, said in ((EVE, "overlaps"), (OPEN, "nothing is in force")):
        with pytest.raises(DefinitionError, match=said):
            dated(first, replace(BANKED, since=second))
    with pytest.raises(DefinitionError, match="overlaps"):
        dated(BANKED, BANKED)
    with pytest.raises(DefinitionError, match="before it begins"):
        dated(replace(BANKED, since=NEW_YEAR, until=NEW_YEAR))
    with pytest.raises(DefinitionError, match="nothing of this id is the law before"):
        dated(repeals=(Repeal("banked", NEW_YEAR, LAW),))
    assert (BANKED.name, replace(BANKED, since=NEW_YEAR).name) == ("banked", "banked from 2027-01-01")


def test_who_is_refused_is_told_the_day_on_which_the_law_changes() -> None:
    repealed = dated(BANKED, repeals=(Repeal("banked", NEW_YEAR, LAW),))
    assert "as_of>=2027-01-01" in map(str, judged(repealed, DAY).would_change)
    assert decide(DEFINITION, without(birth=Known(date(1947, 6, 1))), as_of=DAY, settings=SETTINGS).would_change[0].value == NEW_YEAR


def test_a_day_without_law_names_the_parameter_and_its_first_day() -> None:
    with pytest.raises(InputError) as raised:
        decide(DEFINITION, GOOD, as_of=date(2019, 12, 31), settings=SETTINGS)
    assert "no value of min_age is in force on 2019-12-31. min_age begins on 2020-01-01" in str(raised.value)
    with pytest.raises(InputError) as raised:
        decide(DEFINITION, GOOD, as_of=DAY, settings=SETTINGS, known_at=date(2019, 12, 31))
    assert "by 2019-12-31 no value of min_age for 2026-11-23 was published. Choose a day from 2020-01-01" in str(raised.value)
