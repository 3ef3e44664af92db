"""The keys that sign credentials, and what a verifier needs to believe them.

What a key is at a moment follows from when the keys begin: the latest that has begun signs, those before it are retired and
still verify what they signed, one that has not begun yet is only known (24 hours ahead, so that every verifier has it in time).
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final

from django.conf import settings
from django.db.models import Q

from miaopi.apps.catalogue.api import get_service, list_published
from miaopi.apps.licence.models import Licence, SigningKey
from miaopi.apps.licence.queries.licences import State
from miaopi.kernel.credential import FORMAT, to_jwk

TTL: Final = timedelta(hours=24)  # how long a list of withdrawals is believed where nobody can ask


class KeyState(StrEnum):
    NEXT = "next"
    ACTIVE = "active"
    RETIRED = "retired"


def name_issuer() -> str:
    """Who issues, in the claims and among the keys: the name of the log without its path."""
    return str(settings.MIAOPI_LOG_ORIGIN).partition("/")[0]


def list_keys() -> list[SigningKey]:
    return list(SigningKey.objects.order_by("generation"))


def find_signing_key(now: datetime) -> SigningKey | None:
    """The key that signs at this moment."""
    begun = SigningKey.objects.filter(Q(begins_at=None) | Q(begins_at__lte=now))
    return begun.order_by("-generation").first()


def compute_trust(now: datetime) -> dict[str, object]:
    """The trust bundle: all public keys with their time, and each credential withdrawn, by its mark alone."""
    ended = Licence.objects.filter(ended_at__isnull=False, mark__isnull=False).exclude(state=State.ACTIVE)
    packages = [get_service(published.slug, published.version) for published in list_published(now)]
    titles = {package.licence.type_code: package.licence.title for package in packages if package.licence is not None}
    return {
        "format": FORMAT,
        "issuer": name_issuer(),
        "stated_at": now.isoformat(),
        "ttl": int(TTL.total_seconds()),
        "keys": _describe_keys(list_keys(), now),
        "withdrawn": dict(ended.order_by("mark").values_list("mark", "state")),
        "types": {code: title.to_json() for code, title in sorted(titles.items())},
    }


def _describe_keys(keys: Sequence[SigningKey], now: datetime) -> list[dict[str, object]]:
    described: list[dict[str, object]] = []
    for key, ends in zip(keys, [*(key.begins_at for key in keys), None][1:], strict=True):
        described.append(
            {
                **to_jwk(bytes(key.point)),
                "iss": name_issuer(),
                "state": compute_state(key.begins_at, ends, now),
                **({} if key.begins_at is None else {"nbf": int(key.begins_at.timestamp())}),
                **({} if ends is None else {"exp": int(ends.timestamp())}),
            }
        )
    return described


def compute_state(begins: datetime | None, ends: datetime | None, now: datetime) -> KeyState:
    if begins is not None and now < begins:
        return KeyState.NEXT
    return KeyState.RETIRED if ends is not None and now >= ends else KeyState.ACTIVE
