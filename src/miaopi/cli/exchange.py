"""`exchange`: who keeps what, which service may have it, how the sources stand, and a pull on a receipt."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import asdict
from datetime import timedelta
from typing import TYPE_CHECKING, Annotated, Any, Final

import cyclopts
from rich.console import Group
from rich.table import Table
from rich.text import Text as Plain

from miaopi.cli.printing import emit
from miaopi.config import clock
from miaopi.instance import attach
from miaopi.kernel.errors import InputError
from miaopi.kernel.fact import Absent, Disputed, Fact, Known, Unknown
from miaopi.kernel.wording import Text

if TYPE_CHECKING:
    from miaopi.apps.catalogue.api import Resource

app = cyclopts.App(name="exchange", help="数据共享 / Data sharing between agencies.")

DEADLINE = timedelta(seconds=8)
AT_FIRST: Final = 40  # resources of a list that people read


@app.command
def agencies(*, json: bool = False) -> None:
    """Agencies that provide data."""
    with attach():
        from miaopi.apps.catalogue.api import list_agencies

        listed = [{"id": agency.id, "code": agency.code, "name": agency.name.to_json()} for agency in list_agencies()]
        emit({"agencies": listed}, json, _table("agencies"))


@app.command
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
    shown = sorted(listed, key=lambda each: each["status"])[:AT_FIRST] if "total" not in result else listed
    told = [{name: each[name] for name in ("code", "id", "name", "agency", "sharing_type", "status")} for each in shown]
    rest = result.get("total", len(listed)) - len(told)
    return Group(
        _table("resources")({"resources": told}),
        Plain(
            f"{counts['agencies']} 个部门 / agencies，{counts['resources']} 类 / resources："
            f"已接入 / connected {counts['connected']}，仅编目 / described {counts['described']}"
        ),
        *([Plain(f"另有 {rest} 类未列出：--search、--column 或 --json / {rest} more: narrow it, or --json")] if rest > 0 else []),
    )


@app.command
def grants(service: str | None = None, *, json: bool = False) -> None:
    """Which service may have which field, for which purpose and on which ground; revoked ones too."""
    with attach():
        from miaopi.apps.exchange.api import list_grants

        emit({"grants": [asdict(grant) for grant in list_grants(service)]}, json, _table("grants"))


@app.command
def status(*, json: bool = False) -> None:
    """How each source stands: connected, silent since when, absences that are being counted."""
    with attach():
        from miaopi.apps.exchange.api import list_sources

        emit({"sources": [asdict(source) for source in list_sources()]}, json, _table("sources"))


@app.command
def pull(
    resource: str,
    *fields: str,
    receipt: Annotated[str, cyclopts.Parameter(help="number of the consent receipt")],
    json: bool = False,
) -> None:
    """Pull fields of a resource on a consent receipt, about the person who gave it."""
    with attach():
        from miaopi.apps.audit.api import system
        from miaopi.apps.consent.api import get_consent
        from miaopi.apps.exchange.api import Ground, list_denied
        from miaopi.apps.exchange.api import pull as pull_facts

        consent = get_consent(receipt)
        facts = pull_facts(
            subject=consent.applicant,
            asks={resource: fields},
            ground=Ground(receipt, consent.service, consent.application),
            deadline=DEADLINE,
            by=system("cli.exchange.pull"),
            now=clock.now(),
        )
        denied = list_denied(consent.service, consent.purpose.zh, facts)
        records = {source: _fact(fact) for source, fact in facts.items() if source not in denied}
        emit({"records": [records], "denied_fields": list(denied), "receipt": receipt}, json, _table("records"))


def _fact(fact: Fact) -> Mapping[str, Any]:
    match fact:
        case Known(value, source, obtained_at):
            return {"value": value, "source": source, "at": obtained_at}
        case Absent(source, obtained_at):
            return {"absent": True, "source": source, "at": obtained_at}
        case Unknown(doubt, source, since):
            return {"unknown": str(doubt), "source": source, "since": since}
        case Disputed(contested):
            return {**_fact(contested), "disputed": True}


def _table(name: str) -> Callable[[Mapping[str, Any]], Table]:
    """How people read one of the lists: a row an entry."""

    def render(result: Mapping[str, Any]) -> Table:
        table = Table(title=name)
        rows = result[name]
        for column in rows[0] if rows else ():
            table.add_column(column)
        for row in rows:
            table.add_row(*(Plain(_cell(value)) for value in row.values()))
        return table

    return render


def _cell(value: Any) -> str:
    match value:
        case {"zh": str(zh), "en": str(en)}:
            return f"{zh} {en}"
        case list() | tuple():
            return ", ".join(str(held["name"]) if isinstance(held, dict) else str(held) for held in value)
        case None:
            return "–"
        case _:
            return str(value)
