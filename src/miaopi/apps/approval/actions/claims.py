"""Claims: one row for one place that one case can hold, taken in the commit half before it counts what was decided.

A lost claim is a fact, known true, and the case is decided again with it: never an error (DESIGN.md §4, approval).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from typing import Final

from django.db import connection

from miaopi.apps.approval.actions.case import Case
from miaopi.apps.approval.events import ClaimLost, ClaimReleased, ClaimTaken
from miaopi.apps.approval.models import Claim, DecisionRow
from miaopi.apps.audit.api import Actor, Unit, act
from miaopi.apps.identity.api import PartyId, pseudonym
from miaopi.kernel.decision import Decision, Outcome
from miaopi.kernel.fact import Known

CLAIMED: Final = "approval.claim"  # the source of a fact that a lost claim made known
WITHOUT: Final = frozenset({Outcome.REFUSE, Outcome.REDIRECT})  # such a case holds no place

# Whoever comes second waits for the first to commit, and then gets no row, unless the place is its own already.
TAKE: Final = """
INSERT INTO approval_claim (kind, key, number, taken_at)
SELECT kind, %s, %s, %s FROM unnest(%s::text[]) AS kind
    ON CONFLICT (kind, key) DO UPDATE SET number = EXCLUDED.number WHERE approval_claim.number = EXCLUDED.number
RETURNING kind
"""


def hold_claims(*, case: Case, decision: Decision, by: Actor, now: datetime) -> tuple[Case, Decision]:
    """Take the places that the package names, in one statement, for a case that needs them; decide again if one is lost."""
    kinds = [claim.kind for claim in case.package.claims]
    if not kinds or decision.outcome in WITHOUT:
        return case, decision
    with act(by=by, now=now) as unit:
        lost = take_claims(unit=unit, kinds=kinds, party=case.applicant, number=case.number, now=now)
    if not lost:
        return case, decision
    known = {claim.fact: Known(True, source=CLAIMED, obtained_at=now) for claim in case.package.claims if claim.kind in lost}
    case = replace(case, facts={**case.facts, **known})
    return case, case.decide()


def take_claims(*, unit: Unit, kinds: Sequence[str], party: PartyId, number: str, now: datetime) -> set[str]:
    """Take places for a case; the kinds that another case holds. In the order of their names, so that two never wait for each other."""
    with connection.cursor() as cursor:
        cursor.execute(TAKE, [party, number, now, sorted(kinds)])
        held = {kind for (kind,) in cursor.fetchall()}
    for kind in sorted(kinds):
        event = ClaimTaken if kind in held else ClaimLost
        unit.record(event(number=number, kind=kind, subject=pseudonym(party)))
    return set(kinds) - held


def release_claim(*, number: str, kind: str | None = None, by: Actor, now: datetime) -> int:
    """Give back what the case holds (of one kind, or all): it was refused, withdrawn, has lapsed, or was stopped. How many."""
    with act(by=by, now=now) as unit:
        held = Claim.objects.select_for_update().filter(number=number)
        rows = list(held if kind is None else held.filter(kind=kind))
        Claim.objects.filter(id__in=[row.id for row in rows]).delete()
        for row in rows:
            unit.record(ClaimReleased(number=number, kind=row.kind, subject=pseudonym(row.key)))
    return len(rows)


def settle_claims(*, row: DecisionRow, by: Actor, now: datetime) -> None:
    """A case that ended without holding anything lets its place go."""
    if Outcome(row.outcome) in WITHOUT:
        release_claim(number=row.number, by=by, now=now)
