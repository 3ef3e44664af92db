"""The way of a case, told like that of a parcel: what is done, where it is now and since when, what comes next."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any, Final

from miaopi.apps.appointment.api import VisitState, VisitView
from miaopi.apps.approval.api import Result
from miaopi.apps.catalogue.api import get_resources
from miaopi.apps.licence.api import Registration
from miaopi.kernel.wording import Text
from miaopi.portal.language import Language, show_moment
from miaopi.portal.wording.cases import ERASED, KINDS, STATES
from miaopi.portal.wording.sources import join

TOLD: Final = Text(zh="短信告诉您结果", en="You are told by text message")
AGAIN: Final = Text(zh="取到数据后自动决定", en="Decided by itself once the answer is there")
BY_ITSELF: Final = Text(zh="到时候自动决定", en="Decided by itself when the time comes")
MENDED: Final = Text(zh="补好后自动再核对，多半几秒", en="Checked again by itself once you have mended it")
STANDS: Final = Text(zh="时钟已停，不占办理期限", en="The clock stands; this takes nothing off your time")
Step = dict[str, Any]


def show_registrations(registrations: Sequence[Registration], language: Language) -> list[dict[str, Any]]:
    """What was or is to be written into agencies' registers: the act, where, and how far it is."""
    resources = get_resources({each.resource for each in registrations})
    return [
        {"act": each.act, "resource": resources[each.resource].name if each.resource in resources else each.resource,
         "state": each.state, "time": show_moment(each.done_at, language) if each.done_at else "", "at": each.done_at}
        for each in registrations
    ]  # fmt: skip


def show_trail(result: Result, visit: VisitView | None, language: Language, acts: Sequence[dict[str, Any]] = ()) -> list[Step]:
    trail: list[Step] = []
    for step in result.timeline:
        at = datetime.fromisoformat(step["at"])
        text = STATES[step["state"]]
        trail.append({"text": text, "state": "done", "now": False, "at": at, "time": show_moment(at, language)})
    last = trail[-1]
    if result.state == "decided" and result.outcome:
        kind = KINDS[result.outcome]
        last["text"] = Text(zh=f"有结果了：{kind.zh}", en=f"Decided: {kind.en}")
    if result.erased_at is not None:
        last["note"] = ERASED
    if visit is not None:
        trail += _visit_steps(visit, language, next((act for act in acts if act["act"] == visit.act_code), None))
    elif result.state == "supplement":
        last["note"] = STANDS
        trail.append(_next(MENDED))
    elif result.state == "waiting":
        last["note"] = _waiting_note(result, language)
        trail += [_next(AGAIN if result.waiting_for else BY_ITSELF), _next(TOLD)]
    elif result.state == "referred":
        last["note"] = _person_note(result, language)
        trail.append(_next(TOLD))
    current = next((step for step in reversed(trail) if step["state"] != "next"), last)
    current["now"] = True
    return trail


def _done(text: Text) -> Step:
    return {"text": text, "state": "done", "now": False}


def _next(text: Text) -> Step:
    return {"text": text, "state": "next", "now": False}


def _waiting_note(result: Result, language: Language) -> Text | None:
    ahead = result.ahead
    if ahead.position is not None:
        return Text(zh=f"排在第{ahead.position}位", en=f"Number {ahead.position} in the queue")
    if ahead.until is not None:
        return Text(zh=f"到{ahead.until.month}月{ahead.until.day}日为止", en=f"until {ahead.until.day} {ahead.until:%B}")
    if ahead.patience_until is not None:
        here = show_moment(ahead.patience_until, language)
        return Text(zh=f"最迟{here}给您答复", en=f"You have an answer by {here} at the latest")
    return None


def _person_note(result: Result, language: Language) -> Text | None:
    """Who has it and until when; a clock that stands says so."""
    ahead = result.ahead
    if ahead.stopped_at is not None:
        return STANDS
    if ahead.due_at is None:
        return None
    here, queue = show_moment(ahead.due_at, language), ahead.queue or Text(zh="工作人员", en="an officer")
    return Text(zh=f"在{queue.zh}，最迟{here}前答复", en=f"With {queue.en}; an answer by {here}")


def _visit_steps(visit: VisitView, language: Language, registered: dict[str, Any] | None) -> list[Step]:
    papers = join(paper.name for paper in visit.papers)
    act = visit.act_name
    match visit.state:
        case VisitState.DONE:
            seen = _done(Text(zh="到场核对了原件", en="Originals were seen"))
            if registered is not None and registered["state"] == "done":
                entered = _done(Text(zh=f"{act.zh}已登记", en=f"{act.en}: registered"))
                return [seen, entered | {"time": registered["time"], "at": registered["at"]}]
            registering = _next(Text(zh=f"{act.zh}登记后短信告诉您", en=f"{act.en}: a text message once it is registered"))
            return [seen, registering]
        case VisitState.LAPSED:
            return [_done(Text(zh="没有到场，核准到期失效", en="Nobody came; the approval has lapsed"))]
        case VisitState.CLOSED:
            return [_done(Text(zh="决定已更改，不用到场", en="The decision was changed; no visit is needed"))]
        case _:
            pass
    following = _next(Text(zh=f"当场办{act.zh}", en=f"{act.en}, on the spot"))
    booked = visit.appointment
    if booked is None:
        text = Text(zh="约个时间，带原件来一次", en="Choose a time and come once with the originals")
        return [{"text": text, "note": papers, "state": "here", "now": False}, following]
    text = Text(zh=f"约好了：{booked.office.name.zh}", en=f"Booked: {booked.office.name.en}")
    at = {"time": show_moment(booked.starts_at, language), "at": booked.starts_at}
    return [{"text": text, "note": papers, "state": "here", "now": False, **at}, following]
