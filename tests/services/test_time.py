"""The law of the day: what is in force, what was known, and a past decision that comes out the same after the rules moved on."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from miaopi.cli.app import main
from miaopi.definitions import load_service
from miaopi.kernel.errors import DefinitionError
from tests.services.travel_pass import GOOD, rewrite, write_travel_pass

AGE = '    - {from: 2021-01-01, value: "65", basis: {instrument: 示例敬老办法, article: 第二条}}\n'
LOWER = '    - {from: 2027-01-01, value: "60", basis: {instrument: 示例调整通知, article: 第一条}, published: 2026-10-01}\n'
CONDITION = "  - id: age\n"
VERSIONS = """\
  - id: local
    kind: eligibility
    text: {zh: 福田户籍, en: Hukou in Futian}
    holds: hukou.region_code = "440304"
    basis: {instrument: 示例敬老办法, article: 第三条}
    otherwise: TP-02
    from: 2022-01-01
    to: 2027-01-01
  - id: local
    kind: eligibility
    text: {zh: 罗湖户籍, en: Hukou in Luohu}
    holds: hukou.region_code = "440303"
    basis: {instrument: 示例调整通知, article: 第二条}
    otherwise: TP-02
    from: 2027-01-01
    published: 2026-10-01
  - {id: local, repealed: 2028-01-01, basis: {instrument: 示例废止决定, article: 第一条}, published: 2027-10-01}
"""


@pytest.fixture
def package(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The travel pass with an age that falls in 2027, and a condition that begins in 2022, changes in 2027 and ends with it."""
    monkeypatch.setenv("MIAOPI_HOME", str(tmp_path / "home"))
    folder = write_travel_pass(tmp_path)
    rewrite(folder, "parameters.yaml", AGE, AGE + LOWER)
    rewrite(folder, "rules.yaml", CONDITION, VERSIONS + CONDITION)
    return folder


