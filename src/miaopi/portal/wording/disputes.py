"""Disputes in words, for the person whose record it is and for the steward who answers."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any, Final

from miaopi.apps.catalogue.api import get_resources
from miaopi.apps.exchange.api import DISPUTE_MOVES, Dispute, DisputeState
from miaopi.kernel.wording import Text
from miaopi.portal.language import Language, show_moment
from miaopi.portal.wording.clocks import show_clock
from miaopi.portal.wording.sources import name_agencies

WHOLE: Final = Text(zh="整份记录", en="The whole record")
TONES: Final = {
    DisputeState.CORRECTED: "approve", DisputeState.PARTLY: "supplement", DisputeState.UNFOUNDED: "redirect",
    DisputeState.TRANSFERRED: "redirect",
}  # fmt: skip


class Disputes:
    """A list of them, without what they say; what they name is looked up once for all. `passed`: who has one that was passed on."""

    def __init__(self, disputes: Sequence[Dispute], now: datetime, language: Language) -> None:
        self.now, self.language = now, language
        self.resources = get_resources({each.resource for each in disputes})
        self.agencies = name_agencies() if disputes else {}
        self.rows = [self._row(each) for each in disputes]

    def _row(self, each: Dispute) -> dict[str, Any]:
        resource, agency = self.resources.get(each.resource), self._name(each.agency)
        field = resource.fields.get(each.field) if resource else None
        return {
            "id": each.id, "resource": resource.name if resource else Text(zh=each.resource, en=each.resource),
            "agency": agency, "seal": agency.zh[0],
            "field": field.label if field else WHOLE if not each.field else Text(zh=each.field, en=each.field),
            "is_open": each.state is DisputeState.FILED, "state": DISPUTE_MOVES.states[each.state], "tone": TONES.get(each.state, "wait"),
            "filed": show_moment(each.filed_at, self.language), "clock": show_clock(each.due_at, None, self.now, self.language),
            "answered": show_moment(each.answered_at, self.language) if each.answered_at else "",
            "passed": self._name(each.transferred_to) if each.transferred_to else None,
        }  # fmt: skip

    def _name(self, agency: str) -> Text:
        return self.agencies.get(agency, Text(zh=agency, en=agency))
