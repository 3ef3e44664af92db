"""The door of *catalogue*."""

from __future__ import annotations

from miaopi.apps.catalogue.actions.fill import Imported
from miaopi.apps.catalogue.actions.publish import publish_service
from miaopi.apps.catalogue.actions.seed import seed_catalogue
from miaopi.apps.catalogue.actions.take_over import import_catalogue
from miaopi.apps.catalogue.adapters.dcat import write_dcat
from miaopi.apps.catalogue.adapters.mistakes import TableError
from miaopi.apps.catalogue.adapters.national_table import Item, Listed, NationalTable, read_table
from miaopi.apps.catalogue.adapters.table_file import write_csv, write_xlsx
from miaopi.apps.catalogue.models import Mode, Openness, Sharing
from miaopi.apps.catalogue.queries.elements import find_field_element
from miaopi.apps.catalogue.queries.finding import (
    ResourceHit,
    ResourcesFound,
    find_resources,
    find_resources_by_column,
)
from miaopi.apps.catalogue.queries.published import (
    find_published,
    find_version,
    get_published,
    get_service,
    get_service_in_force,
    list_published,
)
from miaopi.apps.catalogue.queries.resources import (
    Field,
    Resource,
    count_catalogue,
    get_agency,
    get_resource,
    get_resources,
    get_resources_of,
    list_agencies,
    list_resources,
    list_resources_after,
    read_edition,
)
from miaopi.apps.catalogue.queries.search import Hit, Match, find_services
from miaopi.apps.catalogue.queries.versions import Altered, get_difference, list_versions

__all__ = [
    "Altered", "Field", "Hit", "Imported", "Item", "Listed", "Match", "Mode", "NationalTable", "Openness", "Resource", "ResourceHit",
    "ResourcesFound", "Sharing", "TableError", "count_catalogue", "find_field_element", "find_published", "find_resources",
    "find_resources_by_column", "find_services", "find_version", "get_agency", "get_difference", "get_published", "get_resource",
    "get_resources", "get_resources_of", "get_service", "get_service_in_force", "import_catalogue", "list_agencies", "list_published",
    "list_resources", "list_resources_after", "list_versions", "publish_service", "read_edition", "read_table", "seed_catalogue",
    "write_csv", "write_dcat", "write_xlsx",
]  # fmt: skip
