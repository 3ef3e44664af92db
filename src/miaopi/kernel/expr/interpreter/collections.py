"""Lists and contexts: how they are made, and what is taken out of them (DMN 1.5 §10.3.2.5, §10.3.2.6)."""

from __future__ import annotations

from decimal import Decimal

from miaopi.kernel.expr.interpreter.walk import Walk
from miaopi.kernel.expr.operations import part
from miaopi.kernel.expr.parser import ITEM
from miaopi.kernel.expr.tree import ContextOf, Filter, ListOf, Property
from miaopi.kernel.expr.values import Fault, Undetermined, kind_of, merge


def list_of(walk: Walk, node: ListOf) -> object:
    return [walk.value(item) for item in node.items]


def context(walk: Walk, node: ContextOf) -> object:
    """Each entry sees those before it, and a function all of them once it is called. Raises Fault for a key given twice."""
    found: dict[str, object] = {}
    frame = dict(walk.locals)
    with walk.within(frame):
        for entry in node.entries:
            if entry.key in found:
                raise Fault(f"the context has two entries {entry.key}")
            found[entry.key] = frame[entry.key] = walk.value(entry.value)
    return found


def part_of(walk: Walk, node: Property) -> object:
    """`base.name`; of a list, that of each element."""
    base = walk.value(node.base)
    if isinstance(base, list):
        return [walk.attempt(node, _part, walk, element, node.name) for element in base]
    return _part(walk, base, node.name)


def _part(walk: Walk, base: object, name: str) -> object:
    if isinstance(base, dict):
        return part(base, name)
    if base is None and walk.is_open:
        raise Fault(f"null has no part {name}")
    return walk.strictly(lambda value: part(value, name), base)


def filtered(walk: Walk, node: Filter) -> object:
    return _chosen(walk, node) if walk.is_open else _decided(walk, node)


def _decided(walk: Walk, node: Filter) -> object:
    """The elements for which the test holds; an element for which nobody can say leaves the whole open."""
    base = walk.value(node.base)
    if base is None or isinstance(base, Undetermined):
        return base
    if not isinstance(base, list):
        return walk.fault(node, f"a {kind_of(base)} is not a list")
    if not node.reads_item:
        return walk.strictly(lambda place: _at_place(base, place), walk.value(node.test))
    kept, open_ = list[object](), list[Undetermined]()
    for element in base:
        with walk.within({**walk.locals, ITEM: element}):
            found = walk.truth(node.test)
        if isinstance(found, Undetermined):
            open_.append(found)
        elif found is True:
            kept.append(element)
    return merge(*open_) if open_ else kept


def _chosen(walk: Walk, node: Filter) -> object:
    """The element at a place, or those for which a condition holds (DMN 1.5, table 54). A value that is no list is the list
    of it; within the test the entries of an element that is a context are names.
    """
    base = walk.value(node.base)
    if base is None:
        return None
    elements = base if isinstance(base, list) else [base]
    if not elements:
        noted = len(walk.run.faults)
        place = walk.value(node.test)
        del walk.run.faults[noted:]
        return None if isinstance(place, Decimal) else []
    kept = []
    for element in elements:
        frame = {**walk.locals, ITEM: element}
        if isinstance(element, dict):
            frame.update(element)
        with walk.within(frame):
            found = walk.value(node.test)
        if isinstance(found, Decimal):
            return _at_place(elements, found)
        if walk.as_truth(node.test, found) is True:
            kept.append(element)
    return kept


def _at_place(elements: list[object], place: object) -> object:
    """The element counted from 1, or from the end where the place is negative; null where there is none."""
    if not isinstance(place, Decimal) or place != place.to_integral_value():
        raise Fault("a place in a list is a whole number")
    if place == 0 or abs(place) > len(elements):
        return None
    return elements[int(place) - 1 if place > 0 else int(place)]
