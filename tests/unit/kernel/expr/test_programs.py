"""Programs: what is read openly, what a run counts, and what it notes."""

from __future__ import annotations

from decimal import Decimal

import pytest

from miaopi.kernel.errors import DefinitionError
from miaopi.kernel.expr import Closure, Lexicon, Range, Run, Type, compile, read
from miaopi.kernel.expr.fault import Fault
from miaopi.kernel.expr.run import MOST_CODES
from miaopi.kernel.expr.types import NO_NAMES, conforms, join, read_type
from miaopi.kernel.expr.values import coerce, is_within
from miaopi.kernel.expr.vocabulary import Vocabulary


def test_faults_are_noted_where_they_happen() -> None:
    run = Run()
    program = read("[1 / x,\n y]", ["x"], where="model.dmn:3")
    assert program.evaluate({"x": Decimal(0)}, run=run) == [None, None]
    assert run.faults == [
        "model.dmn:3: line 1, character 2: no number is the result",
        "model.dmn:3: line 2, character 2: there is no name y",
    ]


def test_a_name_of_several_words_is_read_as_one_before_its_type_is_known() -> None:
    words, known = Vocabulary(["first day", "day"]), {"day": Type("number")}
    with pytest.raises(DefinitionError, match="there is no name first day"):
        compile("first day + day", Lexicon(known, words=words))
    known["first day"] = Type("number")
    assert compile("first day + day", Lexicon(known, words=words)).names == {"day", "first day"}


def test_one_run_counts_the_steps_of_all_its_programs() -> None:
    run = Run(steps=5)
    program = read("1 + 2", [])
    assert program.evaluate({}, run=run) == 3
    with pytest.raises(DefinitionError, match="more than 5 steps"):
        program.evaluate({}, run=run)


def test_what_was_evaluated_before_does_not_change_how_an_evaluation_ends() -> None:
    long = "count(for i in 1..14000 return if i > 0 then 1 + 1 + 1 + 1 else 0)"  # the readers count it differently
    warm, ends = read(long, []), []
    assert warm.evaluate({}, run=Run()) == 14_000
    for program in (read(long, []), warm, warm):
        run = Run()
        for at in range(MOST_CODES):
            assert read(f"{at}", []).evaluate({}, run=run) == at
        with pytest.raises(DefinitionError) as caught:
            program.evaluate({}, run=run)
        ends.append((caught.value.message, run.taken))
    assert ends[0] == ends[1] == ends[2]


def test_a_text_that_stands_in_many_places_is_one_code_of_a_run() -> None:
    run, once = Run(), read("1 + 1", [], where="m.dmn:1")
    again = once.at("m.dmn:2")
    assert (again.where, again.text, once.where) == ("m.dmn:2", "1 + 1", "m.dmn:1")
    assert [one.evaluate({}, run=run) for one in (once, again)] == [2, 2]
    assert len(run.codes) == 1


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("{f: function(n) f(n), r: f(1)}.r", "more than 50 functions inside one another"),
        (
            "{f: function(n) " + "if true then " * 40 + "f(n)" + " else 0" * 40 + ", r: f(1)}.r",
            "the evaluation goes more than 240 levels deep",
        ),
        ("(function(f) f(f))(function(f) f(f))", "more than 50 functions inside one another"),
        ("count(for n in 1..1000000 return n)", "the list has more than 65536 elements"),
        ("for n in 1..60000 return partial", "the expression takes more than 100000 steps"),
        ("count(for n in 1..60000 return text + text)", "the expression takes more than 100000 steps"),
        ("a" + ".a" * 30_000, "the expression is more than 100 levels deep"),
        ("1e999999", "the number is too great"),
        ("(1" + " + 1" * 60 + ")" + " + 1" * 60, "the expression is more than 100 levels deep"),
        ("x instance of " + "list<" * 99, "more than 32 types inside one another"),
        ("1 instance of colour", "there is no type colour"),
        ("1 instance of )", "there is no type )"),
        ('a."b"', "the name of a part is expected here"),
    ],
)
def test_what_goes_beyond_is_an_authors_mistake(text: str, message: str) -> None:
    with pytest.raises(DefinitionError) as caught:
        read(text, ["text"]).evaluate({"text": "a" * 30_000}, run=Run())
    assert message in caught.value.message


