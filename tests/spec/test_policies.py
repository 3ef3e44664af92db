"""One language: what an expression gives in a decision, all facts known and nothing wrong, it gives in a model, too."""

from __future__ import annotations

import importlib
from collections.abc import Mapping

import pytest

from miaopi.kernel.expr import read
from miaopi.kernel.expr.scope import admit
from tests.spec.manual import CHAPTERS, ENGINES, Nobody, Rules, declare, paragraphs, shape


class Compared(Rules):
    """Every example that ends in a value, read openly."""

    def gives(self, text: str, result: object, given: Mapping[str, object] | None = None) -> None:
        names, scope = declare(given or {})
        if not isinstance(result, Nobody) and scope.keys() == names.keys():
            found = self.engine(read(text, names), admit(names, names, scope))
            assert shape(found) == shape(result), f"{text} gives {found!r} in a model"
            self.examples.append((text, "", ""))


@pytest.mark.parametrize("engine", ENGINES)
@pytest.mark.parametrize("chapter", [chapter for chapter in CHAPTERS if chapter not in ("models", "limits")])
def test_a_model_gives_what_a_decision_gives(chapter: str, engine: str) -> None:
    rules = Compared(ENGINES[engine])
    for section in CHAPTERS[chapter]:
        for paragraph in paragraphs(importlib.import_module(f"tests.spec.{chapter}.test_{section}")):
            paragraph(rules)
    assert len(rules.examples) > 9
