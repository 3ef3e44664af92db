"""Signatures of the house: asked for by purpose, made where the keys are."""

from __future__ import annotations

from django.conf import settings

from miaopi.apps.audit.adapters import choose_signer
from miaopi.apps.audit.queries.checking import Finding, list_findings
from miaopi.kernel.credential import make_note


def sign(purpose: str, message: bytes) -> bytes:
    """Sign under the key of a purpose. Raises RightsError in a process that was given no keys."""
    return choose_signer().sign(purpose, message)


def public_key(purpose: str) -> bytes:
    """The 32 bytes that verify what is signed under a purpose. Raises UpstreamError where they are not published yet."""
    return choose_signer().public_key(purpose)


def sign_note(purpose: str, text: str, name: str | None = None) -> str:
    """A C2SP signed note over a text that ends in a newline, under the key of that purpose."""
    name = name or f"{settings.MIAOPI_LOG_ORIGIN}/{purpose}"
    return make_note(text, name, public_key(purpose), sign(purpose, text.encode()))


def check_log() -> list[Finding]:
    """All that does not fit in the log, against the key that is published for it.

    Raises UpstreamError where there are checkpoints and that key is not published here.
    """
    return list_findings(public_key)
