"""Tables of the law in a package: what they give on which day, what they leave to a person, and what is refused at load."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from miaopi.cli.app import main
from miaopi.definitions import load_service, read_version
from miaopi.definitions.checking import check_service
from miaopi.kernel.decision import Decision, decide, read_facts
from miaopi.kernel.decision.drawing import draw
from miaopi.kernel.dmn import parse
from miaopi.kernel.errors import DefinitionError
from tests.services.travel_pass import FIRST, GOOD, SECOND, rewrite, write_travel_pass_with_table
from tests.unit.kernel.dmn.written import NAMESPACE, decision, feel, model

SETTINGS = {"city.regions": ["440304", "440303"]}


@pytest.fixture
def package(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The travel pass with a table that says how many rides are free, and refuses where it says none."""
    monkeypatch.setenv("MIAOPI_HOME", str(tmp_path / "home"))
    return write_travel_pass_with_table(tmp_path)


def decided(folder: Path, on: date = date(2026, 11, 23), known_at: date | None = None, **changed: object) -> Decision:
    definition = load_service(folder).definition
    facts = read_facts(definition, GOOD | {name.replace("__", "."): value for name, value in changed.items()})
    return decide(definition, facts, as_of=on, settings=SETTINGS, known_at=known_at)


def test_a_table_gives_a_value_and_says_by_which_rule(package: Path) -> None:
    found = decided(package)
    assert (found.outcome, found.values["rides"]) == ("approve", 60)
    assert found.to_json()["tables"] == [
        {"name": "rides", "file": "rides-2021.dmn", "rules": [1], "basis": [{"instrument": "示例敬老办法", "article": "附表"}]}
    ]
    assert decided(package, person__birth_date="1940-01-01").tables[0].rules == (2,)


def test_the_order_of_tables_in_the_package_does_not_show(package: Path) -> None:
    rules = (package / "rules.yaml").read_text(encoding="utf-8")
    table = rules[rules.index("  rides:\n") : rules.index("derived:\n")]
    found = []
    for both in (table + table.replace("rides:", "extra:", 1), table.replace("rides:", "extra:", 1) + table):
        used = rules.replace(table, both).replace("  rides: rides\n", "  rides: rides\n  extra: extra\n")
        (package / "rules.yaml").write_text(used, encoding="utf-8")
        found.append((load_service(package).version, decided(package).to_json()))
    assert found[0] == found[1]
    assert [table["name"] for table in found[0][1]["tables"]] == ["extra", "rides"]  # type: ignore[attr-defined] # a list


def test_the_file_of_the_day_decides_as_far_as_it_was_known(package: Path) -> None:
    new_year = date(2027, 1, 1)
    days = [(date(2026, 12, 31), None), (new_year, None), (new_year, date(2026, 9, 30)), (new_year, date(2026, 10, 1))]
    found = [decided(package, on, known_at) for on, known_at in days]
    assert [one.values["rides"] for one in found] == [60, 90, 60, 90]
    assert [one.tables[0].file[6:10] for one in found] == ["2021", "2027", "2021", "2027"]


def test_before_its_first_file_a_table_is_an_error_that_names_it(package: Path, capsys: pytest.CaptureFixture[str]) -> None:
    rewrite(package, "rules.yaml", "file: rides-2021.dmn, from: 2021-01-01", "file: rides-2021.dmn, from: 2022-01-01")
    facts = package.parent / "facts.json"
    facts.write_text(json.dumps(GOOD), encoding="utf-8")
    assert main(["decide", str(package), "--facts", str(facts), "--on", "2021-12-31", "--json"]) == 2
    said = capsys.readouterr().out
    assert "table rides" in said and "2022-01-01" in said


@pytest.mark.parametrize(
    ("changed", "reason"),
    [
        ({"hukou__region_code": {"unknown": "conflict"}}, "SRC-CONFLICT"),
        ({"person__birth_date": None}, "SRC-UNPROVEN"),
        ({"hukou__region_code": {"value": "440304", "disputed": True}}, "FACT-DISPUTED"),
    ],
)
def test_what_a_table_reads_and_nobody_knows_goes_to_a_person(package: Path, changed: dict[str, object], reason: str) -> None:
    found = decided(package, **changed)
    assert (found.outcome, [one.code for one in found.reasons]) == ("refer", [reason])
    assert found.tables[0].rules == () and {name.replace("__", ".") for name in changed} <= set(found.missing)


