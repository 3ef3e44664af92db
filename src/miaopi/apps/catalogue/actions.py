"""Filling the catalogue from the city's file, and publishing versions of services."""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import Protocol, TypeVar

from miaopi.apps.audit.api import Actor, act
from miaopi.apps.catalogue.adapters.city_file import read_catalogue
from miaopi.apps.catalogue.events import CatalogueSeeded, ServicePublished
from miaopi.apps.catalogue.models import Agency, Edition, Field, Resource, RuleFiles, ServiceVersion
from miaopi.apps.catalogue.queries.published import (
    PublishedService,
    compute_published,
    lock_catalogue,
    lock_editions,
)
from miaopi.apps.identity.api import Right, authorise
from miaopi.kernel.errors import InputError
from miaopi.kernel.wording import Text

Row = TypeVar("Row", Agency, Resource, Field)


class Package(Protocol):
    """What the catalogue reads of a service package; `version` is the hash of its content, `files` its rule files to the byte."""

    @property
    def slug(self) -> str: ...
    @property
    def code(self) -> str: ...
    @property
    def name(self) -> Text: ...
    @property
    def version(self) -> str: ...
    @property
    def files(self) -> Mapping[str, str]: ...


def seed_catalogue(*, source: Path, by: Actor, now: datetime) -> bool:
    """Make agencies, resources and fields say what the file says; `True` if anything changed.

    A field that the file no longer names is taken out of its resource; resources that it does not name stay.
    Raises DefinitionError, RightsError.
    """
    authorise(by, Right.SEED_CATALOGUE)
    wanted = read_catalogue(source)
    with act(by=by, now=now) as unit:
        lock_catalogue()
        agencies = _put(Agency, wanted.agencies)
        resources = _put(Resource, wanted.resources)
        fields = _put(Field, wanted.fields)
        named = [row.id for row in wanted.resources]
        removed, _ = Field.objects.filter(resource_id__in=named).exclude(id__in=[row.id for row in wanted.fields]).delete()
        is_changed = bool(agencies or resources or fields or removed)
        if is_changed:
            Edition.objects.update_or_create(id=1, defaults={"word": uuid.uuid4().hex})
            touched = sorted({row.id for row in resources} | {row.resource_id for row in fields})
            unit.record(
                CatalogueSeeded(digest=wanted.digest, agencies=tuple(row.id for row in agencies), resources=tuple(touched))
            )
    return is_changed


def publish_service(*, package: Package, by: Actor, now: datetime, effective_from: datetime | None = None) -> PublishedService:
    """Put a version in force from `effective_from` (now, if not given). The version that is the latest already stays as it is.

    Its rule files are kept with it: what is filed under it goes on under it when the folder says something else (ADR 0012).
    Raises InputError for a day before that of the latest edition: what was in force is never rewritten.
    """
    authorise(by, Right.PUBLISH_SERVICE)
    start = effective_from or now
    with act(by=by, now=now) as unit:
        latest = lock_editions(package.slug)
        RuleFiles.objects.bulk_create(
            [RuleFiles(version=package.version, slug=package.slug, files=dict(package.files))], ignore_conflicts=True
        )
        if latest is not None and (latest.version, latest.code) == (package.version, package.code):
            return compute_published(latest)
        if start < now or (latest is not None and start <= latest.effective_from):
            raise InputError(
                "effective_from",
                Text(zh="生效时间早于现在或早于已发布的版本。", en="The version would begin in the past, or not after the latest one."),
                Text(zh="请填写更晚的时间。", en="Give a later time."),
            )
        row = ServiceVersion(
            slug=package.slug, code=package.code, version=package.version,
            edition=1 if latest is None else latest.edition + 1, name_zh=package.name.zh, name_en=package.name.en,
            effective_from=start, published_at=now, published_by=by.id,
        )
        row.save(force_insert=True)
        unit.record(
            ServicePublished(slug=row.slug, code=row.code, version=row.version, effective_from=start.isoformat())
        )
    return compute_published(row)


def _put(model: type[Row], wanted: Sequence[Row]) -> list[Row]:
    """Insert or change the rows that say something else than the table does; gives those."""
    kept = {row.id: _contents(row) for row in model._default_manager.filter(id__in=[row.id for row in wanted])}
    changed = [row for row in wanted if kept.get(row.id) != _contents(row)]
    if changed:
        columns = [field.name for field in model._meta.concrete_fields if not field.primary_key]
        model._default_manager.bulk_create(changed, update_conflicts=True, unique_fields=["id"], update_fields=columns)
    return changed


def _contents(row: Agency | Resource | Field) -> Mapping[str, object]:
    """The columns of a row, to tell whether two say the same."""
    return {field.attname: getattr(row, field.attname) for field in row._meta.concrete_fields}
