"""Each person is paid once for each month: run twice, run by two, applied for twice, killed anywhere. Counted at the bank. All made up."""

from __future__ import annotations

import json
import multiprocessing
import random
import signal
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Iterator
from multiprocessing.process import BaseProcess
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.db import IntegrityError, connection, connections

from miaopi.apps.audit.api import act
from miaopi.apps.identity.models import VerifiedIdentity
from miaopi.apps.treasury.actions.transfers import transfer
from miaopi.apps.treasury.api import (
    check_books,
    find_entitlement,
    find_recovery,
    pay_due,
    run_due,
    stop_entitlement,
)
from miaopi.apps.treasury.models import Order, Transfer
from miaopi.apps.treasury.queries.books import compute_balances
from miaopi.apps.treasury.queries.months import list_months
from tests.unit.filing.wire import Wire
from tests.unit.treasury.banks import Process
from tests.unit.treasury.child import Errand, run
from tests.unit.treasury.scene import BY, Payroll, at, books_agree, payment_of, states, told
from tests.waiting import LONG, until

SEED = 20261120


def test_a_month_run_twice_is_ordered_and_paid_once(payroll: Payroll) -> None:
    payroll.elder()
    for _ in range(3):
        payroll.month("2026-10", "2026-10-20")
        payroll.due("2026-10-20")
    assert len(payroll.paid()) == Order.objects.count() == 1
    assert len(told("PaymentOrdered")) == len(told("PaymentMade")) == 1


def test_two_applications_of_one_person_are_paid_one_month(payroll: Payroll) -> None:
    elder = payroll.person()
    payroll.approve(elder, on="2026-10-05")
    payroll.approve(elder, on="2026-10-06")
    payroll.due("2026-10-20")
    payroll.due("2026-11-20")
    assert states(elder) == {"2026-10": "paid", "2026-11": "paid"}
    assert len(payroll.paid()) == 2 and books_agree()


def test_a_corrected_identity_number_keeps_one_history(payroll: Payroll) -> None:
    """The claimant is the party, of whom the authority now says another number; the registers know both."""
    elder = payroll.person()
    payroll.approve(elder, on="2026-10-05")
    payroll.due("2026-10-20")
    again = payroll.person()
    VerifiedIdentity.objects.filter(account=again.id).update(account=elder.id)
    payroll.approve(elder, on="2026-10-21")
    payroll.month("2026-10", "2026-10-21")
    payroll.due("2026-10-22")
    assert states(elder) == {"2026-10": "paid"}
    assert len(payroll.paid()) == 1


def test_the_database_itself_refuses_a_second_order_of_a_month(payroll: Payroll) -> None:
    payroll.elder()
    payroll.due("2026-10-20")
    order = Order.objects.get()
    with pytest.raises(IntegrityError), act(by=BY, now=at("2026-10-21")):
        Order.objects.create(
            id="f" * 32, batch=order.batch, entitlement=order.entitlement, kind=order.kind, claimant=order.claimant, month=order.month,
            amount_fen=20000, state="listed", made_at=at("2026-10-21"), asked_at=at("2026-10-21"),
        )  # fmt: skip


def test_runs_side_by_side_order_each_month_once(payroll: Payroll) -> None:
    elders = [payroll.elder() for _ in range(3)]
    twice = payroll.person()
    for day in ("2026-10-05", "2026-10-06"):
        payroll.approve(twice, on=day)
    errors: list[BaseException] = []
    start = threading.Barrier(4)

    def work() -> None:
        try:
            start.wait(timeout=LONG)
            run_due(by=BY, now=at("2026-11-20"))
            while pay_due(by=BY, now=at("2026-11-20"), bank=payroll.bank):
                pass
        except BaseException as error:
            errors.append(error)
        finally:
            connections.close_all()

    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=LONG)
    assert not errors
    payroll.due("2026-11-20")
    assert all(states(each) == {"2026-10": "paid", "2026-11": "paid"} for each in (*elders, twice))
    assert len(payroll.paid()) == len(told("PaymentMade")) == 8
    assert books_agree()


