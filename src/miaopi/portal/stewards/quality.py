"""How good this agency's sources were: shares of looks that happened anyway, each with the counts behind it."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any, Final

from django.http import HttpResponse
from django.views.decorators.http import require_safe

from miaopi.apps.catalogue.api import Resource, get_resources
from miaopi.apps.exchange.api import Quality, Share, list_quality
from miaopi.apps.identity.api import Right
from miaopi.kernel.calendar import compute_legal_day
from miaopi.kernel.wording import Text
from miaopi.portal.gate import SignedVisit, gate
from miaopi.portal.stewards.frame import office_of, show
from miaopi.portal.wording.sources import seal_of

DAYS: Final = 30
TODAY: Final = 1
GOOD: Final = 0.99  # below it the meter changes its tone
FAIR: Final = 0.95
COLUMNS: Final = (
    ("freshness", Text(zh="及时", en="Fresh")), ("availability", Text(zh="有回应", en="Answered")),
    ("completeness", Text(zh="完整", en="Complete")), ("validity", Text(zh="有效", en="Valid")),
    ("consistency", Text(zh="一致", en="Consistent")),
)  # fmt: skip


@require_safe
@gate(Right.READ_QUALITY)
def show_quality(visit: SignedVisit) -> HttpResponse:
    """The sources of one's agency in the last thirty days."""
    found = list_quality(since=begin(DAYS, visit.now), agency=office_of(visit))
    resources = get_resources({each.resource for each in found})
    disputed, upheld = (sum(getattr(each, name) for each in found) for name in ("disputed", "upheld"))
    page = {
        "rows": [show_quality_of(each, resources.get(each.resource)) for each in found],
        "columns": [text for _, text in COLUMNS], "days": DAYS,
        "asked": sum(each.asked for each in found), "disputed": disputed, "upheld": upheld,
    }  # fmt: skip
    return show(visit, "quality", page, here="data_quality")


def begin(days: int, now: datetime) -> date:
    """The first of so many legal days that end with today."""
    return compute_legal_day(now) - timedelta(days=days - 1)


def find_quality_of(resource: Resource, now: datetime) -> dict[str, Any] | None:
    """The last thirty days of one resource in words; none where nobody asked."""
    found = [each for each in list_quality(since=begin(DAYS, now), agency=resource.agency.id) if each.resource == resource.id]
    return show_quality_of(found[0], resource) if found else None


def list_today(office: str, now: datetime) -> dict[str, Text]:
    """Of each source that was asked or disputed today, what was missing and what was wrong."""
    return {each.resource: _tell_today(each) for each in list_quality(since=begin(TODAY, now), agency=office)}


def _tell_today(each: Quality) -> Text:
    """What was asked; of it what nobody answered, and of what was answered what was missing and wrong."""
    told = [Text(zh=f"今天{each.asked:,}项次", en=f"today {each.asked:,}")]
    if unanswered := each.asked - each.answered:
        told.append(Text(zh=f"没有回应{unanswered:,}", en=f"unanswered {unanswered:,}"))
    if each.answered:
        missing = f"{100 * (each.answered - each.completeness.part) / each.answered:.3g}%"
        told.append(Text(zh=f"缺值{missing}", en=f"missing {missing}"))
    if each.invalid:
        told.append(Text(zh=f"无效{each.invalid:,}", en=f"invalid {each.invalid:,}"))
    if each.disputed:
        told.append(Text(zh=f"被指有误{each.disputed:,}", en=f"said to be wrong {each.disputed:,}"))
    return Text(zh="，".join(part.zh for part in told), en=", ".join(part.en for part in told))


def show_quality_of(each: Quality, resource: Resource | None) -> dict[str, Any]:
    """One source with its shares."""
    return {
        "name": resource.name if resource else Text(zh=each.resource, en=each.resource), "seal": seal_of(resource) if resource else "",
        "asked": each.asked, "shares": [{"label": text, **_share(getattr(each, name))} for name, text in COLUMNS],
        "disputed": each.disputed, "upheld": each.upheld,
    }  # fmt: skip


def _share(share: Share) -> dict[str, Any]:
    """A meter with its tone; of nothing there is none."""
    if share.value is None:
        return {"percent": None}
    tone = "approve" if share.value >= GOOD else "wait" if share.value >= FAIR else "supplement"
    return {"percent": f"{100 * share.value:.4g}", "tone": tone, "part": share.part, "whole": share.whole}
