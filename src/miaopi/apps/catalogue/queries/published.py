"""Reads of published services: which version of one is in force, and what it says."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from functools import cache

from django.db import connection
from django.db.models import Q

from miaopi.apps.catalogue import models
from miaopi.definitions import ServicePackage, read_version
from miaopi.kernel.errors import DefinitionError, NotFound
from miaopi.kernel.frozen import frozen
from miaopi.kernel.wording import Text


@frozen
class PublishedService:
    """One published version of a service."""

    slug: str
    code: str
    version: str
    edition: int
    name: Text
    effective_from: datetime
    published_at: datetime
    published_by: str


def get_published(slug_or_code: str, now: datetime) -> PublishedService:
    """The version in force. Raises NotFound, also for a service that begins later."""
    service = find_published(slug_or_code, now)
    if service is None:
        raise NotFound(Text(zh=f"没有已发布的事项“{slug_or_code}”。", en=f"No service {slug_or_code!r} is published."))
    return service


def find_published(slug_or_code: str, now: datetime) -> PublishedService | None:
    named = Q(slug=slug_or_code) | Q(code=slug_or_code)
    row = models.ServiceVersion.objects.filter(named, effective_from__lte=now).order_by("-effective_from", "slug").first()
    return None if row is None else compute_published(row)


def find_version(slug: str, version: str) -> PublishedService | None:
    """That version as it was last published: a running application goes on under the version it was filed under."""
    row = models.ServiceVersion.objects.filter(slug=slug, version=version).order_by("-edition").first()
    return None if row is None else compute_published(row)


@cache
def get_service(slug: str, version: str) -> ServicePackage:
    """The service as that version of it was published, whatever its folder says today; read once a process.

    Raises DefinitionError if the version was never published, or its files were altered since.
    """
    kept = models.RuleFiles.objects.filter(version=version, slug=slug).first()
    if kept is None:
        raise DefinitionError(slug, f"version {version[:12]} was never published here")
    return read_version(kept.files, slug=slug, version=version)


def get_service_in_force(slug_or_code: str, now: datetime) -> ServicePackage:
    """The service in the version by which it is filed now. Raises NotFound, DefinitionError."""
    published = get_published(slug_or_code, now)
    return get_service(published.slug, published.version)


def list_published(now: datetime) -> Sequence[PublishedService]:
    """Of each service the version in force, by slug."""
    rows = models.ServiceVersion.objects.filter(effective_from__lte=now).order_by("slug", "-effective_from").distinct("slug")
    return [compute_published(row) for row in rows]


def lock_editions(slug: str) -> models.ServiceVersion | None:
    """The latest edition of a slug, while nobody else can add one."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended('catalogue/' || %s, 0))", [slug])
    return models.ServiceVersion.objects.filter(slug=slug).order_by("-edition").first()


def compute_published(row: models.ServiceVersion) -> PublishedService:
    return PublishedService(
        slug=row.slug, code=row.code, version=row.version, edition=row.edition, name=Text(row.name_zh, row.name_en),
        effective_from=row.effective_from, published_at=row.published_at, published_by=row.published_by,
    )
