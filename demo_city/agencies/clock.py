"""An agency's own reading of the city's clock: `MIAOPI_CLOCK`, else the file `clock` in the home, else the machine's."""

from __future__ import annotations

import os
import re
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Final

SPAN: Final = re.compile(r"([+-]?)P(?:(\d+)W)?(?:(\d+)D)?(?:T(?:(\d+)H)?(?:(\d+)M)?(?:(\d+)S)?)?")


def now(home: Path) -> datetime:
    """The moment, in UTC. A setting that cannot be read is none: an agency does not stop for it."""
    real = datetime.now(UTC)  # noqa: TID251 - agencies are not told the time, they are systems of their own
    text = os.environ.get("MIAOPI_CLOCK") or _written(home)
    if found := SPAN.fullmatch(text):
        weeks, days, hours, minutes, seconds = (int(part or 0) for part in found.groups()[1:])
        span = timedelta(weeks=weeks, days=days, hours=hours, minutes=minutes, seconds=seconds)
        return real - span if found[1] == "-" else real + span
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        return real
    return moment.astimezone(UTC) if moment.tzinfo else real


def _written(home: Path) -> str:
    try:
        return (home / "clock").read_text(encoding="ascii").strip()
    except (OSError, UnicodeDecodeError):
        return ""
