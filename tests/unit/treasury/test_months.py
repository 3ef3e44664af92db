"""Who is paid for which month, and how much: the borders beside the cases of the reference. All persons are made up."""

from __future__ import annotations

import pytest

from miaopi.apps.treasury.api import find_entitlement
from miaopi.apps.treasury.models import Order
from miaopi.kernel.errors import InputError
from tests.unit.treasury.scene import Payroll, amounts, at, books_agree, pay_through, payment_of, states, told


def test_eighty_on_the_last_day_of_the_month_counts_for_that_month(payroll: Payroll) -> None:
    elder, other = payroll.elder(born="1946-11-30", on="2026-11-05"), payroll.elder(born="1946-12-01", on="2026-11-05")
    payroll.due("2026-11-20")
    assert (amounts(elder), amounts(other)) == ({"2026-11": "300.00"}, {"2026-11": "200.00"})


def test_an_amount_is_that_in_force_in_the_month_it_is_for(payroll: Payroll) -> None:
    elder = payroll.elder(on="2027-02-05")
    pay_through(payroll, "2027-03-20")
    assert amounts(elder) == {"2027-02": "200.00", "2027-03": "220.50"}
    assert sorted(fen for _, fen in payroll.paid()) == [20000, 22050]


@pytest.mark.parametrize(("moved", "paid"), [("2026-11-30", ["2026-10", "2026-11"]), ("2026-12-01", ["2026-10", "2026-11", "2026-12"])])
def test_the_month_after_the_hukou_left_is_not_paid(payroll: Payroll, moved: str, paid: list[str]) -> None:
    elder = payroll.elder(on="2026-10-05")
    pay_through(payroll, "2026-10-20", "2026-11-20")
    payroll.moves(1, moved)
    pay_through(payroll, "2026-12-20", "2027-01-20")
    assert list(states(elder)) == paid and set(states(elder).values()) == {"paid"}
    assert [event["reason"] for event in told("EntitlementStopped")] == ["moved_out"]


@pytest.mark.parametrize("in_list", ["death_cancellation", "death_certificate", "cremation"])
def test_any_of_the_three_death_registers_ends_it(payroll: Payroll, in_list: str) -> None:
    elder = payroll.elder(on="2026-10-05")
    payroll.dies(1, "2026-10-31", in_list=in_list)
    pay_through(payroll, "2026-11-20")
    assert states(elder) == {"2026-10": "paid"}


def test_who_cannot_be_told_is_held_not_paid_and_not_stopped_and_paid_once_the_source_speaks(payroll: Payroll) -> None:
    elder = payroll.elder(on="2026-10-05")
    payroll.set_mode("death", "down")
    payroll.due("2026-10-20")
    held = payment_of(elder, "2026-10")
    assert (held.state, held.reason, held.waiting_for) == (
        "held", "sources", ("cremation", "death_cancellation"),  # the first of the base register that was silent
    )  # fmt: skip
    assert not payroll.paid() and not told("EntitlementStopped")
    payroll.due("2026-10-21")
    assert len(told("PaymentHeld")) == 1, "held is said once, not each day"
    payroll.set_mode("death", "up")
    payroll.due("2026-10-22")
    assert states(elder) == {"2026-10": "paid"}
    assert books_agree()


def test_a_person_who_died_while_the_source_was_silent_is_not_paid_when_it_speaks(payroll: Payroll) -> None:
    elder = payroll.elder(on="2026-10-05")
    payroll.due("2026-10-20")
    payroll.set_mode("death", "down")
    payroll.due("2026-11-20")
    assert states(elder) == {"2026-10": "paid", "2026-11": "held"}
    payroll.dies(1, "2026-10-25")
    payroll.set_mode("death", "up")
    payroll.due("2026-11-22")
    assert states(elder) == {"2026-10": "paid"}
    assert Order.objects.get(month="2026-11").state == "cancelled"
    assert len(payroll.paid()) == 1 and books_agree()


def test_a_source_that_says_conflict_holds_the_month(payroll: Payroll) -> None:
    elder = payroll.elder(on="2026-10-05")
    payroll.dies(1, "2026-10-02")
    payroll.dies(1, "2026-10-03")
    payroll.due("2026-10-20")
    assert payment_of(elder, "2026-10").waiting_for == ("death_cancellation",)
    assert not payroll.paid()


