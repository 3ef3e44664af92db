"""The door of *identity*."""

from __future__ import annotations

from miaopi.apps.identity.actions import OpenedSession, TooManyAttempts, sign_in, sign_out, touch_session
from miaopi.apps.identity.adapters.fake import FakeAuthority
from miaopi.apps.identity.adapters.port import Assertion, Authority
from miaopi.apps.identity.events import IdentityChanged, PartyRegistered, SignedIn, SignedOut, SignInFailed
from miaopi.apps.identity.queries.id_number import check_id_number
from miaopi.apps.identity.queries.parties import (
    Party,
    PartyId,
    find_party_by_id_number,
    find_party_by_pseudonym,
    get_parties,
    get_party,
)
from miaopi.apps.identity.queries.rights import (
    Condition,
    Grant,
    Right,
    Role,
    authorise,
    find_role,
    list_grants,
)
from miaopi.apps.identity.queries.sealing import SealBroken, pseudonym, seal, unseal
from miaopi.apps.identity.queries.sessions import Session, find_session, get_session

__all__ = [
    "Assertion", "Authority", "Condition", "FakeAuthority", "Grant", "IdentityChanged", "OpenedSession", "Party", "PartyId",
    "PartyRegistered", "Right", "Role", "SealBroken", "Session", "SignInFailed", "SignedIn", "SignedOut", "TooManyAttempts",
    "authorise", "check_id_number", "find_party_by_id_number", "find_party_by_pseudonym", "find_role", "find_session", "get_parties",
    "get_party", "get_session", "list_grants", "pseudonym", "seal", "sign_in", "sign_out", "touch_session", "unseal",
]