def test_a_mistake_in_a_model_refers_with_its_cause_and_neither_approves_nor_refuses(package: Path) -> None:
    rewrite(package, "rules.yaml", "list contains(city.regions, hukou.region_code)", "true")
    found = decided(package, person__birth_date="2000-01-01", hukou__region_code="450102")
    assert (found.outcome, [one.code for one in found.reasons]) == ("refuse", ["TP-02"])  # the age alone refuses
    found = decided(package, hukou__region_code="450102")
    assert (found.outcome, [one.code for one in found.reasons]) == ("refer", ["RULE-FAILED", "RULE-FAILED"])
    assert all("rides: tables/rides-2021.dmn:" in one.text.en for one in found.reasons)
    assert "no number is the result" in found.reasons[0].text.en


def test_null_without_a_mistake_is_null(package: Path) -> None:
    found = decided(package, on=date(2026, 11, 23), hukou__region_code="440303")
    assert found.outcome == "refer" and "it gave null" in found.reasons[0].text.en
    assert found.tables[0].rules == ()


def test_a_model_beyond_its_budget_refers(package: Path) -> None:
    endless = "count(for a in 1..300, b in 1..300, c in 1..300 return a)"
    (package / "tables/rides-2021.dmn").write_bytes(FIRST.replace(b"<text>60</text>", f"<text>{endless}</text>".encode()))
    found = decided(package)
    assert found.outcome == "refer" and "rides:" in found.reasons[0].text.en


def test_a_value_of_another_type_refers(package: Path) -> None:
    untyped = FIRST.replace(b' typeRef="number"', b"").replace(b"<text>60</text>", b'<text>"sixty"</text>')
    (package / "tables/rides-2021.dmn").write_bytes(untyped)
    found = decided(package)
    assert found.outcome == "refer" and "the value is no number" in found.reasons[0].text.en


