"""Tokens to tree: recursive descent for what has a word of its own, binding strength for operators (DMN 1.5 §10.3.1)."""

from __future__ import annotations

from miaopi.kernel.expr.lexer import Kind, Source
from miaopi.kernel.expr.parser.cursor import DEEPEST, INPUT, ITEM, PARTIAL, Cursor
from miaopi.kernel.expr.parser.lexicon import Lexicon
from miaopi.kernel.expr.parser.operands import BEFORE
from miaopi.kernel.expr.parser.operators import AFTER
from miaopi.kernel.expr.parser.tests import unary_tests
from miaopi.kernel.expr.tree import Node, height
from miaopi.kernel.expr.types import Type

__all__ = ["INPUT", "ITEM", "PARTIAL", "Lexicon", "parse"]


def parse(source: Source, lexicon: Lexicon, *, is_unary: bool = False) -> tuple[Node, Type]:
    """The tree of the text, as an expression or as the unary tests of a cell, and what shows of its type. Raises
    DefinitionError.
    """
    cursor = Cursor(source, lexicon, BEFORE, AFTER)
    root = unary_tests(cursor) if is_unary else cursor.expression()
    if cursor.token.kind is not Kind.END:
        raise cursor.unexpected("an operator or the end")
    if height(root) > DEEPEST:
        raise source.excess(root.span, f"the expression is more than {DEEPEST} levels deep")
    return root, cursor.shape(root)
