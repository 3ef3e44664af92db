"""Which queue a case goes to, how long a person may take, whether one is enough: as the package of the service says."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Final

from django.conf import settings

from miaopi.definitions import ServicePackage
from miaopi.kernel.calendar import LEGAL_ZONE, compute_legal_day
from miaopi.kernel.wording import Text

CLOSING: Final = time(18)  # 民法典 第二百零三条: where there are business hours, the last day ends with them


@dataclass(frozen=True, slots=True)
class Queue:
    """A queue of cases; `key` is how commands and staff accounts name it."""

    key: str
    name: Text


def compute_queue(package: ServicePackage) -> Queue:
    """The queue that the package names: its English name in small letters and dashes is the key."""
    name = package.referral.queue
    return Queue(re.sub(r"[^a-z0-9]+", "-", name.en.lower()).strip("-"), name)


def compute_due(now: datetime, workdays: int) -> datetime:
    """The end of the last working day. The day of the beginning is not counted (民法典 第二百零一条)."""
    return _end_of(settings.MIAOPI_CITY.calendar.add_workdays(compute_legal_day(now), workdays))


def count_days_left(now: datetime, due_at: datetime) -> int:
    """Working days after this one until the one on which it is due, both ends as `compute_due` counts; 0 when it is overdue."""
    calendar, day, last = settings.MIAOPI_CITY.calendar, compute_legal_day(now), compute_legal_day(due_at)
    return sum(calendar.is_workday(day + timedelta(days=ahead)) for ahead in range(1, (last - day).days + 1))


def _end_of(day: date) -> datetime:
    return datetime.combine(day, CLOSING, tzinfo=LEGAL_ZONE)
