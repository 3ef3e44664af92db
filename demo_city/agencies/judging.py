"""What the police answer from what they hold: one word, and the only place that knows of sealed records.

公安机关办理犯罪记录查询工作规定: a record is what an effective judgment established (第二条); unclear, partial or in conflict with
an earlier answer is for a person to check (第三条); for a crime under eighteen with five years or less the certificate is issued (第十条).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final

ADULT: Final = 18
MOST_MONTHS_SEALED: Final = 60  # 刑事诉讼法 第二百八十六条: 五年以下, the number included


@dataclass(frozen=True, slots=True)
class Case:
    """One case as courts and prosecutors sent it."""

    crime_on: date
    sentence_months: int
    effective: bool
    court_status: str
    uploaded_on: date


@dataclass(frozen=True, slots=True)
class Given:
    """An answer given earlier; `on` is its day in the city."""

    condition_met: str
    on: date


def condition_met(birth: date, cases: Sequence[Case], given: Sequence[Given], *, all_traced: bool) -> str:
    """`true` to issue, `false` for a record, `uncertain` when a person must check."""
    open_cases = _open(birth, [case for case in cases if case.effective])
    if any(_was_answered_before(case, given) for case in open_cases):
        return "uncertain"
    if open_cases:
        return "false"
    if not all_traced or any(case.court_status == "uncertain" for case in cases):
        return "uncertain"
    return "true"


def _open(birth: date, effective: Sequence[Case]) -> Sequence[Case]:
    """The judgments that count. None does when all were for crimes under eighteen and their sentences make five years or less."""
    young = all(age_after_birthday(birth, case.crime_on) < ADULT for case in effective)
    mild = sum(case.sentence_months for case in effective) <= MOST_MONTHS_SEALED
    return [] if young and mild else effective


def _was_answered_before(case: Case, given: Sequence[Given]) -> bool:
    """A clean answer after this crime, before its judgment reached the police: the two contradict each other."""
    return any(answer.condition_met == "true" and case.crime_on <= answer.on < case.uploaded_on for answer in given)


def age_after_birthday(birth: date, day: date) -> int:
    """Completed years as criminal law counts them: reached the day after the birthday."""
    return day.year - birth.year - (0 if (day.month, day.day) > (birth.month, birth.day) else 1)
