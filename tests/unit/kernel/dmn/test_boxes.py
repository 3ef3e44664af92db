"""Boxed expressions: contexts, lists, relations, functions, choices, filters and iterators."""

from __future__ import annotations

import pytest

from miaopi.kernel.errors import BudgetError, DefinitionError
from tests.unit.kernel.dmn.written import (
    context,
    decision,
    entry,
    feel,
    formal,
    given,
    item,
    knowledge,
    read,
    result,
    traced,
    value,
)


def box(name: str, **parts: str) -> str:
    inner = "".join(f"<{part.strip('_')}>{written}</{part.strip('_')}>" for part, written in parts.items())
    return f"<{name}>{inner}</{name.split()[0]}>"


def invocation(function: str, *bindings: tuple[str, str], of: str = "") -> str:
    bound = "".join(f'<binding><parameter name="{name}"/>{written}</binding>' for name, written in bindings)
    return f"<invocation{of and f' typeRef={chr(34)}{of}{chr(34)}'}>{feel(function)}{bound}</invocation>"


def function(body: str, *parameters: str, kind: str = "", of: str = "") -> str:
    attributes = (f' kind="{kind}"' if kind else "") + (f' typeRef="{of}"' if of else "")
    return f"<functionDefinition{attributes}>{formal(*parameters)}{body}</functionDefinition>"


def test_each_entry_of_a_context_sees_those_above_it() -> None:
    made = context(entry("net pay", feel("10")), entry("gross", feel("net pay * 2")), entry("inner", context(entry("a b", feel("gross")))))
    assert value(made) == {"net pay": 10, "gross": 20, "inner": {"a b": 20}}


def test_the_entry_without_a_name_is_the_result() -> None:
    made = context(entry("inner", context(entry("a b", feel("3")))), result(feel("inner.a b + 1")))
    assert value(made) == 4
    assert value(context(entry("outer", made), result(feel("outer + 1")))) == 5


def test_a_name_given_twice_makes_the_context_null() -> None:
    assert traced(context(entry("a", feel("1")), entry("a", feel("2")))) == (None, ("model.dmn:2: the context has two entries a",))


def test_an_empty_context_is_one() -> None:
    assert value(context()) == {}


def test_a_list_holds_its_boxes() -> None:
    assert value(f"<list>{feel('1')}{context(entry('a', feel('2')))}<list/></list>") == [1, {"a": 2}, []]


def test_a_relation_is_a_list_of_contexts() -> None:
    columns = '<column name="name" typeRef="string"/><column name="age"/>'
    rows = f"<row>{feel(chr(34) + 'A' + chr(34))}{feel('80')}</row><row>{feel('1')}{feel('81')}</row>"
    found = traced(f"<relation>{columns}{rows}</relation>")
    assert found == ([{"name": "A", "age": 80}, {"name": None, "age": 81}], ("model.dmn:2: the value is no string",))


def test_paths_into_boxes_are_read_by_what_is_known_of_them() -> None:
    relation = f'<relation><column name="full name"/><row>{feel("1")}</row></relation>'
    made = context(
        entry("rows", relation),
        entry("listed", f"<list>{context(entry('a b', feel('2')))}</list>"),
        entry("kept", box("filter", in_=feel("rows"), match=feel("full name = 1"))),
        result(feel("[rows[1].full name, listed[1].a b, kept[1].full name]")),
    )
    assert value(made) == [1, 2, 1]


def test_an_invocation_binds_parameters_by_name() -> None:
    less = knowledge("less", feel("if b = null then a else a - b"), "a: number", "b: number")
    needs = ("requiredKnowledge less",)
    assert value(invocation("less", ("b", feel("1")), ("a", feel("3"))), less, needs=needs) == 2
    assert value(invocation("less", ("a", feel("3"))), less, needs=needs) == 3
    assert value(invocation("less", ("a", feel("3")), ("b", "")), less, needs=needs) == 3


def test_functions_of_the_language_are_invoked_too() -> None:
    assert value(invocation("abs", ("n", feel("-3")))) == 3


