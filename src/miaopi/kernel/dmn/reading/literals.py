"""FEEL texts of a model: expressions and unary tests, each with the place where it stands."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Final

from miaopi.kernel.dmn.items import ItemType
from miaopi.kernel.dmn.tree import Literal
from miaopi.kernel.errors import BudgetError, DefinitionError
from miaopi.kernel.expr import Program, Type, read

FEEL: Final = "FEEL"
OPENING: Final = {"(": ")", "[": "]", "{": "}"}


def read_literal(
    text: str, names: Mapping[str, Type], types: Mapping[str, Type], *, where: str, of: ItemType | None = None
) -> Literal:
    """The expression; one that is no FEEL is kept with the reason, for another decision may do without it."""
    return _read(text, names, types, where=where, of=of, unary=False)


def read_cell(text: str, names: Mapping[str, Type], types: Mapping[str, Type], *, where: str) -> Literal:
    """The unary tests of a cell (DMN 1.5 §8.3.3); an empty one tests nothing."""
    return _read(text.strip() or "-", names, types, where=where, of=None, unary=True)


def read_tests(text: str, *, where: str) -> Program:
    """The unary tests of a type. Raises DefinitionError."""
    return read(text.strip(), {}, where=where, unary=True)


def _read(
    text: str,
    names: Mapping[str, Type],
    types: Mapping[str, Type],
    *,
    where: str,
    of: ItemType | None,
    unary: bool,
) -> Literal:
    try:
        return Literal(text, read(text, names, types=types, where=where, unary=unary), where, of)
    except BudgetError:
        raise
    except DefinitionError as error:
        return Literal(text, None, where, of, broken=error.message)


def refuse_language(language: str) -> str:
    """Why a text in that language is not read; empty for FEEL, which is the language where none is named."""
    return "" if not language or FEEL in language.upper() else f"expressions are read in FEEL, not in {language}"


def split_tests(text: str) -> Iterator[str]:
    """The unary tests one by one: cut at the commas that stand in no text and no bracket."""
    start, waiting, quoted, at = 0, [], False, 0
    while at < len(text):
        sign = text[at]
        if quoted:
            at += sign == "\\"
            quoted = sign != '"'
        elif sign == '"':
            quoted = True
        elif sign in OPENING:
            waiting.append(OPENING[sign])
        elif waiting and sign == waiting[-1]:
            waiting.pop()
        elif sign == "," and not waiting:
            yield text[start:at].strip()
            start = at + 1
        at += 1
    yield text[start:].strip()
