"""`exchange agreements|request|approve|refuse|suspend|resume|revoke`: what a department may have, on what terms."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime, time, timedelta
from typing import Annotated, Any

import cyclopts
from rich.table import Table
from rich.text import Text as Plain

from miaopi.cli.exchange.sources import Fields, ResourceId
from miaopi.cli.journey import signed_in
from miaopi.cli.printing import emit, tell, whole
from miaopi.config import clock
from miaopi.instance import attach
from miaopi.kernel.calendar import LEGAL_ZONE
from miaopi.kernel.errors import InputError
from miaopi.kernel.wording import Text

Steward = Annotated[str, cyclopts.Parameter(name="--as", help="the steward's sign-in code")]
Hours = Annotated[str | None, cyclopts.Parameter(help="hours of the day, such as 09:00-18:00")]
Where = Annotated[str, cyclopts.Parameter(help="which rows alone, such as: status = \"有效\"")]
Visible = Annotated[
    str | None, cyclopts.Parameter(help="when the person sees a look: immediate, deferred:90d, deferred:2027-03-01, withheld")
]
HiddenBy = Annotated[str, cyclopts.Parameter(help="the law that lets it be later than at once: instrument and article")]


def agreements(*, agency: str | None = None, overdue: bool = False, json: bool = False) -> None:
    """Agreements, those that wait for an answer first. --agency: of one provider; --overdue: those it has not answered in time."""
    with attach():
        from miaopi.apps.catalogue.api import get_agency
        from miaopi.apps.exchange.api import list_agreements

        if agency is not None:
            get_agency(agency)
        now = clock.now()
        found = [each for each in list_agreements(agency=agency) if not overdue or each.is_overdue(now)]
        emit({"agreements": [each.to_json(now) for each in found]}, json, _render_agreements)


def request(
    resource: ResourceId,
    *fields: Fields,
    service: Annotated[str, cyclopts.Parameter(name="--for", help="the service, or the name of another use")],
    purpose: str,
    ground: Annotated[str, cyclopts.Parameter(help="the law: instrument and article")],
    until: Annotated[datetime, cyclopts.Parameter(help="a day, to its end, or a moment")],
    as_: Steward,
    from_: Annotated[datetime | None, cyclopts.Parameter(name="--from")] = None,
    per_day: int | None = None,
    in_all: int | None = None,
    hours: Hours = None,
    where: Where = "",
    visible: Visible = None,
    hidden_by: HiddenBy = "",
    json: bool = False,
) -> None:
    """Ask, as the steward of a department, for fields of a resource. Where a rule decides, it has decided when this returns."""
    with attach(report=tell), signed_in(as_) as actor:
        from miaopi.apps.exchange.api import Terms, read_visibility, request_agreement

        now = clock.now()
        opens, closes = _read_hours(hours) if hours else (None, None)
        seen = read_visibility(visible or "immediate")
        terms = Terms(fields, _local(from_) if from_ else now, _end(until), per_day, in_all, opens, closes, where, seen, hidden_by)
        made = request_agreement(resource=resource, service=service, purpose=purpose, ground=ground, terms=terms, by=actor, now=now)
        emit(made.to_json(now), json, _render_agreement)


def approve(
    agreement: str,
    *,
    as_: Steward,
    field: Annotated[list[str] | None, cyclopts.Parameter(name="--field", negative=(), help="give these fields alone")] = None,
    until: Annotated[datetime | None, cyclopts.Parameter(help="a day, to its end, or a moment")] = None,
    per_day: int | None = None,
    in_all: int | None = None,
    hours: Hours = None,
    where: Where = "",
    visible: Visible = None,
    json: bool = False,
) -> None:
    """Give, as the steward of the provider, what was asked for; or, by the options, less of it."""
    with attach(report=tell), signed_in(as_) as actor:
        from miaopi.apps.exchange.api import approve_agreement, get_agreement, read_visibility

        now = clock.now()
        opens, closes = _read_hours(hours) if hours else (None, None)
        said: dict[str, Any] = {
            "fields": tuple(field or ()), "ends_at": _end(until) if until else None, "daily_quota": per_day, "total_quota": in_all,
            "opens": opens, "closes": closes, "row_filter": where, "visibility": read_visibility(visible) if visible else None,
        }  # fmt: skip
        less = {name: value for name, value in said.items() if value not in (None, (), "")}  # a quota of nought is said, and refused
        terms = replace(get_agreement(agreement).terms, **less) if less else None
        emit(approve_agreement(agreement=agreement, terms=terms, by=actor, now=now).to_json(now), json, _render_agreement)


def refuse(agreement: str, *, reason: str, as_: Steward, json: bool = False) -> None:
    """Give nothing, and say why."""
    with attach(report=tell), signed_in(as_) as actor:
        from miaopi.apps.exchange.api import refuse_agreement

        now = clock.now()
        emit(refuse_agreement(agreement=agreement, reason=reason, by=actor, now=now).to_json(now), json, _render_agreement)


def suspend(agreement: str, *, reason: str, as_: Steward, json: bool = False) -> None:
    """Let nothing be had by an agreement until it is resumed, from the next pull on."""
    with attach(report=tell), signed_in(as_) as actor:
        from miaopi.apps.exchange.api import suspend_agreement

        now = clock.now()
        emit(suspend_agreement(agreement=agreement, reason=reason, by=actor, now=now).to_json(now), json, _render_agreement)


def resume(agreement: str, *, as_: Steward, json: bool = False) -> None:
    """Let a suspended agreement hold again."""
    with attach(report=tell), signed_in(as_) as actor:
        from miaopi.apps.exchange.api import resume_agreement

        now = clock.now()
        emit(resume_agreement(agreement=agreement, by=actor, now=now).to_json(now), json, _render_agreement)


def revoke(agreement: str, *, reason: str, as_: Steward, json: bool = False) -> None:
    """End an agreement for good, from the next pull on."""
    with attach(report=tell), signed_in(as_) as actor:
        from miaopi.apps.exchange.api import revoke_agreement

        now = clock.now()
        emit(revoke_agreement(agreement=agreement, reason=reason, by=actor, now=now).to_json(now), json, _render_agreement)


def _local(moment: datetime) -> datetime:
    """A moment without an offset is meant in the city's time."""
    return moment if moment.tzinfo is not None else moment.replace(tzinfo=LEGAL_ZONE)


