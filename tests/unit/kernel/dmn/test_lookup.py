"""Long tables: the rules that a value passes are looked up, and are those that trying each would find."""

from __future__ import annotations

from decimal import Decimal

import pytest

from miaopi.kernel.dmn import Model
from miaopi.kernel.dmn.evaluation.tables import hits_of, tried
from miaopi.kernel.dmn.lookup.cells import read_plain, read_written
from miaopi.kernel.dmn.lookup.index import Index
from miaopi.kernel.dmn.tree import DecisionTable
from miaopi.kernel.errors import DefinitionError
from miaopi.kernel.expr import Run
from miaopi.kernel.expr import read as read_program
from miaopi.kernel.expr.code import code_of
from tests.unit.kernel.dmn.written import column, decision, given, knowledge, output, read, table

FILLING = tuple(f'{at} | "{at}" -> "{at}"' for at in range(100, 140))


def long(policy: str, *rules: str) -> Model:
    """The rules, and forty that hit for nothing that is asked."""
    made = table(policy, (column("n"), column("s")), (output(default='"none"'),), *rules, *FILLING)
    return read(decision("t", made, "requiredInput n", "requiredInput s"), given("n", "number"), given("s", "string"))


def table_of(model: Model) -> DecisionTable:
    logic = model.graph.elements["t"].logic  # type: ignore[union-attr]
    assert isinstance(logic, DecisionTable)
    return logic


@pytest.mark.parametrize(
    ("cell", "passes", "fails"),
    [
        ("[1..3], [2..5]", 4, 6),
        ("[3..1], 7", 7, 2),
        ("(1..1), 7", 7, 1),
        ("not([1..3], < 2)", 4, 0),
        ('1, "a"', 1, 2),
        ("null", None, 1),
        ("!= null", 0, None),
        ("not(null)", 0, None),
        ("not(1)", None, 1),
        ("? > 2", 3, 2),
        ("[n..n]", 3, None),
        ("< true, 5", 5, 4),
        ("> n - 1", 3, None),
        ("<= 5, >= 9", 9, 6),
        ("-1", -1, 1),
    ],
)
def test_a_cell_of_a_long_table_means_what_it_means_anywhere(cell: str, passes: object, fails: object) -> None:
    model = long("FIRST", f'{cell} | - -> "hit"')
    assert model.evaluate("t", {"n": passes, "s": "x"}) == "hit"
    assert model.evaluate("t", {"n": fails, "s": "x"}) == "none"


@pytest.mark.parametrize(
    "text",
    [
        "-", "", " 1 ", "-1", "< 2", "<=2.50", '>= "a"', '"a" , "b"', "[1..3)", "]1..3[", "(1 .. 3]", "< 1, > 3", '["a".."b"]', "01",
        '1, "a"', '[1.."a"]', "1..3", "1 2", "- 1", '"a\\n"', "1,", "not(1)", "null", f"{'1, ' * 400}1",
        "１８", "1８", "<= １", "[1..３]", "-٣", "1.５", "＜ 1", "１, 2", "“a”", "＂a＂", "'a'", "1\u00a0", "\u3000< 1",
        "1\u200b", "1 ,\u2009 2", "−1", "1，2", "[1‥3]", "[1…3]", "≥ 1", "1e2", ".5", "1.", "[1...3]", "1_000",
        "[.5..1]", '"a" "b"', '"a""b"', "1 // 2", "/**/1",
    ],
)  # fmt: skip
def test_a_cell_that_is_known_without_reading_is_what_reading_finds(text: str) -> None:
    try:
        read_one = read_plain(read_program(text.strip() or "-", {}, unary=True))
    except DefinitionError:
        read_one = None
    assert read_written(text) in (None, read_one)


def test_reading_a_cell_beforehand_makes_no_code() -> None:
    cells = ('date("2026-01-0{}")', '@"2026-01-0{}"', "-5{}", 'not("x{}")', "[-7{}..8{}]")
    programs = [read_program(cell.replace("{}", str(at)), {}, unary=True) for cell in cells for at in range(1, 9)]
    before = code_of.cache_info().currsize, code_of.cache_info().misses
    assert None not in map(read_plain, programs)
    assert (code_of.cache_info().currsize, code_of.cache_info().misses) == before


