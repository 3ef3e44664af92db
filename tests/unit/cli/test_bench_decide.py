"""`bench decide` in small: its shape, and that all who are measured give the same answers. Never how long it takes."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from miaopi.cli.app import main
from miaopi.cli.bench import decide, long_tables, peers, subject
from miaopi.cli.bench.turns import Contestant
from miaopi.kernel.dmn import parse

ENGINES = {"zen-engine", "zen-engine expressions", "SpiffWorkflow", "bkflow-dmn", "OpenFisca"}


def test_the_result_has_every_figure_beside_its_ratio(capsys: pytest.CaptureFixture[str]) -> None:
    words = ["--rounds", "1", "--cases", "40", "--milliseconds", "1", "--packages", "3"]
    assert main(["bench", "decide", "--json", *words]) == 0
    result = json.loads(capsys.readouterr().out)
    assert {"name", "ours", "peers", "unit", "ratio", "rounds", "machine"} <= result.keys()
    assert result["peers"].keys() == ENGINES | {"hand-written Python"}
    assert result["times_faster_than"].keys() == ENGINES
    assert result["long_tables"].keys() == {"1000", "3700"}
    assert len(result["bounds"]) == 6
    assert all(isinstance(bound["met"], bool) for bound in result["bounds"])
    assert decide.render(result).renderables


def test_every_rule_of_the_subject_decides_somebody() -> None:
    facts = subject.facts_of(4_000, 1)
    model = parse(subject.written(subject.DECISION, subject.INPUTS, tuple(subject.COLUMNS.values()), subject.RULES))
    given = [subject.by_hand(one) for one in facts]
    assert given == [model.evaluate(subject.DECISION, one) for one in facts]
    assert given == [model.explain(subject.DECISION, one).value for one in facts]
    shares = {outcome: given.count(outcome) / len(given) for *_, outcome in subject.RULES}
    assert min(shares.values()) >= 0.01


def test_the_long_tables_are_the_same_by_hand_and_as_models() -> None:
    rows = long_tables.rows_of(800, 1)
    model = parse(subject.written(long_tables.DECISION, long_tables.INPUTS, tuple(long_tables.INPUTS), long_tables.cells_of(rows)))
    facts = long_tables.facts_of(300, 2)
    given = list(map(long_tables.by_hand(rows), facts))
    assert given == [model.evaluate(long_tables.DECISION, one) for one in facts]
    assert len(set(given)) > 5


def test_who_decides_otherwise_is_not_measured() -> None:
    right, wrong = Contestant(lambda _: "a", [1]), Contestant(lambda _: "b", [1])
    with pytest.raises(AssertionError, match="not all decide the same: other"):
        decide.require_same({decide.HAND: right, "other": wrong})


def test_each_harness_is_short() -> None:
    for path in Path(str(peers.__file__)).parent.glob("*.py"):
        written = [line for line in path.read_text(encoding="utf-8").splitlines() if line.strip()]
        assert len(written) <= 40, path.name
