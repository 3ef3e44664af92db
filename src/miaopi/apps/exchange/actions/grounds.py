"""On what a look or a record stands: the person's consent, or a duty that the law lays on the office."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import field
from datetime import datetime

from miaopi.apps.audit.api import Read
from miaopi.apps.catalogue.api import Resource, find_published
from miaopi.apps.consent.api import Scope, get_consent, read_scope
from miaopi.apps.exchange.queries.refusals import RefusalCode
from miaopi.apps.identity.api import PartyId, Right
from miaopi.kernel.errors import RightsError
from miaopi.kernel.frozen import frozen
from miaopi.kernel.wording import Text

OF_ANOTHER_CASE = Text(zh="授权不属于这个人的这次申请。", en="The consent is not of this person and this application.")

Asks = Mapping[str, tuple[str, ...]]  # resource → fields


@frozen
class Footing:
    """The purpose that grants must have been given for, and the law, if it must be that one; or, by `code`, why the ground does not stand
    for `resource`."""

    purpose: str
    resource: str = ""
    code: RefusalCode | None = None
    law: str = ""


@frozen
class Ground:
    """The consent receipt, the service it was given to, and the application it was given for."""

    receipt: str
    service: str
    application: str

    @property
    def duty(self) -> str:
        return ""

    @property
    def right(self) -> Right:
        return Right.PULL_FACTS

    def read_consent(self) -> Read[Scope | None]:
        """Anew at each pull, so that a withdrawal works at once."""
        return read_scope(self.receipt)

    def stand(
        self, consent: Scope | None, subject: PartyId, asks: Asks, catalogued: Mapping[str, Resource], now: datetime
    ) -> Footing:
        """Whether what was consented to is what is asked."""
        if consent is None:
            return Footing("", next(iter(asks), ""), RefusalCode.CONSENT_MISSING if asks else None)
        code = self._judge(consent, subject, now)
        asked = [f"{resource}.{name}" for resource, fields in asks.items() for name in fields]
        if code is None and consent.covers(asked, sensitive=_list_sensitive(asks, catalogued)):
            return Footing(consent.purpose)
        for resource, fields in asks.items():
            code = code or _judge_scope(consent, resource, fields, catalogued)
            if code is not None:
                return Footing("", resource, code)
        return Footing(consent.purpose)

    def _judge(self, consent: Scope, subject: PartyId, now: datetime) -> RefusalCode | None:
        """Why it does not stand for this pull, whatever is asked, if it does not."""
        if consent.applicant != subject:
            return RefusalCode.CONSENT_OTHER_PERSON
        if consent.service != self.service:
            return RefusalCode.CONSENT_OTHER_SERVICE
        if consent.application != self.application:
            return RefusalCode.CONSENT_OTHER_APPLICATION
        if consent.withdrawn_at is not None:
            return RefusalCode.CONSENT_WITHDRAWN
        if consent.used_up_at is not None:
            return RefusalCode.CONSENT_USED_UP
        if now >= consent.expires_at:
            return RefusalCode.CONSENT_EXPIRED
        return None

    def require_record(self, subject: PartyId) -> None:
        """What she applied for is recorded for her alone; that her consent to looks may have run out meanwhile changes nothing."""
        consent = get_consent(self.receipt)
        if (consent.applicant, consent.service, consent.application) != (subject, self.service, self.application):
            raise RightsError(OF_ANOTHER_CASE)


def _judge_scope(consent: Scope, resource: str, fields: tuple[str, ...], catalogued: Mapping[str, Resource]) -> RefusalCode | None:
    """Why it does not stand for these fields, if it does not."""
    if not consent.covers((f"{resource}.{name}" for name in fields), sensitive=()):
        return RefusalCode.CONSENT_SCOPE
    return None if consent.covers((), sensitive=_list_sensitive({resource: fields}, catalogued)) else RefusalCode.CONSENT_SEPARATE


def _list_sensitive(asks: Asks, catalogued: Mapping[str, Resource]) -> Sequence[str]:
    """Which of them need a separate consent; of what the catalogue does not know all do."""
    return [
        f"{resource}.{name}" for resource, fields in asks.items()
        for name in fields if (described := catalogued.get(resource)) is None or name in described.sensitive_fields
    ]  # fmt: skip


@frozen
class Duty:
    """A duty by law (个人信息保护法 第十三条第一款第三项、第三十四条): no consent is asked for, grants and entries are the same.

    `instrument` and `article` name it, in Chinese. They are also the purpose that its grants are given for, unless the law has the
    office go on with what it did for a `purpose` before: then the grants of that one are used.
    """

    service: str
    application: str
    instrument: str
    article: str
    purpose: str = ""

    def __post_init__(self) -> None:
        if not self.instrument.strip() or not self.article.strip():
            raise ValueError("a duty names its instrument and its article")

    @property
    def duty(self) -> str:
        return f"{self.instrument} {self.article}"

    @property
    def right(self) -> Right:
        return Right.PULL_FACTS

    @property
    def receipt(self) -> str:
        return ""

    def read_consent(self) -> None:
        """None is asked for."""

    def stand(
        self, consent: Scope | None, subject: PartyId, asks: Asks, catalogued: Mapping[str, Resource], now: datetime
    ) -> Footing:
        """The law is the ground, and its words are the purpose where no other was named."""
        return Footing(self.purpose or self.duty)

    def require_record(self, subject: PartyId) -> None:
        """The law is the ground."""


@frozen
class AgencyDuty(Duty):
    """A duty that an agency (`requester`) fulfils in a system of its own: it has what was agreed with it, for the use that stands in
    `service`, for this purpose and on this law. A service of the platform is no such use: its rules ask for themselves.
    """

    requester: str = field(kw_only=True)

    @property
    def right(self) -> Right:
        return Right.PULL_AS_AGENCY

    def stand(
        self, consent: Scope | None, subject: PartyId, asks: Asks, catalogued: Mapping[str, Resource], now: datetime
    ) -> Footing:
        """No agreement was given to a service in the name of an agency, and the law must be the one that its keeper agreed to."""
        if asks and find_published(self.service, now) is not None:
            return Footing("", next(iter(asks)), RefusalCode.NO_GRANT)
        return Footing(self.purpose, law=self.duty)
