"""The door of licence."""

from __future__ import annotations

from miaopi.apps.licence.actions.register import note_registrations, register_due
from miaopi.apps.licence.actions.sign import publish_next_key, renew_signing_keys
from miaopi.apps.licence.events import RegistrationDone
from miaopi.apps.licence.queries.document import make_pdf
from miaopi.apps.licence.queries.keys import compute_trust
from miaopi.apps.licence.queries.licences import (
    Licence,
    State,
    find_licence,
    get_licence,
    get_own_licence,
    list_licences,
)
from miaopi.apps.licence.queries.picture import draw_qr
from miaopi.apps.licence.queries.reading import verify_credential
from miaopi.apps.licence.queries.registrations import Registration, list_registrations

__all__ = [
    "Licence", "Registration", "RegistrationDone", "State", "compute_trust", "draw_qr", "find_licence", "get_licence", "get_own_licence",
    "list_licences", "list_registrations", "make_pdf", "note_registrations", "publish_next_key", "register_due", "renew_signing_keys",
    "verify_credential",
]  # fmt: skip
