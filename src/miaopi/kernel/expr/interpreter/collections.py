"""Lists and contexts: how they are made, and what is taken out of them (DMN 1.5 §10.3.2.5, §10.3.2.6)."""

from __future__ import annotations

from decimal import Decimal

from miaopi.kernel.expr.interpreter.walk import Walk
from miaopi.kernel.expr.meaning import collections
from miaopi.kernel.expr.meaning.collections import at_place
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
    return collections.part_of(walk, node, walk.value(node.base), node.name)


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
        return walk.strictly(lambda place: at_place(base, place), walk.value(node.test))
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
            return at_place(elements, found)
        if walk.as_truth(node.test, found) is True:
            kept.append(element)
    return kept