def test_an_answer_of_the_bank_that_was_lost_is_asked_for_again_under_the_same_key(payroll: Payroll) -> None:
    elder = payroll.elder()
    payroll.bank.mode = "lost"
    payroll.due("2026-10-20")
    assert (states(elder), len(payroll.paid())) == ({"2026-10": "sending"}, 1)
    assert books_agree()
    payroll.bank.mode = "up"
    payroll.due("2026-10-21")
    assert (states(elder), len(payroll.paid()), payroll.bank.attempts) == ({"2026-10": "paid"}, 1, 2)
    assert books_agree()


def test_a_bank_that_is_down_is_told_again_at_growing_steps_and_keeps_nobody_waiting(payroll: Payroll) -> None:
    elders = [payroll.elder() for _ in range(3)]
    payroll.bank.mode = "down"
    payroll.due("2026-10-20")
    assert payroll.bank.attempts == 1, "the first silence ends the round"
    payroll.bank.mode = "up"
    payroll.due("2026-10-21")
    assert all(states(elder) == {"2026-10": "paid"} for elder in elders)


def test_what_the_bank_declines_is_given_back_and_named(payroll: Payroll) -> None:
    elder = payroll.elder()
    payroll.bank.turns_down = "account_closed"
    payroll.due("2026-10-20")
    assert (payment_of(elder, "2026-10").state, payment_of(elder, "2026-10").reason) == ("returned", "account_closed")
    assert not payroll.paid() and books_agree()
    assert set(compute_balances().values()) == {0}


def test_a_month_whose_end_is_learnt_while_the_bank_pays_is_paid_marked_and_recovered(payroll: Payroll) -> None:
    elder, number = payroll.approve(payroll.person(), on="2026-10-05")
    payroll.bank.mode = "lost"
    payroll.due("2026-10-20")
    stop_entitlement(number=number, from_month="2026-10", reason="death", by=BY, now=at("2026-10-20", 12))
    assert states(elder) == {"2026-10": "sending"}, "what was told to the bank cannot be taken back"
    payroll.bank.mode = "up"
    payroll.pay("2026-10-21")
    assert payment_of(elder, "2026-10").is_overpaid
    recovery = find_recovery(number)
    assert recovery is not None and recovery.amount == "200.00"
    assert books_agree()


def test_an_entitlement_is_ended_once(payroll: Payroll) -> None:
    _, number = payroll.approve(payroll.person(), on="2026-10-05")
    for month in ("2026-12", "2026-11"):
        stop_entitlement(number=number, from_month=month, reason="withdrawn", by=BY, now=at("2026-10-06"))
    entitlement = find_entitlement(number)
    assert entitlement is not None and entitlement.stopped_month == "2026-12"
    payroll.due("2027-01-20")
    assert [fen for _, fen in payroll.paid()] == [20000, 20000]


def alter_amount() -> None:
    Transfer.objects.filter(kind="pay").update(fen=1)


def alter_order() -> None:
    Order.objects.update(amount_fen=30000)


def lose_a_transfer() -> None:
    Transfer.objects.filter(kind="pay").delete()


def book_elsewhere() -> None:
    Transfer.objects.filter(kind="pay").update(debit="payable/somebody")


def reclaim_without_reason() -> None:
    transfer(Order.objects.get(), "reclaim", now=at("2026-10-21"))


@pytest.mark.parametrize("spoil", [alter_amount, alter_order, lose_a_transfer, book_elsewhere, reclaim_without_reason])
def test_books_that_do_not_say_what_the_orders_say_are_found(payroll: Payroll, spoil: Any) -> None:
    elder = payroll.elder()
    payroll.due("2026-10-20")
    assert books_agree() and states(elder) == {"2026-10": "paid"}
    spoil()
    findings = check_books()
    assert findings
    assert not [finding for finding in findings if elder.id in f"{finding.place} {finding.text}"]


def test_a_transfer_of_a_kind_is_booked_once(payroll: Payroll) -> None:
    payroll.elder()
    payroll.due("2026-10-20")
    with pytest.raises(IntegrityError), act(by=BY, now=at("2026-10-21")):
        transfer(Order.objects.get(), "pay", now=at("2026-10-21"))


@pytest.fixture
def bank(payroll: Payroll, tmp_path: Path) -> Iterator[Process]:
    """A bank process, told to the city as its bank."""
    made = Process(tmp_path)
    publish = payroll.publish

    def publish_with_bank() -> None:
        publish()
        known = json.loads(payroll.addresses.read_text())
        payroll.addresses.write_text(json.dumps({**known, "bank": made.address}))

    payroll.publish = publish_with_bank  # type: ignore[method-assign]  # the scene of this test has a bank more
    payroll.publish()
    yield made
    made.close()


