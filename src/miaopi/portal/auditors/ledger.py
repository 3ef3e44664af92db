"""Whether the log is whole: its head, its last check, those who keep heads of it; and any entry with its proof."""

from __future__ import annotations

import json
from typing import Any, Final

from django.http import HttpResponse
from django.views.decorators.http import require_POST, require_safe

from miaopi.apps.audit.api import (
    LogChecked,
    LoggedEntry,
    check_log,
    count_numbered,
    find_checkpoint,
    list_latest_entries,
    list_parked,
    note_check,
)
from miaopi.apps.catalogue.api import get_resources
from miaopi.apps.exchange.api import Looker, find_looker, read_entry, read_proof, watch_sharing
from miaopi.apps.identity.api import Right
from miaopi.kernel.errors import InputError
from miaopi.kernel.wording import Text
from miaopi.portal.auditors.clues import PSEUDONYM
from miaopi.portal.auditors.frame import Names, read_place, show
from miaopi.portal.gate import SignedVisit, gate
from miaopi.portal.language import Language, language_of, lead_to, show_moment
from miaopi.portal.problems import describe_problem
from miaopi.portal.wording.watching import KINDS, TOLD

HERE: Final = "watch_ledger"
HEAD: Final = "/api/v1/ledger/checkpoint"
MOST_CHECKED: Final = 50_000  # entries that a page may take the time for; some ten thousand a second
TOO_LONG: Final = Text(
    zh="账本太长，不能在页面上等。请由管理员运行 ./miaopi audit check，结果会显示在这里。",
    en="The log is too long to wait for in a page. Have ./miaopi audit check run; its result is shown here.",
)


@require_safe
@gate(Right.READ_LOG)
def show_ledger(visit: SignedVisit) -> HttpResponse:
    seq = read_place(visit, "seq")
    if seq is not None:
        return lead_to(visit, "watch_entry", str(seq))
    watch_sharing(page="ledger", by=visit.actor, now=visit.now)
    return _show(visit)


@require_POST
@gate(Right.READ_LOG)
def check(visit: SignedVisit) -> HttpResponse:
    """Recompute all of it now; who had it done and what came of it is an entry."""
    size = count_numbered()
    if size > MOST_CHECKED:
        return _show(visit, InputError("log", TOO_LONG, Text(zh="", en="")))
    note_check(size=size, findings=check_log(), by=visit.actor, now=visit.now)
    return lead_to(visit, HERE, done="checked")


@require_safe
@gate(Right.READ_LOG)
def show_entry(visit: SignedVisit, seq: int) -> HttpResponse:
    """What one entry says: identifiers and names of fields. Whom it is about sees that it was read."""
    entry = read_entry(seq=seq, by=visit.actor, now=visit.now)
    looker = find_looker(entry)
    page = {"it": _describe(entry, looker, Names(visit, [looker] if looker else []), language_of(visit))}
    return show(visit, "entry", page, here=HERE)


@require_safe
@gate(Right.READ_LOG)
def download_proof(visit: SignedVisit, seq: int) -> HttpResponse:
    """The proof of the entry (DESIGN.md §7.4), a deferred one too."""
    proof = read_proof(seq=seq, by=visit.actor, now=visit.now).to_json()
    response = HttpResponse(json.dumps(proof, ensure_ascii=False, indent=1), content_type="application/json")
    response.headers["Content-Disposition"] = f'attachment; filename="entry-{seq}-proof.json"'
    return response


def describe_ledger(language: Language) -> dict[str, Any]:
    """Size, last head, last check. `is_sound`: whether the last check found nothing; `None` where there was none lately."""
    head, size = find_checkpoint(), count_numbered()
    checks, _ = list_latest_entries([LogChecked.event_kind], most=1)
    checked = checks[0] if checks else None
    return {
        "size": size, "head": head.note if head else "", "signed": head.tree_size if head else 0,
        "signed_at": show_moment(head.at, language) if head else "", "unsigned": size - (head.tree_size if head else 0),
        "checked_at": show_moment(checked.at, language) if checked else "", "checked_size": checked.body["size"] if checked else 0,
        "findings": checked.body["findings"] if checked else 0, "rows": checked.body["rows"] if checked else (),
        "is_sound": checked.body["findings"] == 0 if checked else None, "parked": len(list_parked()),
    }


def _show(visit: SignedVisit, error: InputError | None = None) -> HttpResponse:
    page = {"it": describe_ledger(language_of(visit)), "address": HEAD, "problem": describe_problem(error, {})}
    return show(visit, "ledger", page, here=HERE, status=error.status if error else 200)


def _describe(entry: LoggedEntry, looker: Looker | None, names: Names, language: Language) -> dict[str, Any]:
    body = entry.body
    resource = get_resources([str(body["resource"])]).get(str(body["resource"])) if body.get("resource") else None
    told = {name: value for name, value in body.items() if name != "subject" and value not in ("", None, [], ())}
    return {
        "seq": entry.seq, "at": show_moment(entry.at, language), "kind": KINDS.get(entry.kind, Text(entry.kind, entry.kind)),
        "code": entry.kind, "who": names.name_looker(looker) if looker else Text(zh="当事人自己办事", en="the person, who applied"),
        "is_act": looker is None and entry.actor["kind"] != "person", "actor": f"{entry.actor['kind']}/{entry.actor['id']}",
        "subject": str(body.get("subject") or "")[:PSEUDONYM], "resource": resource.name if resource else None,
        "told": [
            (name, TOLD.get(name), ", ".join(map(str, value)) if isinstance(value, list) else str(value)) for name, value in told.items()
        ],
        "is_hidden": bool(body.get("deferral")),
    }  # fmt: skip
