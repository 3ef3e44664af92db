"""Opaque cursors: where a page of a list ended, as text that a caller hands back and nobody takes apart."""

from __future__ import annotations

import base64
import binascii

from miaopi.kernel.errors import InputError
from miaopi.kernel.wording import Text

FORM = b"1:"  # a cursor of another form is refused, never guessed at


def write_cursor(place: str | int) -> str:
    return base64.urlsafe_b64encode(FORM + str(place).encode()).decode().rstrip("=")


def read_cursor(cursor: str) -> str:
    """The place where the last page ended. InputError for what is no cursor of ours."""
    try:
        read = base64.b64decode(cursor + "=" * (-len(cursor) % 4), altchars=b"-_", validate=True)
        if not read.startswith(FORM):
            raise ValueError
        return read.removeprefix(FORM).decode()
    except (ValueError, binascii.Error, UnicodeDecodeError):
        raise InputError("cursor", Text(zh="这不是列表给出的游标。", en="this is no cursor that a list gave."),
                         Text(zh="请从第一页开始。", en="Begin with the first page.")) from None


def read_number(cursor: str | None) -> int | None:
    """A cursor whose place is a whole number."""
    if cursor is None:
        return None
    place = read_cursor(cursor)
    if not place.isascii() or not place.isdigit() or len(place) > 18:
        raise InputError("cursor", Text(zh="这不是列表给出的游标。", en="this is no cursor that a list gave."),
                         Text(zh="请从第一页开始。", en="Begin with the first page."))
    return int(place)
