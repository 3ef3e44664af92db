"""`exchange disputes|answer|transfer|foresee|correct|corrections|correction|impact|quality`: records that are wrong, what they were used
for, and how good sources are."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import timedelta
from typing import Annotated, Any, Final

import cyclopts
from rich.table import Table
from rich.text import Text as Plain

from miaopi.cli.journey import signed_in
from miaopi.cli.printing import emit, tell, whole
from miaopi.config import clock
from miaopi.instance import attach
from miaopi.kernel.calendar import compute_legal_day
from miaopi.kernel.errors import NotFound
from miaopi.kernel.wording import Text

PSEUDONYM: Final = re.compile(r"[0-9a-f]{64}")
QUALITY: Final = (
    "来源\nsource", "问\nasked", "及时\nfresh", "回应\nup", "完整\nwhole", "有效\nvalid", "一致\nagreed", "异议属实\nupheld",
)  # fmt: skip
NOBODY: Final = Text(zh="没有这个人的账户，也就没有用过它的决定。", en="There is no account of this person, so no decision used it.")
Steward = Annotated[str, cyclopts.Parameter(name="--as", help="the steward's sign-in code")]
Subject = Annotated[str, cyclopts.Parameter(name="--person", help="sign-in code, or the pseudonym that the log has")]


def disputes(*, agency: str, json: bool = False) -> None:
    """The disputes that an agency has to answer, the one due first in front, and those it answered; nobody's name."""
    with attach():
        from miaopi.apps.catalogue.api import get_agency
        from miaopi.apps.exchange.api import list_disputes

        get_agency(agency)
        now = clock.now()
        emit({"disputes": [each.to_row(now) for each in list_disputes(agency=agency)]}, json, _render_disputes)


def answer(
    dispute: str,
    *,
    finding: Annotated[str, cyclopts.Parameter(help="corrected, partly or unfounded")],
    words: Annotated[str, cyclopts.Parameter(help="what the person reads")],
    as_: Steward,
    json: bool = False,
) -> None:
    """Answer a dispute as a steward of the agency that keeps the record; correct your own register first."""
    with attach(report=tell), signed_in(as_) as actor:
        from miaopi.apps.exchange.api import answer_dispute

        now = clock.now()
        made = answer_dispute(dispute=dispute, finding=finding, answer=words, by=actor, now=now)
        emit(made.to_row(now), json, lambda row: f"{row['id']}: {row['state_text']['zh']} / {row['state_text']['en']}")


def transfer(
    dispute: str,
    *,
    to: Annotated[str, cyclopts.Parameter(help="the agency that really holds the record")],
    words: Annotated[str, cyclopts.Parameter(help="what the person reads: why it is not yours")],
    as_: Steward,
    json: bool = False,
) -> None:
    """Pass a dispute on to the agency that really holds the record. Its time runs from the first filing, and the person is told."""
    with attach(report=tell), signed_in(as_) as actor:
        from miaopi.apps.exchange.api import transfer_dispute

        now = clock.now()
        made = transfer_dispute(dispute=dispute, to=to, answer=words, by=actor, now=now)
        emit({**made.to_row(now), "transferred_from": dispute}, json, lambda row: f"{row['id']}: {row['agency']}, {row['due_at'][:10]}")


def foresee(resource: str, *fields: str, person: Subject, as_: Steward, json: bool = False) -> None:
    """What `correct` would touch: how many decisions, of which services, and what would become of them. The look is an entry."""
    with attach(report=tell):
        from miaopi.apps.approval.api import foresee_correction
        from miaopi.apps.exchange.api import draft_correction

        party = _party_of(person)
        with signed_in(as_) as actor:
            now = clock.now()
            draft = draft_correction(resource=resource, subject=party, fields=fields, by=actor, now=now)
            seen = foresee_correction(draft=draft, by=actor, now=now)
        emit(seen.to_json(), json, _render_foresight)


def correct(resource: str, *fields: str, person: Subject, as_: Steward, json: bool = False) -> None:
    """Say, as a steward of the agency that keeps it, that a record was wrong in these fields and is right now.

    Every decision that used it is then made again.
    """
    with attach(report=tell):
        from miaopi.apps.approval.api import list_progress
        from miaopi.apps.exchange.api import report_correction

        party = _party_of(person)
        with signed_in(as_) as actor:
            made = report_correction(resource=resource, subject=party, fields=fields, by=actor, now=clock.now())
        result = {**made.to_json(), **list_progress([made])[made.id].to_json()}
        emit(result, json, lambda row: f"{row['resource']}: {', '.join(row['fields']) or '*'} ({row['correction']})")


def corrections(*, agency: str, json: bool = False) -> None:
    """The corrections that an agency reported, the newest first, and how far each has come; nobody's name."""
    with attach():
        from miaopi.apps.approval.api import list_progress
        from miaopi.apps.catalogue.api import get_agency
        from miaopi.apps.exchange.api import list_corrections

        get_agency(agency)
        found = list_corrections(agency=agency)
        progress = list_progress(found)
        emit({"corrections": [{**each.to_json(), **progress[each.id].to_json()} for each in found]}, json, _render_corrections)


