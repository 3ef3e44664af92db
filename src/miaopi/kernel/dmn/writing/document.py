"""A requirements graph as a file of DMN 1.5, or of 1.3, which says the same here in older namespaces, with its diagram."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import KW_ONLY
from enum import StrEnum
from typing import Final

from miaopi.kernel.dmn.writing.layout import Layout, lay_out
from miaopi.kernel.dmn.writing.markup import Mark, mark, write_xml
from miaopi.kernel.frozen import frozen

DC: Final = "http://www.omg.org/spec/DMN/20180521/DC/"
DI: Final = "http://www.omg.org/spec/DMN/20180521/DI/"
OUTSIDE_A_NAME: Final = re.compile(r"[^A-Za-z0-9_.-]")  # editors read no other identifiers, though XML Schema has more


class Norm(StrEnum):
    """The version of DMN that a file is written in."""

    DMN_1_5 = "1.5"
    DMN_1_3 = "1.3"

    @property
    def namespaces(self) -> str:
        """The part of the norm's addresses that says the version."""
        return f"https://www.omg.org/spec/DMN/{'20230324' if self is Norm.DMN_1_5 else '20191111'}"


@frozen
class Item:
    """A type: a name of FEEL or of another item in `of`, the allowed values as FEEL texts, or components."""

    name: str
    of: str = ""
    allowed: tuple[str, ...] = ()
    is_list: bool = False
    components: tuple[Item, ...] = ()


@frozen
class Drawn:
    """What every element of the graph has. `label` is what people call it, `description` what else there is to say."""

    name: str
    label: str = ""
    description: str = ""
    of: str = ""


@frozen
class Input(Drawn):
    """Input data."""


@frozen
class Source(Drawn):
    """A knowledge source: the law that an element rests on."""


@frozen
class Function(Drawn):
    """A business knowledge model: a function of the parameters, names with types, given by the body, an expression of DMN."""

    _: KW_ONLY
    parameters: tuple[tuple[str, str], ...]
    body: Mark
    calls: tuple[str, ...] = ()
    sources: tuple[str, ...] = ()


@frozen
class Answer(Drawn):
    """A decision: an expression of DMN over what it `needs`, inputs and decisions by name; `calls` are knowledge models."""

    _: KW_ONLY
    body: Mark
    question: str = ""
    needs: tuple[str, ...] = ()
    calls: tuple[str, ...] = ()
    sources: tuple[str, ...] = ()


Element = Input | Source | Function | Answer
SIZES: Final[Mapping[type[Element], tuple[int, int]]] = {
    Input: (200, 45), Source: (160, 63), Function: (160, 46), Answer: (200, 60),
}  # fmt: skip
KINDS: Final[Mapping[type[Element], str]] = {
    Input: "inputData", Source: "knowledgeSource", Function: "businessKnowledgeModel", Answer: "decision",
}  # fmt: skip


@frozen
class Requirement:
    """An arrow of the graph, from what is needed to who needs it."""

    kind: str  # informationRequirement, knowledgeRequirement or authorityRequirement
    what: str  # requiredInput, requiredDecision, requiredKnowledge or requiredAuthority
    start: Element
    end: Element

    @property
    def id(self) -> str:
        return f"{id_of(self.end)}..{id_of(self.start)}"

    @property
    def mark(self) -> Mark:
        return mark(self.kind, mark(self.what, href=f"#{id_of(self.start)}"), id=self.id)


def id_of(element: Element) -> str:
    """The identifier in the file: the kind and the name, each sign that an identifier cannot hold as its number."""
    plain = OUTSIDE_A_NAME.sub(lambda sign: f"_{ord(sign[0]):x}_", element.name)
    return f"{KINDS[type(element)]}.{plain}"


