"""The sandbox: an answer of the right shape about nobody, made by the platform from what a field is, never from anybody's data."""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Mapping
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Final

from miaopi.apps.audit.api import Actor
from miaopi.apps.catalogue.api import Field, Resource, Sharing, get_resource
from miaopi.apps.exchange.actions.access import has_many
from miaopi.apps.exchange.adapters.configuration import Column
from miaopi.apps.exchange.adapters.directory import city_directory
from miaopi.apps.exchange.adapters.registered import is_registered
from miaopi.apps.exchange.queries.refusals import RefusalCode
from miaopi.apps.identity.api import Right, authorise
from miaopi.kernel.calendar import LEGAL_ZONE
from miaopi.kernel.fact import Known, Value
from miaopi.kernel.frozen import frozen

PERSONS: Final = 9  # invented ones; a number that is sent leads to one of them and is forgotten
ROWS: Final = 2  # of a resource that has many of a person
FIRST_DAY: Final = date(2001, 1, 1)
TYPES: Final[Mapping[str, str]] = {
    "N": "number", "Y": "number", "B": "number", "I": "number", "F": "number", "D": "date", "T": "date and time", "L": "boolean",
}  # the letters of the national table; all others are texts
WEIGHTS: Final = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)  # GB 11643
NO_REGION: Final = "990000"  # of no place, so that a sample passes a check of its form and is nobody's


@frozen
class Sample:
    """An answer as a pull gives it, about nobody."""

    resource: Resource
    facts: Mapping[str, Known]
    refused: Mapping[str, RefusalCode]


def try_sandbox(*, resource: str, fields: Collection[str] = (), subject: str = "", by: Actor, now: datetime) -> Sample:
    """The asked fields, or all that are shared, of an invented person; the same for the same question, at any time, without agreement.

    What production would never give is refused here with the same code. Raises NotFound, RightsError.
    """
    authorise(by, Right.TRY_SANDBOX)
    described = get_resource(resource)
    asked = tuple(dict.fromkeys(fields)) or tuple(
        name for name, field in described.fields.items() if field.sharing_type is not Sharing.NOT_SHARED
    )
    refused = {f"{resource}.{name}": code for name in asked if (code := _refuse(described, name)) is not None}
    given = [described.fields[name] for name in asked if f"{resource}.{name}" not in refused]
    serial = hashlib.sha256(subject.strip().upper().encode()).digest()[0] % PERSONS + 1
    columns = _columns(resource)
    if has_many(resource):
        rows = [_row(given, columns, serial + PERSONS * place) for place in range(ROWS)]
        return Sample(described, {} if refused else {resource: Known(rows, resource, now)}, refused)
    row = _row(given, columns, serial)
    return Sample(described, {f"{resource}.{name}": Known(value, resource, now) for name, value in row.items()}, refused)


def _refuse(resource: Resource, name: str) -> RefusalCode | None:
    if name not in resource.fields:
        return RefusalCode.FIELD_UNKNOWN
    return RefusalCode.NOT_SHARED if resource.fields[name].sharing_type is Sharing.NOT_SHARED else None


def _columns(resource: str) -> Mapping[str, Column]:
    """What is known of the types and values of those fields that a source of the city answers for."""
    configured = city_directory().configuration.resources.get(resource)
    if configured is None or is_registered(resource):
        return {}
    return {name: column for source in configured.sources for name, column in source.columns.items()}


def _row(fields: Collection[Field], columns: Mapping[str, Column], serial: int) -> dict[str, Value]:
    return {field.name: _value(field, columns.get(field.name), serial) for field in fields}


def _value(field: Field, column: Column | None, serial: int) -> Value:
    kind = column.type if column is not None else TYPES.get(field.type, "string")
    if column is not None and column.values:
        return column.values[serial % len(column.values)]
    day = FIRST_DAY + timedelta(days=31 * serial)
    match kind:
        case "boolean":
            return serial % 2 == 0
        case "number":
            return Decimal(serial)
        case "date":
            return day
        case "date and time":
            return datetime(day.year, day.month, day.day, 9, 30, tzinfo=LEGAL_ZONE)
    if field.name.endswith("id_number"):
        return _number(day, serial)
    if field.name.endswith(("_no", "_code", "uscc", "mobile", "_number")):
        return f"SANDBOX{serial:04d}"
    return f"示例·{field.label.zh}{serial}"


def _number(day: date, serial: int) -> str:
    digits = f"{NO_REGION}{day:%Y%m%d}{serial:03d}"
    return digits + "10X98765432"[sum(int(digit) * weight for digit, weight in zip(digits, WEIGHTS, strict=True)) % 11]
