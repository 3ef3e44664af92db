"""Disputes: a person says that a record is wrong, and the steward of the agency that keeps it answers. The platform writes no agency's
values (政务数据共享条例: 谁提供谁负责; article 须核验)."""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import field
from datetime import datetime
from typing import Final

from miaopi.apps.audit.api import Actor, Unit, act
from miaopi.apps.catalogue.api import get_resource
from miaopi.apps.exchange import models
from miaopi.apps.exchange.actions.clocks import run_clock
from miaopi.apps.exchange.actions.corrections import record_correction
from miaopi.apps.exchange.actions.quality import count_quality
from miaopi.apps.exchange.actions.words import require_readable, require_words
from miaopi.apps.exchange.adapters.status import list_keepers
from miaopi.apps.exchange.events import (
    DisputeAnswered,
    DisputeFiled,
    DisputeOverdue,
    DisputeRead,
    DisputeTransferred,
)
from miaopi.apps.exchange.models import DisputeState
from miaopi.apps.exchange.queries.clocks import Clock, compute_due
from miaopi.apps.exchange.queries.corrections import Correction, compute_draft
from miaopi.apps.exchange.queries.disputes import (
    NO_SUCH_DISPUTE,
    Content,
    Dispute,
    compute_dispute,
    list_answering_agencies,
    list_passed,
    lock_dispute,
    lock_with_other,
    seal_content,
    unseal_content,
)
from miaopi.apps.exchange.queries.moves import DISPUTE_MOVES, DisputeMove
from miaopi.apps.identity.api import PartyId, Right, authorise, get_member, get_party, is_avoided, pseudonym
from miaopi.kernel.calendar import compute_legal_day
from miaopi.kernel.errors import InputError, NotFound
from miaopi.kernel.frozen import frozen
from miaopi.kernel.wording import Text

FINDINGS: Final[Mapping[str, DisputeMove]] = {
    "corrected": DisputeMove.CORRECT, "partly": DisputeMove.CORRECT_PARTLY, "unfounded": DisputeMove.FIND_RIGHT,
}


@frozen
class DisputeView:
    """A dispute as its steward sees it: whose record it is, so that it can be found in the register, what she says, and what the
    register said when she saw it, if it is known. `receivers`: the agencies to which it can be passed on."""

    dispute: Dispute
    content: Content
    name: str = field(repr=False)
    id_number: str = field(repr=False)
    receivers: Sequence[str]


def file_dispute(
    *, subject: PartyId, resource: str, field: str, claim: str = "", seen: str = "", number: str = "", by: Actor, now: datetime
) -> tuple[Dispute, ...]:
    """Say that a field of one's own record is wrong: it lands at each agency that keeps it, with a clock. One that waits already stays
    as it is. `field` empty: the list as a whole; `number`: the case in which she saw it. Raises InputError, NotFound, RightsError.
    """
    authorise(by, Right.FILE_DISPUTE, owner=subject)
    described = get_resource(resource)
    if field and field not in described.fields:
        raise InputError(
            "field", Text(zh="该资源没有这个信息项。", en="the resource has no such field."),
            Text(zh="请从列出的信息项中选择。", en="Choose one of those listed."),
        )  # fmt: skip
    require_readable("claim", claim)
    with act(by=by, now=now) as unit:
        return tuple(
            _file(unit, subject, resource, agency, field, Content(claim.strip(), seen), number)
            for agency in sorted(list_keepers(resource)) or (described.agency.id,)  # in the order in which quality is counted
        )


def read_dispute(*, dispute: str, by: Actor, now: datetime) -> DisputeView:
    """One dispute of one's own agency, with what it says. The look is an entry that its subject can see. Raises NotFound, RightsError."""
    with act(by=by, now=now) as unit:
        row = _lock_as_keeper(dispute, by)
        unit.record(DisputeRead(
            dispute=row.id, resource=row.resource, agency=row.agency, fields=("name", "id_number", *([row.field] if row.field else [])),
            staff=by.id, subject=row.subject,
        ))  # fmt: skip
    party, had = get_party(row.party), list_passed(row)
    receivers = [each for each in list_answering_agencies() if each not in had]
    return DisputeView(compute_dispute(row), unseal_content(row), party.name, party.id_number, receivers)


def draft_answer(*, dispute: str, finding: str, answer: str, by: Actor, now: datetime) -> Correction | None:
    """What `answer_dispute` would report, or nothing where it would report nothing; judged as if it were said. Raises as that does."""
    move = _read_finding(finding)
    require_words("answer", answer)
    with act(by=by, now=now):
        row = _lock_as_keeper(dispute, by)
        found = DISPUTE_MOVES.after(row.state, move)
    return None if found is DisputeState.UNFOUNDED else compute_draft(row, now)


def answer_dispute(*, dispute: str, finding: str, answer: str, by: Actor, now: datetime) -> Dispute:
    """Answer for the agency: `corrected` or `partly` – it corrected its own record, which holds from now on – or `unfounded`.

    `answer` is what the person reads. Raises InputError for other findings, no words, or a dispute that is answered; NotFound, RightsError.
    """
    move = _read_finding(finding)
    require_words("answer", answer)
    with act(by=by, now=now) as unit:
        row = _lock_as_keeper(dispute, by)
        found = _answer(row, move, answer, unit)
        row.save()
        unit.record(DisputeAnswered(
            dispute=row.id, resource=row.resource, agency=row.agency, field=row.field, finding=found, subject=row.subject,
            application=row.number,
        ))  # fmt: skip
        if found is not DisputeState.UNFOUNDED:
            _count(row, "upheld", by=by, now=now)
            record_correction(unit, compute_draft(row, now), dispute=row)
    return compute_dispute(row)


