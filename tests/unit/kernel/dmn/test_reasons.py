"""Why a table gave what it gave."""

from __future__ import annotations

from decimal import Decimal

import pytest

from miaopi.kernel.dmn import Model, Reasons, say
from miaopi.kernel.dmn.code.edge import UNDECIDED
from miaopi.kernel.dmn.tree import DecisionTable
from miaopi.kernel.errors import NotFound
from tests.unit.kernel.dmn.written import column, decision, feel, given, model, output, read, table

RULES = ('>= 18 | true -> "a"', '>= 60 | - -> "b"', '< 18 | - -> "c"')


def aged(policy: str = "FIRST", *rules: str, filling: int = 0, allowed: str = "") -> Model:
    columns = (column("age", allowed=allowed), column("poor"))
    made = table(policy, columns, (output(),), *(rules or RULES), *['1000 | - -> "z"'] * filling)
    data = (given("age", "number"), given("poor", "boolean"))
    return read(decision("t", made, "requiredInput age", "requiredInput poor"), *data)


@pytest.mark.parametrize("filling", [0, 40])
def test_a_table_of_first_hits_tells_how_each_rule_fared_that_was_tried(filling: int) -> None:
    reasons = aged(filling=filling).explain("t", {"age": 70, "poor": False})
    assert reasons.value == "b"
    assert list(reasons.tried) == [1, -1]
    assert reasons.hits == (1,)
    assert reasons.values == (70, False)
    assert reasons.errors == ()


@pytest.mark.parametrize("filling", [0, 40])
def test_a_table_of_one_hit_tells_how_all_rules_fared(filling: int) -> None:
    reasons = aged("UNIQUE", filling=filling).explain("t", {"age": 20, "poor": True})
    assert reasons.value == "a"
    assert list(reasons.tried) == [-1, 0, 0, *[0] * filling]
    assert list(reasons.tried[1:3]) == [0, 0]


@pytest.mark.parametrize("filling", [0, 40])
def test_where_nothing_hits_each_rule_tells_why(filling: int) -> None:
    reasons = aged("FIRST", '>= 18 | true -> "a"', filling=filling).explain("t", {"age": 20, "poor": False})
    assert reasons.value is None
    assert list(reasons.tried) == [1, *[0] * filling]


@pytest.mark.parametrize("filling", [0, 40])
@pytest.mark.parametrize(
    ("policy", "tried"), [("FIRST", [1, 0, 1, -1]), ("RULE ORDER", [1, 0, 1, -1, 1, -1])]
)
def test_cells_that_are_no_plain_tests_are_told_like_others(policy: str, tried: list[int], filling: int) -> None:
    rules = (
        '- | ? and age < 18 -> "a"', '< 18 | ? -> "b"', '> age - 1 | not(?) -> "c"', '> 18 | ? and age > 18 -> "d"',
        '? > 0 | false -> "e"', '- | true -> "f"',
    )  # fmt: skip
    reasons = aged(policy, *rules, filling=filling).explain("t", {"age": 20, "poor": True})
    assert list(reasons.tried) == tried + [0] * (0 if policy == "FIRST" else filling)


def test_of_a_long_table_no_more_is_tried_than_to_decide_it() -> None:
    names = [f"i{at}" for at in range(8)]
    rows = [f"{' | '.join([f'< 1, [0..{row + 10}]'] * 7)} | {row} -> {row}" for row in range(3_600)]
    made = table("UNIQUE", tuple(map(column, names)), (output(),), *rows, f"? > 9{' | -' * 7} -> 0")
    found = read(*(given(name, "number") for name in names), decision("t", made, *(f"requiredInput {name}" for name in names)))
    reasons = found.explain("t", dict.fromkeys(names, 5))
    assert (reasons.value, reasons.hits, reasons.errors) == (5, (5,), ())
    assert list(reasons.tried[3:7]) == [7, 7, -1, 7]
    assert reasons.tried[-1] == 0


@pytest.mark.parametrize("filling", [0, 40])
def test_a_missing_value_is_told_as_well(filling: int) -> None:
    model = aged(filling=filling)
    reasons = model.explain("t", {"poor": True})
    assert list(reasons.tried) == [0, 0, 0, *[0] * filling]
    assert reasons.values == (None, True)
    assert model.explaining["t"]({"poor": True}) is UNDECIDED


def test_words_are_made_of_the_numbers() -> None:
    model = aged()
    logic = model.graph.elements["t"].logic  # type: ignore[union-attr]
    assert isinstance(logic, DecisionTable)
    said = list(say(logic, model.explain("t", {"age": 70, "poor": False})))
    assert [one.en for one in said] == ["rule 1 does not hit: poor is false, the rule asks for true.", "rule 2 hits."]
    assert [one.zh for one in said] == ["规则 1 不命中：poor 为 false，而规则要求 true。", "规则 2 命中。"]
    assert next(say(logic, Reasons(None, (0,), (None, True)))).en == "rule 1 does not hit: age is null, the rule asks for >= 18."


def test_an_error_stands_beside_the_reasons() -> None:
    reasons = aged("FIRST", '> "x" | - -> "a"', '- | - -> "b"').explain("t", {"age": 70, "poor": False})
    assert reasons.value == "b"
    assert list(reasons.tried) == [0, -1]
    assert reasons.errors == ("model.dmn:2: character 1: a string cannot be compared with a number",)


def test_an_input_that_is_not_allowed_is_no_reason_of_a_rule() -> None:
    reasons = aged(allowed="< 50").explain("t", {"age": 70, "poor": False})
    assert reasons == (None, (), (), ("model.dmn:2: the input of the table is none of the allowed values",))


def test_a_decision_without_a_table_has_no_rules() -> None:
    made = read(decision("t", feel("n + 1"), "requiredInput n"), given("n", "number"))
    assert made.explain("t", {"n": 1}) == (Decimal(2), (), (), ())


def test_a_table_of_an_imported_model_gives_its_reasons() -> None:
    inner = model(
        given("n", "number"),
        decision("t", table("FIRST", (column("n"),), (output(),), "> 1 -> 1", "- -> 2"), "requiredInput n"),
        namespace="urn:inner",
    )
    outer = read(
        '<import name="in" namespace="urn:inner" importType="https://www.omg.org/spec/DMN/20230324/MODEL/"/>',
        resolve=lambda _namespace, _location: inner,
    )
    reasons = outer.explain("in.t", {"in": {"n": 1}})
    assert (reasons.value, list(reasons.tried)) == (2, [0, -1])
    assert outer.evaluate("in.t", {"in": {"n": 1}}) == 2


def test_a_decision_that_is_not_there_has_no_reasons() -> None:
    with pytest.raises(NotFound):
        aged().explain("nothing", {})
