"""Days, spans and the clocks that run, as every surface writes them."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from miaopi.kernel.calendar import LEGAL_ZONE, compute_legal_day
from miaopi.kernel.wording import Text
from miaopi.portal.language import Language, show_moment


def show_day(day: date) -> Text:
    return Text(zh=f"{day.month}月{day.day}日", en=f"{day.day} {day:%B}")


def show_midnight(day: date) -> Text:
    """The end of a day."""
    return Text(zh=f"{day.month}月{day.day}日24时", en=f"{day.day} {day:%B}, midnight")


def show_span(span: timedelta) -> Text:
    """`用时38秒`, `用时5分钟`, `用时3小时`: the largest unit that says enough."""
    seconds = max(1, round(span.total_seconds()))
    if seconds < 120:
        return Text(zh=f"用时{seconds}秒", en=f"in {seconds} second{'s' if seconds > 1 else ''}")
    if seconds < 7200:
        return Text(zh=f"用时{seconds // 60}分钟", en=f"in {seconds // 60} minutes")
    return Text(zh=f"用时{seconds // 3600}小时", en=f"in {seconds // 3600} hours")


def show_clock(due_at: datetime, stopped_at: datetime | None, now: datetime, language: Language) -> dict[str, object]:
    """What the clock of a case says, in words and as a tone, and the moment that it means."""
    due = due_at.astimezone(LEGAL_ZONE)
    is_today = due.date() == compute_legal_day(now)
    day = {"zh": f"今天{due:%H:%M}", "en": f"today {due:%H:%M}"}[language] if is_today else show_moment(due_at, language)
    if stopped_at is not None:
        since = show_moment(stopped_at, language)
        hint = Text(zh=f"等申请人补正，从{since}起", en=f"waits for the applicant since {since}")
        return {"words": Text(zh="时钟已停", en="Clock stopped"), "tone": "", "hint": hint}
    left = due_at - now
    if left < timedelta():
        return {"words": Text(zh=f"逾期{_span(-left).zh}", en=f"Overdue by {_span(-left).en}"), "tone": "late",
                "hint": Text(zh=f"应在{day}前办结", en=f"was due {day}")}
    tone = "soon" if left <= timedelta(hours=24) else ""
    return {"words": Text(zh=f"剩{_span(left).zh}", en=f"{_span(left).en} left"), "tone": tone,
            "hint": Text(zh=f"{day}前", en=f"by {day}")}


def _span(span: timedelta) -> Text:
    minutes = int(span.total_seconds() // 60)
    if minutes < 60:
        return Text(zh=f"{max(1, minutes)}分钟", en=f"{max(1, minutes)} min")
    if minutes < 48 * 60:
        hours = minutes // 60
        return Text(zh=f"{hours}小时", en=f"{hours} hour{'s' if hours > 1 else ''}")
    days = minutes // (24 * 60)
    return Text(zh=f"{days}天", en=f"{days} days")
