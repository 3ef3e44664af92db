"""What the program is said to need, it uses."""

from __future__ import annotations

import re

from miaopi.config.environment import ROOT

NOT_IMPORTED = {"tzdata"}  # read by zoneinfo where the machine has no time zones
IMPORTED_AS = {"django_ninja": "ninja", "fpdf2": "fpdf", "nats_py": "nats", "pyyaml": "yaml", "zxing_cpp": "zxingcpp"}


def test_every_requirement_of_the_program_is_used_by_it() -> None:
    lines = (ROOT / "requirements/run.in").read_text(encoding="utf-8").splitlines()
    wanted = {re.split(r"[\[<>=]", line)[0].replace("-", "_") for line in lines if line and not line.startswith("#")}
    sources = [path.read_text(encoding="utf-8") for folder in ("src", "demo_city") for path in (ROOT / folder).rglob("*.py")]
    modules = {IMPORTED_AS.get(name, name) for name in wanted - NOT_IMPORTED}
    unused = {name for name in modules if not any(re.search(rf"\b{re.escape(name)}\b", text) for text in sources)}
    assert wanted > NOT_IMPORTED
    assert not unused
