"""A city that pays: its registers in memory, a service that pays monthly, and elders who were approved by the rules. All made up."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from miaopi.apps.application.api import open_application
from miaopi.apps.audit.api import Actor, list_entries, system
from miaopi.apps.catalogue.api import seed_catalogue
from miaopi.apps.consent.api import give_consent
from miaopi.apps.exchange.api import list_scope
from miaopi.apps.filing.api import confirm, get_draft, prefill
from miaopi.apps.identity.api import Assertion
from miaopi.apps.treasury.adapters.fake import FakeBank
from miaopi.apps.treasury.api import (
    Batch,
    Payment,
    check_books,
    get_batch,
    list_payments,
    pay_due,
    run_due,
    run_month,
)
from miaopi.apps.treasury.models import Entitlement
from miaopi.definitions import ServicePackage, load_service
from tests.unit.filing.scene import KEEPER, ROOT
from tests.unit.filing.scene import Scene as City

SERVICE = "monthly-allowance"
PACKAGE = Path(__file__).parent / "services" / SERVICE
BY = system("test.treasury")
ZONE = ZoneInfo("Asia/Shanghai")


def at(day: str, hour: int = 9) -> datetime:
    """That day in the city, in the morning."""
    return datetime.combine(date.fromisoformat(day), datetime.min.time(), ZONE).replace(hour=hour).astimezone(UTC)


def rows_of(elders: list[dict[str, Any]]) -> dict[str, dict[str, list[dict[str, Any]]]]:
    """What the registers hold of them while nothing has happened. An elder is `id_number`, `name` and `birth_date`."""
    return {
        "population": {
            "population_basic": [
                {**elder, "sex": "女", "ethnicity": "汉", "former_name": None, "life_status": "正常", "identity_count": 1,
                 "identities_consistent": True}
                for elder in elders
            ],
            "household_registration": [
                {"id_number": elder["id_number"], "birth_date": elder["birth_date"], "hukou_region_code": "440304",
                 "police_station": "演示派出所", "hukou_address": "演示路1号", "household_type": "家庭户", "status": "正常",
                 "registered_on": "1990-01-01", "moved_out_on": None}
                for elder in elders
            ],
        },
        "civil-affairs": {
            "yinian_card": [
                {"id_number": elder["id_number"], "account_holder_id": elder["id_number"], "bank": "演示银行",
                 "card_no_masked": f"6225****{elder['id_number'][-4:]}", "financial_account_status": "正常"}
                for elder in elders
            ],
            "old_age_allowance_ledger": [
                {"id_number": elder["id_number"], "active": False, "active_since": None, "paid_elsewhere": False} for elder in elders
            ],
        },
        "death": {"death_cancellation": [], "death_certificate": [], "cremation": []},
    }  # fmt: skip


class Payroll(City):
    """`elder` makes a person and has her approved; `month`, `due` and `pay` are what the runner does."""

    def __init__(self, folder: Path, package: Path = PACKAGE) -> None:
        super().__init__(folder)
        self._package = package
        self.rows, self.bank, self._serial = rows_of([]), FakeBank(), 0
        self.publish()

    def open(self) -> None:
        seed_catalogue(source=ROOT / "cities/demo/catalogue.yaml", by=KEEPER, now=at("2019-01-01"))
        self.put_in_force(self.package, now=at("2019-01-01"))

    @property
    def package(self) -> ServicePackage:
        return load_service(self._package)

    def elder(self, *, born: str = "1950-01-01", on: str = "2026-10-05") -> Actor:
        """Somebody who applied that day and was approved: entitled from its month on."""
        return self.approve(self.person(born=born), on=on)[0]

    def person(self, *, born: str = "1950-01-01") -> Actor:
        """Somebody whom every register knows."""
        self._serial += 1
        number = f"440304{born.replace('-', '')}{self._serial:03}X"
        name = f"演示·{self._serial}"
        for agency, resources in rows_of([{"id_number": number, "name": name, "birth_date": born}]).items():
            for resource, rows in resources.items():
                self.rows[agency][resource] += rows
        self.publish()
        who = Assertion(name, number, "resident_id", f"138{self._serial:08}", 3, "demo")
        return self.enter(who)

    def approve(self, who: Actor, *, on: str) -> tuple[Actor, str]:
        now, package = at(on), self.package
        number = open_application(service=package.slug, version=package.version, applicant=who.id, by=who, now=now).number
        receipt = give_consent(
            application=number, service=package.slug, version=package.version, applicant=who.id,
            scope=list_scope(package.definition.sourced), purpose=package.consent, separate=(),
            expires_at=now + timedelta(days=30), by=who, now=now,
        ).receipt  # fmt: skip
        prefill(number=number, receipt=receipt, by=who, now=now)
        confirm(number=number, entered={}, token=get_draft(number=number, reader=who, now=now).token, by=who, now=now)
        return who, number

    def dies(self, serial: int, on: str, *, in_list: str = "death_cancellation") -> None:
        """The death of the elder of that serial comes to a register."""
        number = self.rows["population"]["population_basic"][serial - 1]["id_number"]
        self.rows["death"][in_list].append({"id_number": number, "death_date": on, "cremated_on": on})
        self.publish()

    def moves(self, serial: int, on: str) -> None:
        self.rows["population"]["household_registration"][serial - 1].update(hukou_region_code="440100", moved_out_on=on)
        self.publish()

    def month(self, month: str, on: str) -> Batch:
        return run_month(month=month, by=BY, now=at(on))

    def due(self, on: str) -> Batch:
        """What the worker does that day: list, review and pay whatever its day has come for."""
        run_due(by=BY, now=at(on))
        self.pay(on)
        return get_batch(on[:7])

    def pay(self, on: str) -> int:
        paid, rounds = 0, 0
        while (done := pay_due(by=BY, now=at(on), bank=self.bank)) and rounds < 20:
            paid, rounds = paid + done, rounds + 1
        return paid

    def paid(self) -> list[tuple[str, int]]:
        """The bank's own book: account and fen, in its order."""
        return [(each.account, each.amount_fen) for each in self.bank.paid.values()]


def states(who: Actor) -> dict[str, str]:
    """The months of a person and how they stand, as she sees them."""
    return {payment.month: payment.state for payment in reversed(list_payments(reader=who))}


def amounts(who: Actor) -> dict[str, str | None]:
    return {payment.month: payment.amount for payment in reversed(list_payments(reader=who))}


def payment_of(who: Actor, month: str) -> Payment:
    (found,) = [payment for payment in list_payments(reader=who) if payment.month == month]
    return found


def told(kind: str) -> list[dict[str, Any]]:
    """The events of the treasury of that name."""
    numbers = Entitlement.objects.values_list("number", flat=True)
    entries = [entry for number in numbers for entry in list_entries(number=number)]
    return [dict(entry.body) for entry in entries if entry.kind == f"treasury.{kind}"]


def books_agree() -> bool:
    return not check_books()


def pay_through(payroll: Payroll, *days: str) -> None:
    """What the worker does on each of these days."""
    for day in days:
        payroll.due(day)
