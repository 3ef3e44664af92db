"""What kinds of values an expression deals in, by their FEEL names, and which kind may stand for which (DMN 1.5 §10.3.2.9)."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import field
from functools import cached_property, partial
from typing import Final

from miaopi.kernel.errors import DefinitionError
from miaopi.kernel.expr.vocabulary import GAP, Spend, Vocabulary
from miaopi.kernel.frozen import frozen

SIMPLE_NAMES: Final = (
    "any",
    "null",
    "boolean",
    "number",
    "string",
    "date",
    "time",
    "date and time",
    "days and time duration",
    "years and months duration",
)
# DMN models write types of values as one word, too (DMN 1.5 §7.3.3).
ONE_WORD: Final[Mapping[str, str]] = {
    "datetime": "date and time",
    "daytimeduration": "days and time duration",
    "yearmonthduration": "years and months duration",
}
DEEPEST_TYPE: Final = 32
MOST_PARTS: Final = 1_000


@frozen
class Type:
    """One kind of value. `item` is the kind of the elements of a list, of the ends of a range, of what a function gives;
    `entries` are those of a context, `parameters` those of a function. A function without an item is any function. `parts` counts
    the types within it, one that is shared as often as it stands there.
    """

    name: str
    item: Type | None = None
    entries: tuple[tuple[str, Type], ...] = ()
    parameters: tuple[Type, ...] = ()
    parts: int = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        inner = sum(one.parts for one in self.parameters) + sum(one.parts for _, one in self.entries)
        object.__setattr__(self, "parts", 1 + inner + (self.item.parts if self.item is not None else 0))
        generic = self.name in ("list", "range", "function")
        if (self.name == "list" and self.item is None) or (self.item is not None and not generic):
            raise _no_such_type(self.name)
        if not generic and self.name != "context" and self.name not in SIMPLE_NAMES:
            raise _no_such_type(self.name)

    @classmethod
    def parse(cls, text: str) -> Type:
        """The type of that name, `list<string>` and `days and time duration` included. Raises DefinitionError."""
        name = " ".join(text.split())
        found, end = read_type(name, 0, NO_NAMES)
        if end != len(name):
            raise _no_such_type(name)
        return found

    def __str__(self) -> str:
        if self.entries:
            return f"context<{', '.join(f'{name}: {kind}' for name, kind in self.entries)}>"
        if self.name == "function" and self.item is not None:
            return f"function<{', '.join(map(str, self.parameters))}>->{self.item}"
        return self.name if self.item is None else f"{self.name}<{self.item}>"

    def entry(self, name: str) -> Type | None:
        return dict(self.entries).get(name)


def _no_such_type(name: str) -> DefinitionError:
    return DefinitionError(
        "type", f"there is no type {name}; there are {', '.join(SIMPLE_NAMES)}, list<…>, range<…>, context<…>"
    )


ANY: Final = Type("any")
NULL: Final = Type("null")
BOOLEAN: Final = Type("boolean")
NUMBER: Final = Type("number")
STRING: Final = Type("string")
DATE: Final = Type("date")
TIME: Final = Type("time")
DATE_TIME: Final = Type("date and time")
DAYS: Final = Type("days and time duration")
MONTHS: Final = Type("years and months duration")
LIST: Final = Type("list", ANY)
RECORD: Final = Type("context")  # what a value that is a context is known to be, without its declaration
RANGE: Final = Type("range")
FUNCTION: Final = Type("function")

ORDERED: Final = frozenset({NUMBER, STRING, DATE, TIME, DATE_TIME, DAYS, MONTHS})

# What stands after a dot: the parts of temporal values and of ranges.
PROPERTIES: Final[Mapping[str, Mapping[str, Type]]] = {
    "date": dict.fromkeys(("year", "month", "day", "weekday"), NUMBER),
    "time": {
        **dict.fromkeys(("hour", "minute", "second"), NUMBER),
        "time offset": DAYS,
        "timezone": STRING,
    },
    "date and time": {
        **dict.fromkeys(("year", "month", "day", "weekday", "hour", "minute", "second"), NUMBER),
        "time offset": DAYS,
        "timezone": STRING,
    },
    "days and time duration": dict.fromkeys(("days", "hours", "minutes", "seconds"), NUMBER),
    "years and months duration": dict.fromkeys(("years", "months"), NUMBER),
    "range": {
        "start": ANY,
        "end": ANY,
        "start included": BOOLEAN,
        "end included": BOOLEAN,
    },
}

WORDS: Final = re.compile(
    r"\s*(days\s+and\s+time\s+duration|years\s+and\s+months\s+duration|date\s+and\s+time|[\w.]+)(?!\w)", re.I
)
ENTRY: Final = re.compile(r"\s*+([^<>,:]++):")


class TypeNames:
    """Types that a model has given names to, so that they are found where they are written; each is asked for by its name."""

    def __init__(self, names: Iterable[str], type_of: Callable[[str], Type | None]) -> None:
        self.names = names
        self.type_of = type_of

    @cached_property
    def _vocabulary(self) -> Vocabulary:
        return Vocabulary(self.names)

    def at(self, text: str, start: int, spend: Spend) -> tuple[Type, int] | None:
        """The type of the longest name that stands there, and where it ends."""
        blanks = GAP.match(text, start)
        found = self._vocabulary.matches(text, blanks.end() if blanks else start, spend)
        for name, end in sorted(found, key=lambda match: match[1], reverse=True):
            if not text.startswith(".", end) and (kind := self.type_of(name)) is not None:
                return kind, end
        return None


Read = Callable[[str, int], tuple[Type, int]]
NO_NAMES: Final = TypeNames((), dict[str, Type]().get)


def read_type(
    text: str, start: int, known: TypeNames, depth: int = 0, *, spend: Spend = lambda _steps: None
) -> tuple[Type, int]:
    """The type written from that place on, and where it ends (DMN 1.5 §10.3.1.2, rules 54–56); `spend` counts what looking for
    names takes. Raises DefinitionError.
    """
    if depth > DEEPEST_TYPE:
        raise DefinitionError("type", f"more than {DEEPEST_TYPE} types inside one another")
    named = known.at(text, start, spend)
    if named is not None:
        return named
    found = WORDS.match(text, start)
    if found is None:
        raise _no_such_type(text[start : start + 20].strip())
    name, end = " ".join(found.group(1).split()), found.end()
    if name.lower() in ("list", "range", "context", "function"):
        return _read_generic(name.lower(), text, end, partial(read_type, known=known, depth=depth + 1, spend=spend))
    plain = ONE_WORD.get(name.lower(), name.lower())
    if plain not in SIMPLE_NAMES:
        raise _no_such_type(name)
    return Type(plain), end


def _read_generic(
    name: str, text: str, position: int, read: Read
) -> tuple[Type, int]:
    opening = re.compile(r"\s*<").match(text, position)
    if opening is None:
        return (LIST if name == "list" else Type(name)), position
    position = opening.end()
    if name == "context":
        return _read_entries(text, position, read)
    if name == "function":
        return _read_signature(text, position, read)
    item, position = read(text, position)
    return Type(name, item), _pass(text, position, ">")


def _read_entries(text: str, position: int, read: Read) -> tuple[Type, int]:
    entries: list[tuple[str, Type]] = []
    while found := ENTRY.match(text, position):
        kind, position = read(text, found.end())
        entries.append((" ".join(found.group(1).split()), kind))
        if not (comma := re.compile(r"\s*,").match(text, position)):
            break
        position = comma.end()
    return Type("context", entries=tuple(entries)), _pass(text, position, ">")


def _read_signature(text: str, position: int, read: Read) -> tuple[Type, int]:
    """`function<number, string>->boolean`, from behind the first bracket."""
    parameters: list[Type] = []
    while not (end := re.compile(r"\s*>").match(text, position)):
        if parameters:
            position = _pass(text, position, ",")
        kind, position = read(text, position)
        parameters.append(kind)
    result, position = read(text, _pass(text, end.end(), "->"))
    return Type("function", result, parameters=tuple(parameters)), position


def _pass(text: str, position: int, sign: str) -> int:
    found = re.compile(r"\s*" + re.escape(sign)).match(text, position)
    if found is None:
        raise DefinitionError("type", f"{sign} is expected after the type {text[:position].strip()}")
    return found.end()


def fits(wanted: Type, found: Type) -> bool:
    """Whether a value of the type found may stand where the wanted type is asked for; null may stand everywhere, and of
    what is found to be any, only its value can tell.
    """
    return conforms(found, wanted, is_open=True)


def conforms(found: Type, wanted: Type, *, is_open: bool = False) -> bool:
    """Whether the one type conforms to the other (DMN 1.5 §10.3.2.9.2): lists, ranges and contexts by their parts, functions
    by what they give and, the other way about, by what they take. `is_open`: what is found to be any may be anything.
    """
    if wanted == ANY or found in (wanted, NULL) or (is_open and found == ANY):
        return True
    if found.name != wanted.name:
        return False
    if wanted.name == "context":
        own = dict(found.entries)
        if is_open and not own:
            return True
        return all(
            name in own and conforms(own[name], kind, is_open=is_open) for name, kind in wanted.entries
        )
    if wanted.item is None:
        return True
    if found.item is None or len(found.parameters) != len(wanted.parameters):
        return is_open and found.item is None
    taken = zip(wanted.parameters, found.parameters, strict=True)
    return conforms(found.item, wanted.item, is_open=is_open) and all(
        conforms(given, asked, is_open=is_open) for given, asked in taken
    )


def is_comparable(left: Type, right: Type) -> bool:
    """Whether `=` between the two can ever be true."""
    if left.name == right.name and left.name in ("context", "function"):
        return True
    return fits(left, right) or fits(right, left)


def join(left: Type, right: Type) -> Type:
    """The narrowest type that holds both: of two branches, of the elements of a list."""
    if left == right or right == NULL:
        return left
    if left == NULL:
        return right
    if left.name == right.name == "context":
        own = dict(right.entries)
        shared = [(name, join(kind, own[name])) for name, kind in left.entries if name in own]
        return Type("context", entries=tuple(shared))
    if left.name == right.name == "list":
        return Type("list", join(item_of(left), item_of(right)))
    return ANY


def bounded(kind: Type, most: int = MOST_PARTS) -> Type:
    """The type, if it has so many parts at most; any otherwise, for what is built of types that were found grows without an end."""
    return kind if kind.parts <= most else ANY


def item_of(kind: Type) -> Type:
    return kind.item or ANY
