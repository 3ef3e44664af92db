"""The catalogue as a steward reads it: her own agency's resources, the search in all of them, one resource and what it was before."""

from __future__ import annotations

from typing import Final

from django.http import HttpResponse
from django.views.decorators.http import require_safe

from miaopi.apps.catalogue.api import (
    Altered,
    Resource,
    ResourceHit,
    find_resources,
    find_resources_by_column,
    get_difference,
    get_resource,
    list_resources,
    list_versions,
)
from miaopi.apps.exchange.api import (
    AgreementState,
    list_agreements,
    list_answered,
    list_predicates,
    list_registers,
    list_sources,
)
from miaopi.apps.identity.api import Right
from miaopi.kernel.wording import Text
from miaopi.portal.gate import SignedVisit, gate
from miaopi.portal.language import language_of
from miaopi.portal.stewards.frame import office_of, show
from miaopi.portal.stewards.quality import DAYS, find_quality_of
from miaopi.portal.wording.agreements import Agreements, describe_field
from miaopi.portal.wording.sharing import COLUMNS, FREQUENCIES, MODES, OPEN, SHARED
from miaopi.portal.wording.sources import seal_of

MOST: Final = 30
WAYS: Final = {
    "name": Text(zh="按名称、拼音、首字母、英文或编号", en="By name, pinyin, initials, English or code"),
    "column": Text(zh="按信息项，或它的一个值", en="By a field, or a value of it"),
}


@require_safe
@gate(Right.REQUEST_DATA)
def show_catalogue(visit: SignedVisit) -> HttpResponse:
    """A question (`q`, by name or by column) over all agencies; without one, what this agency keeps."""
    asked, way = visit.GET.get("q", "").strip(), visit.GET.get("by", "name")
    way = way if way in WAYS else "name"
    if asked:
        found = (find_resources_by_column if way == "column" else find_resources)(asked, limit=MOST)
        rows, total = [_hit(each) for each in found.hits], found.total
    else:
        own = sorted(list_resources(office_of(visit)), key=lambda each: (not each.is_connected, each.id))
        rows, total = [_row(each) for each in own[: 2 * MOST]], len(own)
    page = {
        "asked": asked, "rows": rows, "total": total, "more": total - len(rows),
        "by": [{"key": key, "name": name, "is_chosen": key == way} for key, name in WAYS.items()],
    }  # fmt: skip
    return show(visit, "catalogue", page, here="data_catalogue")


@require_safe
@gate(Right.REQUEST_DATA)
def show_resource(visit: SignedVisit, resource: str) -> HttpResponse:
    """One resource with its fields; what may be had of it, and by whom it is had already."""
    found, office, language = get_resource(resource), office_of(visit), language_of(visit)
    tests, answered = list_predicates(found.id), list_answered(found.id)
    is_own = found.agency.id == office
    standing = [each for each in list_agreements(agency=found.agency.id) if each.resource == found.id]
    shown = [each for each in standing if each.state in (AgreementState.GRANTED, AgreementState.SUSPENDED, AgreementState.FILED)]
    mine = [each for each in standing if each.requester == office]
    page = {
        "it": {
            **_row(found), "openness": OPEN[found.openness], "open_condition": found.open_condition, "ground": found.legal_ground,
            "condition": found.sharing_condition, "mode": MODES[found.mode] if found.mode else None, "steward": found.steward,
            "abstract": found.abstract, "frequency": FREQUENCIES.get(found.update_frequency, found.update_frequency),
            "version": found.version, "class_code": found.class_code or found.code or "",
        },
        "fields": [
            {**describe_field(each, tests), "is_unanswered": answered is not None and found.is_connected and each.name not in answered}
            for each in found.fields.values()
        ],
        "instead": [
            {**describe_field(found.fields[name], tests), "of": [each.label for each in found.fields.values() if each.name in words(test)]}
            for name, test in tests.items() if name in found.fields
        ],
        "is_own": is_own, "versions": len(list_versions(found.id)),
        "is_silent": any(each.silent_since for each in list_sources(now=visit.now) if each.resource == found.id),
        "agreements": Agreements(shown if is_own else mine, visit.now, language).rows,
        "quality": find_quality_of(found, visit.now), "days": DAYS,
        "registers": [
            {"id": each.id, "name": each.name} for each in list_registers().values() if found.id in each.resources or found.id == each.id
        ],
    }  # fmt: skip
    return show(visit, "resource", page, here="data_catalogue")


@require_safe
@gate(Right.REQUEST_DATA)
def show_versions(visit: SignedVisit, resource: str) -> HttpResponse:
    """What changed between two of its states: the last two, unless others are named (`from`, `to`)."""
    found, versions = get_resource(resource), list_versions(resource)
    older, newer = (_number(visit.GET.get(name, ""), versions) for name in ("from", "to"))
    difference = get_difference(found.id, older, newer)
    labels = {name: field.label for name, field in found.fields.items()}
    page = {
        "it": _row(found), "versions": versions, "older": difference.older, "newer": difference.newer,
        "is_same": difference.older == difference.newer, "is_breaking": difference.is_breaking,
        "altered": [
            {"column": COLUMNS.get(each.column, Text(each.column, each.column)), "field": labels.get(each.field or ""),
             "before": _written(each, each.before), "after": _written(each, each.after)} for each in difference.altered
        ],
        "added": [labels.get(name, Text(name, name)) for name in difference.added], "removed": difference.removed,
    }  # fmt: skip
    return show(visit, "versions", page, here="data_catalogue")


def words(test: str) -> frozenset[str]:
    """The names that stand in a test."""
    return frozenset("".join(sign if sign.isalnum() or sign == "_" else " " for sign in test).split())


def _row(found: Resource) -> dict[str, object]:
    return {
        "id": found.id, "name": found.name, "agency": found.agency.name, "seal": seal_of(found), "is_connected": found.is_connected,
        "sharing": SHARED[found.sharing_type], "is_shut": found.sharing_type == "not_shared", "count": len(found.fields),
    }  # fmt: skip


def _hit(hit: ResourceHit) -> dict[str, object]:
    """A resource with the word by which it was found; a value that was asked for stands nowhere."""
    field = hit.resource.fields.get(hit.field or "")
    return {**_row(hit.resource), "by_field": field.label if field else None, "by_word": "" if field else hit.word}


def _number(written: str, versions: tuple[int, ...]) -> int | None:
    return int(written) if written.isascii() and written.isdigit() and len(written) < 9 and int(written) in versions else None


def _written(altered: Altered, value: object) -> Text:
    """What a column said, in words where it has some."""
    named: dict[str, dict[str, Text]] = {
        "sharing_type": {str(key): text for key, text in SHARED.items()}, "openness": {str(key): text for key, text in OPEN.items()},
        "update_frequency": dict(FREQUENCIES),
    }  # fmt: skip
    match value:
        case None | "":
            return Text(zh="（空）", en="(nothing)")
        case bool():
            return Text(zh="是", en="yes") if value else Text(zh="否", en="no")
        case _:
            return named.get(altered.column, {}).get(str(value), Text(str(value), str(value)))
