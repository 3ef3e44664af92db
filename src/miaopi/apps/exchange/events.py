"""What happened between the platform and the sources: names of fields, never their values."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar

from miaopi.apps.audit.api import Event


@dataclass(frozen=True)
class DataPulled(Event):
    """A source was asked about a person. `result`: found, absent, conflict, unsaid, outside (no row that is granted), silent, or
    doubted by the breaker.

    Its ground is the consent `receipt`, or else `duty`: instrument and article of the law that has us look. `predicates` are those of
    the fields of which the source told the truth alone, each with its test: the values it tested never left it.
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
    predicates: tuple[str, ...] = ()


@dataclass(frozen=True)
class PullRefused(Event):
    """Nothing of these fields was had, because `reason`: right, consent (none that stands) or grant (the service may not have them).

    `code` says it exactly (`queries.refusals`).
    """

    subject: str
    resource: str
    fields: tuple[str, ...]
    service: str
    application: str
    receipt: str
    reason: str
    duty: str = ""
    code: str = ""


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
    """A service got the grants that its published package needs, each under an agreement. `fields` are `resource.field`."""

    service: str
    version: str
    fields: tuple[str, ...]
    agreements: tuple[str, ...] = ()


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


@dataclass(frozen=True)
class AgreementRequested(Event):
    """A department asked for fields of a resource; `clock` is the statutory time that runs until `due_at`."""

    agreement: str
    agency: str
    resource: str
    requester: str
    service: str
    fields: tuple[str, ...]
    clock: str
    due_at: datetime


@dataclass(frozen=True)
class AgreementGranted(Event):
    """The steward of the provider, or a rule, gave what was asked for, or less of it. `fields` are those given."""

    agreement: str
    agency: str
    resource: str
    service: str
    fields: tuple[str, ...]
    narrowed: bool
    basis: str


@dataclass(frozen=True)
class AgreementRefused(Event):
    """The steward of the provider, or a rule, gave nothing; the reason stands in the agreement."""

    agreement: str
    agency: str
    resource: str
    service: str
    basis: str


@dataclass(frozen=True)
class AgreementSuspended(Event):
    """From the next pull on nothing is had by it, until it is resumed."""

    agreement: str
    agency: str


@dataclass(frozen=True)
class AgreementResumed(Event):
    """It holds again, on the terms it had."""

    agreement: str
    agency: str


@dataclass(frozen=True)
class AgreementRevoked(Event):
    """From the next pull on nothing is had by it, for good."""

    agreement: str
    agency: str


@dataclass(frozen=True)
class AgreementExpired(Event):
    """Its term is over."""

    agreement: str
    agency: str


@dataclass(frozen=True)
class AgreementOverdue(Event):
    """The provider `agency` let the statutory time of a request run out: whoever watches over data sharing is told by this."""

    agreement: str
    agency: str
    clock: str
    due_at: datetime
