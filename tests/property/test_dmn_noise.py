"""Whatever stands in a file: a model that answers, or an error that says where. Nothing else, and no crash."""

from __future__ import annotations

from contextlib import suppress

from hypothesis import given, settings
from hypothesis import strategies as st

from miaopi.kernel.dmn import parse
from miaopi.kernel.errors import MiaopiError
from tests.unit.kernel.dmn.written import (
    column,
    context,
    decision,
    entry,
    feel,
    item,
    knowledge,
    model,
    output,
    result,
    service,
    table,
)
from tests.unit.kernel.dmn.written import given as input_data

SOUND = model(
    item("person", "", item("+name", "string"), item("+ages", "number", many=True, allowed="> 0")),
    input_data("who", "person"),
    knowledge("f", feel("if n < 1 then 0 else f(n - 1)"), "n: number", of="number"),
    decision(
        "boxed",
        context(entry("a b", feel("who.ages[item > 1]")), result(feel("f(count(a b))"))),
        "requiredInput who",
        "requiredKnowledge f",
    ),
    decision(
        "table",
        table("COLLECT", (column("boxed"),), (output("x", "number", "[0..9]"),), "< 5, not(7) -> boxed + 1"),
        "boxed",
    ),
    decision("loop", f'<for iteratorVariable="i"><in>{feel("1..3")}</in><return>{feel("count(partial) + i")}</return></for>'),
    service("serve", "outputDecision table", "inputDecision boxed"),
)
PIECES = (
    b"<text>", b"</text>", b"(", b")", b"[", b"{", b'"', b"..", b"-", b"?", b"null", b" return ", b"for i in ", b"not(", b"**9",
    b'typeRef="person"', b'isCollection="true"', b"<list/>", b"<context/>", b'hitPolicy="PRIORITY"', b"<!DOCTYPE a>", b"&lt;", b"\xff",
)  # fmt: skip
CUTS = st.tuples(st.integers(0, len(SOUND) - 1), st.integers(0, 40), st.sampled_from(PIECES))
VALUES = st.sampled_from([None, True, 1, "x", [1, 2], {"name": "A", "ages": [1, 2, 3]}, {"ages": "x"}])


@settings(max_examples=150, deadline=None)
@given(st.lists(CUTS, max_size=6), VALUES)
def test_noise_in_a_model_ends_in_a_value_or_a_typed_error(cuts: list[tuple[int, int, bytes]], value: object) -> None:
    source = bytearray(SOUND)
    for at, length, piece in cuts:
        source[at : at + length] = piece
    with suppress(MiaopiError):
        found = parse(bytes(source))
        for name in (*found.decisions, *found.invocables):
            found.evaluate_traced(name, {"who": value, "boxed": value, "n": value})