@pytest.mark.parametrize(
    ("made", "message"),
    [
        (invocation("less", ("c", feel("1"))), "the function has no parameter c"),
        (invocation("less", ("a", feel("1")), ("a", feel("1"))), "a parameter is bound twice"),
        (invocation("1"), "what is invoked is no function"),
    ],
)
def test_what_cannot_be_invoked_is_null(made: str, message: str) -> None:
    less = knowledge("less", feel("a"), "a")
    found = traced(made, less, needs=("requiredKnowledge less",))
    assert found == (None, (f"model.dmn:2: {message}",))


def test_a_boxed_function_is_called_by_place_and_by_name() -> None:
    made = context(entry("twice", function(feel("n * 2"), "n: number")), result(feel("[twice(2), twice(n: 3)]")))
    assert value(made) == [4, 6]


def test_an_argument_of_another_type_makes_the_call_null() -> None:
    made = context(entry("given", function(feel("n = null"), "n: number")), result(feel('[given(null), given("x")]')))
    assert value(made) == [True, None]


def test_what_a_function_gives_is_of_the_type_that_it_declares() -> None:
    made = context(entry("f", function(feel("n"), "n", of="string")), result(feel('[f("a"), f(1), f(["b"])]')))
    assert value(made) == ["a", None, "b"]


@pytest.mark.parametrize("kind", ["Java", "PMML"])
def test_functions_of_other_languages_are_refused(kind: str) -> None:
    made = context(entry("f", function(context(), kind=kind)), result(feel("f()")))
    found = read(decision("asked", made))
    assert found.findings == (f"model.dmn:2: external {kind} functions are not run",)
    assert found.evaluate_traced("asked", {}) == (None, (f"model.dmn:2: external {kind} functions are not run",))


def test_a_function_without_a_body_is_null() -> None:
    made = context(entry("f", function("")), result(feel("f()")))
    assert traced(made) == (None, ("model.dmn:2: the function has no body",))


@pytest.mark.parametrize(("condition", "found"), [("true", 1), ("false", 2), ("null", 2), ('"x"', 2)])
def test_a_conditional_takes_the_second_part_for_true_alone(condition: str, found: int) -> None:
    made = f"<conditional><if>{feel(condition)}</if><then>{feel('1')}</then><else>{feel('2')}</else></conditional>"
    assert value(made) == found


@pytest.mark.parametrize(
    ("source", "match", "found"),
    [
        ("[1, 2, 3]", "item > 1", [2, 3]),
        ("[{a: 1}, {a: 2}]", "a = 2", [{"a": 2}]),
        ("[{item: 1, a: 5}]", "item = 1", [{"item": 1, "a": 5}]),
        ("5", "item = 5", [5]),
        ("null", "true", None),
        ("[]", "true", []),
        ("[1, null]", "null", []),
        ("[4, 5]", "-1", 5),
        ("[4, 5]", '"x"', None),
    ],
)
def test_a_filter_keeps_what_matches(source: str, match: str, found: object) -> None:
    assert value(box("filter", in_=feel(source), match=feel(match))) == found


def test_for_gives_a_list_and_knows_what_came_before() -> None:
    assert value(box('for iteratorVariable="n"', in_=feel("[1, 2, 3]"), return_=feel("n * 2"))) == [2, 4, 6]
    assert value(box('for iteratorVariable="n"', in_=feel("[1..3]"), return_=feel("count(partial) + n"))) == [1, 3, 5]
    assert value(box('for iteratorVariable="n"', in_=feel("null"), return_=feel("n"))) is None
    inner = box('for iteratorVariable="m"', in_=feel("[1, 2]"), return_=feel("n + m"))
    assert value(box('for iteratorVariable="n"', in_=feel("[10, 20]"), return_=inner)) == [[11, 12], [21, 22]]


@pytest.mark.parametrize(
    ("walk", "source", "body", "found"),
    [
        ("some", "[1, 2]", "n > 1", True),
        ("some", "[1, 2]", "n > 2", False),
        ("some", "[]", "true", False),
        ("some", "[1, null]", "n > 1", None),
        ("every", "[1, 2]", "n > 0", True),
        ("every", "[1, 2]", "n > 1", False),
        ("every", "[]", "false", True),
        ("every", "[2, null]", "n > 1", None),
        ("every", "[1..2]", "n > 0", True),
        ("some", "1", "n = 1", None),
        ("some", "null", "true", None),
        ("every", "[1, 2]", 'if n = 1 then true else "x"', None),
        ("every", '["a".."b"]', "true", None),
    ],
)
def test_some_and_every_ask_for_truth(walk: str, source: str, body: str, found: object) -> None:
    assert value(box(f'{walk} iteratorVariable="n"', in_=feel(source), satisfies=feel(body))) is found


