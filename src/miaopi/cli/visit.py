"""`appointment`: a person picks when to come. `visit`: a clerk sees who comes, and each original."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Annotated, Any

import cyclopts
from rich.table import Table
from rich.text import Text as Plain

from miaopi.cli.journey import describe_visit, hour, signed_in
from miaopi.cli.printing import emit, tell, whole
from miaopi.config import clock
from miaopi.instance import attach
from miaopi.kernel.errors import InputError
from miaopi.kernel.wording import Text

appointment_app = cyclopts.App(name="appointment", help="预约 / When to come.")
app = cyclopts.App(name="visit", help="窗口 / At the counter.")

Person = Annotated[str, cyclopts.Parameter(name="--as", help="a persona code, the serial of a demo resident, or a sign-in code")]
Clerk = Annotated[str, cyclopts.Parameter(name="--as", help="the clerk's sign-in code")]
Place = Annotated[str | None, cyclopts.Parameter(help="the id of an office")]
Day = Annotated[str | None, cyclopts.Parameter(help="a day, such as 2026-11-30")]


def _no_day_error() -> InputError:
    return InputError("--day", Text(zh="没有这一天。", en="there is no such day."),
                      Text(zh="例如 --day 2026-11-30。", en="For example --day 2026-11-30."))


def _nothing_free_error() -> InputError:
    return InputError("slot", Text(zh="没有空位。", en="nothing is free."),
                      Text(zh="请换一个地点，或明天再看。", en="Try another office, or look again tomorrow."))


@appointment_app.command
def offer(number: str, *, as_: Person, office: Place = None, day: Day = None, json: bool = False) -> None:
    """What can be booked for one's own case: the offices, the days of one office, the slots of one day."""
    with attach(report=tell), signed_in(as_) as actor:
        from miaopi.apps.appointment.api import list_slots

        found = list_slots(number=number, reader=actor, now=clock.now(), office=office, day=_read_day(day))
        emit(found.to_json(), json, _render_offer)


@appointment_app.command
def book(number: str, slot: str | None = None, *, as_: Person, json: bool = False) -> None:
    """Book a slot that `offer` lists; without one, the first that is free."""
    with attach(report=tell), signed_in(as_) as actor:
        from miaopi.apps.appointment.api import book_slot

        book_slot(number=number, slot=slot or _first_free(number, actor), by=actor, now=clock.now())
        _show(number, actor, json)


@appointment_app.command
def move(number: str, slot: str, *, as_: Person, json: bool = False) -> None:
    """Take another slot instead; if it is full, the one that is held stays."""
    with attach(report=tell), signed_in(as_) as actor:
        from miaopi.apps.appointment.api import move_slot

        move_slot(number=number, slot=slot, by=actor, now=clock.now())
        _show(number, actor, json)


@appointment_app.command
def cancel(number: str, *, as_: Person, json: bool = False) -> None:
    """Give the slot back; while the approval is valid one may book again."""
    with attach(report=tell), signed_in(as_) as actor:
        from miaopi.apps.appointment.api import cancel_slot

        cancel_slot(number=number, by=actor, now=clock.now())
        _show(number, actor, json)


@appointment_app.command
def show(number: str, *, as_: Person, json: bool = False) -> None:
    """Until when one must come, with which papers, and what is booked."""
    with attach(report=tell), signed_in(as_) as actor:
        _show(number, actor, json)


@app.command(name="list")
def list_visits(*, as_: Clerk, day: Day = None, json: bool = False) -> None:
    """Who is booked at one's own office that day (today, if none is named), without names."""
    with attach(report=tell), signed_in(as_) as actor:
        from miaopi.apps.appointment.api import list_day

        rows = list_day(by=actor, now=clock.now(), day=_read_day(day))
        emit({"visits": [row.to_json() for row in rows]}, json, _render_day)


