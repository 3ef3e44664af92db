"""A running application finishes under the version it was filed under (DESIGN.md §7.5, ADR 0012). All persons are made up."""

from __future__ import annotations

import json
import shutil
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from miaopi.apps.application.api import Application, get_application
from miaopi.apps.approval.api import list_decisions, retry_waiting
from miaopi.apps.approval.models import DecisionRow
from miaopi.apps.approval.queries.decisions import unseal_beside
from miaopi.apps.audit.api import list_entries, run_after_handlers, sequence
from miaopi.apps.catalogue.api import get_service, get_service_in_force
from miaopi.apps.catalogue.models import RuleFiles
from miaopi.apps.filing.api import dispute, enter, get_draft
from miaopi.apps.notification.models import Message
from miaopi.definitions import ServicePackage, load_service
from miaopi.kernel.decision.replay import replay
from miaopi.kernel.errors import DefinitionError, InputError
from miaopi.kernel.receipt import Receipt, read_receipt
from tests.unit.filing.conftest import scene
from tests.unit.filing.scene import ANNA, NOW, ROOT, SERVICE, Scene

__all__ = ["scene"]

SECOND = timedelta(seconds=1)
LATER = NOW + timedelta(minutes=5)
STRICTER = ("parameters.yaml", 'value: "14"', 'value: "140"')  # nobody is that old: a person would have to look


def changed(folder: Path, *changes: tuple[str, str, str]) -> ServicePackage:
    """The service after an author changed words of its files: file, from, to."""
    copy = folder / SERVICE
    shutil.copytree(ROOT / "services" / SERVICE, copy, dirs_exist_ok=True)
    for name, before, after in changes:
        text = (copy / name).read_text(encoding="utf-8")
        assert before in text
        (copy / name).write_text(text.replace(before, after), encoding="utf-8")
    return load_service(copy)


def put_in_force(scene: Scene, folder: Path, *changes: tuple[str, str, str]) -> ServicePackage:
    package = changed(folder, *changes)
    scene.put_in_force(package, now=NOW + SECOND)
    return package


def receipt_of(row: DecisionRow) -> Receipt:
    beside = unseal_beside(row.id, row.kept)
    assert beside is not None
    return read_receipt({
        "statement": json.loads(bytes(row.statement)), "facts": beside.facts, "values": beside.values, "salt": beside.salt,
        "signature": None,
    })  # fmt: skip


def waiting_case(scene: Scene) -> Application:
    scene.set_mode("criminal", "down")
    case = scene.draft()
    scene.confirm(case)
    assert scene.result(case).outcome == "wait"
    return case


def test_a_case_that_waits_is_decided_by_the_version_it_was_filed_under(scene: Scene, tmp_path: Path) -> None:
    old, case = scene.package, waiting_case(scene)
    new = put_in_force(scene, tmp_path, STRICTER)
    scene.set_mode("criminal", "up")
    assert retry_waiting(now=LATER) == 1
    assert scene.result(case).outcome == "approve"
    assert {row.version for row in list_decisions(number=case.number, reader=scene.anna)} == {old.version}
    entry = next(each for each in list_entries(number=case.number) if each.body.get("outcome") == "approve")
    assert entry.actor == {"kind": "rule_set", "id": f"{SERVICE}@{old.version}"}
    assert get_service_in_force(SERVICE, LATER).version == new.version


def test_the_new_version_sends_the_same_case_to_a_person(scene: Scene, tmp_path: Path) -> None:
    scene.put_in_force(new := changed(tmp_path, STRICTER), now=NOW + SECOND)
    case = scene.draft(now=LATER, package=new)
    scene.confirm(case, now=LATER)
    assert [reason["code"] for reason in scene.result(case).reasons] == ["NCR-01"]


def test_an_old_decision_replays_to_the_byte_under_its_kept_version(scene: Scene, tmp_path: Path) -> None:
    case = scene.draft()
    scene.confirm(case)
    put_in_force(scene, tmp_path, STRICTER)
    [row] = list_decisions(number=case.number, reader=scene.anna)
    again = replay(get_service(row.service, row.version).definition, receipt_of(row))
    assert again is not None
    assert again.statement() == bytes(row.statement)


def test_the_message_has_the_words_of_the_version_that_decided(scene: Scene, tmp_path: Path) -> None:
    case = scene.draft()
    scene.confirm(case)
    put_in_force(scene, tmp_path, ("service.yaml", "已办结，可在", "已办好，请看"))
    sequence()
    run_after_handlers(now=LATER)
    assert "已办结，可在" in Message.objects.get(number=case.number).text


def test_kept_files_make_the_same_package_whatever_the_folder_says(scene: Scene, tmp_path: Path) -> None:
    package = put_in_force(scene, tmp_path, ("service.yaml", "2分钟", "7分钟"))
    changed(tmp_path, STRICTER)
    kept = get_service(SERVICE, package.version)
    assert kept.promised.zh == "7分钟"
    assert kept.files == package.files
    assert kept is get_service(SERVICE, package.version)


@pytest.mark.parametrize(
    "alteration",
    [
        ("rules.yaml", ">= guardian_age", ">= 13"), ("parameters.yaml", 'value: "14"', 'value: "13"'),
        ("facts.yaml", "zh: 申请人类型", "zh: 申请人种类"), ("service.yaml", "patience: 24 hours", "patience: 25 hours"),
    ],
    ids=lambda alteration: alteration[0],
)  # fmt: skip
def test_a_version_whose_kept_files_were_altered_does_not_load(scene: Scene, tmp_path: Path, alteration: tuple[str, str, str]) -> None:
    name, before, after = alteration
    package = put_in_force(scene, tmp_path, ("service.yaml", "2分钟", f"{len(name)}分钟"))
    assert before in package.files[name]
    altered = dict(package.files) | {name: package.files[name].replace(before, after)}
    RuleFiles.objects.filter(version=package.version).update(files=altered)
    with pytest.raises(DefinitionError, match="altered"):
        get_service(SERVICE, package.version)


