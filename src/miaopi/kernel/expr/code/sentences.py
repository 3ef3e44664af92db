"""The code of lists, contexts, filters, loops, functions and calls."""

from __future__ import annotations

import ast
from collections.abc import Iterable

from miaopi.kernel.expr.code import calls, lists, values
from miaopi.kernel.expr.code.calls import Head, Site
from miaopi.kernel.expr.code.emitter import Emitter
from miaopi.kernel.expr.code.lists import Rounds
from miaopi.kernel.expr.code.measures import entries_before_double, least_steps
from miaopi.kernel.expr.code.scopes import ABSENT, Bound, Entries, Frame, Place, find
from miaopi.kernel.expr.code.writing import (
    call,
    constant,
    dict_of,
    function_of,
    kept,
    last_of,
    list_of,
    read,
)
from miaopi.kernel.expr.meaning.loops import elements_of
from miaopi.kernel.expr.parser import ITEM, PARTIAL
from miaopi.kernel.expr.tree import (
    Call,
    ContextOf,
    Entry,
    Filter,
    For,
    Invoke,
    Iteration,
    Lambda,
    ListOf,
    Name,
    Node,
    Quantified,
    children,
    height,
)


def list_made(to: Emitter, node: ListOf, place: Place) -> ast.expr:
    return list_of(to.value(item, place) for item in node.items)


# Contexts


def context(to: Emitter, node: ContextOf, place: Place) -> ast.expr:
    """Each entry sees those before it, and a function all of them once it is called: what functions may see later is kept in
    a context of its own while the code runs.
    """
    entries = entries_before_double(node)
    before, place = _copied(to, entries, place)
    late = _seen_late(entries)
    slots: dict[str, str] = {}
    frames: list[Frame] = [Bound(slots)]
    if late:
        made = to.fresh("t")
        before.append(kept(made, dict_of(())))
        frames.append(Entries(made, late))
    inner, found = place.inside(*frames), list[tuple[str, ast.expr]]()
    for entry in entries:
        value = to.value(entry.value, inner)
        if entry.key in late:
            value = call(to.function(values.put), read(made), constant(entry.key), value)
        else:
            slot = to.fresh("v")
            value = kept(slot, value)
            slots[entry.key] = slot
        found.append((entry.key, value))
    if len(entries) < len(node.entries):
        message = f"the context has two entries {node.entries[len(entries)].key}"
        return last_of((*before, *(value for _, value in found), to.fault(node, message)))
    return last_of((*before, dict_of(found))) if before else dict_of(found)


def _seen_late(entries: list[Entry]) -> frozenset[str]:
    """The keys that a function reads which is written in an entry no later than theirs."""
    places = {entry.key: place for place, entry in enumerate(entries)}
    found: set[str] = set()
    for place, entry in enumerate(entries):
        for name in _names_in_functions(entry):
            if places.get(name, -1) >= place:
                found.add(name)
    return frozenset(found)


def _names_in_functions(root: Node) -> Iterable[str]:
    waiting: list[tuple[Node, bool]] = [(root, False)]
    while waiting:
        node, is_inside = waiting.pop()
        is_inside = is_inside or isinstance(node, Lambda)
        if is_inside and isinstance(node, Name):
            yield node.name
        elif is_inside and isinstance(node, Call):
            yield node.function
        waiting.extend((child, is_inside) for child in children(node))


def _copied(to: Emitter, within: Iterable[Node], place: Place) -> tuple[list[ast.expr], Place]:
    """Where names are bound, functions written further in see of the contexts around them what is there by then. The copies to
    be made first, and the place that reads them.
    """
    before: list[ast.expr] = []
    if not any(isinstance(frame, Entries) and frame.keys for frame in place.frames) or not any(
        map(_has_function, within)
    ):
        return before, place
    frames: list[Frame] = []
    for frame in place.frames:
        if isinstance(frame, Entries) and frame.keys:
            copy = to.fresh("t")
            before.append(kept(copy, call(to.function(dict), read(frame.variable))))
            frame = Entries(copy, frame.keys)
        frames.append(frame)
    return before, Place(tuple(frames), place.level, place.repeats)


