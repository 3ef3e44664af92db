"""Terms as a form holds them: read from what was typed, and written back as it was."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime, time, timedelta
from typing import Final

from django.http import QueryDict

from miaopi.apps.exchange.api import Shown, Terms, Visibility, read_visibility
from miaopi.kernel.calendar import LEGAL_ZONE
from miaopi.kernel.errors import InputError
from miaopi.kernel.wording import Text
from miaopi.portal.wording.agreements import INSTANT
from miaopi.portal.wording.sharing import WHEN_SHOWN

# From the name of a mistake to the field of the form where it is mended.
ANCHORS: Final[Mapping[str, str]] = {
    "fields": "fields", "until": "until", "quota": "per_day", "per_day": "per_day", "in_all": "in_all", "hours": "opens",
    "where": "where", "visibility": "shown", "hidden_by": "hidden_by",
    "service": "use", "purpose": "purpose", "ground": "instrument", "reason": "reason",
}  # fmt: skip
LATER: Final = Text(zh="没有说清推迟到什么时候。", en="it does not say how late.")
HOW_LATE: Final = Text(zh="请填推迟几天或从哪一天起，只填一样。", en="Give the days or the day, one of the two.")
YEAR: Final = timedelta(days=365)


def read_terms(form: QueryDict, starts_at: datetime, asked: Terms | None = None) -> Terms:
    """What the form says. A last day that is that of `asked` is its very end; when looks are shown stays as it was asked for: it is no
    part of the form. Raises InputError for what cannot be read."""
    opens, closes = _read_time(form, "opens"), _read_time(form, "closes")
    ends_at = _read_end(form.get("until", ""))
    if asked is not None and asked.ends_at is not None and ends_at is not None and form.get("until") == write_day(asked.ends_at):
        ends_at = asked.ends_at
    visibility = asked.visibility if asked is not None and "shown" not in form else _read_visibility(form)
    law = form.get("hidden_by", "").strip() if asked is None else asked.hidden_by
    return Terms(
        fields=tuple(form.getlist("fields")), starts_at=starts_at, ends_at=ends_at, daily_quota=_read_count(form, "per_day"),
        total_quota=_read_count(form, "in_all"), opens=opens, closes=closes, row_filter=form.get("where", "").strip(),
        visibility=visibility, hidden_by="" if visibility.shown is Shown.IMMEDIATE else law,
    )


def write_terms(terms: Terms) -> dict[str, object]:
    """The values of the form for these terms."""
    return {
        "fields": terms.fields, "until": write_day(terms.ends_at), "per_day": terms.daily_quota or "", "in_all": terms.total_quota or "",
        "opens": f"{terms.opens:%H:%M}" if terms.opens else "", "closes": f"{terms.closes:%H:%M}" if terms.closes else "",
        "where": terms.row_filter, "shown": str(terms.visibility.shown), "later_days": terms.visibility.days or "",
        "later_until": terms.visibility.until.isoformat() if terms.visibility.until else "", "hidden_by": terms.hidden_by,
    }  # fmt: skip


def keep_written(form: QueryDict) -> dict[str, object]:
    """What was typed, for the form to be shown again."""
    return {**{name: str(value) for name, value in form.items()}, "fields": tuple(form.getlist("fields"))}


def list_shown(written: Mapping[str, object], *, most: Shown = Shown.WITHHELD) -> list[dict[str, object]]:
    """The classes of visibility for a form, up to the least visible that may be chosen."""
    chosen = written.get("shown") or str(Shown.IMMEDIATE)
    return [
        {"key": str(key), "name": name, "hint": hint, "is_chosen": key == chosen}
        for key, (name, hint) in WHEN_SHOWN.items() if key.rank <= most.rank
    ]  # fmt: skip


def write_day(ends_at: datetime | None) -> str:
    return "" if ends_at is None else f"{(ends_at - INSTANT).astimezone(LEGAL_ZONE):%Y-%m-%d}"


def _read_end(written: str) -> datetime | None:
    """The day to its end."""
    if not written.strip():
        return None
    try:
        day = date.fromisoformat(written.strip()) + timedelta(days=1)
    except (ValueError, OverflowError):
        raise InputError(
            "until", Text(zh="读不出截止日期。", en="the last day cannot be read."), Text(zh="如 2027-06-30。", en="Such as 2027-06-30.")
        ) from None
    return datetime.combine(day, time(), tzinfo=LEGAL_ZONE)


def _read_count(form: QueryDict, name: str) -> int | None:
    written = form.get(name, "").strip()
    if not written:
        return None
    if not (written.isascii() and written.isdigit() and len(written) <= 10):
        raise InputError(
            name, Text(zh="次数不是整数。", en="the number of calls is no whole number."),
            Text(zh="如 100；不限时留空。", en="Such as 100; leave it empty for no limit."),
        )  # fmt: skip
    return int(written)


def _read_visibility(form: QueryDict) -> Visibility:
    """At once, unless the form says otherwise; later by a number of days after each look, or from a day on. Raises InputError."""
    shown = form.get("shown", "") or str(Shown.IMMEDIATE)
    if shown != Shown.DEFERRED:
        return read_visibility(shown)
    days, until = form.get("later_days", "").strip(), form.get("later_until", "").strip()
    if bool(days) is bool(until):
        raise InputError("visibility", LATER, HOW_LATE)
    return read_visibility(f"{shown}:{until or f'{days}d'}")


def _read_time(form: QueryDict, name: str) -> time | None:
    written = form.get(name, "").strip()
    try:
        return time.fromisoformat(written) if written else None
    except ValueError:
        raise InputError(
            "hours", Text(zh="读不出使用时段。", en="the hours cannot be read."), Text(zh="如 09:00。", en="Such as 09:00.")
        ) from None