@pytest.mark.parametrize("files", [{}, {"rules.yaml": "conditions: ["}])
def test_a_version_that_cannot_be_read_says_where(scene: Scene, tmp_path: Path, files: dict[str, str]) -> None:
    package = put_in_force(scene, tmp_path, ("service.yaml", "2分钟", f"{20 + len(files)}分钟"))
    RuleFiles.objects.filter(version=package.version).update(files=files)
    with pytest.raises(DefinitionError, match=f"version-{package.version[:12]}/{SERVICE}/"):
        get_service(SERVICE, package.version)


def test_a_version_that_was_never_published_does_not_load(scene: Scene) -> None:
    with pytest.raises(DefinitionError, match="never published"):
        get_service(SERVICE, "0" * 64)
    with pytest.raises(DefinitionError, match="never published"):
        get_service("another-service", scene.package.version)


def test_a_draft_is_filed_by_the_rules_of_the_confirm_instant_once_she_has_seen_it(scene: Scene, tmp_path: Path) -> None:
    old, case = scene.package, scene.draft()
    enter(number=case.number, values={"purpose": "abroad", "account.mobile": "13900000000"}, by=scene.anna, now=NOW)
    dispute(number=case.number, fact="account.id_number", by=scene.anna, now=NOW)
    before = get_draft(number=case.number, reader=scene.anna, now=NOW)
    new = put_in_force(scene, tmp_path, STRICTER)
    with pytest.raises(InputError, match="not filed yet") as told:
        scene.confirm(case, now=LATER)
    assert told.value.field == "version"
    assert not list_decisions(number=case.number, reader=scene.anna)
    kept = get_draft(number=case.number, reader=scene.anna, now=LATER)
    assert (kept.version, kept.token) == (new.version, before.token)
    assert (kept.facts, kept.entered, kept.disputed) == (before.facts, before.entered, before.disputed)
    [moved] = [each for each in list_entries(number=case.number) if each.kind == "application.VersionChanged"]
    assert (moved.body["earlier"], moved.body["version"]) == (old.version, new.version)
    scene.confirm(case, entered={}, now=LATER)
    [row] = list_decisions(number=case.number, reader=scene.anna)
    assert (row.version, row.outcome, row.reason_codes[0]) == (new.version, "refer", "NCR-01")


def test_carried_over_a_draft_loses_only_facts_that_mean_something_else(scene: Scene, tmp_path: Path) -> None:
    case = scene.draft()
    enter(number=case.number, values={"purpose": "abroad", "account.mobile": "13900000000"}, by=scene.anna, now=NOW)
    put_in_force(scene, tmp_path, ("facts.yaml", "    abroad:", "    overseas:"))
    with pytest.raises(InputError):
        scene.confirm(case, now=LATER)
    draft = get_draft(number=case.number, reader=scene.anna, now=LATER)
    assert (draft.entered, draft.missing) == ({"account.mobile"}, ("purpose",))
    scene.confirm(case, entered={"purpose": "overseas"}, now=LATER)
    assert scene.result(case).typed_values == {"purpose": "overseas", "account.mobile": "13900000000"}


@pytest.mark.parametrize(
    "change",
    [
        ("service.yaml", "consent:\n  zh: ", "consent:\n  zh: 另外"),
        ("facts.yaml", "source: population_basic.birth_date", "source: population_basic.former_name_day"),
    ],
    ids=["another purpose", "another field"],
)
def test_a_version_that_asks_more_than_she_consented_to_files_nothing_and_keeps_the_draft(
    scene: Scene, tmp_path: Path, change: tuple[str, str, str]
) -> None:
    case = scene.draft()
    enter(number=case.number, values={"purpose": "abroad"}, by=scene.anna, now=NOW)
    before = get_draft(number=case.number, reader=scene.anna, now=NOW)
    put_in_force(scene, tmp_path, change)
    for _ in range(2):
        with pytest.raises(InputError, match="your draft is kept") as told:
            scene.confirm(case, now=LATER)
        assert told.value.field == "consent"
    after = get_draft(number=case.number, reader=scene.anna, now=NOW)
    assert after == before
    assert get_application(number=case.number, reader=scene.anna).version == case.version


def test_a_supplement_that_is_confirmed_again_is_a_new_filing(scene: Scene, tmp_path: Path) -> None:
    old, scene.anna = scene.package, scene.enter(replace(ANNA, assurance_level=2))
    case = scene.draft()
    scene.confirm(case)
    assert scene.result(case).outcome == "supplement"
    new = put_in_force(scene, tmp_path, STRICTER)
    scene.anna = scene.enter(ANNA)
    with pytest.raises(InputError, match="not filed yet"):
        scene.confirm(case, now=LATER)
    assert (scene.result(case).outcome, scene.result(case).name) == ("supplement", old.name)
    scene.confirm(case, now=LATER)
    rows = list_decisions(number=case.number, reader=scene.anna)
    assert [(row.round, row.version, row.outcome) for row in rows] == [(1, old.version, "supplement"), (2, new.version, "refer")]


def test_a_confirmed_case_is_not_carried_over(scene: Scene, tmp_path: Path) -> None:
    case = scene.draft()
    first = scene.confirm(case)
    put_in_force(scene, tmp_path, STRICTER)
    again = scene.confirm(case, token=first.token, now=LATER)
    assert again.repeated
    assert get_application(number=case.number, reader=scene.anna).version == case.version
    assert scene.result(case, now=LATER).version == case.version
