"""A record for an agency's own register: the act an application led to is written where the law keeps it, once."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from django.db import IntegrityError, connection

from miaopi.apps.audit.api import Actor, act
from miaopi.apps.exchange import models
from miaopi.apps.exchange.actions.grounds import Duty, Ground
from miaopi.apps.exchange.adapters.answers import silence
from miaopi.apps.exchange.adapters.configuration import Act
from miaopi.apps.exchange.adapters.directory import city_directory
from miaopi.apps.exchange.adapters.port import KEY_USED, Record, Refused
from miaopi.apps.exchange.events import RecordPushed, RecordRefused
from miaopi.apps.exchange.queries.pushes import compute_record_digest, find_push
from miaopi.apps.identity.api import PartyId, Right, authorise, get_party, pseudonym
from miaopi.kernel.frozen import frozen

NOT_AGREED = "not_agreed"  # the agency takes no such record from this service


@frozen
class Pushed:
    """The agency has the record: its reference, and its time."""

    reference: str
    at: datetime


@frozen
class PushRefused:
    """The record was not taken and will not be; `reason` is the agency's word, or `not_agreed`, `key_used`."""

    reason: str


@frozen
class _Errand:
    """One record on its way."""

    agreed: Act
    subject: PartyId
    key: str
    values: Mapping[str, str | None]
    ground: Ground | Duty

    @property
    def digest(self) -> str:
        return compute_record_digest(self.agreed.desk.act, self.subject, self.values)


def push_record(
    *, act: str, resource: str, subject: PartyId, key: str, values: Mapping[str, str | None], ground: Ground | Duty, by: Actor,
    now: datetime,
) -> Pushed | PushRefused:
    """Write an act into the register of the agency that keeps `resource`, under `key`.

    The same key and record again is the same answer, and after the first one the agency is not asked any more. Nothing but the agreed
    fields leaves the house. Raises UpstreamError when the agency is down, slow or answers nonsense – nobody knows then whether it
    took the record, and the key will tell at the next try; RightsError for a consent of another case; NotFound for an unknown party.
    """
    if connection.in_atomic_block:
        raise RuntimeError("a push waits for an agency: it may not hold a transaction open")
    authorise(by, Right.PUSH_RECORDS)
    ground.require_record(subject)
    agreed = city_directory().configuration.acts.get(act)
    if agreed is None or not _is_agreed(agreed, resource, values, ground):
        return _refuse(act, "" if agreed is None else agreed.desk.agency, resource, subject, key, ground, NOT_AGREED, by, now)
    errand = _Errand(agreed, subject, key, values, ground)
    if (there := find_push(key)) is not None:
        return _answer(there, errand, by, now)
    return _hand_over(errand, by, now)


def _is_agreed(agreed: Act, resource: str, values: Mapping[str, str | None], ground: Ground | Duty) -> bool:
    """Default deny: this register, this service, these fields."""
    return resource == agreed.resource and ground.service in agreed.services and values.keys() <= agreed.columns.keys()


def _answer(there: models.Push, errand: _Errand, by: Actor, now: datetime) -> Pushed | PushRefused:
    """What is known of the key: its answer, or that it was given to another record."""
    if there.record_digest == errand.digest:
        return Pushed(there.reference, there.made_at)
    desk = errand.agreed.desk
    return _refuse(desk.act, desk.agency, errand.agreed.resource, errand.subject, errand.key, errand.ground, KEY_USED, by, now)


def _hand_over(errand: _Errand, by: Actor, now: datetime) -> Pushed | PushRefused:
    agreed, desk = errand.agreed, errand.agreed.desk
    book = city_directory()
    writer, limit = book.writer(desk.agency), book.configuration.agencies[desk.agency].limit
    if writer is None:
        raise silence(desk.agency)
    record = Record(
        desk, errand.key, errand.ground.duty or errand.ground.receipt, get_party(errand.subject).id_number,
        {agreed.columns[name]: value for name, value in errand.values.items()},
    )  # fmt: skip
    answer = writer.write(record, seconds=limit.total_seconds())
    if isinstance(answer, Refused):
        return _refuse(desk.act, desk.agency, agreed.resource, errand.subject, errand.key, errand.ground, answer.code, by, now)
    row = models.Push(
        key=errand.key, act=desk.act, agency=desk.agency, resource=agreed.resource, service=errand.ground.service,
        subject=pseudonym(errand.subject), record_digest=errand.digest, reference=answer.reference, made_at=answer.at, pushed_at=now,
    )  # fmt: skip
    try:
        _keep(row, errand, by, now)
    except IntegrityError:  # another worker was handed the same answer in the same moment
        if (there := find_push(errand.key)) is None:
            raise
        return _answer(there, errand, by, now)
    return Pushed(answer.reference, answer.at)


def _keep(row: models.Push, errand: _Errand, by: Actor, now: datetime) -> None:
    with act(by=by, now=now) as unit:
        row.save(force_insert=True)
        unit.record(
            RecordPushed(
                subject=row.subject, resource=row.resource, agency=row.agency, act=row.act, key=row.key,
                fields=tuple(sorted(errand.values)), service=row.service, application=errand.ground.application,
                receipt=errand.ground.receipt, duty=errand.ground.duty, reference=row.reference,
            )
        )  # fmt: skip


def _refuse(
    act_code: str, agency: str, resource: str, subject: PartyId, key: str, ground: Ground | Duty, reason: str, by: Actor, now: datetime
) -> PushRefused:
    with act(by=by, now=now) as unit:
        unit.record(
            RecordRefused(
                subject=pseudonym(subject), resource=resource, agency=agency, act=act_code, key=key, service=ground.service,
                application=ground.application, receipt=ground.receipt, duty=ground.duty, reason=reason,
            )
        )  # fmt: skip
    return PushRefused(reason)
