"""The `run` rows of the reference (cases.csv: 11, 12, 19), by the service of the tests and by the old-age allowance itself. All made up."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from django.test import override_settings

from miaopi.apps.exchange.api import list_grants
from miaopi.apps.licence.models import Registration
from miaopi.apps.treasury.api import find_recovery
from tests.unit.filing.scene import ROOT
from tests.unit.treasury.scene import (
    PACKAGE,
    Payroll,
    amounts,
    books_agree,
    pay_through,
    payment_of,
    states,
    told,
)

ALLOWANCE = ROOT / "services/old-age-allowance"


@pytest.fixture(params=[PACKAGE, ALLOWANCE], ids=lambda path: path.name)
def payroll(request: pytest.FixtureRequest, database: str, tmp_path: Path) -> Iterator[Payroll]:
    made = Payroll(tmp_path, request.param)
    with override_settings(**made.settings):
        made.open()
        yield made


def test_case_11_the_month_of_the_death_is_paid_and_the_next_is_not(payroll: Payroll) -> None:
    """receiving 200.00; death 2026-11-02; on 2026-12-20: 2026-11=200.00, 2026-12=0.00."""
    elder = payroll.elder(on="2026-10-05")
    pay_through(payroll, "2026-10-20")
    payroll.dies(1, "2026-11-02")
    pay_through(payroll, "2026-11-20", "2026-12-20")
    assert amounts(elder) == {"2026-10": "200.00", "2026-11": "200.00"}
    assert set(states(elder).values()) == {"paid"}
    assert payroll.paid() == [("6225****001X", 20000)] * 2
    assert [(event["from_month"], event["reason"]) for event in told("EntitlementStopped")] == [("2026-12", "death")]
    assert not told("OverpaymentFound") and books_agree()


def test_case_12_months_paid_before_the_death_was_known_are_marked_and_recovered(payroll: Payroll) -> None:
    """death registered 2027-02-05 with death_date 2026-11-30: overpaid=2026-12,2027-01, recovery case; February is not paid."""
    elder, number = payroll.approve(payroll.person(), on="2026-10-05")
    pay_through(payroll, "2026-10-20", "2026-11-20", "2026-12-20", "2027-01-20")
    payroll.dies(1, "2026-11-30")
    payroll.month("2027-02", "2027-02-05")
    assert [month for month in states(elder) if payment_of(elder, month).is_overpaid] == ["2026-12", "2027-01"]
    assert "2027-02" not in states(elder)
    recovery = find_recovery(number)
    assert recovery is not None
    assert (recovery.months, recovery.amount, recovery.recover_by.isoformat()) == (("2026-12", "2027-01"), "400.00", "2027-05-05")
    assert [event["months"] for event in told("OverpaymentFound")] == [["2026-12", "2027-01"]]
    assert books_agree()
    pay_through(payroll, "2027-02-20")
    assert len(payroll.paid()) == 4


def test_case_12_with_february_paid_too(payroll: Payroll) -> None:
    """… (Feb if paid) marked overpaid."""
    elder = payroll.elder(on="2026-10-05")
    pay_through(payroll, "2026-10-20", "2026-11-20", "2026-12-20", "2027-01-20", "2027-02-20")
    payroll.dies(1, "2026-11-30")
    payroll.month("2027-03", "2027-03-01")
    assert [month for month in states(elder) if payment_of(elder, month).is_overpaid] == ["2026-12", "2027-01", "2027-02"]
    assert books_agree()


def test_case_19_the_band_of_a_month_is_that_of_its_last_day(payroll: Payroll) -> None:
    """born 1946-11-05, receiving; on 2026-11-20: 2026-10=200.00, 2026-11=300.00."""
    elder = payroll.elder(born="1946-11-05", on="2026-10-05")
    pay_through(payroll, "2026-10-20", "2026-11-20")
    assert amounts(elder) == {"2026-10": "200.00", "2026-11": "300.00"}
    assert [fen for _, fen in payroll.paid()] == [20000, 30000]


def test_what_a_run_asks_is_granted_for_its_duty_and_the_ledger_is_told_of_the_end(payroll: Payroll) -> None:
    granted = {grant.resource for grant in list_grants(payroll.package.slug) if grant.purpose.startswith("深圳市高龄老人津贴发放管理办法")}
    assert granted == {"population_basic", "household_registration", "death_cancellation", "death_certificate", "cremation"}
    payroll.elder(on="2026-10-05")
    pay_through(payroll, "2026-10-20")
    payroll.dies(1, "2026-10-30")
    pay_through(payroll, "2026-11-20")
    wanted = {"stop"} if payroll.package.registers else set()
    assert set(Registration.objects.filter(moment="stop").values_list("moment", flat=True)) == wanted
