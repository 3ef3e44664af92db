"""What each node of the tree means."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Final

from miaopi.kernel.expr.interpreter.calls import call, closure, invoke
from miaopi.kernel.expr.interpreter.collections import context, filtered, list_of, part_of
from miaopi.kernel.expr.interpreter.logic import all_of, any_of, choose, negated
from miaopi.kernel.expr.interpreter.loops import loop, quantified
from miaopi.kernel.expr.interpreter.plain import arithmetic, literal, mistake, name, negative
from miaopi.kernel.expr.interpreter.tests import (
    between,
    compared,
    half_open,
    instance_of,
    membership,
    span,
    unary_tests,
)
from miaopi.kernel.expr.interpreter.walk import Walk
from miaopi.kernel.expr.tree import (
    Against,
    And,
    Arithmetic,
    Between,
    Call,
    Compare,
    ContextOf,
    Filter,
    For,
    If,
    In,
    InstanceOf,
    Invoke,
    Lambda,
    ListOf,
    Literal,
    Mistake,
    Name,
    Negative,
    Node,
    Not,
    Or,
    Property,
    Quantified,
    UnaryTests,
    Within,
)

MEANINGS: Final[Mapping[type[Node], Callable[[Walk, Any], object]]] = {
    Literal: literal,
    Mistake: mistake,
    Name: name,
    Property: part_of,
    Negative: negative,
    Arithmetic: arithmetic,
    Compare: compared,
    Filter: filtered,
    Between: between,
    And: all_of,
    Or: any_of,
    Not: negated,
    In: membership,
    UnaryTests: unary_tests,
    Within: span,
    Against: half_open,
    InstanceOf: instance_of,
    ListOf: list_of,
    ContextOf: context,
    Call: call,
    Invoke: invoke,
    Lambda: closure,
    If: choose,
    For: loop,
    Quantified: quantified,
}