def test_of_many_cells_that_have_to_be_read_the_others_are_tried() -> None:
    rules = [f'? = {at} | - -> "{at}"' for at in range(400)]
    odd = [f'{at} + 0 | - -> "{at}"' for at in range(400)]
    assert long("FIRST", *rules).evaluate("t", {"n": 399, "s": "x"}) == "399"
    assert long("FIRST", *odd).evaluate("t", {"n": 5, "s": "x"}) == "5"


def test_an_error_in_a_cell_is_noted_where_the_cell_is_reached() -> None:
    model = long("FIRST", '1 | x x -> "a"', '- | - -> "b"', '- | x x -> "c"')
    assert model.evaluate_traced("t", {"n": 2, "s": "x"}) == ("b", ())
    value, errors = model.evaluate_traced("t", {"n": 1, "s": "x"})
    assert value == "b"
    assert len(errors) == 1


def test_values_of_another_kind_are_tried_rule_by_rule() -> None:
    made = table("FIRST", (column("n"), column("s")), (output(),), '1 | - -> "one"', '- | - -> "any"', *FILLING)
    model = read(decision("t", made, "requiredInput n", "requiredInput s"), given("n"), given("s"))
    value, errors = model.evaluate_traced("t", {"n": "1", "s": "x"})
    assert value == "any"
    assert errors == ("model.dmn:2: character 1: a string cannot be compared with a number",)


def test_what_is_called_like_a_function_of_the_language_hides_it() -> None:
    others = ['@"1999-01-01" -> "no"'] * 40
    made = table("FIRST", (column("d"),), (output(),), 'date("2026-01-01") -> "hit"', *others)
    own = knowledge("date", "<literalExpression><text>@\"2027-01-01\"</text></literalExpression>", "text: string")
    model = read(decision("t", made, "requiredInput d", "requiredKnowledge date"), given("d", "date"), own)
    assert model.evaluate("t", {"d": "2027-01-01"}) == "hit"
    assert model.evaluate("t", {"d": "2026-01-01"}) is None


def test_columns_beyond_the_room_are_tried() -> None:
    long_one = table_of(long("COLLECT", '< 5 | - -> "a"', '> 2 | "x", "y" -> "b"'))
    index = Index(long_one, room=0)
    assert index.has_open == (1 << 42) - 1
    values = [Decimal(3), "x"]
    asked: list[tuple[int, int]] = []

    def tries(rule: int, at: int) -> bool:
        asked.append((rule, at))
        return rule < 2

    assert list(index.hits(values, tries)) == [0, 1]
    assert (0, 0) in asked


@pytest.mark.parametrize("policy", ["FIRST", "COLLECT"])
def test_many_ends_in_a_column_are_kept_in_stretches(policy: str) -> None:
    rules = [f'[{at}..{at + 40}) | - -> "{at}"' for at in range(0, 400, 3)]
    long_one = table_of(long(policy, *rules))
    for number in range(-1, 445):
        values, scope = [Decimal(number), "x"], {"n": Decimal(number), "s": "x"}
        assert list(hits_of(long_one, values, scope, Run())) == list(tried(long_one, values, scope, Run()))
    assert len(Index(long_one).columns[0].kept) < len(Index(long_one).columns[0].ends)


def test_days_that_the_calendar_or_python_does_not_have_are_tried() -> None:
    rules = ('date("2026-02-30") -> "never"', '@"12026-01-01" -> "far"', '< date("2026-01-01") -> "before"', '- -> "any"')
    made = table("FIRST", (column("d"),), (output(),), *rules, *['@"1999-01-01" -> "no"'] * 40)
    model = read(decision("t", made, "requiredInput d"), given("d", "date"))
    assert model.evaluate_traced("t", {"d": "2025-01-01"}) == ("before", ("model.dmn:2: character 1: the calendar has no such day",))
    assert model.evaluate("t", {"d": "12026-01-01"}) == "far"
    assert model.evaluate("t", {"d": "2026-01-01"}) == "any"