def _has_function(root: Node) -> bool:
    waiting = [root]
    while waiting:
        node = waiting.pop()
        if isinstance(node, Lambda):
            return True
        waiting.extend(children(node))
    return False


def _after(before: list[ast.expr], found: ast.expr) -> ast.expr:
    return last_of((*before, found)) if before else found


# Filters and loops


def filtered(to: Emitter, node: Filter, place: Place) -> ast.expr:
    base, steps = to.value(node.base, place), constant(least_steps(node.test))
    before, inner = _copied(to, (node.test,), place)
    item, entries = to.fresh("v"), to.fresh("v")
    if to.is_open:
        inner = inner.inside(Bound({ITEM: item}, surely=False), Entries(entries), repeats=True)
        test = function_of((item, entries), _after(before, to.value(node.test, inner)))
        return to.helper(lists.chosen, to.constant(node), steps, base, test)
    if node.reads_item:
        inner = inner.inside(Bound({ITEM: item}), repeats=True)
        test = function_of((item,), to.truth(node.test, inner))
    else:
        test = function_of((), to.value(node.test, place))
    return to.helper(lists.decided, to.constant(node), steps, base, test)


def loop(to: Emitter, node: For, place: Place) -> ast.expr:
    sources, inner, slots = _rounds(to, node, place)
    if node.reads_partial:
        slots.append(to.fresh("v"))
        inner = inner.inside(Bound({PARTIAL: slots[-1]}))
    before, inner = _copied(to, (node.body,), inner)
    body = function_of(slots, _after(before, to.value(node.body, inner)))
    return to.helper(lists.looped, to.constant(node), _steps(to, node), body, *sources)


def quantified(to: Emitter, node: Quantified, place: Place) -> ast.expr:
    sources, inner, slots = _rounds(to, node, place)
    before, inner = _copied(to, (node.body,), inner)
    body = function_of(slots, _after(before, to.truth(node.body, inner)))
    return to.helper(lists.quantified, to.constant(node), _steps(to, node), body, *sources)


def _steps(to: Emitter, node: For | Quantified) -> ast.expr:
    sources = [sum(map(least_steps, children(iteration))) for iteration in node.iterations]
    return to.constant(Rounds(least_steps(node.body), tuple(sources)))


def _rounds(to: Emitter, node: For | Quantified, place: Place) -> tuple[list[ast.expr], Place, list[str]]:
    """The sources of the loop, each a function of the names before it; the place of the body, and its names."""
    sources: list[ast.expr] = []
    slots: list[str] = []
    for iteration in node.iterations:
        before, inner = _copied(to, children(iteration), place) if slots else ([], place)
        source = _after(before, _elements(to, iteration, inner))
        sources.append(function_of(slots, source))
        slots.append(to.fresh("v"))
        place = place.inside(Bound({iteration.name: slots[-1]}), repeats=True)
    return sources, place, slots


def _elements(to: Emitter, iteration: Iteration, place: Place) -> ast.expr:
    ends = [to.value(side, place) for side in children(iteration)]
    return to.helper(elements_of, to.constant(iteration), *ends)


# Functions


def closure(to: Emitter, node: Lambda, place: Place) -> ast.expr:
    before, inner = _copied(to, (node.body,), place)
    slots = [to.fresh("v") for _ in node.parameters]
    bound = {parameter.name: slot for parameter, slot in zip(node.parameters, slots, strict=True)}
    body = _after(before, to.value(node.body, inner.at_head(Bound(bound))))
    head = Head(node.body, height(node.body), least_steps(node.body))
    return to.helper(calls.closure, to.constant(node), to.constant(head), function_of(slots, body))


def builtin_call(to: Emitter, node: Call, place: Place) -> ast.expr:
    given = [to.value(argument, place) for argument in node.arguments]
    site = Site(node, place.level)
    own, _ = find(node.function, place)
    if not to.is_open or (isinstance(own, ast.Name) and own.id == ABSENT):
        return to.helper(site.call, *given)
    return to.helper(site.call_own, own, *given)


def invocation(to: Emitter, node: Invoke, place: Place) -> ast.expr:
    sides = [to.value(side, place) for side in (node.callee, *node.arguments)]
    return to.helper(calls.invoked, to.constant(node), constant(place.level), *sides)
