"""Corrections in words, for the steward who reports them: what one would touch, how far it has come, what became of the decisions."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, Final

from miaopi.apps.approval.api import Carried, CorrectionState, Fate, Foresight, Progress, RedecisionState
from miaopi.apps.catalogue.api import Resource, get_resources, list_published
from miaopi.apps.exchange.api import Correction
from miaopi.kernel.wording import Text
from miaopi.portal.language import Language, show_moment
from miaopi.portal.wording.disputes import WHOLE
from miaopi.portal.wording.sources import join

R = RedecisionState
FATES: Final[Mapping[Fate, tuple[Text, Text]]] = {
    Fate.AGAIN: (
        Text(zh="由规则重新作出", en="The rules decide again"),
        Text(zh="结果变了，马上生效，并通知本人", en="what changes is in effect at once, and the applicant is told"),
    ),
    Fate.PERSON: (
        Text(zh="先重新核算，要变的交给人定", en="Looked at again; a person decides what would change"),
        Text(zh="人定之前，原来的决定有效；本人会收到通知", en="until then it stands; the applicant is told"),
    ),
    Fate.WAITING: (
        Text(zh="还在等的，按更正后的接着办", en="A case that waits goes on with the corrected record"),
        Text(zh="不用本人做什么", en="nobody has to do anything"),
    ),
    Fate.OPEN: (
        Text(zh="在本人手里，提交时全部重查", en="With the applicant; all is asked again when she confirms"),
        Text(zh="现在不动", en="not touched now"),
    ),
    Fate.UNTOUCHED: (Text(zh="没有用到这几项，不动", en="Took other fields of the record"), Text(zh="结果不会变", en="it stays as it is")),
    Fate.ENDED: (
        Text(zh="已经不算数的，不动", en="Counts no more, and stays as it is"),
        Text(zh="撤回的、过了保存期的，或同一件里已有新的决定", en="withdrawn, past its retention, or another decision of the case counts"),
    ),
}  # fmt: skip
BECAME: Final[Mapping[RedecisionState, tuple[str, Text]]] = {
    R.DUE: ("wait", Text(zh="正在重新作出", en="being made again")),
    R.CHANGED: ("approve", Text(zh="改了，已生效，已通知本人", en="changed, in effect, the person was told")),
    R.UNCHANGED: ("approve", Text(zh="重新作出，结果不变", en="made again: the same")),
    R.REFERRED: ("refer", Text(zh="交给人定，已通知本人，原决定仍有效", en="with a person; it stands until then, and the person was told")),
    R.REPLACED: ("approve", Text(zh="人定：改了", en="a person decided anew")),
    R.UPHELD: ("approve", Text(zh="人定：维持", en="a person let it stand")),
    R.UNTOUCHED: ("redirect", Text(zh="没有用到这几项", en="took other fields")),
    R.SUPERSEDED: ("redirect", Text(zh="同一件里已有新的决定", en="another decision of the case counts")),
    R.OPEN: ("supplement", Text(zh="在本人手里，提交时重查", en="with the applicant, asked again when she confirms")),
    R.WITHDRAWN: ("redirect", Text(zh="本人已撤回", en="withdrawn")),
    R.ERASED: ("redirect", Text(zh="过了保存期，不能再作", en="past its retention")),
}  # fmt: skip
STATES: Final[Mapping[CorrectionState, tuple[str, Text]]] = {
    CorrectionState.NOTING: ("wait", Text(zh="正在找", en="Looking")),
    CorrectionState.RUNNING: ("wait", Text(zh="办理中", en="Under way")),
    CorrectionState.WITH_PERSON: ("refer", Text(zh="等人定", en="With a person")),
    CorrectionState.DONE: ("approve", Text(zh="已办完", en="Done")),
    CorrectionState.UNUSED: ("approve", Text(zh="没有用过", en="Not used")),
}  # fmt: skip
ICONS: Final = {"wait": "clock", "refer": "person", "approve": "yes"}


class Corrections:
    """A list of them; what they name is looked up once for all."""

    def __init__(self, corrections: Sequence[Correction], progress: Mapping[str, Progress], language: Language) -> None:
        self.language, self.progress = language, progress
        self.resources = get_resources({each.resource for each in corrections})
        self.rows = [self._row(each) for each in corrections]

    def _row(self, each: Correction) -> dict[str, Any]:
        progress, resource = self.progress[each.id], self.resources.get(each.resource)
        tone, state = STATES[progress.state]
        return {
            "id": each.id, "resource": resource.name if resource else Text(zh=each.resource, en=each.resource),
            "fields": name_fields(each.fields, resource), "reported": show_moment(each.reported_at, self.language),
            "tone": tone, "icon": ICONS[tone], "state": state, "dispute": each.dispute, "decisions": sum(progress.states.values()),
            "due": progress.states.get(R.DUE, 0), "referred": progress.states.get(R.REFERRED, 0),
        }  # fmt: skip


def name_fields(fields: Sequence[str], resource: Resource | None) -> Text:
    """The fields in words; the whole record where none is named."""
    labels = {name: field.label for name, field in resource.fields.items()} if resource else {}
    return join(labels.get(name, Text(zh=name, en=name)) for name in fields) if fields else WHOLE


def show_foresight(seen: Foresight, now: datetime) -> dict[str, Any]:
    """What would be touched: by fate, and by service."""
    return {
        "decisions": seen.decisions, "touched": seen.touched, "services": _name_services(seen.services, now), "mark": seen.mark,
        "fates": [
            {"count": count, "name": name, "hint": hint} for fate, (name, hint) in FATES.items() if (count := seen.fates.get(fate, 0))
        ],
    }  # fmt: skip


def show_carried(carried: Carried, now: datetime, language: Language) -> dict[str, Any]:
    """What became of the decisions, in the order in which the steward wants to know it."""
    states = carried.progress.states
    return {
        "services": _name_services(carried.services, now), "told": carried.told,
        "is_all_same": bool(carried.compared) and carried.same_said == carried.compared, "attempts": carried.attempts,
        "next": show_moment(carried.next_at, language) if carried.next_at else "",
        "became": [
            {"count": count, "tone": tone, "text": text} for state, (tone, text) in BECAME.items() if (count := states.get(state, 0))
        ],
    }  # fmt: skip


def _name_services(services: Mapping[str, int], now: datetime) -> list[dict[str, Any]]:
    names = {each.slug: each.name for each in list_published(now)}
    return [{"name": names.get(slug, Text(zh=slug, en=slug)), "count": count} for slug, count in services.items()]
