"""Counting how good sources are, and how often agreements are used: a statement a batch of looks, never one in a pull, and never a look
for the sake of counting."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from datetime import date, datetime

from django.db import connection

from miaopi.apps.audit.api import Actor, act
from miaopi.apps.exchange.adapters.directory import city_directory
from miaopi.apps.exchange.adapters.findings import read_findings
from miaopi.apps.exchange.events import DataPulled, PullRefused
from miaopi.apps.exchange.queries.quality import COUNTS
from miaopi.apps.exchange.queries.refusals import RefusalCode
from miaopi.kernel.calendar import compute_legal_day

Place = tuple[date, str, str, str]  # legal day, resource, agency, field

ADD = f"""
INSERT INTO exchange_qualityday (day, resource, agency, field, {", ".join(COUNTS)})
SELECT * FROM unnest(%s::date[], %s::text[], %s::text[], %s::text[], {", ".join("%s::int[]" for _ in COUNTS)})
    ON CONFLICT (day, resource, agency, field) DO UPDATE
   SET {", ".join(f"{name} = exchange_qualityday.{name} + EXCLUDED.{name}" for name in COUNTS)}
"""
ADD_USE = """
INSERT INTO exchange_agreementuse AS known (agreement, looks, last_on)
SELECT * FROM unnest(%s::text[], %s::bigint[], %s::date[])
    ON CONFLICT (agreement) DO UPDATE
   SET looks = known.looks + EXCLUDED.looks, last_on = greatest(known.last_on, EXCLUDED.last_on)
"""


def count_looks(*, looks: Iterable[tuple[DataPulled, datetime]], by: Actor, now: datetime) -> None:
    """Add looks, each with its moment, to the days on which they were."""
    counted: dict[Place, Counter[str]] = {}
    for look, at in looks:
        silence = "stale" if _is_drop(look.agency) else "silent"
        for name, finding in read_findings(look.result, look.fields, look.findings).items():
            counts = counted.setdefault((compute_legal_day(at), look.resource, look.agency, name), Counter())
            counts["asked"] += 1
            counts[silence if finding == "silent" else finding] += 1
    count_quality(counted=counted, by=by, now=now)


def count_changed_schemas(*, refusals: Iterable[tuple[PullRefused, datetime]], by: Actor, now: datetime) -> None:
    """Add questions that a source was asked and could not answer because it no longer has what they name."""
    counted: dict[Place, Counter[str]] = {}
    for refusal, at in refusals:
        if refusal.provider and refusal.code == RefusalCode.SCHEMA_CHANGED:
            for name in refusal.fields:
                place = compute_legal_day(at), refusal.resource, refusal.provider, name
                counted.setdefault(place, Counter()).update(("asked", "silent"))
    count_quality(counted=counted, by=by, now=now)


def count_quality(*, counted: Mapping[Place, Mapping[str, int]], by: Actor, now: datetime) -> None:
    """Add counts, in one statement, in the order of their places, so that two who count never wait for each other."""
    rows = [(*place, *(counts.get(name, 0) for name in COUNTS)) for place, counts in sorted(counted.items())]
    if rows:
        with act(by=by, now=now), connection.cursor() as cursor:
            cursor.execute(ADD, [list(column) for column in zip(*rows, strict=True)])


def count_use(*, looks: Iterable[tuple[DataPulled, datetime]], by: Actor, now: datetime) -> None:
    """Add looks to the agreements by which they were had, in the order of their names."""
    counted, days = Counter[str](), dict[str, date]()
    for look, at in looks:
        day = compute_legal_day(at)
        for agreement in look.agreements:
            counted[agreement] += 1
            days[agreement] = max(day, days.get(agreement, day))
    if counted:
        agreements = sorted(counted)
        with act(by=by, now=now), connection.cursor() as cursor:
            cursor.execute(ADD_USE, [agreements, [counted[each] for each in agreements], [days[each] for each in agreements]])


def _is_drop(agency: str) -> bool:
    """Whether the agency answers from a daily drop: then silence is one that is missing, torn, or older than its cycle."""
    configured = city_directory().configuration.agencies.get(agency)
    return configured is not None and configured.kind == "file"
