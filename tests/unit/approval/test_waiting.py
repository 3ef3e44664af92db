"""Cases that wait for a silent source. All persons are made up."""

from __future__ import annotations

from datetime import timedelta
from threading import Barrier, Thread

import pytest
from django.db import connection

from miaopi.apps.application.api import Application, withdraw_application
from miaopi.apps.approval.api import count_waiting, list_decisions, retry_waiting
from miaopi.apps.approval.models import Waiting
from miaopi.apps.audit.api import list_entries
from miaopi.apps.consent.api import withdraw_consent
from miaopi.apps.filing.models import Filing
from miaopi.apps.licence.models import Licence
from tests.unit.filing.scene import NOW, Scene
from tests.waiting import LONG

SECOND = timedelta(seconds=1)


def waiting_case(scene: Scene, *, agency: str = "criminal", mode: str = "down") -> Application:
    scene.set_mode(agency, mode)
    case = scene.draft()
    scene.confirm(case)
    assert scene.result(case).outcome == "wait"
    return case


def questions(*cases: Application, resource: str = "criminal_record") -> int:
    """How often a source was asked for these cases, as the log has it."""
    entries = [entry for case in cases for entry in list_entries(number=case.number)]
    return sum(entry.kind == "exchange.DataPulled" and entry.body["resource"] == resource for entry in entries)


@pytest.mark.parametrize("mode", ["down", "slow", "wrong"])
def test_a_silent_source_makes_the_case_wait_by_name(scene: Scene, mode: str) -> None:
    case = waiting_case(scene, mode=mode)
    result = scene.result(case)
    assert (result.state, [reason["code"] for reason in result.reasons]) == ("waiting", ["SRC-UNAVAILABLE"])
    assert [(each.source, each.since, each.patience_until) for each in result.waiting_for] == [
        ("criminal_record", NOW, NOW + timedelta(hours=24))
    ]


def test_a_healed_source_decides_the_case_within_ten_seconds(scene: Scene) -> None:
    case = waiting_case(scene)
    for second in range(1, 60):  # a minute of silence: the steps are as long as they get
        assert retry_waiting(now=NOW + second * SECOND) == 0
    scene.set_mode("criminal", "up")
    decided = [second for second in range(60, 71) if retry_waiting(now=NOW + second * SECOND)]
    assert len(decided) == 1
    assert decided[0] <= 65
    result = scene.result(case)
    assert (result.state, result.outcome, result.waiting_for) == ("decided", "approve", ())
    assert [row.outcome for row in list_decisions(number=case.number, reader=scene.anna)] == ["wait", "approve"]
    assert count_waiting() == 0


