"""Boxed expressions from their elements (DMN 1.5 chapter 7.3 and 10.2.2). Names come into scope from above downwards."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from miaopi.kernel.dmn.items import ANY, ItemType
from miaopi.kernel.dmn.language import bounded, to_type
from miaopi.kernel.dmn.reading.literals import read_literal, refuse_language
from miaopi.kernel.dmn.reading.tables import read_table
from miaopi.kernel.dmn.reading.types import TypeBook, finding
from miaopi.kernel.dmn.reading.xml import Element
from miaopi.kernel.dmn.tree import (
    Boxed,
    BoxedContext,
    BoxedFilter,
    BoxedFunction,
    BoxedList,
    Conditional,
    Entry,
    Invocation,
    Iteration,
    Literal,
    Relation,
    Walk,
)
from miaopi.kernel.errors import DefinitionError
from miaopi.kernel.expr import Program, Type
from miaopi.kernel.expr.library import FUNCTIONS

EXPRESSIONS: Final = frozenset(
    {
        "literalExpression", "context", "list", "relation", "invocation", "functionDefinition", "conditional",
        "filter", "for", "some", "every", "decisionTable",
    }
)  # fmt: skip
ARGUMENT: Final = "argument"
PARTIAL: Final = "partial"
EXTERNAL: Final = {"Java": "Java", "PMML": "PMML"}
Names = Mapping[str, Type]


class BoxedReader:
    """Reads the expressions of one model; what it cannot read goes to the findings and is null when it is asked for."""

    def __init__(self, book: TypeBook, language: str, findings: list[str]) -> None:
        self.book = book
        self.language = language
        self.findings = findings
        self.mentions_partial = False
        self.types: Names = {name: of.type for name, of in book.known().items()}

    def type_of(self, element: Element | None) -> ItemType | None:
        """The type that the element declares."""
        if element is None:
            return None
        reference = element.get("typeRef") or element.text_of("typeRef")
        return finding(lambda: self.book.find(reference, element.where), self.findings)

    def within(self, element: Element, names: Names) -> Boxed | None:
        """The expression that stands in the element, if one does."""
        for child in element.children:
            if child.name in EXPRESSIONS:
                return self.read(child, names)
        return None

    def required(self, element: Element | None, parent: Element, names: Names, what: str) -> Boxed:
        found = self.within(element, names) if element is not None else None
        if found is None:
            raise DefinitionError((element or parent).where, f"{parent.name}: {what} is missing")
        return found

    def read(self, element: Element, names: Names) -> Boxed:
        match element.name:
            case "literalExpression":
                return self.literal(element, names)
            case "context":
                return self.context(element, names)
            case "list":
                return BoxedList(self.several(element, names), element.where, self.type_of(element))
            case "relation":
                return self.relation(element, names)
            case "invocation":
                return self.invocation(element, names)
            case "functionDefinition":
                return self.function(element, names)
            case "conditional":
                condition, then, otherwise = (
                    self.required(element.first(part), element, names, part) for part in ("if", "then", "else")
                )
                return Conditional(condition, then, otherwise, element.where, self.type_of(element))
            case "filter":
                return self.filter(element, names)
            case "decisionTable":
                return read_table(self, element, names)
            case _:
                return self.iteration(element, names)

    def several(self, element: Element, names: Names) -> tuple[Boxed, ...]:
        return tuple(self.read(child, names) for child in element.children if child.name in EXPRESSIONS)

    def literal(self, element: Element, names: Names) -> Literal:
        of = self.type_of(element)
        refused = refuse_language(element.get("expressionLanguage") or self.language)
        if refused:
            return self.noted(Literal(element.text_of("text"), None, element.where, of, broken=refused))
        text = element.text_of("text")
        return self.noted(read_literal(text or "null", names, self.types, where=element.where, of=of))

    def noted(self, literal: Literal) -> Literal:
        """The literal; one that could not be read is a finding."""
        self.mentions_partial |= PARTIAL in literal.text
        if literal.broken:
            self.findings.append(f"{literal.where}: {literal.broken}")
        return literal

    def context(self, element: Element, names: Names) -> BoxedContext:
        """Each entry sees those above it (§10.3.2.6)."""
        known, entries = dict(names), []
        for line in element.all("contextEntry"):
            variable = line.first("variable")
            name, of = (variable.get("name") if variable is not None else ""), self.type_of(variable)
            value = self.required(line, element, known, "the expression of an entry")
            entries.append(Entry(name, of, value))
            if name:
                known[name] = of.type if of is not None else type_of_boxed(value)
        return BoxedContext(tuple(entries), element.where, self.type_of(element))

    def relation(self, element: Element, names: Names) -> Relation:
        columns = tuple((column.get("name"), self.type_of(column)) for column in element.all("column"))
        rows = tuple(self.several(row, names) for row in element.all("row"))
        for row, line in zip(rows, element.all("row"), strict=True):
            if len(row) != len(columns):
                raise DefinitionError(line.where, f"a row has {len(row)} cells, the relation {len(columns)} columns")
        return Relation(columns, rows, element.where, self.type_of(element))

    def invocation(self, element: Element, names: Names) -> Invocation:
        bindings = []
        for binding in element.all("binding"):
            parameter = binding.first("parameter")
            if parameter is None:
                raise DefinitionError(binding.where, "a binding names no parameter")
            bindings.append((parameter.get("name"), self.within(binding, names)))
        function = self.required(element, element, names, "the function")
        call = None
        if isinstance(function, Literal) and function.text.strip() in FUNCTIONS and function.text.strip() not in names:
            arguments = ", ".join(f"{name}: {ARGUMENT} {at}" for at, (name, _) in enumerate(bindings))
            slots = {f"{ARGUMENT} {at}": ANY.type for at in range(len(bindings))}
            call = self.noted(
                read_literal(f"{function.text.strip()}({arguments})", slots, self.types, where=element.where)
            ).program
        return Invocation(function, tuple(bindings), call, element.where, self.type_of(element))

    def function(self, element: Element, names: Names) -> BoxedFunction:
        """A function definition, or the logic of a business knowledge model."""
        parameters = tuple((one.get("name"), self.type_of(one)) for one in element.all("formalParameter"))
        kind = element.get("kind") or "FEEL"
        if kind != "FEEL":
            refused = f"external {EXTERNAL.get(kind, kind)} functions are not run"
            self.findings.append(f"{element.where}: {refused}")
            return BoxedFunction(parameters, None, element.where, self.type_of(element), refused)
        inner = {**names, **{name: (of or ANY).type for name, of in parameters}}
        body = self.within(element, inner)
        return BoxedFunction(parameters, body, element.where, self.type_of(element))

    def filter(self, element: Element, names: Names) -> BoxedFilter:
        """The match sees `item`, and the entries of each element where it is a context."""
        source = self.required(element.first("in"), element, names, "in")
        item = type_of_boxed(source).item or ANY.type
        inner = {**names, "item": item, **dict(item.entries)}
        match = self.required(element.first("match"), element, inner, "match")
        return BoxedFilter(source, match, element.where, self.type_of(element))

    def iteration(self, element: Element, names: Names) -> Iteration:
        walk, variable = Walk(element.name), element.get("iteratorVariable")
        if not variable:
            raise DefinitionError(element.where, f"{element.name}: iteratorVariable is missing")
        source = self.required(element.first("in"), element, names, "in")
        inner = {**names, variable: type_of_boxed(source).item or ANY.type}
        inner |= {PARTIAL: ANY.type} if walk is Walk.FOR else {}
        part = "return" if walk is Walk.FOR else "satisfies"
        outer, self.mentions_partial = self.mentions_partial, False
        body = self.required(element.first(part), element, inner, part)
        reads, self.mentions_partial = self.mentions_partial, self.mentions_partial or outer
        return Iteration(walk, variable, source, body, reads, element.where, self.type_of(element))


def type_of_boxed(boxed: Boxed | None) -> Type:
    """What is known of the type of an expression's value, so that paths into it can be read."""
    return bounded(_type_of(boxed))


def _type_of(boxed: Boxed | None) -> Type:
    match boxed:
        case None:
            return ANY.type
        case _ if boxed.of is not None:
            return boxed.of.type
        case Literal(program=Program(type=shown)):
            return shown
        case BoxedContext(entries=entries):
            if entries and not entries[-1].name:
                return type_of_boxed(entries[-1].value)
            return to_type("context", None, tuple((entry.name, _type_of_entry(entry)) for entry in entries))
        case BoxedList(elements=elements):
            return to_type("list", type_of_boxed(elements[0]) if elements else None, ())
        case Relation(columns=columns):
            row = to_type("context", None, tuple((name, (of or ANY).type) for name, of in columns))
            return to_type("list", row, ())
        case BoxedFilter(source=source):
            return type_of_boxed(source)
        case _:
            return ANY.type


def _type_of_entry(entry: Entry) -> Type:
    return entry.of.type if entry.of is not None else type_of_boxed(entry.value)
