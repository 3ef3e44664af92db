"""Models that import models: names within names, inputs of imported models, and circles."""

from __future__ import annotations

import pytest

from miaopi.kernel.dmn import Model, parse
from miaopi.kernel.errors import DefinitionError, NotFound
from tests.unit.kernel.dmn.written import (
    NAMESPACE,
    decision,
    feel,
    given,
    item,
    knowledge,
    model,
    service,
)

INNER = model(
    item("person", "", item("+name", "string")),
    given("who", "person"),
    decision("greeting", feel('"Hello " + who.name'), "requiredInput who"),
    knowledge("shout", feel("upper case(text)"), "text: string"),
    service("serve", "outputDecision greeting", "inputData who"),
    namespace="urn:inner",
)


def imported(name: str, namespace: str, kind: str = NAMESPACE) -> str:
    return f'<import name="{name}" namespace="{namespace}" importType="{kind}"/>'


def load(source: bytes, **others: bytes) -> Model:
    return parse(source, resolve=lambda namespace, _: others.get(namespace.removeprefix("urn:")), where="outer.dmn")


MIDDLE = model(
    imported("in", "urn:inner"),
    decision("passed on", feel('in.greeting + "!"'), "urn:inner#greeting"),
    namespace="urn:middle",
)


def test_an_imported_element_stands_within_the_name_of_its_import() -> None:
    outer = model(
        imported("in", "urn:inner"),
        decision("asked", feel("in.shout(in.greeting)"), "urn:inner#greeting", "requiredKnowledge urn:inner#shout"),
    )
    found = load(outer, inner=INNER)
    assert found.evaluate("asked", {"in": {"who": {"name": "A"}}}) == "HELLO A"
    assert found.evaluate("asked", {"in.who": {"name": "A"}}) == "HELLO A"
    assert found.evaluate("asked", {"{urn:inner}who": {"name": "A"}}) == "HELLO A"
    assert found.evaluate("asked", {"who": {"name": "A"}}) == "HELLO A"


def test_elements_of_an_imported_model_can_be_asked_for() -> None:
    found = load(model(imported("in", "urn:inner")), inner=INNER)
    assert found.evaluate("in.greeting", {"in": {"who": {"name": "A"}}}) == "Hello A"
    assert found.evaluate("in.serve", {"who": {"name": "A"}}) == "Hello A"
    assert found.evaluate("in.shout", {"text": "a"}) == "A"


def test_a_name_that_no_import_has_is_not_found() -> None:
    found = load(model(imported("in", "urn:inner"), imported("mid", "urn:middle")), inner=INNER, middle=MIDDLE)
    assert found.evaluate("mid.passed on", {"who": {"name": "A"}}) == "Hello A!"
    for name in ("in.nothing", "mid.in.nothing", "nothing"):
        with pytest.raises(NotFound):
            found.evaluate(name, {})


def test_two_ways_to_one_model_have_inputs_of_their_own() -> None:
    outer = model(
        imported("one", "urn:middle"),
        imported("two", "urn:other"),
        decision("asked", feel("[one.passed on, two.passed on]"), "urn:middle#passed on", "urn:other#passed on"),
    )
    other = MIDDLE.replace(b'namespace="urn:middle"', b'namespace="urn:other"')
    found = load(outer, inner=INNER, middle=MIDDLE, other=other)
    inputs = {"one": {"in": {"who": {"name": "A"}}}, "two": {"in": {"who": {"name": "B"}}}}
    assert found.evaluate("asked", inputs) == ["Hello A!", "Hello B!"]
    assert found.evaluate("asked", {"who": {"name": "C"}}) == ["Hello C!", "Hello C!"]


def test_an_element_further_in_is_reached_through_the_imports_between() -> None:
    outer = model(
        imported("mid", "urn:middle"),
        decision("asked", feel("mid.in.who.name"), "requiredInput urn:inner#who"),
    )
    assert load(outer, inner=INNER, middle=MIDDLE).evaluate("asked", {"who": {"name": "A"}}) == "A"


