"""The seam to the rule language: what a model needs to know of types and values beyond programs and runs."""

from __future__ import annotations

from typing import Final

from miaopi.kernel.expr.temporal import read_temporal as read_any_temporal
from miaopi.kernel.expr.types import ANY, Type
from miaopi.kernel.expr.types import bounded as bounded_type
from miaopi.kernel.expr.values import KINDS, Fault, kind_of

MOST_PARTS: Final = 200


def kind_name(value: object) -> str:
    """FEEL's word for the kind of a value."""
    return kind_of(value).name


def is_value(value: object) -> bool:
    """Whether the value is one of the language's own."""
    return type(value) in KINDS


def to_type(kind: str, item: Type | None = None, entries: tuple[tuple[str, Type], ...] = ()) -> Type:
    """The type of that name; a list of unknown elements is a list of anything."""
    return Type(kind, item or (ANY if kind == "list" else None), entries)


def bounded(kind: Type) -> Type:
    """The type, if it is small; any otherwise."""
    return bounded_type(kind, MOST_PARTS)


def read_temporal(text: str) -> object:
    """The day, time, moment or duration in ISO 8601 that the text is; none for any other text."""
    try:
        return read_any_temporal(text)
    except Fault:
        return None