def test_a_table_belongs_to_the_version_and_is_kept_with_it(package: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    before = load_service(package)
    facts = tmp_path / "facts.json"
    facts.write_text(json.dumps(GOOD), encoding="utf-8")
    assert main(["decide", str(package), "--facts", str(facts), "--on", "2026-11-23", "--json"]) == 0
    decision = capsys.readouterr().out
    (package / "tables/rides-2021.dmn").write_bytes(SECOND)
    after = load_service(package)
    assert before.version != after.version
    kept = read_version(before.files, slug="travel-pass", version=before.version)
    assert kept.definition.version == before.version and kept.files == before.files
    (tmp_path / "receipt.json").write_text(decision, encoding="utf-8")
    assert main(["decide", "--receipt", str(tmp_path / "receipt.json"), "--json"]) == 0
    assert capsys.readouterr().out == decision
    with pytest.raises(DefinitionError, match="altered"):
        read_version({**before.files, "tables/rides-2021.dmn": SECOND.decode()}, slug="travel-pass", version=before.version)


def test_a_service_shows_its_tables(package: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["service", "show", str(package), "--json"]) == 0
    shown = json.loads(capsys.readouterr().out)["tables"]
    assert [(table["name"], table["type"]) for table in shown] == [("rides", "number")]
    assert [one["from"] for one in shown[0]["versions"]] == ["2021-01-01", "2027-01-01"]


def test_a_person_reads_which_rule_hit(package: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    facts = tmp_path / "facts.json"
    facts.write_text(json.dumps(GOOD), encoding="utf-8")
    assert main(["decide", str(package), "--facts", str(facts), "--on", "2026-11-23"]) == 0
    assert "rides" in (said := capsys.readouterr().out) and "rides-2021.dmn" in said and "示例敬老办法 附表" in said


def test_who_is_refused_is_told_the_day_on_which_a_table_changes(package: Path) -> None:
    (package / "tables/rides-2021.dmn").write_bytes(FIRST.replace(b"<text>60</text>", b"<text>0</text>"))
    assert "as_of>=2027-01-01" in map(str, decided(package, person__birth_date="1955-01-01").would_change)


MISTAKES: list[tuple[str, str, str, str]] = [
    ("rules.yaml", "file: rides-2027.dmn", "file: rides-2028.dmn", "there is no file tables/rides-2028.dmn"),
    ("rules.yaml", "from: 2027-01-01, pub", "from: 2020-01-01, pub", "overlaps the one from 2021-01-01"),
    ("rules.yaml", "from: 2021-01-01, basis", "from: 2021-01-01, to: 2022-01-01, basis", "nothing is in force from 2022-01-01"),
    ("rules.yaml", "    type: number\n", "    type: string\n", "the decision 次数 gives a number, not a string"),
    ("rules.yaml", "{年龄: age, 户籍 地: hukou.region_code}", "{年龄: age}", "nothing stands for the input 户籍 地 of the model"),
    ("rules.yaml", "{年龄: age, 户籍", "{年龄: age, 街道: card_face, 户籍", "no model of the table has an input 街道"),
    ("rules.yaml", "{年龄: age, ", "{年龄: person.name, ", "this gives a string; the input 年龄 of the model is a number"),
    ("rules.yaml", "{年龄: age, ", "{年龄: agee, ", "agee"),
    ("rules.yaml", "{年龄: age, ", "{年龄: rides, ", "rides"),
    ("rules.yaml", "{年龄: age, ", "{年龄: '', ", "a text is expected"),
    ("rules.yaml", "    type: number\n", "    type: number\n    decision: 里程\n", "the model has no decision 里程; there are 次数"),
    ("rules.yaml", "  rides:\n    label", "  card_face:\n    label", "card_face is declared elsewhere too"),
    ("rules.yaml", ", article: 附表}}\n      - {file: rides-2027", "}}\n      - {file: rides-2027", "article is missing"),
    ("tables/rides-2021.dmn", "<text>60</text>", "<text>60 +</text>", "tables/rides-2021.dmn:"),
    ("tables/rides-2021.dmn", "<definitions", "<!DOCTYPE a [<!ENTITY b 'c'>]><definitions", "a document type"),
    ("tables/rides-2021.dmn", "<decision id", "<decision id=\"x\" name=\"x\"/><decision id", "name the decision that is asked: x, 次数"),
]  # fmt: skip


@pytest.mark.parametrize(("name", "old", "new", "said"), MISTAKES)
def test_a_mistake_is_found_at_load_with_its_place(package: Path, name: str, old: str, new: str, said: str) -> None:
    rewrite(package, name, old, new)
    findings = check_service(package)
    assert any(said in f"{one.where} {one.message}" for one in findings), findings
    assert all(one.where.startswith(f"{package.parent.name}/travel-pass/") and one.where.rpartition(":")[2].isdecimal() for one in findings)
    with pytest.raises(DefinitionError):
        load_service(package)


def test_files_that_no_table_reads_are_strays(package: Path) -> None:
    (package / "tables/other.dmn").write_bytes(model(decision("x", feel("1")), namespace="urn:other"))
    (package / "tables/readme.txt").touch()
    said = {f"{one.where.rpartition('travel-pass/')[2]} {one.message}" for one in check_service(package)}
    assert "tables/other.dmn:1 no table of rules.yaml reads this file" in said
    assert "tables/readme.txt:1 this file is not read; move it out" in said


def test_a_table_may_import_a_file_beside_it(package: Path) -> None:
    border = model(decision("起点", feel("65"), of="number"), namespace="urn:border")
    (package / "tables/border.dmn").write_bytes(border)
    imported = f'<import name="b" namespace="urn:border" importType="{NAMESPACE}"/><inputData'
    needed = '<informationRequirement><requiredDecision href="urn:border#起点"/></informationRequirement><informationRequirement>'
    uses = FIRST.decode().replace("[65..80)", "[b.起点..80)").replace("<inputData", imported, 1)
    uses = uses.replace("<informationRequirement>", needed, 1)
    (package / "tables/rides-2021.dmn").write_text(uses, encoding="utf-8")
    assert decided(package).values["rides"] == 60


def test_tables_behind_a_link_are_not_read(package: Path, tmp_path: Path) -> None:
    (package / "tables").rename(tmp_path / "elsewhere")
    (package / "tables").symlink_to(tmp_path / "elsewhere")
    assert any("behind a link" in one.message for one in check_service(package))


def test_an_export_holds_the_table_of_the_day_and_gives_its_values(package: Path) -> None:
    found = load_service(package)
    for on, rides in ((date(2026, 11, 23), 60), (date(2027, 1, 1), 90)):
        exported = parse(draw(found.definition, found.name, on=on).encode())
        assert exported.findings == () and "<decisionTable" in draw(found.definition, found.name, on=on)
        facts: dict[str, Any] = GOOD | SETTINGS | {"as_of": on}
        assert exported.evaluate_traced("rides", facts) == (rides, ())
        assert exported.evaluate_traced("age 年满65周岁", facts) == (True, ())
