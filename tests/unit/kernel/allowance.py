"""A made-up allowance with every outcome in it: the service on which the nine lines are tested."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from decimal import Decimal

from miaopi.kernel.decision import (
    Basis,
    Condition,
    DatedValue,
    Decision,
    Definition,
    Derived,
    FactSpec,
    Kind,
    Outcome,
    Parameter,
    Privacy,
    Reason,
    ReasonSpec,
    decide,
)
from miaopi.kernel.expr import Expression, Type, compile
from miaopi.kernel.fact import Absent, Doubt, Fact, Known, Unknown
from miaopi.kernel.wording import Text

LAW = (Basis("示例办法", "第一条"),)
DAY = date(2026, 11, 23)
SETTINGS: Mapping[str, object] = {"city.regions": ["440303", "440304"]}


def said(words: str) -> Text:
    return Text(zh=f"{words}。", en=f"{words}.")


def spec(name: str, kind: str, source: str, privacy: Privacy = Privacy.PERSONAL, **more: object) -> FactSpec:
    return replace(FactSpec(name, Type.parse(kind), said(name), privacy, source, "consent"), **more)


OPTIONS = {"bank": said("bank"), "cash": said("cash")}
FACTS = [
    spec("unit", "boolean", "mandate.unit", Privacy.PUBLIC),
    spec("quota", "number", "city.left", Privacy.PUBLIC),
    spec("notice", "date", "board.until", Privacy.PUBLIC),
    spec("known", "boolean", "register.known"),
    spec("birth", "date", "register.birth", in_form=True),
    spec("region", "string", "household.region"),
    spec("since", "date", "home.since", attainable=True),
    spec("record", "string", "police.record", Privacy.SENSITIVE, options={"clean": said("clean"), "hit": said("hit")}),
    spec("pay", "string", "applicant", changeable=True, options=OPTIONS),
    spec("letters", "string", "applicant", changeable=True, default="none"),
    spec("agreed", "boolean", "applicant", changeable=True, default=True),
]
PARAMETERS = [
    Parameter("min_age", Type.parse("number"), said("min age"), "years", (
        DatedValue(date(2020, 1, 1), Decimal(80), LAW[0], until=date(2027, 1, 1)),
        DatedValue(date(2027, 1, 1), Decimal(79), LAW[0], published=date(2026, 12, 1)),
    )),
    Parameter("months", Type.parse("number"), said("months"), "months", (DatedValue(date(2020, 1, 1), Decimal(6), LAW[0]),)),
]
NAMES: dict[str, Type] = {
    "as_of": Type.parse("date"), "city.regions": Type.parse("list<string>"), "local": Type.parse("boolean"), "age": Type.parse("number"),
    **{fact.name: fact.type for fact in FACTS}, **{parameter.name: parameter.type for parameter in PARAMETERS},
}


def feel(text: str) -> Expression:
    return compile(text, NAMES)


def reason(code: str, outcome: Outcome) -> ReasonSpec:
    return ReasonSpec(outcome, Reason(code, said(code), LAW, said("remedy")))


def condition(name: str, kind: Kind, holds: str, outcome: Outcome, code: str = "", **more: object) -> Condition:
    made = Condition(name, kind, said(name), feel(holds), LAW, reason(code or name.upper(), outcome))
    return replace(made, **more)


CONDITIONS = (
    condition("person", Kind.REGIME, "unit = false", Outcome.REDIRECT, values={"next": feel('"counter"')}),
    condition("identity", Kind.IDENTITY, "known = true", Outcome.REFER),
    condition("old", Kind.ELIGIBILITY, "age >= min_age", Outcome.REFUSE),
    condition("resident", Kind.ELIGIBILITY, "local or (since != null and add months(since, months) <= as_of)", Outcome.REFUSE),
    condition("paid", Kind.FORM, "pay != null", Outcome.SUPPLEMENT),
    condition("told", Kind.FORM, "agreed = true and letters != null", Outcome.SUPPLEMENT),
    condition("clean", Kind.ELIGIBILITY, 'record = "clean"', Outcome.REFER, unknown=reason("UNCLEAR", Outcome.REFER)),
    condition("noticed", Kind.PERIOD, "notice < as_of", Outcome.WAIT, values={"until": feel("notice")}),
    condition("left", Kind.QUOTA, "quota > 0", Outcome.WAITLIST),
)
DEFINITION = Definition(
    slug="allowance",
    version="0" * 64,
    facts={fact.name: replace(fact, when=feel("not(local)")) if fact.name == "since" else fact for fact in FACTS},
    derived={
        "local": Derived("local", said("local"), feel("list contains(city.regions, region)")),
        "age": Derived("age", said("age"), feel("age on(birth, as_of)")),
    },
    conditions=CONDITIONS,
    values={"amount": feel("if age >= 90 then 300 else 100"), "from": feel("as_of")},
    parameters={parameter.name: parameter for parameter in PARAMETERS},
    settings={"city.regions": Type.parse("list<string>")},
)

GOOD: Mapping[str, Fact] = {
    "unit": Known(False), "quota": Known(Decimal(3)), "notice": Known(date(2026, 11, 1)), "known": Known(True),
    "birth": Known(date(1940, 3, 1)), "region": Known("440304"), "record": Known("clean"), "pay": Known("bank", source="applicant"),
}
AWAY: Mapping[str, Fact] = {"region": Known("450102"), "since": Known(date(2026, 5, 23))}
SILENT = Unknown(Doubt.UNAVAILABLE)
EXHAUSTED = Unknown(Doubt.UNAVAILABLE, exhausted=True)
NONE = Absent()


def without(*names: str, **more: Fact) -> dict[str, Fact]:
    """The good facts without some, with others."""
    return {**{name: fact for name, fact in GOOD.items() if name not in names}, **more}


def decided(facts: Mapping[str, Fact], on: date = DAY, **more: object) -> Decision:
    return decide(DEFINITION, facts, **{"as_of": on, "settings": SETTINGS, **more})


def codes(decision: Decision) -> list[str]:
    return [one.code for one in decision.reasons]
