"""What happens to a licence: identifiers alone, never a name or a number of a person."""

from __future__ import annotations

from datetime import datetime

from miaopi.apps.audit.api import Event
from miaopi.kernel.frozen import frozen


@frozen
class LicenceIssued(Event):
    """The row of a licence was made with the decision that grants it; its text is signed after.

    `content_digest` is the salted SHA-256, hex, of all that is signed: nothing else is.
    """

    licence: str
    number: str
    licence_type_code: str
    content_digest: str
    subject: str


@frozen
class LicenceUpdated(Event):
    """A new version of a licence takes the place of `supersedes`; `content_digest` as when one is issued."""

    licence: str
    number: str
    licence_type_code: str
    version: int
    supersedes: str
    content_digest: str
    subject: str


@frozen
class LicenceRevoked(Event):
    """A licence no longer counts; `ground` is the id of the decision that took the place of the one that granted it."""

    licence: str
    number: str
    ground: str
    subject: str


@frozen
class LicenceSigned(Event):
    """The text of a licence carries its signature, and so does what its QR code holds: `text_digest` and `credential_digest`
    are SHA-256, hex, and `key` is the id of the credential's key."""

    licence: str
    number: str
    text_digest: str
    subject: str
    credential_digest: str | None = None
    key: str | None = None


@frozen
class SigningKeyPublished(Event):
    """A key for credentials is known to all; it signs from `begins_at` on, the first one from the first."""

    key: str
    generation: int
    begins_at: datetime | None


@frozen
class RegistrationDone(Event):
    """An agency wrote the act into its own register and gave its reference. `moment` is approve, visit or lapse."""

    number: str
    service: str
    version: str
    act: str
    moment: str
    reference: str
    done_on: str
    subject: str


@frozen
class RegistrationRefused(Event):
    """An agency will not write the act; `reason` is its word. A person has to look."""

    number: str
    service: str
    act: str
    moment: str
    reason: str
    subject: str
