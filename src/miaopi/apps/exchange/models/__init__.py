"""What the room keeps."""

from __future__ import annotations

from miaopi.apps.exchange.models.agreements import (
    Agreement,
    AgreementState,
    AgreementUse,
    Grant,
    GrantEdition,
)
from miaopi.apps.exchange.models.disputes import Correction, Dispute, DisputeState, QualityDay
from miaopi.apps.exchange.models.registers import CandidateState, CoverageFigure, DuplicateCandidate
from miaopi.apps.exchange.models.sources import Absence, LineHealth, Outage, Push
from miaopi.apps.exchange.models.upstream import UpstreamQuota, UpstreamTicket
from miaopi.apps.exchange.models.visibility import Deferral, Objection, ObjectionState

__all__ = [
    "Absence", "Agreement", "AgreementState", "AgreementUse", "CandidateState", "Correction", "CoverageFigure", "Deferral", "Dispute",
    "DisputeState", "DuplicateCandidate", "Grant", "GrantEdition", "LineHealth", "Objection", "ObjectionState", "Outage", "Push",
    "QualityDay", "UpstreamQuota", "UpstreamTicket",
]
