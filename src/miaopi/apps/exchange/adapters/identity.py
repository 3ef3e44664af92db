"""The verified identity of a person as a source of facts, kept by the room *identity*."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal

from miaopi.apps.identity.api import PartyId, get_party
from miaopi.kernel.fact import Value


def answer_unified_identity(subject: PartyId, fields: tuple[str, ...], now: datetime) -> Mapping[str, Value]:
    """What an authority verified of her; of whom none has, nothing. Raises NotFound."""
    party = get_party(subject)
    if not party.assurance_level:
        return {}
    said: dict[str, Value] = {
        "name": party.name,
        "id_number": party.id_number,
        "document_type": party.document_type,
        "mobile": party.mobile,
        "assurance_level": Decimal(party.assurance_level),
    }
    return {field: said[field] for field in fields if field in said}
