"""What happened between the platform and the sources: names of fields, never their values."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from miaopi.apps.audit.api import Event


@dataclass(frozen=True)
class DataPulled(Event):
    """A source was asked about a person. `result`: found, absent, conflict, unsaid, silent, or doubted by the breaker.

    Its ground is the consent `receipt`, or else `duty`: instrument and article of the law that has us look.
    """

    is_access: ClassVar[bool] = True

    subject: str
    resource: str
    agency: str
    fields: tuple[str, ...]
    service: str
    application: str
    receipt: str
    result: str
    duty: str = ""


@dataclass(frozen=True)
class PullRefused(Event):
    """We asked no source, because `reason`: consent (none that stands) or grant (the service may not have these fields)."""

    subject: str
    resource: str
    fields: tuple[str, ...]
    service: str
    application: str
    receipt: str
    reason: str
    duty: str = ""


@dataclass(frozen=True)
class RecordPushed(Event):
    """An act was written into an agency's own register; `reference` is the agency's for it, `fields` what the record says."""

    is_access: ClassVar[bool] = True

    subject: str
    resource: str
    agency: str
    act: str
    key: str
    fields: tuple[str, ...]
    service: str
    application: str
    receipt: str
    duty: str
    reference: str


@dataclass(frozen=True)
class RecordRefused(Event):
    """An agency will not have a record, or it was never offered one; `reason` is a word: the agency's, or ours."""

    subject: str
    resource: str
    agency: str
    act: str
    key: str
    service: str
    application: str
    receipt: str
    duty: str
    reason: str


@dataclass(frozen=True)
class SourceFellSilent(Event):
    """A source that had answered no longer does; facts wait for it from this moment on."""

    resource: str
    agency: str


@dataclass(frozen=True)
class SourceAnsweredAgain(Event):
    """The outage is over."""

    resource: str
    agency: str


@dataclass(frozen=True)
class GrantsSeeded(Event):
    """A service got the grants that its published package needs. `fields` are `resource.field`."""

    service: str
    version: str
    fields: tuple[str, ...]


@dataclass(frozen=True)
class GrantApproved(Event):
    """A service may have a field for a purpose."""

    grant: str
    service: str
    resource: str
    field: str


@dataclass(frozen=True)
class GrantRevoked(Event):
    """From the next pull on the service no longer gets the field."""

    grant: str
    service: str
    resource: str
    field: str
