"""Decision tables: conditions, hit policies, priorities, aggregations, and what is given where nothing hits."""

from __future__ import annotations

from decimal import Decimal

import pytest

from miaopi.kernel.errors import DefinitionError
from tests.unit.kernel.dmn.written import column, decision, given, item, output, read, table, traced, value

AGE = (given("age", "number"),)
NEEDS = ("requiredInput age",)
BANDS = ('< 30 -> "young"', '>= 18 -> "grown"', '[60..200] -> "old"')


def by_age(policy: str, *rules: str, age: object, **special: str) -> object:
    made_output = output(allowed=special.pop("allowed", ""), default=special.pop("default", ""))
    made = table(policy, (column("age"),), (made_output,), *rules, **special)
    return value(made, *AGE, needs=NEEDS, age=age)


@pytest.mark.parametrize(
    ("policy", "age", "found"),
    [
        ("UNIQUE", 10, "young"),
        ("FIRST", 20, "young"),
        ("RULE ORDER", 20, ["young", "grown"]),
        ("COLLECT", 70, ["grown", "old"]),
        ("PRIORITY", 70, "old"),
        ("OUTPUT ORDER", 70, ["old", "grown"]),
    ],
)
def test_a_hit_policy_says_which_hits_count(policy: str, age: int, found: object) -> None:
    assert by_age(policy, *BANDS, age=age, allowed='"old", "young", "grown"') == found


def test_several_hits_of_unique_rules_are_an_error() -> None:
    made = table("UNIQUE", (column("age"),), (output(),), *BANDS)
    found = traced(made, *AGE, needs=NEEDS, age=20)
    assert found.value is None
    assert found.errors == ("model.dmn:2: 2 rules of a table of unique hits hit",)


def test_any_takes_equal_outputs_alone() -> None:
    assert by_age("ANY", '> 1 -> "a"', '> 2 -> "a"', age=3) == "a"
    made = table("ANY", (column("age"),), (output(),), "> 1 -> 1", "> 2 -> 2")
    assert traced(made, *AGE, needs=NEEDS, age=3).errors == ("model.dmn:2: the rules that hit give different outputs",)


def test_without_a_policy_hits_are_unique() -> None:
    made = table("", (column("age"),), (output(),), "> 1 -> 1")
    assert value(made, *AGE, needs=NEEDS, age=3) == 1


@pytest.mark.parametrize(
    ("aggregation", "found"), [("SUM", 6), ("COUNT", 3), ("MIN", 1), ("MAX", 3)]
)
def test_collected_hits_are_aggregated(aggregation: str, found: int) -> None:
    rules = ("> 0 -> 1", "> 0 -> 2", "> 0 -> 3")
    assert by_age("COLLECT", *rules, age=1, aggregation=aggregation) == found


@pytest.mark.parametrize(
    ("policy", "aggregation", "found"),
    [("UNIQUE", "", None), ("COLLECT", "", []), ("RULE ORDER", "", []), ("COLLECT", "COUNT", 0), ("COLLECT", "SUM", None)],
)
def test_where_nothing_hits(policy: str, aggregation: str, found: object) -> None:
    assert by_age(policy, "> 100 -> 1", age=1, aggregation=aggregation) == found


def test_where_nothing_hits_the_defaults_are_given() -> None:
    assert by_age("UNIQUE", "> 100 -> 1", age=1, default="0") == 0
    outputs = (output("rate", default="0.5"), output("note"))
    made = table("UNIQUE", (column("age"),), outputs, '> 100 -> 1 | "old"')
    assert value(made, *AGE, needs=NEEDS, age=1) == {"rate": Decimal("0.5"), "note": None}


def test_several_outputs_are_a_context_ranked_from_the_left() -> None:
    outputs = (output("status", allowed='"no", "yes"'), output("rate", allowed='"high", "low"'))
    rules = ('- -> "yes" | "high"', '- -> "no" | "low"', '- -> "no" | "high"')
    ordered = value(table("OUTPUT ORDER", (column("age"),), outputs, *rules), *AGE, needs=NEEDS, age=1)
    assert ordered == [
        {"status": "no", "rate": "high"},
        {"status": "no", "rate": "low"},
        {"status": "yes", "rate": "high"},
    ]


