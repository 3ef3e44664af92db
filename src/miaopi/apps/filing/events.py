"""What happens to a draft and its confirmation: names of facts and digests, never a value."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime

from miaopi.apps.audit.api import Event
from miaopi.definitions import ServicePackage
from miaopi.kernel.fact import Fact, FactName
from miaopi.kernel.frozen import frozen


@frozen
class PrefillDone(Event):
    """Sources were asked for a draft; `silent` names the resources that could not say."""

    number: str
    receipt: str
    facts: tuple[str, ...]
    silent: tuple[str, ...]
    subject: str


@frozen
class ValuesEntered(Event):
    number: str
    facts: tuple[str, ...]
    subject: str


@frozen
class FactDisputed(Event):
    """政务数据共享条例, 校核纠错: the person says that a value which is not hers to change is wrong."""

    number: str
    fact: str
    resource: str
    subject: str


@frozen
class DraftErased(Event):
    """`ground` is `consent_withdrawn` or `application_withdrawn`."""

    number: str
    ground: str
    subject: str


@frozen
class FilingConfirmed(Event):
    """The applicant confirmed; `facts_digest` is the salted SHA-256 of the frozen facts, hex.

    `round` counts the confirmations of one application: 1, and one more after each supplement.
    """

    number: str
    service: str
    version: str
    round: int
    facts_digest: str
    subject: str


@dataclass(frozen=True)
class ConfirmedFacts:
    """The hand of `FilingConfirmed`: what was frozen, for this transaction alone.

    `package` is the service in the version filed under, `salt` that of the digests, `as_of` the legal day of confirming.
    """

    number: str
    package: ServicePackage
    service: str
    version: str
    round: int
    applicant: str
    receipt: str
    as_of: date
    confirmed_at: datetime
    facts: Mapping[FactName, Fact] = field(repr=False)
    facts_digest: str
    salt: str = field(repr=False)
