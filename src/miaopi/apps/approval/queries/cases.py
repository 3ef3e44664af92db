"""Cases with persons: the queues of an officer in the order in which they are due, and one case as she sees it.

A queue shows numbers, reasons and times, and nobody's name: it is no look at a person. One case is, and is read by
`read_case`, which leaves an entry.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import field
from datetime import datetime
from typing import Any, Final

from django.db.models import F, Q

from miaopi.apps.application.api import get_application
from miaopi.apps.approval.models import DecisionRow, Proposal, Referral
from miaopi.apps.approval.queries.decisions import unseal_beside
from miaopi.apps.approval.queries.queues import Queue, compute_queue
from miaopi.apps.audit.api import Actor, ActorKind, list_entries, system
from miaopi.apps.catalogue.api import get_resources, get_service
from miaopi.apps.filing.api import is_hers
from miaopi.apps.identity.api import (
    Member,
    PartyId,
    Right,
    authorise,
    get_member,
    get_party,
    list_avoided,
    unseal,
)
from miaopi.definitions import ServicePackage
from miaopi.kernel.decision.definition import APPLICANT, Definition
from miaopi.kernel.errors import NotFound, RightsError
from miaopi.kernel.frozen import frozen
from miaopi.kernel.wording import Text, mask

Json = Any  # what json.loads gives

HOUSE: Final = system("approval.cases")
REVIEW: Final = "review"
CORRECTION: Final = "correction"
OF_DECIDED: Final = frozenset({REVIEW, CORRECTION})  # what stands is looked at again
NO_SUCH_CASE: Final = Text(zh="您的待办里没有这个编号的办件。", en="There is no case of this number in your queues.")
NOT_STAFF: Final = Text(zh="这里只供工作人员使用。", en="This is for staff alone.")


@frozen
class Desk:
    """An officer at work: her account, and the parties whose cases are not hers."""

    member: Member
    avoided: tuple[PartyId, ...]

    @property
    def visible(self) -> Q:
        """Open cases of her queues, save those she must avoid."""
        return Q(closed_at=None, queue__in=self.member.queues) & ~Q(applicant__in=self.avoided)


def open_desk(by: Actor, right: Right) -> Desk:
    """Raises RightsError unless `by` is staff with this right who works here now."""
    authorise(by, right)
    if by.kind is not ActorKind.STAFF:
        raise RightsError(NOT_STAFF)
    return Desk(get_member(by.id), tuple(list_avoided(by.id)))


def get_referral(number: str, desk: Desk) -> Referral:
    """The open referral of the case if it is in one of her queues; NotFound for any other, as for one that is not there."""
    found = Referral.objects.select_related("decision").filter(desk.visible, number=number.strip().upper()).first()
    if found is None:
        raise NotFound(NO_SUCH_CASE)
    return found


def find_referral(number: str) -> Referral | None:
    """The open referral of a case."""
    return Referral.objects.filter(number=number, closed_at=None).first()


def is_held(row: Referral, now: datetime) -> bool:
    """Whether somebody has the case; a lease that ran out is nobody's."""
    return row.taken_by != "" and row.lease_until is not None and row.lease_until > now


@frozen
class QueueRow:
    """One case in a queue. `kind`: referral, review, correction, or second (it waits for another officer to confirm).

    `taken_by` is empty for a case that is free. `stopped_at`: its clock stands since then, for a supplement is out.
    """

    number: str
    service: str
    name: Text
    kind: str
    queue: Queue
    reasons: tuple[tuple[str, Text], ...]
    opened_at: datetime
    due_at: datetime
    stopped_at: datetime | None
    is_overdue: bool
    taken_by: str
    lease_until: datetime | None
    is_mine: bool

    def to_json(self) -> dict[str, Json]:
        return {
            "number": self.number, "service": self.service, "name": self.name.to_json(), "kind": self.kind,
            "queue": {"key": self.queue.key, "name": self.queue.name.to_json()},
            "reasons": [{"code": code, "text": text.to_json()} for code, text in self.reasons],
            "opened_at": self.opened_at.isoformat(), "due_at": self.due_at.isoformat(), "clock_stopped_at": _iso(self.stopped_at),
            "overdue": self.is_overdue, "taken_by": self.taken_by or None, "lease_until": _iso(self.lease_until), "mine": self.is_mine,
        }


def list_queue(
    *, by: Actor, now: datetime, queue: str | None = None, overdue: bool = False, limit: int = 200
) -> list[QueueRow]:
    """The open cases of her queues, the one due first in front; those whose clock stands come last."""
    desk = open_desk(by, Right.LIST_CASES)
    rows = Referral.objects.select_related("decision").filter(desk.visible)
    if queue is not None:
        rows = rows.filter(queue=queue)
    if overdue:
        rows = rows.filter(due_at__lt=now, stopped_at=None)
    return [_queue_row(row, by, now) for row in rows.order_by(F("stopped_at").desc(nulls_first=True), "due_at", "number")[:limit]]


