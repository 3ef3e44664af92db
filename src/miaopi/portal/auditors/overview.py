"""What an auditor sees first: what is overdue, what is odd, and whether the log is whole."""

from __future__ import annotations

from django.http import HttpResponse
from django.views.decorators.http import require_safe

from miaopi.apps.exchange.api import (
    Pattern,
    count_deferrals,
    list_clues,
    list_diligence,
    list_refused,
    list_spent,
    read_stretch,
)
from miaopi.apps.identity.api import Right
from miaopi.kernel.wording import Text
from miaopi.portal.auditors.frame import Names, show
from miaopi.portal.auditors.ledger import describe_ledger
from miaopi.portal.gate import SignedVisit, gate
from miaopi.portal.language import language_of
from miaopi.portal.wording.watching import PATTERNS


@require_safe
@gate(Right.READ_LOG)
def show_overview(visit: SignedVisit) -> HttpResponse:
    stretch = read_stretch(page="overview", before=None, by=visit.actor, now=visit.now)
    deferrals, diligence, names = count_deferrals(reader=visit.actor), list_diligence(visit.now), Names(visit)
    late = [each for each in diligence if each.overdue]
    refused = sum(each.count for each in list_refused(stretch.looks))
    page = {
        "late": [(names.name_office(each.office), each.overdue) for each in late],
        "figures": [
            (Text(zh="查看", en="Looks"), len(stretch.looks) - refused, Text(zh="次", en=""),
             Text(zh=f"账本最近{stretch.end - stretch.first:,}条里", en=f"in the last {stretch.end - stretch.first:,} entries")),
            (Text(zh="被拒绝", en="Refused"), refused, Text(zh="次", en=""), Text(zh="没有取到任何内容", en="nothing was had")),
            (Text(zh="暂不显示的案件", en="Matters not shown yet"), sum(deferrals.values()), Text(zh="件", en=""),
             Text(zh="当事人以后才看到", en="the person sees them later")),
            (Text(zh="等答复的访问异议", en="Open objections"), sum(each.open for each in diligence), Text(zh="件", en=""),
             Text(zh=f"逾期{sum(each.overdue for each in diligence)}件", en=f"{sum(each.overdue for each in diligence)} overdue")),
        ],
        "patterns": [(PATTERNS[each][0], PATTERNS[each][1], len(list_clues(each, stretch.looks))) for each in Pattern],
        "spent": len(list_spent(visit.now)), "ledger": describe_ledger(language_of(visit)),
    }  # fmt: skip
    return show(visit, "overview", page, here="watch")
