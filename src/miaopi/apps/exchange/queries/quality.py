"""How good each source is, in shares with the counts behind them: reckoned from looks that happened anyway, and from disputes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from datetime import date
from typing import Final

from django.db.models import Sum

from miaopi.apps.exchange import models
from miaopi.kernel.frozen import frozen

COUNTS: Final = ("asked", "known", "absent", "unproven", "silent", "stale", "conflict", "invalid", "disputed", "upheld")


@frozen
class Share:
    """`part` of `whole`; of nothing there is no share."""

    part: int
    whole: int

    @property
    def value(self) -> float | None:
        return round(self.part / self.whole, 4) if self.whole else None

    def to_json(self) -> dict[str, object]:
        return {"part": self.part, "whole": self.whole, "share": self.value}


@frozen
class Quality:
    """One resource at one agency since a day. A field that was asked counts once.

    Freshness: asked and not stale. Availability: asked and answered. Of what was answered: completeness – a value, or certainly
    none; validity – no value outside its type or its list; consistency – no contradiction. Disputes upheld: of those that were filed.
    """

    resource: str
    agency: str
    asked: int
    known: int
    absent: int
    unproven: int
    silent: int
    stale: int
    conflict: int
    invalid: int
    disputed: int
    upheld: int

    @property
    def answered(self) -> int:
        return self.asked - self.silent - self.stale

    @property
    def freshness(self) -> Share:
        return Share(self.asked - self.stale, self.asked)

    @property
    def availability(self) -> Share:
        return Share(self.answered, self.asked)

    @property
    def completeness(self) -> Share:
        return Share(self.known + self.absent, self.answered)

    @property
    def validity(self) -> Share:
        return Share(self.answered - self.invalid, self.answered)

    @property
    def consistency(self) -> Share:
        return Share(self.answered - self.conflict, self.answered)

    @property
    def disputes_upheld(self) -> Share:
        return Share(self.upheld, self.disputed)

    def to_json(self) -> dict[str, object]:
        shares = ("freshness", "availability", "completeness", "validity", "consistency", "disputes_upheld")
        return {**asdict(self), **{name: getattr(self, name).to_json() for name in shares}}


def list_quality(*, since: date, agency: str | None = None) -> Sequence[Quality]:
    """Every source that was asked, or disputed, from that legal day on, by resource; of one agency, if it is named."""
    rows = models.QualityDay.objects.filter(day__gte=since)
    if agency is not None:
        rows = rows.filter(agency=agency)
    sums = rows.values("resource", "agency").annotate(*(Sum(name) for name in COUNTS)).order_by("resource", "agency")
    return [Quality(*each) for each in sums.values_list("resource", "agency", *(f"{name}__sum" for name in COUNTS))]
