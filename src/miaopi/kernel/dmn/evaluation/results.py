"""The values handed out: `str()` of each temporal one is its ISO form, by which FEEL reads it again."""

from __future__ import annotations

from datetime import datetime, time, timedelta

from miaopi.kernel.dmn.items import spend
from miaopi.kernel.expr import Run
from miaopi.kernel.expr.temporal import write_temporal


class MomentWritten(datetime):
    """A moment as any other, but for its text."""

    def __str__(self) -> str:
        return write_temporal(self)


class TimeWritten(time):
    """A time of day as any other, but for its text."""

    def __str__(self) -> str:
        return write_temporal(self)


class LengthWritten(timedelta):
    """A duration of days as any other, but for its text."""

    def __str__(self) -> str:
        return write_temporal(self)


def hand_out(value: object, run: Run, where: str) -> object:
    """The value as it leaves. Raises DefinitionError for one of more parts than the evaluation may take."""
    spend(run, where)
    match value:
        case datetime():
            return MomentWritten.combine(value.date(), value.timetz())
        case time():
            return TimeWritten(value.hour, value.minute, value.second, value.microsecond, value.tzinfo, fold=value.fold)
        case timedelta():
            return LengthWritten(value.days, value.seconds, value.microseconds)
        case list():
            return [hand_out(element, run, where) for element in value]
        case dict():
            return {name: hand_out(entry, run, where) for name, entry in value.items()}
        case _:
            return value