@pytest.fixture
def wire() -> Iterator[Wire]:
    """The path of a Unix socket may hold 107 bytes: a short folder of its own."""
    server = connection.settings_dict
    with tempfile.TemporaryDirectory(prefix="w") as folder:
        built = Wire(Path(folder), server["HOST"], str(server["PORT"] or 5432))
        yield built
        built.close()


def start(now: Any, host: str) -> BaseProcess:
    fork = multiprocessing.get_context("forkserver")
    fork.set_forkserver_preload(["tests.unit.filing.nursery"])
    city = settings.MIAOPI_CITY
    errand = Errand(
        now=now, city=city.folder, city_settings=dict(city.settings), agencies=settings.MIAOPI_AGENCIES,
        database={"HOST": host, "NAME": connection.settings_dict["NAME"]},
    )  # fmt: skip
    child = fork.Process(target=run, args=(errand,))
    child.start()
    return child


def others_at_work() -> int:
    """Sessions of runners that were killed, whose last statement the server is still carrying out."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND usename = current_user"
            " AND pid <> pg_backend_pid() AND backend_type = 'client backend' AND state <> 'idle'"
        )
        return int(cursor.fetchone()[0])


def finish(day: str) -> None:
    until(lambda: others_at_work() == 0)
    child = start(at(day), connection.settings_dict["HOST"])
    child.join(LONG)
    assert child.exitcode == 0


def killed_at(wire: Wire, day: str, number: int, *, reached: bool) -> bool:
    """A run of that day whose process dies at that statement of the wire; whether the run was as long as that."""
    child = wire.kill_at(number, lambda: start(at(day), wire.folder), reached=reached)
    return child.exitcode == -signal.SIGKILL


EVERY = 19  # statements between two kills: the two parameters meet half-way


@pytest.mark.parametrize("reached", [False, True], ids=["before the server gets it", "when the server has it"])
def test_a_run_killed_at_any_statement_pays_each_month_once(payroll: Payroll, bank: Process, wire: Wire, reached: bool) -> None:
    payroll.elder(born="1945-06-01", on="2020-01-05")
    finish("2020-01-20")
    number, was_killed = (EVERY // 2 if reached else 1) - EVERY, True
    for runs, month in enumerate(list_months("2020-02", "2026-12"), start=2):
        number += EVERY
        was_killed = killed_at(wire, f"{month}-20", number, reached=reached)
        finish(f"{month}-21")  # a try that was booked is repeated at its next step
        paid = Counter(remark for _, _, remark in bank.book())
        assert set(paid.values()) == {1} and len(paid) == runs, f"killed at {number}: {wire.said[number - 1 :][:1]}"
        assert books_agree()
        if not was_killed:
            break
    assert not was_killed and number > 20, "every part of a run was struck, and a run is longer than that"


def test_a_run_killed_at_random_by_kill_9_pays_each_person_and_month_once(payroll: Payroll, bank: Process) -> None:
    """Two runners at a time, each killed within a second; the bank loses answers; counted in the table of the bank."""
    dice = random.Random(SEED)
    for _ in range(6):
        payroll.elder(on="2026-01-05")
    host, days, kills = connection.settings_dict["HOST"], [f"{month}-20" for month in list_months("2026-01", "2026-09")], 0
    for day in days:
        bank.set_mode(dice.choice(["up", "up", "lost"]))
        runners = [start(at(day, 10 + turn), host) for turn in range(2)]
        for runner in runners:
            time.sleep(dice.uniform(0.0, 0.5))
            runner.kill()
            runner.join(LONG)
            kills += runner.exitcode == -signal.SIGKILL
    bank.set_mode("up")
    finish("2026-09-21")
    finish("2026-09-22")
    paid = Counter((row["account"], row["remark"]) for row in bank.rows() if row["paid"])
    assert len(paid) == 6 * len(days) and set(paid.values()) == {1}
    assert Order.objects.filter(state="paid").count() == len(paid)
    assert sum(fen for _, fen, _ in bank.book()) == -compute_balances()["bank"] == 6 * len(days) * 20000
    assert books_agree()
    assert kills >= len(days), "most runners were killed at work"
