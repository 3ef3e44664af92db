"""`parameters.yaml`: every number of a rule with its law and its dates. Yesterday's value is never edited."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from miaopi.definitions.positions import Placed
from miaopi.definitions.reader import Reader
from miaopi.kernel.decision import Basis, DatedValue, Parameter
from miaopi.kernel.expr import Type
from miaopi.kernel.expr.types import STRING

NO_LIMIT = "none"  # explicitly no number: the law sets none


def read_parameters_file(reader: Reader, root: Placed) -> tuple[dict[str, Parameter], dict[str, str]]:
    """Parameters by name, and where each stands."""
    found: dict[str, Parameter] = {}
    places: dict[str, str] = {}
    for name, placed in reader.mapping(root).items():
        entries = reader.entries(placed, ("label", "unit", "values"), ("type",))
        kind = reader.type(entries["type"]) if "type" in entries else Type("number")
        label, unit = reader.text(entries.get("label")), reader.string(entries.get("unit"))
        places[name] = placed.where
        if "values" in entries and not reader.items(entries["values"]):
            reader.note(entries["values"].where, f"{name} has no value")
        history: list[DatedValue] = []
        for at in reader.items(entries.get("values")):
            dated = _read_dated(reader, at, kind)
            if dated is None:
                continue
            made = reader.made(at.where, lambda: Parameter(name, kind, label, unit, (*history, dated)))  # noqa: B023 – called here
            if made is not None:
                history.append(dated)
                found[name] = made
    return found, places


def _read_dated(reader: Reader, placed: Placed, kind: Type) -> DatedValue | None:
    entries: Mapping[str, Placed] = reader.entries(placed, ("from", "value"), ("to", "basis", "published"))
    since = reader.day(entries.get("from"))
    if "basis" not in entries:
        reader.note(placed.where, f"{since or 'this value'} has no basis; name its article")
        return None
    basis: tuple[Basis, ...] = reader.basis(entries["basis"])
    is_none = "value" in entries and entries["value"].value == NO_LIMIT and kind != STRING
    value = reader.value(entries["value"], kind) if "value" in entries and not is_none else None
    until: date | None = reader.day(entries.get("to"))
    if since is None or (value is None and not is_none) or not basis:
        return None
    if until is not None and until <= since:
        reader.note(entries["to"].where, f"it ends on {until}, before it begins")
        return None
    return DatedValue(since, value, basis[0], until, reader.day(entries.get("published")))
