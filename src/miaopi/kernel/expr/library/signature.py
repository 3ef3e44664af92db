"""What a function takes and gives: read by the type check, by named calls and by every engine."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from decimal import Decimal
from itertools import islice

from miaopi.kernel.expr.fault import Fault
from miaopi.kernel.expr.operations import LONGEST_TEXT
from miaopi.kernel.expr.run import LONGEST_LIST
from miaopi.kernel.expr.types import Type, fits, item_of
from miaopi.kernel.expr.values import holds
from miaopi.kernel.frozen import frozen

Spend = Callable[[int], None]  # counts so many steps


@frozen
class Overload:
    """One list of parameters and what to do with their values, all determined and, unless `takes_null`, none null.

    `is_variadic`: the last parameter takes any number of values, one at least. `reads_clock`: before the values comes the
    moment of the evaluation, or None where there is no clock. `counts`: before the values comes what counts the steps that they
    take, for how many it will be shows on the way alone. `examines`: each part of the values is a step. `apply_open` is what an
    open source does instead, where FEEL's own answer is not one that a decision may be built on.
    """

    parameters: tuple[Type, ...]
    apply: Callable[..., object]
    names: tuple[str, ...] = ()
    takes_null: bool = False
    takes_doubtful_lists: bool = False
    is_variadic: bool = False
    reads_clock: bool = False
    counts: bool = False
    examines: bool = False
    apply_open: Callable[..., object] | None = None

    def __str__(self) -> str:
        """The types of the parameters, `(number, …)`."""
        return f"({', '.join(map(str, self.parameters))}{', …' if self.is_variadic else ''})"

    @property
    def needs_values_alone(self) -> bool:
        return not (self.reads_clock or self.counts)

    def takes_types(self, found: tuple[Type, ...]) -> bool:
        return self.takes_count(len(found)) and all(map(fits, self.wanted(len(found)), found))

    def takes_values(self, found: list[object]) -> bool:
        return self.takes_count(len(found)) and all(map(holds, self.wanted(len(found)), found))

    def takes_count(self, count: int) -> bool:
        return count >= len(self.parameters) if self.is_variadic else count == len(self.parameters)

    def wanted(self, count: int) -> tuple[Type, ...]:
        """The types for so many values."""
        return self.parameters + self.parameters[-1:] * (count - len(self.parameters))


@frozen
class Function:
    """`result` is a type, or says which from the types of the arguments."""

    result: Type | Callable[[tuple[Type, ...]], Type]
    overloads: tuple[Overload, ...]

    def result_for(self, arguments: tuple[Type, ...]) -> Type:
        return self.result if isinstance(self.result, Type) else self.result(arguments)


def takes(
    apply: Callable[..., object],
    *parameters: tuple[str, Type],
    apply_open: Callable[..., object] | None = None,
    **special: bool,
) -> Overload:
    names, kinds = tuple(name for name, _ in parameters), tuple(kind for _, kind in parameters)
    return Overload(kinds, apply, names, apply_open=apply_open, **special)


def one_of_first(arguments: tuple[Type, ...]) -> Type:
    """The type of the elements of the first argument."""
    return item_of(arguments[0]) if arguments[0].name == "list" else arguments[0]


def same_as_first(arguments: tuple[Type, ...]) -> Type:
    return arguments[0]


def whole(number: Decimal) -> int:
    """A whole number that a calendar can hold. Raises Fault."""
    if number != number.to_integral_value() or abs(number) > 10**9:
        raise Fault("a whole number is needed")
    return int(number)


def cut(number: Decimal) -> int:
    """The whole part of a number that counts places. Raises Fault."""
    if abs(number) > 10**9:
        raise Fault("a smaller number is needed")
    return int(number)


def bounded_text(text: str) -> str:
    if len(text) > LONGEST_TEXT:
        raise Fault(f"the text has more than {LONGEST_TEXT} characters")
    return text


def bounded_list(elements: Iterable[object]) -> list[object]:
    """The elements, taken one by one as long as a list may be. Raises Fault beyond."""
    found = list(islice(elements, LONGEST_LIST + 1))
    if len(found) > LONGEST_LIST:
        raise Fault(f"the list has more than {LONGEST_LIST} elements")
    return found


def bounded_join(delimiter: str, texts: Iterable[str]) -> str:
    """The texts with the delimiter between them. Raises Fault before the whole gets too long."""
    found: list[str] = []
    length = -len(delimiter)
    for text in texts:
        length += len(delimiter) + len(text)
        if length > LONGEST_TEXT:
            raise Fault(f"the text has more than {LONGEST_TEXT} characters")
        found.append(text)
    return delimiter.join(found)
