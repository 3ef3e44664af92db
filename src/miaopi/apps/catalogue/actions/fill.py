"""Making agencies, resources and fields say what a file says: compared as sets, new ones copied in bulk, replaced states kept.

Whoever comes in – the city's file or a national table – comes in by here, so that a version is kept whatever door a change took.
"""

from __future__ import annotations

import uuid
from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import NamedTuple, TypeVar

from django.db import connection
from django.db.models import F, Model

from miaopi.apps.catalogue.models import Agency, Edition, Field, Resource
from miaopi.apps.catalogue.queries.rows import (
    AgencyRow,
    FieldRow,
    ResourceRow,
    list_agency_rows,
    list_field_rows,
    list_resource_rows,
)
from miaopi.apps.catalogue.queries.versions import STATE
from miaopi.kernel.frozen import frozen

Row = TypeVar("Row", Agency, Resource)

AT_ONCE = 500  # rows of one statement that changes what is there


@frozen
class Wanted:
    """What the catalogue is to say: agencies, resources, and every field of those resources."""

    agencies: Sequence[AgencyRow]
    resources: Sequence[ResourceRow]
    fields: Sequence[FieldRow]


@frozen
class Kept:
    """What it says now, of the same agencies and resources."""

    agencies: Mapping[str, AgencyRow]
    resources: Mapping[str, ResourceRow]
    fields: Mapping[str, Mapping[str, FieldRow]]


@frozen
class Change:
    """Ids of what was added or now says something else; a resource is changed when one of its fields is."""

    agencies: tuple[str, ...]
    added: tuple[str, ...]
    changed: tuple[str, ...]

    @property
    def resources(self) -> tuple[str, ...]:
        return tuple(sorted((*self.added, *self.changed)))

    def __bool__(self) -> bool:
        return bool(self.agencies or self.added or self.changed)


@frozen
class Imported:
    """What taking a file over did; nothing, where the catalogue said the same already."""

    resources: int
    fields: int
    agencies: int
    added: int
    changed: int

    @property
    def is_changed(self) -> bool:
        return bool(self.agencies or self.added or self.changed)


def count(wanted: Wanted, change: Change) -> Imported:
    return Imported(len(wanted.resources), len(wanted.fields), len(change.agencies), len(change.added), len(change.changed))


def read_kept(resources: Collection[str]) -> Kept:
    """The present state of those resources, and of all agencies; call it while the catalogue is locked."""
    kept = list_resource_rows(resources)
    return Kept(list_agency_rows(), kept, list_field_rows(kept))


def fill_catalogue(wanted: Wanted, kept: Kept, now: datetime) -> Change:
    """Write the difference, and the edition's new word if there is one. Fields that are no longer named go out of their resource."""
    fields: dict[str, dict[str, FieldRow]] = {}
    for field in wanted.fields:
        fields.setdefault(field.resource_id, {})[field.id] = field
    agencies = [row for row in wanted.agencies if kept.agencies.get(row.id) != row]
    added = [row for row in wanted.resources if row.id not in kept.resources]
    touched = [
        row
        for row in wanted.resources
        if row.id in kept.resources and (kept.resources[row.id] != row or kept.fields.get(row.id, {}) != fields.get(row.id, {}))
    ]
    change = Change(
        tuple(sorted(row.id for row in agencies)), tuple(sorted(row.id for row in added)), tuple(sorted(row.id for row in touched))
    )
    if change:
        _put(Agency, [Agency(**row._asdict()) for row in agencies], AgencyRow._fields[1:])
        _replace(touched, fields, now)
        _copy(Resource, added, version=1, changed_at=now)
        _copy(Field, [field for row in added for field in fields.get(row.id, {}).values()])
        Edition.objects.update_or_create(id=1, defaults={"word": uuid.uuid4().hex})
        _forget_plans()
    return change


def _replace(touched: Sequence[ResourceRow], fields: Mapping[str, Mapping[str, FieldRow]], now: datetime) -> None:
    """Keep the states that end now, and write those that begin."""
    if not touched:
        return
    ids = [row.id for row in touched]
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO catalogue_resourceversion (resource_id, version, replaced_at, content)"
            f" SELECT r.id, r.version, %s, {STATE} FROM catalogue_resource r WHERE r.id = ANY(%s)",
            [now, ids],
        )
    Field.objects.filter(resource_id__in=ids).delete()
    _copy(Field, [field for row in touched for field in fields.get(row.id, {}).values()])
    _put(Resource, [Resource(**row._asdict()) for row in touched], ResourceRow._fields[1:])
    Resource.objects.filter(id__in=ids).update(version=F("version") + 1, changed_at=now)


def _forget_plans() -> None:
    """Let the keys be checked by plans for what is there now: one that this session made for a small catalogue reads all of it a field."""
    with connection.cursor() as cursor:
        cursor.execute("DISCARD PLANS")


def _put(model: type[Row], rows: Sequence[Row], columns: Sequence[str]) -> None:
    """Insert them, or change those columns of what is there."""
    names = [name.removesuffix("_id") for name in columns]
    model._default_manager.bulk_create(rows, update_conflicts=True, unique_fields=["id"], update_fields=names, batch_size=AT_ONCE)


def _copy(model: type[Model], rows: Sequence[NamedTuple], **same: object) -> None:
    """Copy rows that are not there yet: a row a statement would take a hundred thousand fields half a minute."""
    if not rows:
        return
    names = ", ".join((*rows[0]._fields, *same))
    tail = tuple(same.values())
    statement = f"COPY {model._meta.db_table} ({names}) FROM STDIN"
    with connection.cursor() as cursor, connection.wrap_database_errors, cursor.copy(statement) as copy:
        for row in rows:
            copy.write_row((*row, *tail))
