"""What rules decide of a request for data, in seconds and with their basis; what they leave open is for the steward of the provider."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from miaopi.apps.audit.api import Actor, rule_set
from miaopi.apps.catalogue.api import Resource, Sharing, find_published, get_service
from miaopi.apps.exchange.queries.agreements import Clock
from miaopi.definitions import ServicePackage

RULES: Final[Actor] = rule_set("data-sharing", "1")
BASIS: Final = "政务数据共享条例"  # articles stand with each rule once they are verified; until then the regulation as a whole


@dataclass(frozen=True, slots=True)
class Granted:
    """The rules grant it."""

    basis: str


@dataclass(frozen=True, slots=True)
class Refused:
    """The rules refuse it, with what a requester reads."""

    basis: str
    reason: str


@dataclass(frozen=True, slots=True)
class Open:
    """A person decides, within this clock."""

    clock: Clock


def find_answer(*, resource: Resource, fields: Collection[str], service: str, purpose: str, now: datetime) -> Granted | Refused | Open:
    """In this order: 不予共享 is never given; a published service has only what its rules, outcome or law use; what is shared
    unconditionally, and what a published service uses for the purpose that it was published with, is given; all else is open.
    """
    kept = sorted(name for name in fields if resource.fields[name].sharing_type is Sharing.NOT_SHARED)
    if kept:
        return Refused(resource.fields[kept[0]].legal_ground, f"不予共享：{'、'.join(kept)}")
    package = _find_package(service, now)
    used = frozenset(package.pulled.get(resource.id, ())) if package is not None else None
    if used is not None and (surplus := sorted(set(fields) - used)):
        return Refused("个人信息保护法 第六条", f"该事项的规则、结果和依据均不使用：{'、'.join(surplus)}")
    if not resource.is_connected:
        return Open(Clock.CONNECT)
    if all(resource.fields[name].sharing_type is Sharing.UNCONDITIONAL for name in fields):
        return Granted(f"{BASIS}：无条件共享")
    if package is not None and purpose in list_purposes(package):
        return Granted(f"{BASIS}：事项 {package.slug} 已发布（{package.version[:12]}），其规则为同一用途使用这些信息项")
    return Open(Clock.ANSWER)


def list_purposes(package: ServicePackage) -> tuple[str, ...]:
    """For what a package was published to look: the words of its consent, and the duty by which it pays."""
    paid = () if package.payment is None else (f"{package.payment.basis[0].instrument} {package.payment.basis[0].article}",)
    return (package.consent.zh, *paid)


def _find_package(service: str, now: datetime) -> ServicePackage | None:
    published = find_published(service, now)
    return None if published is None else get_service(published.slug, published.version)
