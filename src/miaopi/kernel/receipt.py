"""What was decided, from which facts, by which rules, on which day – signed, and enough to decide it again.

The signed statement holds only salted digests of what is personal: each fact, and the values of the outcome (an identity
number alone is soon guessed). Salt, facts and values stand beside it; after retention they are erased, and the statement
still proves that this decision was made.
"""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Mapping
from dataclasses import replace
from typing import cast

from miaopi.kernel.credential import sign, verify
from miaopi.kernel.errors import InputError
from miaopi.kernel.frozen import frozen
from miaopi.kernel.ledger import canonical_json
from miaopi.kernel.wording import Text

FORMAT = "miaopi.receipt/1"
BY_PERSON = "miaopi.receipt-by-person/1"
Json = Mapping[str, object]


def no_receipt_error() -> InputError:
    """What is raised for a document, or for a part of it, that no decision gave."""
    return InputError(
        "receipt",
        Text(zh="这不是决定回执。", en="this is no receipt of a decision."),
        Text(zh="请使用 decide 给出的回执文件。", en="Use a receipt that decide gave."),
    )


@frozen
class Receipt:
    """`facts` and `decision` as JSON; `settings` are the city's and the overrides, as written; `as_of`, `known_at` ISO days.

    `facts`, `values` and `salt` are `None` after erasure; `digests` and `values_digest` stay. `signature` is over `statement`.
    """

    slug: str
    definition: str
    as_of: str
    known_at: str | None
    settings: Json
    overrides: Json
    decision: Json
    digests: Mapping[str, str]
    values_digest: str
    facts: Json | None
    values: Json | None
    salt: str | None
    signature: bytes | None = None

    def statement(self) -> bytes:
        """What is signed: canonical JSON (RFC 8785)."""
        return canonical_json(self.to_statement())

    def to_statement(self) -> dict[str, object]:
        """What is signed, as JSON."""
        return {
            "format": FORMAT,
            "slug": self.slug,
            "definition": self.definition,
            "as_of": self.as_of,
            "known_at": self.known_at,
            "settings": dict(self.settings),
            "overrides": dict(self.overrides),
            "facts": dict(self.digests),
            "values": self.values_digest,
            "decision": dict(self.decision),
        }

    def signed(self, private_key: bytes) -> Receipt:
        """The receipt with an Ed25519 signature."""
        return replace(self, signature=sign(private_key, self.statement()))

    def is_signed_by(self, public_key: bytes) -> bool:
        return self.signature is not None and verify(public_key, self.statement(), self.signature)

    @property
    def is_whole(self) -> bool:
        """Whether the values beside the statement are those of its digest; False once they are erased."""
        return self.salt is not None and self.values is not None and digest(self.salt, dict(self.values)) == self.values_digest

    def erased(self) -> Receipt:
        """What remains after retention."""
        return replace(self, facts=None, values=None, salt=None)

    def to_json(self) -> dict[str, object]:
        return {
            "statement": self.to_statement(),
            "facts": None if self.facts is None else dict(self.facts),
            "values": None if self.values is None else dict(self.values),
            "salt": self.salt,
            "signature": None if self.signature is None else base64.b64encode(self.signature).decode(),
        }


@frozen
class PersonReceipt:
    """What a person decided where the rules could not, or in a review: a receipt with her name on it.

    It cannot be decided again by a machine, so it states who decided, who confirmed it as the second (empty where one is
    enough), and the digest of the statement it stands on: the decision that sent the case to her.
    """

    receipt: Receipt
    decided_by: str
    confirmed_by: str
    after: str

    def statement(self) -> bytes:
        """What is signed: canonical JSON (RFC 8785)."""
        stated = {**self.receipt.to_statement(), "format": BY_PERSON, "decided_by": self.decided_by, "after": self.after}
        return canonical_json(stated | ({"confirmed_by": self.confirmed_by} if self.confirmed_by else {}))


def digest(salt: str, value: object) -> str:
    """SHA-256 (hex) of the salt and the canonical JSON of what is personal."""
    return hashlib.sha256(salt.encode() + canonical_json(value)).hexdigest()


def make_receipt(
    *,
    slug: str,
    definition: str,
    as_of: str,
    known_at: str | None,
    settings: Json,
    overrides: Json,
    decision: Json,
    facts: Json,
    salt: str,
) -> Receipt:
    """The receipt of a decision given as its JSON, with the facts as JSON by name. Not yet signed."""
    values = cast("Json", decision["values"])
    return Receipt(
        slug=slug,
        definition=definition,
        as_of=as_of,
        known_at=known_at,
        settings=settings,
        overrides=overrides,
        decision={name: part for name, part in decision.items() if name != "values"},
        digests={name: digest(salt, fact) for name, fact in facts.items()},
        values_digest=digest(salt, dict(values)),
        facts=facts,
        values=values,
        salt=salt,
    )


def read_receipt(document: object) -> Receipt:
    """The receipt that `to_json` wrote. Raises InputError for anything else."""
    match document:
        case {
            "statement": {
                "format": "miaopi.receipt/1",
                "slug": str(slug),
                "definition": str(definition),
                "as_of": str(as_of),
                "known_at": None | str() as known_at,
                "settings": dict(settings),
                "overrides": dict(overrides),
                "facts": dict(digests),
                "values": str(values_digest),
                "decision": dict(decision),
            },
            "facts": None | dict() as facts,
            "values": None | dict() as values,
            "salt": None | str() as salt,
            "signature": None | str() as signature,
        }:
            receipt = Receipt(
                slug, definition, as_of, known_at, settings, overrides, decision, digests, values_digest, facts, values, salt,
                None if signature is None else _read_signature(signature),
            )
        case _:
            raise no_receipt_error()
    try:
        canonical_json(receipt.to_json())
    except (TypeError, ValueError, RecursionError):  # a fraction, half a character, what is nested without end
        raise no_receipt_error() from None
    return receipt


def _read_signature(text: str) -> bytes:
    try:
        return base64.b64decode(text, validate=True)
    except ValueError:
        raise no_receipt_error() from None
