"""What is said when the bank is silent."""

from __future__ import annotations

from miaopi.kernel.errors import UpstreamError
from miaopi.kernel.wording import Text


def silence() -> UpstreamError:
    """Says nothing of where the bank lives, or of who was to be paid."""
    return UpstreamError(
        "bank",
        Text(zh="银行没有回应，稍后自动再发，不会重复支付。", en="The bank did not answer; it is told again, and never pays twice."),
    )
