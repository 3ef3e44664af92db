"""On what a look or a record stands: the person's consent, or a duty that the law lays on the office."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from miaopi.apps.catalogue.api import Resource
from miaopi.apps.consent.api import get_consent, require_consent
from miaopi.apps.identity.api import PartyId
from miaopi.kernel.errors import RightsError
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

    def require_looks(self, subject: PartyId, resource: Resource | None, name: str, fields: Iterable[str], now: datetime) -> None:
        """Raises RightsError where no consent of hers stands for this."""
        asked = tuple(fields)
        sensitive = frozenset(asked) if resource is None else resource.sensitive_fields.intersection(asked)
        require_consent(
            self.receipt, name, asked, now, sensitive=sensitive, subject=subject, service=self.service, application=self.application
        )

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

    def require_looks(self, subject: PartyId, resource: Resource | None, name: str, fields: Iterable[str], now: datetime) -> None:
        """The law is the ground."""

    def require_record(self, subject: PartyId) -> None:
        """The law is the ground."""
