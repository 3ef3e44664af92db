"""The door of *catalogue*."""

from __future__ import annotations

from miaopi.apps.catalogue.actions.publish import Package, publish_service
from miaopi.apps.catalogue.actions.seed import seed_catalogue
from miaopi.apps.catalogue.actions.take_over import Imported, import_catalogue
from miaopi.apps.catalogue.adapters.dcat import write_dcat
from miaopi.apps.catalogue.adapters.mistakes import Mistake, TableError
from miaopi.apps.catalogue.adapters.national_table import Item, Listed, NationalTable, read_table
from miaopi.apps.catalogue.adapters.table_file import write_csv, write_xlsx
from miaopi.apps.catalogue.events import CatalogueImported, CatalogueSeeded, ServicePublished
from miaopi.apps.catalogue.models import Mode, Openness, Sharing
from miaopi.apps.catalogue.queries.finding import (
    ResourceHit,
    ResourcesFound,
    find_resources,
    find_resources_by_column,
)
from miaopi.apps.catalogue.queries.published import (
    PublishedService,
    find_published,
    find_version,
    get_published,
    get_service,
    get_service_in_force,
    list_published,
)
from miaopi.apps.catalogue.queries.resources import (
    Agency,
    Field,
    Resource,
    Size,
    count_catalogue,
    get_resource,
    get_resources,
    list_agencies,
    list_resources,
)
from miaopi.apps.catalogue.queries.search import Found, Hit, Match, find_services
from miaopi.apps.catalogue.queries.versions import Altered, Difference, get_difference, list_versions

__all__ = [
    "Agency", "Altered", "CatalogueImported", "CatalogueSeeded", "Difference", "Field", "Found", "Hit", "Imported", "Item", "Listed",
    "Match", "Mistake", "Mode", "NationalTable", "Openness", "Package", "PublishedService", "Resource", "ResourceHit", "ResourcesFound",
    "ServicePublished", "Sharing", "Size", "TableError", "count_catalogue", "find_published", "find_resources", "find_resources_by_column",
    "find_services", "find_version", "get_difference", "get_published", "get_resource", "get_resources", "get_service",
    "get_service_in_force", "import_catalogue", "list_agencies", "list_published", "list_resources", "list_versions", "publish_service",
    "read_table", "seed_catalogue", "write_csv", "write_dcat", "write_xlsx",
]  # fmt: skip
