"""What is odd about looks: clues to follow, each with the entries behind it. A person is called by her pseudonym alone."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

from django.http import HttpResponse
from django.views.decorators.http import require_safe

from miaopi.apps.audit.api import Stretch
from miaopi.apps.exchange.api import (
    Agreement,
    Clue,
    Pattern,
    list_clues,
    list_spent,
    list_unused,
    read_stretch,
)
from miaopi.apps.identity.api import Right
from miaopi.kernel.wording import Text
from miaopi.portal.auditors.frame import PAGE, Names, cut, read_place, show
from miaopi.portal.gate import SignedVisit, gate
from miaopi.portal.language import Language, language_of, show_moment
from miaopi.portal.wording.agreements import Agreements
from miaopi.portal.wording.sources import join
from miaopi.portal.wording.watching import PATTERNS

MOST: Final = 20  # clues of one kind
PSEUDONYM: Final = 12  # characters of a pseudonym that tell one person from another in a stretch


@require_safe
@gate(Right.READ_LOG)
def show_clues(visit: SignedVisit) -> HttpResponse:
    """Those of one stretch of the log, and agreements whose calls are spent or that nobody ever used."""
    language, skip = language_of(visit), read_place(visit, "skip") or 0
    stretch = read_stretch(page="clues", before=read_place(visit, "before"), by=visit.actor, now=visit.now)
    found = {pattern: list_clues(pattern, stretch.looks) for pattern in Pattern}
    names = Names(visit, (looker for clues in found.values() for clue in clues for looker in clue.lookers))
    unused = list_unused(visit.now, skip=skip, most=PAGE + 1)
    page = {
        "patterns": [
            {"name": PATTERNS[pattern][0], "hint": PATTERNS[pattern][1], "count": len(clues), "more": max(0, len(clues) - MOST),
             "clues": [_describe(clue, names) for clue in clues[:MOST]]}
            for pattern, clues in found.items()
        ],
        "spent": [_describe_spent(each, row) for each, row in _describe_agreements(list_spent(visit.now), visit, language)],
        "unused": cut([row for _, row in _describe_agreements(unused, visit, language)], skip),
        **describe_stretch(stretch, language),
    }  # fmt: skip
    return show(visit, "clues", page, here="watch_clues")


def describe_stretch(stretch: Stretch, language: Language) -> dict[str, object]:
    """Which part of the log a page is about, and where the one before it ends."""
    first, looks = stretch.first, stretch.looks
    return {
        "first": first, "last": stretch.end - 1, "is_empty": stretch.end == 0, "earlier": first if first else None,
        "since": show_moment(looks[-1].at, language) if looks else "", "until": show_moment(looks[0].at, language) if looks else "",
    }


def _describe(clue: Clue, names: Names) -> dict[str, object]:
    return {
        "who": join(names.name_looker(each) for each in clue.lookers), "count": clue.count, "matters": clue.matters,
        "entries": clue.entries, "subject": clue.subject[:PSEUDONYM],
    }


def _describe_agreements(
    agreements: Sequence[Agreement], visit: SignedVisit, language: Language
) -> list[tuple[Agreement, dict[str, Any]]]:
    """Those of resources that the catalogue still has."""
    described = {str(row["id"]): row for row in Agreements(agreements, visit.now, language).rows}
    return [(each, described[each.id]) for each in agreements if each.id in described]


def _describe_spent(agreement: Agreement, row: dict[str, Any]) -> dict[str, Any]:
    terms = agreement.terms
    is_over = terms.total_quota is not None and agreement.used_in_all >= terms.total_quota
    quota = terms.total_quota if is_over else terms.daily_quota
    spent = Text(zh=f"共{quota:,}次，用完了", en=f"all {quota:,} calls are spent") if is_over else Text(
        zh=f"今天{quota:,}次，用完了", en=f"today's {quota:,} calls are spent"
    )  # fmt: skip
    return {**row, "spent": spent}
