"""Boxed expressions from their elements (DMN 1.5 chapter 7.3 and 10.2.2). Names come into scope from above downwards."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import partial
from typing import Final

from miaopi.kernel.dmn.items import ANY, ItemType
from miaopi.kernel.dmn.language import MOST_PARTS, bounded, to_type
from miaopi.kernel.dmn.reading.effort import Effort
from miaopi.kernel.dmn.reading.literals import Foreign, Names, Shelf, is_feel
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


class BoxedReader:
    """Reads the boxes of one model. What is noted are the texts, and what was found to be wrong, in the order in which they
    stand; a text is read when it is asked for, and null if that is not to be done.
    """

    def __init__(self, book: TypeBook, language: str, effort: Effort) -> None:
        self.book = book
        self.language = language
        self.effort = effort
        self.noted: list[str | Literal] = []
        self.mentions_partial = False
        self.types = book.names
        book.make()

    def shelf(self, names: Names, size: int, where: str) -> Shelf:
        """For the texts that see so many names."""
        return Shelf(names, size, self.types, self.effort, where)

    def type_of(self, element: Element | None) -> ItemType | None:
        """The type that the element declares."""
        if element is None:
            return None
        reference = element.get("typeRef") or element.text_of("typeRef")
        return finding(lambda: self.book.find(reference, element.where), self.noted)

    def within(self, element: Element, shelf: Shelf) -> Boxed | None:
        """The expression that stands in the element, if one does."""
        for child in element.children:
            if child.name in EXPRESSIONS:
                return self.read(child, shelf)
        return None

    def required(self, element: Element | None, parent: Element, shelf: Shelf, what: str) -> Boxed:
        found = self.within(element, shelf) if element is not None else None
        if found is None:
            raise DefinitionError((element or parent).where, f"{parent.name}: {what} is missing")
        return found

    def read(self, element: Element, shelf: Shelf) -> Boxed:
        match element.name:
            case "literalExpression":
                return self.literal(element, shelf)
            case "context":
                return self.context(element, shelf)
            case "list":
                return BoxedList(self.several(element, shelf), element.where, self.type_of(element))
            case "relation":
                return self.relation(element, shelf)
            case "invocation":
                return self.invocation(element, shelf)
            case "functionDefinition":
                return self.function(element, shelf)
            case "conditional":
                condition, then, otherwise = (
                    self.required(element.first(part), element, shelf, part) for part in ("if", "then", "else")
                )
                return Conditional(condition, then, otherwise, element.where, self.type_of(element))
            case "filter":
                return self.filter(element, shelf)
            case "decisionTable":
                return read_table(self, element, shelf)
            case _:
                return self.iteration(element, shelf)

    def several(self, element: Element, shelf: Shelf) -> tuple[Boxed, ...]:
        return tuple(self.read(child, shelf) for child in element.children if child.name in EXPRESSIONS)

    def literal(self, element: Element, shelf: Shelf) -> Literal:
        of, language = self.type_of(element), element.get("expressionLanguage") or self.language
        text = element.text_of("text")
        if is_feel(language):
            return self.text(text or "null", shelf, element.where, of=of)
        return self.note(Literal(text, element.where, Foreign(language), of))

    def text(
        self, text: str, shelf: Shelf, where: str, *, of: ItemType | None = None, unary: bool = False
    ) -> Literal:
        """The text as one that will be read. Raises DefinitionError beyond what the texts of a model may have."""
        shelf.add(text, where, unary=unary)
        return self.note(Literal(text, where, shelf, of, unary))

    def note(self, literal: Literal) -> Literal:
        self.mentions_partial |= PARTIAL in literal.text
        self.noted.append(literal)
        return literal

    def context(self, element: Element, shelf: Shelf) -> BoxedContext:
        """Each entry sees those above it (§10.3.2.6)."""
        entries: list[Entry] = []
        for line in element.all("contextEntry"):
            variable = line.first("variable")
            name, of = (variable.get("name") if variable is not None else ""), self.type_of(variable)
            above = tuple(entry for entry in entries if entry.name)
            inner = shelf.beside(partial(_types_of, above), len(above), line.where) if above else shelf
            entries.append(Entry(name, of, self.required(line, element, inner, "the expression of an entry")))
        return BoxedContext(tuple(entries), element.where, self.type_of(element))

    def relation(self, element: Element, shelf: Shelf) -> Relation:
        columns = tuple((column.get("name"), self.type_of(column)) for column in element.all("column"))
        rows = tuple(self.several(row, shelf) for row in element.all("row"))
        for row, line in zip(rows, element.all("row"), strict=True):
            if len(row) != len(columns):
                raise DefinitionError(line.where, f"a row has {len(row)} cells, the relation {len(columns)} columns")
        return Relation(columns, rows, element.where, self.type_of(element))

    def invocation(self, element: Element, shelf: Shelf) -> Invocation:
        bindings = []
        for binding in element.all("binding"):
            parameter = binding.first("parameter")
            if parameter is None:
                raise DefinitionError(binding.where, "a binding names no parameter")
            bindings.append((parameter.get("name"), self.within(binding, shelf)))
        function = self.required(element, element, shelf, "the function")
        name = function.text.strip() if isinstance(function, Literal) else ""
        call = None
        if name in FUNCTIONS:
            slots = {f"{ARGUMENT} {at}": ANY.type for at in range(len(bindings))}
            arguments = ", ".join(f"{one}: {ARGUMENT} {at}" for at, (one, _) in enumerate(bindings))
            inner = self.shelf(lambda: slots, len(slots), element.where)
            call = self.text(f"{name}({arguments})", inner, element.where)
        return Invocation(function, tuple(bindings), call, element.where, self.type_of(element))

    def function(self, element: Element, shelf: Shelf) -> BoxedFunction:
        """A function definition, or the logic of a business knowledge model."""
        parameters = tuple((one.get("name"), self.type_of(one)) for one in element.all("formalParameter"))
        kind = element.get("kind") or "FEEL"
        if kind != "FEEL":
            refused = f"external {EXTERNAL.get(kind, kind)} functions are not run"
            self.noted.append(f"{element.where}: {refused}")
            return BoxedFunction(parameters, None, element.where, self.type_of(element), refused)
        taken = {name: (of or ANY).type for name, of in parameters}
        body = self.within(element, shelf.beside(lambda: taken, len(taken), element.where))
        return BoxedFunction(parameters, body, element.where, self.type_of(element))

    def filter(self, element: Element, shelf: Shelf) -> BoxedFilter:
        """The match sees `item`, and the entries of each element where it is a context."""
        source = self.required(element.first("in"), element, shelf, "in")

        def names() -> Mapping[str, Type]:
            item = type_of_boxed(source).item or ANY.type
            return {"item": item, **dict(item.entries)}

        inner = shelf.beside(names, 1, element.where)
        match = self.required(element.first("match"), element, inner, "match")
        return BoxedFilter(source, match, element.where, self.type_of(element))

    def iteration(self, element: Element, shelf: Shelf) -> Iteration:
        walk, variable = Walk(element.name), element.get("iteratorVariable")
        if not variable:
            raise DefinitionError(element.where, f"{element.name}: iteratorVariable is missing")
        source = self.required(element.first("in"), element, shelf, "in")
        more = {PARTIAL: ANY.type} if walk is Walk.FOR else {}

        def names() -> Mapping[str, Type]:
            return {variable: type_of_boxed(source).item or ANY.type, **more}

        inner = shelf.beside(names, 1 + len(more), element.where)
        part = "return" if walk is Walk.FOR else "satisfies"
        outer, self.mentions_partial = self.mentions_partial, False
        body = self.required(element.first(part), element, inner, part)
        reads, self.mentions_partial = self.mentions_partial, self.mentions_partial or outer
        return Iteration(walk, variable, source, body, reads, element.where, self.type_of(element))


def type_of_boxed(boxed: Boxed | None) -> Type:
    """What is known of the type of an expression's value, so that paths into it can be read; any for one of many parts."""
    return bounded(_type_of(boxed, iter(range(MOST_PARTS))))


def _type_of(boxed: Boxed | None, room: Iterator[int]) -> Type:
    if boxed is None or next(room, None) is None:
        return ANY.type
    if boxed.of is not None:
        return boxed.of.type
    match boxed:
        case Literal(program=Program(type=shown)):
            return shown
        case BoxedContext(entries=entries):
            if entries and not entries[-1].name:
                return _type_of(entries[-1].value, room)
            return to_type("context", None, tuple((entry.name, _type_of_entry(entry, room)) for entry in entries))
        case BoxedList(elements=elements):
            return to_type("list", _type_of(elements[0], room) if elements else None, ())
        case Relation(columns=columns):
            row = to_type("context", None, tuple((name, (of or ANY).type) for name, of in columns))
            return to_type("list", row, ())
        case BoxedFilter(source=source):
            return _type_of(source, room)
        case _:
            return ANY.type


def _type_of_entry(entry: Entry, room: Iterator[int]) -> Type:
    return entry.of.type if entry.of is not None else _type_of(entry.value, room)


def _types_of(entries: tuple[Entry, ...]) -> Mapping[str, Type]:
    return {entry.name: entry.of.type if entry.of is not None else type_of_boxed(entry.value) for entry in entries}
