"""What the room asks of an identity authority: who showed this sign-in code?"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Protocol


@dataclass(frozen=True, slots=True)
class Assertion:
    """What an authority vouches for: a person, by which method, how surely (1 phone, 2 document, 3 face or its equal)."""

    name: str = field(repr=False)
    id_number: str = field(repr=False)
    document_type: str
    mobile: str = field(repr=False)
    assurance_level: int
    method: str


class Authority(Protocol):
    """An identity authority."""

    def verify(self, code: str) -> Assertion | None:
        """The person who was given `code`; `None` when the authority knows no such code.

        Raises UpstreamError when it does not answer in time, or answers what cannot be read.
        """
        ...
