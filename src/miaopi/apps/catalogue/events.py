"""What happened to the catalogue."""

from __future__ import annotations

from miaopi.apps.audit.api import Event
from miaopi.kernel.frozen import frozen


@frozen
class CatalogueSeeded(Event):
    """Agencies, resources or fields were added or changed from the file of that SHA-256 (hex)."""

    digest: str
    agencies: tuple[str, ...]
    resources: tuple[str, ...]


@frozen
class CatalogueImported(Event):
    """A national table of that SHA-256 (hex) was taken over whole: how many agencies and resources it added or changed."""

    digest: str
    agencies: int
    added: int
    changed: int


@frozen
class ServicePublished(Event):
    """A version of a service is in force from `effective_from`."""

    slug: str
    code: str
    version: str
    effective_from: str
