"""What waits for the steward, first of all; then how the day goes."""

from __future__ import annotations

from typing import Final

from django.http import HttpResponse
from django.views.decorators.http import require_safe

from miaopi.apps.approval.api import count_waiting_for
from miaopi.apps.catalogue.api import get_resources, list_resources
from miaopi.apps.exchange.api import (
    AgreementState,
    SourceState,
    SourceStatus,
    count_day,
    count_waiting,
    list_agreements,
    list_sources,
)
from miaopi.apps.identity.api import Right
from miaopi.kernel.wording import Text
from miaopi.portal.gate import SignedVisit, gate
from miaopi.portal.language import language_of, show_moment
from miaopi.portal.stewards.frame import office_of, show
from miaopi.portal.stewards.quality import list_today
from miaopi.portal.stewards.waiting import list_waiting
from miaopi.portal.wording.agreements import Agreements
from miaopi.portal.wording.sharing import FAILURES

MOST: Final = 5
FINE: Final = "approve"


@require_safe
@gate(Right.DECIDE_AGREEMENT)
def show_overview(visit: SignedVisit) -> HttpResponse:
    office, language = office_of(visit), language_of(visit)
    waiting = count_waiting(agency=office)
    total = waiting.requests + waiting.disputes + waiting.objections
    rows = list_waiting(office, visit.now, language, most=MOST)
    ours = list_agreements(requester=office, state=AgreementState.FILED)
    sources = [each for each in list_sources(now=visit.now) if each.agency == office]
    silent = sorted((each for each in sources if each.silent_since), key=lambda each: str(each.silent_since))
    cases = count_waiting_for([each.resource for each in silent])
    names = {each: resource.name for each, resource in get_resources({source.resource for source in sources}).items()}
    resources = list_resources(office)
    day = count_day(agency=office, resources={each.id for each in resources}, now=visit.now)
    looks = day.pulls + day.refusals
    today = list_today(office, visit.now)
    stands = [{**each, "today": today.get(str(each["resource"]))} for each in sources_in_words(sources, names)]
    page = {
        "silent": [
            {"name": names.get(each.resource, Text(each.resource, each.resource)), "cases": cases[each.resource],
             "since": show_moment(each.silent_since, language) if each.silent_since else ""} for each in silent
        ],
        "figures": [
            (Text(zh="今天取数", en="Calls today"), looks, Text(zh="次", en=""), Text(zh="每次都有依据", en="each on a lawful ground")),
            (Text(zh="其中拒绝", en="Of them refused"), round(100 * day.refusals / looks) if looks else 0, Text(zh="%", en="%"),
             Text(zh=f"{day.refusals}次，没有协议或超出协议", en=f"{day.refusals}, without an agreement or beyond it")),
            (Text(zh="按信息项裁掉", en="Fields cut"), day.cut_share, Text(zh="%", en="%"),
             Text(zh="没授权的，不出门", en="what is not granted stays at home")),
            (Text(zh="待您答复", en="For you to answer"), total, Text(zh="件", en=""),
             Text(zh=f"另有{len(ours)}份等别的部门", en=f"{len(ours)} more wait for others")),
        ],
        "waiting": rows, "more": max(0, total - len(rows)), "ours": Agreements(ours[:MOST], visit.now, language).rows,
        "sources": [each for each in stands if each["tone"] != FINE], "well": [each for each in stands if each["tone"] == FINE],
        "is_cut": day.is_cut,
        "size": len(resources), "connected": sum(each.is_connected for each in resources),
    }  # fmt: skip
    return show(visit, "overview", page, here="data")


def sources_in_words(sources: list[SourceStatus], names: dict[str, Text]) -> list[dict[str, object]]:
    """Each source with how it stands: tone, sign and words."""
    return [
        {"resource": each.resource, "name": names.get(each.resource, Text(each.resource, each.resource)), **_stand(each),
         "kind": each.kind, "since": each.silent_since, "answered": each.answered_at, "p95": each.p95_ms,
         "failed": [(FAILURES.get(kind, Text(kind, kind)), count) for kind, count in sorted(each.failures.items())]}
        for each in sorted(sources, key=lambda each: (each.silent_since is None, each.is_connected, each.resource))
    ]  # fmt: skip


def _stand(source: SourceStatus) -> dict[str, object]:
    if source.state == SourceState.RESTING:
        return {"tone": "supplement", "sign": "warn", "stand": Text(zh="断开，稍后自动再试", en="resting, tried again by itself")}
    if source.state == SourceState.CHANGED:
        return {"tone": "supplement", "sign": "warn", "stand": Text(zh="表结构已变更，须人工核对", en="its schema changed: to be mended")}
    if source.silent_since is not None:
        return {"tone": "supplement", "sign": "warn", "stand": Text(zh="没有回应", en="no answer")}
    if not source.is_connected:
        return {"tone": "wait", "sign": "clock", "stand": Text(zh="没有地址", en="no address")}
    if source.most_absences and source.absences > source.most_absences:
        return {"tone": "supplement", "sign": "warn", "stand": Text(zh="连续答没有，暂不采信", en="none for everybody: not believed")}
    if source.state == SourceState.SLOW:
        seconds = f"{(source.p95_ms or 0) / 1000:.1f}"
        return {"tone": "wait", "sign": "clock", "stand": Text(zh=f"变慢，{seconds}秒", en=f"slow, {seconds} s")}
    return {"tone": FINE, "sign": "yes", "stand": Text(zh="正常", en="answers")}
