"""The door of *identity*."""

from __future__ import annotations

from miaopi.apps.identity.actions.parties import name_party
from miaopi.apps.identity.actions.repeats import KeyUsed, make_once
from miaopi.apps.identity.actions.sign_in import (
    OpenedSession,
    TooManyAttempts,
    sign_in,
    sign_out,
    touch_session,
)
from miaopi.apps.identity.actions.staff import add_staff, remove_staff
from miaopi.apps.identity.actions.tokens import (
    IssuedToken,
    issue_agency_key,
    issue_token,
    revoke_agency_key,
    revoke_token,
)
from miaopi.apps.identity.adapters.fake import FakeAuthority
from miaopi.apps.identity.adapters.port import Assertion, StaffAssertion
from miaopi.apps.identity.events import (
    SignedIn,
)
from miaopi.apps.identity.queries.id_number import check_id_number
from miaopi.apps.identity.queries.parties import (
    Party,
    PartyId,
    find_party_by_id_number,
    find_party_by_pseudonym,
    get_party,
    read_party,
)
from miaopi.apps.identity.queries.rights import (
    Right,
    Role,
    authorise,
    list_grants,
)
from miaopi.apps.identity.queries.sealing import SealBroken, pseudonym, seal, unseal
from miaopi.apps.identity.queries.sessions import (
    find_bearer,
    find_session,
    list_tokens,
)
from miaopi.apps.identity.queries.staff import (
    Member,
    find_member,
    get_member,
    get_members,
    is_avoided,
    list_avoided,
    list_avoided_subjects,
    list_staff,
)

__all__ = [
    "Assertion", "FakeAuthority", "IssuedToken", "KeyUsed",
    "Member", "OpenedSession", "Party", "PartyId", "Right", "Role", "SealBroken", "SignedIn",
    "StaffAssertion",
    "TooManyAttempts", "add_staff", "authorise", "check_id_number", "find_bearer", "find_member", "find_party_by_id_number",
    "find_party_by_pseudonym", "find_session", "get_member", "get_members", "get_party",
    "issue_agency_key", "issue_token", "list_avoided", "list_avoided_subjects", "list_grants", "list_staff", "list_tokens", "is_avoided",
    "make_once", "name_party", "pseudonym", "read_party", "remove_staff", "revoke_agency_key", "revoke_token",
    "seal", "sign_in", "sign_out", "touch_session", "unseal",
]  # fmt: skip
