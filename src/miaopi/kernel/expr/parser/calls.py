"""What stands between the brackets of a call: arguments in their order, or each with the name of its parameter."""

from __future__ import annotations

import re
from typing import Final

from miaopi.kernel.expr.lexer import Token
from miaopi.kernel.expr.parser.cursor import Cursor
from miaopi.kernel.expr.tree import Node
from miaopi.kernel.expr.vocabulary import LETTER, PART

NAMED: Final = re.compile(rf"({LETTER}(?:(?:{PART}|[\s.+\-*/'?])*(?:{PART}|['?]))?)\s*:")


def arguments(cursor: Cursor) -> tuple[tuple[Node, ...], tuple[str, ...], Token]:
    """The arguments from the opening bracket on, their names if they have some, and the closing bracket."""
    cursor.take("(")
    if cursor.written(NAMED) is None:
        items = cursor.items(")")
        return items, (), cursor.take(")")
    found: dict[str, Node] = {}
    while named := cursor.written(NAMED):
        name = " ".join(named.group(1).split())
        if name in found:
            raise cursor.source.error(cursor.token.span, f"the argument {name} is given twice")
        cursor.move_to(named.end())
        found[name] = cursor.enclosed()
        if not cursor.at(","):
            break
        cursor.advance()
    return tuple(found.values()), tuple(found), cursor.take(")")
