"""What a tree takes, as far as shows before it runs."""

from __future__ import annotations

from collections.abc import Iterable

from miaopi.kernel.expr.tree import (
    And,
    ContextOf,
    Entry,
    Filter,
    For,
    If,
    In,
    Lambda,
    Node,
    Or,
    Quantified,
    UnaryTests,
    children,
)


def least_steps(root: Node) -> int:
    """The nodes that are reckoned whatever the values are: the interpreter takes no fewer steps."""
    count, waiting = 0, [root]
    while waiting:
        node = waiting.pop()
        count += 1
        waiting.extend(_reckoned(node))
    return count


def entries_before_double(node: ContextOf) -> list[Entry]:
    """The entries up to, not including, the first whose key another one has before it."""
    found: dict[str, Entry] = {}
    for entry in node.entries:
        if entry.key in found:
            break
        found[entry.key] = entry
    return list(found.values())


def _reckoned(node: Node) -> Iterable[Node]:
    """The nodes below it that are always reckoned."""
    match node:
        case And(operands=operands) | Or(operands=operands):
            return operands[:1]
        case If(condition=condition):
            return (condition,)
        case Filter(base=base):
            return (base,)
        case For(iterations=iterations) | Quantified(iterations=iterations):
            return children(iterations[0])
        case Lambda():
            return ()
        case ContextOf():
            return [entry.value for entry in entries_before_double(node)]
        case In(operand=operand, tests=tests):
            return (operand, *(side for test in tests for side in children(test)))
        case UnaryTests(tests=tests):
            return [side for test in tests for side in children(test)]
        case _:
            return children(node)
