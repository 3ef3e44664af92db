"""Publishing versions of services."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Protocol

from miaopi.apps.audit.api import Actor, act
from miaopi.apps.catalogue.events import ServicePublished
from miaopi.apps.catalogue.models import RuleFiles, ServiceVersion
from miaopi.apps.catalogue.queries.published import PublishedService, compute_published, lock_editions
from miaopi.apps.identity.api import Right, authorise
from miaopi.kernel.errors import InputError
from miaopi.kernel.wording import Text


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
