"""Objections to a look in words, for the office that has to answer and for whoever watches over it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any, Final

from miaopi.apps.catalogue.api import get_resources
from miaopi.apps.exchange.api import OBJECTION_MOVES, Objection, ObjectionState
from miaopi.kernel.wording import Text
from miaopi.portal.language import Language, show_moment
from miaopi.portal.wording.clocks import show_clock
from miaopi.portal.wording.sources import join_names

CASE: Final = Text(zh="办件", en="a case")


class Objections:
    """A list of them, without what they say; what they name is looked up once for all."""

    def __init__(self, objections: Sequence[Objection], now: datetime, language: Language) -> None:
        self.now, self.language = now, language
        self.resources = get_resources({each.resource for each in objections if each.resource})
        self.rows = [self._row(each) for each in objections]

    def _row(self, each: Objection) -> dict[str, Any]:
        resource = self.resources.get(each.resource)
        return {
            "id": each.id, "look": each.look, "state": OBJECTION_MOVES.states[each.state], "is_open": each.is_open,
            "is_overdue": each.state is ObjectionState.OVERDUE,
            "what": join_names(resource) if resource else CASE, "resource": resource.name if resource else CASE,
            "filed": show_moment(each.filed_at, self.language),
            "clock": show_clock(each.due_at, None, self.now, self.language), "suspended": each.suspended,
        }  # fmt: skip
