"""The one clock of the house: surfaces and workers read it, everybody below is told the time.

`MIAOPI_CLOCK`, else the file `clock` in the home, shifts it by an ISO 8601 duration (`+P90D`) or holds it at an instant
(`2026-11-25T08:00:00+08:00`); the file is read at each call, so that a running instance follows `city clock`.
"""

from __future__ import annotations

import os
import re
from datetime import UTC, datetime, timedelta
from typing import Final

from miaopi.config.environment import home_folder, wrong

OFFSET: Final = re.compile(r"([+-]?)P(?:(\d+)W)?(?:(\d+)D)?(?:T(?=\d)(?:(\d+)H)?(?:(\d+)M)?(?:(\d+)S)?)?")


def now() -> datetime:
    """The moment, in UTC."""
    text = os.environ.get("MIAOPI_CLOCK") or _written()
    real = datetime.now(UTC)  # noqa: TID251 - the one place where the machine's clock is read
    if not text:
        return real
    setting = read_setting(text)
    return real + setting if isinstance(setting, timedelta) else setting


def read_setting(text: str) -> timedelta | datetime:
    """An offset or an instant with its own offset; InputError for anything else, years and months included."""
    found = OFFSET.fullmatch(text.strip())
    if found and any(found.groups()[1:]):
        weeks, days, hours, minutes, seconds = (int(part or 0) for part in found.groups()[1:])
        span = timedelta(weeks=weeks, days=days, hours=hours, minutes=minutes, seconds=seconds)
        return -span if found[1] == "-" else span
    try:
        moment = datetime.fromisoformat(text.strip())
    except ValueError:
        moment = None
    if moment is None or moment.tzinfo is None:
        raise wrong("MIAOPI_CLOCK", "必须是时长（如 +P90D）或带时区的时刻。", "it must be a span like +P90D or an instant with its zone.")
    return moment.astimezone(UTC)


def write_setting(text: str) -> None:
    """Set the clock of the instance; the empty text sets it right again."""
    if text:
        read_setting(text)
    path = home_folder() / "clock"
    beside = path.with_name(f"clock.{os.getpid()}")
    beside.write_text(text, encoding="ascii")
    beside.replace(path)


def _written() -> str:
    try:
        with open(f"{home_folder()}/clock", encoding="ascii") as written:
            return written.read().strip()
    except FileNotFoundError:
        return ""
