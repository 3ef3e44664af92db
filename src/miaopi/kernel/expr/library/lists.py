"""List functions (DMN 1.5 §10.3.4.4, table 77) and sort (§10.3.4.7). Places are counted from 1, or from the end below 0."""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterator, Mapping
from decimal import Decimal
from itertools import chain
from typing import Final

from miaopi.kernel.expr.fault import Fault
from miaopi.kernel.expr.library.keys import KeyMaker
from miaopi.kernel.expr.library.signature import (
    Function,
    Spend,
    bounded_list,
    cut,
    one_of_first,
    same_as_first,
    takes,
)
from miaopi.kernel.expr.run import LONGEST_LIST
from miaopi.kernel.expr.types import ANY, BOOLEAN, FUNCTION, LIST, NUMBER, Type
from miaopi.kernel.expr.values import (
    Closure,
    Truth,
    Undetermined,
    comparing,
    either,
    equal_or_open,
    is_less,
    merge,
)


def list_contains(elements: list[object] | None, wanted: object) -> Truth:
    """Whether one of them equals the value; one that cannot be compared with it leaves that open."""
    if elements is None:
        return None
    found: Truth = False
    room = comparing()
    for element in elements:
        found = either(found, equal_or_open(element, wanted, room))
        if found is True:
            break
    return found


def _holds(elements: list[object] | None, wanted: object) -> bool | None:
    """FEEL's own: what cannot be compared with the value is not it."""
    room = comparing()
    return None if elements is None else any(equal_or_open(one, wanted, room) is True for one in elements)


def _count(elements: list[object]) -> Decimal:
    return Decimal(len(elements))


def _least(elements: list[object]) -> object:
    return _extreme(elements, is_less)


def _greatest(elements: list[object]) -> object:
    return _extreme(elements, lambda element, found: is_less(found, element))


def _extreme(elements: list[object], is_better: Callable[[object, object], bool | None]) -> object:
    """Null for no elements, and where one of them is null. Raises Fault across types."""
    found = elements[0] if elements else None
    for element in elements:
        found = None if found is None or element is None else element if is_better(element, found) else found
    return found


def _all(elements: list[object]) -> bool | None:
    return False if False in elements else None if None in elements else True


def _any(elements: list[object]) -> bool | None:
    return True if True in elements else None if None in elements else False


def _index(elements: list[object], place: Decimal) -> int:
    """The index of a place within the list. Raises Fault outside it."""
    number = cut(place)
    if number == 0 or abs(number) > len(elements):
        raise Fault("the list has no such place")
    return number - 1 if number > 0 else len(elements) + number


def _sublist(elements: list[object], start: Decimal, length: Decimal | None = None) -> list[object]:
    begin = _index(elements, start)
    end = len(elements) if length is None else begin + cut(length)
    if end <= begin or end > len(elements):
        raise Fault("the list has not so many elements")
    return elements[begin:end]


def _append(elements: list[object] | None, *items: object) -> list[object] | None:
    return None if elements is None else bounded_list([*elements, *items])


def _concatenate(*lists: list[object]) -> list[object]:
    return bounded_list(chain.from_iterable(lists))


def _insert_before(elements: list[object] | None, place: Decimal | None, item: object) -> list[object] | None:
    if elements is None or place is None:
        return None
    index = _index(elements, place)
    return bounded_list([*elements[:index], item, *elements[index:]])


def _remove(elements: list[object], place: Decimal) -> list[object]:
    index = _index(elements, place)
    return [*elements[:index], *elements[index + 1 :]]


def _replace_at(elements: list[object] | None, place: Decimal | None, item: object) -> list[object] | None:
    if elements is None or place is None:
        return None
    index = _index(elements, place)
    return [*elements[:index], item, *elements[index + 1 :]]


def _replace_where(
    spend: Spend, elements: list[object] | None, matches: Closure | None, item: object
) -> object:
    """The new item where the function says so of an element and the item. Raises Fault where it says neither."""
    if elements is None or matches is None:
        return None
    answers = _Answers(matches, spend)
    replaced = [item if answers.ask(element, item) else element for element in elements]
    return answers.settled(replaced)


class _Answers:
    """What a function of two values says, true or false; where nobody can say, the result is open. Each answer is a step beside
    those that the function takes.
    """

    def __init__(self, function: Closure, spend: Spend) -> None:
        self.function = function
        self.spend = spend
        self.open: list[Undetermined] = []

    def ask(self, left: object, right: object) -> bool:
        self.spend(1)
        found = self.function.call(left, right)
        if isinstance(found, Undetermined):
            self.open.append(found)
            return False
        if not isinstance(found, bool):
            raise Fault("the function must say true or false")
        return found

    def settled(self, result: object) -> object:
        return merge(*self.open) if self.open else result


