"""What rules decide of a request for data, in seconds and with their basis; what they leave open is for the steward of the provider."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from typing import Final

from miaopi.apps.audit.api import Actor, rule_set
from miaopi.apps.catalogue.api import Resource, Sharing, find_published, get_service
from miaopi.apps.exchange.queries.clocks import Clock
from miaopi.apps.exchange.queries.registers.base_fields import list_pulled
from miaopi.apps.exchange.queries.visibility import Shown
from miaopi.definitions import ServicePackage
from miaopi.kernel.frozen import frozen
from miaopi.kernel.wording import Text

RULES: Final[Actor] = rule_set("data-sharing", "1")
BASIS: Final = "政务数据共享条例"  # articles stand with each rule once they are verified; until then the regulation as a whole
NOT_CONNECTED: Final = Text(
    zh="该资源尚未接入，提供部门须先接入，规则不能代它答应。",
    en="Nobody is connected for this resource: its keeper must connect it first, and no rule can promise that.",
)
OTHER_USE: Final = Text(
    zh="所需信息项是有条件共享的，用途不是平台上已发布的事项，规则没有写明可否。",
    en="The fields are shared on condition, and the use is no published service: no rule says yes or no.",
)
OTHER_PURPOSE: Final = Text(
    zh="所需信息项是有条件共享的，用途与该事项发布时写明的不同，规则没有写明可否。",
    en="The fields are shared on condition, and the purpose is not the one that the service was published with: no rule says yes or no.",
)
FILTERED: Final = Text(
    zh="申请带有行条件：哪些人符合，就说出了条件所用信息项的值，规则不能代为同意。",
    en="There is a row filter: who passes it tells of each field that it tests, and no rule says yes to that.",
)
HIDDEN: Final = Text(
    zh="查询要延后或不向本人显示，规则不能代为同意。",
    en="Looks would be shown to the person later or not at all: no rule says yes to that.",
)


@frozen
class Granted:
    """The rules grant it."""

    basis: str


@frozen
class Refused:
    """The rules refuse it, with what a requester reads."""

    basis: str
    reason: str


@frozen
class Open:
    """A person decides, within this clock, because of `reason`."""

    clock: Clock
    reason: Text


def find_answer(
    *, resource: Resource, fields: Collection[str], service: str, purpose: str, shown: Shown, is_filtered: bool, now: datetime
) -> Granted | Refused | Open:
    """In this order: 不予共享 is never given; a published service has only what its rules, outcome or law use; what is shared
    unconditionally, and what a published service uses for the purpose that it was published with, is given, unless looks are to be
    hidden for a time or rows are told apart by what stands in them; all else is open.
    """
    kept = sorted(name for name in fields if resource.fields[name].sharing_type is Sharing.NOT_SHARED)
    if kept:
        return Refused(resource.fields[kept[0]].legal_ground, f"不予共享：{'、'.join(kept)}")
    package = _find_package(service, now)
    used = frozenset(list_pulled(package.definition).get(resource.id, ())) if package is not None else None
    if used is not None and (surplus := sorted(set(fields) - used)):
        return Refused("个人信息保护法 第六条", f"该事项的规则、结果和依据均不使用：{'、'.join(surplus)}")
    if not resource.is_connected:
        return Open(Clock.CONNECT, NOT_CONNECTED)
    if shown is not Shown.IMMEDIATE:
        return Open(Clock.ANSWER, HIDDEN)
    if is_filtered:
        return Open(Clock.ANSWER, FILTERED)
    if all(resource.fields[name].sharing_type is Sharing.UNCONDITIONAL for name in fields):
        return Granted(f"{BASIS}：无条件共享")
    if package is not None and purpose in list_purposes(package):
        return Granted(f"{BASIS}：事项 {package.slug} 已发布（{package.version[:12]}），其规则为同一用途使用这些信息项")
    return Open(Clock.ANSWER, OTHER_USE if package is None else OTHER_PURPOSE)


def list_purposes(package: ServicePackage) -> tuple[str, ...]:
    """For what a package was published to look: the words of its consent, and the duty by which it pays."""
    paid = () if package.payment is None else (f"{package.payment.basis[0].instrument} {package.payment.basis[0].article}",)
    return (package.consent.zh, *paid)


def _find_package(service: str, now: datetime) -> ServicePackage | None:
    published = find_published(service, now)
    return None if published is None else get_service(published.slug, published.version)
