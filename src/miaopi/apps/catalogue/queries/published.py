"""Reads of the catalogue: what there is, how private it is, and which version of a service is in force."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache, lru_cache

from django.db import connection
from django.db.models import Prefetch, Q, QuerySet

from miaopi.apps.catalogue import models
from miaopi.apps.catalogue.models import Sharing
from miaopi.definitions import ServicePackage, read_version
from miaopi.kernel.decision import Privacy
from miaopi.kernel.errors import DefinitionError, NotFound
from miaopi.kernel.wording import Text


@dataclass(frozen=True, slots=True)
class Agency:
    """An agency that provides data."""

    id: str
    name: Text


@dataclass(frozen=True, slots=True)
class Field:
    """A data item; `legal_ground` says why it is not shared, or on which condition."""

    name: str
    label: Text
    privacy: Privacy
    sharing_type: Sharing
    legal_ground: str


@dataclass(frozen=True, slots=True)
class Resource:
    """A resource with its fields, in the order of the catalogue file's alphabet."""

    id: str
    code: str | None
    name: Text
    agency: Agency
    sharing_method: str
    update_frequency: str
    sharing_type: Sharing
    legal_ground: str
    is_connected: bool
    fields: Mapping[str, Field]

    @property
    def sensitive_fields(self) -> frozenset[str]:
        """Those that need a separate consent (个人信息保护法 第二十九条)."""
        return frozenset(field.name for field in self.fields.values() if field.privacy is Privacy.SENSITIVE)


@dataclass(frozen=True, slots=True)
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


def get_resource(resource: str) -> Resource:
    """Raises NotFound."""
    found = get_resources((resource,))
    if resource not in found:
        raise NotFound(Text(zh=f"目录中没有资源“{resource}”。", en=f"The catalogue has no resource {resource!r}."))
    return found[resource]


def get_resources(resources: Iterable[str]) -> Mapping[str, Resource]:
    """Those of `resources` that exist, by id. What was read is kept as long as the catalogue stays as it is: one statement."""
    wanted = sorted(set(resources))
    edition = models.Edition.objects.values_list("word", flat=True).first()
    kept = {} if edition is None else _shelf(edition)
    if unread := [each for each in wanted if each not in kept]:
        kept.update({row.id: _resource(row) for row in _resources().filter(id__in=unread)})
    return {each: kept[each] for each in wanted if each in kept}


@lru_cache(maxsize=2)
def _shelf(edition: str) -> dict[str, Resource]:
    """What this process has read of that edition; the one before it may still be open in another transaction."""
    return {}


def list_resources() -> Sequence[Resource]:
    return [_resource(row) for row in _resources()]


def list_agencies() -> Sequence[Agency]:
    return [_agency(row) for row in models.Agency.objects.order_by("id")]


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


def lock_catalogue() -> None:
    """Let one seeding at a time change the catalogue, until it commits."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended('catalogue', 0))")


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


def _resources() -> QuerySet[models.Resource]:
    fields = Prefetch("fields", queryset=models.Field.objects.order_by("name"))
    return models.Resource.objects.select_related("agency").prefetch_related(fields).order_by("id")


def _agency(row: models.Agency) -> Agency:
    return Agency(id=row.id, name=Text(row.name_zh, row.name_en))


def _resource(row: models.Resource) -> Resource:
    fields = {
        field.name: Field(
            name=field.name, label=Text(field.name_zh, field.name_en), privacy=Privacy(field.privacy),
            sharing_type=Sharing(field.sharing_type), legal_ground=field.legal_ground,
        )
        for field in row.fields.all()
    }
    return Resource(
        id=row.id, code=row.code, name=Text(row.name_zh, row.name_en), agency=_agency(row.agency),
        sharing_method=row.sharing_method, update_frequency=row.update_frequency, sharing_type=Sharing(row.sharing_type),
        legal_ground=row.legal_ground, is_connected=row.is_connected, fields=fields,
    )
