"""What is decided while facts are unknown stays decided when they become known, whatever they turn out to be."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.strategies import SearchStrategy

from miaopi.kernel.expr import Type, Undetermined, compile

NAMES = {
    "p": Type.parse("boolean"),
    "q": Type.parse("boolean"),
    "m": Type.parse("number"),
    "n": Type.parse("number"),
    "d": Type.parse("date"),
    "l": Type.parse("list<number>"),
    "u": Type.parse("any"),
}
NUMBERS = st.integers(-3, 3).map(Decimal)
VALUES: dict[str, SearchStrategy[object]] = {
    "p": st.none() | st.booleans(),
    "q": st.none() | st.booleans(),
    "m": st.none() | NUMBERS,
    "n": st.none() | NUMBERS,
    "d": st.none() | st.dates(date(2023, 1, 1), date(2028, 12, 31)),
    "l": st.none() | st.lists(st.none() | NUMBERS, max_size=3),
    "u": st.none() | st.booleans() | NUMBERS | st.just("a") | st.lists(NUMBERS | st.just("a"), max_size=2),
}


def written(*forms: str, **parts: SearchStrategy[str]) -> SearchStrategy[str]:
    """Texts of one of the forms, with the parts filled in."""
    return st.tuples(st.sampled_from(forms), st.fixed_dictionaries(parts)).map(
        lambda drawn: drawn[0].format(**drawn[1])
    )


def grown(level: int) -> tuple[SearchStrategy[str], SearchStrategy[str], SearchStrategy[str]]:
    """Booleans, numbers and lists of numbers, so many levels deep."""
    if level == 0:
        return (
            st.sampled_from(("p", "q", "u", "true", "false", "null")),
            st.sampled_from(("m", "n", "u", "0", "1", "2", "d.month", "e")),
            st.sampled_from(("l", "u", "[]", "[m, 1]", "[u, n]", "[m, n, null]")),
        )
    b, n, li = grown(level - 1)
    booleans = b | written(
        "({a} and {b})", "({a} or {b})", "not({a})", "({x} < {y})", "({x} >= {y})", "({x} = {y})", "({x} != {y})",
        "({x} between {y} and {z})", "({x} in ({y}, {z}))", "({x} in ({y}..{z}])", "({x} in (< {y}, {z}))", "({x} in {l})",
        "(if {a} then {b} else {c})", "(some e in {l} satisfies e > {x})", "(every e in {l} satisfies e != {x})",
        "list contains({l}, {x})", "is defined({x})", "(d > date(2026, 2, 1))", "({l} = {l2})",
        "(some e in {l}, f in (if e = {x} then null else {l2}) satisfies f = {y})",
        "(every e in {l}, f in {x}..{y} satisfies e < f)",
        a=b, b=b, c=b, x=n, y=n, z=n, l=li, l2=li,
    )  # fmt: skip
    numbers = n | written(
        "({x} + {y})", "({x} - {y})", "({x} * {y})", "({x} / {y})", "(-{x})", "(if {a} then {x} else {y})",
        "count({l})", "sum({l})", "min({l})", "max({l})", "age on(d, add months(d, {x})) ",
        a=b, x=n, y=n, l=li,
    )  # fmt: skip
    lists = li | written(
        "[{x}, {y}]", "(for e in {l} return e + {x})", "(if {a} then {l} else [])", a=b, x=n, y=n, l=li
    )
    return booleans, numbers, lists


BOOLEANS, AMOUNTS, LISTS = grown(3)
TEXTS = BOOLEANS | AMOUNTS | LISTS


def is_same(left: object, right: object) -> bool:
    return type(left) is type(right) and left == right


@settings(max_examples=600, deadline=None)
@given(data=st.data())
def test_refining_an_unknown_never_flips_what_is_decided(data: st.DataObject) -> None:
    text = data.draw(TEXTS)
    expression = compile(text, {**NAMES, "e": Type.parse("number")})
    whole = {name: data.draw(values, label=name) for name, values in VALUES.items()} | {"e": Decimal(1)}
    hidden = data.draw(st.sets(st.sampled_from(sorted(NAMES))), label="hidden")
    found = expression.evaluate({name: value for name, value in whole.items() if name not in hidden})
    if isinstance(found, Undetermined):
        assert found.blame <= hidden
        assert found.blame or found.faults
    else:
        assert is_same(expression.evaluate(whole), found)


@settings(max_examples=200, deadline=None)
@given(data=st.data())
def test_the_same_input_gives_the_same_output(data: st.DataObject) -> None:
    text = data.draw(TEXTS)
    names = {**NAMES, "e": Type.parse("number")}
    scope = {name: data.draw(values) for name, values in VALUES.items()}
    once, again = compile(text, names), compile(text, names)
    assert once == again
    assert repr(once.evaluate(scope)) == repr(again.evaluate(scope))


@settings(max_examples=300, deadline=None)
@given(data=st.data())
def test_without_unknowns_only_a_fault_leaves_a_result_open(data: st.DataObject) -> None:
    expression = compile(data.draw(TEXTS), {**NAMES, "e": Type.parse("number")})
    found = expression.evaluate(
        {name: data.draw(values) for name, values in VALUES.items()} | {"e": Decimal(1)}
    )
    assert not isinstance(found, Undetermined) or (found.faults and not found.blame)
