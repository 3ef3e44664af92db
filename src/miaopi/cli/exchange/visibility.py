"""`exchange deferrals|renew|release|objections|explain`: what a person is shown later, and what she wants explained."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Annotated, Any, Literal

import cyclopts
from rich.table import Column, Table
from rich.text import Text as Plain

from miaopi.cli.journey import signed_in
from miaopi.cli.printing import emit, show_moment, tell, whole
from miaopi.config import clock
from miaopi.instance import attach
from miaopi.kernel.calendar import LEGAL_ZONE

Official = Annotated[str, cyclopts.Parameter(name="--as", help="the sign-in code of the official")]


def deferrals(*, as_: Official, requester: str | None = None, json: bool = False) -> None:
    """Matters whose looks are shown to the person later, by which agreement and law. --requester: of one agency that looks."""
    with attach(), signed_in(as_) as actor:
        from miaopi.apps.exchange.api import list_deferrals, watch_sharing
        from miaopi.apps.identity.api import Right, authorise

        authorise(actor, Right.RENEW_DEFERRAL)
        watch_sharing(page="deferrals", by=actor, now=clock.now())
        found = list_deferrals(requester=requester, reader=actor)
        emit({"deferrals": [each.to_json() for each in found]}, json, _render_deferrals)


def renew(
    deferral: str, *, until: datetime, reason: str, as_: Official, json: bool = False
) -> None:
    """Let the looks of a matter be shown no earlier than --until, as the official who watches over data sharing."""
    with attach(report=tell), signed_in(as_) as actor:
        from miaopi.apps.exchange.api import renew_deferral

        moment = until if until.tzinfo is not None else until.replace(tzinfo=LEGAL_ZONE)
        made = renew_deferral(deferral=deferral, until=moment, reason=reason, by=actor, now=clock.now())
        emit(made.to_json(), json, lambda row: f"{row['id']}: {row['until']}")


def release(
    deferral: str, *, ground: Annotated[str, cyclopts.Parameter(help="the decision of the court or authority")], as_: Official,
    json: bool = False,
) -> None:  # fmt: skip
    """Show the looks of a matter from now on."""
    with attach(report=tell), signed_in(as_) as actor:
        from miaopi.apps.exchange.api import release_looks

        made = release_looks(deferral=deferral, ground=ground, by=actor, now=clock.now())
        emit(made.to_json(), json, lambda row: f"{row['id']}: {row['released_at']}")


def objections(*, as_: Official, over: bool = False, json: bool = False) -> None:
    """Objections to looks that the office of a steward has to answer, the one due first in front. --over: those that are answered."""
    with attach(), signed_in(as_) as actor:
        from miaopi.apps.exchange.api import list_objections
        from miaopi.apps.identity.api import Right, authorise, get_member

        authorise(actor, Right.ANSWER_OBJECTION)
        found = list_objections(get_member(actor.id).office, is_open=not over)
        emit({"objections": [each.to_json() for each in found]}, json, _render_objections)


def explain(
    objection: str,
    *,
    finding: Annotated[
        Literal["explained", "upheld", "upheld_and_suspended"],
        cyclopts.Parameter(help="explained; upheld: it should not have been; or its agreements are suspended with it"),
    ],
    words: str,
    as_: Official,
    json: bool = False,
) -> None:
    """Answer an objection, as a steward of the agency that looked."""
    with attach(report=tell), signed_in(as_) as actor:
        from miaopi.apps.exchange.api import Finding, answer_objection

        made = answer_objection(objection=objection, finding=Finding(finding), words=words, by=actor, now=clock.now())
        emit(made.to_json(), json, lambda row: f"{row['id']}: {row['state_text']['zh']} / {row['state_text']['en']}")


def _render_deferrals(result: Mapping[str, Any]) -> Table | str:
    rows = result["deferrals"]
    cells = [
        (row["id"], f"{row['requester']}: {row['resource']}", row["law"], show_moment(row["until"]) if row["until"] else row["visibility"])
        for row in rows
    ]
    return _table(("延后显示 / deferral", "谁查 / who looks", "依据 / law", "至 / until"), cells)


def _render_objections(result: Mapping[str, Any]) -> Table | str:
    rows = result["objections"]
    cells = ((row["id"], row["resource"] or "–", row["state_text"]["zh"], show_moment(row["due_at"])) for row in rows)
    return _table(("访问异议 / objection", "资源 / resource", "状态 / state", "期限 / due"), list(cells))


def _table(heads: Sequence[str], rows: Sequence[Sequence[str]]) -> Table | str:
    if not rows:
        return "没有 / none"
    table = Table(whole(heads[0]), *(Column(head, overflow="fold") for head in heads[1:]))
    for row in rows:
        table.add_row(*(Plain(str(cell)) for cell in row))
    return table
