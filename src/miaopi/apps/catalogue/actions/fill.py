"""Making agencies, resources and fields say what a file says: compared as sets, new ones copied in bulk, replaced states kept.

Whoever comes in – the city's file or a national table – comes in by here, so that a version is kept whatever door a change took.
"""

from __future__ import annotations

import uuid
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple

from django.db import connection
from django.db.models import Model

from miaopi.apps.catalogue.models import Agency, Edition, Field, Resource, ResourceVersion
from miaopi.apps.catalogue.queries.rows import (
    AgencyRow,
    FieldRow,
    ResourceRow,
    describe_state,
    list_agency_rows,
    list_field_rows,
    list_resource_rows,
    list_stands,
)

AT_ONCE = 500  # rows of one statement that changes what is there


@dataclass(frozen=True, slots=True)
class Wanted:
    """What the catalogue is to say: agencies, resources, and every field of those resources."""

    agencies: Sequence[AgencyRow]
    resources: Sequence[ResourceRow]
    fields: Sequence[FieldRow]


@dataclass(frozen=True, slots=True)
class Kept:
    """What it says now, of the same agencies and resources."""

    agencies: Mapping[str, AgencyRow]
    resources: Mapping[str, ResourceRow]
    fields: Mapping[str, Mapping[str, FieldRow]]


@dataclass(frozen=True, slots=True)
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
        _put(Agency, agencies)
        _replace(touched, kept, fields, now)
        _copy(Resource, added, version=1, changed_at=now)
        _copy(Field, [field for row in added for field in fields.get(row.id, {}).values()])
        Edition.objects.update_or_create(id=1, defaults={"word": uuid.uuid4().hex})
    return change


def _replace(
    touched: Sequence[ResourceRow], kept: Kept, fields: Mapping[str, Mapping[str, FieldRow]], now: datetime
) -> None:
    """Keep the states that end now, and write those that begin."""
    if not touched:
        return
    stands = list_stands([row.id for row in touched])
    ResourceVersion.objects.bulk_create(
        [
            ResourceVersion(
                resource_id=row.id, version=stands[row.id].version, replaced_at=now,
                content=describe_state(kept.resources[row.id], kept.fields.get(row.id, {}), stands[row.id]),
            )
            for row in touched
        ],
        batch_size=AT_ONCE,
    )  # fmt: skip
    held = {id: field for row in touched for id, field in kept.fields.get(row.id, {}).items()}
    named = {id: field for row in touched for id, field in fields.get(row.id, {}).items()}
    Field.objects.filter(id__in=[id for id in held if id not in named]).delete()
    _put(Field, [field for id, field in named.items() if held.get(id) != field])
    rows = [Resource(**row._asdict(), version=stands[row.id].version + 1, changed_at=now) for row in touched]
    columns = [field.name for field in Resource._meta.concrete_fields if not field.primary_key]
    Resource.objects.bulk_create(rows, update_conflicts=True, unique_fields=["id"], update_fields=columns, batch_size=AT_ONCE)


def _put(model: type[Model], rows: Sequence[AgencyRow] | Sequence[FieldRow]) -> None:
    """Insert them, or change those that are there."""
    columns = [field.name for field in model._meta.concrete_fields if not field.primary_key]
    model._default_manager.bulk_create(
        [model(**row._asdict()) for row in rows],
        update_conflicts=True, unique_fields=["id"], update_fields=columns, batch_size=AT_ONCE,
    )  # fmt: skip


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
