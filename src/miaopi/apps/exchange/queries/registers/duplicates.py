"""Reads of pairs of numbers that may be one party's, and of what was merged."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Final

from django.db import connection
from django.db.models import Case, Count, When

from miaopi.apps.exchange import models
from miaopi.apps.exchange.models import CandidateState
from miaopi.apps.exchange.queries.moves import PAIR_MOVES
from miaopi.apps.identity.api import find_party_by_id_number, get_party, pseudonym, seal, unseal
from miaopi.kernel.errors import NotFound
from miaopi.kernel.frozen import frozen
from miaopi.kernel.wording import Text

MOST_LISTED: Final = 200
MERGED: Final = """
    SELECT id, register, first_sealed, second_sealed FROM exchange_duplicatecandidate
    WHERE state = %s AND (first_digest = ANY(%s) OR second_digest = ANY(%s))
"""


@frozen
class Duplicate:
    """A pair as lists show it: no number, no name."""

    id: str
    register: str
    suspicion: str
    score: int
    state: CandidateState
    found_at: datetime
    decided_at: datetime | None
    decided_by: str

    def to_json(self) -> dict[str, object]:
        return {
            "id": self.id, "register": self.register, "suspicion": self.suspicion, "score": self.score, "state": str(self.state),
            "state_text": PAIR_MOVES.states[self.state].to_json(), "found_at": self.found_at.isoformat(),
            "decided_at": self.decided_at and self.decided_at.isoformat(), "decided_by": self.decided_by,
        }


def list_duplicates(register: str) -> Sequence[Duplicate]:
    """Those to be decided first, the likeliest in front; however many were decided, they hide none of these."""
    is_decided = Case(When(state=CandidateState.OPEN, then=0), default=1)
    rows = models.DuplicateCandidate.objects.filter(register=register).order_by(is_decided, "-score", "found_at", "id")
    return [compute_duplicate(row) for row in rows[:MOST_LISTED]]


def count_duplicates(register: str) -> Mapping[str, int]:
    """How many pairs stand in each state."""
    rows = models.DuplicateCandidate.objects.filter(register=register).values_list("state").annotate(count=Count("id"))
    counted: dict[str, int] = dict(rows)
    return {state.value: counted.get(state.value, 0) for state in CandidateState}


def get_duplicate(candidate: str) -> models.DuplicateCandidate:
    """Raises NotFound."""
    return _one(models.DuplicateCandidate.objects.filter(id=candidate).first())


def lock_duplicate(candidate: str) -> models.DuplicateCandidate:
    """The pair to change it. Raises NotFound."""
    return _one(models.DuplicateCandidate.objects.select_for_update().filter(id=candidate).first())


def compute_duplicate(row: models.DuplicateCandidate) -> Duplicate:
    return Duplicate(
        id=row.id, register=row.register, suspicion=row.suspicion, score=row.score, state=CandidateState(row.state),
        found_at=row.found_at, decided_at=row.decided_at, decided_by=row.decided_by,
    )


def seal_number(candidate: str, number: str) -> bytes:
    return seal(number.encode(), context=f"duplicate:{candidate}")


def list_numbers(row: models.DuplicateCandidate) -> tuple[str, str]:
    """The two numbers, their seals opened."""
    return _unseal_pair(row.id, bytes(row.first_sealed), bytes(row.second_sealed))


def _unseal_pair(candidate: str, *sealed: bytes) -> tuple[str, str]:
    first, second = (unseal(bytes(each), context=f"duplicate:{candidate}").decode() for each in sealed)
    return first, second


def compute_number_digest(register: str, number: str) -> str:
    """What tells a number of one register from another; keyed, for numbers are few enough to be guessed."""
    return pseudonym(f"register/{register}/{number.upper()}")


def compute_subject(register: str, number: str) -> str:
    """The name in the log of whoever has the number: of the party, if she has an account here, so that she sees the entry."""
    party = find_party_by_id_number(number)
    return compute_number_digest(register, number) if party is None else pseudonym(party)


def is_anothers(number: str, *, than: str) -> bool:
    """Whether somebody else than the holder of `than` signs in here with the number. That an agency once asked about it makes it nobody's:
    else any agency could make rows of hers unseen."""
    holder = find_party_by_id_number(number)
    if holder is None or holder == find_party_by_id_number(than):
        return False
    return get_party(holder).assurance_level > 0


def list_merged_numbers(registers: Iterable[str], number: str) -> Mapping[str, frozenset[str]]:
    """The other numbers of whoever has this one, by register, as far as a person merged them; those merged with these too."""
    known = {register: {number} for register in registers}
    unread = [(register, number) for register in known]
    while unread:
        found = [(register, each) for register, numbers in _read_merged(unread) for each in numbers]
        unread = [(register, each) for register, each in found if each not in known[register]]
        for register, each in unread:
            known[register].add(each)
    return {register: frozenset(numbers - {number}) for register, numbers in known.items() if len(numbers) > 1}


def _read_merged(numbers: Iterable[tuple[str, str]]) -> list[tuple[str, tuple[str, str]]]:
    """Pairs that hold one of these. Each pull asks it, mostly for nothing: built by the ORM it cost 1.1 ms, written out 0.3."""
    digests = [compute_number_digest(*each) for each in numbers]
    with connection.cursor() as cursor:
        cursor.execute(MERGED, [CandidateState.MERGED.value, digests, digests])
        return [(register, _unseal_pair(id, first, second)) for id, register, first, second in cursor.fetchall()]


def _one(row: models.DuplicateCandidate | None) -> models.DuplicateCandidate:
    if row is None:
        raise NotFound(Text(zh="没有这一对。", en="There is no such pair."))
    return row
