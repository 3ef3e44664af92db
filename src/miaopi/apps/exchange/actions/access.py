"""What of a pull is open: each asked field by the least bound grant that stands now, its quota charged before anybody is asked."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from functools import lru_cache
from itertools import chain
from typing import Final

from miaopi.apps.audit.api import Actor
from miaopi.apps.exchange.actions.charging import charge_agreements
from miaopi.apps.exchange.actions.choices import (
    ORDER,
    Choice,
    Choices,
    Editions,
    Plea,
    make_plea,
    weigh,
    with_reasons,
)
from miaopi.apps.exchange.actions.grounds import Asks
from miaopi.apps.exchange.adapters.directory import city_directory
from miaopi.apps.exchange.adapters.registered import is_registered
from miaopi.apps.exchange.queries.grants import KEPT, Candidate
from miaopi.apps.exchange.queries.refusals import RefusalCode
from miaopi.apps.exchange.queries.visibility import Hiding, Shown
from miaopi.kernel.frozen import frozen


@frozen
class Part:
    """Fields of a resource that are asked for in one question, of the rows that `row_filter` grants, by these agreements.

    `hiding`: by which of them the look is not shown at once, if any.
    """

    resource: str
    fields: tuple[str, ...]
    row_filter: str
    agreements: tuple[str, ...]
    hiding: Hiding | None


@dataclass(frozen=True, slots=True, eq=False)
class Access:
    """What is asked, by which grants, and what is refused: both by `resource.field`. `hidings`: what is looked at for
    this purpose by nothing but agreements whose looks are not shown at once; that it was refused is not shown at once either.
    """

    parts: tuple[Part, ...]
    grants: Mapping[str, str]
    refused: Mapping[str, RefusalCode]
    hidings: Mapping[str, Hiding]


Paid = Mapping[str, frozenset[str]]  # resource → the agreements that were charged for the answer that is still to come
NOTHING_PAID: Final[Paid] = {}


@dataclass(slots=True)
class _Charges:
    """One call each of the agreements of a pull, charged when the first field needs it."""

    today: date
    made: dict[str, RefusalCode | None] = field(default_factory=dict)

    def settle(self, choices: Sequence[Sequence[Candidate]]) -> None:
        """Charge until each of `choices` has a grant that is paid for or free, or all of its quotas are spent."""
        while wanted := self.list_wanted(choices):
            self.made.update(charge_agreements(wanted, self.today))

    def list_wanted(self, choices: Sequence[Sequence[Candidate]]) -> frozenset[str]:
        """Whom to charge next."""
        return frozenset(
            each.agreement for choice in choices if (each := self._next(choice)) is not None and each.agreement is not None
        )

    def find(self, choice: Sequence[Candidate]) -> Candidate | RefusalCode:
        """The first that is not bound by a quota, or of whose quota something was left."""
        open_ = (each for each in choice if not each.has_quota or self.made.get(each.agreement or "") is None)
        spent = (code for each in choice if (code := self.made.get(each.agreement or "")) is not None)
        return next(open_, None) or max(spent, key=lambda code: ORDER[code])

    def _next(self, choice: Sequence[Candidate]) -> Candidate | None:
        """Whom to charge before it is known by which grant the field is had."""
        for each in choice:
            if not each.has_quota:
                return None
            if each.agreement not in self.made:
                return each
            if self.made[each.agreement] is None:
                return None
        return None


@dataclass(frozen=True, slots=True, eq=False)
class _Prepared:
    """What a plea comes to: whom to charge first, and what is open when nothing of that was spent."""

    choices: Choices
    wanted: frozenset[str]
    paid: Access


def open_access(
    *, asks: Asks, editions: Editions, service: str, purpose: str, law: str = "", by: Actor, now: datetime, paid: Paid = NOTHING_PAID
) -> Access:
    """Default deny: a field needs a place in the catalogue, a source, and a grant that stands – given on this `law`, if one is named. A
    list is whole or not asked for. What is `paid` for is had by what paid for it."""
    plea = make_plea(asks, editions, service, purpose, law, by, now)
    prepared = _prepare(plea)
    charges = _Charges(plea.today, dict.fromkeys(chain.from_iterable(paid.values())))
    if paid or prepared.choices.missing:
        return _open(_keep_paid(with_reasons(prepared.choices, plea, now), paid), charges)
    if prepared.wanted:
        charges.made.update(charge_agreements(prepared.wanted, plea.today))
        if any(charges.made.values()):
            return _open(prepared.choices, charges)
    return prepared.paid


@lru_cache(maxsize=KEPT)
def _prepare(plea: Plea) -> _Prepared:
    choices = weigh(plea)
    wanted = _Charges(plea.today).list_wanted(_list_open(choices))
    return _Prepared(choices, wanted, _part(choices, _Charges(plea.today, dict.fromkeys(wanted))))


def _open(choices: Choices, charges: _Charges) -> Access:
    charges.settle(_list_open(choices))
    return _part(choices, charges)


def _list_open(choices: Choices) -> list[Sequence[Candidate]]:
    """The choices that are to be paid for: none of a list that lacks a field anyway."""
    return [
        each for resource, fields in choices.chosen.items() if _find_lack(resource, fields.values()) is None
        for each in fields.values() if not isinstance(each, RefusalCode)
    ]  # fmt: skip


def _part(choices: Choices, charges: _Charges) -> Access:
    parts: list[Part] = []
    grants: dict[str, str] = {}
    refused: dict[str, RefusalCode] = {}
    hidings: dict[str, Hiding] = {}
    for resource, fields in choices.chosen.items():
        known, lacking = [each for each in choices.agreed if each.resource == resource], _find_lack(resource, fields.values())
        hidings |= {f"{resource}.{name}": hiding for name in fields if (hiding := _find_hiding(name, known)) is not None}
        found = {name: lacking or _found(each, charges) for name, each in fields.items()}
        if lack := _find_lack(resource, found.values()):
            found = dict.fromkeys(found, lack)
        asked: dict[tuple[str, Hiding | None], list[tuple[str, Candidate]]] = {}
        for name, each in found.items():
            if isinstance(each, RefusalCode):
                refused[f"{resource}.{name}"] = each
            else:
                grants[f"{resource}.{name}"] = each.id
                asked.setdefault((each.row_filter, _hiding(each)), []).append((name, each))
        parts += [
            Part(resource, tuple(name for name, _ in those), row_filter, _name_agreements(each for _, each in those), hiding)
            for (row_filter, hiding), those in asked.items()
        ]
    return Access(tuple(parts), grants, refused, hidings)


def _find_hiding(name: str, known: Sequence[Candidate]) -> Hiding | None:
    """By the most visible of the agreements on this field, or else of those on its resource, that stand or ever stood."""
    on_field = [each for each in known if each.field == name]
    return next((_hiding(each) for each in on_field or known), None)


def _hiding(candidate: Candidate) -> Hiding | None:
    is_open = candidate.agreement is None or candidate.visibility.shown is Shown.IMMEDIATE
    return None if is_open or candidate.agreement is None else Hiding(candidate.agreement, candidate.visibility)


def _name_agreements(candidates: Iterable[Candidate]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(each.agreement for each in candidates if each.agreement is not None))


def _keep_paid(choices: Choices, paid: Paid) -> Choices:
    """By which grants a field is had once somebody paid: these, or such as cost nothing."""
    chosen = {
        resource: {name: _keep(choice, paid[resource]) for name, choice in fields.items()} if resource in paid else fields
        for resource, fields in choices.chosen.items()
    }
    return replace(choices, chosen=chosen)


def _keep(choice: Choice, paid_by: frozenset[str]) -> Choice:
    if isinstance(choice, RefusalCode):
        return choice
    return [each for each in choice if not each.has_quota or each.agreement in paid_by] or choice


def _found(choice: Choice, charges: _Charges) -> Candidate | RefusalCode:
    return choice if isinstance(choice, RefusalCode) else charges.find(choice)


def _find_lack(resource: str, found: Iterable[object]) -> RefusalCode | None:
    """Of a list that would lack a field: why, for all of it."""
    codes = [each for each in found if isinstance(each, RefusalCode)] if has_many(resource) else []
    return max(codes, key=lambda code: ORDER[code], default=None)


def has_many(resource: str) -> bool:
    return bool(list_many((resource,)))


def list_many(resources: Iterable[str]) -> frozenset[str]:
    """Those of them of which a person may have many rows, in one fact."""
    known = city_directory().configuration.resources
    return frozenset(each for each in resources if each in known and known[each].has_many and not is_registered(each))


