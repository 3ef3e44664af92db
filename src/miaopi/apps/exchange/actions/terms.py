"""What terms may be asked for and given: checked against the catalogue and the sources, and never wider than what was asked."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from typing import Final

from miaopi.apps.catalogue.api import Resource
from miaopi.apps.exchange.adapters.configuration import Source
from miaopi.apps.exchange.adapters.directory import city_directory
from miaopi.apps.exchange.adapters.filters import read_filter
from miaopi.apps.exchange.adapters.registered import is_registered
from miaopi.apps.exchange.queries.agreements import Terms
from miaopi.kernel.calendar import compute_legal_day
from miaopi.kernel.errors import DefinitionError, InputError
from miaopi.kernel.wording import Text

ASK_LESS: Final = Text(zh="请在申请的范围内填写。", en="Stay within what was asked for.")
MOST_CALLS: Final = 2_000_000_000


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
    if terms.row_filter:
        _check_filter(resource, terms.row_filter, compute_legal_day(now))


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
    for source in _sources(resource) if asked.row_filter else ():
        today = compute_legal_day(now)
        if not set(read_filter(asked.row_filter, source, today)) <= set(read_filter(given.row_filter, source, today)):
            raise _too_wide("where", "行条件", "the row filter goes")


def _check_filter(resource: Resource, row_filter: str, today: date) -> None:
    sources = _sources(resource)
    if not sources or any(source.has_many for source in sources):
        raise _wrong(
            "where", "该资源不能按行授权。", "rows of this resource cannot be granted in part.",
            "该资源尚未接入，或一人多行须整份查询；请去掉行条件。",
            "Leave the filter out: nobody is connected, or all rows of a person are one list.",
        )  # fmt: skip
    try:
        for source in sources:
            read_filter(row_filter, source, today)
    except DefinitionError as error:
        raise _wrong(
            "where", f"行条件读不出来（{error.message}）。", f"the row filter cannot be read: {error.message}.",
            "写法如：status = \"有效\" and valid_from >= @\"2026-01-01\"。",
            "It reads like: status = \"有效\" and valid_from >= @\"2026-01-01\".",
        ) from None  # fmt: skip


def _sources(resource: Resource) -> Sequence[Source]:
    configured = city_directory().configuration.resources.get(resource.id)
    return () if configured is None or is_registered(resource.id) else configured.sources


def _too_wide(field: str, zh: str, en: str) -> InputError:
    return InputError(field, Text(zh=f"{zh}超出了申请的范围。", en=f"{en} beyond what was asked for."), ASK_LESS)


def _wrong(field: str, rule_zh: str, rule_en: str, remedy_zh: str, remedy_en: str) -> InputError:
    return InputError(field, Text(zh=rule_zh, en=rule_en), Text(zh=remedy_zh, en=remedy_en))
