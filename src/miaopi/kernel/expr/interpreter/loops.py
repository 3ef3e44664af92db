"""for, some and every: each round with its names bound."""

from __future__ import annotations

from collections.abc import Iterator

from miaopi.kernel.expr.interpreter.walk import Walk
from miaopi.kernel.expr.meaning.evaluation import WEIGHED
from miaopi.kernel.expr.meaning.loops import Hole, elements_of
from miaopi.kernel.expr.parser import PARTIAL
from miaopi.kernel.expr.tree import For, Iteration, Quantified
from miaopi.kernel.expr.values import Truth, both, either


def loop(walk: Walk, node: For) -> object:
    outer, results = walk.locals, list[object]()
    try:
        for hole in _rounds(walk, node.iterations):
            if hole is not None:
                return hole.value
            if node.reads_partial:
                walk.spend(node, len(results))
                walk.locals = {**walk.locals, PARTIAL: list(results)}
            results.append(walk.value(node.body))
            walk.of_size(node, results)
    finally:
        walk.locals = outer
    return results


def quantified(walk: Walk, node: Quantified) -> Truth:
    outer, combine = walk.locals, both if node.is_every else either
    found: Truth = node.is_every
    try:
        for hole in _rounds(walk, node.iterations):
            found = combine(found, walk.truth(node.body) if hole is None else hole.value)
            if found is not node.is_every and isinstance(found, bool):
                break
    finally:
        walk.locals = outer
    return found


def _rounds(walk: Walk, iterations: tuple[Iteration, ...]) -> Iterator[Hole | None]:
    """One yield for each combination, with its names bound; a hole where there is nothing to combine."""
    if not iterations:
        yield None
        return
    outer = walk.locals
    for element in _elements(walk, iterations[0]):
        if isinstance(element, Hole):
            yield element
        else:
            walk.spend(iterations[0], len(outer) // WEIGHED)
            walk.locals = {**outer, iterations[0].name: element}
            yield from _rounds(walk, iterations[1:])


def _elements(walk: Walk, iteration: Iteration) -> Iterator[object]:
    source = walk.value(iteration.source)
    last = None if iteration.last is None else walk.value(iteration.last)
    return elements_of(walk, iteration, source, last)
