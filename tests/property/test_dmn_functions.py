"""The function of a decision gives what the plain evaluation gives, or leaves it to that; and so do the reasons."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date, datetime, timedelta
from decimal import Decimal

import pytest
from hypothesis import event, given, settings
from hypothesis import strategies as st

from miaopi.kernel.dmn import Model, parse
from miaopi.kernel.dmn.code.edge import UNDECIDED
from miaopi.kernel.dmn.evaluation.environment import Environment
from miaopi.kernel.dmn.evaluation.inputs import Given
from miaopi.kernel.dmn.tree import HitPolicy
from miaopi.kernel.errors import MiaopiError
from miaopi.kernel.expr import Run
from tests.unit.kernel.dmn.written import column, decision, feel, item, model, output, table
from tests.unit.kernel.dmn.written import given as input_data

pytestmark = pytest.mark.uncounted
INPUTS = {"n": "number", "s": "string", "b": "boolean", "d": "date", "e": "date", "few": "few", "open": "", "when": "date and time"}
USUAL = ("n", "s", "b", "d", "open", "n * 2 + 1", "if b then n else 0", "years and months duration(d, e).years", "first", "total")
COLUMNS = {
    "n": ("-", "1", "< 2", ">= 2.5", "[1..3)", "not(2, 3)", "1, 2, 3, 4", "null", "!= null", "not(null)", "? > few", "> few", "-1", '"a"'),
    "s": ("-", '"a"', '"a", "b"', 'not("a")', '"a", "b", "c", "d"', '> "a"', "? = s", "1"),
    "b": ("-", "true", "false", "not(true)", "true, false", "n > 1"),
    "d": ("-", '< date("2026-01-01")', '[@"2025-01-01"..@"2026-01-01"]', 'date("2026-02-30")', "? < e"),
    "few": ("-", "1", "> 1"),
    "when": ("-", "null"),
    "open": ("-", "1", '"a"', "null"),
    "n * 2 + 1": ("-", "3", "> 4"),
    "if b then n else 0": ("-", "0", "> 1"),
    "years and months duration(d, e).years": ("-", "0", "1", ">= 2"),
    "years and months duration(d, e).months": ("-", "0", "11", "< 6"),
    "years and months duration(n, e).months": ("-", "0"),
    "n / 0": ("-", "null", "1"),
    "first": ("-", '"x"', 'not("x")'),
    "total": ("-", "2", "> 2"),
}
OUTCOMES = ('"x"', '"y"', "1", "1.0", "null", "n", "1 / 0", "true", '@"2026-01-01"', 'date and time("2026-01-01T00:00:00")', "[1]")
ASKED = {
    "number": (
        0, 1, 2, 3, Decimal("2.5"), Decimal("-1"), 10**34, 10**6200, Decimal("1e-40"), Decimal("NaN"), Decimal(10**33) + Decimal("0.5"),
    ),
    "string": ("a", "b", "", "é", "a" * 300),
    "boolean": (True, False),
    "date": (
        date(2025, 1, 1), date(2026, 1, 1), date(2026, 1, 2), date(2024, 2, 29), date(2025, 12, 31), date(2027, 3, 1), "2026-01-01", "day",
    ),
    "few": (1, 2, 3, 4),
    "": (1, 2, 3, "a", True, None),
    "date and time": (datetime(2026, 1, 1), datetime(2026, 1, 1, 5), datetime(2027, 1, 1), "2026-01-01T00:00:00", None),
}  # fmt: skip
STRANGE = st.sampled_from([None, 1, "1", True, 1.5, [1], {"a": 1}, date(2026, 1, 1), datetime(2026, 1, 1), timedelta(1), Decimal("sNaN")])


@st.composite
def models(draw: st.DrawFn) -> Model:
    def seldom(*words: str) -> str:
        return draw(st.sampled_from([*[""] * 30, *words]))

    names = draw(st.lists(st.sampled_from(draw(st.sampled_from([USUAL, USUAL, tuple(COLUMNS)]))), min_size=1, max_size=4))
    rules = draw(st.integers(1, 5))
    lines = []
    one_kind = draw(st.sampled_from([OUTCOMES, ('"x"', '"y"'), ("1", "2")]))
    plain = draw(st.sampled_from([True, True, False]))
    for _ in range(rules):
        cells = [draw(st.sampled_from(COLUMNS[name][: 4 if plain else None])) for name in names]
        lines.append(f"{' | '.join(cells)} -> {draw(st.sampled_from(one_kind))}")
    policy = draw(st.sampled_from(["UNIQUE", "FIRST", "ANY", "PRIORITY", "FIRST", *(policy.value for policy in HitPolicy)]))
    columns = tuple(column(name, seldom("number", "string"), seldom("< 3", '"a", "b"')) for name in names)
    default = draw(st.sampled_from(["", '"x"', "1"]))
    made = output(of=seldom("number"), allowed=draw(st.sampled_from(["", '"y", "x"', "2, 1"])), default=default)
    read = {word for text in (*names, "few", "e") for word in re.findall(r"\w+", text)} & INPUTS.keys() | {"n", "s", "b"}
    needs = (*({"first", "total"} & set(names)), *(f"requiredInput {name}" for name in sorted(read)))
    inner_output = output(allowed='"y", "x"', default=draw(st.sampled_from(["", '"x"'])))
    inner_policy = draw(st.sampled_from(["FIRST", "UNIQUE", "ANY", "PRIORITY"]))
    inner = table(inner_policy, (column("n"),), (inner_output,), '< 2 -> "x"', '> 0 -> "y"')
    return parse(
        model(
            item("few", "number", allowed="1, 2, 3"),
            *(input_data(name, kind) for name, kind in INPUTS.items()),
            decision("first", inner, "requiredInput n"),
            decision("total", feel("n + few"), "requiredInput n", "requiredInput few", of=seldom("number", "few")),
            decision("asked", table(policy, columns, (made,), *lines), *needs, of=seldom("number", "string", "few")),
        )
    )


@st.composite
def asked(draw: st.DrawFn) -> dict[str, object]:
    usual = draw(st.integers(0, 4)) < 4
    found: dict[str, object] = {name: draw(st.sampled_from(ASKED[kind][: 3 if usual else None])) for name, kind in INPUTS.items()}
    for name in draw(st.lists(st.sampled_from(list(INPUTS)), max_size=1)) if draw(st.integers(0, 4)) == 4 else ():
        found[name] = draw(STRANGE)
    match draw(st.integers(0, 20)):
        case 18:
            del found[draw(st.sampled_from(list(INPUTS)))]
        case 19:
            found["unknown"] = 1
        case 20:
            found[" n"] = 5
    return found


def outcome(ask: object) -> object:
    """The value with its type, or the error."""
    try:
        value = ask()  # type: ignore[operator]
    except MiaopiError as error:
        return type(error), str(error)
    return type(value), str(value)


@settings(max_examples=200, deadline=None)
@given(models(), st.lists(asked(), min_size=8, max_size=8), st.sampled_from(["asked", "asked", "asked", "first", "total"]))
def test_a_function_gives_what_the_plain_evaluation_gives(made: Model, cases: list[dict[str, object]], name: str) -> None:
    for inputs in cases:
        plain = outcome(lambda given=inputs: made.evaluate_traced(name, given).value)
        assert outcome(lambda given=inputs: made.evaluate(name, given)) == plain
        assert outcome(lambda given=inputs: made.explain(name, given).value) == plain
        if isinstance(plain, tuple) and isinstance(plain[0], type) and issubclass(plain[0], MiaopiError):
            continue
        reasons = made.explain(name, inputs)
        assert reasons.errors == made.evaluate_traced(name, inputs).errors
        decided = made.deciding[name](inputs) is not UNDECIDED
        explained = made.explaining[name](inputs) is not UNDECIDED
        event(f"{name}: {'decided' if decided else 'left'}, {'explained' if explained else 'left'}")
        if explained:
            assert tuple(reasons.tried) == tuple(_plainly(made, name, inputs)[0])
            assert reasons.values == _plainly(made, name, inputs)[1]


def _plainly(made: Model, name: str, inputs: Mapping[str, object]) -> tuple[object, object]:
    reference = made.graph.named(name)
    assert reference is not None
    return Environment(made.graph, Given(inputs), Run()).reasons(reference)
