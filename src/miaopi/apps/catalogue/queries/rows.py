"""Agencies, resources and fields as plain tuples, in the order of their columns: what is compared and copied in bulk."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import date
from typing import NamedTuple

from miaopi.apps.catalogue import models


class AgencyRow(NamedTuple):
    """An agency, column by column."""

    id: str
    name_zh: str
    name_en: str
    code: str | None = None


class ResourceRow(NamedTuple):
    """A resource, column by column; its version and the moment of it are counted by who writes it."""

    id: str
    code: str | None
    class_code: str | None
    agency_id: str
    name_zh: str
    name_en: str
    sharing_method: str
    update_frequency: str
    sharing_type: str
    sharing_condition: str
    legal_ground: str
    openness: str
    open_condition: str
    mode: str
    abstract: str
    published_on: date | None
    related_codes: str
    steward: str
    is_connected: bool


class FieldRow(NamedTuple):
    """A field, column by column."""

    id: str
    resource_id: str
    name: str
    name_zh: str
    name_en: str
    privacy: str
    sharing_type: str
    legal_ground: str
    position: int
    type: str
    length: str


def list_agency_rows() -> Mapping[str, AgencyRow]:
    """All agencies, by id."""
    return {row[0]: AgencyRow._make(row) for row in models.Agency.objects.order_by("id").values_list(*AgencyRow._fields)}


def list_resource_rows(resources: Collection[str] | None = None) -> Mapping[str, ResourceRow]:
    """Those resources, or all of them, by id."""
    rows = models.Resource.objects.order_by("id")
    rows = rows if resources is None else rows.filter(id__in=resources)
    return {row[0]: ResourceRow._make(row) for row in rows.values_list(*ResourceRow._fields)}


def list_field_rows(resources: Collection[str] | None = None) -> Mapping[str, Mapping[str, FieldRow]]:
    """The fields of those resources, or of all of them: by resource, then by id, in the order of the national table."""
    rows = models.Field.objects.order_by("resource_id", "position", "name")
    rows = rows if resources is None else rows.filter(resource_id__in=resources)
    found: dict[str, dict[str, FieldRow]] = {}
    for row in rows.values_list(*FieldRow._fields):
        found.setdefault(row[1], {})[row[0]] = FieldRow._make(row)
    return found


def list_keys() -> Mapping[str, tuple[str | None, str | None]]:
    """Of every resource, by id: its class code and its code in the city's list."""
    return {id: (class_code, code) for id, class_code, code in models.Resource.objects.values_list("id", "class_code", "code")}
