"""Grants and terms are read again by the next pull when anything about them changed, whoever changed it, and not before."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from types import SimpleNamespace

import pytest
from django.db import ProgrammingError, connection
from django.test import override_settings
from django.test.utils import CaptureQueriesContext

from miaopi.apps.audit.api import act
from miaopi.apps.exchange.api import Duty, RefusalCode, pull_or_say_why
from miaopi.apps.exchange.models import Agreement, Grant
from miaopi.kernel.calendar import compute_legal_day
from miaopi.kernel.fact import Known, Unknown
from tests.unit.exchange.entries import entries
from tests.unit.exchange.scene import KEEPER, NOW, Scene
from tests.waiting import LONG

ASKS = {"population_basic": ("name", "birth_date")}
DUTY = Duty("open-cases", "AN-2026-1", "演示办案规定", "第二条")


@pytest.fixture
def scene(tmp_path: Path) -> Iterator[Scene]:
    made = Scene(tmp_path)
    with override_settings(MIAOPI_CITY=SimpleNamespace(folder=tmp_path), MIAOPI_AGENCIES=str(made.addresses)):
        made.open()
        yield made


def edition() -> str:
    with connection.cursor() as cursor:
        cursor.execute("SELECT word FROM exchange_grantedition")
        return str(cursor.fetchone()[0])


def run(sql: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(sql)


def test_a_second_pull_reads_no_grants(scene: Scene) -> None:
    scene.pull(ASKS)
    with CaptureQueriesContext(connection) as said:
        scene.pull(ASKS)
    assert not any("exchange_grant g" in (query["sql"] or "") for query in said)


def test_a_grant_that_is_taken_back_by_hand_opens_nothing_any_more(scene: Scene) -> None:
    assert isinstance(scene.pull(ASKS)["population_basic.name"], Known)
    run("UPDATE exchange_grant SET revoked_at = granted_at WHERE field = 'name'")
    facts = scene.pull(ASKS)
    assert isinstance(facts["population_basic.name"], Unknown) and isinstance(facts["population_basic.birth_date"], Known)
    run("UPDATE exchange_grant SET revoked_at = NULL WHERE field = 'name'")
    assert isinstance(scene.pull(ASKS)["population_basic.name"], Known)


TERMS = {
    "revoked": ("state = 'revoked'", RefusalCode.REVOKED),
    "suspended": ("state = 'suspended'", RefusalCode.SUSPENDED),
    "expired": ("state = 'expired'", RefusalCode.EXPIRED),
    "ended": (f"ends_at = '{NOW}'", RefusalCode.EXPIRED),
    "put off": (f"starts_at = '{NOW + timedelta(days=1)}'", RefusalCode.NOT_BEGUN),
    "closed": ("opens = '00:00', closes = '00:01'", RefusalCode.OUTSIDE_HOURS),
    "narrowed": ("row_filter = 'nonsense('", RefusalCode.FILTER_BROKEN),
    "used up": ("daily_quota = 2, used_on = 'DAY', used_today = 2", RefusalCode.DAILY_QUOTA_SPENT),
    "used up for good": ("total_quota = 2, used_in_all = 2", RefusalCode.TOTAL_QUOTA_SPENT),
}  # fmt: skip


@pytest.mark.parametrize(("change", "code"), TERMS.values(), ids=TERMS)
def test_each_bound_of_an_agreement_is_felt_by_the_next_pull_whoever_sets_it(scene: Scene, change: str, code: RefusalCode) -> None:
    said = {"service": DUTY.service, "purpose": DUTY.duty, "ground": DUTY.duty, "resource": "population_basic"}
    made = Agreement.objects.create(
        id="a", agency="population", requester="second", fields=["name"], starts_at=NOW - timedelta(days=9), state="granted",
        clock="answer", filed_at=NOW, filed_by="staff/s", **said,
    )  # fmt: skip
    Grant.objects.create(id="g", agreement=made, field="name", granted_at=NOW, granted_by="staff/s", **said)

    def look() -> dict[str, RefusalCode]:
        deadline = timedelta(seconds=LONG)
        asks = {"population_basic": ("name",)}
        return dict(pull_or_say_why(subject=scene.subject, asks=asks, ground=DUTY, deadline=deadline, by=KEEPER, now=NOW).refused)

    assert (look(), look()) == ({}, {})
    run(f"UPDATE exchange_agreement SET {change.replace('DAY', compute_legal_day(NOW).isoformat())}")
    assert look() == {"population_basic.name": code}
    run("UPDATE exchange_agreement SET visibility = 'withheld', hidden_by = '演示 第一条'")
    look()
    assert entries("PullRefused")[-1]["visibility"] == "withheld"


def test_each_transaction_that_changes_any_has_a_word_of_its_own(scene: Scene) -> None:
    before = edition()
    with act(by=KEEPER, now=NOW):
        run("UPDATE exchange_grant SET revoked_at = granted_at")
        assert edition() == before
    after = edition()
    assert after != before
    with pytest.raises(ProgrammingError), act(by=KEEPER, now=NOW):
        run("UPDATE exchange_grant SET revoked_at = NULL; SELECT nothing")
    assert edition() == after
    run("UPDATE exchange_agreement SET used_in_all = used_in_all + 1, used_today = 1")
    assert edition() == after
