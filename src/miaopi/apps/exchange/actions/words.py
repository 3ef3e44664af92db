"""Words that somebody has to give, and not too many."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from miaopi.kernel.errors import InputError
from miaopi.kernel.wording import Text

LONGEST_WORDS: Final = 500
NAMED: Final[Mapping[str, str]] = {
    "answer": "写给本人的话", "claim": "您的说法", "ground": "依据", "office": "所属部门", "purpose": "用途", "reason": "理由",
    "service": "事项或用途名称", "words": "说明",
}  # fmt: skip


def require_words(name: str, words: str) -> None:
    """Raises InputError. `name` is one of those that are named here."""
    if not words.strip():
        raise _unfit(name)
    require_readable(name, words)


def require_readable(name: str, words: str) -> None:
    """As `require_words`, of words that may be left out."""
    if len(words) > LONGEST_WORDS or not "".join(words.split()).isprintable():
        raise _unfit(name)


def _unfit(name: str) -> InputError:
    return InputError(
        name, Text(zh=f"{NAMED[name]}为空、过长或有读不出的字符。", en=f"the {name} is empty, too long or not readable."),
        Text(zh=f"请用不超过 {LONGEST_WORDS} 个字写明。", en=f"Say it in at most {LONGEST_WORDS} signs."),
    )  # fmt: skip