def transfer_dispute(*, dispute: str, to: str, answer: str, by: Actor, now: datetime) -> Dispute:
    """Pass it on to the agency that really holds the record (转办): it waits there from now on, and its time runs from the first filing.

    `answer` is what the person reads beside who has it now. Returns the dispute as it waits there; one that waited there already stays,
    on the earlier clock. Raises InputError for no words, an agency that cannot answer or had it, a dispute that is answered; NotFound,
    RightsError.
    """
    require_words("answer", answer)
    with act(by=by, now=now) as unit:
        lock_with_other(dispute, to)
        row = _lock_as_keeper(dispute, by)
        _answer(row, DisputeMove.TRANSFER, answer, unit)
        _check_receiver(row, to)
        row.transferred_to = _wait_at(row, to, unit)
        row.save()
        unit.record(DisputeTransferred(
            dispute=row.id, resource=row.resource, agency=row.agency, to=to, became=row.transferred_to.id, field=row.field,
            due_at=row.transferred_to.due_at, subject=row.subject, application=row.number,
        ))  # fmt: skip
    return compute_dispute(row.transferred_to)


def run_disputes(*, by: Actor, now: datetime) -> int:
    """Write down, once each, which disputes are overdue; how many."""
    authorise(by, Right.RUN_DISPUTES)
    return run_clock(
        kept=models.Dispute, moves=DISPUTE_MOVES, run_out=DisputeMove.RUN_OUT, by=by, now=now,
        tell=lambda row: DisputeOverdue(dispute=row.id, agency=row.agency, due_at=row.due_at),
    )  # fmt: skip


def _file(
    unit: Unit, party: PartyId, resource: str, agency: str, field: str, content: Content, number: str
) -> Dispute:
    waiting = {"party": party, "resource": resource, "agency": agency, "field": field, "state": DisputeState.FILED}
    id_, due = uuid.uuid4().hex, compute_due(Clock.VERIFY, unit.now)
    row, is_new = models.Dispute.objects.get_or_create(
        **waiting,
        defaults={"id": id_, "subject": pseudonym(party), "number": number, "content": seal_content(id_, content), "filed_at": unit.now,
                  "due_at": due},
    )  # fmt: skip
    if is_new:
        _count(row, "disputed", by=unit.by, now=unit.now)
        unit.record(DisputeFiled(
            dispute=row.id, resource=resource, agency=agency, field=field, due_at=due, subject=row.subject, application=number,
        ))  # fmt: skip
    return compute_dispute(row)


def _answer(row: models.Dispute, move: DisputeMove, words: str, unit: Unit) -> DisputeState:
    row.state = found = DISPUTE_MOVES.after(row.state, move)
    row.answer, row.answered_at, row.answered_by = words.strip(), unit.now, unit.by.signed_as
    return found


def _wait_at(row: models.Dispute, agency: str, unit: Unit) -> models.Dispute:
    """The same dispute at another agency, with what she said and on the clock that runs already. What the register said goes along only
    to who keeps that one too: that a dispute is passed on is no ground for anybody to have the record of another agency."""
    id_, said = uuid.uuid4().hex, unseal_content(row)
    content = said if agency in list_keepers(row.resource) else Content(said.claim, "")
    there, is_new = models.Dispute.objects.select_for_update().get_or_create(
        party=row.party, resource=row.resource, agency=agency, field=row.field, state=DisputeState.FILED,
        defaults={"id": id_, "subject": row.subject, "number": row.number, "content": seal_content(id_, content),
                  "filed_at": row.filed_at, "due_at": row.due_at},
    )  # fmt: skip
    if is_new:
        _count(there, "disputed", by=unit.by, now=unit.now)
    elif row.due_at < there.due_at:
        there.filed_at, there.due_at = row.filed_at, row.due_at
        there.save(update_fields=("filed_at", "due_at"))
    return there


def _check_receiver(row: models.Dispute, to: str) -> None:
    """Raises InputError for an agency where nobody answers, and for one that had this dispute: none goes round in a ring."""
    if to not in list_answering_agencies():
        raise InputError(
            "to", Text(zh="没有这个部门，或它没有数据管理员。", en="there is no such agency, or it has no steward."),
            Text(zh="请从列出的部门中选择。", en="Choose one of those listed."),
        )  # fmt: skip
    if to in list_passed(row):
        raise InputError(
            "to", Text(zh="这个部门已经办过并转出了这条异议。", en="this agency had the dispute and passed it on."),
            Text(zh="请与它商定由谁答复，或自行核实答复。", en="Agree with it on who answers, or check and answer it yourself."),
        )  # fmt: skip


def _lock_as_keeper(dispute: str, by: Actor) -> models.Dispute:
    """The dispute, for a steward of the agency it is with; for anybody else, and for a person close to her, there is none."""
    authorise(by, Right.ANSWER_DISPUTE)
    row = lock_dispute(dispute)
    if get_member(by.id).office != row.agency or is_avoided(member=by.id, party=row.party):
        raise NotFound(NO_SUCH_DISPUTE)
    return row


def _read_finding(finding: str) -> DisputeMove:
    move = FINDINGS.get(finding)
    if move is None:
        raise InputError(
            "finding", Text(zh="核实结果只能是已更正、部分更正或无误。", en="a finding is corrected, partly or unfounded."),
            Text(zh="请选其一。", en="Choose one of the three."),
        )  # fmt: skip
    return move


def _count(row: models.Dispute, name: str, *, by: Actor, now: datetime) -> None:
    count_quality(counted={(compute_legal_day(now), row.resource, row.agency, row.field or "*"): {name: 1}}, by=by, now=now)
