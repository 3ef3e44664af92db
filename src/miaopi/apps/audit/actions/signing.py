"""Signatures of the house: asked for by purpose, made where the keys are; and whether the log still says what was signed."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Final

from django.conf import settings

from miaopi.apps.audit.actions.act import act
from miaopi.apps.audit.adapters import choose_signer
from miaopi.apps.audit.events import Actor, LogChecked
from miaopi.apps.audit.queries.checking import Finding, list_findings
from miaopi.kernel.credential import make_note, verify
from miaopi.kernel.errors import UpstreamError

NAMED: Final = 5  # altered rows in the entry of a check
BEFORE: Final = {"consent": "receipt", "decision": "receipt"}  # the one key that once stood for both kinds of paper


def sign(purpose: str, message: bytes) -> bytes:
    """Sign under the key of a purpose. Raises RightsError in a process that was given no keys."""
    return choose_signer().sign(purpose, message)


def public_key(purpose: str) -> bytes:
    """The bytes that verify what is signed under a purpose. Raises UpstreamError where they are not published yet."""
    return choose_signer().public_key(purpose)


def is_signed(purpose: str, message: bytes, signature: bytes) -> bool:
    """Whether this house signed under that purpose, or under the one that did its work before; it may have neither key."""
    return any(verify(key, message, signature) for key in map(_find_public_key, {purpose, BEFORE.get(purpose, purpose)}) if key)


def _find_public_key(purpose: str) -> bytes | None:
    try:
        return public_key(purpose)
    except UpstreamError:
        return None


def sign_note(purpose: str, text: str, name: str | None = None) -> str:
    """A C2SP signed note over a text that ends in a newline, under the key of that purpose."""
    name = name or f"{settings.MIAOPI_LOG_ORIGIN}/{purpose}"
    return make_note(text, name, public_key(purpose), sign(purpose, text.encode()))


def check_log() -> list[Finding]:
    """All that does not fit in the log, against the key that is published for it.

    Raises UpstreamError where there are checkpoints and that key is not published here.
    """
    return list_findings(public_key)


def note_check(*, size: int, findings: Sequence[Finding], by: Actor, now: datetime) -> None:
    """Write down that the log was checked, as large as it was then, and what did not fit."""
    with act(by=by, now=now) as unit:
        unit.record(LogChecked(size=size, findings=len(findings), rows=tuple(each.row for each in findings[:NAMED])))
