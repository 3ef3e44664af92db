"""Code objects: what they are made of, what is shared, and when the plain form is left."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from decimal import Decimal

import pytest

from miaopi.kernel.errors import DefinitionError
from miaopi.kernel.expr import Closure, Expression, Program, Range, Run, Type, Undetermined, compile, read
from miaopi.kernel.expr.code import IT, NOT_PLAIN, Bound, Place, assemble, code_of, emitter
from miaopi.kernel.expr.code.writing import list_of, result
from miaopi.kernel.expr.interpreter import interpret
from miaopi.kernel.expr.lexer import Source
from miaopi.kernel.expr.meaning.evaluation import Evaluation

NAMES = {
    "n": Type.parse("number"),
    "s": Type.parse("string"),
    "b": Type.parse("boolean"),
    "d": Type.parse("date"),
    "long": Type.parse("days and time duration"),
    "l": Type.parse("list<number>"),
    "u": Type.parse("any"),
}
SCOPE = {"n": Decimal(3), "s": "a", "b": True, "d": date(2024, 2, 29), "l": [Decimal(1)], "u": None}


def plain_value(text: str, scope: Mapping[str, object] = SCOPE) -> object:
    """What the plain form gives by itself; the text where there is none."""
    one = compile(text, NAMES)
    plain = code_of(text, one.tree, tuple(one.types.items()), is_open=False).plain
    return text if plain is None else plain(scope)


def oracle(one: Program, scope: Mapping[str, object]) -> tuple[object, list[str]]:
    run = Run()
    return interpret(one.tree, scope, Source(one.text, one.where, is_open=True), run), run.faults


@pytest.mark.parametrize(
    ("text", "result"),
    [
        ('n + 1 > 3 and s = "a"', True),
        ("-n * 2", Decimal(-6)),
        ("n between 1 and 3", True),
        ("n + 1 in (1, 2, 4)", True),
        ("n in [1..3)", False),
        ("n in (]0..3], > 9)", True),
        ('s in ["b", "a"]', True),
        ("not(b) or n != 3", False),
        ("if b then d else date(2020, 1, 1)", date(2024, 2, 29)),
        ("d < date(2024, 3, 1)", True),
        ("b = true", True),
        ('age on(d, date(2042, 2, 28), "mar_01")', Decimal(17)),
        ("d in date(2024, 2, 29)", True),
        ("1 + 1", Decimal(2)),
    ],
)
def test_a_plain_tree_gives_what_python_says(text: str, result: object) -> None:
    assert plain_value(text) == result


@pytest.mark.parametrize(
    "text",
    [
        "u = 1",
        "count(l)",
        's + "b" = "ab"',
        "n in (1 / n, 2)",
        "n between 1 / n and 2",
        "n in ([1 / n, 2], 2)",
        'substring(s, 1) = "a"',
        "add days(day: d, days: 1) = d",
        's = "' + "x" * 300 + '"',
        "n in []",
        "today() = d",
        "some x in l satisfies x > n",
        "if b then n else null",
        "n = u",
    ],
)
def test_what_is_not_plain_has_no_plain_form(text: str) -> None:
    assert plain_value(text) is text


@pytest.mark.parametrize("value", [None, "a" * 300, Undetermined(frozenset({"s"})), 1])
def test_a_value_that_is_not_plain_is_left_to_the_other_form(value: object) -> None:
    assert plain_value('s = "a"', {"s": value}) is NOT_PLAIN


def test_a_number_of_any_kind_is_brought_to_decimal128() -> None:
    assert plain_value("n", {"n": 3}) == Decimal(3)
    assert plain_value("n", {"n": Decimal("1." + "3" * 40)}) == Decimal("1." + "3" * 33)
    assert plain_value("n", {"n": Decimal("Infinity")}) is NOT_PLAIN


def test_an_error_in_the_plain_form_is_reckoned_anew() -> None:
    found = compile("n / 0 > 1 or n > 2", NAMES).evaluate(SCOPE)
    assert found is True
    found = compile("b and n / 0 > 1", NAMES).evaluate(SCOPE)
    assert isinstance(found, Undetermined)
    assert found.faults == frozenset({"character 7: no number is the result"})
    found = compile("day of age(d, n) = d", NAMES).evaluate({**SCOPE, "n": Decimal(10_000)})
    assert isinstance(found, Undetermined)


def test_a_function_in_scope_hides_that_of_the_language() -> None:
    program, run = read("abs(n) = 3", NAMES), Run()
    assert program.evaluate({"n": Decimal(-3)}, run=run) is True
    own = Closure(("one",), lambda one: Decimal(4))
    assert program.evaluate({"n": Decimal(-3), "abs": own}, run=run) is False
    assert run.faults == []


def test_a_run_counts_the_plain_form_as_well() -> None:
    program, run = read("n + 1 > 3", NAMES), Run(steps=7)
    assert program.evaluate(SCOPE, run=run) is True
    assert run.taken == 5
    with pytest.raises(DefinitionError, match="more than 7 steps"):
        program.evaluate(SCOPE, run=run)
    with pytest.raises(DefinitionError, match="more than 2 steps"):
        compile("n + 1", NAMES).evaluate(SCOPE, steps=2)


def test_equal_expressions_share_their_code() -> None:
    once, again = compile("n > 1", NAMES), compile("n > 1", NAMES)
    key = once.text, once.tree, tuple(once.types.items())
    assert code_of(*key, is_open=False) is code_of(
        again.text, again.tree, tuple(again.types.items()), is_open=False
    )
    assert code_of(*key, is_open=True) is not code_of(*key, is_open=False)


@pytest.mark.parametrize(
    "text",
    [
        "{f: function() k, e: f(), k: 1, w: [e, f()]}.w",
        "{h: for i in [1, 2] return function() k, k: 1, w: h[1]()}.w",
        "{h: [7][(function() k)() = null], k: 1, w: h}.w",
        "{f: function() function() k, g: f(), k: 1, w: [g(), f()()]}.w",
        "{a: {f: function() k}, k: 1, w: a.f()}.w",
        "{a: every i in [1], j in [(function() k)()] satisfies (function() k)() = j, k: 1}.a",
        "{f: function(n) if n < 1 then 0 else g(n - 1), g: function(n) f(n) + 1, w: f(9)}.w",
        "{abs: function(n) 7, w: function() abs(-3)}.w()",
        "{a: 1, b: function() zz, a: 2}",
    ],
)
def test_a_function_sees_what_was_there_when_its_names_were_bound(text: str) -> None:
    program, run = read(text, []), Run()
    assert (program.evaluate({}, run=run), run.faults) == oracle(program, {})


def test_long_parts_of_a_loop_are_counted_where_they_are_reached() -> None:
    text = "count(for i in 1..3000 return if i > 0 then " + " + ".join(["i"] * 40) + " else 0)"
    for evaluate in (lambda: compile(text, {}).evaluate({}), lambda: read(text, []).evaluate({}, run=Run())):
        with pytest.raises(DefinitionError, match="more than 100000 steps"):
            evaluate()


def test_a_fact_that_nobody_knows_is_looked_for_among_ranges() -> None:
    spans = [Range(Decimal(1), Decimal(5)), Range(Decimal(7), Decimal(9))]
    names = {"n": Type.parse("number"), "spans": Type.parse("list<range<number>>")}
    found = compile("n in spans", names).evaluate({"spans": spans})
    assert found == Undetermined(frozenset({"n"}))
    unknown = [Undetermined(frozenset({"spans"})), *spans]
    assert compile("n in spans", names).evaluate({"spans": unknown}) == Undetermined(
        frozenset({"n", "spans"})
    )
    assert compile("n in spans", names).evaluate({"spans": spans, "n": Decimal(8)}) is True


def test_an_age_before_the_calendar_is_a_fault() -> None:
    found = compile('age after birthday(d, date("0001-01-01"))', NAMES).evaluate(SCOPE)
    assert isinstance(found, Undetermined)
    assert found.faults


def test_names_of_a_rule_are_no_names_of_python() -> None:
    names = {
        "__class__": Type.parse("number"),
        "it": Type.parse("number"),
        "k1": Type.parse("number"),
        "len": Type.parse("any"),
    }
    one = compile("__class__ + it * k1", names)
    assert one.evaluate({"__class__": 1, "it": 2, "k1": 3}) == 7
    assert isinstance(one, Expression)
    found = read("[len, __import__, it.__class__]", ["it"]).evaluate({"it": Decimal(1)}, run=Run())
    assert found == [None, None, None]


@pytest.mark.parametrize("value", [Decimal(4), Decimal(3), "a", None])
def test_tests_of_a_cell_have_a_plain_form(value: object) -> None:
    for text in ("> 3", "not([1..3], 4)", "? * 2 > 6"):
        program, run = read(text, {"?": Type.parse("number")}, unary=True), Run()
        assert (program.evaluate({"?": value}, run=run), run.faults) == oracle(program, {"?": value})


@pytest.mark.parametrize("kind", ["number", "any"])
@pytest.mark.parametrize(
    "text",
    [
        "[1..3]",
        "[1..3)",
        "(1..3]",
        "(1..3)",
        "< 1",
        "<= 1",
        "> 3",
        ">= 3",
        "[1, 3]",
        "1, 3",
        "3",
        "not((1..3))",
    ],
)
def test_ends_are_met_in_either_form(text: str, kind: str) -> None:
    cell = read(text, {"?": Type.parse(kind)}, unary=True)
    whole = read(f"x in ({text})", {"x": Type.parse(kind)}) if not text.startswith("not") else cell
    for value in map(Decimal, range(5)):
        scope = {"?": value, "x": value}
        assert cell.evaluate(scope, run=Run()) is oracle(cell, scope)[0]
        assert whole.evaluate(scope, run=Run()) is oracle(whole, scope)[0]


@pytest.mark.parametrize("kind", ["number", "string", "any"])
@pytest.mark.parametrize(
    ("items", "held", "others"),
    [
        ("[2.0]", [Decimal(2)], [Decimal(1)]),
        ("[1, 2.0, 5]", [Decimal(1), Decimal("2.00")], [Decimal(3)]),
        ("[9, 1, 2.0, 5, 5.0]", [Decimal(1), Decimal("2.00"), Decimal(5), Decimal(9)], [Decimal(0), Decimal(3), Decimal(10), "9"]),
        ('["a", "b", "c", "d"]', ["a", "d"], ["e", "", None, Decimal(1)]),
    ],
)
def test_a_value_is_looked_for_in_a_list_of_any_length(kind: str, items: str, held: list[object], others: list[object]) -> None:
    program = read(f"x in {items}", {"x": Type.parse(kind)})
    for value in (*held, *others):
        found = program.evaluate({"x": value}, run=Run())
        assert found is oracle(program, {"x": value})[0]
        assert found is True or value in others


def test_many_trees_become_one_function() -> None:
    cells = [read(text, ["?"], unary=True).tree for text in ("> 3", "? + n in (1, 2)", "[1..m]")]
    to = emitter(is_open=True)
    place = Place((Bound({"?": "one", "n": "other"}),))
    function = assemble(to, (IT, "one", "other"), [result(list_of(to.value(cell, place) for cell in cells))])
    it = Evaluation(Source("the table", "t.dmn:1", is_open=True), Run())
    assert function(it, Decimal(4), Decimal(-2)) == [True, True, None]
    assert it.run.faults == ["t.dmn:1: character 5: there is no name m"]


def test_the_interpreter_counts_levels_as_well() -> None:
    text = "{f: function(n) " + "if true then " * 40 + "f(n)" + " else 0" * 40 + ", r: f(1)}.r"
    with pytest.raises(DefinitionError, match="more than 240 levels deep"):
        oracle(read(text, []), {})


def test_values_of_too_many_parts_take_too_many_steps() -> None:
    names = {"b": Type.parse("boolean")}
    for text in ("for i in 1..60 return partial", "if b then (for i in 1..60 return partial) else 1"):
        with pytest.raises(DefinitionError, match=r"more than 100000 steps|more than 100 levels"):
            compile(text, names).evaluate({})
