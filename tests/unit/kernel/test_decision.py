"""The nine lines of the precedence, one after the other, and what a decision says."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import FrozenInstanceError, fields, is_dataclass, replace
from datetime import date, datetime, timedelta
from decimal import Decimal
from types import ModuleType
from typing import Any

import pytest

from miaopi.kernel import receipt
from miaopi.kernel.decision import (
    Approve,
    Basis,
    Condition,
    DatedValue,
    Derived,
    Kind,
    Outcome,
    Parameter,
    Wait,
    case,
    decide,
    definition,
    outcomes,
    precedence,
)
from miaopi.kernel.decision.case import conforms
from miaopi.kernel.decision.outcomes import Change, to_plain
from miaopi.kernel.errors import DefinitionError, InputError
from miaopi.kernel.expr import Type, compile
from miaopi.kernel.fact import Disputed, Doubt, Fact, Known, Unknown
from miaopi.kernel.ledger import canonical_json
from miaopi.kernel.wording import Text
from tests.unit.kernel.allowance import (
    AWAY,
    CONDITIONS,
    DAY,
    DEFINITION,
    EXHAUSTED,
    GOOD,
    LAW,
    NONE,
    SETTINGS,
    SILENT,
    codes,
    condition,
    decided,
    feel,
    reason,
    said,
    spec,
    without,
)

CONFLICT, STALE, UNPROVEN = Unknown(Doubt.CONFLICT), Unknown(Doubt.STALE), Unknown(Doubt.UNPROVEN)
YOUNG = Known(date(1990, 3, 1))

LINES: list[tuple[str, dict[str, Fact], Outcome, list[str]]] = [
    ("1 a regime that does not apply redirects, whatever else fails", without(unit=Known(True), birth=YOUNG, known=Known(False)),
     Outcome.REDIRECT, ["PERSON"]),
    ("1 a regime nobody can name goes on to the next lines", without(unit=UNPROVEN, birth=YOUNG), Outcome.REFUSE, ["OLD"]),
    ("2 an identity that fails refers, though another condition would refuse", without(known=Known(False), birth=YOUNG),
     Outcome.REFER, ["IDENTITY"]),
    ("2 an identity in conflict refers", without(known=CONFLICT, birth=YOUNG), Outcome.REFER, ["SRC-CONFLICT"]),
    ("2 an identity silent past patience refers", without(known=EXHAUSTED, birth=YOUNG), Outcome.REFER, ["SRC-EXHAUSTED"]),
    ("2 an identity nobody was asked for refers", without("known"), Outcome.REFER, ["SRC-UNPROVEN"]),
    ("3 a certain failure refuses whatever else is unknown", without(birth=YOUNG, record=SILENT, quota=CONFLICT), Outcome.REFUSE, ["OLD"]),
    ("3 all that failed is told", without(birth=YOUNG, region=Known("1"), since=NONE), Outcome.REFUSE, ["OLD", "RESIDENT"]),
    ("3 nobody is refused while her identity is still being asked", without(known=SILENT, birth=YOUNG),
     Outcome.WAIT, ["SRC-UNAVAILABLE"]),
    ("4 a curable defect asks for a supplement, though a source is silent", without("pay", record=SILENT),
     Outcome.SUPPLEMENT, ["PAID"]),
    ("4 every defect is named at once", without("pay", agreed=Known(False)), Outcome.SUPPLEMENT, ["PAID", "TOLD"]),
    ("5 silence within patience waits", without(quota=SILENT), Outcome.WAIT, ["SRC-UNAVAILABLE"]),
    ("5 a fact not asked because of that silence does not stand in the way", without("record", quota=SILENT),
     Outcome.WAIT, ["SRC-UNAVAILABLE"]),
    ("5 nor one whose guard waits for it", without("record", region=SILENT), Outcome.WAIT, ["SRC-UNAVAILABLE"]),
    ("5 nor those nobody asks before it is known who she is", without("birth", "region", "record", known=SILENT),
     Outcome.WAIT, ["SRC-UNAVAILABLE"]),
    ("6 silence past patience refers", without(quota=EXHAUSTED), Outcome.REFER, ["SRC-EXHAUSTED"]),
    ("6 silence beside another doubt refers", without(quota=SILENT, notice=STALE), Outcome.REFER, ["SRC-STALE"]),
    ("6 a hit goes to a person", without(record=Known("hit")), Outcome.REFER, ["CLEAN"]),
    ("6 a hit goes to a person though a source is silent", without(record=Known("hit"), quota=SILENT), Outcome.REFER, ["CLEAN"]),
    ("6 a doubt has the name the service gives it", without(record=CONFLICT), Outcome.REFER, ["UNCLEAR"]),
    ("6 doubts are told apart", without(quota=UNPROVEN, notice=Disputed(Known(date(2026, 11, 1)))),
     Outcome.REFER, ["FACT-DISPUTED", "SRC-UNPROVEN"]),
    ("6 what nobody was asked for is a reason only where there is no other", without("quota", record=Known("hit")),
     Outcome.REFER, ["CLEAN"]),
    ("6 what nobody was asked for refers", without("quota", "notice"), Outcome.REFER, ["SRC-UNPROVEN"]),
    ("6 a silent source does not excuse another that was never asked", without("notice", quota=SILENT), Outcome.REFER, ["SRC-UNPROVEN"]),
    ("7 a lawful period waits", without(notice=Known(date(2026, 12, 1)), quota=Known(Decimal(0))), Outcome.WAIT, ["NOTICED"]),
    ("8 a quota used up is waitlisted", without(quota=Known(Decimal(0))), Outcome.WAITLIST, ["LEFT"]),
    ("9 all holds", without(), Outcome.APPROVE, []),
    ("9 one of two routes is enough", without(**AWAY), Outcome.APPROVE, []),
    ("9 a disputed fact that no condition needs changes nothing", without(since=Disputed(Known(DAY))), Outcome.APPROVE, []),
]


@pytest.mark.parametrize(("facts", "outcome", "reasons"), [line[1:] for line in LINES], ids=[line[0] for line in LINES])
def test_the_first_line_that_holds_decides(facts: dict[str, Fact], outcome: Outcome, reasons: list[str]) -> None:
    decision = decided(facts)
    assert (decision.outcome, codes(decision)) == (outcome, reasons)


def test_a_city_may_let_persons_refuse() -> None:
    decision = decided(without(birth=YOUNG), settings={**SETTINGS, "auto_refuse": False})
    assert (decision.outcome, codes(decision)) == (Outcome.REFER, ["OLD"])
    assert decided(without(birth=YOUNG), settings={**SETTINGS, "auto_refuse": True}).outcome is Outcome.REFUSE


def test_an_approval_says_every_condition_and_value() -> None:
    decision = decided(GOOD)
    assert isinstance(decision, Approve)
    assert decision.to_json() == {
        "outcome": "approve",
        "reasons": [],
        "conditions": [
            {"id": c.id, "value": True, "basis": [{"instrument": "示例办法", "article": "第一条"}], "text": c.text.to_json(), "facts": []}
            for c in CONDITIONS
        ],
        "values": {"amount": 100, "from": "2026-11-23"},
        "missing": [],
        "waiting_for": [],
        "would_change": [],
        "typed": ["pay"],
    }


def test_what_is_missing_and_waited_for_is_named() -> None:
    waiting = decided(without("record", quota=SILENT))
    assert isinstance(waiting, Wait)
    assert waiting.waiting_for == ("city",)
    assert waiting.missing == ("quota", "record")
    assert waiting.reasons[0].to_json()["facts"] == ["quota"]
    assert decided(without("pay")).missing == ("pay",)
    assert decided(without(quota=CONFLICT)).waiting_for == ()
    assert decided(without(quota=SILENT, notice=STALE)).waiting_for == ()


def test_redirects_and_waits_carry_values() -> None:
    assert decided(without(unit=Known(True))).values == {"next": "counter"}
    assert decided(without(notice=Known(DAY))).values == {"until": DAY}


def test_a_value_that_nobody_knows_is_null_on_a_redirect() -> None:
    unclear = replace(DEFINITION, conditions=(replace(CONDITIONS[0], values={"next": feel("record")}),))
    assert decide(unclear, {"unit": Known(True)}, as_of=DAY, settings=SETTINGS).values == {"next": None}


@pytest.mark.parametrize(
    ("holds", "cause"),
    [("since <= as_of", "it gave null"), ("age on(birth, notice) > 1", "an age needs a day on or after the birth")],
)
def test_an_error_or_a_plain_null_in_a_rule_refers_with_its_cause(holds: str, cause: str) -> None:
    for outcome in (Outcome.REFUSE, Outcome.SUPPLEMENT, Outcome.REFER):
        broken = replace(DEFINITION, conditions=(condition("odd", Kind.ELIGIBILITY, holds, outcome),))
        facts = without(birth=Known(date(2026, 11, 2)), since=NONE)
        decision = decide(broken, facts, as_of=DAY, settings=SETTINGS)
        assert (decision.outcome, codes(decision)) == (Outcome.REFER, ["RULE-FAILED"])
        assert cause in decision.reasons[0].text.en
        assert "odd" in decision.reasons[0].text.zh


def test_a_value_of_the_outcome_that_is_null_never_approves() -> None:
    empty = replace(DEFINITION, values={"home": feel("since")})
    refused = decide(empty, without(since=NONE), as_of=DAY, settings=SETTINGS)
    assert (refused.outcome, codes(refused)) == (Outcome.REFER, ["RULE-FAILED"])
    assert codes(decide(empty, without(since=STALE), as_of=DAY, settings=SETTINGS)) == ["SRC-STALE"]
    assert decide(empty, without(since=SILENT), as_of=DAY, settings=SETTINGS).outcome is Outcome.WAIT


def test_a_value_of_another_type_or_no_option_is_no_answer() -> None:
    assert codes(decided(without(notice=Known("2026-11-01")))) == ["SRC-CONFLICT"]
    assert codes(decided(without(quota=Known(3)))) == ["SRC-CONFLICT"]
    assert codes(decided(without(record=Known("spotless")))) == ["UNCLEAR"]
    assert not conforms(spec("n", "list<string>", "a.b"), [1])


def test_only_entered_values_are_typed() -> None:
    def typed(**more: Fact) -> tuple[str, ...]:
        return decided(without(**more)).typed

    assert typed(pay=Known("cash")) == ("pay",)
    assert typed(pay=Known("cash", source="register")) == ()
    assert typed(letters=Known("none"), agreed=Known(True)) == ("pay",)
    assert typed(letters=Known("post"), birth=Known(date(1940, 3, 1), source="applicant")) == ("birth", "letters", "pay")


def test_the_order_in_which_a_package_writes_its_names_does_not_show() -> None:
    """The version of a package does not tell it, and a receipt is replayed by whoever has that version."""

    def turned(mapping: Mapping[str, Any]) -> dict[str, Any]:
        return dict(reversed(mapping.items()))

    facts = {name: replace(fact, options=turned(fact.options)) for name, fact in DEFINITION.facts.items()}
    law = replace(DEFINITION, values={"home": feel("since"), "gone": feel("since")})
    other = replace(law, facts=turned(facts), values=turned(law.values))
    for given in (without(letters=Known("post"), since=NONE), without("pay", letters=Known("post"), unit=Known(False))):
        one, two = (decide(each, given, as_of=DAY, settings=SETTINGS).to_json() for each in (law, other))
        assert canonical_json(one) == canonical_json(two)


def test_a_change_with_which_no_rule_comes_to_an_end_is_none() -> None:
    endless = 'if pay = "cash" then count(for i in 1..70000 return i) > 0 else pay = "bank"'
    law = replace(DEFINITION, conditions=(condition("old", Kind.ELIGIBILITY, endless, Outcome.REFUSE),))
    with pytest.raises(DefinitionError):
        decide(law, without(pay=Known("cash")), as_of=DAY, settings=SETTINGS)
    refused = decide(law, without("pay"), as_of=DAY, settings=SETTINGS)
    assert (refused.outcome, [str(change) for change in refused.would_change]) == (Outcome.REFUSE, ["pay=bank"])


def test_what_would_change_the_answer_is_found_by_deciding_again() -> None:
    def changes(facts: dict[str, Fact]) -> list[str]:
        return [str(change) for change in decided(facts).would_change]

    assert changes(without(birth=Known(date(1946, 11, 24)))) == ["as_of>=2026-11-24"]
    assert changes(without(region=Known("1"), since=Known(date(2026, 5, 24)))) == ["as_of>=2026-11-24"]
    assert changes(without("pay")) == ["pay=bank", "pay=cash"]
    assert changes(without(agreed=Known(False))) == ["agreed=true"]
    assert changes(without(region=Known("1"), since=NONE)) == []
    assert changes(without(record=Known("hit"))) == []
    assert changes(without(birth=Known(date(9998, 1, 1)))) == []


def test_a_change_is_said_in_both_languages() -> None:
    assert decided(without(agreed=Known(False))).would_change[0].text == Text(zh="“agreed。”为是", en="agreed.: yes")
    assert decided(without("pay")).would_change[0].text == Text(zh="“pay。”选“bank。”", en="pay.: bank.")
    later = decided(without(region=Known("1"), since=Known(date(2026, 5, 24)))).would_change[0]
    assert later.text == Text(zh="2026-11-24 起再次申请", en="apply again from 2026-11-24")
    assert Change("agreed", "=", False, said("no")).__str__() == "agreed=false"


def test_a_document_valid_today_would_change_the_answer() -> None:
    expired = replace(DEFINITION, conditions=(condition("valid", Kind.ELIGIBILITY, "as_of <= since", Outcome.REFUSE),))
    decision = decide(expired, without(since=Known(date(2026, 1, 1))), as_of=DAY, settings=SETTINGS)
    assert [str(change) for change in decision.would_change] == ["since>=2026-11-23"]
    assert decision.would_change[0].text == Text(zh="“since。”不早于 2026-11-23", en="since. not before 2026-11-23")


def test_a_day_beyond_the_calendar_is_no_change() -> None:
    never = replace(DEFINITION, conditions=(condition("never", Kind.ELIGIBILITY, "since <= as_of or months < 0", Outcome.REFUSE),))
    decision = decide(never, without(since=Known(date.max)), as_of=DAY, settings=SETTINGS)
    assert [str(change) for change in decision.would_change] == ["since>=2026-11-23"]


def test_no_change_is_promised_for_a_day_without_law() -> None:
    ended = Parameter("min_age", Type.parse("number"), said("min age"), "years",
                      (DatedValue(date(2020, 1, 1), Decimal(80), LAW[0], until=date(2026, 11, 24)),))
    definition = replace(DEFINITION, parameters={**DEFINITION.parameters, "min_age": ended})
    decision = decide(definition, without(birth=Known(date(1946, 11, 24))), as_of=DAY, settings=SETTINGS)
    assert (decision.outcome, decision.would_change) == (Outcome.REFUSE, ())


def test_parameters_are_those_of_the_legal_day() -> None:
    facts = without(birth=Known(date(1947, 6, 1)))
    assert decided(facts, date(2026, 12, 31)).outcome is Outcome.REFUSE
    assert decided(facts, date(2027, 1, 1)).outcome is Outcome.APPROVE
    assert decided(facts, DAY, overrides={"min_age": Decimal(79)}).outcome is Outcome.APPROVE


def test_what_was_published_later_is_left_out() -> None:
    facts = without(birth=Known(date(1947, 6, 1)))
    assert decided(facts, date(2027, 1, 1), known_at=date(2026, 11, 30)).outcome is Outcome.REFUSE
    assert decided(facts, date(2027, 1, 1), known_at=date(2026, 12, 1)).outcome is Outcome.APPROVE


def test_a_day_before_the_first_law_is_an_error() -> None:
    with pytest.raises(InputError, match="is in force on 2019-12-31"):
        decided(GOOD, date(2019, 12, 31))


def test_undeclared_names_are_refused_naming_the_nearest() -> None:
    with pytest.raises(InputError, match=r"Nearest: birth, \w+, \w+\.$"):
        decided(without(birht=Known(DAY)))
    with pytest.raises(InputError, match="Nearest: min_age"):
        decided(GOOD, overrides={"minage": Decimal(1)})
    with pytest.raises(InputError, match="local: this name is not declared"):
        decided(without(local=Known(True)))


def test_a_setting_that_the_city_does_not_give_is_an_error() -> None:
    with pytest.raises(InputError, match=r"city\.regions: the city does not set this name"):
        decided(GOOD, settings={})
    assert decided(GOOD, settings={}, overrides={"city.regions": ["440304"]}).outcome is Outcome.APPROVE


def test_a_history_has_no_overlap_and_no_hole() -> None:
    def history(*dates: tuple[date, date | None]) -> None:
        values = tuple(DatedValue(since, Decimal(1), LAW[0], until) for since, until in dates)
        Parameter("p", Type.parse("number"), said("p"), "-", values)

    history((date(2020, 1, 1), None), (date(2021, 1, 1), None))
    for dates, message in (
        ((), "at least one"),
        (((date(2021, 1, 1), None), (date(2021, 1, 1), None)), "overlaps"),
        (((date(2020, 1, 1), date(2021, 1, 2)), (date(2021, 1, 1), None)), "overlaps"),
        (((date(2020, 1, 1), date(2020, 12, 31)), (date(2021, 1, 1), None)), "nothing is in force"),
    ):
        with pytest.raises(DefinitionError, match=message):
            history(*dates)


def test_a_condition_that_could_not_be_lawful_cannot_exist() -> None:
    good = CONDITIONS[1]
    for wrong, message in (
        ({"basis": ()}, "needs a basis"),
        ({"otherwise": reason("X", Outcome.APPROVE)}, "cannot approve"),
        ({"otherwise": reason("X", Outcome.REFUSE)}, "referred or cured"),
        ({"unknown": reason("X", Outcome.WAIT)}, "referred to a person"),
    ):
        with pytest.raises(DefinitionError, match=message):
            replace(good, **wrong)
    assert isinstance(replace(good, otherwise=reason("X", Outcome.SUPPLEMENT)), Condition)
    with pytest.raises(DefinitionError, match="a record filing never refuses"):
        replace(DEFINITION, record_filing=True)
    assert replace(DEFINITION, record_filing=True, conditions=CONDITIONS[:2]).record_filing


def test_derived_values_stand_in_an_order_in_which_they_can_be_computed() -> None:
    with pytest.raises(DefinitionError, match="age reads birth, which is not known before it"):
        replace(DEFINITION, facts={name: fact for name, fact in DEFINITION.facts.items() if name != "birth"})
    double = Derived("double", said("double"), feel("age * 2"))
    assert (double.type, double.names) == (Type.parse("number"), {"age"})
    deeper = replace(DEFINITION, derived={**DEFINITION.derived, "double": double})
    assert deeper.reads(compile("double > 1", {"double": Type.parse("number")})) == {"birth", "as_of"}
    with pytest.raises(DefinitionError, match="double reads age"):
        replace(DEFINITION, derived={"double": double, **DEFINITION.derived})


def test_values_are_written_as_json_can_hold_them() -> None:
    assert to_plain([Decimal("1.50"), Decimal("3.0"), None, True]) == ["1.50", 3, None, True]
    assert to_plain({"at": datetime(2026, 1, 2, 3, 4, 5)}) == {"at": "2026-01-02T03:04:05"}
    assert to_plain(timedelta(days=1)) == "P1D"
    assert to_plain(Type.parse("list<number>")) == "list<number>"
    assert Basis("法", "第一条").to_json() == {"instrument": "法", "article": "第一条"}


@pytest.mark.parametrize("module", [case, definition, outcomes, precedence, receipt], ids=lambda module: module.__name__)
def test_every_value_of_a_decision_is_frozen(module: ModuleType) -> None:
    made = [kind for kind in vars(module).values() if isinstance(kind, type) and is_dataclass(kind) and kind.__module__ == module.__name__]
    for kind in made:
        with pytest.raises(FrozenInstanceError):
            setattr(kind.__new__(kind), fields(kind)[0].name, None)
        remembers = kind in (case.Case, definition.Definition, precedence.Judgement)  # what was computed once
        assert ("__slots__" in vars(kind)) is not remembers, kind
    assert made
