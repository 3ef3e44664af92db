"""A row filter as a steward reads it: labels of the catalogue and everyday comparisons instead of FEEL."""

from __future__ import annotations

from datetime import date, datetime
from typing import Final

from miaopi.apps.catalogue.api import Resource
from miaopi.apps.exchange.adapters.directory import city_directory
from miaopi.apps.exchange.adapters.filters import read_filter
from miaopi.apps.exchange.adapters.port import Term
from miaopi.kernel.calendar import compute_legal_day
from miaopi.kernel.errors import DefinitionError
from miaopi.kernel.wording import Text, write

OF_DAYS: Final = {
    "=": Text("是", "is"), "!=": Text("不是", "is not"), "<": Text("早于", "is before"), "<=": Text("不晚于", "is not after"),
    ">": Text("晚于", "is after"), ">=": Text("不早于", "is not before"),
}  # fmt: skip
OF_NUMBERS: Final = {
    **OF_DAYS, "<": Text("小于", "is below"), "<=": Text("不大于", "is at most"), ">": Text("大于", "is above"),
    ">=": Text("不小于", "is at least"),
}  # fmt: skip


def describe_filter(resource: Resource, row_filter: str, now: datetime) -> Text | None:
    """The filter in words, as its first source reads it today; none where it cannot be read any more."""
    configured = city_directory().configuration.resources.get(resource.id)
    if configured is None:
        return None
    source = configured.sources[0]
    try:
        terms = read_filter(row_filter, source, compute_legal_day(now))
    except DefinitionError:
        return None
    labels = {column.name: resource.fields[name].label for name, column in source.columns.items() if name in resource.fields}
    said = [_say(labels.get(term.column, Text(term.column, term.column)), term) for term in terms]
    return Text(zh="，且".join(each.zh for each in said), en=" and ".join(each.en for each in said))


def _say(label: Text, term: Term) -> Text:
    how = (OF_DAYS if any(isinstance(value, date) for value in term.values) else OF_NUMBERS)[term.operator]
    values = [_value(value) for value in term.values]
    zh, en = "或".join(each.zh for each in values), " or ".join(each.en for each in values)
    return Text(zh=f"{label.zh}{how.zh}{zh}", en=f"{label.en} {how.en} {en}")


def _value(value: object) -> Text:
    match value:
        case bool():
            return Text("“是”", "“yes”") if value else Text("“否”", "“no”")
        case str():
            return Text(f"“{value}”", f"“{value}”")
        case _:
            return write(value)
