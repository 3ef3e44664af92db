"""What became of agreements and grants."""

from __future__ import annotations

from datetime import datetime

from miaopi.apps.audit.api import Event
from miaopi.kernel.frozen import frozen


@frozen
class GrantsSeeded(Event):
    """A service got the grants that its published package needs, each under an agreement. `fields` are `resource.field`."""

    service: str
    version: str
    fields: tuple[str, ...]
    agreements: tuple[str, ...] = ()


@frozen
class GrantApproved(Event):
    """A service may have a field for a purpose."""

    grant: str
    service: str
    resource: str
    field: str


@frozen
class GrantRevoked(Event):
    """From the next pull on the service no longer gets the field."""

    grant: str
    service: str
    resource: str
    field: str


@frozen
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


@frozen
class AgreementGranted(Event):
    """The steward of the provider, or a rule, gave what was asked for, or less of it. `fields` are those given."""

    agreement: str
    agency: str
    resource: str
    service: str
    fields: tuple[str, ...]
    narrowed: bool
    basis: str


@frozen
class AgreementRefused(Event):
    """The steward of the provider, or a rule, gave nothing; the reason stands in the agreement."""

    agreement: str
    agency: str
    resource: str
    service: str
    basis: str


@frozen
class AgreementSuspended(Event):
    """From the next pull on nothing is had by it, until it is resumed."""

    agreement: str
    agency: str


@frozen
class AgreementResumed(Event):
    """It holds again, on the terms it had."""

    agreement: str
    agency: str


@frozen
class AgreementRevoked(Event):
    """From the next pull on nothing is had by it, for good."""

    agreement: str
    agency: str


@frozen
class AgreementExpired(Event):
    """Its term is over."""

    agreement: str
    agency: str


@frozen
class AgreementOverdue(Event):
    """The provider `agency` let the statutory time of a request run out: whoever watches over data sharing is told by this."""

    agreement: str
    agency: str
    clock: str
    due_at: datetime
