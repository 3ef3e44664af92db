"""What happened in this room."""

from __future__ import annotations

from miaopi.apps.exchange.events.agreements import (
    AgreementExpired,
    AgreementGranted,
    AgreementOverdue,
    AgreementRefused,
    AgreementRequested,
    AgreementResumed,
    AgreementRevoked,
    AgreementSuspended,
    GrantApproved,
    GrantRevoked,
    GrantsSeeded,
)
from miaopi.apps.exchange.events.disputes import (
    DisputeAnswered,
    DisputeFiled,
    DisputeOverdue,
    DisputeRead,
    DisputeTransferred,
    RecordCorrected,
)
from miaopi.apps.exchange.events.pulls import (
    DataPulled,
    PullRefused,
    RecordPushed,
    RecordRefused,
    SourceAnsweredAgain,
    SourceFellSilent,
)
from miaopi.apps.exchange.events.registers import (
    BaseAnswered,
    CoverageMeasured,
    DuplicateMerged,
    DuplicateRead,
    DuplicateReopened,
    DuplicateSetApart,
    DuplicatesFound,
    LineageRead,
)
from miaopi.apps.exchange.events.visibility import (
    DeferralRenewed,
    EntryRead,
    LooksReleased,
    ObjectionAnswered,
    ObjectionFiled,
    ObjectionOverdue,
    ObjectionRead,
    ObjectionWithdrawn,
    SharingWatched,
)

__all__ = [
    "AgreementExpired", "AgreementGranted", "AgreementOverdue", "AgreementRefused", "AgreementRequested", "AgreementResumed",
    "AgreementRevoked", "AgreementSuspended", "BaseAnswered", "CoverageMeasured", "DataPulled", "DeferralRenewed", "DisputeAnswered",
    "DisputeFiled", "DisputeOverdue", "DisputeRead", "DisputeTransferred", "DuplicateMerged", "DuplicateRead", "DuplicateReopened",
    "DuplicateSetApart", "DuplicatesFound", "EntryRead", "GrantApproved", "GrantRevoked", "GrantsSeeded", "LineageRead",
    "LooksReleased", "ObjectionAnswered", "ObjectionFiled", "ObjectionOverdue", "ObjectionRead", "ObjectionWithdrawn", "PullRefused",
    "RecordCorrected", "RecordPushed", "RecordRefused", "SharingWatched", "SourceAnsweredAgain", "SourceFellSilent",
]
