"""What the room asks of an identity authority: who showed this sign-in code?"""

from __future__ import annotations

from dataclasses import field
from typing import Protocol

from miaopi.kernel.frozen import frozen


@frozen
class Assertion:
    """What an authority vouches for: a person, by which method, how surely (1 phone, 2 document, 3 face or its equal)."""

    name: str = field(repr=False)
    id_number: str = field(repr=False)
    document_type: str
    mobile: str = field(repr=False)
    assurance_level: int
    method: str


@frozen
class StaffAssertion:
    """What an authority vouches for of a member of staff: the id of her account, by which method. What she may do is ours to say."""

    staff_id: str
    name: str
    method: str


class Authority(Protocol):
    """An identity authority."""

    def verify(self, code: str) -> Assertion | StaffAssertion | None:
        """The person or the member of staff who was given `code`; `None` when the authority knows no such code.

        A code is of one kind: who is both was given two. Raises UpstreamError when it does not answer in time, or answers
        what cannot be read.
        """
        ...
