"""`dmn eval` from outside: one document, with the errors beside the value."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from miaopi.cli.app import main
from tests.unit.kernel.dmn.written import decision, feel, given, model

SOURCE = model(
    given("age", "number"),
    decision("next", feel("age + 0.5"), "requiredInput age"),
    decision("third", feel("1 / 3")),
    decision("big", feel("10 ** 20")),
    decision("mixed", feel('{"when": date("2026-11-26"), list: [true, null, "x", 7, duration("P1D")]}')),
    decision("wrong", feel('1 + "x"')),
    decision("moment", feel("string(now())")),
    decision("itself", feel("abs")),
)


@pytest.fixture
def file(tmp_path: Path) -> str:
    (tmp_path / "m.dmn").write_bytes(SOURCE)
    return str(tmp_path / "m.dmn")


def evaluated(capsys: pytest.CaptureFixture[str], *words: str) -> dict[str, Any]:
    assert main(["dmn", "eval", *words, "--json"]) == 0
    found: dict[str, Any] = json.loads(capsys.readouterr().out)
    return found


def test_a_value_is_one_document_of_json(file: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert evaluated(capsys, file, "next", "--input", '{"age": 80}') == {"value": 80.5, "errors": []}
    assert evaluated(capsys, file, "next", "--input", '{"age": 79.5}') == {"value": 80, "errors": []}
    assert evaluated(capsys, file, "third")["value"] == "0.3333333333333333333333333333333333"
    assert evaluated(capsys, file, "big")["value"] == 1e20
    assert evaluated(capsys, file, "mixed")["value"] == {"when": "2026-11-26", "list": [True, None, "x", 7, "P1D"]}
    assert isinstance(evaluated(capsys, file, "itself")["value"], str)


def test_an_error_stands_beside_the_value(file: str, capsys: pytest.CaptureFixture[str]) -> None:
    found = evaluated(capsys, file, "wrong")
    assert found["value"] is None
    assert len(found["errors"]) == 1 and found["errors"][0].startswith("m.dmn:")
    assert main(["dmn", "eval", file, "wrong"]) == 0
    assert "m.dmn:" in capsys.readouterr().out


def test_the_clock_can_be_given(file: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert evaluated(capsys, file, "moment", "--now", "2026-11-26T09:30:00+08:00")["value"] == "2026-11-26T09:30:00+08:00"
    assert evaluated(capsys, file, "moment")["value"] is not None


@pytest.mark.parametrize(
    ("words", "code"),
    [
        (("next", "--input", "[1]"), 2),
        (("next", "--input", "{"), 2),
        (("next", "--input", '{"age": 1, "age": 2}'), 2),
        (("next", "--input", '{"age": 1e99999999999999999999}'), 2),
        (("nothing",), 6),
    ],
)
def test_what_cannot_be_asked_has_its_exit_code(file: str, words: tuple[str, ...], code: int, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["dmn", "eval", file, *words, "--json"]) == code
    capsys.readouterr()


def test_a_file_that_is_no_model_is_the_authors(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "m.dmn").write_bytes(b"<a/>")
    assert main(["dmn", "eval", str(tmp_path / "m.dmn"), "x", "--json"]) == 4
    assert "m.dmn:1" in capsys.readouterr().out
