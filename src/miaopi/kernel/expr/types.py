"""What kinds of values an expression deals in, by their FEEL names."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from miaopi.kernel.errors import DefinitionError

SIMPLE_NAMES: Final = (
    "any",
    "null",
    "boolean",
    "number",
    "string",
    "date",
    "date and time",
    "days and time duration",
    "years and months duration",
)
NOT_YET_TYPES: Final = ("time", "context", "range", "function")


@dataclass(frozen=True, slots=True)
class Type:
    """One kind of value. `item` is the kind of the elements and only a list has it; `entries` are those of a context: the
    records of a source, whose entries are declared with the fact. Contexts written in an expression come with step 3.
    """

    name: str
    item: Type | None = None
    entries: tuple[tuple[str, Type], ...] = ()

    def __post_init__(self) -> None:
        if self.name == "list":
            if self.item is None or self.item.name == "list":
                raise DefinitionError(
                    "type", f"list<{self.item or ''}>: a list within a list comes with step 3"
                )
        elif self.name == "context" and self.entries:
            return
        elif self.name in NOT_YET_TYPES:
            raise DefinitionError("type", f"the type {self.name} is not read yet; it comes with step 3")
        elif self.name not in SIMPLE_NAMES or self.item is not None:
            raise DefinitionError(
                "type", f"there is no type {self.name}; there are {', '.join(SIMPLE_NAMES)}, list<…>"
            )

    @classmethod
    def parse(cls, text: str) -> Type:
        """The type of that name, `list<string>` and `days and time duration` included. Raises DefinitionError."""
        name = " ".join(text.split()).lower()
        if name.startswith("list<") and name.endswith(">"):
            return cls("list", cls.parse(name[5:-1]))
        return LIST if name == "list" else cls(name)

    def __str__(self) -> str:
        if self.entries:
            return f"context<{', '.join(f'{name}: {kind}' for name, kind in self.entries)}>"
        return f"list<{self.item}>" if self.name == "list" else self.name

    def entry(self, name: str) -> Type | None:
        return dict(self.entries).get(name)


ANY: Final = Type("any")
NULL: Final = Type("null")
BOOLEAN: Final = Type("boolean")
NUMBER: Final = Type("number")
STRING: Final = Type("string")
DATE: Final = Type("date")
DATE_TIME: Final = Type("date and time")
DAYS: Final = Type("days and time duration")
MONTHS: Final = Type("years and months duration")
LIST: Final = Type("list", ANY)
RECORD: Final = Type("context", entries=(("", ANY),))  # what a value that is a context is known to be, without its declaration

ORDERED: Final = frozenset({NUMBER, STRING, DATE, DATE_TIME, DAYS, MONTHS})

# What stands after a dot: the parts of temporal values.
PROPERTIES: Final[Mapping[Type, tuple[str, ...]]] = {
    DATE: ("year", "month", "day", "weekday"),
    DATE_TIME: ("year", "month", "day", "weekday", "hour", "minute", "second"),
    DAYS: ("days", "hours", "minutes", "seconds"),
    MONTHS: ("years", "months"),
}


def fits(wanted: Type, found: Type) -> bool:
    """Whether a value of the type found may stand where the wanted type is asked for; null may stand everywhere."""
    if wanted == found or ANY in (wanted, found) or found == NULL:
        return True
    return wanted.name == found.name == "list" and fits(item_of(wanted), item_of(found))


def is_comparable(left: Type, right: Type) -> bool:
    """Whether `=` between the two can ever be true."""
    return fits(left, right) or fits(right, left)


def join(left: Type, right: Type) -> Type:
    """The narrowest type that holds both: of two branches, of the elements of a list."""
    if left == right or right == NULL:
        return left
    return right if left == NULL else ANY


def item_of(kind: Type) -> Type:
    return kind.item or ANY