def test_a_stack_that_ends_too_early_is_a_mistake_as_well() -> None:
    def call(depth: int) -> object:
        return call(depth - 1) if depth else outer.evaluate({"f": Closure((), lambda: call(100))}, run=run)

    run, outer = Run(), read("f()", ["f"])
    with pytest.raises(DefinitionError, match=r"too deep|inside one another"):
        call(100)


def test_a_range_whose_end_no_number_holds_is_null() -> None:
    run = Run()
    assert read('range("[1..' + "9" * 7_000 + ']")', []).evaluate({}, run=run) is None
    assert "an end of the range is too great" in run.faults[0]


def test_types_of_a_model_are_known_by_their_names() -> None:
    types = {"tMoney": Type.parse("number"), "t Name": Type.parse("string")}
    program = read("[1 instance of tMoney, 1 instance of t  Name]", [], types=types)
    assert program.evaluate({}, run=Run()) == [True, False]
    with pytest.raises(DefinitionError, match="no type tMoney2"):
        read("1 instance of tMoney2", [], types=types)


def test_names_of_a_model_are_known_with_their_parts() -> None:
    person = Type(
        "context", entries=(("date of-birth", Type.parse("date")), ("e-mail", Type.parse("string")))
    )
    people = Type("list", person)
    scope = {"people": [{"date of-birth": None, "e-mail": "a@b"}, {"date of-birth": None, "e-mail": "c@d"}]}
    for text, result in (
        ('people[e-mail = "a@b"].e-mail', ["a@b"]),
        ("people[1].e-mail", "a@b"),
        ("(for p in people return p).e-mail", ["a@b", "c@d"]),
        ("(if true then people else [])[2].e-mail", "c@d"),
        ("(function(p) p)(people[2]).e-mail", "c@d"),
        ("people[-1].date of-birth", None),
    ):
        assert read(text, {"people": people}).evaluate(scope, run=Run()) == result


@pytest.mark.parametrize(
    ("text", "type"),
    [
        ("1 + 1", "number"),
        ('{a: "x", b c: [1]}', "context<a: string, b c: list<number>>"),
        ("for n in [1, 2] return n > 1", "list<boolean>"),
        ("[{a: 1}, {a: 2}][a = 1].a", "list<number>"),
        ("[1, 2][1]", "number"),
        ("-x", "number"),
        ("function(a: string) a", "function<string>->string"),
        ("(function(a: string) a)(y)", "string"),
        ("string length(y)", "number"),
        ("[1..3]", "range<number>"),
        ("(< 3)", "range<number>"),
        ("y", "any"),
    ],
)
def test_what_shows_of_a_type_is_told(text: str, type: str) -> None:
    assert read(text, {"x": Type.parse("number"), "y": Type.parse("any")}).type == Type.parse(type)


def test_a_function_of_the_language_is_called_by_name_too() -> None:
    found = read("abs", []).evaluate({}, run=Run())
    assert isinstance(found, Closure)
    assert found.call(Decimal(-1)) == found.call_by_name({"n": Decimal(-1)}) == 1
    with pytest.raises(Fault, match="abs takes no such values"):
        found.call("a")
    assert found(Decimal(-1)) == 1
    assert found("a") is None


def test_a_function_handed_in_is_called_with_what_it_takes() -> None:
    twice = Closure(("n",), lambda n: n * 2, (Type.parse("number"),), Type.parse("number"))
    scope = {"twice": twice}
    for text, result in (
        ("twice(2)", 4),
        ("twice(n: 2)", 4),
        ("twice([2])", 4),
        ('twice("a")', None),
        ("twice(m: 2)", None),
        ("twice instance of function<number>->number", True),
        ("twice instance of function<string>->number", False),
    ):
        assert read(text, scope.keys()).evaluate(scope, run=Run()) == result


