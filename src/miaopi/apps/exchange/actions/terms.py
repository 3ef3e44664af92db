"""What terms may be asked for and given: checked against the catalogue and the sources, and never wider than what was asked."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from typing import Final

from miaopi.apps.catalogue.api import Resource, Sharing
from miaopi.apps.exchange.adapters.configuration import Source
from miaopi.apps.exchange.adapters.directory import city_directory
from miaopi.apps.exchange.adapters.filters import list_tested, read_filter
from miaopi.apps.exchange.adapters.registered import is_registered
from miaopi.apps.exchange.queries.agreements import Terms
from miaopi.apps.exchange.queries.visibility import AT_ONCE, compute_longest, count_longest_months
from miaopi.kernel.calendar import compute_legal_day
from miaopi.kernel.errors import DefinitionError, InputError
from miaopi.kernel.wording import Text

ASK_LESS: Final = Text(zh="请在申请的范围内填写。", en="Stay within what was asked for.")
MOST_CALLS: Final = 2_000_000_000
SHORTEST_NAME: Final = 2  # signs of the name of an instrument, as 刑法
LONGEST_LAW: Final = 200
NAME_BOTH: Final = (
    "请写明法律名称和条款，以空格隔开，如 老年人权益保障法 第三十三条。",
    "Name the law and its article, with a space between, such as 老年人权益保障法 第三十三条.",
)


def check_terms(resource: Resource, terms: Terms, now: datetime) -> None:
    """Raises InputError for terms that no agreement may have."""
    if not terms.fields or len(set(terms.fields)) < len(terms.fields):
        raise _wrong(
            "fields", "信息项为空或有重复。", "there is no field, or one stands twice.", "请逐项列出所需信息项。", "Name each field once."
        )
    if unknown := sorted(set(terms.fields) - set(resource.fields)):
        raise _wrong(
            "fields", f"目录中没有信息项 {'、'.join(unknown)}。", f"the catalogue has no field {', '.join(unknown)}.",
            "请在目录中另选信息项。", "Choose fields of the catalogue.",
        )
    if terms.ends_at is None or terms.ends_at <= max(terms.starts_at, now):
        raise _wrong(
            "until", "期限须晚于开始时间和现在。", "the term must end after it begins, and after now.",
            "请填写截止时间。", "Say until when.",
        )  # fmt: skip
    if any(quota is not None and not 1 <= quota <= MOST_CALLS for quota in (terms.daily_quota, terms.total_quota)):
        raise _wrong(
            "quota", "次数至少为 1。", "a quota is at least one call.", "不限次数时请留空。", "Leave it out where there is none."
        )
    if (terms.opens is None) is not (terms.closes is None) or (
        terms.opens is not None and terms.closes is not None and terms.opens >= terms.closes
    ):
        raise _wrong("hours", "使用时段须有先后。", "the hours must begin before they end.", "如 09:00-18:00。", "Such as 09:00-18:00.")
    _check_visibility(terms, now)
    if terms.row_filter:
        _check_filter(resource, terms.row_filter, compute_legal_day(now))


def require_law(ground: str) -> None:
    """Raises InputError for a ground that names no instrument and article: no pull could cite it."""
    if not _is_law(ground):
        raise _wrong("ground", "没有写明法律名称和条款。", "it names no instrument and article.", *NAME_BOTH)


def _is_law(words: str) -> bool:
    instrument, _, article = words.strip().partition(" ")
    return len(instrument) >= SHORTEST_NAME and bool(article.strip()) and len(words) <= LONGEST_LAW


def require_narrower(resource: Resource, asked: Terms, given: Terms, now: datetime) -> None:
    """Raises InputError where the steward would give what nobody asked for."""
    if not set(given.fields) <= set(asked.fields):
        raise _too_wide("fields", "信息项", "the fields go")
    if given.starts_at < asked.starts_at or asked.ends_at is None or given.ends_at is None or given.ends_at > asked.ends_at:
        raise _too_wide("until", "期限", "the term goes")
    for ours, theirs in ((given.daily_quota, asked.daily_quota), (given.total_quota, asked.total_quota)):
        if theirs is not None and (ours is None or ours > theirs):
            raise _too_wide("quota", "次数", "the quota goes")
    if asked.opens is not None and asked.closes is not None and not (
        given.opens is not None and given.closes is not None and asked.opens <= given.opens and given.closes <= asked.closes
    ):
        raise _too_wide("hours", "使用时段", "the hours go")
    if not asked.visibility.covers(given.visibility) or (given.visibility != AT_ONCE and given.hidden_by != asked.hidden_by):
        raise _too_wide("visibility", "延后显示", "the deferral goes")
    for source in _sources(resource) if asked.row_filter else ():
        today = compute_legal_day(now)
        if not set(read_filter(asked.row_filter, source, today)) <= set(read_filter(given.row_filter, source, today)):
            raise _too_wide("where", "行条件", "the row filter goes")


def _check_visibility(terms: Terms, now: datetime) -> None:
    """Not at once only by a law that is named, and never longer than the city lets a look be deferred."""
    if terms.visibility == AT_ONCE:
        return
    if not _is_law(terms.hidden_by):
        raise _wrong(
            "hidden_by", "没有写明准许延后显示的法律和条款。", "no instrument and article let these looks be shown later.", *NAME_BOTH
        )
    months, longest = count_longest_months(), compute_longest(now)
    shown = terms.visibility.compute_release(now)
    if shown is not None and not now < shown <= longest:
        raise _wrong(
            "visibility", f"延后显示须在今后{months}个月之内。", f"looks are deferred by {months} months at most, into the future.",
            "请缩短；到期仍有必要的，可按程序续期。", "Ask for less; what is still needed then can be renewed.",
        )  # fmt: skip


def _check_filter(resource: Resource, row_filter: str, today: date) -> None:
    sources = _sources(resource)
    if not sources or any(source.has_many for source in sources):
        raise _wrong(
            "where", "该资源不能按行授权。", "rows of this resource cannot be granted in part.",
            "该资源尚未接入，或一人多行须整份查询；请去掉行条件。",
            "Leave the filter out: nobody is connected, or all rows of a person are one list.",
        )  # fmt: skip
    try:
        tested = {name for source in sources for name in list_tested(row_filter, source, today)}
    except DefinitionError as error:
        raise _wrong(
            "where", f"行条件读不出来（{error.message}）。", f"the row filter cannot be read: {error.message}.",
            "写法如：status = \"有效\" and valid_from >= @\"2026-01-01\"。",
            "It reads like: status = \"有效\" and valid_from >= @\"2026-01-01\".",
        ) from None  # fmt: skip
    if kept := [name for name in sorted(tested) if name in resource.fields and resource.fields[name].sharing_type is Sharing.NOT_SHARED]:
        raise _wrong(
            "where", f"行条件用到了不予共享的信息项：{'、'.join(kept)}。", f"the row filter tests what is never shared: {', '.join(kept)}.",
            "请去掉这个条件：哪些行符合，就等于说出了它的值。", "Leave it out: to say which rows pass is to say what stands in them.",
        )  # fmt: skip


def _sources(resource: Resource) -> Sequence[Source]:
    configured = city_directory().configuration.resources.get(resource.id)
    return () if configured is None or is_registered(resource.id) else configured.sources


def _too_wide(field: str, zh: str, en: str) -> InputError:
    return InputError(field, Text(zh=f"{zh}超出了申请的范围。", en=f"{en} beyond what was asked for."), ASK_LESS)


def _wrong(field: str, rule_zh: str, rule_en: str, remedy_zh: str, remedy_en: str) -> InputError:
    return InputError(field, Text(zh=rule_zh, en=rule_en), Text(zh=remedy_zh, en=remedy_en))
