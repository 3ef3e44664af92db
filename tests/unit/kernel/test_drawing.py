"""A rule set drawn as a model: what each of its parts becomes, on which day, and how values are written."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, time, timedelta
from decimal import Decimal

import pytest

from miaopi.kernel.decision import DatedValue, Definition, Kind, Outcome, Parameter, RecordField
from miaopi.kernel.decision.drawing import draw, write_feel
from miaopi.kernel.dmn import Model, parse
from miaopi.kernel.expr import Type, compile
from tests.unit.kernel.allowance import DAY, DEFINITION, LAW, condition, said, spec

NEW_YEAR = date(2027, 1, 1)


def drawn(definition: Definition = DEFINITION, on: date = DAY, known_at: date | None = None) -> Model:
    return parse(draw(definition, said("allowance"), on=on, known_at=known_at).encode())


def test_every_rule_is_a_decision_and_every_fact_an_input() -> None:
    derived = spec("local", "boolean", "derived")
    model = drawn(replace(DEFINITION, facts={**DEFINITION.facts, "local": derived}))
    assert model.findings == ()
    assert set(model.inputs) == {*DEFINITION.facts, "city.regions", "as_of"}
    conditions = {f"{one.id} {one.id}" for one in DEFINITION.conditions}
    assert set(model.decisions) == {*DEFINITION.parameters, *DEFINITION.derived, *conditions, "outcome.amount", "outcome.from"}
    facts = {"birth": date(1940, 3, 1), "as_of": DAY, "region": "440304", "city.regions": ["440304"]}
    assert [model.evaluate(name, facts) for name in ("old old", "local", "outcome.amount")] == [True, True, 100]


def test_the_law_is_that_of_the_day_as_far_as_it_was_known() -> None:
    assert [drawn(on=day).evaluate("min_age", {}) for day in (DAY, NEW_YEAR)] == [80, 79]
    assert drawn(on=NEW_YEAR, known_at=DAY).evaluate("min_age", {}) == 80
    begun = replace(DEFINITION, conditions=(replace(condition("new", Kind.ELIGIBILITY, "known", Outcome.REFUSE), since=NEW_YEAR),))
    assert ("new new" in drawn(begun).decisions, "new new" in drawn(begun, NEW_YEAR).decisions) == (False, True)


def test_options_are_allowed_values_and_records_are_components() -> None:
    level = RecordField("level", Type.parse("string"), said("level"), {"a": said("a")})
    records = (level, RecordField("on", Type.parse("date"), said("on")))
    kind = Type("list", Type("context", entries=tuple((field.name, field.type) for field in records)))
    fact = replace(spec("degrees", "number", "degrees"), type=kind, records=records)
    names = {"degrees": kind, "pay": Type.parse("string"), "letters": Type.parse("list<any>")}
    first = compile("degrees[1].level", names)
    definition = replace(
        DEFINITION,
        facts={**DEFINITION.facts, "degrees": fact, "letters": spec("letters", "list<any>", "applicant")},
        values={"first": first, "same": compile("letters", names), "paid": compile('pay = "cash"', names)},
    )
    model = drawn(definition)
    given = {"degrees": [{"level": "a", "on": "2020-01-01"}], "letters": [1, "x"]}
    assert (model.evaluate("outcome.first", given), model.evaluate("outcome.same", given)) == ("a", [1, "x"])
    assert model.evaluate_traced("outcome.first", {"degrees": [{"level": "b", "on": None}]}).errors != ()
    assert model.evaluate_traced("outcome.paid", {"pay": "gold"}).errors != ()


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (None, "null"), (True, "true"), (Decimal("1E+3"), "1000"), (Decimal("0.10"), "0.10"), ('a "b"\\\n', '"a \\"b\\"\\\\\\n"'),
        ([Decimal(1), "x"], '[1, "x"]'), (date(2026, 1, 2), '@"2026-01-02"'), (time(9, 30), '@"09:30:00"'),
        (timedelta(days=3), '@"P3D"'), (datetime(2026, 1, 2, 3), '@"2026-01-02T03:00:00"'),
    ],
)  # fmt: skip
def test_a_value_is_written_as_it_is_read(value: object, text: str) -> None:
    assert write_feel(value) == text
    kind = Type.parse("any")
    parameter = Parameter("min_age", kind, said("p"), "", (DatedValue(DAY, value, LAW[0]),))
    whole = replace(DEFINITION, parameters={**DEFINITION.parameters, "min_age": parameter})
    assert drawn(whole).evaluate("min_age", {}) == value
