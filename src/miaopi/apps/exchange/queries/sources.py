"""Reads of outages and of absences that are being counted."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from miaopi.apps.exchange import models

SourceId = tuple[str, str]  # resource, agency


@dataclass(frozen=True, slots=True)
class Absences:
    """About whom a source said “there is none” since it last found anybody; `since`: when it began."""

    subjects: frozenset[str]
    since: datetime


def list_outages(resources: Iterable[str] | None = None) -> Mapping[SourceId, datetime]:
    """Silent sources and since when."""
    rows = models.Outage.objects.all() if resources is None else models.Outage.objects.filter(resource__in=list(resources))
    return {(resource, agency): since for resource, agency, since in rows.values_list("resource", "agency", "since")}


def list_absences(resources: Iterable[str]) -> Mapping[SourceId, Absences]:
    rows = models.Absence.objects.filter(resource__in=list(resources)).order_by("said_at")
    found: dict[SourceId, Absences] = {}
    for resource, agency, subject, said_at in rows.values_list("resource", "agency", "subject", "said_at"):
        before = found.get((resource, agency), Absences(frozenset(), said_at))
        found[resource, agency] = Absences(before.subjects | {subject}, before.since)
    return found
