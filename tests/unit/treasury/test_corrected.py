"""A corrected record and what is paid: nobody is entitled twice, and nobody loses a payment to a machine. All persons are made up."""

from __future__ import annotations

from datetime import datetime

from miaopi.apps.approval.api import compute_queue, decide_case, list_queue, run_redecisions, take_case
from miaopi.apps.audit.api import Actor, run_after_handlers, sequence
from miaopi.apps.exchange.api import report_correction
from miaopi.apps.identity.api import Role, add_staff
from miaopi.apps.treasury.api import find_entitlement
from miaopi.kernel.decision import Basis
from miaopi.kernel.wording import Text
from tests.unit.filing.scene import KEEPER
from tests.unit.treasury.scene import Payroll, at, books_agree, states

HUKOU = "household_registration"
REASON = Text(zh="经核实，不在本市。", en="Checked: not of this city.")


def member(role: Role, office: str, *queues: str) -> Actor:
    name = Text(zh="演示", en="Demo")
    return add_staff(
        staff_id=f"{role.value}-1", name=name, role=role, office=office, queues=queues, by=KEEPER, now=at("2026-10-01")
    ).actor


def correct(payroll: Payroll, who: Actor, region: str, now: datetime, by: Actor) -> None:
    payroll.change("population", HUKOU, hukou_region_code=region)
    report_correction(resource=HUKOU, subject=who.id, fields=("hukou_region_code",), by=by, now=now)
    for _ in range(2):
        sequence()
        run_after_handlers(now=now)
        run_redecisions(now=now)


def test_an_approval_that_a_correction_brings_entitles_once_and_pays_each_month_once(payroll: Payroll) -> None:
    keeper, who = member(Role.STEWARD, "population"), payroll.person()
    payroll.change("population", HUKOU, hukou_region_code="440100")
    _, number = payroll.approve(who, on="2026-10-05")
    assert find_entitlement(number) is None
    correct(payroll, who, "440304", at("2026-10-20"), keeper)
    correct(payroll, who, "440303", at("2026-10-21"), keeper)
    entitled = find_entitlement(number)
    assert entitled is not None
    assert entitled.from_month == "2026-10"
    payroll.due("2026-11-10")
    payroll.due("2026-11-20")
    assert len(payroll.paid()) == len(set(states(who)))
    assert books_agree()


def test_a_correction_against_her_stops_no_payment_until_a_person_decides(payroll: Payroll) -> None:
    keeper, who = member(Role.STEWARD, "population"), payroll.person()
    _, number = payroll.approve(who, on="2026-10-05")
    correct(payroll, who, "440100", at("2026-10-20"), keeper)
    entitled = find_entitlement(number)
    assert entitled is not None
    assert entitled.stopped_month is None
    officer = member(Role.OFFICER, "演示组", compute_queue(payroll.package).key)
    (row,) = list_queue(by=officer, now=at("2026-10-20"))
    assert (row.number, row.kind) == (number, "correction")
    take_case(number=number, by=officer, now=at("2026-10-20"))
    decide_case(number=number, outcome="refuse", reason=REASON, basis=Basis("演示办法", "第二条"), by=officer, now=at("2026-10-20"))
    ended = find_entitlement(number)
    assert ended is not None
    assert (ended.stopped_month, ended.stopped_for) == ("2026-10", "replaced")
    assert books_agree()