def write_model(name: str, namespace: str, items: Sequence[Item], elements: Sequence[Element], *, norm: Norm = Norm.DMN_1_5) -> str:
    """The file. `elements` have different names; those that one needs stand among them, in no circle."""
    named = {element.name: element for element in elements}
    arrows = [arrow for element in elements for arrow in _requirements(element, named)]
    root = mark(
        "definitions",
        *(_item(item, "itemDefinition") for item in items),
        *(_element(element, [arrow for arrow in arrows if arrow.end is element]) for element in elements),
        _diagram(elements, arrows),
        **{
            "xmlns": f"{norm.namespaces}/MODEL/", "xmlns:dmndi": f"{norm.namespaces}/DMNDI/", "xmlns:dc": DC, "xmlns:di": DI,
            "id": "model", "name": name, "namespace": namespace, "expressionLanguage": f"{norm.namespaces}/FEEL/",
        },
    )  # fmt: skip
    return write_xml(root)


def _requirements(element: Element, named: Mapping[str, Element]) -> Iterator[Requirement]:
    if isinstance(element, Answer):
        for need in element.needs:
            what = "requiredInput" if isinstance(named[need], Input) else "requiredDecision"
            yield Requirement("informationRequirement", what, named[need], element)
    if isinstance(element, Answer | Function):
        for need in element.calls:
            yield Requirement("knowledgeRequirement", "requiredKnowledge", named[need], element)
        for need in element.sources:
            yield Requirement("authorityRequirement", "requiredAuthority", named[need], element)


def _item(item: Item, tag: str) -> Mark:
    inner = [_item(component, "itemComponent") for component in item.components]
    if item.of:
        inner.append(mark("typeRef", text=item.of))
    if item.allowed:
        inner.append(mark("allowedValues", mark("text", text=", ".join(item.allowed))))
    return mark(tag, *inner, name=item.name, isCollection="true" if item.is_list else "")


def _element(element: Element, arrows: Sequence[Requirement]) -> Mark:
    """Its parts in the order of the schema."""
    start = [mark("description", text=element.description)] if element.description else []
    end: list[Mark] = []
    match element:
        case Answer():
            start += [mark("question", text=element.question)] if element.question else []
            start.append(_variable(element))
            end.append(element.body)
        case Function():
            parameters = (mark("formalParameter", name=name, typeRef=of) for name, of in element.parameters)
            start += [_variable(element), mark("encapsulatedLogic", *parameters, element.body)]
        case Input():
            start.append(_variable(element))
    tag, label = KINDS[type(element)], element.label
    return mark(tag, *start, *(arrow.mark for arrow in arrows), *end, id=id_of(element), name=element.name, label=label)


def _variable(element: Element) -> Mark:
    return mark("variable", name=element.name, typeRef=element.of, id=f"{id_of(element)}..variable")


def _diagram(elements: Sequence[Element], arrows: Sequence[Requirement]) -> Mark:
    """Inputs to the left, what they lead to on its right; a source of law stands before the first that rests on it."""
    sizes = {element.name: SIZES[type(element)] for element in elements}
    lines = [(arrow.start.name, arrow.end.name) for arrow in arrows]
    layout = lay_out(sizes, lines, late=[one.name for one in elements if not isinstance(one, Answer)])
    shapes = [_shape(element, layout) for element in elements]
    edges = [_edge(arrow, layout) for arrow in arrows]
    return mark("dmndi:DMNDI", mark("dmndi:DMNDiagram", *shapes, *edges, id="diagram"))


def _shape(element: Element, layout: Layout) -> Mark:
    box = layout.boxes[element.name]
    bounds = mark("dc:Bounds", x=str(box.x), y=str(box.y), width=str(box.width), height=str(box.height))
    return mark("dmndi:DMNShape", bounds, id=f"shape.{id_of(element)}", dmnElementRef=id_of(element))


def _edge(arrow: Requirement, layout: Layout) -> Mark:
    points = layout.arrows[arrow.start.name, arrow.end.name]
    waypoints = (mark("di:waypoint", x=str(x), y=str(y)) for x, y in points)
    return mark("dmndi:DMNEdge", *waypoints, id=f"edge.{arrow.id}", dmnElementRef=arrow.id)