def test_two_workers_at_once_decide_a_case_once(scene: Scene) -> None:
    case, start, decided = waiting_case(scene), Barrier(2), []
    scene.set_mode("criminal", "up")

    def work() -> None:
        start.wait()
        try:
            decided.append(retry_waiting(now=NOW + 2 * SECOND))
        finally:
            connection.close()

    workers = [Thread(target=work) for _ in range(2)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    assert sorted(decided) == [0, 1]
    assert [row.outcome for row in list_decisions(number=case.number, reader=scene.anna)] == ["wait", "approve"]
    assert Licence.objects.filter(number=case.number).count() == 1


def test_a_case_withdrawn_while_its_sources_are_asked_stays_withdrawn(scene: Scene) -> None:
    case = waiting_case(scene)
    scene.set_mode("criminal", "slow")
    arrived = scene.arrival("criminal")
    decided: list[int] = []

    def work() -> None:
        try:
            decided.append(retry_waiting(now=NOW + timedelta(days=2)))
        finally:
            connection.close()

    worker = Thread(target=work)
    worker.start()
    assert arrived.wait(LONG)  # it waits for the agency now, for a while
    withdraw_application(number=case.number, by=scene.anna, now=NOW)
    worker.join()
    assert decided == [0]
    assert scene.result(case).state == "withdrawn"
    assert len(list_decisions(number=case.number, reader=scene.anna)) == 1


def test_the_rules_of_the_filing_day_decide(scene: Scene) -> None:
    case = waiting_case(scene)
    scene.set_mode("criminal", "up")
    assert retry_waiting(now=NOW + timedelta(hours=20)) == 1
    first, last = list_decisions(number=case.number, reader=scene.anna)
    assert first.as_of == last.as_of
    assert str(last.as_of) == "2026-11-23"
    assert last.decided_at == NOW + timedelta(hours=20)


def test_past_its_patience_a_person_takes_the_case(scene: Scene) -> None:
    case = waiting_case(scene)
    assert retry_waiting(now=NOW + timedelta(days=90)) == 1
    result = scene.result(case)
    assert (result.state, result.outcome, [reason["code"] for reason in result.reasons]) == ("referred", "refer", ["SRC-EXHAUSTED"])
    assert retry_waiting(now=NOW + timedelta(days=91)) == 0


def test_many_waiting_cases_ask_a_dead_source_once_a_step(scene: Scene) -> None:
    cases = [waiting_case(scene) for _ in range(6)]
    before = questions(*cases)
    for second in range(1, 31):
        retry_waiting(now=NOW + second * SECOND)
    asked = questions(*cases) - before
    assert 5 <= asked <= 10
    scene.set_mode("criminal", "up")
    assert sum(retry_waiting(now=NOW + second * SECOND) for second in range(31, 41)) == len(cases)


def test_past_patience_many_cases_ask_a_dead_source_once(scene: Scene) -> None:
    cases = [waiting_case(scene) for _ in range(4)]
    before = questions(*cases)
    assert retry_waiting(now=NOW + timedelta(days=2)) == len(cases)
    assert questions(*cases) - before == 1


def test_silence_counts_from_its_beginning(scene: Scene) -> None:
    case = waiting_case(scene)
    retry_waiting(now=NOW + 5 * SECOND)
    assert scene.result(case).waiting_for[0].since == NOW


def test_a_source_that_answered_is_not_asked_again_for_another(scene: Scene) -> None:
    scene.change("population", "household_registration", hukou_region_code="450103")
    key = {"id_number": scene.rows["population"]["population_basic"][0]["id_number"]}
    scene.rows["residence"] = {
        "residence_permit": [{**key, "permit_no": "R1", "valid_from": "2020-01-01", "endorsed_to": "2027-01-01", "status": "有效"}],
        "residence_registration": [{**key, "address_code": "A1", "residence_address": "演示路2号", "police_station": "演示派出所",
                                    "move_in_on": "2020-01-01", "move_out_on": None}],
    }
    case = waiting_case(scene, agency="residence")
    assert {each.source for each in scene.result(case).waiting_for} == {"residence_permit", "residence_registration"}
    scene.set_mode("residence", "up")
    scene.set_mode("criminal", "down")
    retry_waiting(now=NOW + SECOND)
    assert [each.source for each in scene.result(case).waiting_for] == ["criminal_record"]
    asked = questions(case, resource="residence_permit")
    scene.set_mode("criminal", "up")
    assert sum(retry_waiting(now=NOW + second * SECOND) for second in range(2, 12)) == 1
    assert questions(case, resource="residence_permit") == asked
    assert scene.result(case).outcome == "approve"


def test_a_withdrawn_case_is_not_looked_at_again(scene: Scene) -> None:
    case = waiting_case(scene)
    withdraw_application(number=case.number, by=scene.anna, now=NOW)
    scene.set_mode("criminal", "up")
    assert retry_waiting(now=NOW + 2 * SECOND) == 0
    assert scene.result(case).state == "withdrawn"
    assert Waiting.objects.count() == 0


def test_withdrawn_consent_stops_the_next_pull_and_a_person_decides(scene: Scene) -> None:
    case = waiting_case(scene)
    withdraw_consent(receipt=Filing.objects.get(number=case.number).receipt, by=scene.anna, now=NOW)
    scene.set_mode("criminal", "up")
    assert retry_waiting(now=NOW + 2 * SECOND) == 1
    result = scene.result(case)
    assert (result.outcome, "criminal.condition_met" in {each.fact for each in result.prefilled}) == ("refer", False)


def test_a_case_whose_rules_are_gone_does_not_stop_the_others(scene: Scene) -> None:
    lost, case = waiting_case(scene), waiting_case(scene)
    Waiting.objects.get(number=lost.number).decision.__class__.objects.filter(number=lost.number).update(version="0" * 64)
    scene.set_mode("criminal", "up")
    assert sum(retry_waiting(now=NOW + second * SECOND) for second in range(1, 11)) == 1
    assert scene.result(case).outcome == "approve"
    assert Waiting.objects.get(number=lost.number).due_at > NOW + 30 * SECOND


def test_an_exhausted_case_whose_rules_are_gone_does_not_stop_the_others(scene: Scene) -> None:
    cases = [waiting_case(scene) for _ in range(4)]
    late = NOW + timedelta(days=2)
    lost = Waiting.objects.order_by("since", "number")[2]  # not the probe: the first is
    type(lost.decision).objects.filter(number=lost.number).update(version="0" * 64)
    assert retry_waiting(now=late) == 3
    assert {scene.result(case).outcome for case in cases} == {"refer", "wait"}
    assert Waiting.objects.get(number=lost.number).due_at == late + timedelta(minutes=1)
