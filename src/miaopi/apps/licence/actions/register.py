"""Acts for agencies' own registers: noted when they follow, pushed outside any transaction until the agency has them."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime, timedelta
from typing import Final

from django.db.models import F

from miaopi.apps.audit.api import Actor, act
from miaopi.apps.catalogue.api import get_service
from miaopi.apps.exchange.api import Duty, PushRefused, push_record
from miaopi.apps.identity.api import Right, authorise, pseudonym
from miaopi.apps.licence.actions.issue import supersede_licence
from miaopi.apps.licence.events import RegistrationDone, RegistrationRefused
from miaopi.apps.licence.models import Registration
from miaopi.apps.licence.queries.registrations import list_due, seal_record, unseal_record
from miaopi.definitions import Moment
from miaopi.kernel.errors import UpstreamError
from miaopi.kernel.wording import Text, fill

STEPS: Final = (timedelta(seconds=2), timedelta(seconds=5), timedelta(seconds=15), timedelta(seconds=30))
BATCH: Final = 50


def note_registrations(
    *, moment: Moment, number: str, service: str, version: str, party: str, values: Mapping[str, object], done_on: date,
    as_of: date | None = None, correction: str = "", by: Actor, now: datetime,
) -> None:
    """Note what agencies now have to write, as the package says. Noted again, it is noted once.

    `as_of` is the legal day of the decision, where the moment knows it. `correction` is the decision that took the place of another:
    what that one wrote is written anew.
    """
    known = {**values, "number": number, "as_of": as_of, "done_on": done_on}
    rows = []
    for rule in get_service(service, version).registers:
        if rule.on is moment:
            key = "-".join(filter(None, (number, rule.act, moment.value, correction[:8])))
            row = Registration(
                id=key, number=number, service=service, version=version, act=rule.act, moment=moment.value, resource=rule.resource,
                party=party, done_on=done_on, made_at=now, due_at=now,
            )
            row.content = seal_record(row, rule.fill(known))
            rows.append(row)
    if rows:
        with act(by=by, now=now):
            Registration.objects.bulk_create(rows, ignore_conflicts=True)


def register_due(*, by: Actor, now: datetime) -> int:
    """Push what is due to its agency, each under its own key; how many were taken. One that is silent is asked again later.

    A try is booked before it is made: whoever dies in between tries again under the same key, and the agency writes it once.
    Where one register is silent, all that is due there waits with the row that found out, and the others are written meanwhile.
    """
    authorise(by, Right.PUSH_RECORDS)
    silent: set[str] = set()
    done = 0
    for row in list_due(now=now, most=BATCH):
        if row.resource in silent:
            continue
        try:
            done += _register(row, by=by, now=now)
        except UpstreamError:
            silent.add(row.resource)
            with act(by=by, now=now):
                waiting = Registration.objects.filter(resource=row.resource, done_at=None, refusal="", due_at__lte=now)
                waiting.update(due_at=_again(row, now))
    return done


def _again(row: Registration, now: datetime) -> datetime:
    return now + STEPS[min(row.attempts, len(STEPS) - 1)]


def _register(row: Registration, *, by: Actor, now: datetime) -> bool:
    with act(by=by, now=now):
        open_ = Registration.objects.filter(id=row.id, done_at=None, attempts=row.attempts)
        booked = open_.update(attempts=F("attempts") + 1, due_at=_again(row, now))
    if not booked:
        return False
    basis = get_service(row.service, row.version).basis[0]
    duty = Duty(row.service, row.number, basis.instrument, basis.article)
    answer = push_record(
        act=row.act, resource=row.resource, subject=row.party, key=row.id, values=unseal_record(row), ground=duty, by=by, now=now
    )
    if isinstance(answer, PushRefused):
        _note_refusal(row, answer.reason, by=by, now=now)
        return False
    return _note_done(row, answer.reference, by=by, now=now)


def _note_done(row: Registration, reference: str, *, by: Actor, now: datetime) -> bool:
    with act(by=by, now=now) as unit:
        if not Registration.objects.filter(id=row.id, done_at=None).update(done_at=now, reference=reference):
            return False
        unit.record(
            RegistrationDone(
                number=row.number, service=row.service, version=row.version, act=row.act, moment=row.moment, reference=reference,
                done_on=row.done_on.isoformat(), subject=pseudonym(row.party),
            )
        )
        visit = get_service(row.service, row.version).visit
        if visit is not None and row.act == visit.act.code:
            line = Text(f"{visit.act.name.zh}：{{done_on}}", f"{visit.act.name.en}: {{done_on}}")
            supersede_licence(number=row.number, line=fill(line, {"done_on": row.done_on}), by=by, now=now)
    return True


def _note_refusal(row: Registration, reason: str, *, by: Actor, now: datetime) -> None:
    with act(by=by, now=now) as unit:
        if Registration.objects.filter(id=row.id, done_at=None, refusal="").update(refusal=reason):
            unit.record(
                RegistrationRefused(number=row.number, service=row.service, act=row.act, moment=row.moment, reason=reason,
                                    subject=pseudonym(row.party))
            )
