"""Making something once under a key that the caller chose (`Idempotency-Key`): whoever asks again gets the same answer.

The key, what it made and the answer commit together. So there is no time in which the thing is there and its answer is
not, and of two who come at once the second waits for the first and reads what that one was told.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import field
from datetime import datetime, timedelta
from typing import Final

from django.db import IntegrityError

from miaopi.apps.audit.api import Actor, act
from miaopi.apps.identity.models import KeptAnswer
from miaopi.apps.identity.queries.sealing import compute_keyed_hash, seal, unseal
from miaopi.kernel.errors import InputError
from miaopi.kernel.frozen import frozen
from miaopi.kernel.wording import Text

KEPT_FOR: Final = timedelta(days=1)
LONGEST_KEY: Final = 128


class KeyUsed(InputError):
    """The key was used for something else."""

    status = 409


@frozen
class Answered:
    """The answer under a key; `repeated`: it was there before this call."""

    answer: bytes = field(repr=False)
    repeated: bool


def make_once(*, key: str, asked: str, make: Callable[[], bytes], by: Actor, now: datetime) -> Answered:
    """Call `make` unless this caller did under this key within a day; `asked` says all that was asked for.

    `make` runs inside the transaction, so it does nothing outside the database; what it raises undoes the key as well.
    InputError for a key that is none, KeyUsed where something else was asked under it.
    """
    if not 0 < len(key) <= LONGEST_KEY or not (key.isascii() and key.isprintable()):
        raise InputError("Idempotency-Key", Text(zh="幂等键写法不对。", en="the key is no plain text."),
                         Text(zh=f"用不超过{LONGEST_KEY}个可见字符。", en=f"Use at most {LONGEST_KEY} printable characters."))
    holder = f"{by.kind}:{by.id}"
    row = KeptAnswer(
        key=compute_keyed_hash("repeat key", f"{holder}\n{key}"), holder=holder, asked=compute_keyed_hash("repeat asked", asked),
        sealed=b"", kept_at=now,
    )
    with act(by=by, now=now) as unit:
        KeptAnswer.objects.filter(holder=holder, kept_at__lte=now - KEPT_FOR).delete()
        try:
            with unit.attempt():
                row.save(force_insert=True)
        except IntegrityError:  # there is one already, and it is committed
            kept = KeptAnswer.objects.get(key=row.key)
            if kept.asked != row.asked:
                raise KeyUsed("Idempotency-Key", Text(zh="这个幂等键已用于别的请求。", en="this key was used for another request."),
                              Text(zh="请换一个键。", en="Use another key.")) from None
            return Answered(unseal(bytes(kept.sealed), context=f"answer:{row.key}"), repeated=True)
        answer = make()
        KeptAnswer.objects.filter(key=row.key).update(sealed=seal(answer, context=f"answer:{row.key}"))
    return Answered(answer, repeated=False)
