"""What is taken out of contexts, lists and temporal values (DMN 1.5 §10.3.2.5, §10.3.2.6, tables 54 and 65)."""

from __future__ import annotations

from decimal import Decimal

from miaopi.kernel.expr.meaning.evaluation import Evaluation
from miaopi.kernel.expr.operations import part
from miaopi.kernel.expr.tree import Node
from miaopi.kernel.expr.values import Fault


def part_of(it: Evaluation, node: Node, base: object, name: str) -> object:
    """`base.name`; of a list, that of each element. Raises Fault."""
    if isinstance(base, list):
        it.spend(node, len(base))
        return [it.attempt(node, _part, it, element, name) for element in base]
    return _part(it, base, name)


def _part(it: Evaluation, base: object, name: str) -> object:
    if isinstance(base, dict):
        return part(base, name)
    if base is None and it.is_open:
        raise Fault(f"null has no part {name}")
    return it.strictly(lambda value: part(value, name), base)


def at_place(elements: list[object], place: object) -> object:
    """The element counted from 1, or from the end where the place is negative; null where there is none. Raises Fault."""
    if not isinstance(place, Decimal) or place != place.to_integral_value():
        raise Fault("a place in a list is a whole number")
    if place == 0 or abs(place) > len(elements):
        return None
    return elements[int(place) - 1 if place > 0 else int(place)]