def test_priorities_come_from_the_type_of_the_output_where_it_lists_none() -> None:
    kind = item("status", "string", allowed='"a,b", "c"')
    made = table("PRIORITY", (column("age"),), (output(of="status"),), '- -> "c"', '- -> "a,b"')
    assert value(made, kind, *AGE, needs=NEEDS, age=1) == "a,b"


def test_an_output_outside_its_allowed_values_is_null() -> None:
    made = table("UNIQUE", (column("age"),), (output(allowed='"a"'),), '- -> "b"')
    found = traced(made, *AGE, needs=NEEDS, age=1)
    assert found == (None, ("model.dmn:2: the output is none of the allowed values",))


def test_an_input_outside_its_allowed_values_makes_the_table_null() -> None:
    made = table("UNIQUE", (column("age", allowed="[0..150]"),), (output(),), "- -> 1")
    assert value(made, *AGE, needs=NEEDS, age=3) == 1
    assert value(made, *AGE, needs=NEEDS, age=None) == 1
    found = traced(made, *AGE, needs=NEEDS, age=151)
    assert found == (None, ("model.dmn:2: the input of the table is none of the allowed values",))


def test_cells_may_name_other_values_and_look_at_the_input() -> None:
    rules = ("> limit -> 1", "limit -> 2", "? < limit and ? != 4 -> 3", "not(1, 2) -> 4")
    made = table("FIRST", (column("age"),), (output(),), *rules)
    others = (*AGE, decision("limit", "<literalExpression><text>10</text></literalExpression>"))
    needs = (*NEEDS, "limit")
    assert [value(made, *others, needs=needs, age=age) for age in (11, 10, 9, 4)] == [1, 2, 3, 4]


def test_a_cell_without_text_tests_nothing_and_gives_null() -> None:
    made = table("UNIQUE", (column("age"),), (output(),)).replace(
        "</decisionTable>", "<rule><inputEntry/><outputEntry/></rule></decisionTable>"
    )
    assert traced(made, *AGE, needs=NEEDS, age=1) == (None, ())


def test_a_list_is_looked_up_in_and_compared() -> None:
    made = table("FIRST", (column("age"),), (output(),), '["a", "b"] -> 1', 'list contains(?, "c") -> 2', "- -> 3")
    lists = [value(made, given("age"), needs=NEEDS, age=age) for age in ("a", ["a", "b"], ["c"], ["d"])]
    assert lists == [1, 1, 2, 3]


def test_a_table_without_inputs_hits_always() -> None:
    assert value(table("COLLECT", (), (output(),), " -> 1")) == [1]


def test_a_cell_that_is_no_feel_never_hits_and_is_a_finding() -> None:
    made = decision("asked", table("FIRST", (column("1"),), (output(),), "+ -> 1", "- -> 2"))
    found = read(made)
    assert found.evaluate("asked", {}) == 2
    assert len(found.findings) == 1
    assert len(found.evaluate_traced("asked", {}).errors) == 1


@pytest.mark.parametrize(
    ("made", "message"),
    [
        (
            table("NONE", (), (output(),)),
            "there is no hit policy NONE; there are UNIQUE, ANY, PRIORITY, FIRST, RULE ORDER, OUTPUT ORDER, COLLECT",
        ),
        (table("COLLECT", (), (output(),), aggregation="MEAN"), "there is no aggregation MEAN; there are SUM, COUNT, MIN, MAX"),
        (table("UNIQUE", (), ()), "a decision table has no output"),
        (table("UNIQUE", ("<input/>",), (output(),)), "an input of the table has no expression"),
        (table("UNIQUE", (column("1"),), (output(),), "1 | 2 -> 3"), "a rule has 2 conditions and 1 outputs, the table 1 and 1"),
    ],
)
def test_a_table_that_is_none_is_refused(made: str, message: str) -> None:
    with pytest.raises(DefinitionError) as caught:
        read(decision("asked", made))
    assert caught.value.message == message
