"""What several operations answer with: words in both languages, law, reasons, conditions, facts."""

from __future__ import annotations

from datetime import datetime

from ninja import Schema
from pydantic import ConfigDict, Field

from miaopi.kernel.wording import Text

Scalar = bool | int | float | str | None
Value = Scalar | list[Scalar] | list[dict[str, Scalar]]


class Answer(Schema):
    """A part of an answer: it holds what is written here and nothing else."""

    model_config = ConfigDict(extra="ignore")


class Asked(Schema):
    """A body: a name that it does not know is a mistake, told as such. A text without a bound of its own has this one, and is looked at:
    without any it would be handed on unread, with half a character in it."""

    model_config = ConfigDict(extra="forbid", str_max_length=2_000)


class Words(Answer):
    """One thing said in Chinese and in English."""

    zh: str
    en: str


class Basis(Answer):
    """The instrument and its article; `unverified` where the article was not read."""

    instrument: str
    article: str


class Reason(Answer):
    """A coded ground of a decision, its law, and what can be done about it."""

    code: str
    text: Words
    basis: list[Basis]
    remedy: Words
    facts: list[str] = Field(default=[], description="names of the facts in doubt")


class Condition(Answer):
    """How one condition stood: true, false, or null where nobody could say."""

    id: str
    value: bool | None
    text: Words
    basis: list[Basis]


class Fact(Answer):
    """One fact of an application and who said it."""

    fact: str = Field(description="name of the fact in the service's package")
    label: Words
    value: Value = None
    source: str = Field(description="resource, `applicant` or `default`")
    agency: str = Field(default="", description="the agency that answered")
    base: str | None = Field(default=None, description="the field of a base register that the fact is, where it is one")
    at: datetime | None = Field(default=None, description="when it was said")
    disputed: bool = False


def words(text: Text) -> Words:
    return Words(zh=text.zh, en=text.en)


def find_words(text: Text | None) -> Words | None:
    return None if text is None else words(text)

