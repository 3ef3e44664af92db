"""All that waits for the steward in one list: requests, disputes, objections, whatever is due first in front."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Final

from miaopi.apps.exchange.api import (
    AgreementState,
    DisputeState,
    list_agreements,
    list_disputes,
    list_objections,
)
from miaopi.kernel.wording import Text
from miaopi.portal.language import Language
from miaopi.portal.wording.agreements import Agreements
from miaopi.portal.wording.disputes import Disputes
from miaopi.portal.wording.objections import Objections

ASKED: Final = Text(zh="申请", en="Request")
DISPUTED: Final = Text(zh="数据异议", en="Dispute")
OBJECTED: Final = Text(zh="访问异议", en="Objection")


def list_waiting(office: str, now: datetime, language: Language, *, most: int) -> list[dict[str, Any]]:
    """The `most` that are due first, each with its page, a title and its clock; no person stands in it."""
    requests = list_agreements(agency=office, state=AgreementState.FILED)[:most]
    disputes = list_disputes(agency=office, state=DisputeState.FILED, most=most)
    objections = list_objections(office)[:most]
    disputed, objected = Disputes(disputes, now, language).rows, Objections(objections, now, language).rows
    described = Agreements(requests, now, language)
    due = [
        (each.due_at or each.filed_at, "data_agreement", ASKED, _describe_request(described, each.id))
        for each in requests if each.resource in described.resources
    ]  # fmt: skip
    due += [
        (each.due_at, "data_dispute", DISPUTED, _describe_dispute(row)) for each, row in zip(disputes, disputed, strict=True)
    ]
    due += [
        (each.due_at, "data_objection", OBJECTED, _describe_objection(row)) for each, row in zip(objections, objected, strict=True)
    ]
    ordered = sorted(due, key=lambda each: (each[0], each[3]["id"]))[:most]
    return [{"page": page, "kind": kind, **words} for _, page, kind, words in ordered]


def _describe_request(described: Agreements, agreement: str) -> dict[str, Any]:
    row = next(each for each in described.rows if each["id"] == agreement)
    title = Text(
        zh=f"{row['requester'].zh}要“{row['resource'].zh}”{row['count']}项",
        en=f"{row['requester'].en}: {row['count']} of “{row['resource'].en}”",
    )
    return {"id": agreement, "title": title, "more": row["use"], "clock": row["clock"]}


def _describe_dispute(row: dict[str, Any]) -> dict[str, Any]:
    title = Text(zh=f"有人说“{row['field'].zh}”记错了", en=f"“{row['field'].en}” is said to be wrong")
    return {"id": row["id"], "title": title, "more": row["resource"], "clock": row["clock"]}


def _describe_objection(row: dict[str, Any]) -> dict[str, Any]:
    title = Text(zh="有人要求解释一次查看", en="Somebody wants a look explained")
    return {"id": row["id"], "title": title, "more": row["what"], "clock": row["clock"]}
