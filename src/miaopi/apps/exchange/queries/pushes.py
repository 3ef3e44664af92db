"""Reads of records that agencies have taken."""

from __future__ import annotations

from collections.abc import Mapping

from miaopi.apps.exchange import models
from miaopi.apps.identity.api import PartyId, pseudonym
from miaopi.kernel.ledger import canonical_json


def find_push(key: str) -> models.Push | None:
    """The record that an agency took under this key."""
    return models.Push.objects.filter(key=key).first()


def compute_record_digest(act: str, subject: PartyId, values: Mapping[str, str | None]) -> str:
    """What tells a record from another; under the key of the seals, for what it says of a person could be guessed."""
    return pseudonym(canonical_json({"act": act, "subject": subject, "values": dict(values)}).decode())
