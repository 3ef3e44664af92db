"""Powers: who may act for which party. A representative's powers come from registers; until they are read, self alone."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Final

from miaopi.apps.identity.api import PartyId
from miaopi.kernel.frozen import frozen

SELF: Final = "self"


@frozen
class Power:
    """`actor_party` may act for `for_party` on this ground."""

    actor_party: PartyId
    for_party: PartyId
    ground: str


def find_powers(actor_party: PartyId, for_party: PartyId) -> Sequence[Power]:
    """The powers of one party for another, none if there are none. Everybody may act for herself."""
    if actor_party and actor_party == for_party:
        return (Power(actor_party, for_party, SELF),)
    return ()


def find_mandate(subject: PartyId, fields: Collection[str], now: datetime) -> Mapping[str, object]:
    """The resource `mandate`, cut to `fields`: an applicant who can only act for herself is the subject of what she asks.

    `None` says that there is none: no statute bans an employment where nobody is to be employed.
    """
    answer = {
        "applicant_kind": "natural_person",
        "is_subject": bool(find_powers(subject, subject)),
        "is_valid": bool(find_powers(subject, subject)),
        "employment_ban_statute": None,
    }
    return {name: answer[name] for name in fields if name in answer}