def _queue_row(row: Referral, by: Actor, now: datetime) -> QueueRow:
    package, held = get_service(row.service, row.version), is_held(row, now)
    said = json.loads(bytes(row.decision.statement))["decision"]
    return QueueRow(
        number=row.number, service=row.service, name=package.name, kind=compute_kind(row), queue=compute_queue(package),
        reasons=tuple((reason["code"], Text(**reason["text"])) for reason in said["reasons"]), opened_at=row.opened_at,
        due_at=row.due_at, stopped_at=row.stopped_at, is_overdue=row.stopped_at is None and row.due_at < now,
        taken_by=row.taken_by if held else "", lease_until=row.lease_until if held else None, is_mine=held and row.taken_by == by.id,
    )


def compute_kind(row: Referral) -> str:
    return "second" if row.proposed_by else row.kind


@frozen
class SeenFact:
    """One fact of a case: who says what of it. `state`: known, absent, disputed, or why nobody could say. `in_question`: the rules
    came to no end because of it; those stand first."""

    fact: str
    label: Text
    state: str
    value: Json = field(repr=False)
    source: str
    agency: str
    at: str | None
    in_question: bool
    is_curable: bool

    def to_json(self) -> dict[str, Json]:
        return {
            "fact": self.fact, "label": self.label.to_json(), "state": self.state, "value": self.value, "source": self.source,
            "agency": self.agency, "at": self.at, "in_question": self.in_question, "curable": self.is_curable,
        }


@frozen
class Step:
    """One thing that happened to the case; `who` is a rule set, a handler, a member of staff, or empty for its applicant."""

    at: datetime
    kind: str
    who: str
    body: Mapping[str, Json]

    def to_json(self) -> dict[str, Json]:
        return {"at": self.at.isoformat(), "kind": self.kind, "who": self.who, "body": dict(self.body)}


@frozen
class Proposed:
    """What the first of two officers decided, for the second to confirm or return."""

    by: str
    at: datetime
    outcome: str
    reason: Text
    basis: Json
    values: Mapping[str, Json] = field(repr=False)

    def to_json(self) -> dict[str, Json]:
        return {"by": self.by, "at": self.at.isoformat(), "outcome": self.outcome, "reason": self.reason.to_json(), "basis": self.basis,
                "values": dict(self.values)}


@frozen
class CaseView:
    """A case as an officer sees it, the question to her in front.

    `reasons` say why it is with a person; `values` are what an approval would hold as far as the rules know, `open_values`
    the names that she would have to supply. `may` names what she can do now: take, put_back, decide, uphold, supplement,
    confirm, return. In `id_number` all but the ends is masked.
    """

    row: QueueRow
    applicant: str = field(repr=False)
    id_number: str = field(repr=False)
    state: str
    outcome: str
    filed_on: str
    reasons: tuple[Json, ...]
    facts: tuple[SeenFact, ...]
    conditions: tuple[Json, ...]
    values: Mapping[str, Json] = field(repr=False)
    open_values: Mapping[str, str]
    decisions: tuple[Json, ...]
    history: tuple[Step, ...]
    proposal: Proposed | None
    needs_second: bool
    supplement_asked_at: datetime | None
    may: tuple[str, ...]

    def to_json(self) -> dict[str, Json]:
        return {
            **self.row.to_json(), "applicant": self.applicant, "id_number": self.id_number, "state": self.state, "outcome": self.outcome,
            "filed_on": self.filed_on, "reasons": list(self.reasons), "facts": [each.to_json() for each in self.facts],
            "conditions": list(self.conditions), "values": dict(self.values), "open_values": dict(self.open_values),
            "decisions": list(self.decisions), "history": [each.to_json() for each in self.history],
            "proposal": self.proposal and self.proposal.to_json(), "four_eyes": self.needs_second,
            "supplement_asked_at": _iso(self.supplement_asked_at), "may": list(self.may),
        }


def compute_view(
    row: Referral, *, by: Actor, now: datetime, values: Mapping[str, Json], open_values: Mapping[str, str]
) -> CaseView:
    """The case of an open referral. Whoever calls it has made the entry of the look."""
    package, application = get_service(row.service, row.version), get_application(number=row.number, reader=HOUSE)
    party, said = get_party(row.applicant), json.loads(bytes(row.decision.statement))["decision"]
    asked = DecisionRow.objects.filter(number=row.number, outcome="supplement").exclude(decided_by="").first()
    definition, masked = package.definition, list_masked(package.definition)
    shown = {name: _hide(value) if definition.reads(definition.values[name]) & masked else value for name, value in values.items()}
    return CaseView(
        row=_queue_row(row, by, now), applicant=party.name, id_number=mask(party.id_number),
        state=application.state, outcome=application.outcome, filed_on=row.decision.as_of.isoformat(), reasons=tuple(said["reasons"]),
        facts=list_facts(row.decision, package), conditions=tuple(said["conditions"]), values=shown, open_values=open_values,
        decisions=_list_decisions(row.number), history=_list_history(row.number), proposal=find_proposed(row),
        needs_second=package.referral.four_eyes, supplement_asked_at=None if asked is None else asked.decided_at,
        may=list_acts(row, by=by, now=now, asked=asked is not None),
    )