def correction(correction: str, *, as_: Steward, json: bool = False) -> None:
    """What became of the decisions that used a corrected record, as a steward of the agency that reported it. The look is an entry."""
    with attach(report=tell), signed_in(as_) as actor:
        from miaopi.apps.approval.api import read_correction

        carried = read_correction(correction=correction, by=actor, now=clock.now())
        emit(carried.to_json(), json, lambda row: _render_corrections({"corrections": [row]}))


def impact(resource: str, *, person: Subject, json: bool = False) -> None:
    """Every decision that used the record of a person, and what became of it where the record was corrected. The look is an entry."""
    with attach(report=tell):
        from miaopi.apps.approval.api import read_impact
        from miaopi.apps.audit.api import system
        from miaopi.apps.catalogue.api import get_resource

        get_resource(resource)
        subject = _pseudonym_of(person)
        found = read_impact(resource=resource, subject=subject, by=system("cli.exchange.impact"), now=clock.now())
        emit({"resource": resource, "subject": subject, "decisions": [each.to_json() for each in found]}, json, _render_impact)


def quality(*, agency: str | None = None, days: int = 30, json: bool = False) -> None:
    """How good each source was in the last days: freshness, completeness, validity, consistency, disputes upheld."""
    with attach():
        from miaopi.apps.catalogue.api import get_agency
        from miaopi.apps.exchange.api import list_quality

        if agency is not None:
            get_agency(agency)
        since = compute_legal_day(clock.now()) - timedelta(days=days - 1)
        found = [each.to_json() for each in list_quality(since=since, agency=agency)]
        emit({"since": since.isoformat(), "sources": found}, json, _render_quality)


def _pseudonym_of(person: str) -> str:
    """As the log names her; a code is hers who signs in with it."""
    if PSEUDONYM.fullmatch(person):
        return person
    from miaopi.apps.identity.api import pseudonym

    with signed_in(person) as actor:
        return pseudonym(actor.id)


def _party_of(person: str) -> str:
    """Whose record it is. Raises NotFound."""
    from miaopi.apps.identity.api import find_party_by_pseudonym

    party = find_party_by_pseudonym(_pseudonym_of(person))
    if party is None:
        raise NotFound(NOBODY)
    return party


def _render_foresight(result: Mapping[str, Any]) -> Table | str:
    if not result["decisions"]:
        return "没有 / none"
    table = Table(title=f"{result['resource']}: {', '.join(result['fields']) or '*'}")
    for heading in ("会怎样 / what becomes of them", "几个 / how many"):
        table.add_column(heading)
    for fate, count in result["fates"].items():
        if count:
            table.add_row(fate, str(count))
    for service, count in result["services"].items():
        table.add_row(service, str(count))
    return table


def _render_corrections(result: Mapping[str, Any]) -> Table | str:
    if not result["corrections"]:
        return "没有 / none"
    table = Table(whole("编号 / id"), "信息项 / fields", "状态 / state", "决定 / decisions")
    for row in result["corrections"]:
        became = ", ".join(f"{state} {count}" for state, count in row["decisions"].items() if count)
        table.add_row(row["correction"], Plain(f"{row['resource']}\n{', '.join(row['fields']) or '*'}"), row["state"], became or "–")
    return table


def _render_quality(result: Mapping[str, Any]) -> Table | str:
    if not result["sources"]:
        return "没有 / none"
    table = Table(title=f"{result['since']} –")
    for heading in QUALITY:
        table.add_column(heading)
    for row in result["sources"]:
        shares = [row[name]["share"] for name in ("freshness", "availability", "completeness", "validity", "consistency")]
        asked = ["–" if share is None else f"{share:.1%}" for share in shares]
        table.add_row(f"{row['resource']}\n{row['agency']}", str(row["asked"]), *asked, f"{row['upheld']}/{row['disputed']}")
    return table


def _render_impact(result: Mapping[str, Any]) -> Table | str:
    if not result["decisions"]:
        return "没有 / none"
    table = Table(title=result["resource"])
    for heading in ("编号 / number", "结果 / outcome", "决定于 / decided", "更正后 / since corrected"):
        table.add_column(heading)
    for row in result["decisions"]:
        became = f" → {row['became']}" if row["became"] else ""
        outcome = row["outcome"] if row["standing"] else f"({row['outcome']})"  # beside the one that stands
        table.add_row(row["number"], outcome, row["decided_at"][:10], f"{row['state']}{became}" if row["state"] else "–")
    return table


def _render_disputes(result: Mapping[str, Any]) -> Table | str:
    if not result["disputes"]:
        return "没有 / none"
    table = Table(whole("编号 / id"), "信息项 / field", "状态 / state", "到期 / due")
    for row in result["disputes"]:
        state = f"{row['state_text']['zh']} / {row['state_text']['en']}{' 逾期 / overdue' if row['overdue'] else ''}"
        if row["transferred_to"]:
            state += f" → {row['transferred_to']}"
        table.add_row(row["id"], Plain(f"{row['resource']}\n{row['field'] or '*'}"), state, row["due_at"][:10])
    return table
