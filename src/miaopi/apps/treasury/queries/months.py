"""Months as they are written, YYYY-MM: their order is that of their text."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from typing import Final

from miaopi.kernel.calendar import LEGAL_ZONE, compute_legal_day
from miaopi.kernel.errors import InputError
from miaopi.kernel.wording import Text

FORM: Final = re.compile(r"\d{4}-(0[1-9]|1[0-2])", re.ASCII)

Month = str


def is_month(text: object) -> bool:
    return isinstance(text, str) and FORM.fullmatch(text) is not None


def check_month(text: str) -> Month:
    """Raises InputError."""
    if not is_month(text):
        raise InputError(
            "month", Text(zh="月份写法不对。", en="this is no month."), Text(zh="请按 2026-11 的格式填写。", en="Write it as 2026-11.")
        )
    return text


def month_of(day: date) -> Month:
    return f"{day.year:04}-{day.month:02}"


def get_current(now: datetime) -> Month:
    """The month of the legal day."""
    return month_of(compute_legal_day(now))


def first_day(month: Month) -> date:
    return date.fromisoformat(f"{month}-01")


def last_day(month: Month) -> date:
    return first_day(next_month(month)) - timedelta(days=1)


def next_month(month: Month) -> Month:
    return month_of(first_day(month) + timedelta(days=31))


def list_months(first: Month, last: Month) -> Iterator[Month]:
    """From the first to the last, both included; none where the last is before the first."""
    while first <= last:
        yield first
        first = next_month(first)


def moment_of(month: Month, day: int) -> datetime:
    """When that day of the month begins in law; a month that is shorter has it on its last day."""
    on = min(first_day(month) + timedelta(days=day - 1), last_day(month))
    return datetime.combine(on, time(), LEGAL_ZONE).astimezone(UTC)
