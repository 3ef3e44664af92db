"""`exchange agencies` and `exchange resources`: what there is, and how to find it by word or by a column."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Annotated, Any, Final

import cyclopts
from rich.console import Group
from rich.table import Table
from rich.text import Text as Plain

from miaopi.cli.printing import emit, whole
from miaopi.instance import attach
from miaopi.kernel.errors import InputError
from miaopi.kernel.wording import Text

if TYPE_CHECKING:
    from miaopi.apps.catalogue.api import Resource

AT_FIRST: Final = 40  # resources of a list that people read


def agencies(*, json: bool = False) -> None:
    """Agencies that provide data."""
    with attach():
        from miaopi.apps.catalogue.api import list_agencies

        listed = [{"id": agency.id, "code": agency.code, "name": agency.name.to_json()} for agency in list_agencies()]
        emit({"agencies": listed}, json, _listed_agencies)


def resources(
    *,
    search: Annotated[str | None, cyclopts.Parameter(help="words, pinyin, initials, English or a code; one slip is forgiven")] = None,
    column: Annotated[str | None, cyclopts.Parameter(help="a column's heading or name, or invented values of it")] = None,
    limit: Annotated[int, cyclopts.Parameter(help="how many of what is found")] = 20,
    json: bool = False,
) -> None:
    """Resources with their fields; those nobody is connected for are described only, and counted apart."""
    if search is not None and column is not None:
        raise InputError(
            "arguments", Text("--search 和 --column 只能用一个。", "either --search or --column."), Text("请去掉一个。", "Leave one out.")
        )
    if limit < 1:
        raise InputError(
            "--limit", Text("至少为 1。", "it is at least 1."), Text("请写一个正整数。", "Write a whole number from 1 on.")
        )  # fmt: skip
    with attach():
        from miaopi.apps.catalogue.api import (
            count_catalogue,
            find_resources,
            find_resources_by_column,
            list_resources,
        )

        size = count_catalogue()
        result: dict[str, Any] = {
            "counts": {
                "agencies": size.agencies, "resources": size.resources, "connected": size.connected, "described": size.described,
            },
        }  # fmt: skip
        if search is None and column is None:
            result["resources"] = [_listed(resource) for resource in list_resources()]
        else:
            found = find_resources(search, limit=limit) if search is not None else find_resources_by_column(column or "", limit=limit)
            result["total"] = found.total
            result["resources"] = [
                {**_told(hit.resource), "found": {"by": hit.match.name.lower(), "word": hit.word, "field": hit.field}}
                for hit in found.hits
            ]
        emit(result, json, _shortened)


def _listed(resource: Resource) -> dict[str, Any]:
    """A resource among thousands."""
    return {
        "id": resource.id,
        "code": resource.code,
        "class_code": resource.class_code,
        "name": resource.name.to_json(),
        "agency": resource.agency.id,
        "sharing_type": str(resource.sharing_type),
        "status": "connected" if resource.is_connected else "described, not connected",
        "fields": [
            {"name": field.name, "privacy": str(field.privacy), "sharing_type": str(field.sharing_type)}
            for field in resource.fields.values()
        ],
    }


def _told(resource: Resource) -> dict[str, Any]:
    """One of the few that were asked for, in the national terms."""
    return _listed(resource) | {
        "sharing_condition": resource.sharing_condition,
        "legal_ground": resource.legal_ground,
        "sharing_method": resource.sharing_method,
        "openness": str(resource.openness),
        "mode": resource.mode and str(resource.mode),
        "update_frequency": resource.update_frequency,
        "abstract": resource.abstract,
        "published_on": resource.published_on,
        "steward": resource.steward,
        "version": resource.version,
        "fields": [
            {
                "name": field.name, "label": field.label.to_json(), "type": field.type, "length": field.length,
                "privacy": str(field.privacy), "sharing_type": str(field.sharing_type), "legal_ground": field.legal_ground,
            }
            for field in resource.fields.values()
        ],
    }  # fmt: skip


def _shortened(result: Mapping[str, Any]) -> Group:
    """The first of them, what answers before what does not; the whole list is a file's business (`catalogue export`)."""
    listed, counts = result["resources"], result["counts"]
    shown = listed if "total" in result else sorted(listed, key=lambda each: str(each["status"]))[:AT_FIRST]
    rest = result.get("total", len(listed)) - len(shown)
    table = Table(whole("id"), "code", "name", "agency", "sharing", "status", title="resources")
    for each in shown:
        name = f"{each['name']['zh']} {each['name']['en']}"
        table.add_row(*map(Plain, (each["id"], each["code"] or "–", name, each["agency"], each["sharing_type"], each["status"])))
    told = (
        f"{counts['agencies']} 个部门 / agencies，{counts['resources']} 类 / resources："
        f"已接入 / connected {counts['connected']}，仅编目 / described {counts['described']}"
    )
    more = f"\n另有 {rest} 类未列出：--search、--column 或 --json / {rest} more: narrow it, or --json" if rest > 0 else ""
    return Group(table, Plain(told + more))


def _listed_agencies(result: Mapping[str, Any]) -> Table:
    table = Table(whole("id"), "code", "name", title="agencies")
    for each in result["agencies"]:
        table.add_row(*map(Plain, (each["id"], each["code"] or "–", f"{each['name']['zh']} {each['name']['en']}")))
    return table
