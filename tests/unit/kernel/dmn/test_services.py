"""What a model is asked for: decisions, knowledge models, decision services; and what they need."""

from __future__ import annotations

import inspect
import sys
from datetime import UTC, datetime
from decimal import Decimal

import pytest

from miaopi.kernel.errors import DefinitionError, NotFound
from tests.unit.kernel.dmn.written import (
    decision,
    feel,
    given,
    item,
    knowledge,
    read,
    service,
    traced,
    value,
)

AGE = given("age", "number")
NEEDS = ("requiredInput age",)
DOUBLE = decision("double", feel("age * 2"), *NEEDS)
ELEMENTS = (
    AGE,
    given("name", "string"),
    DOUBLE,
    decision("inner", feel("double + 1"), "double"),
    decision("greeting", feel('name + ":" + string(inner)'), "requiredInput name", "inner"),
    service("grow", "outputDecision inner", "encapsulatedDecision double", "inputData age"),
    service("greet", "outputDecision greeting", "inputDecision inner", "inputData name"),
    service("both", "outputDecision inner", "outputDecision double", "inputData age"),
)


def test_decisions_are_reckoned_from_what_they_require() -> None:
    found = read(*ELEMENTS)
    assert found.evaluate("greeting", {"age": 2, "name": "A"}) == "A:5"
    assert (found.name, found.namespace, found.findings) == ("test", "urn:test", ())
    assert found.inputs == ("age", "name")
    assert found.decisions == ("double", "inner", "greeting")
    assert found.invocables == ("grow", "greet", "both")


def test_an_element_sees_nothing_that_it_does_not_require() -> None:
    found = traced(feel("age"), AGE, age=3)
    assert found.value is None
    assert found.errors != ()


def test_a_service_gives_its_output_or_a_context_of_several() -> None:
    found = read(*ELEMENTS)
    assert found.evaluate("grow", {"age": 2}) == 5
    assert found.evaluate("both", {"age": 2}) == {"inner": 5, "double": 4}


def test_a_service_is_a_function_of_its_input_data_then_its_input_decisions() -> None:
    needs = ("requiredKnowledge greet", "requiredKnowledge grow")
    assert value(feel('greet("A", 7)'), *ELEMENTS, needs=needs) == "A:7"
    assert value(feel('greet(inner: 7, name: "A")'), *ELEMENTS, needs=needs) == "A:7"
    assert value(feel("grow(2)"), *ELEMENTS, needs=needs) == 5
    assert value(feel('grow("x")'), *ELEMENTS, needs=needs) is None
    assert value(feel("grow(1, 2)"), *ELEMENTS, needs=needs) is None
    assert value(feel("grow([2])"), *ELEMENTS, needs=needs) == 5


def test_a_service_asked_for_takes_input_decisions_as_inputs_and_knows_nothing_else() -> None:
    found = read(*ELEMENTS)
    assert found.evaluate("greet", {"inner": 7, "name": "A", "age": 2}) == "A:7"
    assert found.evaluate("greet", {"name": "A", "age": 2}) is None
    assert found.evaluate_traced("grow", {"age": "x"}).value is None


def test_what_a_service_gives_is_of_the_type_it_declares() -> None:
    function = '<functionItem outputTypeRef="string"><parameters name="age" typeRef="number"/></functionItem>'
    kind = f'<itemDefinition name="f">{function}</itemDefinition>'
    made = (AGE, DOUBLE, kind, service("s", "outputDecision double", "inputData age", of="f"))
    assert read(*made).evaluate_traced("s", {"age": 1}) == (None, ("model.dmn:5: the value is no string",))


def test_a_knowledge_model_is_a_function_and_may_call_itself_and_others() -> None:
    factorial = knowledge("factorial", feel("if n < 2 then 1 else n * factorial(n - 1)"), "n: number")
    twice = knowledge("twice", feel("2 * factorial(n)"), "n: number", needs=("requiredKnowledge factorial",))
    needs = ("requiredKnowledge twice",)
    assert value(feel("twice(5)"), factorial, twice, needs=needs) == 240
    assert value(feel('twice("5")'), factorial, twice, needs=needs) is None
    assert read(factorial).evaluate("factorial", {"n": 4}) == 24
    own = knowledge("own", feel("if n < 1 then 0 else own(n - 1)"), "n", needs=("requiredKnowledge own",))
    assert read(own).evaluate("own", {"n": 3}) == 0


def test_what_a_knowledge_model_gives_is_of_the_type_it_declares() -> None:
    for of, found in (("string", None), ("number", 1)):
        assert value(feel("f()"), knowledge("f", feel("1"), of=of), needs=("requiredKnowledge f",)) == found


def test_a_knowledge_model_without_logic_is_null() -> None:
    bare = '<businessKnowledgeModel id="f" name="f"/>'
    assert traced(feel("f()"), bare, needs=("requiredKnowledge f",)).errors == ("model.dmn:3: the function has no body",)


