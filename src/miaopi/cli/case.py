"""`case`: an officer at work. Queues in the order in which they are due, and one case from taking to deciding it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any, Final

import cyclopts
from rich.console import Group
from rich.table import Table
from rich.text import Text as Plain

from miaopi.cli.journey import read_pairs, signed_in
from miaopi.cli.printing import emit, show_moment, tell, whole
from miaopi.config import clock
from miaopi.instance import attach
from miaopi.kernel.decision import Basis
from miaopi.kernel.errors import InputError
from miaopi.kernel.wording import Text

app = cyclopts.App(name="case", help="人工办件 / Cases with officers.")

Officer = Annotated[str, cyclopts.Parameter(name="--as", help="the officer's sign-in code")]
Auditor = Annotated[str, cyclopts.Parameter(name="--as", help="the auditor's sign-in code")]
Values = Annotated[list[str] | None, cyclopts.Parameter(name="--set", negative=(), help="NAME=VALUE: what the rules cannot say")]
Lawful = Annotated[str, cyclopts.Parameter(help="INSTRUMENT,ARTICLE: by what law")]
Said = Annotated[str, cyclopts.Parameter(help="the sentence that the applicant reads")]
English = Annotated[str, cyclopts.Parameter(help="the same in English; without it the sentence stands as it is")]
Defects = Annotated[list[str], cyclopts.Parameter(name="--defect", negative=(), help="FACT=WHAT IS WRONG; an empty FACT is no field")]
CURE: Final = Text(zh="请改正后再次确认提交。", en="Correct it and confirm again.")


@app.command(name="list")
def list_cases(*, as_: Officer, queue: str | None = None, overdue: bool = False, json: bool = False) -> None:
    """The open cases of one's queues, the one due first in front. --overdue: only those whose time is over."""
    with attach(report=tell), signed_in(as_) as actor:
        from miaopi.apps.approval.api import list_queue

        rows = list_queue(by=actor, now=clock.now(), queue=queue, overdue=overdue)
        emit({"cases": [row.to_json() for row in rows]}, json, _render_queue)


@app.command
def show(number: str, *, as_: Officer, json: bool = False) -> None:
    """One case, the question in front. The look is an entry that the applicant sees."""
    with attach(report=tell), signed_in(as_) as actor:
        from miaopi.apps.approval.api import read_case

        emit(read_case(number=number, by=actor, now=clock.now()).to_json(), json, _render_case)


@app.command
def take(number: str, *, as_: Officer, json: bool = False) -> None:
    """Take a free case for two hours; each look at it renews them."""
    with attach(report=tell), signed_in(as_) as actor:
        from miaopi.apps.approval.api import take_case

        row = take_case(number=number, by=actor, now=clock.now())
        result = {"number": row.number, "taken_by": row.taken_by, "lease_until": row.lease_until and row.lease_until.isoformat()}
        emit(result, json, lambda found: f"已领取，至 / taken until {show_moment(found['lease_until'])}")


@app.command(name="put-back")
def put_back(number: str, *, as_: Officer, json: bool = False) -> None:
    """Give a case back to its queue."""
    with attach(report=tell), signed_in(as_) as actor:
        from miaopi.apps.approval.api import put_back_case

        row = put_back_case(number=number, by=actor, now=clock.now())
        emit({"number": row.number, "taken_by": None}, json, lambda _: "已放回 / put back")


@app.command
def supplement(number: str, *, defect: Defects, as_: Officer, remedy: str = CURE.zh, json: bool = False) -> None:
    """Ask the applicant, once, to cure every defect named. The clock stands until she confirms again."""
    with attach(report=tell), signed_in(as_) as actor:
        from miaopi.apps.approval.api import Defect, ask_supplement

        cure = CURE if remedy == CURE.zh else Text(zh=remedy, en=remedy)
        named = tuple(Defect(fact, Text(zh=words, en=words), cure) for fact, words in map(_read_defect, defect))
        emit(ask_supplement(number=number, defects=named, by=actor, now=clock.now()).to_json(), json, _render_decided)


@app.command
def approve(
    number: str, *, reason: Said, basis: Lawful, as_: Officer, reason_en: English = "", set_: Values = None, json: bool = False
) -> None:
    """Approve a case that one holds."""
    _decide("approve", number, reason, reason_en, basis, set_, as_, json)


@app.command
def refuse(number: str, *, reason: Said, basis: Lawful, as_: Officer, reason_en: English = "", json: bool = False) -> None:
    """Refuse a case that one holds."""
    _decide("refuse", number, reason, reason_en, basis, None, as_, json)


@app.command
def redirect(
    number: str, *, reason: Said, basis: Lawful, as_: Officer, next_: Annotated[str, cyclopts.Parameter(name="--next")] = "",
    reason_en: English = "", json: bool = False,
) -> None:
    """Send a case elsewhere. --next: the slug of the right service, if it is one of these."""
    _decide("redirect", number, reason, reason_en, basis, [f"next={next_}"] if next_ else None, as_, json)


@app.command
def uphold(number: str, *, reason: Said, basis: Lawful, as_: Officer, reason_en: English = "", json: bool = False) -> None:
    """Let a decision stand that the applicant asked to be reviewed."""
    with attach(report=tell), signed_in(as_) as actor:
        from miaopi.apps.approval.api import uphold_decision

        made = uphold_decision(
            number=number, reason=Text(zh=reason, en=reason_en or reason), basis=_read_basis(basis), by=actor, now=clock.now()
        )
        emit(made.to_json(), json, _render_decided)


