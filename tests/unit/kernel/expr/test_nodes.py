"""Every reader of the tree knows every node, or it is said here that it need not: a new node cannot be forgotten in silence."""

from __future__ import annotations

import ast
import inspect
from collections.abc import Mapping, Set

import pytest

from miaopi.kernel.expr import inference, tree
from miaopi.kernel.expr.code.emits import EMITS
from miaopi.kernel.expr.code.measures import RECKONED
from miaopi.kernel.expr.code.plain import PLAIN
from miaopi.kernel.expr.interpreter.meanings import MEANINGS
from miaopi.kernel.expr.parser import shapes

NODES = {one for one in vars(tree).values() if isinstance(one, type) and issubclass(one, tree.Node)} - {tree.Node}
PARTS = {tree.Equals, tree.Condition, tree.Entry, tree.Parameter, tree.Iteration}  # read with the node that they are within

OF_MODELS = {tree.Mistake, tree.UnaryTests}  # no decision has them
UNSHAPED = {tree.Mistake, tree.UnaryTests}  # what gives nothing, and what nothing is built upon
NOT_PLAIN = {
    tree.Mistake, tree.Property, tree.Filter, tree.Within, tree.Against, tree.InstanceOf, tree.ListOf, tree.ContextOf, tree.Invoke,
    tree.Lambda, tree.For, tree.Quantified,
}  # fmt: skip


def matched(module: object) -> set[type[tree.Node]]:
    """The nodes that the module tells by their class."""
    written = ast.parse(inspect.getsource(module))  # type: ignore[arg-type]  # it is a module
    classes = (one.cls for one in ast.walk(written) if isinstance(one, ast.MatchClass))
    return {getattr(tree, one.id) for one in classes if isinstance(one, ast.Name)}


READERS: Mapping[str, tuple[Set[type[tree.Node]], Set[type[tree.Node]]]] = {
    "type check": (inference.TYPES.keys(), OF_MODELS),
    "interpreter": (MEANINGS.keys(), set()),
    "code": (EMITS.keys(), set()),
    "measures": (RECKONED.keys(), set()),
    "plain form": (PLAIN.keys(), NOT_PLAIN),
    "shapes": (matched(shapes) | set(shapes.TRUTHS), UNSHAPED),
}


@pytest.mark.parametrize("reader", READERS)
def test_a_reader_knows_every_node_that_it_needs(reader: str) -> None:
    known, not_needed = READERS[reader]
    assert known | not_needed == NODES - PARTS
    assert not known & not_needed
