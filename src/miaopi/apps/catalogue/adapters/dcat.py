"""The catalogue as DCAT-AP 3 in JSON-LD: a resource is a dataset, its agency the publisher, its sharing type the access right.

A distribution is left out: what the exchange gives, it gives to who has a grant, and a link that everybody may follow would be a lie.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Final
from urllib.parse import quote

from miaopi.apps.catalogue.models import Openness, Sharing
from miaopi.apps.catalogue.queries.resources import Agency, Resource
from miaopi.kernel.wording import Text

AUTHORITY: Final = "http://publications.europa.eu/resource/authority"
RIGHTS: Final[Mapping[Sharing, str]] = {
    Sharing.UNCONDITIONAL: "RESTRICTED", Sharing.CONDITIONAL: "RESTRICTED", Sharing.NOT_SHARED: "NON_PUBLIC",
}  # fmt: skip
FREQUENCIES: Final[Mapping[str, str]] = {
    "realtime": "CONT", "daily": "DAILY", "weekly": "WEEKLY", "monthly": "MONTHLY", "quarterly": "QUARTERLY", "half_yearly": "ANNUAL_2",
    "yearly": "ANNUAL", "by_version": "IRREG", "irregular": "IRREG",
}  # fmt: skip
CONTEXT: Final = {
    "dcat": "http://www.w3.org/ns/dcat#", "dct": "http://purl.org/dc/terms/", "foaf": "http://xmlns.com/foaf/0.1/",
    "vcard": "http://www.w3.org/2006/vcard/ns#", "xsd": "http://www.w3.org/2001/XMLSchema#",
}  # fmt: skip


def write_dcat(resources: Sequence[Resource], *, title: Text, publisher: Text, base: str) -> bytes:
    """One JSON-LD document; every name in it begins with `base`."""
    agencies = {resource.agency.id: resource.agency for resource in resources}
    catalogue = {
        "@id": f"{base}/catalogue", "@type": "dcat:Catalog", "dct:title": _said(title), "dct:description": _said(title),
        "dct:publisher": {"@id": f"{base}/catalogue/publisher"}, "dcat:dataset": [{"@id": _at(base, resource)} for resource in resources],
    }  # fmt: skip
    city = {"@id": f"{base}/catalogue/publisher", "@type": "foaf:Agent", "foaf:name": _said(publisher)}
    graph = [
        catalogue, city, *(_agent(base, agency) for agency in agencies.values()), *(_dataset(base, each) for each in resources),
    ]  # fmt: skip
    return json.dumps({"@context": CONTEXT, "@graph": graph}, ensure_ascii=False, indent=1).encode()


def _agent(base: str, agency: Agency) -> dict[str, object]:
    said: dict[str, object] = {"@id": _agency_at(base, agency), "@type": "foaf:Agent", "foaf:name": _said(agency.name)}
    return said | ({"dct:identifier": agency.code} if agency.code else {})


def _dataset(base: str, resource: Resource) -> dict[str, object]:
    abstract = Text(resource.abstract or resource.name.zh, resource.name.en)
    said: dict[str, object] = {
        "@id": _at(base, resource), "@type": "dcat:Dataset", "dct:identifier": resource.class_code or resource.id,
        "dct:title": _said(resource.name), "dct:description": _said(abstract),
        "dct:publisher": {"@id": _agency_at(base, resource.agency)},
        "dct:accessRights": {"@id": f"{AUTHORITY}/access-right/{_right(resource)}"}, "dcat:version": str(resource.version),
        "dcat:keyword": [keyword for field in resource.fields.values() for keyword in _said(field.label)],
    }  # fmt: skip
    if resource.update_frequency in FREQUENCIES:
        said["dct:accrualPeriodicity"] = {"@id": f"{AUTHORITY}/frequency/{FREQUENCIES[resource.update_frequency]}"}
    if resource.published_on is not None:
        said["dct:issued"] = {"@type": "xsd:date", "@value": resource.published_on.isoformat()}
    if resource.changed_at is not None:
        said["dct:modified"] = {"@type": "xsd:dateTime", "@value": resource.changed_at.isoformat()}
    if resource.steward:
        said["dcat:contactPoint"] = {"@type": "vcard:Organization", "vcard:fn": resource.steward}
    return said


def _right(resource: Resource) -> str:
    return "PUBLIC" if resource.openness is Openness.OPEN else RIGHTS[resource.sharing_type]


def _said(text: Text) -> list[dict[str, str]]:
    return [{"@language": language, "@value": words} for language, words in text.to_json().items() if words]


def _at(base: str, resource: Resource) -> str:
    return f"{base}/catalogue/resources/{quote(resource.id)}"


def _agency_at(base: str, agency: Agency) -> str:
    return f"{base}/catalogue/agencies/{quote(agency.id)}"