def test_an_import_without_a_name_adds_its_elements_to_the_model() -> None:
    outer = model(
        imported("", "urn:inner"),
        given("other", "person"),
        decision("asked", feel("shout(other.name)"), "requiredInput other", "requiredKnowledge urn:inner#shout"),
    )
    found = load(outer, inner=INNER)
    assert found.evaluate("asked", {"other": {"name": "a"}}) == "A"
    assert found.evaluate("greeting", {"who": {"name": "A"}}) == "Hello A"


def test_types_of_an_imported_model_have_its_name_before_theirs() -> None:
    outer = model(
        imported("in", "urn:inner"),
        given("who", "in.person"),
        decision("asked", feel("who instance of in.person"), "requiredInput who"),
    )
    found = load(outer, inner=INNER)
    assert found.evaluate("asked", {"who": {"name": "A"}}) is True
    assert found.evaluate_traced("asked", {"who": 1}).errors[0] == "who: the value is no person"
    prefixed = outer.replace(b'"in.person"', b'"p:person"').replace(b"<definitions", b'<definitions xmlns:p="urn:inner"')
    assert load(prefixed, inner=INNER).findings == ()


def test_a_service_takes_inputs_of_an_imported_model() -> None:
    outer = model(
        imported("in", "urn:inner"),
        decision("inside", feel("in.greeting + in.who.name"), "urn:inner#greeting", "requiredInput urn:inner#who"),
        service("s", "outputDecision inside").replace("</dec", '<inputData href="urn:inner#who"/></dec'),
        decision("asked", feel('s({name: "B"})'), "requiredKnowledge s"),
    )
    found = load(outer, inner=INNER)
    assert found.evaluate("asked", {}) == "Hello BB"
    assert found.evaluate("s", {"in": {"who": {"name": "A"}}}) == "Hello AA"


@pytest.mark.parametrize(
    ("outer", "message"),
    [
        (
            model(imported("mid", "urn:middle"), decision("a", feel("1"), "urn:inner#nothing")),
            "urn:inner#nothing names no element of this model or of one that it imports",
        ),
        (model(imported("in", "urn:nothing")), "the imported model urn:nothing is not there"),
        (model(imported("in", "urn:test")), "the imports run in a circle: urn:test → urn:test"),
        (model(imported("in", "urn:circle")), "the imports run in a circle: urn:test → urn:circle → urn:test"),
        (model(imported("in", "urn:wrong")), "the imported model is urn:inner, not urn:wrong"),
        (model(imported("in", "urn:x", "http://www.w3.org/2001/XMLSchema")), "only DMN models are imported, no http://www.w3.org/2001/XMLSchema"),
        (model(imported("in", "urn:inner"), imported("in", "urn:inner")), "two imports have one name"),
        (model(*(imported(f"in{n}", f"urn:many{n}") for n in range(70))), "more than 64 models are imported"),
    ],
)
def test_imports_that_lead_nowhere_are_refused(outer: bytes, message: str) -> None:
    others = {f"many{n}": model(namespace=f"urn:many{n}") for n in range(70)}
    circle = model(imported("out", "urn:test"), namespace="urn:circle")
    with pytest.raises(DefinitionError) as caught:
        load(outer, inner=INNER, middle=MIDDLE, wrong=INNER, circle=circle, **others)
    assert caught.value.message == message


def test_models_that_import_one_another_in_too_many_ways_are_refused() -> None:
    chained = {
        f"m{n}": model(*(imported(f"i{inner}", f"urn:m{inner}") for inner in range(n)), namespace=f"urn:m{n}")
        for n in range(20)
    }
    with pytest.raises(DefinitionError) as caught:
        load(model(imported("in", "urn:m19")), **chained)
    assert caught.value.message == "the imports lead to models in more than 256 ways"


def test_nothing_is_imported_without_a_way_to_it() -> None:
    with pytest.raises(DefinitionError):
        parse(model(imported("in", "urn:inner")))


def test_findings_of_imported_models_are_findings() -> None:
    broken = model(decision("d", feel("1 +")), namespace="urn:inner")
    assert len(load(model(imported("in", "urn:inner")), inner=broken).findings) == 1
