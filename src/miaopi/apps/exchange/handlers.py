"""What exchange does when it was told what it told itself: it counts behind the log how good sources are, and which agreements are used."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from miaopi.apps.audit.api import after_many, system
from miaopi.apps.exchange.actions.quality import count_changed_schemas, count_looks, count_use
from miaopi.apps.exchange.events import DataPulled, PullRefused


@after_many(DataPulled)
def count_quality_when_pulled(events: Sequence[tuple[DataPulled, datetime]], *, now: datetime) -> None:
    count_looks(looks=events, by=system("exchange.count_quality_when_pulled"), now=now)


@after_many(PullRefused)
def count_quality_when_refused(events: Sequence[tuple[PullRefused, datetime]], *, now: datetime) -> None:
    count_changed_schemas(refusals=events, by=system("exchange.count_quality_when_refused"), now=now)


@after_many(DataPulled)
def count_use_when_pulled(events: Sequence[tuple[DataPulled, datetime]], *, now: datetime) -> None:
    count_use(looks=events, by=system("exchange.count_use_when_pulled"), now=now)
