"""访问异议: a person wants a look at her data explained; the agency that looked answers within a clock (ADR 0037)."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from datetime import datetime
from enum import StrEnum
from typing import Final

from django.db import IntegrityError

from miaopi.apps.audit.api import Actor, LoggedEntry, Unit, act, find_access
from miaopi.apps.catalogue.api import find_published, get_resources, get_service
from miaopi.apps.exchange import models
from miaopi.apps.exchange.actions.clocks import run_clock
from miaopi.apps.exchange.actions.words import require_words
from miaopi.apps.exchange.events import (
    AgreementSuspended,
    ObjectionAnswered,
    ObjectionFiled,
    ObjectionOverdue,
    ObjectionRead,
    ObjectionWithdrawn,
)
from miaopi.apps.exchange.models import AgreementState, ObjectionState
from miaopi.apps.exchange.queries.agreements import lock_agreement
from miaopi.apps.exchange.queries.clocks import Clock, compute_due
from miaopi.apps.exchange.queries.moves import AGREEMENT_MOVES, OBJECTION_MOVES, AgreementMove, ObjectionMove
from miaopi.apps.exchange.queries.objections import (
    Objection,
    OwnObjection,
    compute_objection,
    compute_own_objection,
    lock_objection,
    no_such_objection,
    seal_context,
)
from miaopi.apps.identity.api import (
    Right,
    Role,
    authorise,
    find_party_by_pseudonym,
    get_member,
    get_members,
    is_avoided,
    list_staff,
    pseudonym,
    seal,
)
from miaopi.kernel.errors import InputError, NotFound
from miaopi.kernel.frozen import frozen
from miaopi.kernel.wording import Text

NO_SUCH_LOOK: Final = Text(zh="没有这一条。", en="There is no such entry.")
READ: Final = ("look", "words")  # what of hers stands on the page of whoever answers


class Finding(StrEnum):
    """What the office finds: it explains the look; or the look should not have been, and then it may stop looking."""

    EXPLAINED = "explained"
    UPHELD = "upheld"
    UPHELD_AND_SUSPENDED = "upheld_and_suspended"


@frozen
class OpenedObjection:
    """What whoever answers sees: the objection with its words, and the look that it is about."""

    own: OwnObjection
    look: LoggedEntry


def file_objection(*, look: int, words: str, by: Actor, now: datetime) -> Objection:
    """Want the look at position `look` explained by whoever looked. One that is not shown to her answers like one that is not there.

    Raises InputError for a look that she objects to already, NotFound.
    """
    party = by.party
    authorise(by, Right.FILE_OBJECTION, owner=party)
    require_words("words", words)
    entry = find_access(pseudonym(party), look, now=now) if 0 <= look < 2**62 else None
    if entry is None:
        raise NotFound(NO_SUCH_LOOK)
    made = uuid.uuid4().hex
    row = models.Objection(
        id=made, look=look, subject=pseudonym(party), office=_find_office(entry, now), resource=str(entry.body.get("resource") or ""),
        service=str(entry.body.get("service") or ""), agreements=list(entry.body.get("agreements") or ()),
        words=seal(words.strip().encode(), context=seal_context(made)), state=ObjectionState.FILED, filed_at=now,
        due_at=compute_due(Clock.EXPLAIN, now),
    )  # fmt: skip
    with act(by=by, now=now) as unit:
        try:
            with unit.attempt():
                row.save(force_insert=True)
        except IntegrityError:
            raise InputError(
                "look", Text(zh="这一次查看您已要求说明，还没有答复完。", en="you have asked about this look already."),
                Text(zh="请等待答复，或先撤回。", en="Wait for the answer, or withdraw it first."),
            ) from None
        unit.record(ObjectionFiled(objection=row.id, subject=row.subject, look=look, office=row.office, due_at=row.due_at))
    return compute_objection(row)


def withdraw_objection(*, objection: str, by: Actor, now: datetime) -> Objection:
    """Not want it explained any more. Raises InputError for one that is over, NotFound."""
    party = by.party
    authorise(by, Right.FILE_OBJECTION, owner=party)
    with act(by=by, now=now) as unit:
        row = lock_objection(objection)
        if row.subject != pseudonym(party):
            raise no_such_objection()
        row.state = OBJECTION_MOVES.after(row.state, ObjectionMove.WITHDRAW)
        row.save(update_fields=("state",))
        unit.record(ObjectionWithdrawn(objection=row.id, subject=row.subject, look=row.look, office=row.office))
    return compute_objection(row)


def read_objection(*, objection: str, by: Actor, now: datetime) -> OpenedObjection:
    """The objection with its words and its look, for a steward of the office that answers; its subject can see that. Raises NotFound."""
    with act(by=by, now=now) as unit:
        row = _lock_for_answer(objection, by)
        look = find_access(row.subject, row.look, now=now)
        if look is None:
            raise no_such_objection()
        unit.record(ObjectionRead(objection=row.id, subject=row.subject, look=row.look, office=row.office, fields=READ))
    return OpenedObjection(compute_own_objection(row), look)


def answer_objection(*, objection: str, finding: Finding, words: str, by: Actor, now: datetime) -> Objection:
    """Explain the look, or say that it should not have been; then, if so found, nothing more is had by the agreements that it stood on,
    until the steward of the provider resumes them.

    Raises InputError without words, for one that is over, or where no agreement can be suspended; RightsError; NotFound.
    """
    require_words("words", words)
    with act(by=by, now=now) as unit:
        row = _lock_for_answer(objection, by)
        move = ObjectionMove.EXPLAIN if finding is Finding.EXPLAINED else ObjectionMove.UPHOLD
        row.state = OBJECTION_MOVES.after(row.state, move)
        suspended = _suspend(row, words, unit) if finding is Finding.UPHELD_AND_SUSPENDED else ()
        row.answer = seal(words.strip().encode(), context=seal_context(row.id))
        row.answered_at, row.answered_by, row.suspended = now, by.signed_as, bool(suspended)
        row.save(update_fields=("state", "answer", "answered_at", "answered_by", "suspended"))
        unit.record(ObjectionAnswered(
            objection=row.id, subject=row.subject, look=row.look, office=row.office, state=str(row.state), suspended=tuple(suspended),
        ))  # fmt: skip
    return compute_objection(row)


def run_objections(*, by: Actor, now: datetime) -> int:
    """Write down which objections nobody answered in time, once each; how many."""
    authorise(by, Right.RUN_OBJECTIONS)
    return run_clock(
        kept=models.Objection, moves=OBJECTION_MOVES, run_out=ObjectionMove.RUN_OUT, by=by, now=now,
        tell=lambda row: ObjectionOverdue(objection=row.id, office=row.office, due_at=row.due_at),
    )  # fmt: skip


def _find_office(look: LoggedEntry, now: datetime) -> str:
    """Who answers for a look: who looked, or, where nobody there is a data steward, who keeps the data and let it be had."""
    looked, kept = _find_looker(look, now), _find_keeper(look)
    return next((each for each in (looked, kept) if each and list_staff(role=Role.STEWARD, office=each)), looked or kept)


def _find_looker(look: LoggedEntry, now: datetime) -> str:
    member = get_members([str(look.actor["id"])]).get(str(look.actor["id"])) if look.actor["kind"] == "staff" else None
    if member is not None:
        return member.office
    asked = models.Agreement.objects.filter(id__in=look.body.get("agreements") or ()).order_by("filed_at", "id")
    requester: str | None = asked.values_list("requester", flat=True).first()
    if requester is not None:
        return requester
    published = find_published(str(look.body.get("service") or ""), now)
    return "" if published is None else get_service(published.slug, published.version).department.zh


def _find_keeper(look: LoggedEntry) -> str:
    resource = str(look.body.get("resource") or "")
    known = get_resources([resource]).get(resource)
    return str(look.body.get("agency") or "") if known is None else known.agency.id


def _suspend(row: models.Objection, words: str, unit: Unit) -> Sequence[str]:
    """The agreements that the look stood on and that still hold. Raises InputError where there is none."""
    suspended = []
    for agreement in (lock_agreement(each) for each in sorted(row.agreements)):
        if agreement.state == AgreementState.GRANTED:
            agreement.state, agreement.reason = AGREEMENT_MOVES.after(agreement.state, AgreementMove.SUSPEND), words.strip()
            agreement.save(update_fields=("state", "reason"))
            unit.record(AgreementSuspended(agreement=agreement.id, agency=agreement.agency))
            suspended.append(agreement.id)
    if not suspended:
        raise InputError(
            "finding", Text(zh="没有可以暂停的共享协议。", en="there is no agreement to suspend."),
            Text(zh="请选择“成立，不暂停”。", en="Uphold it without suspending."),
        )  # fmt: skip
    return suspended


def _lock_for_answer(objection: str, by: Actor) -> models.Objection:
    """For a steward of the office that answers; for others, and for a person close to whoever objects, it is not there."""
    authorise(by, Right.ANSWER_OBJECTION)
    row = lock_objection(objection)
    party = find_party_by_pseudonym(row.subject)
    if get_member(by.id).office != row.office or (party is not None and is_avoided(member=by.id, party=party)):
        raise no_such_objection()
    return row
