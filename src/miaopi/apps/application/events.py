"""What happens to an application: identifiers alone."""

from __future__ import annotations

from miaopi.apps.audit.api import Event
from miaopi.kernel.frozen import frozen


@frozen
class ApplicationOpened(Event):
    """A case was opened as a draft. `subject` is the pseudonym of the applicant, `mandate` by what she is acted for."""

    number: str
    service: str
    version: str
    mandate: str
    assurance_level: int
    subject: str


@frozen
class VersionChanged(Event):
    """What is not confirmed yet goes on under another version of its service; `earlier` is the one it leaves."""

    number: str
    service: str
    version: str
    earlier: str
    subject: str


@frozen
class ApplicationWithdrawn(Event):
    """The applicant took her application back. `confirmed` says whether she had confirmed it before."""

    number: str
    service: str
    confirmed: bool
    subject: str
