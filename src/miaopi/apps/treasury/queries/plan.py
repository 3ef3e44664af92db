"""What a package says of payments, put to the kernel: the amount of a month, whether and when it ends, by which days it is paid."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from typing import Final

from django.conf import settings

from miaopi.apps.exchange.api import Duty
from miaopi.apps.filing.api import get_written
from miaopi.apps.treasury.queries.months import Month, is_month, last_day, month_of
from miaopi.definitions import Payment, ServicePackage
from miaopi.kernel.calendar import add_months, compute_legal_day
from miaopi.kernel.decision import Definition, compute_value
from miaopi.kernel.decision.case import open_case
from miaopi.kernel.decision.reading import read_answers, read_facts
from miaopi.kernel.errors import DefinitionError
from miaopi.kernel.expr import Undetermined
from miaopi.kernel.fact import Fact, FactName, Known
from miaopi.kernel.frozen import frozen

FEN: Final = 100


@frozen
class Days:
    """The days of a month on which its list is made, reviewed and paid."""

    list_: int
    review: int
    pay: int


@frozen
class Standing:
    """How a person stands on the day of a run: nothing is due from `end` on, and of the months before it nobody can say while
    `waiting_for` (resources) is not empty."""

    end: Month | None = None
    reason: str = ""
    waiting_for: tuple[str, ...] = ()

    def is_due(self, month: Month) -> bool:
        return self.end is None or month < self.end


@frozen
class Plan:
    """A package that pays, and its block of payments."""

    package: ServicePackage
    payment: Payment

    @property
    def service(self) -> str:
        return self.package.slug

    @property
    def asks(self) -> dict[str, tuple[str, ...]]:
        """What a run asks again: resource → fields."""
        found: dict[str, tuple[str, ...]] = {}
        for source in (source for name in self.payment.stop_facts for source in self._definition.facts[name].scope):
            resource, _, field = source.partition(".")
            found[resource] = (*found.get(resource, ()), field)
        return {resource: tuple(dict.fromkeys(fields)) for resource, fields in found.items()}

    def compute_duty(self, number: str) -> Duty:
        """The ground of a run: the instrument that the package names first."""
        basis = self.payment.basis[0]
        return Duty(self.service, number, basis.instrument, basis.article)

    def find_first_month(self, values: Mapping[str, object]) -> Month:
        """Raises DefinitionError where the outcome names no month."""
        return self._month(self.payment.first, values.get(self.payment.first))

    def find_account(self, values: Mapping[str, object], facts: Mapping[FactName, Fact]) -> str:
        """Raises DefinitionError where the approval knows no account."""
        said = values.get(self.payment.account)
        if said is None and isinstance(fact := facts.get(self.payment.account), Known):
            said = fact.value
        if not isinstance(said, str) or not said.strip():
            raise self._error(f"{self.payment.account} is no account")
        return said

    def keep_facts(self, facts: Mapping[FactName, Fact]) -> dict[str, object]:
        """The facts of the approval that the amounts of its months rest on, as JSON; what a run asks again is not kept."""
        read = self._definition.reads(self._definition.values[self.payment.amount]) - set(self.payment.stop_facts)
        return get_written({name: facts[name] for name in read if name in facts})

    def join_facts(self, kept: Mapping[str, object], answers: Mapping[str, Fact]) -> dict[FactName, Fact]:
        """What the approval rested on, as far as the package still knows it, and what the sources say today."""
        known = {name: fact for name, fact in kept.items() if name in self._definition.facts}
        said = read_answers(self._definition, answers)
        return {**read_facts(self._definition, known), **{name: said[name] for name in self.payment.stop_facts if name in said}}

    def judge(self, facts: Mapping[FactName, Fact], now: datetime) -> Standing:
        """The earliest end that is certain, and the sources that could not say whether there is another."""
        scope, waiting, end, reason = self._scope(facts, compute_legal_day(now)), set[str](), None, ""
        for stop in self.payment.stops:
            value = scope[stop.month]
            if isinstance(value, Undetermined):
                silent = {self._definition.facts[name].find_silent(facts.get(name)) or name for name in value.blame}
                waiting |= silent or {stop.reason}
            elif value is not None:
                month = self._month(stop.month, value)
                if end is None or month < end:
                    end, reason = month, stop.reason
        return Standing(end, reason, tuple(sorted(waiting)))

    def compute_fen(self, facts: Mapping[FactName, Fact], month: Month) -> int | None:
        """The amount of a month as of its last day, in whole fen; `None` where nobody can say it.

        Raises DefinitionError for an amount that is not above 0, or has more places than money.
        """
        city = settings.MIAOPI_CITY.settings
        value = compute_value(self._definition, self.payment.amount, facts, as_of=last_day(month), settings=city)
        if value is None:
            return None
        try:
            fen = Decimal(str(value)) * FEN
        except InvalidOperation:
            raise self._error(f"{self.payment.amount} is no amount") from None
        if not fen.is_finite() or fen <= 0 or fen != fen.to_integral_value():
            raise self._error(f"{self.payment.amount} is no amount of whole fen above 0")
        return int(fen)

    def find_days(self, month: Month) -> Days:
        """The days in force at the end of that month."""
        payment = self.payment
        return Days(*(self._number(name, last_day(month)) for name in (payment.list_day, payment.review_day, payment.pay_day)))

    def compute_recovery_day(self, found_on: date) -> date:
        """Until when what was paid and not due is to be had back."""
        return add_months(found_on, self._number(self.payment.recovery_months, found_on))

    def write_remark(self, month: Month) -> str:
        """What stands on the account's statement."""
        return self.payment.remark.zh.format(year=month[:4], month=str(int(month[5:])))

    @property
    def _definition(self) -> Definition:
        return self.package.definition

    def _scope(self, facts: Mapping[FactName, Fact], as_of: date) -> Mapping[str, object]:
        return open_case(self._definition, facts, as_of=as_of, settings=settings.MIAOPI_CITY.settings, overrides={}).scope

    def _month(self, name: str, value: object) -> Month:
        month = month_of(value) if isinstance(value, date) else value
        if not isinstance(month, str) or not is_month(month):
            raise self._error(f"{name} is no month")
        return month

    def _number(self, parameter: str, on: date) -> int:
        value = self._definition.parameters[parameter].value_on(on)
        if not isinstance(value, Decimal) or value != value.to_integral_value() or not 1 <= value <= 120:
            raise self._error(f"{parameter} is no whole number from 1")
        return int(value)

    def _error(self, message: str) -> DefinitionError:
        return DefinitionError(self.service, f"payment: {message}")


def find_plan(package: ServicePackage) -> Plan | None:
    """`None` for a service that pays nothing."""
    return None if package.payment is None else Plan(package, package.payment)
