"""`exchange`: who keeps what, which service may have it, how the sources stand, and a pull on a receipt."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import asdict
from datetime import timedelta
from typing import Annotated, Any

import cyclopts
from rich.table import Table
from rich.text import Text as Plain

from miaopi.cli.printing import emit
from miaopi.config import clock
from miaopi.instance import attach
from miaopi.kernel.fact import Absent, Disputed, Fact, Known, Unknown

app = cyclopts.App(name="exchange", help="数据共享 / Data sharing between agencies.")

DEADLINE = timedelta(seconds=8)


@app.command
def agencies(*, json: bool = False) -> None:
    """Agencies that provide data."""
    with attach():
        from miaopi.apps.catalogue.api import list_agencies

        emit({"agencies": [{"id": agency.id, "name": agency.name.to_json()} for agency in list_agencies()]}, json, _table("agencies"))


@app.command
def resources(*, json: bool = False) -> None:
    """Resources with their fields; those nobody is connected for are described only."""
    with attach():
        from miaopi.apps.catalogue.api import list_resources

        listed = [
            {
                "id": resource.id,
                "code": resource.code,
                "name": resource.name.to_json(),
                "agency": resource.agency.id,
                "sharing_type": str(resource.sharing_type),
                "status": "connected" if resource.is_connected else "described, not connected",
                "fields": [
                    {"name": field.name, "privacy": str(field.privacy), "sharing_type": str(field.sharing_type)}
                    for field in resource.fields.values()
                ],
            }
            for resource in list_resources()
        ]
        emit({"resources": listed}, json, _table("resources"))


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
        from miaopi.apps.exchange.api import REFUSALS, Ground, pull_or_say_why

        consent = get_consent(receipt)
        pulled = pull_or_say_why(
            subject=consent.applicant,
            asks={resource: fields},
            ground=Ground(receipt, consent.service, consent.application),
            deadline=DEADLINE,
            by=system("cli.exchange.pull"),
            now=clock.now(),
        )
        records = {source: _fact(fact) for source, fact in pulled.facts.items() if source not in pulled.refused}
        denied = [{"field": source, "code": str(code), "text": REFUSALS[code].to_json()} for source, code in pulled.refused.items()]
        result = {"records": [records], "denied_fields": list(pulled.refused), "denied": denied, "receipt": receipt}
        emit(result, json, _table("records"))


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
