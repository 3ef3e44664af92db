"""`decide` and `service` from outside: one JSON document, exit codes, no Django, and a replay to the same bytes."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from miaopi.definitions import find_service
from miaopi.definitions.cases import read_cases
from miaopi.definitions.reader import Reader
from miaopi.kernel.decision import write_fact
from tests.journey.cities import program
from tests.journey.forking import Ended
from tests.services.reference import ROOT

pytestmark = pytest.mark.xdist_group("command line")  # one loaded program for all of them
ON = ("--on", "2026-11-23")


def ran(*words: str, given: str = "") -> Ended:
    return program().run(["miaopi", *words], surroundings(), given)


def ran_afresh(*words: str, given: str = "") -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "miaopi", *words]
    return subprocess.run(command, input=given, capture_output=True, text=True, env=surroundings(), cwd=ROOT)


def surroundings() -> dict[str, str]:
    return {**os.environ, "PYTHONPATH": str(ROOT / "src"), "MIAOPI_CITY": "demo", "MIAOPI_HOME": home()}


def home() -> str:
    """A home of the tests: `decide` keeps there the rules that decided."""
    return os.path.join(os.environ["MIAOPI_TEST_FOLDER"], "home")


def facts_of(ref: str, **changed: object) -> str:
    package = find_service("GA-001", ROOT / "services")
    case = next(case for case in read_cases(Reader(), package) if case.ref == ref)
    return json.dumps({name: write_fact(fact) for name, fact in case.facts.items()} | changed, ensure_ascii=False)


def decided(ref: str, *words: str, **changed: object) -> dict[str, Any]:
    result = ran("decide", "GA-001", "--facts", "-", *ON, "--json", *words, given=facts_of(ref, **changed))
    assert result.returncode == 0, result.stderr
    found: dict[str, Any] = json.loads(result.stdout)
    return found


def test_one_decision_without_a_database() -> None:
    result = decided("3")
    assert json.loads(ran_afresh("decide", "GA-001", "--facts", "-", *ON, "--json", given=facts_of("3")).stdout) == result
    assert (result["outcome"], result["values"], result["typed"]) == ("redirect", {"next": "hukou place"}, ["purpose"])
    assert result["reasons"][0]["code"] == "NCR-02"
    assert {"zh", "en"} == result["reasons"][0]["text"].keys()
    assert result["would_change"] == ["as_of>=2026-11-24"]
    assert {one["value"] for one in result["conditions"]} == {True, False}
    assert len(result["definition"]["version"]) == 64
    assert all(len(digest) == 64 for digest in result["facts"].values())


def test_a_parameter_and_a_city_setting_are_replaced_for_a_trial() -> None:
    assert decided("3", "--set", "residence_months=5")["outcome"] == "approve"
    assert decided("3", "--set", "city.regions=450102")["outcome"] == "approve"
    assert decided("1", "--known-at", "2026-01-01")["outcome"] == "approve"


def test_a_receipt_replays_to_the_same_bytes(tmp_path: Path) -> None:
    given = ran("decide", "no-criminal-record", "--facts", "-", *ON, "--json", given=facts_of("21")).stdout
    whole, alone = tmp_path / "decision.json", tmp_path / "receipt.json"
    whole.write_text(given, encoding="utf-8")
    alone.write_text(json.dumps(json.loads(given)["receipt"]), encoding="utf-8")
    for path in (whole, alone):
        assert ran("decide", "--receipt", str(path), "--json").stdout == given
    forged = json.loads(given)["receipt"]
    forged["facts"]["person.birth_date"] = {"value": "1970-01-01"}
    alone.write_text(json.dumps(forged), encoding="utf-8")
    assert ran("decide", "--receipt", str(alone), "--json").returncode == 2
    erased = {**json.loads(given)["receipt"], "facts": None, "values": None, "salt": None}
    alone.write_text(json.dumps(erased), encoding="utf-8")
    assert json.loads(ran("decide", "--receipt", str(alone), "--json").stdout)["replay"] == "erased"


def test_a_service_named_beside_a_receipt_is_the_one_it_is_of(tmp_path: Path) -> None:
    given = ran("decide", "GA-001", "--facts", "-", *ON, "--json", given=facts_of("21")).stdout
    receipt = tmp_path / "receipt.json"
    receipt.write_text(given, encoding="utf-8")
    for name in ("no-criminal-record", "GA-001", "services/no-criminal-record"):
        assert ran("decide", name, "--receipt", str(receipt), "--json").stdout == given
    for name in ("hukou-graduate", "MZ-001", "services/old-age-allowance"):
        result = ran("decide", name, "--receipt", str(receipt))
        assert (result.returncode, result.stdout) == (2, "")
        other = "hukou-graduate" if name == "hukou-graduate" else "old-age-allowance"
        assert f"{other} is named, but the receipt is of no-criminal-record" in " ".join(result.stderr.split())
    assert ran("decide", "no-such", "--receipt", str(receipt)).returncode == 6


@pytest.mark.parametrize(
    ("words", "given", "code", "said"),
    [
        (("decide", "GA-001", "--facts", "-"), '{"purpos": "other"}', 2, "purpose"),
        (("decide", "GA-001", "--facts", "-"), "{", 2, "JSON"),
        (("decide", "GA-001", "--facts", "-", "--set", "limit"), "{}", 2, "NAME=VALUE"),
        (("decide", "GA-001", "--facts", "-", "--on", "2020-01-01"), "{}", 2, "guardian_age"),
        (("decide", "GA-001"), "", 2, "--facts"),
        (("decide", "--facts", "-"), "{}", 2, "name a service"),
        (("decide", "GA-001", "--facts", "nowhere.json"), "", 2, "cannot be read"),
        (("decide", "XX-999", "--facts", "-"), "{}", 6, "XX-999"),
        (("service", "show", "no-such"), "", 6, "no-such"),
    ],
)
def test_the_caller_is_told_what_to_mend(words: tuple[str, ...], given: str, code: int, said: str) -> None:
    result = ran(*words, given=given)
    assert result.returncode == code
    assert said in result.stderr
    assert result.stdout == ""


def test_services_are_listed_shown_checked_and_tried(tmp_path: Path) -> None:
    listed = json.loads(ran_afresh("service", "list", "--json").stdout)["services"]
    row = next(row for row in listed if row["code"] == "GA-001")
    assert (row["slug"], row["mode"], row["typed_median"], row["verified"]) == ("no-criminal-record", "both", 1, "full")
    assert (len(row["materials_before"]), row["materials_now"]) == (5, [])
    assert json.loads(ran_afresh("service", "show", "GA-001", "--json").stdout)["conditions"][0]["id"] == "C0.unit"
    assert json.loads(ran_afresh("service", "check", "--all", "--json").stdout)["findings"] == []
    tried = json.loads(ran_afresh("service", "try", "services/no-criminal-record", "--json").stdout)
    assert (tried["failed"], tried["passed"] >= 57) == ([], True)
    broken = tmp_path / "broken"
    broken.mkdir()
    checked = ran("service", "check", str(broken), "--json")
    assert checked.returncode == 4
    assert len(json.loads(checked.stdout)["findings"]) > 20


def test_deciding_loads_no_web_framework() -> None:
    code = "import sys; from miaopi.cli.app import main; main(['service', 'list']); main(['decide', 'GA-001', '--facts', '-'])"
    code += "; assert not {'django', 'psycopg', 'httpx'} & set(sys.modules)"
    environment = {**os.environ, "PYTHONPATH": str(ROOT / "src"), "MIAOPI_HOME": home()}
    result = subprocess.run([sys.executable, "-c", code], input="{}", env=environment, capture_output=True, text=True, cwd=ROOT)
    assert result.returncode == 0, result.stderr


@pytest.mark.parametrize(
    "facts",
    ["[" * 100_000, '{"purpose": "employment", "purpose": "abroad"}', '{"purpose": NaN}', '{"\\ud800": 1}', '{"[/x]": 1}',
     '{"purpose": 1e99999999999999999999}'],
    ids=["deep", "twice", "NaN", "half a character", "marks", "endless exponent"],
)
@pytest.mark.parametrize("words", [("--json",), ()], ids=["json", "person"])
def test_hostile_facts_are_the_callers_fault_in_both_languages(facts: str, words: tuple[str, ...]) -> None:
    result = ran("decide", "GA-001", "--facts", "-", *ON, *words, given=facts)
    assert result.returncode == 2
    assert "Traceback" not in result.stderr + result.stdout
    if words:
        assert json.loads(result.stdout)["error"]["text"].keys() == {"zh", "en"}


@pytest.mark.parametrize(("name", "told"), [("[/no]", "[/no]"), ("a" * 5000, "aaaa"), ("\udcff", "")], ids=["marks", "long", "bytes"])
def test_a_service_of_a_hostile_name_is_not_there(name: str, told: str) -> None:
    for words in ((), ("--json",)):
        result = ran("service", "show", name, *words)
        assert result.returncode == 6, result.stderr
        assert told in (result.stdout if words else result.stderr)
        assert "Traceback" not in result.stderr


def test_wrong_arguments_are_told_in_both_languages() -> None:
    result = ran("decide", "GA-001", "--facts", "-", "--on", "2026-13-01", "--json", given="{}")
    assert result.returncode == 2
    assert json.loads(result.stdout)["error"]["text"].keys() == {"zh", "en"}


def test_a_proof_made_to_choke_on_is_no_proof() -> None:
    for given in ("[" * 100_000, '{"leaf": 1, "leaf": 2}'):
        assert ran("ledger", "verify", "-", "--json", given=given).returncode == 2
    stranger = [sys.executable, str(ROOT / "tests/outside/verify_proof.py")]
    for entry in ("[" * 900 + "]" * 900, '{"a":' * 3000):
        proof = dict.fromkeys(("leaf", "salt", "leaf_index", "tree_size", "root", "inclusion", "checkpoint"), "") | {"entry": entry}
        said = subprocess.run(stranger, input=json.dumps(proof), capture_output=True, text=True)
        assert (said.returncode, said.stderr) == (1, "")
        assert said.stdout.startswith("invalid: ")