def list_acts(row: Referral, *, by: Actor, now: datetime, asked: bool) -> tuple[str, ...]:
    """What this officer can do with the case now."""
    held = is_held(row, now)
    if row.stopped_at is not None or (held and row.taken_by != by.id):
        return ()
    if row.proposed_by:
        return () if row.proposed_by == by.id else ("confirm", "return")
    if not held:
        return ("take",)
    is_decided = row.kind == CORRECTION or (row.kind == REVIEW and row.decision.outcome != "supplement")
    more = () if asked or is_decided else ("supplement",)
    return ("decide", *(("uphold",) if row.kind in OF_DECIDED else ()), *more, "put_back")


def list_facts(decision: DecisionRow, package: ServicePackage) -> tuple[SeenFact, ...]:
    """The facts that rules read, those in question first; empty once they are erased. What no rule reads is not shown."""
    beside = unseal_beside(decision.id, decision.kept)
    if beside is None:
        return ()
    said = json.loads(bytes(decision.statement))["decision"]
    definition = package.definition
    stands = {condition["id"]: condition for condition in said["conditions"]}
    open_ = {name for reason in said["reasons"] for name in reason["facts"]}
    for condition in definition.conditions:
        if (found := stands.get(condition.id)) is not None and found["value"] is not True:
            # known to fail: whatever it reads; undetermined: what it is in doubt about
            open_ |= set(found["facts"]) if found["value"] is None else definition.reads(condition.holds)
    rules = (*(condition.holds for condition in definition.conditions), *definition.values.values())
    needed = open_.union(*(definition.reads(rule) for rule in rules))
    facts: dict[str, Json] = {name: fact for name, fact in beside.facts.items() if name in needed}
    resources = get_resources({fact["source"] for fact in facts.values() if fact.get("source")})
    specs, masked = definition.facts, list_masked(definition)

    def see(name: str) -> SeenFact:
        fact, spec = facts[name], specs[name]
        source = fact.get("source") or spec.resource or APPLICANT
        return SeenFact(
            fact=name, label=spec.label, state=_state_of(fact), value=_hide(fact.get("value")) if name in masked else fact.get("value"),
            source=source,
            agency=resources[source].agency.id if source in resources else "", at=fact.get("at"), in_question=name in open_,
            is_curable=is_hers(spec),
        )

    return tuple(see(name) for name in sorted((name for name in specs if name in facts), key=lambda name: name not in open_))


def list_masked(definition: Definition) -> frozenset[str]:
    """The facts that are numbers of documents or accounts."""
    return frozenset(name for name, spec in definition.facts.items() if spec.masked)


def _hide(value: Json) -> Json:
    return mask(value) if isinstance(value, str) else value


def _state_of(fact: Mapping[str, Json]) -> str:
    if "value" in fact:
        return "disputed" if fact.get("disputed") else "known"
    return "absent" if fact.get("absent") else str(fact.get("unknown"))


def find_proposal(row: Referral) -> Proposal | None:
    """What waits for a second officer."""
    return Proposal.objects.filter(referral=row, answered_at=None).first() if row.proposed_by else None


def unseal_content(proposal: Proposal) -> dict[str, Json]:
    content: dict[str, Json] = json.loads(unseal(bytes(proposal.content), context=f"proposal:{proposal.id}"))
    return content


def find_proposed(row: Referral) -> Proposed | None:
    proposal = find_proposal(row)
    if proposal is None:
        return None
    content = unseal_content(proposal)
    return Proposed(proposal.proposed_by, proposal.proposed_at, proposal.outcome, Text(**content["reason"]), content["basis"],
                    content["values"])


def _list_decisions(number: str) -> tuple[Json, ...]:
    rows = DecisionRow.objects.filter(number=number).order_by("round", "attempt")
    return tuple(
        {"id": row.id, "outcome": row.outcome, "reasons": list(row.reason_codes), "at": row.decided_at.isoformat(),
         "by": row.decided_by or f"{row.service}@{row.version[:12]}", "confirmed_by": row.confirmed_by or None}
        for row in rows
    )


def _list_history(number: str) -> tuple[Step, ...]:
    """What the log has of the case; her own acts are told without a name."""
    return tuple(
        Step(entry.at, entry.kind, "" if entry.actor["kind"] == ActorKind.PERSON else entry.actor["id"], entry.body)
        for entry in list_entries(number=number)
    )


def _iso(moment: datetime | None) -> str | None:
    return None if moment is None else moment.isoformat()
