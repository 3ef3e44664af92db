"""How much waits for an agency, kind by kind."""

from __future__ import annotations

from collections.abc import Iterable

from miaopi.apps.exchange import models
from miaopi.apps.exchange.models import AgreementState, CandidateState, DisputeState
from miaopi.apps.exchange.queries.objections import OPEN
from miaopi.kernel.frozen import frozen


@frozen
class Waiting:
    """Requests, disputes and objections to be answered, and pairs of numbers to be decided."""

    requests: int
    disputes: int
    objections: int
    duplicates: int


def count_waiting(*, agency: str, registers: Iterable[str] = ()) -> Waiting:
    """What waits for this agency; `registers` are the base registers that it keeps."""
    kept = list(registers)
    return Waiting(
        requests=models.Agreement.objects.filter(agency=agency, state=AgreementState.FILED).count(),
        disputes=models.Dispute.objects.filter(agency=agency, state=DisputeState.FILED).count(),
        objections=models.Objection.objects.filter(office=agency, state__in=OPEN).count(),
        duplicates=models.DuplicateCandidate.objects.filter(register__in=kept, state=CandidateState.OPEN).count() if kept else 0,
    )