def test_functions_of_knowledge_are_values() -> None:
    made = knowledge("f", feel("n + 1"), "n: number", of="number")
    assert value(feel("for n in [1, 2] return f(n)"), made, needs=("requiredKnowledge f",)) == [2, 3]
    kinds = "[f instance of function<number>->number, f instance of function<number>->string]"
    assert value(feel(kinds), made, needs=("requiredKnowledge f",)) == [True, False]
    given_on = decision("itself", feel("f"), "requiredKnowledge f")
    assert value(feel("itself(1)"), made, given_on, needs=("itself",)) == 2
    assert value(feel("itself"), made, given_on, needs=("itself",), of="number") is None


def test_a_function_that_comes_out_can_be_called() -> None:
    found = value(feel("f"), knowledge("f", feel("n + 1"), "n: number"), needs=("requiredKnowledge f",))
    assert callable(found)
    assert found(Decimal(2)) == 3
    assert found("x") is None
    assert found() is None


def test_a_decision_without_logic_is_null() -> None:
    assert traced("") == (None, ("model.dmn:2: asked has no logic",))


def test_each_decision_is_reckoned_once_and_no_chain_is_too_long() -> None:
    chain = [decision("d0", feel("1")), *(decision(f"d{n}", feel(f"d{n - 1} + 1"), f"d{n - 1}") for n in range(1, 600))]
    assert read(*chain).evaluate("d599", {}) == 600
    diamond = [decision("e0", feel("1"))]
    diamond += [decision(f"e{n}", feel(f"e{n - 1} + e{n - 1}"), f"e{n - 1}", f"e{n - 1}") for n in range(1, 40)]
    assert read(*diamond).evaluate("e39", {}) == 2**39


def test_now_is_handed_in() -> None:
    found = read(decision("asked", feel("string(now())")))
    assert found.evaluate("asked", {}, now=datetime(2026, 11, 26, 9, 30, tzinfo=UTC)) == "2026-11-26T09:30:00Z"
    assert found.evaluate("asked", {}) is None


def test_a_name_of_nothing_is_not_found() -> None:
    with pytest.raises(NotFound):
        read(*ELEMENTS).evaluate("age", {})


@pytest.mark.parametrize(
    ("elements", "message"),
    [
        ((decision("a", feel("b"), "b"), decision("b", feel("a"), "a")), "the requirements run in a circle: a → b → a"),
        ((decision("a", feel("a"), "a"),), "the requirements run in a circle: a → a"),
        (
            (
                knowledge("f", feel("g()"), needs=("requiredKnowledge g",)),
                knowledge("g", feel("f()"), needs=("requiredKnowledge f",)),
            ),
            "the requirements run in a circle: f → g → f",
        ),
        (
            (decision("a", feel("s()"), "requiredKnowledge s"), service("s", "outputDecision a")),
            "the requirements run in a circle: a → s → a",
        ),
        ((decision("a", feel("1"), "nothing"),), "#nothing names no element of this model or of one that it imports"),
        ((decision("a", feel("1")), decision("a", feel("2"))), "two elements have the identifier a"),
    ],
)
def test_requirements_that_lead_nowhere_are_refused(elements: tuple[str, ...], message: str) -> None:
    with pytest.raises(DefinitionError) as caught:
        read(*elements)
    assert caught.value.message == message
    assert caught.value.where.startswith("model.dmn:")


@pytest.mark.parametrize(
    "body",
    [
        feel("f(n + 1)"),
        f'<invocation>{feel("f")}<binding><parameter name="n"/>{feel("n + 1")}</binding></invocation>',
        f'<for iteratorVariable="i"><in>{feel("[1]")}</in><return>{feel("f(n + i)")}</return></for>',
        f"<list>{'<list>' * 20}{feel('f(n)')}{'</list>' * 20}</list>",
    ],
)
def test_endless_recursion_ends_in_a_typed_error(body: str) -> None:
    with pytest.raises(DefinitionError):
        value(feel("f(0)"), knowledge("f", body, "n"), needs=("requiredKnowledge f",))


def test_a_stack_that_is_nearly_full_is_a_typed_error() -> None:
    made = read(decision("asked", f"{'<list>' * 40}{feel('1')}{'</list>' * 40}"))
    depth = len(inspect.stack(0))
    limit = sys.getrecursionlimit()
    sys.setrecursionlimit(depth + 50)
    try:
        with pytest.raises(DefinitionError) as caught:
            made.evaluate("asked", {})
    finally:
        sys.setrecursionlimit(limit)
    assert caught.value.message == "the evaluation of asked goes too deep"


def test_what_shows_of_a_decision_is_known_to_those_that_require_it() -> None:
    people = decision("people", feel('[{first name: "A", age: 1}, {first name: "B", age: 2}]'))
    assert value(feel('people[first name = "B"].age'), people, needs=("people",)) == [2]
    doubled = [decision("d0", feel("{a b: 1}"))]
    doubled += [decision(f"d{n}", feel(f"{{a b: d{n - 1}, c d: d{n - 1}}}"), f"d{n - 1}") for n in range(1, 20)]
    assert value(feel("d19.a b.c d.a b.c d != null"), *doubled, needs=("d19",)) is True


def test_a_type_of_the_model_is_known_to_its_expressions() -> None:
    person = item("person", "", item("+full name", "string"), item("+age", "number"))
    made = feel('{full name: "A", age: 1} instance of person')
    assert value(made, person) is True
    assert value(feel("who.full name"), person, given("who", "person"), needs=("requiredInput who",), who={"full name": "A"}) == "A"
