"""A province's answer that comes in pages, and what a case that waits for it costs: each page and each question once."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from django.db import connection
from django.test import override_settings

from miaopi.apps.audit.api import staff
from miaopi.apps.exchange.api import (
    Agreement,
    Ground,
    Pulled,
    Terms,
    approve_agreement,
    get_agreement,
    pull_or_say_why,
    request_agreement,
    revoke_agreement,
)
from miaopi.apps.exchange.models import UpstreamQuota, UpstreamTicket
from miaopi.apps.identity.api import Role, add_staff
from miaopi.config.environment import ROOT
from miaopi.config.offices import load_calendar
from miaopi.kernel.fact import Doubt, Known, Unknown
from miaopi.kernel.wording import Text
from tests.unit.exchange.scene import ANNA, APPLICATION, KEEPER, NOW, PURPOSE, ROW, SERVICE
from tests.unit.exchange.test_upstream import KNOWN, NAME, READY, UNAVAILABLE, WORKER, Provincial

CONFLICT = Unknown(Doubt.CONFLICT, "population_basic")  # two rows that differ: both pages were read
MIDNIGHT = datetime.fromisoformat("2026-11-26T00:00:00+08:00")
METERED = "metered-use"
ASKER, PROVIDER = staff("asker", "steward"), staff("provider", "steward")


class Paying(Provincial):
    """The province's scene; `agree` makes it one of a service that has the name by an agreement with a quota, and by nothing else."""

    service = SERVICE

    def ground(self, receipt: str | None = None) -> Ground:
        return Ground(receipt or self.receipt, self.service, APPLICATION)

    def agree(self, **terms: Any) -> Agreement:
        for member, office in ((ASKER, "second"), (PROVIDER, "population")):
            add_staff(staff_id=member.id, name=Text(zh="演示", en="Demo"), role=Role.STEWARD, office=office, by=KEEPER, now=NOW)
        self.service = METERED
        self.receipt = self.consent(service=METERED)
        asked = request_agreement(
            resource="population_basic", service=METERED, purpose=PURPOSE.zh, ground="老年人权益保障法 第三十三条", by=ASKER, now=NOW,
            terms=Terms(fields=("name", "birth_date"), starts_at=NOW, ends_at=NOW + timedelta(days=30), **terms),
        )
        return approve_agreement(agreement=asked.id, by=PROVIDER, now=NOW)

    def ask_as_many(self, processes: int, now: datetime) -> list[Pulled]:
        """As so many processes at once: each has a connection of its own."""
        self.province.now = now
        self.publish()

        def one(_: int) -> Pulled:
            try:
                return pull_or_say_why(
                    subject=self.subject, asks=NAME, ground=self.ground(), deadline=timedelta(seconds=10), by=WORKER, now=now
                )
            finally:
                connection.close()

        with ThreadPoolExecutor(processes) as threads:
            return list(threads.map(one, range(processes)))


@pytest.fixture
def scene(tmp_path: Path, tables: None) -> Iterator[Paying]:
    made = Paying(tmp_path)
    made.province.rows, made.province.page = [ROW, {**ROW, "name": "演示·安宁"}], 1
    made.province.keeps = timedelta(days=1)
    city = SimpleNamespace(folder=tmp_path, calendar=load_calendar(ROOT / "cities/demo"), settings={})
    with override_settings(MIAOPI_CITY=city, MIAOPI_AGENCIES=str(made.addresses)):
        made.open()
        yield made
    made.province.stop()


def used() -> int:
    return UpstreamQuota.objects.get().used_today


def test_an_answer_in_pages_is_whole_and_each_further_page_is_counted(scene: Paying) -> None:
    scene.ask()
    assert scene.ask(READY).facts == {KNOWN: CONFLICT}
    assert (len(scene.province.received), len(scene.province.pages), used(), UpstreamTicket.objects.count()) == (1, 1, 2, 0)


def test_where_the_quota_ends_between_two_pages_nothing_is_believed_and_nobody_calls_before_the_next_day(scene: Paying) -> None:
    scene.ask()
    for serial in range(2):
        scene.asked_by(serial)
    stopped = scene.ask(READY)
    assert (stopped.facts[KNOWN].doubt, stopped.refused) == (Doubt.UNAVAILABLE, {KNOWN: "upstream_quota_spent"})
    assert (len(scene.province.pages), used()) == (0, 3)
    scene.province.calls.clear()
    assert scene.ask(READY + timedelta(minutes=1)).facts == {KNOWN: UNAVAILABLE}
    assert scene.province.calls == []
    scene.province.daily = 1000
    assert scene.ask(MIDNIGHT).facts == {KNOWN: CONFLICT}
    assert (len(scene.province.received), used()) == (3, 1), "of the new day, one page"


