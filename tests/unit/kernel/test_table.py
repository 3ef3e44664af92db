"""Tables of the law in the kernel: what they give, what they leave open, and how they are drawn."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import date, datetime
from decimal import Decimal

import pytest

from miaopi.kernel.decision import DatedModel, Definition, Derived, Outcome, Table, decide
from miaopi.kernel.decision.drawing import draw
from miaopi.kernel.dmn import Model, parse
from miaopi.kernel.errors import DefinitionError, InputError
from miaopi.kernel.expr import Expression, Type, Undetermined, compile
from miaopi.kernel.fact import Known
from tests.unit.kernel.allowance import (
    DAY,
    DEFINITION,
    GOOD,
    LAW,
    NAMES,
    SETTINGS,
    SILENT,
    codes,
    feel,
    said,
    without,
)
from tests.unit.kernel.dmn.written import (
    column,
    context,
    decision,
    entry,
    given,
    item,
    knowledge,
    output,
    read,
    service,
    table,
)
from tests.unit.kernel.dmn.written import (
    feel as text,
)

NUMBER = Type.parse("number")
BANDS = table(
    "FIRST", (column("years", "number", "[0..200]"),), (output("", "number", "0, 100, 300", default="0"),),
    ">= floor + 10 -> 300", ">= floor -> 100",
)  # fmt: skip
AMOUNT = decision("amount", BANDS, "requiredInput years", "floor", of="number")
FLOOR = decision("floor", text("twice(40)"), "requiredKnowledge twice", of="number")
TWICE = knowledge("twice", text("n * 2"), "n: number", of="number")
BAND = read(given("years", "number"), TWICE, FLOOR, AMOUNT)


SERVED = (
    decision("inner", text("1")), service("s", "outputDecision inner"), decision("amount", text("s()"), "requiredKnowledge s"),
)  # fmt: skip


def the_table(of: Model = BAND, asked: str = "amount", kind: str = "number", **inputs: str) -> Table:
    expressions: Mapping[str, Expression] = {name: feel(words) for name, words in (inputs or {"years": "age"}).items()}
    return Table("band", said("band"), asked, Type.parse(kind), expressions, (DatedModel(date(2020, 1, 1), "band.dmn", of, LAW),))


def with_table(one: Table) -> Definition:
    """The allowance whose amount a table gives."""
    amount = compile("band", {"band": one.type})
    return replace(DEFINITION, derived={**DEFINITION.derived, "band": one}, values={"amount": amount})


@pytest.mark.parametrize(("born", "amount", "rules"), [(1936, 300, (1,)), (1946, 100, (2,)), (1947, 0, ())])
def test_a_table_gives_a_value_by_its_rules(born: int, amount: int, rules: tuple[int, ...]) -> None:
    found = decide(with_table(the_table()), without(birth=Known(date(born, 11, 23))), as_of=DAY, settings=SETTINGS)
    assert found.tables[0].rules == rules
    assert found.values.get("amount", 0) == amount
    law = [{"instrument": "示例办法", "article": "第一条"}]
    assert found.to_json()["tables"] == [{"name": "band", "file": "band.dmn", "rules": list(rules), "basis": law}]


def test_a_table_that_reads_what_is_not_known_is_in_doubt_about_it() -> None:
    found = decide(with_table(the_table()), without(birth=SILENT), as_of=DAY, settings=SETTINGS)
    assert (found.outcome, found.missing, found.tables[0].rules) == (Outcome.WAIT, ("birth",), ())
    listed = the_table(years="[age]")
    unknown = Undetermined(frozenset({"birth"}))
    assert listed.look_up({"age": unknown}, listed.history[0])[0] == unknown


@pytest.mark.parametrize(
    ("logic", "kind", "cause"),
    [
        (text("1 / 0"), "number", "band: model.dmn:2: "),
        (text('"sixty"'), "number", "band: the value is no number"),
        (text("count(for a in 1..300, b in 1..300, c in 1..300 return a)"), "number", "more than 65536 elements"),
        (table("UNIQUE", (column("1"),), (output(),), "1 -> 1", "- -> 2"), "number", "2 rules of a table of unique hits hit"),
        (text("[1, null + 1][1]"), "number", "band: model.dmn:2: "),
    ],
)
def test_whatever_goes_wrong_in_a_model_is_left_to_a_person(logic: str, kind: str, cause: str) -> None:
    broken = the_table(read(decision("amount", logic)), kind=kind)
    broken = replace(broken, inputs={})
    found = decide(with_table(broken), GOOD, as_of=DAY, settings=SETTINGS)
    assert (found.outcome, codes(found)) == (Outcome.REFER, ["RULE-FAILED"])
    assert cause in found.reasons[0].text.en


def test_what_is_absent_hits_a_row_that_says_null_or_nothing_and_none_that_compares() -> None:
    rows = ("null -> 7", ">= 10 -> 1", "- -> 0")
    for order, expected in ((rows, 7), (rows[1:], 0), (rows[1:2], None)):
        logic = table("FIRST", (column("years", "number"),), (output("", "number"),), *order)
        one = the_table(read(given("years", "number"), decision("amount", logic, "requiredInput years", of="number")))
        assert one.look_up({"age": None}, one.history[0])[0] == expected


def test_a_moment_of_a_model_is_a_moment_of_the_rules() -> None:
    moment = replace(the_table(read(decision("amount", text('@"2026-01-02T03:00:00"'))), kind="date and time"), inputs={})
    assert moment.look_up({}, moment.history[0])[0] == datetime(2026, 1, 2, 3)


def test_a_table_has_a_history_like_every_law() -> None:
    one = the_table()
    later = replace(one.history[0], since=date(2027, 1, 1), file="later.dmn", published=date(2026, 12, 1))
    dated = replace(one, history=(*one.history, later))
    assert [dated.model_on(day).file for day in (date(2026, 12, 31), date(2027, 1, 1))] == ["band.dmn", "later.dmn"]
    assert dated.model_on(date(2027, 1, 1), date(2026, 11, 30)).file == "band.dmn"
    assert with_table(dated).changes["band"] == (date(2020, 1, 1), date(2027, 1, 1))
    with pytest.raises(InputError, match="no table band is in force on 2019-12-31"):
        one.model_on(date(2019, 12, 31))
    for history in ((), (later, later)):
        with pytest.raises(DefinitionError, match=r"at least one|overlaps"):
            replace(one, history=history)
    with pytest.raises(DefinitionError, match="derived value band reads age"):
        replace(DEFINITION, derived={"band": one})


def test_a_table_is_drawn_with_all_that_leads_to_it() -> None:
    for inputs, names in (({"years": "age"}, {"band", "band.floor"}), ({"years": "age + 0"}, {"band", "band.floor", "band.years"})):
        definition = with_table(the_table(**inputs))
        drawn = parse(draw(definition, said("allowance"), on=DAY).encode())
        assert names <= set(drawn.decisions) and drawn.invocables == ("band.twice",) and drawn.findings == ()
        for born in (1936, 1946, 1947, 1700):
            facts = {"birth": date(born, 11, 23), "as_of": DAY}
            expected = the_table().look_up({"age": Decimal(2026 - born)}, the_table().history[0])[0]
            found, errors = drawn.evaluate_traced("outcome.amount", facts)
            assert found == expected or (isinstance(expected, Undetermined) and errors)


def test_allowed_values_of_a_type_stay_with_the_column() -> None:
    ranked = table("PRIORITY", (column("1"),), (output("", "rank"),), "- -> \"low\"", "- -> \"high\"")
    kinds = read(item("rank", "string", allowed='"high", "low"'), decision("amount", ranked, of="rank"))
    asked = replace(the_table(kinds, kind="string"), inputs={})
    drawn = parse(draw(with_table(asked), said("allowance"), on=DAY).encode())
    assert drawn.evaluate("band", {}) == asked.look_up({}, asked.history[0])[0] == "high"


def test_names_of_a_function_of_the_model_hide_those_outside() -> None:
    scale = knowledge("scale", table("UNIQUE", (column("years"),), (output(),), ">= 10 -> years * 2"), "years: number")
    words = text("scale(years + 1) + (for years in [1] return years)[1]")
    uses = decision("amount", words, "requiredInput years", "requiredKnowledge scale")
    one = the_table(read(given("years", "number"), scale, uses))
    drawn = parse(draw(with_table(one), said("allowance"), on=DAY).encode())
    assert drawn.evaluate("band", {"birth": date(1936, 11, 23), "as_of": DAY}) == 183


@pytest.mark.parametrize(
    ("elements", "said_of"),
    [
        ((decision("amount", context(entry("a", text("1")))),), "a model of a table holds a BoxedContext"),
        (SERVED, "decision service"),
        (('<decision id="amount" name="amount"/>',), "holds a NoneType"),
    ],
)
def test_what_cannot_be_drawn_is_named(elements: tuple[str, ...], said_of: str) -> None:
    one = replace(the_table(read(*elements), kind="any"), inputs={})
    with pytest.raises(InputError, match=said_of):
        draw(with_table(one), said("allowance"), on=DAY)


def test_two_elements_of_one_name_are_not_drawn() -> None:
    twice = replace(DEFINITION, derived={**DEFINITION.derived, "outcome.from": Derived("outcome.from", said("x"), compile("1", NAMES))})
    with pytest.raises(InputError, match=r"outcome\.from: the model would hold two"):
        draw(twice, said("allowance"), on=DAY)


def test_a_text_that_is_no_feel_is_written_as_it_stands() -> None:
    broken = replace(the_table(read(decision("amount", text("1 +")))), inputs={})
    assert "<text>1 +</text>" in draw(with_table(broken), said("allowance"), on=DAY)