def test_a_box_gives_a_value_of_the_type_that_it_declares() -> None:
    assert value(feel("[1]", of="number")) == 1
    assert value(context(entry("a", feel('"x"'), of="number"))) == {"a": None}
    assert value(invocation("string", ("from", feel("1")), of="number")) is None
    assert value(feel("1", of="list"), item("unused")) == [1]


def test_text_that_is_no_feel_is_null_and_said_to_be() -> None:
    found = read(decision("asked", feel("1 +")), decision("other", feel("2")))
    assert found.evaluate("other", {}) == 2
    assert len(found.findings) == 1
    assert found.evaluate_traced("asked", {}).errors == found.findings


@pytest.mark.parametrize("language", ["http://www.w3.org/1999/XPath", "java"])
def test_other_languages_are_not_read(language: str) -> None:
    assert traced(feel("1", expressionLanguage=language)).errors == (f"model.dmn:2: expressions are read in FEEL, not in {language}",)
    named = read(decision("asked", feel("1")), extra=f'expressionLanguage="{language}"')
    assert named.evaluate("asked", {}) is None


@pytest.mark.parametrize("text", ["(" * 100_000, "1" + "+1" * 40_000], ids=["open", "sum"])
def test_a_text_that_is_too_long_is_refused_with_its_place(text: str) -> None:
    with pytest.raises(BudgetError, match=r"model\.dmn:2: an expression has at most 65536 characters"):
        read(decision("asked", feel(text)))


@pytest.mark.parametrize("text", ["[" * 200, "if true then " * 100 + "1"], ids=["lists", "choices"])
def test_a_text_that_is_too_deep_refuses_whoever_asks_for_it(text: str) -> None:
    found = read(decision("asked", feel(text)), decision("other", feel("2")))
    assert found.evaluate("other", {}) == 2
    with pytest.raises(BudgetError) as caught:
        found.evaluate("asked", {})
    assert caught.value.where == "model.dmn:2"
    assert found.findings == (caught.value.text.en,)


def test_a_key_without_a_word_is_a_key_that_nothing_names() -> None:
    assert value(feel('[{"": 1, a: 2}][a = 2]')) == [{"": 1, "a": 2}]


def test_the_negation_has_a_parameter_with_a_name() -> None:
    assert value(feel("[not(negand: true), not(false), not(a: true)]")) is None
    assert value(feel("[not(negand: true), not(false)]")) == [False, True]


def test_an_empty_text_is_null() -> None:
    assert traced(feel("")) == (None, ())


@pytest.mark.parametrize(
    ("made", "message"),
    [
        ("<conditional/>", "conditional: if is missing"),
        ("<conditional><if/></conditional>", "if: if is missing"),
        ("<filter/>", "filter: in is missing"),
        ("<invocation/>", "invocation: the function is missing"),
        ("<context><contextEntry/></context>", "context: the expression of an entry is missing"),
        (f"<for><in>{feel('1')}</in></for>", "for: iteratorVariable is missing"),
        (f'<every iteratorVariable="n"><in>{feel("1")}</in></every>', "every: satisfies is missing"),
        (f"<invocation>{feel('f')}<binding/></invocation>", "a binding names no parameter"),
        (f'<relation><column name="a"/><row>{feel("1")}{feel("2")}</row></relation>', "a row has 2 cells, the relation 1 columns"),
    ],
)
def test_a_box_that_lacks_a_part_is_refused(made: str, message: str) -> None:
    with pytest.raises(DefinitionError) as caught:
        read(decision("asked", made))
    assert caught.value.message.endswith(message.partition(": ")[2] or message)


def test_names_with_quotes_signs_and_other_scripts_are_read() -> None:
    name = "it's \"a-b\" 年龄"
    found = read(decision("asked", feel(f"{name} + 1"), f"requiredInput {name}"), given(name))
    assert found.evaluate("asked", {name: 2}) == 3