def _sort(spend: Spend, elements: list[object], precedes: Closure) -> object:
    """In the order that the function gives; what it does not order stays as it was."""
    answers = _Answers(precedes, spend)
    ordered = sorted(elements, key=functools.cmp_to_key(lambda left, right: -answers.ask(left, right)))
    return answers.settled(ordered)


def _reverse(elements: list[object]) -> list[object]:
    return elements[::-1]


def _index_of(elements: list[object] | None, wanted: object) -> list[object] | None:
    if elements is None:
        return None
    room = comparing()
    return [
        Decimal(place)
        for place, element in enumerate(elements, start=1)
        if equal_or_open(element, wanted, room) is True
    ]


def _distinct(elements: list[object]) -> list[object]:
    """Each value once, where it first stands."""
    keys = KeyMaker()
    found: dict[object, object] = {}
    for element in elements:
        found.setdefault(keys.key(element), element)
    return list(found.values())


def _union(*lists: list[object]) -> list[object]:
    return _distinct(_concatenate(*lists))


def _flatten(elements: list[object]) -> list[object]:
    return bounded_list(_leaves(elements))


def _leaves(elements: list[object]) -> Iterator[object]:
    """What is no list, in lists of whatever depth. Raises Fault for more lists than a list may have elements."""
    open_ = [iter(elements)]
    lists = 0
    while open_:
        for element in open_[-1]:
            if isinstance(element, list):
                open_.append(iter(element))
                lists += 1
                break
            yield element
        else:
            open_.pop()
        if lists > LONGEST_LIST:
            raise Fault(f"there are more than {LONGEST_LIST} lists within the list")


def over_lists(
    result: Type | Callable[[tuple[Type, ...]], Type], item: Type, apply: Callable[[list[object]], object]
) -> Function:
    """A function of a list that FEEL lets take its values one by one, too."""
    return Function(
        result,
        (
            takes(apply, ("list", Type("list", item)), examines=True),
            takes(lambda *values: apply(list(values)), ("list", item), is_variadic=True, takes_null=True),
        ),
    )


def _element_of_all(arguments: tuple[Type, ...]) -> Type:
    """The type of the elements, or of values of one type given one by one."""
    return one_of_first(arguments) if len(set(arguments)) == 1 else ANY


ELEMENTS: Final = ("list", LIST)
NEW_ITEM: Final = ("newItem", ANY)
LISTS: Final[Mapping[str, Function]] = {
    "list contains": Function(
        BOOLEAN,
        (
            takes(
                list_contains,
                ELEMENTS,
                ("element", ANY),
                takes_null=True,
                takes_doubtful_lists=True,
                examines=True,
                apply_open=_holds,
            ),
        ),
    ),
    "count": Function(NUMBER, (takes(_count, ELEMENTS, takes_doubtful_lists=True),)),
    "min": over_lists(_element_of_all, ANY, _least),
    "max": over_lists(_element_of_all, ANY, _greatest),
    "all": over_lists(BOOLEAN, BOOLEAN, _all),
    "any": over_lists(BOOLEAN, BOOLEAN, _any),
    "sublist": Function(
        same_as_first,
        (
            takes(_sublist, ELEMENTS, ("start position", NUMBER)),
            takes(_sublist, ELEMENTS, ("start position", NUMBER), ("length", NUMBER)),
        ),
    ),
    "append": Function(LIST, (takes(_append, ELEMENTS, ("item", ANY), is_variadic=True, takes_null=True),)),
    "concatenate": Function(LIST, (takes(_concatenate, ELEMENTS, is_variadic=True),)),
    "insert before": Function(
        LIST, (takes(_insert_before, ELEMENTS, ("position", NUMBER), NEW_ITEM, takes_null=True),)
    ),
    "remove": Function(same_as_first, (takes(_remove, ELEMENTS, ("position", NUMBER)),)),
    "list replace": Function(
        LIST,
        (
            takes(_replace_at, ELEMENTS, ("position", NUMBER), NEW_ITEM, takes_null=True),
            takes(_replace_where, ELEMENTS, ("match", FUNCTION), NEW_ITEM, takes_null=True, counts=True),
        ),
    ),
    "reverse": Function(same_as_first, (takes(_reverse, ELEMENTS),)),
    "index of": Function(
        Type("list", NUMBER), (takes(_index_of, ELEMENTS, ("match", ANY), takes_null=True, examines=True),)
    ),
    "union": Function(LIST, (takes(_union, ELEMENTS, is_variadic=True, examines=True),)),
    "distinct values": Function(same_as_first, (takes(_distinct, ELEMENTS, examines=True),)),
    "flatten": Function(LIST, (takes(_flatten, ELEMENTS),)),
    "sort": Function(same_as_first, (takes(_sort, ELEMENTS, ("precedes", FUNCTION), counts=True),)),
}
