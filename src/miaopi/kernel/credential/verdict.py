"""Why a credential does not count: a code that stays, and words for whoever stands at the counter."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import field
from datetime import UTC, datetime
from enum import StrEnum
from typing import Final

from miaopi.kernel.frozen import frozen
from miaopi.kernel.wording import Text

PRIVATE: Final = -70001  # the claim that holds ours (RFC 8392 §9.1: below -65536 is for private use)


class Reason(StrEnum):
    """In the order in which they are found."""

    UNREADABLE = "unreadable"
    UNKNOWN_FORMAT = "unknown_format"
    UNKNOWN_KEY = "unknown_key"
    SIGNATURE = "signature"
    NOT_YET_VALID = "not_yet_valid"
    EXPIRED = "expired"
    REVOKED = "revoked"
    STALE = "stale"


WORDS: Final[Mapping[Reason | None, Text]] = {
    None: Text(zh="这份证照是真的，现在有效。是不是本人，请核对对方的证件。",
               en="The licence is genuine and valid now. Whether it is the holder's, compare with an identity document."),
    Reason.UNREADABLE: Text(zh="读不出来：内容不完整或已损坏。请重新扫描，或让对方重新出示。",
                            en="It cannot be read: incomplete or damaged. Scan again, or ask to be shown it again."),
    Reason.UNKNOWN_FORMAT: Text(zh="这不是本系统认识的证照格式。", en="This is not a form of licence that is known here."),
    Reason.UNKNOWN_KEY: Text(zh="签发它的公钥不在可信名单里，或当时不在使用。请更新公钥文件后再验。",
                             en="Its key is not trusted, or was not in use then. Renew the file of keys and try again."),
    Reason.SIGNATURE: Text(zh="签名不对：内容被改过，或不是出具单位签的。不要接受。",
                           en="The signature does not hold: it was altered, or the issuer did not sign it. Do not accept it."),
    Reason.NOT_YET_VALID: Text(zh="还没有到生效时间。", en="It is not valid yet."),
    Reason.EXPIRED: Text(zh="已经过了有效期。", en="It has expired."),
    Reason.REVOKED: Text(zh="已被撤销，或已换成新的一份。请让对方出示最新的。",
                         en="It was revoked or replaced by a newer one. Ask to be shown the latest."),
    Reason.STALE: Text(zh="撤销名单太旧，说不准它是否已被撤销。请联网更新公钥文件后再验。",
                       en="The list of withdrawals is too old to tell whether it was revoked. Renew the file of keys and try again."),
}  # fmt: skip

# RFC 8392 §4 and the members of our own claim.
REGISTERED: Final = {1: "issuer", 2: "subject", 4: "expires_at", 5: "not_before", 6: "issued_at", 7: "id"}
MOMENTS: Final = frozenset({4, 5, 6})
OURS: Final = {1: "type", 2: "name", 3: "holder_digest", 4: "portrait_digest", 5: "identifier"}


@frozen
class Verdict:
    """`reason` is `None` for a credential that counts. `payload` is what it says, once its signature has held.

    `status_at` is when the list of withdrawals was stated that was looked at; `None`: none was, and nobody knows.
    """

    reason: Reason | None
    payload: Mapping[int | str, object] | None = field(default=None, repr=False)
    kid: bytes | None = None
    status_at: datetime | None = None
    title: Text | None = None

    @property
    def is_valid(self) -> bool:
        return self.reason is None

    @property
    def words(self) -> Text:
        return WORDS[self.reason]

    @property
    def claims(self) -> dict[str, object] | None:
        """What is said, by name: moments as ISO 8601, bytes in hexadecimal digits."""
        if self.payload is None:
            return None
        named: dict[str, object] = {}
        for number, name in REGISTERED.items():
            if number in self.payload:
                value = self.payload[number]
                named[name] = _moment(value) if number in MOMENTS else _plain(value)
        ours = self.payload.get(PRIVATE)
        if isinstance(ours, dict):
            named |= {name: _plain(ours[number]) for number, name in OURS.items() if number in ours}
        return named

    def to_json(self) -> dict[str, object]:
        return {
            "valid": self.is_valid,
            "reason": self.reason and str(self.reason),
            "text": self.words.to_json(),
            "claims": self.claims,
            "title": self.title and self.title.to_json(),
            "key": self.kid and self.kid.hex(),
            "status": "not checked" if self.status_at is None else self.status_at.isoformat(),
        }


def _moment(value: object) -> object:
    return datetime.fromtimestamp(value, tz=UTC).isoformat() if isinstance(value, int | float) else _plain(value)


def _plain(value: object) -> object:
    return value.hex() if isinstance(value, bytes) else value if isinstance(value, str | int | None) else str(value)
