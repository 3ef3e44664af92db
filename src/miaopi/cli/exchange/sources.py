"""`exchange grants|status|pull`: which service may have what, how the sources stand, and a pull on a receipt."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from datetime import datetime, timedelta
from typing import Annotated, Any, Final

import cyclopts
from rich.table import Table
from rich.text import Text as Plain

from miaopi.cli.printing import emit, whole
from miaopi.config import clock
from miaopi.instance import attach
from miaopi.kernel.calendar import LEGAL_ZONE
from miaopi.kernel.errors import InputError, NotFound
from miaopi.kernel.fact import Absent, Disputed, Fact, Known, Unknown
from miaopi.kernel.wording import Text

DEADLINE: Final = timedelta(seconds=8)
ResourceId = Annotated[str, cyclopts.Parameter(help="its id, such as population_basic: exchange resources lists them")]
Fields = Annotated[str, cyclopts.Parameter(help="names of fields, one after the other: name birth_date")]


def grants(service: str | None = None, *, json: bool = False) -> None:
    """Which service may have which field, for which purpose and on which ground; revoked ones too."""
    with attach():
        from miaopi.apps.exchange.api import list_grants

        emit({"grants": [asdict(grant) for grant in list_grants(service)]}, json, _render_grants)


def status(*, json: bool = False) -> None:
    """How each source stands: connected, silent since when, absences that are being counted."""
    with attach():
        from miaopi.apps.exchange.api import list_sources

        emit({"sources": [asdict(source) for source in list_sources(now=clock.now())]}, json, _render_sources)


def pull(
    resource: ResourceId,
    *fields: Fields,
    receipt: Annotated[str, cyclopts.Parameter(help="number of the consent receipt")],
    json: bool = False,
) -> None:
    """Pull fields of a resource or base register on a consent receipt, about the person who gave it."""
    if not fields:
        raise InputError(
            "fields", Text(zh="没有写明要哪些信息项。", en="no field is named."),
            Text(zh="请在资源之后逐一写明，如 name birth_date。", en="Name each after the resource, such as: name birth_date."),
        )  # fmt: skip
    with attach():
        from miaopi.apps.audit.api import system
        from miaopi.apps.consent.api import get_consent
        from miaopi.apps.exchange.api import REFUSALS, Ground, PullRefusedError, RefusalCode, pull_base

        try:
            consent = get_consent(receipt)
        except NotFound:  # nobody's: there is no person of whom an entry could be
            raise PullRefusedError(RefusalCode.CONSENT_MISSING) from None
        pulled = pull_base(
            subject=consent.applicant,
            asks={resource: fields},
            ground=Ground(receipt, consent.service, consent.application),
            deadline=DEADLINE,
            by=system("cli.exchange.pull"),
            now=clock.now(),
        )
        records = {source: _fact(fact) for source, fact in pulled.facts.items() if source not in pulled.refused}
        denied = [{"field": source, "code": str(code), "text": REFUSALS[code].to_json()} for source, code in pulled.refused.items()]
        awaited = [{"resource": name, "asked_at": asked, "expected_at": due} for name, (asked, due) in pulled.awaited.items()]
        whence = {name: {"source": each.source, "rule": str(each.rule)} for name, each in pulled.provenance.items()}
        result = {
            "records": [records], "denied_fields": list(pulled.refused), "denied": denied, "awaited": awaited, "receipt": receipt,
            **({"provenance": whence} if whence else {}),
        }  # fmt: skip
        emit(result, json, _render_pulled)


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


def _render_grants(result: Mapping[str, Any]) -> Table | str:
    if not result["grants"]:
        return "没有 / none"
    table = Table(whole("共享协议 / agreement"), "授权 / grant", show_lines=True)
    for row in result["grants"]:
        revoked = f"，已撤销 / revoked {_moment(row['revoked_at'])}" if row["revoked_at"] else ""
        what = f"{row['service']} ← {row['resource']}.{row['field']}{revoked}"
        table.add_row(Plain(row["agreement"] or "–"), Plain(f"{what}\n{row['purpose']}\n{row['ground']}"))
    return table


def _render_sources(result: Mapping[str, Any]) -> Table | str:
    """In whole words at 80 columns: since when a silent one is silent, else how quick it is."""
    table = Table(whole("资源 / resource"), "部门 / agency", "状态 / state", "毫秒 / ms", "失败 / failures")
    for row in result["sources"]:
        state = str(row["state"]) if row["is_connected"] else "未接入 / no address"
        if row["silent_since"]:
            state += f"，自 / since {_moment(row['silent_since'])}"
        speed = "–" if row["p50_ms"] is None else f"{row['p50_ms']:.0f} … {row['p95_ms']:.0f}"
        failed = ", ".join(f"{kind} {count}" for kind, count in row["failures"].items()) or "–"
        table.add_row(*map(Plain, (row["resource"], f"{row['agency']} ({row['kind']})", state, speed, failed)))
    return table


def _render_pulled(result: Mapping[str, Any]) -> str:
    """A line a field: what was had, what nobody can say, and why something was denied."""
    lines = [f"{name}: {_told(fact)}" for name, fact in result["records"][0].items()]
    lines += [f"{each['field']}: {each['code']}，{each['text']['zh']} / {each['text']['en']}" for each in result["denied"]]
    lines += [f"{each['resource']}: {_moment(each['expected_at'])} 前后答复 / answered about then" for each in result["awaited"]]
    return "\n".join(lines)


def _told(fact: Mapping[str, Any]) -> str:
    if "unknown" in fact:
        return f"未知 / unknown ({fact['unknown']})"
    said = "没有记录 / none" if "absent" in fact else str(fact["value"])
    return f"{said}（有异议 / disputed）" if "disputed" in fact else said


def _moment(at: datetime) -> str:
    return f"{at.astimezone(LEGAL_ZONE):%Y-%m-%d %H:%M}"
