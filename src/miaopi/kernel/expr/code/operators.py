"""The code of literals, names, operators and logic."""

from __future__ import annotations

import ast
from collections.abc import Callable, Mapping
from typing import Final

from miaopi.kernel.expr.code import values
from miaopi.kernel.expr.code.emitter import Emitter
from miaopi.kernel.expr.code.scopes import ABSENT, Place, find
from miaopi.kernel.expr.code.writing import (
    call,
    choice,
    class_of,
    compare,
    constant,
    entry,
    every,
    is_other,
    is_same,
    kept,
    last_of,
    read,
    some,
)
from miaopi.kernel.expr.tree import (
    And,
    Arithmetic,
    Compare,
    If,
    Literal,
    Mistake,
    Name,
    Negative,
    Node,
    Not,
    Or,
    Property,
)
from miaopi.kernel.expr.values import Undetermined, both, either, negate

SIGNS: Final[Mapping[str, Callable[[], ast.cmpop]]] = {
    "=": ast.Eq,
    "!=": ast.NotEq,
    "<": ast.Lt,
    "<=": ast.LtE,
    ">": ast.Gt,
    ">=": ast.GtE,
}


def literal(to: Emitter, node: Literal, place: Place) -> ast.expr:
    return to.constant(node.value)


def mistake(to: Emitter, node: Mistake, place: Place) -> ast.expr:
    return to.fault(node, node.message)


def name(to: Emitter, node: Name, place: Place) -> ast.expr:
    found, surely = find(node.name, place)
    if surely:
        return found
    slot = to.fresh("t")
    missing = to.helper(values.absent, to.constant(node))
    if isinstance(found, ast.Name) and found.id == ABSENT:
        return missing
    return choice(is_other(kept(slot, found), read(ABSENT)), read(slot), missing)


def part_of(to: Emitter, node: Property, place: Place) -> ast.expr:
    slot, base = to.fresh("t"), to.value(node.base, place)
    has_entry = compare(constant(node.name), ast.In(), read(slot))
    is_context = is_same(class_of(kept(slot, base)), to.function(dict))
    return choice(
        every(is_context, has_entry),
        entry(read(slot), node.name),
        to.helper(values.part_of, to.constant(node), read(slot)),
    )


def negative(to: Emitter, node: Negative, place: Place) -> ast.expr:
    return to.helper(values.negative, to.constant(node), to.value(node.operand, place))


def arithmetic(to: Emitter, node: Arithmetic, place: Place) -> ast.expr:
    left, right = to.value(node.left, place), to.value(node.right, place)
    return to.helper(values.reckoned, to.constant(node), left, right)


def compared(to: Emitter, node: Compare, place: Place) -> ast.expr:
    """Against a written value, by the sign of Python's for a value of the same class."""
    left, right = to.value(node.left, place), to.value(node.right, place)
    for side, other in ((node.right, node.left), (node.left, node.right)):
        if (
            isinstance(side, Literal)
            and not isinstance(other, Literal)
            and _has_signs(side.value, node.operator)
        ):
            slot = to.fresh("t")
            one = left if other is node.left else right
            sides = (read(slot), right) if other is node.left else (left, read(slot))
            return choice(
                is_same(class_of(kept(slot, one)), to.function(type(side.value))),
                compare(sides[0], SIGNS[node.operator](), sides[1]),
                to.helper(values.compared, to.constant(node), *sides),
            )
    return to.helper(values.compared, to.constant(node), left, right)


def _has_signs(value: object, operator: str) -> bool:
    """Whether Python's signs say of two values of this class what FEEL's do."""
    return type(value) in values.IN_ORDER or (type(value) is bool and operator in ("=", "!="))


# Logic


def all_of(to: Emitter, node: And, place: Place) -> ast.expr:
    return _folded(to, node.operands, place, decisive=False)


def one_of(to: Emitter, node: Or, place: Place) -> ast.expr:
    return _folded(to, node.operands, place, decisive=True)


def _folded(to: Emitter, operands: tuple[Node, ...], place: Place, *, decisive: bool) -> ast.expr:
    """One side after the other, up to the first that decides; `found` is what they say so far, `more` what the next one says."""
    found, more = to.fresh("t"), to.fresh("t")
    sure, combine = constant(decisive), either if decisive else both
    tests = [is_same(kept(found, to.truth(operands[0], place)), sure)]
    for operand in operands[1:]:
        following = kept(more, to.perhaps(operand, place, as_truth=True))
        is_plain = some(is_same(following, sure), is_same(read(found), constant(not decisive)))
        combined = call(to.function(combine), read(found), read(more))
        tests.append(is_same(kept(found, choice(is_plain, read(more), combined)), sure))
    return choice(some(*tests), sure, read(found))


def negated(to: Emitter, node: Not, place: Place) -> ast.expr:
    return call(to.function(negate), to.truth(node.operand, place))


def choose(to: Emitter, node: If, place: Place) -> ast.expr:
    """In a decision both values are reckoned where nobody can say which is meant."""
    condition = to.truth(node.condition, place)
    then, otherwise = to.perhaps(node.then, place), to.perhaps(node.otherwise, place)
    if to.is_open:
        return choice(is_same(condition, constant(True)), then, otherwise)
    said, one, other = to.fresh("t"), to.fresh("t"), to.fresh("t")
    is_open = is_same(class_of(read(said)), to.function(Undetermined))
    is_true = is_same(read(said), constant(True))
    reached = some(is_same(kept(said, condition), constant(True)), is_open)
    return last_of(
        (
            kept(one, choice(reached, then, constant(None))),
            kept(other, choice(is_true, constant(None), otherwise)),
            choice(
                is_true,
                read(one),
                choice(
                    is_open,
                    to.helper(values.chosen_between, to.constant(node), read(said), read(one), read(other)),
                    read(other),
                ),
            ),
        )
    )
