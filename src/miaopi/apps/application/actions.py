"""Opening, moving and withdrawing a case. A move is one conditional UPDATE: who comes second changes nothing."""

from __future__ import annotations

import secrets
from datetime import date, datetime
from typing import Final

from django.db import IntegrityError

from miaopi.apps.application.events import ApplicationOpened, ApplicationWithdrawn, VersionChanged
from miaopi.apps.application.models import Application
from miaopi.apps.application.queries import LETTERS, compute_check_letter, get_application
from miaopi.apps.audit.api import Actor, ActorKind, Unit, act, system
from miaopi.apps.identity.api import PartyId, Right, authorise, pseudonym
from miaopi.apps.mandate.api import find_powers
from miaopi.kernel.calendar import compute_legal_day
from miaopi.kernel.errors import RightsError
from miaopi.kernel.lifecycle import MOVES, Confirm, Decide, Move, Replace, State, Withdraw, after
from miaopi.kernel.wording import Text

HOUSE: Final = system("application.advance")
NUMBERS_TRIED: Final = 8  # at 2 million cases a day about 25 numbers are drawn twice


def _draw_number(day: date) -> str:
    """Eight letters from the system's chance: neither counted nor guessed, they tell nothing of how many came before."""
    number = f"{day:%Y%m%d}-" + "".join(secrets.choice(LETTERS) for _ in range(8))
    return number + compute_check_letter(number)


def _insert(row: Application, unit: Unit) -> None:
    for tried in range(1, NUMBERS_TRIED + 1):
        row.number = _draw_number(row.filed_on)
        try:
            with unit.attempt():
                row.save(force_insert=True)
            return
        except IntegrityError:  # the number is taken
            if tried == NUMBERS_TRIED:
                raise


def open_application(*, service: str, version: str, applicant: PartyId, by: Actor, now: datetime) -> Application:
    """Open a draft of a service for `applicant`; `RightsError` if the actor may not act for her.

    Assurance level and mandate are stored with the act: what holds later does not change what held now.
    """
    authorise(by, Right.OPEN_APPLICATION)
    powers = find_powers(by.id, applicant)
    if not powers:
        raise RightsError(Text(zh="您不能代该申请人办理。", en="You may not act for this applicant."))
    row = Application(
        filed_on=compute_legal_day(now), service=service, version=version, applicant=applicant, actor=by.id,
        mandate=powers[0].ground, assurance_level=by.assurance or 0, state=State.DRAFT.value, opened_at=now,
        timeline=[{"state": State.DRAFT.value, "at": now.isoformat()}],
    )
    with act(by=by, now=now) as unit:
        _insert(row, unit)
        unit.record(ApplicationOpened(number=row.number, service=service, version=version, mandate=row.mandate,
                                      assurance_level=row.assurance_level, subject=pseudonym(applicant)))
    return row


ADVANCE: Final = """
UPDATE application_application
   SET state = CASE state {targets} END,
       timeline = timeline || jsonb_build_array(jsonb_build_object('state', CASE state {targets} END, 'at', %(moment)s::text)),
       outcome = COALESCE(%(outcome)s::text, outcome),
       filed_on = COALESCE(%(filed_on)s::date, filed_on),
       confirmed_at = COALESCE(%(confirmed_at)s::timestamptz, confirmed_at),
       closed_at = COALESCE(%(closed_at)s::timestamptz, closed_at)
 WHERE number = %(number)s AND state = ANY(%(sources)s) AND (%(owner)s::text IS NULL OR applicant = %(owner)s)
RETURNING *
"""


def advance(*, number: str, move: Move, by: Actor, now: datetime, outcome: str | None = None) -> Application:
    """Move the case by the table of `kernel.lifecycle`, in one statement; the row as it stands afterwards.

    A move that the table does not list for the present state is an InputError and changes nothing; someone else's
    case is NotFound. A caller for whom the state is no surprise reads it again with `get_application`.
    """
    moves = {source.value: target.value for (source, listed), target in MOVES.items() if listed is move}
    targets = " ".join(f"WHEN '{source}' THEN '{target}'" for source, target in moves.items())
    closing = move in {Decide, Withdraw, Replace}
    with act(by=by, now=now):
        moved = list(Application.objects.raw(ADVANCE.format(targets=targets), {
            "moment": now.isoformat(), "outcome": outcome, "number": number, "sources": list(moves),
            "filed_on": compute_legal_day(now) if move is Confirm else None,
            "confirmed_at": now if move is Confirm else None,
            "closed_at": now if closing else None,
            "owner": by.party if by.kind is ActorKind.PERSON else None,
        }))
        if not moved:
            # staff come here by a referral they hold, not by ownership
            standing = get_application(number=number, reader=HOUSE if by.kind is ActorKind.STAFF else by)
            after(State(standing.state), move)  # says why not
            return advance(number=number, move=move, by=by, now=now, outcome=outcome)  # it has moved on since
    return moved[0]


def change_version(*, number: str, version: str, by: Actor, now: datetime) -> bool:
    """Let a case that may still be confirmed go on under `version` of its service; False if it does already, or was confirmed."""
    authorise(by, Right.CHANGE_OWN_DRAFT)
    standing = get_application(number=number, reader=by)
    open_ = [source.value for source, move in MOVES if move is Confirm]
    with act(by=by, now=now) as unit:
        changed = Application.objects.filter(number=standing.number, version=standing.version, state__in=open_).exclude(version=version)
        if not changed.update(version=version):
            return False
        unit.record(VersionChanged(number=standing.number, service=standing.service, version=version, earlier=standing.version,
                                   subject=pseudonym(standing.applicant)))
    return True


def withdraw_application(*, number: str, by: Actor, now: datetime) -> Application:
    """The applicant takes the case back; what was not confirmed is erased by the rooms that hold it. Twice is once."""
    authorise(by, Right.WITHDRAW_APPLICATION)
    standing = get_application(number=number, reader=by)
    if standing.state == State.WITHDRAWN.value:
        return standing
    with act(by=by, now=now) as unit:
        row = advance(number=standing.number, move=Withdraw, by=by, now=now)
        unit.record(ApplicationWithdrawn(number=row.number, service=row.service, confirmed=row.confirmed_at is not None,
                                         subject=pseudonym(row.applicant)))
    return row
