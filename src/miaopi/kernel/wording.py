"""What is said to people, in both languages of the house."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Text:
    """One thing said in Chinese and in English."""

    zh: str
    en: str

    def to_json(self) -> dict[str, str]:
        return {"zh": self.zh, "en": self.en}

    def in_language(self, language: str) -> str:
        """The words in `zh` or `en`; any tag that begins with `en` is English, all else Chinese."""
        return self.en if language.lower().startswith("en") else self.zh
