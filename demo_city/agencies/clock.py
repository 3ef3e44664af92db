"""An agency's own reading of the city's clock: `MIAOPI_CLOCK`, else the file `clock` in the home, else the machine's."""

from __future__ import annotations

import os
import re
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Final

SPAN: Final = re.compile(r"([+-]?)P(?:(\d+)W)?(?:(\d+)D)?(?:T(?:(\d+)H)?(?:(\d+)M)?(?:(\d+)S)?)?")
AS_IT_IS: Final = (None, timedelta())


def now(home: Path) -> datetime:
    """The moment, in UTC."""
    held, shift = read_clock(home)
    return held or datetime.now(UTC) + shift  # noqa: TID251 - agencies are not told the time, they are systems of their own


def read_clock(home: Path) -> tuple[datetime | None, timedelta]:
    """The instant at which the clock is held, and how far it is put forward."""
    return read_setting(setting_of(home))


def setting_of(home: Path) -> str:
    """As it is written; empty for a clock that goes as it is."""
    return os.environ.get("MIAOPI_CLOCK") or _written(home)


def read_setting(text: str) -> tuple[datetime | None, timedelta]:
    """A setting that cannot be read is none: an agency does not stop for it."""
    if found := SPAN.fullmatch(text):
        weeks, days, hours, minutes, seconds = (int(part or 0) for part in found.groups()[1:])
        span = timedelta(weeks=weeks, days=days, hours=hours, minutes=minutes, seconds=seconds)
        return None, -span if found[1] == "-" else span
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        return AS_IT_IS
    return (moment.astimezone(UTC), timedelta()) if moment.tzinfo else AS_IT_IS


class Heard:
    """The setting that the process of an agency has carried out last, in `home/agencies/NAME.clock`: for those that must do something
    when the clock is set, and for whoever waits until they have."""

    def __init__(self, home: Path, agency: str) -> None:
        self._file = home / "agencies" / f"{agency}.clock"

    def read(self) -> str | None:
        """`None` before the process ever ran."""
        try:
            return self._file.read_text(encoding="ascii")
        except OSError:
            return None

    def note(self, setting: str) -> None:
        self._file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        beside = self._file.with_suffix(".clock.new")
        beside.write_text(setting, encoding="ascii")
        beside.replace(self._file)

    def forget(self) -> None:
        """Before a process is started: what an earlier one carried out says nothing of it."""
        self._file.unlink(missing_ok=True)


def _written(home: Path) -> str:
    try:
        return (home / "clock").read_text(encoding="ascii").strip()
    except (OSError, UnicodeDecodeError):
        return ""
