"""The citizen ID number checks itself (GB 11643): seventeen digits, of which eight are a day, and a check character."""

from __future__ import annotations

import re
from datetime import date
from typing import Final

from miaopi.kernel.errors import InputError
from miaopi.kernel.wording import Text

WEIGHTS: Final = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
CHECK_CHARACTERS: Final = "10X98765432"
FIRST_BIRTH: Final = date(1900, 1, 1)

_REMEDY: Final = Text(zh="请对照身份证核对后重新填写。", en="Compare it with the identity card and enter it again.")


def check_id_number(text: str, *, on: date | None = None, field: str = "id_number") -> str:
    """The number as it is kept, with an upper-case X. `on` is the day after which nobody can have been born.

    Raises InputError, in which the number itself never stands.
    """
    number = text.strip().upper()
    if re.fullmatch(r"[0-9]{15}", number):
        raise InputError(
            field,
            Text(zh="15位身份证号码已停止使用。", en="The 15-digit form of the number is no longer in use."),
            Text(zh="请填写18位号码。", en="Enter the 18-character number of the current card."),
        )
    if not re.fullmatch(r"[1-9][0-9]{16}[0-9X]", number):
        raise InputError(
            field,
            Text(
                zh="身份证号码应为17位数字加1位校验码（数字或X）。",
                en="The number must be 17 digits and a check character (a digit or X).",
            ),
            _REMEDY,
        )
    birth = _birth_date(number)
    if birth is None or birth < FIRST_BIRTH or (on is not None and birth > on):
        raise InputError(
            field,
            Text(zh="号码第7至14位不是有效的出生日期。", en="Characters 7 to 14 of the number are not a possible date of birth."),
            _REMEDY,
        )
    if CHECK_CHARACTERS[sum(int(digit) * weight for digit, weight in zip(number, WEIGHTS, strict=False)) % 11] != number[17]:
        raise InputError(
            field,
            Text(zh="身份证号码的校验码不正确。", en="The check character of the number is wrong: a character was mistyped."),
            _REMEDY,
        )
    return number


def _birth_date(number: str) -> date | None:
    """The day of characters 7 to 14; `None` where the calendar has none, such as 30 February."""
    try:
        return date(int(number[6:10]), int(number[10:12]), int(number[12:14]))
    except ValueError:
        return None
