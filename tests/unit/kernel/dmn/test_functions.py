"""Decisions that have a plain form are functions; all others, and every case that is not plain, are evaluated plainly."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from miaopi.kernel.dmn import Model
from miaopi.kernel.dmn.code.edge import UNDECIDED
from miaopi.kernel.errors import InputError
from tests.unit.kernel.dmn.written import column, decision, feel, given, item, knowledge, output, read, table

DATA = (given("n", "number"), given("s", "string"), given("d", "date"), given("e", "date"))
NEEDS = ("requiredInput n", "requiredInput s", "requiredInput d", "requiredInput e")
CASE = {"n": 3, "s": "x", "d": date(2020, 2, 29), "e": date(2026, 2, 28)}


def made(logic: str, *more: str, needs: tuple[str, ...] = NEEDS, of: str = "") -> Model:
    return read(decision("t", logic, *needs, of=of), *DATA, *more)


def given_plainly(model: Model, **changed: object) -> object:
    """The value, which the function leaves to the plain evaluation."""
    inputs = {**CASE, **changed}
    value = model.evaluate("t", inputs)
    assert model.deciding["t"](inputs) is UNDECIDED
    assert value == model.evaluate_traced("t", inputs).value
    return value


def given_at_once(model: Model, **changed: object) -> object:
    """The value, which is the function's and the plain evaluation's."""
    inputs = {**CASE, **changed}
    value = model.evaluate("t", inputs)
    assert model.deciding["t"](inputs) is not UNDECIDED
    plain = model.evaluate_traced("t", inputs).value
    assert (type(value), str(value)) == (type(plain), str(plain))
    reasons = model.explain("t", inputs)
    assert (type(reasons.value), str(reasons.value)) == (type(plain), str(plain))
    return value


@pytest.mark.parametrize(
    ("cell", "n", "hits"),
    [
        ("1, 2, 3, 4", 4, True), ("1, 2, 3, 4", Decimal("4.0"), True), ("1, 2, 3, 4", 5, False), ("1, 3", 3, True),
        ("2.5", Decimal("2.50"), True), ("< 10000000000000000000000000000000000", 5, True), ("!= null", 1, True),
        ("not(!= null)", 1, False), ("null", 1, False), ("not(null)", 1, True), ("]1..3[", 3, False), ("[1..3]", 3, True),
        ("? = n", 7, True), ("-", 0, True),
    ],
)  # fmt: skip
def test_a_cell_compares_as_by_hand(cell: str, n: object, hits: bool) -> None:
    model = made(table("FIRST", (column("n"),), (output(),), f"{cell} -> 1", "- -> 2"))
    assert given_at_once(model, n=n) == (1 if hits else 2)


@pytest.mark.parametrize(
    ("text", "from_day", "to_day", "found"),
    [
        ("years", date(2000, 2, 29), date(2018, 2, 28), 17), ("years", date(2000, 2, 28), date(2018, 2, 28), 18),
        ("years", date(2000, 3, 1), date(2018, 2, 28), 17), ("months", date(2000, 1, 31), date(2000, 3, 30), 1),
        ("months", date(2000, 11, 5), date(2001, 1, 5), 2),
    ],
)  # fmt: skip
def test_ages_are_reckoned_as_by_hand(text: str, from_day: date, to_day: date, found: int) -> None:
    model = made(feel(f"years and months duration(d, e).{text}"))
    assert given_at_once(model, d=from_day, e=to_day) == found
    assert isinstance(model.evaluate("t", {**CASE, "d": from_day, "e": to_day}), Decimal)


@pytest.mark.parametrize("text", ["years and months duration(n, e).years", "years and months duration(e, d).years", "now()"])
def test_what_is_not_plain_is_left(text: str) -> None:
    given_plainly(made(feel(text)))


@pytest.mark.parametrize(
    ("changed", "value"),
    [
        ({"n": None}, 2), ({"n": "3"}, 2), ({"n": 10**40}, 1), ({"d": "2020-02-29"}, 1), ({"s": None}, 1),
    ],
)  # fmt: skip
def test_a_value_that_is_not_plain_is_left(changed: dict[str, object], value: object) -> None:
    model = made(table("FIRST", (column("n"),), (output(),), "> 1 -> 1", "- -> 2"))
    assert given_plainly(model, **changed) == value


@pytest.mark.parametrize("number", [Decimal("NaN"), Decimal("sNaN"), Decimal("inf"), 10**6200], ids=["NaN", "sNaN", "inf", "huge"])
def test_what_is_no_number_is_refused(number: object) -> None:
    with pytest.raises(InputError):
        made(table("FIRST", (column("n"),), (output(),), "> 1 -> 1", "- -> 2")).evaluate("t", {**CASE, "n": number})


def test_an_input_of_the_table_is_one_of_its_allowed_values() -> None:
    for allowed, at_once in (("-", True), ("> 1", True), ("> 5", False), ('"a"', False)):
        model = made(table("FIRST", (column("n", allowed=allowed),), (output(),), "> 1 -> 1"))
        assert (given_at_once if at_once else given_plainly)(model) == (1 if at_once else None)


def test_names_are_found_however_they_are_spaced() -> None:
    model = read(decision("t", feel("a b + 1"), "requiredInput a b"), given("a b", "number"), given("c", "number"))
    assert model.evaluate("t", {"a  b": 1}) == 2
    assert model.evaluate(" t ", {"a b": 1}) == 2
    assert model.deciding["t"]({"a b": 1, "c": 5}) == 2
    assert model.deciding["t"]({"a b": 1, "what": 5}) is UNDECIDED


def test_several_outputs_are_a_context_of_ones_own() -> None:
    outputs = (output("a", default="0"), output("b"))
    for policy in ("FIRST", "UNIQUE", "ANY"):
        model = made(table(policy, (column("n"),), outputs, '> 5 -> 1 | "x"', '< 2 -> 2 | "y"'))
        assert given_at_once(model, n=6) == {"a": 1, "b": "x"}
        assert given_at_once(model) == {"a": 0, "b": None}
        kept = model.evaluate("t", {**CASE, "n": 6})
        assert isinstance(kept, dict)
        kept["a"] = "changed"
        assert given_at_once(model, n=6) == {"a": 1, "b": "x"}


def test_a_single_output_among_contexts_is_given_as_it_is() -> None:
    model = made(table("UNIQUE", (column("n"),), (output("a"), output("b")), '> 5 -> 1 | "x"'))
    assert given_at_once(model) is None


def test_the_highest_priority_is_given() -> None:
    model = made(table("PRIORITY", (column("n"),), (output(allowed='"b", "a"'),), '> 1 -> "a"', '> 2 -> "b"'))
    assert given_at_once(model) == "b"
    assert list(model.explain("t", CASE).tried) == [-1, -1]


@pytest.mark.parametrize("outcome", ['"a"', "null"])
@pytest.mark.parametrize("allowed", ['s, "a"', '1 / 0, "a"'])
def test_priorities_that_have_to_be_reckoned_are_left(allowed: str, outcome: str) -> None:
    model = made(table("PRIORITY", (column("n"),), (output(allowed=allowed),), f"> 1 -> {outcome}"))
    assert given_plainly(model) == (None if outcome == "null" else "a")


@pytest.mark.parametrize("policy", ["COLLECT", "RULE ORDER", "OUTPUT ORDER"])
def test_lists_of_hits_are_left(policy: str) -> None:
    assert given_plainly(made(table(policy, (column("n"),), (output(),), "> 1 -> 1", "> 2 -> 2"))) == [1, 2]


@pytest.mark.parametrize(
    ("policy", "outcomes", "value"),
    [
        ("UNIQUE", ("1", "1"), None), ("ANY", ("1", "1.0"), 1), ("ANY", ("1", "2"), None), ("ANY", ("n", "3"), 3),
        ("FIRST", ("n", "2"), 3),
    ],
)
def test_outcomes_that_are_not_known_beforehand_are_left(policy: str, outcomes: tuple[str, str], value: object) -> None:
    model = made(table(policy, (column("n"),), (output(),), f"> 1 -> {outcomes[0]}", f"> 2 -> {outcomes[1]}"))
    assert given_plainly(model) == value


def test_a_decision_that_another_needs_is_reckoned_within() -> None:
    more = decision("more", feel("n * 2"), "requiredInput n")
    kind = decision("kind", table("UNIQUE", (column("n"),), (output(),), '> 1 -> "a"'), "requiredInput n")
    both = table("FIRST", (column("more"), column("kind")), (output(),), '> 5 | "a" -> 1', "- | - -> 2")
    model = made(both, more, kind, needs=("more", "kind"))
    assert given_at_once(model) == 1


def test_a_needed_decision_without_a_value_is_left() -> None:
    needed = decision("kind", table("UNIQUE", (column("n"),), (output(),), '> 5 -> "a"'), "requiredInput n")
    assert given_plainly(made(table("FIRST", (column("kind"),), (output(),), "null -> 1"), needed, needs=("kind",))) == 1


def test_needed_decisions_of_several_kinds_and_knowledge_are_left() -> None:
    mixed = decision("kind", table("UNIQUE", (column("n"),), (output(),), '> 5 -> "a"', "< 5 -> 1"), "requiredInput n")
    assert given_plainly(made(table("FIRST", (column("kind"),), (output(),), "1 -> 1"), mixed, needs=("kind",))) == 1
    double = knowledge("double", feel("n * 2"), "n: number")
    assert given_plainly(made(feel("double(n)"), double, needs=("requiredInput n", "requiredKnowledge double"))) == 6


def test_types_are_kept_at_the_edges() -> None:
    small = item("small", "number", allowed="< 5")
    model = read(decision("t", feel("n"), "requiredInput n", of="small"), given("n", "number"), small)
    assert model.evaluate("t", {"n": 4}) == 4
    assert model.evaluate("t", {"n": 6}) is None
    whatever = item("whatever", "number", allowed="-")
    model = read(decision("t", feel("n"), "requiredInput n", of="whatever"), given("n", "number"), whatever)
    assert model.evaluate("t", {"n": 4}) == 4


@pytest.mark.parametrize("broken", ["x x x (", "? ? ?"])
def test_what_cannot_be_read_is_left(broken: str) -> None:
    assert given_plainly(made(table("FIRST", (column("n", allowed=broken),), (output(),), "> 1 -> 1"))) is None
    assert given_plainly(made(table("FIRST", (column("n"),), (output(),), f"{broken} -> 1", "- -> 2"))) == 2
    assert given_plainly(made(table("FIRST", (column(broken),), (output(),), "null -> 1"))) == 1


def test_long_chains_and_wide_tables_are_left() -> None:
    chain = [decision(f"d{at}", feel(f"d{at - 1} + 1"), f"d{at - 1}") for at in range(1, 40)]
    model = made(feel("d39"), decision("d0", feel("n"), "requiredInput n"), *chain, needs=("d39",))
    assert given_plainly(model) == 42
    columns = tuple(column("n") for _ in range(25))
    wide = made(table("FIRST", columns, (output(),), f"{' | '.join(['> 1'] * 25)} -> 1"))
    assert given_plainly(wide) == 1


def test_two_inputs_of_one_name_are_left() -> None:
    twice = given("n", "number").replace('id="n"', 'id="m"')
    model = read(decision("t", feel("n"), "requiredInput n", "requiredInput m"), given("n", "number"), twice)
    assert model.evaluate("t", {"n": 1}) == 1
    assert model.deciding["t"]({"n": 1}) is UNDECIDED


def test_a_name_that_is_a_function_of_the_language_is_left() -> None:
    asked = decision("t", feel("n + count"), "requiredInput n", "requiredInput count")
    model = read(asked, given("n", "number"), given("count", "number"))
    assert model.evaluate("t", {"n": 1, "count": 2}) == 3
    assert model.deciding["t"]({"n": 1, "count": 2}) is UNDECIDED
