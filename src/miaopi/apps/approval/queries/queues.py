"""Which queue a case goes to, how long a person may take, whether one is enough: as the package of the service says."""

from __future__ import annotations

import re
from datetime import datetime, timedelta

from django.conf import settings

from miaopi.definitions import ServicePackage
from miaopi.kernel.calendar import compute_legal_day
from miaopi.kernel.frozen import frozen
from miaopi.kernel.wording import Text


@frozen
class Queue:
    """A queue of cases; `key` is how commands and staff accounts name it."""

    key: str
    name: Text


def compute_queue(package: ServicePackage) -> Queue:
    """The queue that the package names: its English name in small letters and dashes is the key."""
    name = package.referral.queue
    return Queue(re.sub(r"[^a-z0-9]+", "-", name.en.lower()).strip("-"), name)


def count_days_left(now: datetime, due_at: datetime) -> int:
    """Working days after this one until the one on which it is due, both ends as the calendar counts them; 0 when it is overdue."""
    calendar, day, last = settings.MIAOPI_CITY.calendar, compute_legal_day(now), compute_legal_day(due_at)
    return sum(calendar.is_workday(day + timedelta(days=ahead)) for ahead in range(1, (last - day).days + 1))
