"""Reads of outages, of absences that are being counted, and of how the processes of this house have found the agencies."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime
from typing import Final

from django.db.models import Max

from miaopi.apps.audit.api import Read, list_rows, read_together
from miaopi.apps.exchange import models
from miaopi.apps.exchange.models import AgreementState
from miaopi.apps.exchange.queries.grants import read_edition
from miaopi.kernel.frozen import frozen

SourceId = tuple[str, str]  # resource, agency


@frozen
class Absences:
    """About whom a source said “there is none” since it last found anybody; `since`: when it began."""

    subjects: frozenset[str]
    since: datetime


LOST: Final = """
SELECT g.id FROM exchange_grant g LEFT JOIN exchange_agreement a ON a.id = g.agreement_id
 WHERE g.id = ANY(string_to_array(%s, ' ')) AND (g.revoked_at IS NOT NULL OR a.state <> %s)
"""
STANDING: Final = """
SELECT resource, agency, NULL, since FROM exchange_outage WHERE resource = ANY(string_to_array(%s, ' '))
UNION ALL SELECT resource, agency, subject, said_at FROM exchange_absence WHERE resource = ANY(string_to_array(%s, ' '))
"""


@frozen
class Standing:
    """What a pull must know once the answers are there: which of its grants were revoked or suspended meanwhile, which sources were
    silent before, and whom they had found absent."""

    lost: frozenset[str]
    outages: Mapping[SourceId, datetime]
    absences: Mapping[SourceId, Absences]


def get_standing(grants: Iterable[str], edition: str, resources: Collection[str]) -> Standing:
    """In one round trip, for each pull asks. Where grants and terms are still in that edition none is lost."""
    asked = " ".join(resources)
    present, known = read_edition(), Read(STANDING, (asked, asked), list)
    read_together(present, known)
    lost = () if present.found == edition else list_rows(LOST, [" ".join(set(grants)), AgreementState.GRANTED.value])
    outages, absences = dict[SourceId, datetime](), dict[SourceId, Absences]()
    for resource, agency, subject, moment in known.found:
        if subject is None:
            outages[resource, agency] = moment
        else:
            before = absences.get((resource, agency), Absences(frozenset(), moment))
            absences[resource, agency] = Absences(before.subjects | {subject}, min(before.since, moment))
    return Standing(frozenset(id for (id,) in lost), outages, absences)


def list_outages() -> Mapping[SourceId, datetime]:
    """Silent sources and since when."""
    rows = models.Outage.objects.values_list("resource", "agency", "since")
    return {(resource, agency): since for resource, agency, since in rows}


def list_absences(resources: Iterable[str]) -> Mapping[SourceId, Absences]:
    rows = models.Absence.objects.filter(resource__in=list(resources)).order_by("said_at")
    found: dict[SourceId, Absences] = {}
    for resource, agency, subject, said_at in rows.values_list("resource", "agency", "subject", "said_at"):
        before = found.get((resource, agency), Absences(frozenset(), said_at))
        found[resource, agency] = Absences(before.subjects | {subject}, before.since)
    return found


def find_rest(agency: str) -> datetime | None:
    """Until when the agency is left alone by a process that nobody has contradicted since; it may be over."""
    found = models.LineHealth.objects.filter(agency=agency).aggregate(
        answered=Max("answered_at"), failed=Max("failed_at"), rests=Max("rests_until")
    )
    is_open = found["failed"] is not None and (found["answered"] is None or found["failed"] >= found["answered"])
    rests_until: datetime | None = found["rests"]
    return rests_until if is_open else None


def list_told() -> Mapping[str, Sequence[models.LineHealth]]:
    """What each process told last, by agency."""
    told: dict[str, list[models.LineHealth]] = {}
    for row in models.LineHealth.objects.order_by("agency", "process"):
        told.setdefault(row.agency, []).append(row)
    return told
