"""Disputes and corrections: they land at the agency that keeps the record, with a clock. All persons are made up."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from pathlib import Path
from threading import Event
from types import SimpleNamespace

import pytest
from django.db import connection
from django.test import override_settings

from miaopi.apps.audit.api import Actor, act, list_accesses, person, sequence, staff
from miaopi.apps.exchange import models
from miaopi.apps.exchange.api import (
    Dispute,
    DisputeState,
    answer_dispute,
    file_dispute,
    get_correction,
    list_disputes,
    list_own_disputes,
    list_quality,
    read_dispute,
    report_correction,
    run_disputes,
    transfer_dispute,
)
from miaopi.apps.identity.api import Role, add_staff, pseudonym
from miaopi.config.offices import load_calendar
from miaopi.kernel.calendar import compute_legal_day
from miaopi.kernel.errors import InputError, NotFound, RightsError
from miaopi.kernel.wording import Text
from tests.unit.exchange.entries import entries, entry_text
from tests.unit.exchange.scene import ANNA, KEEPER, NOW, Scene
from tests.waiting import awaited, until

CITY = Path(__file__).parents[3] / "cities/demo"
DAY = timedelta(days=1)
CLAIM = "我生于1950年"


@pytest.fixture
def scene(tmp_path: Path) -> Iterator[Scene]:
    made = Scene(tmp_path)
    city = SimpleNamespace(folder=tmp_path, calendar=load_calendar(CITY))
    with override_settings(MIAOPI_CITY=city, MIAOPI_AGENCIES=str(made.addresses)):
        made.open()
        yield made


def steward(agency: str, *, id_number: str | None = None) -> Actor:
    name = Text(zh=f"演示{agency}", en=f"Demo {agency}")
    return add_staff(
        staff_id=f"steward-{agency}", name=name, role=Role.STEWARD, office=agency, queues=(), id_number=id_number, by=KEEPER, now=NOW
    ).actor


def filed(scene: Scene, *, resource: str = "population_basic", field: str = "birth_date") -> str:
    (made, *_) = file_dispute(subject=scene.subject, resource=resource, field=field, claim=CLAIM, by=scene.by, now=NOW)
    return made.id


def test_a_dispute_lands_at_the_agency_with_a_clock_of_five_working_days_and_its_words_in_no_entry(scene: Scene) -> None:
    filed(scene)
    (waiting,) = list_disputes(agency="population")
    assert (waiting.state, waiting.field, waiting.due_at) == (
        DisputeState.FILED, "birth_date", datetime.fromisoformat("2026-12-02T18:00:00+08:00")
    )
    assert list_disputes(agency="criminal") == []
    assert [entry["field"] for entry in entries("DisputeFiled")] == ["birth_date"]
    assert CLAIM not in entry_text()


def test_where_several_agencies_must_agree_each_checks_its_own_record(scene: Scene) -> None:
    made = file_dispute(subject=scene.subject, resource="address", field="street", by=scene.by, now=NOW)
    assert [each.agency for each in made] == ["population", "second"]


def test_a_dispute_that_waits_is_filed_once_and_after_its_answer_again(scene: Scene) -> None:
    first = filed(scene)
    assert filed(scene) == first
    answer_dispute(dispute=first, finding="unfounded", answer="原始档案如此。", by=steward("population"), now=NOW + DAY)
    assert filed(scene) != first


def test_however_much_waits_it_hides_nothing_that_is_answered(scene: Scene) -> None:
    answered = filed(scene)
    answer_dispute(dispute=answered, finding="unfounded", answer="原始档案如此。", by=steward("population"), now=NOW + DAY)
    models.Dispute.objects.bulk_create(
        models.Dispute(
            id=f"{number:032x}", agency="population", resource="population_basic", field="name", party=f"{number}", subject=f"{number}",
            content=b"", state=DisputeState.FILED, filed_at=NOW, due_at=NOW + DAY,
        )
        for number in range(250)
    )  # fmt: skip
    assert answered in [each.id for each in list_disputes(agency="population")]


def test_nobody_disputes_the_record_of_another(scene: Scene) -> None:
    stranger, _ = scene.stranger(1)
    with pytest.raises(RightsError):
        file_dispute(subject=scene.subject, resource="population_basic", field="name", by=person(stranger), now=NOW)


def test_a_field_that_is_not_there_and_words_without_end_are_refused(scene: Scene) -> None:
    with pytest.raises(InputError, match="no such field"):
        filed(scene, field="colour")
    with pytest.raises(InputError, match="not readable"):
        file_dispute(subject=scene.subject, resource="population_basic", field="name", claim="长" * 501, by=scene.by, now=NOW)


def test_the_steward_of_the_agency_reads_it_and_its_subject_sees_that_she_did(scene: Scene) -> None:
    dispute = filed(scene)
    view = read_dispute(dispute=dispute, by=steward("population"), now=NOW)
    assert (view.content.claim, view.dispute.field) == (CLAIM, "birth_date")
    assert (view.name, view.id_number) == (ANNA.name, ANNA.id_number)  # else she could not find the record in her register
    assert CLAIM not in repr(view)
    assert ANNA.id_number not in repr(view)
    sequence()
    (look,) = list_accesses(pseudonym(scene.subject))
    assert (look.kind, look.body["staff"]) == ("exchange.DisputeRead", "steward-population")
    assert look.body["fields"] == ["name", "id_number", "birth_date"]


def test_for_another_steward_and_for_the_person_herself_at_her_desk_there_is_no_such_dispute(scene: Scene) -> None:
    dispute = filed(scene)
    with pytest.raises(NotFound):
        read_dispute(dispute=dispute, by=steward("criminal"), now=NOW)
    with pytest.raises(NotFound):
        answer_dispute(dispute=dispute, finding="corrected", answer="好", by=steward("population", id_number=ANNA.id_number), now=NOW)
    with pytest.raises(RightsError):
        read_dispute(dispute=dispute, by=scene.by, now=NOW)


@pytest.mark.parametrize(("finding", "corrections"), [("corrected", 1), ("partly", 1), ("unfounded", 0)])
def test_an_answer_is_read_by_her_and_says_what_was_corrected(scene: Scene, finding: str, corrections: int) -> None:
    answer_dispute(dispute=filed(scene), finding=finding, answer="已核对原始档案。", by=steward("population"), now=NOW + DAY)
    (seen,) = list_own_disputes(reader=scene.by)
    assert (seen.state, seen.answer, seen.answered_at) == (finding, "已核对原始档案。", NOW + DAY)
    told = entries("RecordCorrected")
    assert len(told) == corrections
    if told:
        correction = get_correction(told[0]["correction"])
        assert (correction.fields, correction.party, correction.dispute) == (("birth_date",), scene.subject, seen.id)
    (quality,) = list_quality(since=compute_legal_day(NOW))
    assert (quality.disputed, quality.upheld) == (1, corrections)


def test_an_answer_has_one_of_three_findings_and_words_and_is_given_once(scene: Scene) -> None:
    dispute, by = filed(scene), steward("population")
    with pytest.raises(InputError, match="corrected, partly or unfounded"):
        answer_dispute(dispute=dispute, finding="filed", answer="好", by=by, now=NOW)
    with pytest.raises(InputError, match="not readable"):
        answer_dispute(dispute=dispute, finding="corrected", answer=" ", by=by, now=NOW)
    answer_dispute(dispute=dispute, finding="corrected", answer="已更正。", by=by, now=NOW)
    with pytest.raises(InputError, match="the dispute is corrected"):
        answer_dispute(dispute=dispute, finding="unfounded", answer="没错。", by=by, now=NOW)
    assert len(entries("RecordCorrected")) == 1


def test_who_is_late_is_written_down_once(scene: Scene) -> None:
    filed(scene)
    due = list_disputes(agency="population")[0].due_at
    assert run_disputes(by=KEEPER, now=due) == 0
    assert [run_disputes(by=KEEPER, now=due + timedelta(seconds=1)) for _ in range(2)] == [1, 0]
    assert [entry["agency"] for entry in entries("DisputeOverdue")] == ["population"]
    assert list_disputes(agency="population")[0].is_overdue(due + timedelta(seconds=1))


def test_a_dispute_is_passed_on_to_whoever_has_the_record_and_its_time_runs_on(scene: Scene) -> None:
    dispute, by = filed(scene), steward("population")
    other, due = steward("criminal"), list_disputes(agency="population")[0].due_at
    made = transfer_dispute(dispute=dispute, to="criminal", answer="这项由公安登记。", by=by, now=NOW + DAY)
    assert (made.agency, made.state, made.filed_at, made.due_at) == ("criminal", DisputeState.FILED, NOW, due)
    there, here = sorted(list_own_disputes(reader=scene.by), key=lambda each: each.state != DisputeState.FILED)
    assert (there.id, here.id) == (made.id, dispute)
    assert (here.state, here.transferred_to, here.answer) == (DisputeState.TRANSFERRED, "criminal", "这项由公安登记。")
    assert read_dispute(dispute=made.id, by=other, now=NOW + DAY).content.claim == CLAIM
    (told,) = entries("DisputeTransferred")
    assert (told["dispute"], told["became"], told["to"]) == (dispute, made.id, "criminal")
    assert CLAIM not in entry_text()
    assert run_disputes(by=KEEPER, now=due + timedelta(seconds=1)) == 1
    assert [entry["agency"] for entry in entries("DisputeOverdue")] == ["criminal"]
    answer_dispute(dispute=made.id, finding="corrected", answer="已更正。", by=other, now=due + DAY)
    assert [(entry["agency"], entry["dispute"]) for entry in entries("RecordCorrected")] == [("criminal", made.id)]


def test_a_dispute_is_passed_on_once_to_somebody_who_answers_and_never_in_a_ring(scene: Scene) -> None:
    dispute, by = filed(scene), steward("population")
    with pytest.raises(InputError, match="no such agency, or it has no steward"):
        transfer_dispute(dispute=dispute, to="criminal", answer="归公安。", by=by, now=NOW)
    other = steward("criminal")
    with pytest.raises(InputError, match="had the dispute"):
        transfer_dispute(dispute=dispute, to="population", answer="归公安。", by=by, now=NOW)
    with pytest.raises(InputError, match="the answer is empty"):
        transfer_dispute(dispute=dispute, to="criminal", answer=" ", by=by, now=NOW)
    with pytest.raises(NotFound):
        transfer_dispute(dispute=dispute, to="population", answer="归人口。", by=other, now=NOW)
    made = transfer_dispute(dispute=dispute, to="criminal", answer="归公安。", by=by, now=NOW)
    with pytest.raises(InputError, match="the dispute is passed on"):
        transfer_dispute(dispute=dispute, to="criminal", answer="归公安。", by=by, now=NOW)
    with pytest.raises(InputError, match="had the dispute"):
        transfer_dispute(dispute=made.id, to="population", answer="归人口。", by=other, now=NOW)


def test_one_that_waits_there_already_is_not_filed_again_and_keeps_the_earlier_clock(scene: Scene) -> None:
    by, other = steward("population"), steward("second")
    mine, theirs = file_dispute(subject=scene.subject, resource="address", field="street", by=scene.by, now=NOW)
    answer_dispute(dispute=theirs.id, finding="unfounded", answer="无误。", by=other, now=NOW + DAY)
    _, later = file_dispute(subject=scene.subject, resource="address", field="street", by=scene.by, now=NOW + 2 * DAY)
    assert later.due_at > mine.due_at
    made = transfer_dispute(dispute=mine.id, to="second", answer="归另一部门。", by=by, now=NOW + 2 * DAY)
    assert (made.id, made.due_at) == (later.id, mine.due_at)


def test_what_the_register_said_is_passed_on_to_nobody_who_does_not_keep_that_record(scene: Scene) -> None:
    told = {"subject": scene.subject, "claim": CLAIM, "seen": "1949-12-31", "by": scene.by, "now": NOW}
    (mine,) = file_dispute(resource="population_basic", field="birth_date", **told)
    other, keeper = steward("criminal"), steward("second")
    assert read_dispute(dispute=mine.id, by=steward("population"), now=NOW).content.seen == "1949-12-31"
    made = transfer_dispute(dispute=mine.id, to="criminal", answer="归公安。", by=staff("steward-population", "steward"), now=NOW)
    content = read_dispute(dispute=made.id, by=other, now=NOW).content
    assert (content.claim, content.seen) == (CLAIM, "")
    first, second = file_dispute(resource="address", field="street", **told)
    answer_dispute(dispute=second.id, finding="unfounded", answer="无误。", by=keeper, now=NOW)
    made = transfer_dispute(dispute=first.id, to="second", answer="归另一部门。", by=staff("steward-population", "steward"), now=NOW)
    assert read_dispute(dispute=made.id, by=keeper, now=NOW).content.seen == "1949-12-31"


def test_one_that_is_answered_there_in_that_moment_is_no_place_to_wait(scene: Scene) -> None:
    by, other = steward("population"), steward("second")
    mine, theirs = file_dispute(subject=scene.subject, resource="address", field="street", by=scene.by, now=NOW)
    answered, passed = Event(), Event()

    def answer() -> None:
        try:
            with act(by=other, now=NOW):
                answer_dispute(dispute=theirs.id, finding="unfounded", answer="无误。", by=other, now=NOW)
                answered.set()
                awaited(lambda: passed.is_set() or count_waiting())
        finally:
            connection.close()

    with ThreadPoolExecutor(1) as pool:
        done = pool.submit(answer)
        until(answered.is_set)
        try:
            transfer_dispute(dispute=mine.id, to="second", answer="归另一部门。", by=by, now=NOW)
        finally:
            passed.set()
        done.result()
    waiting = [each.agency for each in list_own_disputes(reader=scene.by) if each.state is DisputeState.FILED]
    assert waiting == ["second"], "nobody has it any more"


def test_two_that_are_passed_to_each_other_do_not_both_go(scene: Scene) -> None:
    filed = file_dispute(subject=scene.subject, resource="address", field="street", by=scene.by, now=NOW)
    stewards = {agency: steward(agency) for agency in ("population", "second")}

    def pass_on(dispute: Dispute) -> bool:
        (to,) = {"population", "second"} - {dispute.agency}
        try:
            transfer_dispute(dispute=dispute.id, to=to, answer="归另一部门。", by=stewards[dispute.agency], now=NOW)
        except InputError:
            return False
        finally:
            connection.close()
        return True

    with ThreadPoolExecutor(2) as pool:
        assert sorted(pool.map(pass_on, filed)) == [False, True]
    assert [each.state for each in list_own_disputes(reader=scene.by)] == [DisputeState.FILED, DisputeState.TRANSFERRED]


def count_waiting() -> int:
    """How many wait for a lock."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'")
        return int(cursor.fetchone()[0])


def test_an_agency_reports_a_correction_of_its_own(scene: Scene) -> None:
    made = report_correction(
        resource="population_basic", subject=scene.subject, fields=("sex", "sex"), by=steward("population"), now=NOW
    )
    assert (made.fields, made.agency, made.subject) == (("sex",), "population", pseudonym(scene.subject))
    with pytest.raises(RightsError):
        report_correction(resource="population_basic", subject=scene.subject, fields=("sex",), by=steward("criminal"), now=NOW)
