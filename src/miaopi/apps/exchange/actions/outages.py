"""What a pull remembers of its sources: who is silent since when, of how many persons in a row one said “there is none”; and what this
process tells the others of how agencies answer: nothing by a pull in which nothing changed, save twice a minute."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Final

from django.db.models import Q

from miaopi.apps.audit.api import Actor, act
from miaopi.apps.exchange import models
from miaopi.apps.exchange.actions.looks import OUT, UNASKED, About, Look
from miaopi.apps.exchange.adapters.directory import city_directory
from miaopi.apps.exchange.adapters.wire.process import name_process
from miaopi.apps.exchange.events import SourceAnsweredAgain, SourceFellSilent
from miaopi.apps.exchange.queries.sources import Absences, SourceId, Standing
from miaopi.kernel.fact import Doubt, Fact, Unknown

HEALTH_KEPT: Final = timedelta(days=1)  # after a process told something for the last time
TOLD: Final = ("took", "answered_at", "failed_at", "rests_until", "failures", "changed", "noted_at")


def believe(look: Look, absences: Mapping[SourceId, Absences], about: About, now: datetime) -> Look:
    """The breaker: a source that says “there is none” of everybody has lost its data, and its absences prove nothing."""
    if look.result != "absent":
        return look
    most, counted = _most_absences(look.resource), absences.get(look.source, Absences(frozenset(), now))
    if not most or len(counted.subjects | {about.name}) <= most:
        return look
    doubted: dict[str, Fact] = {name: Unknown(Doubt.UNAVAILABLE, look.resource, since=counted.since) for name in look.facts}
    return replace(look, facts=doubted, result="doubted")


def _most_absences(resource: str) -> int:
    configured = city_directory().configuration.resources.get(resource)
    return configured.most_absences if configured is not None else 0


def count_absences(looks: Sequence[Look], absences: Mapping[SourceId, Absences], about: About, now: datetime) -> None:
    """At most one row more than are believed: the count has to pass the border and need not go on."""
    said = [look for look in looks if look.result in {"absent", "doubted"} and _most_absences(look.resource)]
    new = [look for look in said if len(_counted(absences, look)) <= _most_absences(look.resource)]
    if new:
        rows = [models.Absence(resource=look.resource, agency=look.agency, subject=about.name, said_at=now) for look in new]
        models.Absence.objects.bulk_create(rows, ignore_conflicts=True)
    for look in looks if absences else ():
        if look.result in {"found", "conflict"} and look.source in absences:
            models.Absence.objects.filter(resource=look.resource, agency=look.agency).delete()


def _counted(absences: Mapping[SourceId, Absences], look: Look) -> frozenset[str]:
    return absences[look.source].subjects if look.source in absences else frozenset()


def note_outages(looks: Sequence[Look], standing: Standing, now: datetime) -> Iterator[SourceFellSilent | SourceAnsweredAgain]:
    """Who fell silent, and who answers again: the rows, and what is told of it. Part of an act."""
    outages = standing.outages
    fallen = [look for look in looks if look.result in OUT and look.source not in outages]
    if fallen:
        rows = [models.Outage(resource=look.resource, agency=look.agency, since=now) for look in fallen]
        models.Outage.objects.bulk_create(rows, ignore_conflicts=True)
        yield from (SourceFellSilent(look.resource, look.agency) for look in fallen)
    for look in looks if outages else ():
        if look.result not in {*OUT, UNASKED} and look.source in outages:
            models.Outage.objects.filter(resource=look.resource, agency=look.agency).delete()
            yield SourceAnsweredAgain(look.resource, look.agency)


def tell_health(agencies: Collection[str], now: datetime) -> None:
    """One statement for all of these agencies of whom there is news, and else none. Part of an act."""
    news = city_directory().take_news(agencies)
    if news:
        rows = [
            models.LineHealth(
                process=name_process(), agency=agency, took=list(memory.took), answered_at=memory.answered_at, failed_at=memory.failed_at,
                rests_until=memory.rests_until, failures=dict(memory.failures), changed=sorted(memory.changed), noted_at=now,
            )
            for agency, memory in sorted(news.items())
        ]  # fmt: skip
        models.LineHealth.objects.bulk_create(rows, update_conflicts=True, unique_fields=("agency", "process"), update_fields=TOLD)


def forget_health(*, by: Actor, now: datetime) -> int:
    """Let go of what processes told that have ended, or ask nobody any more, or whose clock is days ahead; how many rows."""
    with act(by=by, now=now):
        is_old, is_of_tomorrow = Q(noted_at__lte=now - HEALTH_KEPT), Q(noted_at__gte=now + HEALTH_KEPT)
        forgotten, _ = models.LineHealth.objects.filter(is_old | is_of_tomorrow).delete()
    return forgotten