@pytest.fixture
def decided(package: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Any:
    def decide(*words: str, **facts: str) -> str:
        file = tmp_path / "facts.json"
        file.write_text(json.dumps(GOOD | {name.replace("__", "."): value for name, value in facts.items()}), encoding="utf-8")
        code = main(["decide", str(package), "--facts", str(file), *words, "--json"])
        said = capsys.readouterr()
        return said.out if code == 0 else f"exit {code}: {said.out}{said.err}"

    return decide


def stands(document: str) -> dict[str, bool | None]:
    return {one["id"]: one["value"] for one in json.loads(document)["conditions"]}


def test_a_parameter_changes_on_its_day(decided: Any) -> None:
    born = {"person__birth_date": "1966-06-01"}
    assert stands(decided("--on", "2026-12-31", **born))["age"] is False
    assert stands(decided("--on", "2027-01-01", **born))["age"] is True
    assert stands(decided("--on", "2027-01-01", "--known-at", "2026-09-30", **born))["age"] is False
    assert stands(decided("--on", "2027-01-01", "--known-at", "2026-10-01", **born))["age"] is True


def test_a_condition_begins_changes_and_ends_on_its_day(decided: Any) -> None:
    days = ("2021-12-31", "2022-01-01", "2026-12-31", "2027-01-01", "2027-12-31", "2028-01-01")
    found = [stands(decided("--on", day, person__birth_date="1950-01-01")).get("local", "none") for day in days]
    assert found == ["none", True, True, False, False, "none"]
    assert stands(decided("--on", "2027-01-01", "--known-at", "2026-09-30"))["local"] is True
    assert stands(decided("--on", "2028-01-01", "--known-at", "2027-09-30"))["local"] is False


def test_before_the_first_law_is_an_error_that_names_it(decided: Any) -> None:
    said = decided("--on", "2020-12-31")
    assert said.startswith("exit 2") and "free_from_age" in said and "2021-01-01" in said
    said = decided("--on", "2026-12-31", "--known-at", "2020-12-31")
    assert said.startswith("exit 2") and "free_from_age" in said


def test_before_its_regime_a_service_redirects(package: Path, decided: Any) -> None:
    rewrite(package, "rules.yaml", "reasons:\n", "in_force: {from: 2021-01-01, otherwise: TP-01}\nreasons:\n")
    assert json.loads(decided("--on", "2020-12-31"))["outcome"] == "redirect"
    assert json.loads(decided("--on", "2021-01-01", person__birth_date="1950-01-01"))["outcome"] == "approve"


@pytest.mark.parametrize("gone", [False, True], ids=["changed", "gone"])
def test_a_decision_replays_to_the_same_bytes_after_the_rules_moved_on(
    package: Path, decided: Any, tmp_path: Path, capsys: pytest.CaptureFixture[str], gone: bool
) -> None:
    given = decided("--on", "2026-12-31")
    (tmp_path / "receipt.json").write_text(given, encoding="utf-8")
    rewrite(package, "parameters.yaml", 'value: "65"', 'value: "99"')
    assert json.loads(decided("--on", "2026-12-31"))["outcome"] != json.loads(given)["outcome"]
    if gone:
        package.rename(tmp_path / "elsewhere")
    for words in ((), (str(package),)):
        assert main(["decide", *words, "--receipt", str(tmp_path / "receipt.json"), "--json"]) == 0
        assert capsys.readouterr().out == given
    kept = tmp_path / "home/versions" / f"{json.loads(given)['definition']['version']}.json"
    kept.write_text(kept.read_text("utf-8").replace("lotus", "lilac"), encoding="utf-8")
    assert main(["decide", "--receipt", str(tmp_path / "receipt.json"), "--json"]) == 4
    assert "altered" in capsys.readouterr().out


def test_values_beside_the_statement_are_checked_and_after_erasure_not_shown(
    decided: Any, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "receipt.json"
    given = json.loads(decided("--on", "2026-12-31"))["receipt"]
    for values in ({**given["values"], "name": "某人"}, {}, None):
        path.write_text(json.dumps({**given, "values": values}), encoding="utf-8")
        assert main(["decide", "--receipt", str(path), "--json"]) == 2
        assert "it was altered" in capsys.readouterr().out
    path.write_text(json.dumps({**given, "facts": None, "values": {"name": "某人"}}), encoding="utf-8")
    assert main(["decide", "--receipt", str(path), "--json"]) == 0
    said = json.loads(capsys.readouterr().out)
    assert (said["replay"], said["values"], said["receipt"]["values"]) == ("erased", {}, None)


def test_a_changed_receipt_is_refused_in_words(decided: Any, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "receipt.json"
    given = json.loads(decided("--on", "2026-12-31"))["receipt"]
    for changed in ({"as_of": "abc"}, {"overrides": {"zz": "1"}}, {"overrides": {"free_from_age": "abc"}}, {"decision": {"x": 1.5}}):
        path.write_text(json.dumps({**given, "statement": {**given["statement"], **changed}}), encoding="utf-8")
        assert main(["decide", "--receipt", str(path), "--json"]) == 2
        assert "this is no receipt" in capsys.readouterr().out


def test_half_a_character_is_no_fact(decided: Any) -> None:
    said = decided("--on", "2026-12-31", person__name="\ud800")
    assert said.startswith("exit 2") and "person.name: its value is no string" in said


def test_rules_that_nobody_kept_are_asked_for_by_their_hash(
    package: Path, decided: Any, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    given = decided("--on", "2026-12-31")
    (tmp_path / "receipt.json").write_text(given, encoding="utf-8")
    rewrite(package, "parameters.yaml", 'value: "65"', 'value: "99"')
    for kept in (tmp_path / "home/versions").iterdir():
        kept.unlink()
    assert main(["decide", str(package), "--receipt", str(tmp_path / "receipt.json"), "--json"]) == 2
    assert json.loads(given)["definition"]["version"] in capsys.readouterr().out


def test_a_house_that_cannot_be_written_to_decides_and_says_so(
    package: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    facts = tmp_path / "facts.json"
    facts.write_text(json.dumps(GOOD), encoding="utf-8")
    monkeypatch.setenv("MIAOPI_HOME", str(facts))
    assert main(["decide", str(package), "--facts", str(facts), "--on", "2026-12-31", "--json"]) == 0
    said = capsys.readouterr()
    assert json.loads(said.out)["outcome"] == "approve"
    assert "could not be kept for a replay" in said.err


LATER = '    - {from: 2027-01-01, value: "60"'
SECOND = "  - id: local\n    kind: eligibility\n    text: {zh: 罗湖"
FIRST = "    to: 2027-01-01\n"
CHANGES = [
    ("parameters.yaml", AGE, AGE.replace("value", "to: 2027-06-01, value"), LATER, "overlaps the one from 2021-01-01"),
    ("parameters.yaml", AGE, AGE.replace("value", "to: 2026-06-01, value"), LATER, "nothing is in force from 2026-06-01 until 2027-01-01"),
    ("rules.yaml", FIRST, "    to: 2027-06-01\n", SECOND, "overlaps the one from 2022-01-01"),
    ("rules.yaml", FIRST, "    to: 2026-06-01\n", SECOND, "nothing is in force"),
    ("rules.yaml", "repealed: 2028-01-01", "repealed: 2026-01-01", "  - {id: local, repealed", "overlaps the one from 2027-01-01"),
    ("rules.yaml", "{id: local, repealed", "{id: locale, repealed", "  - {id: locale, repealed", "no condition locale stands above"),
    ("rules.yaml", FIRST, "    to: 2021-06-01\n", "  - id: local\n    kind: eligibility\n    text: {zh: 福田", "before it begins"),
    ("rules.yaml", "repealed: 2028-01-01", "repealed: soon", "  - {id: local, repealed", "this is no date"),
]  # fmt: skip


@pytest.mark.parametrize(("name", "old", "new", "at", "said"), CHANGES)
def test_a_history_with_overlap_or_hole_is_refused_at_its_line(package: Path, name: str, old: str, new: str, at: str, said: str) -> None:
    rewrite(package, name, old, new)
    text = (package / name).read_text("utf-8")
    with pytest.raises(DefinitionError, match=said) as raised:
        load_service(package)
    assert raised.value.where == f"{package.parent.name}/travel-pass/{name}:{text[: text.index(at)].count(chr(10)) + 1}"


def test_each_version_of_a_condition_needs_its_cases(package: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["service", "check", str(package), "--json"]) == 4
    said = [finding["message"] for finding in json.loads(capsys.readouterr().out)["findings"]]
    assert "local from 2027-01-01: no case meets it" in said
    assert "local from 2022-01-01: no case meets it" not in said