def _end(moment: datetime) -> datetime:
    """A day is meant to its end."""
    return _local(moment + timedelta(days=1) if moment.tzinfo is None and moment.time() == time() else moment)


def _read_hours(written: str) -> tuple[time, time]:
    opens, _, closes = written.partition("-")
    try:
        return time.fromisoformat(opens.strip()), time.fromisoformat(closes.strip())
    except ValueError:
        raise InputError(
            "--hours", Text(zh="读不出使用时段。", en="these hours cannot be read."), Text(zh="如 09:00-18:00。", en="Such as 09:00-18:00.")
        ) from None


def _render_agreement(row: Mapping[str, Any]) -> str:
    why = "；".join(each for each in (row["basis"], row["reason"]) if each)
    due = f"，{_day(row['due_at'])} 前答复 / due" if row["state"] == "filed" else ""
    seen = "" if row["visibility"] == "immediate" else f"，{row['visibility_text']['zh']} / {row['visibility_text']['en']}"
    return f"{row['id']}: {_state(row)}{due}{seen}{f'（{why}）' if why else ''}"


def _render_agreements(result: Mapping[str, Any]) -> Table | str:
    if not result["agreements"]:
        return "没有 / none"
    table = Table(whole("编号 / id"), "共享协议 / agreement", show_lines=True)
    for row in result["agreements"]:
        state = _state(row)
        if row["state"] == "filed":
            state += f"，{_day(row['due_at'])}{' 逾期 / overdue' if row['overdue'] else ''}"
        what = f"{row['agency']} → {row['requester']} {row['service']}，至 / until {_last_day(row['ends_at'])}"
        why = f"\n{row['reason']}" if row["reason"] else ""
        table.add_row(Plain(row["id"]), Plain(f"{state}\n{what}\n{row['resource']}: {', '.join(row['fields'])}{why}"))
    return table


def _state(row: Mapping[str, Any]) -> str:
    return f"{row['state_text']['zh']} / {row['state_text']['en']}"


def _day(written: str | None) -> str:
    return "–" if written is None else f"{datetime.fromisoformat(written).astimezone(LEGAL_ZONE):%Y-%m-%d}"


def _last_day(written: str | None) -> str:
    """The day whose end it is."""
    return _day(written and (datetime.fromisoformat(written) - timedelta(microseconds=1)).isoformat())
