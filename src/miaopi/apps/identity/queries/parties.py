"""Parties and what an authority verified of them."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict, field
from datetime import datetime
from functools import partial
from typing import Any, Final

from django.db import connection

from miaopi.apps.audit.api import Read
from miaopi.apps.identity.models import Account, VerifiedIdentity
from miaopi.apps.identity.queries.sealing import compute_keyed_hash, seal, unseal
from miaopi.kernel.errors import NotFound
from miaopi.kernel.frozen import frozen
from miaopi.kernel.wording import Text

PartyId = str

LAST_VERIFIED: Final = """
SELECT document_type, assurance_level, method, verified_at, number_index, sealed
  FROM identity_verifiedidentity WHERE account_id = %s
 ORDER BY verified_at DESC, number_index LIMIT 1
"""
RESIDENT_ID: Final = "resident_id"  # the document whose number agencies name a citizen by
NO_SUCH_PARTY = Text(zh="没有这个人的账户。", en="There is no account of such a person.")


@frozen
class Particulars:
    """What is kept sealed. Nothing of it is printed: a traceback must not show a number."""

    name: str = field(repr=False)
    id_number: str = field(repr=False)
    mobile: str = field(repr=False)


@frozen
class Party:
    """A person as the authority last described her; `assurance_level` 1 (phone) to 3, and the `method` that proved it."""

    id: PartyId
    document_type: str
    assurance_level: int
    method: str
    verified_at: datetime
    name: str = field(repr=False)
    id_number: str = field(repr=False)
    mobile: str = field(repr=False)


def get_party(party: PartyId) -> Party:
    """Raises NotFound."""
    return read_party(party).now()


def read_party(party: PartyId) -> Read[Party]:
    """As she was verified last. What is found raises NotFound where there is no such party; a number is unsealed only then."""
    return Read(LAST_VERIFIED, (party,), partial(_compute_party_of, party))


def _compute_party_of(party: PartyId, rows: Sequence[tuple[Any, ...]]) -> Party:
    if not rows:
        raise NotFound(NO_SUCH_PARTY)
    [(document_type, level, method, verified_at, index, sealed)] = rows
    kept = _unseal(sealed, index)
    return Party(party, document_type, level, method, verified_at, kept.name, kept.id_number, kept.mobile)


def find_party_by_pseudonym(pseudonym: str) -> PartyId | None:
    return Account.objects.filter(pseudonym=pseudonym).values_list("id", flat=True).first()


def find_party_by_id_number(id_number: str) -> PartyId | None:
    """By her number as a citizen, as `check_id_number` gives it."""
    index = compute_number_index(RESIDENT_ID, id_number)
    return VerifiedIdentity.objects.filter(number_index=index).values_list("account_id", flat=True).first()


def find_identity(party: PartyId) -> VerifiedIdentity | None:
    """The document of the party that was verified last."""
    return VerifiedIdentity.objects.filter(account_id=party).order_by("-verified_at", "number_index").first()


def lock_identity(index: str) -> VerifiedIdentity | None:
    """The identity of that number to change it; where there is none yet, nobody else can add it before we commit."""
    row = VerifiedIdentity.objects.select_for_update().filter(number_index=index).first()
    if row is None:
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [index])
        row = VerifiedIdentity.objects.select_for_update().filter(number_index=index).first()
    return row


def compute_number_index(document_type: str, id_number: str) -> str:
    return compute_keyed_hash("number", f"{document_type}/{id_number}")


def seal_particulars(particulars: Particulars, *, index: str) -> bytes:
    return seal(json.dumps(asdict(particulars), ensure_ascii=False).encode(), context=f"identity/{index}")


def unseal_particulars(row: VerifiedIdentity) -> Particulars:
    return _unseal(bytes(row.sealed), row.number_index)


def _unseal(sealed: bytes, index: str) -> Particulars:
    return Particulars(**json.loads(unseal(sealed, context=f"identity/{index}")))


def compute_party(row: VerifiedIdentity) -> Party:
    """The party of a row, its seal opened."""
    kept = unseal_particulars(row)
    return Party(
        id=row.account_id, document_type=row.document_type, assurance_level=row.assurance_level, method=row.method,
        verified_at=row.verified_at, name=kept.name, id_number=kept.id_number, mobile=kept.mobile,
    )
