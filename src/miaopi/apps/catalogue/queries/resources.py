"""Reads of the catalogue: which agencies and resources there are, how private their fields are, and what they were before."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import field
from datetime import date, datetime
from functools import lru_cache
from typing import Final

from django.db import connection

from miaopi.apps.audit.api import Read
from miaopi.apps.catalogue import models
from miaopi.apps.catalogue.models import Mode, Openness, Sharing
from miaopi.apps.catalogue.queries.rows import ResourceRow, list_field_rows
from miaopi.kernel.decision import Privacy
from miaopi.kernel.errors import NotFound
from miaopi.kernel.frozen import frozen
from miaopi.kernel.wording import Text

FILLED_WITHIN = 300  # seconds
EDITION: Final = "SELECT word FROM catalogue_edition ORDER BY id LIMIT 1"
OF_ITS_AGENCY = ("agency__name_zh", "agency__name_en", "agency__code")


@frozen
class Agency:
    """An agency that provides data; `code` is its 提供方代码."""

    id: str
    name: Text
    code: str | None = None


@frozen
class Field:
    """A data item; `legal_ground` says why it is not shared, or on which condition. `type` and `length` as in the national table."""

    name: str
    label: Text
    privacy: Privacy
    sharing_type: Sharing
    legal_ground: str
    type: str = ""
    length: str = ""


@frozen
class Resource:
    """A resource with its fields, in the order in which it lists them."""

    id: str
    code: str | None
    class_code: str | None
    name: Text
    agency: Agency
    sharing_method: str
    update_frequency: str
    sharing_type: Sharing
    sharing_condition: str
    legal_ground: str
    openness: Openness
    open_condition: str
    mode: Mode | None
    abstract: str
    published_on: date | None
    related_codes: str
    steward: str
    is_connected: bool
    version: int
    changed_at: datetime | None
    fields: Mapping[str, Field]
    sensitive_fields: frozenset[str] = field(init=False)  # those that need a separate consent (个人信息保护法 第二十九条)

    def __post_init__(self) -> None:
        private = frozenset(each.name for each in self.fields.values() if each.privacy is Privacy.SENSITIVE)
        object.__setattr__(self, "sensitive_fields", private)


@frozen
class Size:
    """How much there is: what answers is counted apart from what is described only."""

    agencies: int
    resources: int
    connected: int

    @property
    def described(self) -> int:
        return self.resources - self.connected


def get_resource(resource: str) -> Resource:
    """Raises NotFound."""
    found = get_resources((resource,))
    if resource not in found:
        raise NotFound(Text(zh=f"目录中没有资源“{resource}”。", en=f"The catalogue has no resource {resource!r}."))
    return found[resource]


def get_resources(resources: Iterable[str]) -> Mapping[str, Resource]:
    """Those of `resources` that exist, by id. What was read is kept as long as the catalogue stays as it is: one statement."""
    return get_resources_of(find_edition(), resources)


def get_resources_of(edition: str | None, resources: Iterable[str]) -> Mapping[str, Resource]:
    """As `get_resources`, for whoever has just read which edition the catalogue is in."""
    wanted = sorted(set(resources))
    kept = {} if edition is None else _shelf(edition)
    if unread := [each for each in wanted if each not in kept]:
        kept.update(_read(unread))
    return {each: kept[each] for each in wanted if each in kept}


def find_edition() -> str | None:
    """The word for the present state of the catalogue: another one each time anything in it changed; `None` while it is empty."""
    return read_edition().now()


def read_edition() -> Read[str | None]:
    return Read(EDITION, (), lambda rows: str(rows[0][0]) if rows else None)


@lru_cache(maxsize=2)
def _shelf(edition: str) -> dict[str, Resource]:
    """What this process has read of that edition; the one before it may still be open in another transaction."""
    return {}


def list_resources(agency: str | None = None) -> Sequence[Resource]:
    """All of them, or those of one agency, by id."""
    if agency is None:
        return list(_read(None).values())
    return list(_read(list(models.Resource.objects.filter(agency_id=agency).values_list("id", flat=True))).values())


def list_resources_after(id: str, *, most: int, agency: str | None = None) -> Sequence[Resource]:
    """At most so many, by id, from the one after `id` on; of one agency, if it is named. A page reads what it shows."""
    rows = models.Resource.objects.filter(id__gt=id).order_by("id")
    rows = rows if agency is None else rows.filter(agency_id=agency)
    return list(get_resources(rows.values_list("id", flat=True)[:most]).values())


def list_agencies() -> Sequence[Agency]:
    rows = models.Agency.objects.order_by("id").values_list("id", "name_zh", "name_en", "code")
    return [Agency(id, Text(name_zh, name_en), code) for id, name_zh, name_en, code in rows]


def get_agency(id: str) -> Agency:
    """Raises NotFound."""
    found = next((agency for agency in list_agencies() if agency.id == id), None)
    if found is None:
        raise NotFound(Text(zh=f"没有部门“{id}”，请用 exchange agencies 列出的标识。",
                            en=f"There is no agency {id!r}: exchange agencies lists their ids."))  # fmt: skip
    return found


def count_catalogue() -> Size:
    resources = models.Resource.objects
    return Size(models.Agency.objects.count(), resources.count(), resources.filter(is_connected=True).count())


def lock_catalogue() -> None:
    """Let one filling at a time change the catalogue, until it commits; a hundred thousand fields may take longer than other work does.

    The server sets the clock of a transaction when it begins, and again only for one that has none.
    """
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL transaction_timeout = 0")
        for limit in ("transaction_timeout", "statement_timeout", "idle_in_transaction_session_timeout"):
            cursor.execute(f"SET LOCAL {limit} = '{FILLED_WITHIN}s'")
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended('catalogue', 0))")


def _read(resources: Collection[str] | None) -> Mapping[str, Resource]:
    """Two statements, whatever their number."""
    rows = models.Resource.objects.order_by("id")
    rows = rows if resources is None else rows.filter(id__in=resources)
    listed = list(rows.values_list(*ResourceRow._fields, "version", "changed_at", *OF_ITS_AGENCY))
    fields = list_field_rows(resources)
    found = {}
    for *columns, version, changed_at, agency_zh, agency_en, agency_code in listed:
        row = ResourceRow._make(columns)
        found[row.id] = Resource(
            id=row.id, code=row.code, class_code=row.class_code, name=Text(row.name_zh, row.name_en),
            agency=Agency(row.agency_id, Text(agency_zh, agency_en), agency_code), sharing_method=row.sharing_method,
            update_frequency=row.update_frequency, sharing_type=Sharing(row.sharing_type), sharing_condition=row.sharing_condition,
            legal_ground=row.legal_ground, openness=Openness(row.openness), open_condition=row.open_condition,
            mode=Mode(row.mode) if row.mode else None, abstract=row.abstract, published_on=row.published_on,
            related_codes=row.related_codes, steward=row.steward, is_connected=row.is_connected, version=version, changed_at=changed_at,
            fields={
                each.name: Field(
                    each.name, Text(each.name_zh, each.name_en), Privacy(each.privacy), Sharing(each.sharing_type),
                    each.legal_ground, each.type, each.length,
                )
                for each in fields.get(row.id, {}).values()
            },
        )  # fmt: skip
    return found
