"""On what a look or a record stands: the person's consent, or a duty that the law lays on the office."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime

from miaopi.apps.catalogue.api import Resource
from miaopi.apps.consent.api import get_consent, require_consent
from miaopi.apps.exchange.queries.refusals import RefusalCode
from miaopi.apps.identity.api import PartyId
from miaopi.kernel.errors import NotFound, RightsError
from miaopi.kernel.wording import Text

OF_ANOTHER_CASE = Text(zh="授权不属于这个人的这次申请。", en="The consent is not of this person and this application.")


@dataclass(frozen=True, slots=True)
class Ground:
    """The consent receipt, the service it was given to, and the application it was given for."""

    receipt: str
    service: str
    application: str

    @property
    def duty(self) -> str:
        return ""

    def find_purpose(self) -> str:
        """The words the consent was given in: grants are for a purpose. Raises NotFound."""
        return get_consent(self.receipt).purpose.zh

    def find_hindrance(
        self, subject: PartyId, resource: Resource | None, name: str, fields: Iterable[str], now: datetime
    ) -> RefusalCode | None:
        """Why no consent of hers stands for this; none if one does."""
        asked = tuple(fields)
        sensitive = frozenset(asked) if resource is None else resource.sensitive_fields.intersection(asked)
        try:
            require_consent(
                self.receipt, name, asked, now, sensitive=sensitive, subject=subject, service=self.service, application=self.application
            )
        except RightsError:
            return self._say_why(subject, {f"{name}.{each}" for each in asked}, now)
        return None

    def _say_why(self, subject: PartyId, asked: Collection[str], now: datetime) -> RefusalCode:
        try:
            consent = get_consent(self.receipt)
        except NotFound:
            return RefusalCode.CONSENT_MISSING
        if consent.applicant != subject:
            return RefusalCode.CONSENT_OTHER_PERSON
        if consent.service != self.service:
            return RefusalCode.CONSENT_OTHER_SERVICE
        if consent.application != self.application:
            return RefusalCode.CONSENT_OTHER_APPLICATION
        if consent.withdrawn_at is not None:
            return RefusalCode.CONSENT_WITHDRAWN
        if now >= consent.expires_at:
            return RefusalCode.CONSENT_EXPIRED
        return RefusalCode.CONSENT_SEPARATE if set(asked) <= set(consent.scope) else RefusalCode.CONSENT_SCOPE

    def require_record(self, subject: PartyId) -> None:
        """What she applied for is recorded for her alone; that her consent to looks may have run out meanwhile changes nothing."""
        consent = get_consent(self.receipt)
        if (consent.applicant, consent.service, consent.application) != (subject, self.service, self.application):
            raise RightsError(OF_ANOTHER_CASE)


@dataclass(frozen=True, slots=True)
class Duty:
    """A duty by law (个人信息保护法 第十三条第一款第三项、第三十四条): no consent is asked for, grants and entries are the same.

    `instrument` and `article` name it, in Chinese; they are also the purpose that its grants are given for.
    """

    service: str
    application: str
    instrument: str
    article: str

    def __post_init__(self) -> None:
        if not self.instrument.strip() or not self.article.strip():
            raise ValueError("a duty names its instrument and its article")

    @property
    def duty(self) -> str:
        return f"{self.instrument} {self.article}"

    @property
    def receipt(self) -> str:
        return ""

    def find_purpose(self) -> str:
        return self.duty

    def find_hindrance(
        self, subject: PartyId, resource: Resource | None, name: str, fields: Iterable[str], now: datetime
    ) -> RefusalCode | None:
        """None: the law is the ground."""
        return None

    def require_record(self, subject: PartyId) -> None:
        """The law is the ground."""
