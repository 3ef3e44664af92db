"""What is looked up in a long table is what trying its rules one by one would find, and so are the errors."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from hypothesis import event, given, settings
from hypothesis import strategies as st

from miaopi.kernel.dmn.evaluation.tables import hits_of, tried, tries_of
from miaopi.kernel.dmn.lookup.index import FEWEST
from miaopi.kernel.dmn.reasons import PASSED
from miaopi.kernel.dmn.tree import DecisionTable, HitPolicy
from miaopi.kernel.expr import Run
from tests.unit.kernel.dmn.written import column, decision, output, read, table
from tests.unit.kernel.dmn.written import given as input_data

NUMBERS = (
    "-", "1", "< 2", "<= 2", "> 2.0", ">= 3", "!= 2", "= 2", "[1..3]", "(1..3)", "]1..3[", "[3..1]", "not(2)", "not(< 2, 3)", "1, 3",
    "< 1, > 3", "not([1..2])", "-1", "[-1..2)", "null", "not(null)", "1, null", "not(1, null)", "> null", "2.50", "1e2", "!= null",
    "not(< 2, null)",
)  # fmt: skip
STRINGS = ("-", '"a"', '"b", "c"', 'not("a")', '> "b"', '["a".."b"]', "null", '"é"', '""', 'not("a", null)')
DAYS = ("-", 'date("2026-01-01")', '< @"2026-01-02"', '[date("2026-01-01")..date("2026-01-03"))', "null", 'not(@"2026-01-02")')
TRUTHS = ("-", "true", "false", "true, false", "not(true)", "null", "!= false")
# What looks like a cell and is none, or is one by a hair: digits, quotes and signs of other widths, other blanks.
NEAR = (
    "１８", "1８", "<= １", "[1..３]", "-٣", "1.５", "＜ 1", "> １, 2", "“a”", "＂a＂", "'a'", "−1", "1，2", "[1…3]", "≥ 1", "1\u00a0",
    "<\u00a01", "\u30001", "1\u200b", "[1\u2009..\ufeff3]", '"a"\u00a0,\u00a0"b"', '"１"', '"a\u00a0"', "1_0",
    ".5", "1.", "[1...3]", "01", "1 // 2", "/* 3 */ 1",
)  # fmt: skip
OPEN = ("? > other", "odd(?)", "other", '"a" + "b"', "> other", "[1..other]", "? = null", "list contains([1, 2], ?)", "x x", "< true")
KINDS = {
    "number": (NUMBERS, (None, *map(Decimal, ("-1", "1", "1.5", "2", "2.0", "2.5", "3", "9", "18")))),
    "string": (STRINGS, (None, "", "a", "b", "bb", "c", "é", "z", "１", "a\u00a0")),
    "date": (DAYS, (None, date(2025, 12, 31), date(2026, 1, 1), date(2026, 1, 2), date(2026, 1, 3))),
    "boolean": (TRUTHS, (None, True, False)),
}
ANY_VALUE = st.sampled_from([value for _, values in KINDS.values() for value in values] + [[Decimal(1)], {"a": "b"}])


@st.composite
def written_columns(draw: st.DrawFn, rules: int) -> tuple[str, list[str]]:
    """The kind of a column and its cells: mostly plain ones, some of another kind, some of none."""
    kind = draw(st.sampled_from(list(KINDS)))
    cells = st.sampled_from(KINDS[kind][0])
    strange = st.sampled_from([*OPEN, *NEAR, *NUMBERS, *STRINGS]) if draw(st.booleans()) else cells
    return kind, draw(st.lists(st.one_of(st.just("-"), cells, cells, strange), min_size=rules, max_size=rules))


@st.composite
def written_tables(draw: st.DrawFn) -> tuple[DecisionTable, list[str]]:
    rules = draw(st.integers(FEWEST, FEWEST + 30))
    columns = draw(st.lists(written_columns(rules), min_size=1, max_size=4))
    policy = draw(st.sampled_from([policy.value for policy in HitPolicy]))
    inputs = tuple(column(f"in{at}") for at in range(len(columns)))
    lines = tuple(f"{' | '.join(cells)} -> 1" for cells in zip(*(cells for _, cells in columns), strict=True))
    names = [f"in{at}" for at in range(len(columns))]
    model = read(
        decision("t", table(policy, inputs, (output(),), *lines), *(f"requiredInput {name}" for name in (*names, "other"))),
        *map(input_data, (*names, "other")),
    )
    logic = model.graph.elements["t"].logic  # type: ignore[union-attr]
    assert isinstance(logic, DecisionTable)
    return logic, [kind for kind, _ in columns]


@settings(max_examples=150, deadline=None)
@given(written_tables(), st.data())
def test_what_is_looked_up_is_what_would_be_tried(made: tuple[DecisionTable, list[str]], data: st.DataObject) -> None:
    long, kinds = made
    for _ in range(12):
        values = [data.draw(st.sampled_from(KINDS[kind][1]) | (ANY_VALUE if data.draw(st.integers(0, 9)) == 0 else st.nothing()))
                  for kind in kinds]  # fmt: skip
        scope = {"other": Decimal(2), **{f"in{at}": value for at, value in enumerate(values)}}
        looked_up, plain = Run(), Run()
        hits = list(hits_of(long, values, scope, looked_up))
        assert hits == list(tried(long, values, scope, plain))
        assert looked_up.faults == plain.faults
        reasons = Run()
        columns = tries_of(long, values, scope, reasons)
        assert [rule for rule, column in enumerate(columns) if column == PASSED] == hits
        assert reasons.faults == plain.faults
        event(f"{min(len(hits), 2)} hits, {'faults' if plain.faults else 'no fault'}")
