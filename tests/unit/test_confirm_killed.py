"""A process killed at any statement of a confirm leaves all of it or nothing, and confirming again gives one result.

The kill is on the wire: a proxy sees the n-th statement, BEGIN and COMMIT included, and kills the process before the server gets
it, or as soon as the server has it.
"""

from __future__ import annotations

import multiprocessing
import signal
import tempfile
from collections.abc import Iterator
from multiprocessing.process import BaseProcess
from pathlib import Path

import pytest
from django.conf import settings
from django.db import connection

from miaopi.apps.application.api import Application, get_application
from miaopi.apps.approval.models import DecisionRow
from miaopi.apps.audit.api import person
from miaopi.apps.filing.models import Filing
from miaopi.apps.licence.models import Licence
from tests.unit.approval.office import scene_with
from tests.unit.filing.child import Errand, run
from tests.unit.filing.conftest import scene
from tests.unit.filing.scene import NOW, Scene
from tests.unit.filing.wire import Wire
from tests.waiting import LONG

__all__ = ["scene"]

CLAIMS = "claims: [{kind: one_at_a_time, fact: person.identities_consistent}]"
BOUND = 8  # DESIGN.md F1: statements between BEGIN and COMMIT, both included
TOKEN = "the page of the draft"


@pytest.fixture
def wire() -> Iterator[Wire]:
    """The path of a Unix socket may hold 107 bytes: a short folder of its own."""
    server = connection.settings_dict
    with tempfile.TemporaryDirectory(prefix="w") as folder:
        built = Wire(Path(folder), server["HOST"], str(server["PORT"] or 5432))
        yield built
        built.close()


def start(scene: Scene, wire: Wire, case: Application) -> BaseProcess:
    fork = multiprocessing.get_context("forkserver")
    fork.set_forkserver_preload(["tests.unit.filing.nursery"])
    city = settings.MIAOPI_CITY
    errand = Errand(
        number=case.number, token=TOKEN, by=scene.anna, now=NOW, city=city.folder, city_settings=dict(city.settings),
        agencies=settings.MIAOPI_AGENCIES, database={"HOST": wire.folder, "NAME": connection.settings_dict["NAME"]},
    )
    child = fork.Process(target=run, args=(errand,))
    child.start()
    return child


def commit_of(said: list[str]) -> range:
    """Where the last transaction stands among the statements, counted from 1, BEGIN and COMMIT included."""
    begins = [number for number, text in enumerate(said, 1) if text.upper().startswith("BEGIN")]
    return range(begins[-1], len(said) + 1)


def whole_confirm(scene: Scene, wire: Wire) -> list[str]:
    child = start(scene, wire, scene.draft())
    child.join(LONG)
    assert child.exitcode == 0
    return list(wire.said)


def check_commit(said: list[str], bound: int) -> None:
    commit = [said[number - 1] for number in commit_of(said)]
    assert commit[0].upper().startswith("BEGIN")
    assert commit[-1].upper().startswith("COMMIT")
    assert len(commit) <= bound, "\n".join(text.split("\n")[0][:90] for text in commit)


def test_a_confirm_commits_in_eight_statements_counted_on_the_wire(scene: Scene, wire: Wire) -> None:
    check_commit(whole_confirm(scene, wire), BOUND)


def test_a_confirm_that_comes_to_a_person_commits_in_eight_statements_too(scene: Scene, wire: Wire) -> None:
    scene.change("criminal", "criminal_record", condition_met="uncertain")
    said = whole_confirm(scene, wire)
    assert any("approval_referral" in text for text in said)
    check_commit(said, BOUND)


def test_a_claim_is_one_statement_more(database: str, tmp_path: Path, wire: Wire) -> None:
    with scene_with(tmp_path, service=CLAIMS) as scene:
        said = whole_confirm(scene, wire)
        assert any("approval_claim" in text for text in said)
        check_commit(said, BOUND + 1)


def killed_at(scene: Scene, wire: Wire, number: int, *, reached: bool) -> Application:
    """A draft whose confirming process died at that statement of the wire, which the server got (`reached`) or not."""
    case = scene.draft()
    child = wire.kill_at(number, lambda: start(scene, wire, case), reached=reached)
    assert child.exitcode == -signal.SIGKILL
    return case


def parts_of(case: Application) -> list[bool]:
    """Which parts of a confirmation are there."""
    filing = Filing.objects.get(number=case.number)
    return [
        get_application(number=case.number, reader=person(case.applicant)).state == "decided",
        filing.confirmed_at is not None,
        TOKEN in filing.tokens,
        DecisionRow.objects.filter(number=case.number).exists(),
        Licence.objects.filter(number=case.number).exists(),
        entries_of(case) > 0,
    ]


def entries_of(case: Application) -> int:
    """Entries of the log that say this filing was confirmed, read from the rows themselves."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM audit_entry WHERE kind = 'filing.FilingConfirmed' AND number = %s", [case.number])
        return int(cursor.fetchone()[0])


@pytest.mark.parametrize("reached", [False, True], ids=["before", "after"])
def test_killed_at_any_statement_nothing_is_half_written_and_confirming_again_gives_one_result(
    scene: Scene, wire: Wire, reached: bool
) -> None:
    for number in commit_of(whole_confirm(scene, wire)):
        case = killed_at(scene, wire, number, reached=reached)
        again = scene.confirm(case, token=TOKEN)  # waits for what the dead process's server may still be doing
        assert all(parts_of(case)), f"statement {number}"
        assert again.token == TOKEN
        assert scene.result(case).outcome == "approve"
        assert DecisionRow.objects.filter(number=case.number).count() == 1
        assert Licence.objects.filter(number=case.number).count() == 1
        assert entries_of(case) == 1


@pytest.mark.parametrize("reached", [False, True], ids=["before", "after"])
def test_an_answer_lost_at_any_statement_is_looked_up_before_anything_is_said(scene: Scene, wire: Wire, reached: bool) -> None:
    """The line breaks and the process lives: an error at COMMIT is unknown, and confirming itself finds out."""
    for number in commit_of(whole_confirm(scene, wire)):
        case = scene.draft()
        wire.said.clear()
        wire.before = lambda seen, text, number=number: reached or seen != number  # type: ignore[misc]  # bound for the loop
        wire.after = lambda seen, text, number=number: not (reached and seen == number)  # type: ignore[misc]  # the same
        child = start(scene, wire, case)
        child.join(LONG)
        wire.before = wire.after = lambda seen, text: True
        assert child.exitcode == 0, f"statement {number}"
        assert all(parts_of(case)), f"statement {number}"
        assert DecisionRow.objects.filter(number=case.number).count() == 1
        assert Licence.objects.filter(number=case.number).count() == 1
        assert entries_of(case) == 1


def test_killed_before_the_commit_nothing_is_there(scene: Scene, wire: Wire) -> None:
    for number in commit_of(whole_confirm(scene, wire)):
        case = killed_at(scene, wire, number, reached=False)
        assert not any(parts_of(case)), f"statement {number}"
        assert get_application(number=case.number, reader=scene.anna).state == "draft"