@app.command
def confirm(number: str, *, as_: Officer, json: bool = False) -> None:
    """Confirm, as the second officer, what another one decided."""
    with attach(report=tell), signed_in(as_) as actor:
        from miaopi.apps.approval.api import confirm_case

        emit(confirm_case(number=number, by=actor, now=clock.now()).to_json(), json, _render_decided)


@app.command(name="return")
def return_(number: str, *, note: str, as_: Officer, json: bool = False) -> None:
    """Do not confirm what another officer decided, and say why; the case is open again."""
    with attach(report=tell), signed_in(as_) as actor:
        from miaopi.apps.approval.api import return_case

        return_case(number=number, note=note, by=actor, now=clock.now())
        emit({"number": number, "returned": True}, json, lambda _: "已退回 / returned")


@app.command
def log(number: str, *, as_: Auditor, json: bool = False) -> None:
    """All that the log has of a case, for an auditor. The look is an entry that the applicant sees."""
    with attach(report=tell), signed_in(as_) as actor:
        from miaopi.apps.approval.api import read_log

        entries = [entry.to_json() for entry in read_log(number=number, by=actor, now=clock.now())]
        emit({"number": number, "entries": entries}, json, _render_log)


def _decide(
    outcome: str, number: str, reason: str, reason_en: str, basis: str, values: list[str] | None, officer: str, json: bool
) -> None:
    with attach(report=tell), signed_in(officer) as actor:
        from miaopi.apps.approval.api import decide_case

        made = decide_case(
            number=number, outcome=outcome, reason=Text(zh=reason, en=reason_en or reason), basis=_read_basis(basis),
            values=read_pairs(values or []), by=actor, now=clock.now(),
        )
        emit(made.to_json(), json, _render_decided)


def _read_basis(written: str) -> Basis:
    """`行政许可法,第三十八条` as a basis; the comma may be a Chinese one."""
    instrument, _, article = written.replace("，", ",").partition(",")
    return Basis(instrument.strip(), article.strip())


def _read_defect(written: str) -> tuple[str, str]:
    fact, equals, words = written.partition("=")
    if not equals:
        raise InputError(
            "--defect",
            Text(zh="应写成 项目=问题。", en="it reads FACT=WHAT IS WRONG."),
            Text(zh="例如 --defect purpose=请写明用途。", en="For example --defect purpose=unclear."),
        )
    return fact.strip(), words


SIGNS: Final = {True: "✓", False: "✗", None: "?"}


def _render_queue(result: Mapping[str, Any]) -> Table | str:
    if not result["cases"]:
        return "没有待办 / nothing to do"
    table = Table(whole("编号 / number"), "事项 / service", "为什么 / why", "到期 / due", "领取 / taken by")
    for row in result["cases"]:
        late = " 逾期 / overdue" if row["overdue"] else ""
        due = "时钟已停 / clock stands" if row["clock_stopped_at"] else f"{show_moment(row['due_at'])}{late}"
        why = "；".join(reason["text"]["zh"] for reason in row["reasons"])
        table.add_row(*map(Plain, (row["number"], row["name"]["zh"], f"{row['kind']}: {why}", due, row["taken_by"] or "")))
    return table


def _render_log(result: Mapping[str, Any]) -> Table:
    table = Table("#", "时间 / at", "什么 / what", "谁 / who")
    for entry in result["entries"]:
        who = f"{entry['actor']['kind']} {entry['actor']['id']}"
        table.add_row(*map(Plain, (str(entry["seq"]), show_moment(entry["at"]), entry["kind"], who)))
    return table


def _render_case(view: Mapping[str, Any]) -> Group:
    lines = [
        f"{view['name']['zh']} {view['name']['en']}  {view['number']}  {view['applicant']}",
        f"为什么 / why: {'；'.join(reason['text']['zh'] for reason in view['reasons'])}",
        f"到期 / due {show_moment(view['due_at'])}{'，时钟已停 / clock stands' if view['clock_stopped_at'] else ''}",
    ]
    for fact in view["facts"]:
        said = fact["state"] if fact["value"] is None else fact["value"]
        lines.append(f"{'→' if fact['in_question'] else ' '} {fact['label']['zh']}: {said}  ← {fact['source']}")
    for condition in view["conditions"]:
        lines.append(f"  {SIGNS[condition['value']]} {condition['id']}  {condition['text']['zh']}")
    if view["open_values"]:
        lines.append(f"须您填写 / yours to say: {', '.join(view['open_values'])}")
    if view["proposal"]:
        lines.append(f"待复核 / to confirm: {view['proposal']['outcome']}，{view['proposal']['reason']['zh']}（{view['proposal']['by']}）")
    lines.append(f"可做 / you can: {', '.join(view['may']) or '—'}")
    return Group(Plain(lines[0], style="bold"), *map(Plain, lines[1:]))


def _render_decided(made: Mapping[str, Any]) -> str:
    if made["awaits_second"]:
        return f"{made['number']}: {made['outcome']}，待另一人复核 / awaits a second officer"
    return f"{made['number']}: {made['outcome']}"
