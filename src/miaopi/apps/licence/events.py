"""What happens to a licence: identifiers alone, never a name or a number of a person."""

from __future__ import annotations

from dataclasses import dataclass

from miaopi.apps.audit.api import Event


@dataclass(frozen=True)
class LicenceIssued(Event):
    """The row of a licence was made with the decision that grants it; its text is signed after.

    `content_digest` is the salted SHA-256, hex, of all that is signed: nothing else is.
    """

    licence: str
    number: str
    licence_type_code: str
    content_digest: str
    subject: str


@dataclass(frozen=True)
class LicenceSigned(Event):
    """The text of a licence carries its signature; `text_digest` is its SHA-256, hex."""

    licence: str
    number: str
    text_digest: str
    subject: str
