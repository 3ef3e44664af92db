"""Decision tables from their elements (DMN 1.5 chapter 8)."""

from __future__ import annotations

from typing import Final, Protocol

from miaopi.kernel.dmn.items import ItemType
from miaopi.kernel.dmn.reading.literals import Shelf, split_tests
from miaopi.kernel.dmn.reading.xml import Element
from miaopi.kernel.dmn.tree import (
    Aggregation,
    DecisionTable,
    HitPolicy,
    InputClause,
    Literal,
    OutputClause,
    Rule,
)
from miaopi.kernel.errors import DefinitionError

POLICIES: Final = {policy.value: policy for policy in HitPolicy}
AGGREGATIONS: Final = {aggregation.value: aggregation for aggregation in Aggregation}


class Reads(Protocol):
    """What a table needs of the reader that it stands in."""

    def type_of(self, element: Element | None) -> ItemType | None: ...

    def text(
        self, text: str, shelf: Shelf, where: str, *, of: ItemType | None = None, unary: bool = False
    ) -> Literal: ...


def read_table(reader: Reads, element: Element, shelf: Shelf) -> DecisionTable:
    inputs = tuple(_input(reader, one, shelf) for one in element.all("input"))
    of = reader.type_of(element)
    outputs = tuple(_output(reader, one, shelf) for one in element.all("output"))
    if not outputs:
        raise DefinitionError(element.where, "a decision table has no output")
    rules = tuple(_rule(reader, one, shelf, inputs, outputs) for one in element.all("rule"))
    policy = element.get("hitPolicy") or HitPolicy.UNIQUE.value
    if policy not in POLICIES:
        raise DefinitionError(element.where, f"there is no hit policy {policy}; there are {', '.join(POLICIES)}")
    aggregation = element.get("aggregation")
    if aggregation and aggregation not in AGGREGATIONS:
        raise DefinitionError(element.where, f"there is no aggregation {aggregation}; there are {', '.join(AGGREGATIONS)}")
    return DecisionTable(
        inputs, outputs, rules, POLICIES[policy], AGGREGATIONS.get(aggregation), element.where, of
    )


def _input(reader: Reads, element: Element, shelf: Shelf) -> InputClause:
    expression = element.first("inputExpression")
    if expression is None:
        raise DefinitionError(element.where, "an input of the table has no expression")
    of = reader.type_of(expression)
    text = expression.text_of("text")
    literal = reader.text(text, shelf, expression.where, of=of)
    return InputClause(literal, _tests(reader, element.first("inputValues"), shelf))


def _output(reader: Reads, element: Element, shelf: Shelf) -> OutputClause:
    values, default = element.first("outputValues"), element.first("defaultOutputEntry")
    of = reader.type_of(element)
    allowed = _tests(reader, values, shelf)
    each = split_tests(values.text_of("text")) if values is not None and allowed is not None else ()
    ranks = tuple(_cell(reader, one, element, shelf) for one in each)
    entry = _entry(reader, default, shelf) if default is not None else None
    return OutputClause(element.get("name"), of, allowed, ranks, entry)


def _rule(
    reader: Reads, element: Element, shelf: Shelf, inputs: tuple[InputClause, ...], outputs: tuple[OutputClause, ...]
) -> Rule:
    conditions = list(element.all("inputEntry"))
    outcomes = list(element.all("outputEntry"))
    if len(conditions) != len(inputs) or len(outcomes) != len(outputs):
        raise DefinitionError(
            element.where,
            f"a rule has {len(conditions)} conditions and {len(outcomes)} outputs, the table {len(inputs)} and {len(outputs)}",
        )
    return Rule(
        tuple(_cell(reader, one.text_of("text"), one, shelf) for one in conditions),
        tuple(_entry(reader, one, shelf) for one in outcomes),
        element.where,
    )


def _entry(reader: Reads, element: Element, shelf: Shelf) -> Literal:
    """The value of a cell of an output; an empty one is null, and so is a dash."""
    text = element.text_of("text").strip()
    return reader.text(text if text not in ("", "-") else "null", shelf, element.where)


def _cell(reader: Reads, text: str, element: Element, shelf: Shelf) -> Literal:
    """The unary tests of a cell (DMN 1.5 §8.3.3); an empty one tests nothing."""
    return reader.text(text.strip() or "-", shelf, element.where, unary=True)


def _tests(reader: Reads, element: Element | None, shelf: Shelf) -> Literal | None:
    text = element.text_of("text") if element is not None else ""
    if element is None or not text.strip():
        return None
    return _cell(reader, text, element, shelf)
