"""What passed between the platform and the sources: names of fields, never their values."""

from __future__ import annotations

from datetime import datetime
from typing import ClassVar, Final

from miaopi.apps.audit.api import Event
from miaopi.kernel.frozen import frozen

OWN_NUMBER: Final = "~"  # before the case number of an agency: no number of ours begins so, and an entry of one cannot pass for the other


@frozen
class DataPulled(Event):
    """A source was asked about a person. `result`: found, absent, conflict, unsaid, outside (no row that is granted), stale (older
    than it may be), silent, awaited (it answers later), or doubted by the breaker.

    Its ground is the consent `receipt`, or else `duty`: instrument and article of the law that has us look. `predicates` are those of
    the fields of which the source told the truth alone, each with its test: the values it tested never left it. `findings` are the fields
    of which something else is to be said than `result` says of all, as `field: finding` (`adapters.findings`). `agreements` are those by
    which the fields were open. A look that names a `deferral` is shown from `shown_from` on, or when it is released.
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
    findings: tuple[str, ...] = ()
    agreements: tuple[str, ...] = ()
    visibility: str = "immediate"
    shown_from: datetime | None = None
    deferral: str = ""


@frozen
class PullRefused(Event):
    """Nothing of these fields was had, because `reason`: right, consent (none that stands), grant (the service may not have them) or
    source (it says no, or cannot be asked).

    `code` says it exactly (`queries.refusals`). `provider`: who refused when it was asked, and `said` its own word for why; without one we
    refused here, and nobody was asked. What would have been shown later is shown later though it was refused.
    """

    is_attempt: ClassVar[bool] = True

    subject: str
    resource: str
    fields: tuple[str, ...]
    service: str
    application: str
    receipt: str
    reason: str
    duty: str = ""
    code: str = ""
    provider: str = ""
    said: str = ""
    visibility: str = "immediate"
    shown_from: datetime | None = None
    deferral: str = ""


@frozen
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


@frozen
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


@frozen
class SourceFellSilent(Event):
    """A source that had answered no longer does, or no longer has what our configuration names; facts wait for it from this moment on."""

    resource: str
    agency: str


@frozen
class SourceAnsweredAgain(Event):
    """The outage is over."""

    resource: str
    agency: str
