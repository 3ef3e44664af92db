"""Loops and filters of code objects while they run. Each round counts what it takes at least."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from decimal import Decimal
from types import MappingProxyType
from typing import Any, Final

from miaopi.kernel.expr.code.scopes import MISSING
from miaopi.kernel.expr.meaning import collections
from miaopi.kernel.expr.meaning.evaluation import Evaluation
from miaopi.kernel.expr.meaning.loops import Hole
from miaopi.kernel.expr.tree import Filter, For, Quantified
from miaopi.kernel.expr.values import Truth, Undetermined, both, either, kind_of, merge
from miaopi.kernel.frozen import frozen

NO_ENTRIES: Final[Mapping[str, object]] = MappingProxyType({})


@frozen
class Rounds:
    """The steps that each round of a loop, and each source within another, takes at least."""

    body: int
    sources: tuple[int, ...]


Source = Callable[..., Iterator[object]]


def looped(
    it: Evaluation, node: For, rounds: Rounds, body: Callable[..., object], *sources: Source
) -> object:
    results: list[object] = []
    for bound in _bound(it, node, rounds, sources, ()):
        if isinstance(bound, Hole):
            return bound.value
        if node.reads_partial:
            it.spend(node, len(results))
            bound = (*bound, list(results))
        it.spend(node.body, rounds.body)
        results.append(body(*bound))
        it.of_size(node, results)
    return results


def quantified(
    it: Evaluation, node: Quantified, rounds: Rounds, body: Callable[..., Truth], *sources: Source
) -> Truth:
    combine = both if node.is_every else either
    found: Truth = node.is_every
    for bound in _bound(it, node, rounds, sources, ()):
        if isinstance(bound, Hole):
            found = combine(found, bound.value)
        else:
            it.spend(node.body, rounds.body)
            found = combine(found, body(*bound))
        if found is not node.is_every and isinstance(found, bool):
            break
    return found


def _bound(
    it: Evaluation,
    node: For | Quantified,
    rounds: Rounds,
    sources: tuple[Source, ...],
    outer: tuple[object, ...],
) -> Iterator[tuple[object, ...] | Hole]:
    """The values of the names of the loop, one combination after the other; a hole where there is nothing to combine."""
    place = len(outer)
    is_last = place + 1 == len(sources)
    if place:
        it.spend(node.iterations[place], rounds.sources[place])
    for element in sources[place](*outer):
        if isinstance(element, Hole):
            yield element
        elif is_last:
            yield (*outer, element)
        else:
            yield from _bound(it, node, rounds, sources, (*outer, element))


def decided(it: Evaluation, node: Filter, steps: int, base: object, test: Callable[..., Any]) -> object:
    """A filter of a decision: the elements for which the test holds; one for which nobody can say leaves the whole open."""
    if base is None or isinstance(base, Undetermined):
        return base
    if not isinstance(base, list):
        return it.fault(node, f"a {kind_of(base)} is not a list")
    if not node.reads_item:
        it.spend(node.test, steps)
        place = test()
        return it.attempt(node, it.strictly, lambda place: collections.at_place(base, place), place)
    kept, open_ = list[object](), list[Undetermined]()
    for element in base:
        it.spend(node.test, steps)
        found = test(element)
        if found is True:
            kept.append(element)
        elif isinstance(found, Undetermined):
            open_.append(found)
    return merge(*open_) if open_ else kept


def chosen(it: Evaluation, node: Filter, steps: int, base: object, test: Callable[..., Any]) -> object:
    """A filter of a model (DMN 1.5, table 54): the element at a place, or those for which a condition holds. A value that is
    no list is the list of it; the test takes the element, and its entries if it is a context.
    """
    if base is None:
        return None
    elements = base if isinstance(base, list) else [base]
    if not elements:
        noted = len(it.run.faults)
        place = test(MISSING, NO_ENTRIES)
        del it.run.faults[noted:]
        return None if isinstance(place, Decimal) else []
    kept = []
    for element in elements:
        it.spend(node.test, steps)
        found = test(element, element if isinstance(element, dict) else NO_ENTRIES)
        if isinstance(found, Decimal):
            return it.attempt(node, collections.at_place, elements, found)
        if it.as_truth(node.test, found) is True:
            kept.append(element)
    return kept
