"""Which code each kind of node becomes."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from miaopi.kernel.expr.code.emitter import Emit
from miaopi.kernel.expr.code.membership import between, half_open, instance_of, membership, span, unary_tests
from miaopi.kernel.expr.code.operators import (
    all_of,
    arithmetic,
    choose,
    compared,
    literal,
    mistake,
    name,
    negated,
    negative,
    one_of,
    part_of,
)
from miaopi.kernel.expr.code.sentences import (
    builtin_call,
    closure,
    context,
    filtered,
    invocation,
    list_made,
    loop,
    quantified,
)
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

EMITS: Final[Mapping[type[Node], Emit]] = {
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
    Or: one_of,
    Not: negated,
    In: membership,
    UnaryTests: unary_tests,
    Within: span,
    Against: half_open,
    InstanceOf: instance_of,
    ListOf: list_made,
    ContextOf: context,
    Call: builtin_call,
    Invoke: invocation,
    Lambda: closure,
    If: choose,
    For: loop,
    Quantified: quantified,
}