def test_a_page_that_did_not_come_is_asked_for_again_and_counted_once(scene: Paying) -> None:
    scene.ask()
    scene.province.lie = lambda asked: {"more": b"{"} if "after" in asked else {}
    for second in range(2):
        assert scene.ask(READY + timedelta(seconds=second)).facts[KNOWN].doubt is Doubt.UNAVAILABLE
    scene.province.lie = {}
    assert scene.ask(READY + timedelta(seconds=9)).facts == {KNOWN: CONFLICT}
    assert (len(scene.province.pages), used()) == (1, 2)


def test_two_processes_that_collect_at_once_pay_for_a_page_once(scene: Paying) -> None:
    scene.ask()
    assert {each.facts[KNOWN].doubt for each in scene.ask_as_many(5, READY)} <= {Doubt.CONFLICT, Doubt.UNAVAILABLE}
    assert used() == len(scene.province.received) + len(scene.province.pages) <= 4  # who comes too late for it asks anew


def endless(asked: dict[str, Any]) -> dict[str, Any]:
    return {"next": f"1{asked.get('after', '')}", "records": []}


def test_an_answer_that_lacks_a_field_was_paid_for_all_the_same(scene: Paying) -> None:
    scene.ask()
    scene.province.lie = {"records": [{"id_number": ANNA.id_number}], "next": ""}
    assert scene.ask(READY).refused == {KNOWN: "schema_changed"}
    assert (used(), len(scene.province.received)) == (1, 1), "they counted it, and so do we: else nobody would stop asking"


ENDLESS: dict[str, Any] = {
    "pages without end": endless,
    "a page that leads back to itself": lambda asked: {"next": "1", "records": [ROW]},
    "the first page instead of the second": lambda asked: {"after": "", "records": [ROW], "next": "1"},
}


@pytest.mark.parametrize("lie", ENDLESS.values(), ids=ENDLESS)
def test_pages_that_repeat_or_never_end_are_no_answer_and_cost_no_more_than_the_day(scene: Paying, lie: Any) -> None:
    scene.ask()
    scene.province.lie = lie
    for second in range(3):
        assert scene.ask(READY + timedelta(seconds=second)).facts[KNOWN].doubt is Doubt.UNAVAILABLE
    assert used() <= 3
    assert scene.province.calls.count("/results") <= 6
    scene.province.lie, scene.province.daily = {}, 1000
    assert scene.ask(MIDNIGHT).facts == {KNOWN: CONFLICT}


def calls_of(agreement: Agreement) -> int:
    return get_agreement(agreement.id).used_in_all


def test_a_case_that_waits_costs_its_agreement_one_call_however_often_it_looks(scene: Paying) -> None:
    scene.province.rows = [ROW]
    agreement = scene.agree(daily_quota=1)
    scene.ask()
    for minute in range(1, 7):
        assert scene.ask(NOW + timedelta(minutes=minute)).facts == {KNOWN: UNAVAILABLE}
    assert (calls_of(agreement), scene.province.calls) == (1, ["/catalogue", "/requests"])
    scene.province.latency *= 2
    assert scene.ask(READY).awaited, "it is late, and asking when costs nothing"
    late = NOW + scene.province.latency
    assert scene.ask(late).facts == {KNOWN: Known(ANNA.name, "population_basic", late)}
    assert calls_of(agreement) == 1
    assert scene.ask(late).refused == {KNOWN: "daily_quota_spent"}, "another question is another call"


def test_other_fields_of_the_case_are_another_call(scene: Paying) -> None:
    agreement = scene.agree(daily_quota=1)
    scene.ask()
    both = scene.ask(asks={"population_basic": ("name", "birth_date")})
    assert set(both.refused.values()) == {"daily_quota_spent"}
    assert (calls_of(agreement), len(scene.province.received)) == (1, 1)


def test_what_could_not_be_asked_costs_nothing(scene: Paying) -> None:
    agreement = scene.agree(total_quota=5)
    scene.province.daily = 0
    for minute in range(3):
        assert scene.ask(NOW + timedelta(minutes=minute)).refused == {KNOWN: "upstream_quota_spent"}
    assert calls_of(agreement) == 0
    scene.province.daily, scene.province.fields = 1000, ["id_number"]
    assert scene.ask(MIDNIGHT).refused == {KNOWN: "schema_changed"}
    assert calls_of(agreement) == 0


def test_two_processes_of_one_case_cost_its_agreement_one_call(scene: Paying) -> None:
    agreement = scene.agree(total_quota=100)
    pulled = scene.ask_as_many(5, NOW)
    assert all(each.awaited for each in pulled)
    assert (calls_of(agreement), used(), len(scene.province.received)) == (1, 1, 1)


def test_what_was_revoked_is_not_had_because_it_was_paid(scene: Paying) -> None:
    agreement = scene.agree(daily_quota=1)
    scene.ask()
    revoke_agreement(agreement=agreement.id, reason="用途已结束", by=PROVIDER, now=NOW)
    assert scene.ask(READY).refused == {KNOWN: "revoked"}
