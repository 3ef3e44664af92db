"""No right lies about: what nobody is asked for, nobody is granted."""

from __future__ import annotations

import re

from miaopi.apps.identity.api import Right
from miaopi.config.environment import ROOT

TABLE = ROOT / "src/miaopi/apps/identity/queries/rights.py"


def test_every_right_is_asked_for_somewhere() -> None:
    sources = [path.read_text(encoding="utf-8") for path in (ROOT / "src").rglob("*.py") if path != TABLE]
    asked = {name for text in sources for name in re.findall(r"\bRight\.([A-Z_]+)\b", text)}
    assert {right.name for right in Right} == asked
