"""What passes between the platform and an agency's gateway: a question signed by the one, a statement signed by the other.

    POST /question   the question as canonical JSON; `Miaopi-Signature`: Ed25519 over QUESTION and the body, in base64
    200              `Miaopi-Statement`: the statement as canonical JSON in base64; `Miaopi-Signature`: over ANSWER and the statement;
                     body {"salt", "records", "next"}, whose digest stands in the statement

Signatures cover the bytes as they travel, and are checked before anything is parsed. A statement holds digests alone – of the question,
which has a nonce, and of a body that has a salt –, so that it may be kept as a proof without keeping what it proves.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import json
import re
from collections.abc import Mapping
from datetime import date, datetime, timedelta
from decimal import Decimal, InvalidOperation
from typing import Final

from miaopi.kernel.credential import sign, verify
from miaopi.kernel.frozen import frozen
from miaopi.kernel.ledger import canonical_json

PATH: Final = "/question"
SIGNATURE: Final = "Miaopi-Signature"
STATEMENT: Final = "Miaopi-Statement"
QUESTION: Final = b"miaopi gateway question v1\n"
ANSWER: Final = b"miaopi gateway answer v1\n"
FRESH: Final = timedelta(seconds=60)  # how far two clocks may stand apart, and how long a nonce is remembered on each side of that
LARGEST: Final = 64 * 1024
LONGEST_STATEMENT: Final = 2048
ANSWERED: Final = "answered"
REFUSED: Final = "refused"
SCHEMA: Final = "schema"  # the word of a refusal: the database no longer has what the policy names
WORD: Final = re.compile(r"[a-z][a-z_]{0,30}")
NAME: Final = re.compile(r"[a-z][a-z0-9_]{0,59}")
NONCE: Final = re.compile(r"[0-9a-f]{32}")
OPERATORS: Final = frozenset({"=", "!=", "<", "<=", ">", ">="})
MOST_TERMS: Final = 20
MOST_VALUES: Final = 100
MOST_FIELDS: Final = 100
LONGEST_TEXT: Final = 2000


@frozen
class Term:
    """One test that the database puts to a row, or tells the truth of."""

    column: str
    operator: str
    values: tuple[str | Decimal | date | bool, ...]


@frozen
class Question:
    """What the platform asks: the granted columns, and truths, of the granted rows of one person; for which service and purpose, on which
    receipt or duty, by which grants. `after` is where the next page begins."""

    agency: str
    resource: str
    key: str
    fields: tuple[str, ...]
    where: tuple[Term, ...]
    tests: Mapping[str, tuple[Term, ...]]
    service: str
    purpose: str
    receipt: str
    grants: tuple[str, ...]
    at: datetime
    nonce: str
    after: str

    @property
    def tested(self) -> frozenset[str]:
        """The columns that are compared with something, whatever of them is shown."""
        return frozenset(term.column for terms in (self.where, *self.tests.values()) for term in terms)


@frozen
class Statement:
    """What an agency signs. `outcome` is answered, or refused by its own policy, for which `code` is its word."""

    agency: str
    question: str
    body: str
    at: datetime
    outcome: str
    code: str = ""


def write_question(question: Mapping[str, object], seed: bytes) -> tuple[bytes, str]:
    """The body, and its signature as a header holds it."""
    body = canonical_json(question)
    return body, _written(sign(seed, QUESTION + body))


def is_question_of(platform: bytes, body: bytes, signature: str) -> bool:
    """Whether the platform with this key signed the body."""
    return verify(platform, QUESTION + body, _bytes(signature))


def write_statement(statement: Statement, seed: bytes) -> tuple[str, str]:
    """The statement and its signature, each as a header holds it."""
    said = canonical_json(
        {
            "agency": statement.agency, "at": statement.at.isoformat(), "body": statement.body, "code": statement.code,
            "outcome": statement.outcome, "question": statement.question,
        }
    )  # fmt: skip
    return _written(said), _written(sign(seed, ANSWER + said))


def read_statement(statement: str, signature: str, agency_key: bytes) -> Statement | None:
    """What the agency with this key stated; `None` for anything that it did not sign, or that is no statement."""
    said = _bytes(statement)
    if len(said) > LONGEST_STATEMENT or not verify(agency_key, ANSWER + said, _bytes(signature)):
        return None
    try:
        held = json.loads(said)
        made = Statement(
            agency=held["agency"], question=held["question"], body=held["body"], at=datetime.fromisoformat(held["at"]),
            outcome=held["outcome"], code=held["code"],
        )  # fmt: skip
    except (ValueError, KeyError, TypeError, RecursionError):
        return None
    return made if made.at.tzinfo is not None and (not made.code or WORD.fullmatch(str(made.code))) else None


def compute_digest(body: bytes) -> str:
    return hashlib.sha256(body).hexdigest()


def read_question(body: bytes) -> Question:
    """The question that was signed. Raises ValueError, without a value, for what is none."""
    try:
        said = json.loads(body)
        question = Question(
            agency=_text(said["agency"]), resource=_name(said["resource"]), key=_text(said["key"]),
            fields=tuple(_name(each) for each in said["fields"]), where=_terms(said["where"]),
            tests={_name(name): _terms(terms) for name, terms in said["tests"].items()}, service=_text(said["service"]),
            purpose=_text(said["purpose"]), receipt=_text(said["receipt"]), grants=tuple(_text(each) for each in said["grants"]),
            at=datetime.fromisoformat(said["at"]), nonce=_text(said["nonce"]), after=_text(said["after"]),
        )  # fmt: skip
    except (KeyError, TypeError, AttributeError, RecursionError, InvalidOperation):
        raise ValueError("no question") from None
    asked = len(question.fields) + len(question.tests)
    if question.at.tzinfo is None or not NONCE.fullmatch(question.nonce) or not 0 < asked <= MOST_FIELDS:
        raise ValueError("no question")
    return question


def _terms(said: object) -> tuple[Term, ...]:
    if not isinstance(said, list) or len(said) > MOST_TERMS:
        raise ValueError("no tests")
    terms = tuple(
        Term(_name(each["field"]), each["operator"], tuple(_value(value, each["type"]) for value in each["values"])) for each in said
    )
    if any(term.operator not in OPERATORS or not 0 < len(term.values) <= MOST_VALUES for term in terms):
        raise ValueError("no tests")
    return terms


def _value(said: object, type: object) -> str | Decimal | date | bool:
    """A value is written as text, whatever its type."""
    text = _text(said)
    match type:
        case "number":
            return Decimal(text)
        case "date":
            return date.fromisoformat(text)
        case "boolean" if text in {"true", "false"}:
            return text == "true"
        case "string":
            return text
    raise ValueError("no value of its type")


def _name(said: object) -> str:
    if not isinstance(said, str) or not NAME.fullmatch(said):
        raise ValueError("no name")
    return said


def _text(said: object) -> str:
    if not isinstance(said, str) or len(said) > LONGEST_TEXT or "\0" in said:
        raise ValueError("no text")
    return said


def _written(content: bytes) -> str:
    return base64.b64encode(content).decode("ascii")


def _bytes(written: str) -> bytes:
    """What a header holds; nothing, which no signature fits, for what is no base64."""
    try:
        return base64.b64decode(written, validate=True)
    except (ValueError, binascii.Error):
        return b""
