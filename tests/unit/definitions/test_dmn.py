"""Models as files: what a model imports comes from its own folder alone."""

from __future__ import annotations

from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from miaopi.definitions import dmn
from miaopi.kernel.errors import DefinitionError, NotFound
from tests.unit.kernel.dmn.written import NAMESPACE, decision, feel, given, model

IMPORT = f'<import name="in" namespace="urn:inner" locationURI="../elsewhere/inner.dmn" importType="{NAMESPACE}"/>'
OUTER = model(IMPORT, decision("asked", feel("in.base + 1"), "urn:inner#base"))
INNER = model(decision("base", feel("41")), namespace="urn:inner")


def test_a_model_is_read_with_its_neighbours(tmp_path: Path) -> None:
    (tmp_path / "a.dmn").write_bytes(b"this is no model")
    (tmp_path / "inner.dmn").write_bytes(INNER)
    (tmp_path / "outer.dmn").write_bytes(OUTER)
    assert dmn.load(tmp_path / "outer.dmn").evaluate("asked", {}) == 42
    assert dmn.evaluate(str(tmp_path / "outer.dmn"), "asked", {}) == 42


def test_what_is_in_another_folder_is_not_imported(tmp_path: Path) -> None:
    (tmp_path / "elsewhere").mkdir()
    (tmp_path / "here").mkdir()
    (tmp_path / "elsewhere" / "inner.dmn").write_bytes(INNER)
    (tmp_path / "here" / "outer.dmn").write_bytes(OUTER)
    with pytest.raises(DefinitionError) as caught:
        dmn.load(tmp_path / "here" / "outer.dmn")
    assert caught.value.text.en == "outer.dmn:2: the imported model urn:inner is not there"


def test_the_one_shot_door_supplies_the_clock(tmp_path: Path) -> None:
    at = tmp_path / "m.dmn"
    later = decision("next", feel("age + 1"), "requiredInput age")
    at.write_bytes(model(given("age", "number"), decision("asked", feel("today()")), later))
    assert isinstance(dmn.evaluate(at, "asked", {}), date)
    assert dmn.evaluate(at, "asked", {}, now=datetime(2026, 11, 26, tzinfo=UTC)) == date(2026, 11, 26)
    assert dmn.evaluate(at, "next", {"age": 79}) == 80


def test_a_file_that_is_not_there_is_not_found(tmp_path: Path) -> None:
    with pytest.raises(NotFound):
        dmn.load(tmp_path / "nothing.dmn")
