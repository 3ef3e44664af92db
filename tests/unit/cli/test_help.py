"""Whoever asks what there is, is told all of it."""

from __future__ import annotations

from importlib.machinery import SourceFileLoader
from types import ModuleType

import pytest

from miaopi.cli.app import VERBS, main
from miaopi.config.environment import ROOT


def launcher() -> ModuleType:
    loaded = ModuleType("launcher")
    loaded.__file__ = str(ROOT / "miaopi")
    SourceFileLoader("launcher", str(ROOT / "miaopi")).exec_module(loaded)
    return loaded


def test_help_names_every_verb_those_of_the_launcher_too(capsys: pytest.CaptureFixture[str]) -> None:
    known = launcher()
    assert main(["help"]) == 0
    said = capsys.readouterr()
    named = {line.split()[0] for line in (said.out + said.err).splitlines() if line.startswith("  ")}
    assert named >= {*known.BUILDING, *known.BESIDE, *VERBS}
