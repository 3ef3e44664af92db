"""The reference of refusal codes is the table of the code, line by line."""

from __future__ import annotations

from miaopi.apps.exchange.api import REFUSALS, PullRefusedError, RefusalCode
from miaopi.config.environment import ROOT

PAGE = ROOT / "docs/reference/refusal-codes.md"


def test_the_reference_lists_every_code_with_its_words() -> None:
    told = [line for line in PAGE.read_text(encoding="utf-8").splitlines() if line.startswith("| `")]
    assert told == [f"| `{code}` | {code.family} | {REFUSALS[code].zh} | {REFUSALS[code].en} |" for code in RefusalCode]


def test_an_error_tells_its_code_and_its_words() -> None:
    error = PullRefusedError(RefusalCode.CONSENT_WITHDRAWN)
    assert (error.code, error.text, error.status, error.exit_code) == ("consent_withdrawn", REFUSALS[error.code], 403, 3)
