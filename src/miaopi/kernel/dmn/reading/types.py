"""Types by their names: the language's own, the item definitions of the model, and those of imported models."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from typing import Final

from miaopi.kernel.dmn.items import ANY, NO_PLACE, ItemType, of_type
from miaopi.kernel.dmn.reading.effort import Effort
from miaopi.kernel.dmn.reading.literals import read_tests, split_tests
from miaopi.kernel.dmn.reading.xml import Element
from miaopi.kernel.dmn.tree import Literal
from miaopi.kernel.errors import DefinitionError
from miaopi.kernel.expr.types import Type, TypeNames, read_type

# DMN 1.5 table 45, with the spellings of older models.
KINDS: Final[Mapping[str, str]] = {
    "any": "any",
    "number": "number",
    "string": "string",
    "boolean": "boolean",
    "date": "date",
    "time": "time",
    "date and time": "date and time",
    "datetime": "date and time",
    "days and time duration": "days and time duration",
    "daytimeduration": "days and time duration",
    "years and months duration": "years and months duration",
    "yearmonthduration": "years and months duration",
    "list": "list",
    "context": "context",
    "function": "function",
    "range": "range",
    "null": "null",
}
SCHEMA: Final = "http://www.w3.org/2001/XMLSchema"
OF_SCHEMA: Final[Mapping[str, str]] = {
    **dict.fromkeys(("decimal", "integer", "int", "long", "double", "float"), "number"),
    **{name: name for name in ("string", "boolean", "date", "time")},
    "dateTime": "date and time",
    "dayTimeDuration": "days and time duration",
    "yearMonthDuration": "years and months duration",
}
DEEPEST: Final = 32  # types that are defined one by the other
PER_GENERIC: Final = 60  # steps for a type with parts that is written where it is used
# Steps for what a type allows: it is read at once, as a whole and test by test.
PER_CHARACTER: Final = 4
PER_TEST: Final = 10


class TypeBook:
    """The item definitions of one model, each made when it is first asked for."""

    def __init__(
        self,
        definitions: list[Element],
        imported: Mapping[str, TypeBook],
        prefixes: Mapping[str, str],
        namespaces: Mapping[str, TypeBook | None],
        effort: Effort,
    ) -> None:
        self.written = {definition.get("name"): definition for definition in definitions}
        self.imported = imported
        self.prefixes = prefixes
        self.namespaces = namespaces
        self.effort = effort
        self.books: int = 1 + sum(book.books for book in imported.values())
        self.names = TypeNames(self.each_name(), self.type_of)
        self.known: dict[str, Type | None] = {}
        self.made: dict[str, ItemType] = {}
        self.generic: dict[str, ItemType] = {}
        self.open: list[str] = []

    def find(self, reference: str, where: str) -> ItemType | None:
        """The type of that name; none for no name. Raises DefinitionError for one that nothing defines."""
        name = " ".join(reference.split())
        if not name:
            return None
        self.effort.take(self.books, where)
        found = self.declared(name) or self._prefixed(name, where)
        if found is not None:
            return found
        if name.lower() in KINDS:
            return ItemType(name, KINDS[name.lower()])
        if "<" in name:
            return self._generic(name, where)
        raise DefinitionError(where, f"there is no type {name}")

    def make(self) -> None:
        """Make every type of the model itself. Raises DefinitionError."""
        for name, item in self.written.items():
            self.find(name, item.where)

    def type_of(self, name: str) -> Type | None:
        """What the expressions of the model know under that name."""
        if name not in self.known:
            found = self.declared(name)
            self.known[name] = None if found is None else found.type
        return self.known[name]

    def each_name(self) -> Iterator[str]:
        yield from self.written
        for prefix, book in self.imported.items():
            yield from (f"{prefix}.{name}" if prefix else name for name in book.each_name())

    def declared(self, name: str) -> ItemType | None:
        """The type that this model or one that it imports declares under that name."""
        return self._own(name) or self._imported(name)

    def _imported(self, name: str) -> ItemType | None:
        for prefix, book in self.imported.items():
            start = f"{prefix}." if prefix else ""
            found = book.declared(name.removeprefix(start)) if name.startswith(start) else None
            if found is not None:
                return found
        return None

    def _prefixed(self, name: str, where: str) -> ItemType | None:
        prefix, colon, rest = name.partition(":")
        if not colon or prefix not in self.prefixes:
            return None
        namespace = self.prefixes[prefix]
        book = self.namespaces.get(namespace)
        if book is not None:
            return book.find(rest, where)
        if namespace == SCHEMA:
            return ItemType(rest, OF_SCHEMA[rest]) if rest in OF_SCHEMA else None
        return self.find(rest, where) if namespace in self.namespaces or "FEEL" in namespace else None

    def _generic(self, name: str, where: str) -> ItemType:
        """`list<number>` and the like, of the language's types and of the model's own."""
        if name not in self.generic:
            self.effort.take(PER_GENERIC + len(name), where)
            found, end = read_type(name, 0, self.names, spend=lambda steps: self.effort.take(steps, where))
            if end != len(name):
                raise DefinitionError(where, f"there is no type {name}")
            try:
                self.generic[name] = of_type(found)
            except DefinitionError as error:
                raise _placed(error, where)
        return self.generic[name]

    def _own(self, name: str) -> ItemType | None:
        if name in self.made:
            return self.made[name]
        definition = self.written.get(name)
        if definition is None:
            return None
        if len(self.open) >= DEEPEST:
            raise DefinitionError(definition.where, f"more than {DEEPEST} types are defined one by the other")
        if name in self.open:
            raise DefinitionError(definition.where, f"the type {name} is defined by itself: {' → '.join([*self.open, name])}")
        self.open.append(name)
        try:
            self.made[name] = self._make(definition)
        except DefinitionError as error:
            raise _placed(error, definition.where)
        self.open.pop()
        return self.made[name]

    def _make(self, definition: Element) -> ItemType:
        """One item definition or component: its kind, then its constraints, then the list of it."""
        name = definition.get("name")
        reference = definition.text_of("typeRef") or definition.get("typeRef")
        components = [(part.get("name"), self._make(part)) for part in definition.all("itemComponent")]
        function = definition.first("functionItem")
        if components:
            made = ItemType(name, "context", components=tuple(components))
        elif function is not None:
            made = self._function(name, function)
        else:
            made = self.find(reference, definition.where) or ANY
        many = definition.get("isCollection") == "true"
        made = self._constrained(made, name, definition.first("allowedValues"))
        if many:
            made = ItemType(name, "list", item=made)
        return self._constrained(made, name, definition.first("typeConstraint"))

    def _function(self, name: str, function: Element) -> ItemType:
        parameters = tuple(
            self.find(parameter.get("typeRef") or parameter.text_of("typeRef"), parameter.where) or ANY
            for parameter in function.all("parameters")
        )
        output = self.find(function.get("outputTypeRef"), function.where)
        return ItemType(name, "function", parameters=parameters, output=output)

    def _constrained(self, made: ItemType, name: str, tests: Element | None) -> ItemType:
        text = tests.text_of("text") if tests is not None else ""
        if tests is None or not text.strip():
            return made
        each = list(split_tests(text))
        self.effort.take(PER_CHARACTER * len(text) + PER_TEST * (1 + len(each)), tests.where)
        constraint = read_tests(text, where=tests.where)
        ranks = tuple(read_tests(test, where=tests.where) for test in each)
        return replace(made, name=name, constraints=(*made.constraints, constraint), ranks=ranks)



def _placed(error: DefinitionError, where: str) -> DefinitionError:
    """The error where it stands; types themselves have no place."""
    return DefinitionError(where, error.message) if error.where == NO_PLACE else error


def finding(find: Callable[[], ItemType | None], findings: list[str | Literal]) -> ItemType | None:
    """The type, or none with a finding where nothing defines it."""
    try:
        return find()
    except DefinitionError as error:
        findings.append(f"{error.where}: {error.message}")
        return None
