"""The statutory clocks on what waits for an answer: how long each is, until when it runs, and where one ran out."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from enum import StrEnum
from typing import TypeVar

from django.conf import settings

from miaopi.apps.exchange import models

Clocked = TypeVar("Clocked", models.Agreement, models.Objection, models.Dispute)


class Clock(StrEnum):
    """Which statutory time runs: for the formal check of what is shared unconditionally, for the provider's answer, for the answer where
    the resource must be connected first (a local rule of 2024; whether 政务数据共享条例 says the same 须核验); for checking a disputed
    record (政务数据共享条例, 校核: article and days 须核验); for explaining a look (个人信息保护法 第五十条 wants reasons and names no
    number of days: 须核验)."""

    CHECK = "check"
    ANSWER = "answer"
    CONNECT = "connect"
    VERIFY = "verify"
    EXPLAIN = "explain"

    @property
    def workdays(self) -> int:
        return {Clock.CHECK: 2, Clock.ANSWER: 5, Clock.CONNECT: 10, Clock.VERIFY: 5, Clock.EXPLAIN: 15}[self]


def compute_due(clock: Clock, since: datetime) -> datetime:
    """The end of the last working day of a clock that runs from `since`."""
    due: datetime = settings.MIAOPI_CITY.calendar.compute_due(since, clock.workdays)
    return due


def list_overdue_ids(kept: type[Clocked], waits: Sequence[str], now: datetime) -> Sequence[str]:
    """What stands in one of the states `waits` past its time, and of which that is not yet written down; the longest overdue first."""
    rows = kept._default_manager.filter(state__in=waits, due_at__lt=now, overdue_at=None)
    return list(rows.order_by("due_at", "id").values_list("id", flat=True))


def lock_overdue(kept: type[Clocked], waits: Sequence[str], id: str) -> Clocked | None:
    """One of them to change it; none where somebody answered it, or wrote it down, meanwhile."""
    return kept._default_manager.select_for_update().filter(id=id, state__in=waits, overdue_at=None).first()
