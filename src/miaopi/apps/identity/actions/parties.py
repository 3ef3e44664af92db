"""Parties come to be: by their first sign-in, or because an agency asks about somebody who has never been here."""

from __future__ import annotations

import uuid
from datetime import datetime
from typing import Final

from miaopi.apps.audit.api import Actor, Unit, act
from miaopi.apps.identity.events import PartyRegistered
from miaopi.apps.identity.models import Account, VerifiedIdentity
from miaopi.apps.identity.queries.id_number import check_id_number
from miaopi.apps.identity.queries.parties import (
    RESIDENT_ID,
    Particulars,
    PartyId,
    compute_number_index,
    find_party_by_id_number,
    lock_identity,
    seal_particulars,
)
from miaopi.apps.identity.queries.rights import Right, authorise
from miaopi.apps.identity.queries.sealing import pseudonym
from miaopi.kernel.calendar import compute_legal_day

NOBODY: Final = 0  # the level of whom no authority has verified


def name_party(*, id_number: str, field: str = "id_number", by: Actor, now: datetime) -> PartyId:
    """The party of a citizen number that an agency names, made where there is none yet.

    So the look is hers from the first moment: she finds it when she first signs in. Raises InputError, in which no number stands.
    """
    authorise(by, Right.PULL_AS_AGENCY)
    number = check_id_number(id_number, on=compute_legal_day(now), field=field)
    known = find_party_by_id_number(number)
    if known is not None:
        return known
    index = compute_number_index(RESIDENT_ID, number)
    with act(by=by, now=now) as unit:
        row = lock_identity(index)
        if row is None:
            row = VerifiedIdentity(
                id=uuid.uuid4().hex, number_index=index, account=register_account(unit, RESIDENT_ID, now), document_type=RESIDENT_ID,
                sealed=seal_particulars(Particulars(name="", id_number=number, mobile=""), index=index), assurance_level=NOBODY,
                method="", verified_at=now,
            )
            row.save(force_insert=True)
    return row.account_id


def register_account(unit: Unit, document_type: str, now: datetime) -> Account:
    """A party of the platform from now on."""
    party: PartyId = uuid.uuid4().hex
    account = Account(id=party, kind="natural_person", pseudonym=pseudonym(party), registered_at=now)
    account.save(force_insert=True)
    unit.record(PartyRegistered(subject=account.pseudonym, document_type=document_type))
    return account
