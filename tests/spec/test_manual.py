"""The manual holds every paragraph, and the page in the documents is the manual as it prints today."""

from __future__ import annotations

from pathlib import Path

from tests.spec.manual import CHAPTERS, print_manual

HERE = Path(__file__).parent


def test_every_section_has_a_place_in_the_manual() -> None:
    """The kit of the norm is a test of the language, no chapter of the manual."""
    found = {path.relative_to(HERE) for path in HERE.glob("*/test_*.py") if path.parent.name != "conformance"}
    assert found == {
        Path(chapter, f"test_{name}.py") for chapter, names in CHAPTERS.items() for name in names
    }


def test_the_reference_is_a_fresh_print() -> None:
    page = HERE.parent.parent / "docs" / "reference" / "rule-language.md"
    assert page.read_text(encoding="utf-8") == print_manual()
