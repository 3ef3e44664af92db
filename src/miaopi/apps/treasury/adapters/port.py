"""What the room needs of a bank, in the room's words."""

from __future__ import annotations

from dataclasses import field
from typing import Final, Protocol

from miaopi.kernel.frozen import frozen

KEY_USED: Final = "key_used"  # this key was given to another payment


@frozen
class Instruction:
    """Pay so much to that account. `key` is the order's: the same key and content is the same payment, however often it is told."""

    key: str
    account: str = field(repr=False)
    amount_fen: int = field(repr=False)
    remark: str


@frozen
class Paid:
    """The bank has paid. `reference` is its own number, the same for the same key."""

    reference: str


@frozen
class Declined:
    """The bank will not pay, and has not; `code` is its word for why."""

    code: str


class Bank(Protocol):
    """Pays from the office's account. A key is paid once."""

    def pay(self, instruction: Instruction, *, seconds: float) -> Paid | Declined:
        """Raises UpstreamError when nobody can say whether it was paid: the key will tell at the next try."""
