"""What functions build is bounded, whatever the values share (DMN has no bounds; untrusted authors need them)."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal

import pytest

from miaopi.kernel.errors import DefinitionError
from miaopi.kernel.expr import Run, Type, Undetermined, compile, read
from miaopi.kernel.expr.fault import Fault
from miaopi.kernel.expr.interpreter import interpret
from miaopi.kernel.expr.lexer import Source
from miaopi.kernel.expr.library import FUNCTIONS
from miaopi.kernel.expr.library.keys import KeyMaker
from miaopi.kernel.expr.library.writing import write_value
from miaopi.kernel.expr.values import equal
from tests.unit.kernel.expr.asking import NOW, answer

SHARED = ", ".join(f"{name}: [{', '.join([of] * 16)}]" for name, of in zip("bcdef", "abcde", strict=True))


def faults(text: str) -> str:
    run = Run(now=NOW)
    assert read(text, ()).evaluate({}, run=run) is None
    return "; ".join(run.faults)


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("{a: for i in 1..40000 return i, r: concatenate(a, a)}.r", "more than 65536 elements"),
        ('{a: for i in 1..8000 return "0123456789", r: string join(a, "")}.r', "more than 65536 characters"),
        (
            '{a: string join(for i in 1..300 return "x"), r: replace(a, "x", a)}.r',
            "more than 65536 characters",
        ),
        (
            f"{{a: string join(for i in 1..400 return \"{'ß' * 100}\"), r: upper case(a)}}.r",
            "more than 65536 characters",
        ),
        ('end of month(@"10000-01-01")', "outside the years"),
        ("money text(1e6000)", "34 digits"),
        ("floor(1e40, 1e30)", "a scale lies"),
        ('substring("abc", 1e30)', "a smaller number"),
        ("exp(1e6)", "no number"),
        ("date(1e12, 1, 1)", "whole number"),
        ("date(999999999, 12, 31) + @\"P1D\"", "outside the years"),
    ],
)
def test_what_is_too_much_is_a_fault(text: str, fault: str) -> None:
    assert fault in faults(text)


@pytest.mark.parametrize(
    "reckoned",
    [
        *("string(f)", "flatten(f)", "distinct values(f)", "f = f", "count(f)", "list contains(f, f)", "index of(f, f)"),
        *("union(f, f)", "f in (f, e)", "f instance of list<list<list<list<list<list<number>>>>>>", "max(f)", "is(f, f)"),
        *("reverse(f)", "concatenate(f, f)", "[f][item = f]", "(function(x: list<any>) 1)(f)", "string join(f)"),
        *("context put({x: f}, [\"x\"], f)", "get entries({x: f})", "context merge([{x: f}])", "sort(f, function(x, y) x = y)"),
    ],
)
@pytest.mark.parametrize("innermost", ["[1]", "{x: 1}", '"text"'])
def test_what_is_shared_within_a_value_counts_as_often_as_it_stands_there(reckoned: str, innermost: str) -> None:
    text = f"{{a: {innermost}, {SHARED}, r: {reckoned}}}.r"
    with pytest.raises(DefinitionError, match="more than 100000 steps"):
        read(text, ()).evaluate({}, run=Run())
    try:
        strict = compile(text, {})
    except DefinitionError:
        return  # of these types it can mean nothing
    with pytest.raises(DefinitionError, match="more than 100000 steps"):
        strict.evaluate({})


def test_comparing_what_an_open_choice_gives_is_counted() -> None:
    chosen = compile("{a: for i in 1..100 return i, b: for i in 1..400 return a, r: count(if x then b else b)}.r", {"x": Type("boolean")})
    assert chosen.evaluate({}) == 400
    with pytest.raises(DefinitionError, match="more than 60000 steps"):
        chosen.evaluate({}, steps=60_000)


@pytest.mark.parametrize("reckoned", ["string(last)", "last = last", "count(last)", "last"])
def test_a_value_has_an_end_of_levels(reckoned: str) -> None:
    chain = ", ".join(f"a{n}: [a{n - 1}]" for n in range(1, 200))
    with pytest.raises(DefinitionError, match="a value has more than 100 levels"):
        compile(f"{{a0: 1, {chain}, last: a199, r: {reckoned}}}.r", {}).evaluate({})


def test_without_a_clock_there_is_no_now() -> None:
    assert answer("now()", now=None) == "null"
    assert answer("today()", now=None) == "null"


def test_an_order_that_nobody_can_say_leaves_the_sorted_list_open() -> None:
    sorted_ = compile("sort([2, 1], function(x, y) x < limit)", {"limit": Type("number")})
    found = sorted_.evaluate({})
    assert isinstance(found, Undetermined)
    assert found.blame == {"limit"}


NESTED: list[object] = [Decimal(1)]
for _ in range(20):
    NESTED = [NESTED, NESTED]


@pytest.mark.parametrize(
    ("reckon", "message"),
    [
        (lambda: equal(NESTED, NESTED), "too many parts"),
        (lambda: KeyMaker().key(NESTED), "too many parts"),
        (lambda: write_value(NESTED), "more than 65536 characters"),
        (lambda: FUNCTIONS["flatten"].overloads[0].apply([[[]] * 300] * 300), "more than 65536 lists"),
    ],
    ids=["equal", "key", "text", "lists"],
)
def test_what_is_walked_through_has_an_end_of_its_own(reckon: Callable[[], object], message: str) -> None:
    with pytest.raises(Fault, match=message):
        reckon()


def test_of_many_faults_as_many_are_kept_as_anybody_reads() -> None:
    run = Run()
    assert read("for i in 1..1500 return 1 / 0", ()).evaluate({}, run=run) == [None] * 1_500
    run.faults.append("x" * 600)
    assert len(run.faults) == 1_000
    run = Run()
    run.faults.append("x" * 600)
    assert run.faults == [f"{'x' * 499}…"]


def test_enough_faults_are_as_good_as_all() -> None:
    found = compile(f"[{', '.join(['1 / 0'] * 100)}]", {}).evaluate({})
    assert isinstance(found, Undetermined)
    assert len(found.faults) == 64


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("a" * 257, "character 1: a name has at most 256 characters"),
        ("a " * 200, "character 1: a name has at most 256 characters"),
        ('{"' + "a," * 120 + 'c": 1, b: [' + "a," * 32_000 + "1]}", "reading the expression takes more than 400000 steps"),
        ('{"' + "a" * 300 + '": 1, b: 1', "} is expected here, not the end"),
        ("[1][1", "character 6: ] is expected here, not the end"),
        ("1 instance of money.x", "character 15: there is no type money.x"),
    ],
    ids=["name", "words", "steps", "key", "filter", "type"],
)
def test_a_text_that_is_too_much_to_read(text: str, message: str) -> None:
    with pytest.raises(DefinitionError) as caught:
        read(text, (), types={"money": Type.parse("number")})
    assert message in caught.value.message


def test_a_longer_key_than_any_name_is_a_key_that_nothing_names() -> None:
    assert read(f'{{"{"a" * 300}": 1, b: 2}}.b', ()).evaluate({}, run=Run()) == 2


def test_a_long_text_means_what_a_short_one_does() -> None:
    text = f"[{', '.join(['1 + 1'] * 1_000)}]"
    assert read(text, ()).evaluate({}, run=Run()) == [2] * 1_000
    assert compile(text, {}).evaluate({}) == [2] * 1_000


def test_the_interpreter_says_where_the_stack_has_come_to_its_end() -> None:
    program = read("(" * 60 + "1" + " + 1)" * 60, ())

    def deep(frames: int) -> object:
        if frames:
            return deep(frames - 1)
        return interpret(program.tree, {}, Source(program.text, "m.dmn:1", is_open=True), Run())

    def deeper_and_deeper() -> None:
        for frames in range(300, 900, 20):
            deep(frames)

    with pytest.raises(DefinitionError, match="goes too deep"):
        deeper_and_deeper()


def test_a_choice_of_which_a_side_is_open_as_well_blames_both() -> None:
    found = compile("if a then b else 1", {"a": Type("boolean"), "b": Type("number")}).evaluate({})
    assert isinstance(found, Undetermined)
    assert found.blame == {"a", "b"}


@pytest.mark.parametrize("text", ["context<a>", "context< : number>"])
def test_an_entry_of_a_type_has_a_name_and_a_type(text: str) -> None:
    with pytest.raises(DefinitionError, match="> is expected after the type"):
        Type.parse(text)