def test_decisions_take_arguments_by_name() -> None:
    assert compile("abs(n: -1)", {}).evaluate({}) == 1
    assert compile("is(value1: 1)", {}).evaluate({}) is False
    with pytest.raises(DefinitionError, match="abs takes"):
        compile("abs(m: -1)", {})
    with pytest.raises(DefinitionError, match=r"\) is expected here"):
        compile("abs(n: -1, 2)", {})


def test_decisions_take_contexts_and_call_what_they_are_given() -> None:
    names = {"c": Type.parse("context"), "f": Type.parse("function<number>->number")}
    scope = {
        "c": {"a": 1, "b": [2]},
        "f": Closure(("n",), lambda n: n, (Type.parse("number"),), Type.parse("number")),
    }
    assert compile("c.a + c.b[1]", names).evaluate(scope) == 3
    assert compile("f(1)", names).evaluate(scope) == 1
    with pytest.raises(DefinitionError, match="is a string; a number is needed here"):
        compile('f("a")', names)


@pytest.mark.parametrize(
    ("found", "wanted", "result"),
    [
        ("number", "any", True),
        ("null", "number", True),
        ("any", "number", False),
        ("list<number>", "list<any>", True),
        ("list<any>", "list<number>", False),
        ("range", "range<number>", False),
        ("context<a: number, b: string>", "context<a: number>", True),
        ("context", "context<a: number>", False),
        ("function<any>->number", "function<number>->any", True),
        ("function<number>->number", "function<any>->any", False),
        ("function<number>->number", "function", True),
        ("function<number>->number", "function<number, number>->number", False),
        ("function", "function<number>->number", False),
    ],
)
def test_types_conform_by_their_parts(found: str, wanted: str, result: bool) -> None:
    assert conforms(Type.parse(found), Type.parse(wanted)) is result


def test_open_types_may_conform() -> None:
    for found, wanted in (("context", "context<a: number>"), ("function", "function<number>->number")):
        assert conforms(Type.parse(found), Type.parse(wanted), is_open=True)
    assert not conforms(Type.parse("list<string>"), Type.parse("list<number>"), is_open=True)


def test_types_are_joined_by_what_they_share() -> None:
    one, other = Type.parse("context<a: number, b: string>"), Type.parse("context<a: string, c: string>")
    assert join(one, other) == Type.parse("context<a: any>")
    assert join(Type.parse("list<number>"), Type.parse("list<null>")) == Type.parse("list<number>")


@pytest.mark.parametrize(
    "text", ["list<number", "context<a: number", "function<number>number", "function<number number>->any"]
)
def test_a_type_that_does_not_end_is_refused(text: str) -> None:
    with pytest.raises(DefinitionError, match="is expected after the type"):
        read_type(text, 0, NO_NAMES)


def test_a_type_ends_where_it_ends() -> None:
    with pytest.raises(DefinitionError, match="there is no type number number"):
        Type.parse("number number")


@pytest.mark.parametrize(("name", "item"), [("colour", None), ("number", "any"), ("list", None)])
def test_a_type_is_made_well(name: str, item: str | None) -> None:
    with pytest.raises(DefinitionError, match="there is no type"):
        Type(name, Type(item) if item else None)


def test_values_are_brought_to_a_type_or_to_null() -> None:
    assert coerce([Decimal(1)], Type.parse("number")) == 1
    assert coerce(Decimal(1), Type.parse("list<number>")) == [1]
    assert coerce(["a"], Type.parse("number")) is None
    assert coerce("a", Type.parse("list<number>")) is None


@pytest.mark.parametrize(
    ("value", "span", "result"),
    [
        (1, Range(Decimal(1), Decimal(3)), True),
        (1, Range(Decimal(1), Decimal(3), False), False),
        (3, Range(Decimal(1), Decimal(3), True, False), False),
        (3, Range(None, Decimal(3)), True),
        (4, Range(Decimal(1), None), True),
        (None, Range(Decimal(1), None), None),
    ],
)
def test_values_lie_in_ranges(value: int | None, span: Range, result: bool | None) -> None:
    assert is_within(None if value is None else Decimal(value), span) is result