@app.command(name="show")
def show_visit(number: str, *, as_: Clerk, json: bool = False) -> None:
    """Who comes and exactly what is to be seen. The look is an entry that the person sees."""
    with attach(report=tell), signed_in(as_) as actor:
        from miaopi.apps.appointment.api import read_visit

        emit(read_visit(number=number, by=actor, now=clock.now()).to_json(), json, _render_visit)


@app.command
def tick(number: str, paper: int, *, as_: Clerk, json: bool = False) -> None:
    """Say that the original number PAPER, counted from 1, was seen."""
    with attach(report=tell), signed_in(as_) as actor:
        from miaopi.apps.appointment.api import see_paper

        emit(see_paper(number=number, paper=paper, by=actor, now=clock.now()).to_json(), json, _render_papers)


@app.command
def complete(number: str, *, as_: Clerk, json: bool = False) -> None:
    """All was seen: the visit is done, and what follows is written into the register."""
    with attach(report=tell), signed_in(as_) as actor:
        from miaopi.apps.appointment.api import complete_visit

        emit(complete_visit(number=number, by=actor, now=clock.now()).to_json(), json, _render_papers)


def _show(number: str, actor: Any, json: bool) -> None:
    emit(describe_visit(number, actor) or {}, json, _render_own)


def _first_free(number: str, actor: Any) -> str:
    from miaopi.apps.appointment.api import list_slots

    for slot in list_slots(number=number, reader=actor, now=clock.now()).slots:
        if slot.free:
            return slot.id
    raise _nothing_free_error()


def _read_day(written: str | None) -> date | None:
    try:
        return None if written is None else date.fromisoformat(written)
    except ValueError:
        raise _no_day_error() from None


def _render_offer(found: Mapping[str, Any]) -> Table | str:
    if not found["slots"]:
        return "没有空位 / nothing is free"
    named = {each["id"]: each["name"]["zh"] for each in found["offices"]}
    days = "，".join(f"{day} ({free})" for day, free in found["days"].items())
    table = Table(whole("时间 / slot"), "从 / from", "空位 / free", title=f"{named[found['office']]}：{days}")
    for slot in found["slots"]:
        table.add_row(*map(Plain, (slot["id"], hour(slot["starts_at"])[:16], str(slot["free"]))))
    return table


def _render_own(found: Mapping[str, Any]) -> str:
    if not found:
        return "不用到场 / nothing to come for"
    lines = [f"{found['act']['name']['zh']}：{found['state']}，有效期至 / valid to {found['valid_to']}"]
    lines += [f"  带 / bring  {paper['zh']} / {paper['en']}" for paper in found["papers"]]
    if booked := found["appointment"]:
        lines.append(f"  {hour(booked['starts_at'])[:16]}  {booked['office']['name']['zh']}  号 / ticket {booked['ticket']}")
    return "\n".join(lines)


def _render_day(found: Mapping[str, Any]) -> Table | str:
    if not found["visits"]:
        return "没有预约 / nobody is booked"
    table = Table("号 / ticket", "时间 / at", whole("编号 / number"), "事项 / act", "状态 / state")
    for row in found["visits"]:
        act = f"{row['act']['code']} {row['act']['name']['zh']}"
        table.add_row(*map(Plain, (row["ticket"], hour(row["starts_at"])[:16], row["number"], act, row["state"])))
    return table


def _render_visit(found: Mapping[str, Any]) -> str:
    return "\n".join([f"{found['name']}  {found['id_number']}", *(f"  {line['zh']}" for line in found["lines"]), _render_papers(found)])


def _render_papers(found: Mapping[str, Any]) -> str:
    lines = [f"{found['number']}  {found['act']['name']['zh']}：{found['state']}，有效期至 / valid to {found['valid_to']}"]
    for place, paper in enumerate(found["papers"], 1):
        said = f"{paper['name']['zh']} – {paper['check']['zh']}" if "check" in paper else paper["zh"]
        lines.append(f"  {'✓' if place in found['seen'] else '□'} {place}  {said}")
    return "\n".join(lines)