def test_the_list_is_made_by_the_tenth_reviewed_by_the_fifteenth_and_paid_by_the_twentieth(payroll: Payroll) -> None:
    elder = payroll.elder(on="2026-10-05")
    payroll.due("2026-10-09")
    assert states(elder) == {}
    assert payroll.due("2026-10-10").listed_at is not None
    assert (states(elder), payroll.due("2026-10-14").reviewed_at) == ({"2026-10": "listed"}, None)
    assert payroll.due("2026-10-15").reviewed_at is not None
    payroll.due("2026-10-19")
    assert states(elder) == {"2026-10": "listed"} and not payroll.paid()
    payroll.due("2026-10-20")
    assert states(elder) == {"2026-10": "paid"}


def test_who_died_between_list_and_review_is_taken_off_the_list(payroll: Payroll) -> None:
    elder = payroll.elder(on="2026-10-05")
    payroll.due("2026-10-20")
    payroll.due("2026-11-10")
    payroll.dies(1, "2026-10-31")
    payroll.due("2026-11-15")
    payroll.due("2026-11-20")
    assert states(elder) == {"2026-10": "paid"}
    assert [event["month"] for event in told("PaymentCancelled")] == ["2026-11"]
    assert len(payroll.paid()) == 1 and books_agree()


def test_months_missed_because_nobody_was_there_are_caught_up(payroll: Payroll) -> None:
    elder = payroll.elder(on="2026-10-05")
    payroll.due("2027-01-12")
    assert states(elder) == {"2026-10": "paid", "2026-11": "paid", "2026-12": "paid", "2027-01": "listed"}
    payroll.due("2027-01-20")
    assert set(states(elder).values()) == {"paid"}
    assert len(payroll.paid()) == 4 and books_agree()


def test_an_approval_after_the_list_of_its_month_is_paid_with_the_next(payroll: Payroll) -> None:
    first = payroll.elder(on="2026-10-05")
    payroll.due("2026-10-20")
    late = payroll.elder(on="2026-10-25")
    payroll.due("2026-10-26")
    assert states(late) == {}
    payroll.due("2026-11-20")
    assert states(late) == states(first) == {"2026-10": "paid", "2026-11": "paid"}


def test_the_first_of_all_waits_for_the_next_list_too(payroll: Payroll) -> None:
    """No list of October was ever made: nobody was entitled. She is told that November's list is hers."""
    first = payroll.elder(on="2026-10-25")
    payroll.due("2026-10-26")
    assert states(first) == {}
    payroll.due("2026-11-20")
    assert states(first) == {"2026-10": "paid", "2026-11": "paid"}


def test_a_month_that_was_listed_can_be_run_again_for_who_came_late(payroll: Payroll) -> None:
    payroll.elder(on="2026-10-05")
    payroll.due("2026-10-20")
    late = payroll.elder(on="2026-10-25")
    assert payroll.month("2026-10", "2026-10-25").count("listed") == 1
    payroll.pay("2026-10-25")
    assert states(late) == {"2026-10": "paid"}
    assert len(payroll.paid()) == 2


def test_nothing_is_paid_before_the_month_of_the_approval(payroll: Payroll) -> None:
    elder = payroll.elder(on="2026-11-25")
    payroll.due("2026-12-12")
    assert sorted(states(elder)) == ["2026-11", "2026-12"]


@pytest.mark.parametrize("month", ["2026-13", "2026-1", "soon", "2026-12"])
def test_a_month_that_is_none_or_has_not_begun_is_refused(payroll: Payroll, month: str) -> None:
    with pytest.raises(InputError):
        payroll.month(month, "2026-11-30")


def test_an_entitlement_keeps_its_account_sealed_and_the_log_holds_neither_account_nor_amount(payroll: Payroll) -> None:
    _, number = payroll.approve(payroll.person(), on="2026-10-05")
    payroll.due("2026-10-20")
    entitlement = find_entitlement(number)
    assert entitlement is not None and entitlement.account == "6225****001X"
    assert "6225" not in repr(entitlement)
    text = str([told(kind) for kind in ("EntitlementMade", "PaymentOrdered", "PaymentMade")])
    assert "6225" not in text and "200" not in text.replace("2026", "")
    assert at("2026-10-20").isoformat() == "2026-10-20T01:00:00+00:00"
