"""`exchange`: who keeps what, which service may have it and on what terms, how the sources stand, and a pull on a receipt."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import asdict, replace
from datetime import datetime, time, timedelta
from typing import Annotated, Any

import cyclopts
from rich.table import Table
from rich.text import Text as Plain

from miaopi.cli.journey import signed_in
from miaopi.cli.printing import emit, tell, whole
from miaopi.cli.resources import agencies, resources
from miaopi.config import clock
from miaopi.instance import attach
from miaopi.kernel.calendar import LEGAL_ZONE
from miaopi.kernel.errors import InputError
from miaopi.kernel.fact import Absent, Disputed, Fact, Known, Unknown
from miaopi.kernel.wording import Text

app = cyclopts.App(name="exchange", help="数据共享 / Data sharing between agencies.")

DEADLINE = timedelta(seconds=8)

Steward = Annotated[str, cyclopts.Parameter(name="--as", help="the steward's sign-in code")]
Hours = Annotated[str | None, cyclopts.Parameter(help="hours of the day, such as 09:00-18:00")]
Where = Annotated[str, cyclopts.Parameter(help="which rows alone, such as: status = \"有效\"")]


app.command(agencies)
app.command(resources)


@app.command
def grants(service: str | None = None, *, json: bool = False) -> None:
    """Which service may have which field, for which purpose and on which ground; revoked ones too."""
    with attach():
        from miaopi.apps.exchange.api import list_grants

        emit({"grants": [asdict(grant) for grant in list_grants(service)]}, json, _table("grants"))


@app.command
def agreements(*, agency: str | None = None, overdue: bool = False, json: bool = False) -> None:
    """Agreements, those that wait for an answer first. --agency: of one provider; --overdue: those it has not answered in time."""
    with attach():
        from miaopi.apps.exchange.api import list_agreements

        now = clock.now()
        found = [each for each in list_agreements(agency=agency) if not overdue or each.is_overdue(now)]
        emit({"agreements": [each.to_json(now) for each in found]}, json, _render_agreements)


@app.command
def request(
    resource: str,
    *fields: str,
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
    json: bool = False,
) -> None:
    """Ask, as the steward of a department, for fields of a resource. Where a rule decides, it has decided when this returns."""
    with attach(report=tell), signed_in(as_) as actor:
        from miaopi.apps.exchange.api import Terms, request_agreement

        now = clock.now()
        opens, closes = _read_hours(hours) if hours else (None, None)
        terms = Terms(fields, _local(from_) if from_ else now, _end(until), per_day, in_all, opens, closes, where)
        made = request_agreement(resource=resource, service=service, purpose=purpose, ground=ground, terms=terms, by=actor, now=now)
        emit(made.to_json(now), json, _render_agreement)


@app.command
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
    json: bool = False,
) -> None:
    """Give, as the steward of the provider, what was asked for; or, by the options, less of it."""
    with attach(report=tell), signed_in(as_) as actor:
        from miaopi.apps.exchange.api import approve_agreement, get_agreement

        now = clock.now()
        opens, closes = _read_hours(hours) if hours else (None, None)
        said: dict[str, Any] = {
            "fields": tuple(field or ()), "ends_at": _end(until) if until else None, "daily_quota": per_day, "total_quota": in_all,
            "opens": opens, "closes": closes, "row_filter": where,
        }  # fmt: skip
        less = {name: value for name, value in said.items() if value}
        terms = replace(get_agreement(agreement).terms, **less) if less else None
        emit(approve_agreement(agreement=agreement, terms=terms, by=actor, now=now).to_json(now), json, _render_agreement)


@app.command
def refuse(agreement: str, *, reason: str, as_: Steward, json: bool = False) -> None:
    """Give nothing, and say why."""
    with attach(report=tell), signed_in(as_) as actor:
        from miaopi.apps.exchange.api import refuse_agreement

        now = clock.now()
        emit(refuse_agreement(agreement=agreement, reason=reason, by=actor, now=now).to_json(now), json, _render_agreement)


@app.command
def suspend(agreement: str, *, reason: str, as_: Steward, json: bool = False) -> None:
    """Let nothing be had by an agreement until it is resumed, from the next pull on."""
    with attach(report=tell), signed_in(as_) as actor:
        from miaopi.apps.exchange.api import suspend_agreement

        now = clock.now()
        emit(suspend_agreement(agreement=agreement, reason=reason, by=actor, now=now).to_json(now), json, _render_agreement)


@app.command
def resume(agreement: str, *, as_: Steward, json: bool = False) -> None:
    """Let a suspended agreement hold again."""
    with attach(report=tell), signed_in(as_) as actor:
        from miaopi.apps.exchange.api import resume_agreement

        now = clock.now()
        emit(resume_agreement(agreement=agreement, by=actor, now=now).to_json(now), json, _render_agreement)


@app.command
def revoke(agreement: str, *, reason: str, as_: Steward, json: bool = False) -> None:
    """End an agreement for good, from the next pull on."""
    with attach(report=tell), signed_in(as_) as actor:
        from miaopi.apps.exchange.api import revoke_agreement

        now = clock.now()
        emit(revoke_agreement(agreement=agreement, reason=reason, by=actor, now=now).to_json(now), json, _render_agreement)


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
    return f"{row['id']}: {_state(row)}{due}{f'（{why}）' if why else ''}"


def _render_agreements(result: Mapping[str, Any]) -> Table | str:
    if not result["agreements"]:
        return "没有 / none"
    table = Table(whole("编号 / id"), "共享协议 / agreement", show_lines=True)
    for row in result["agreements"]:
        state = _state(row)
        if row["state"] == "filed":
            state += f"，{_day(row['due_at'])}{' 逾期 / overdue' if row['overdue'] else ''}"
        what = f"{row['agency']} → {row['requester']} {row['service']}，至 / until {_day(row['ends_at'])}"
        table.add_row(Plain(row["id"]), Plain(f"{state}\n{what}\n{row['resource']}: {', '.join(row['fields'])}"))
    return table


def _state(row: Mapping[str, Any]) -> str:
    return f"{row['state_text']['zh']} / {row['state_text']['en']}"


def _day(written: str | None) -> str:
    return "–" if written is None else f"{datetime.fromisoformat(written).astimezone(LEGAL_ZONE):%Y-%m-%d}"


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
