"""A newcomer with Python 3.11, git and coreutils types one command (Show 1)."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from tests.journey.cities import ROOT, environment, run_verb

COREUTILS = Path(__file__).with_name("coreutils.txt").read_text(encoding="ascii").split()
Demo = Callable[[int], tuple[Path, dict[str, Any]]]


@pytest.fixture(scope="module")
def clone(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("新 clone")
    subprocess.run(["git", "clone", "-q", str(ROOT), str(folder / "miaopi")], check=True)
    return folder / "miaopi"


@pytest.fixture(scope="module")
def bare_path(tmp_path_factory: pytest.TempPathFactory) -> str:
    """A PATH with Python 3.11, git and coreutils, and nothing else."""
    folder = tmp_path_factory.mktemp("bin")
    (folder / "python3.11").symlink_to(Path(sys.base_prefix) / "bin" / "python3.11")
    for name in ("git", *COREUTILS):
        if found := shutil.which(name):
            (folder / name).symlink_to(found)
    return str(folder)


def first_application(clone: Path, home: Path, path: str, seed: int) -> dict[str, Any]:
    ran = subprocess.run(
        [str(clone / "miaopi"), "demo", "--once", "--seed", str(seed), "--json"], cwd=clone,
        env={**environment(home), "PATH": path}, capture_output=True, text=True, timeout=600, check=False,
    )
    assert ran.returncode == 0, ran.stderr[-3000:]
    found: dict[str, Any] = json.loads(ran.stdout)
    assert found["home"] == str(home)
    application: dict[str, Any] = found["application"]
    return application


@pytest.fixture(scope="module")
def demo(clone: Path, bare_path: str, tmp_path_factory: pytest.TempPathFactory) -> Demo:
    """The home and the application of a seed, which is run once."""

    @cache
    def run(seed: int) -> tuple[Path, dict[str, Any]]:
        home = tmp_path_factory.mktemp(f"seed{seed}") / "home"
        return home, first_application(clone, home, bare_path, seed)

    return run


@pytest.mark.parametrize("seed", [1, 2, 3])
@pytest.mark.xdist_group("clone")
def test_the_demo_decides_one_real_application(clone: Path, demo: Demo, seed: int) -> None:
    home, application = demo(seed)
    assert application["outcome"] == "approve"
    assert application["typed"] == ["purpose"]
    assert len(application["prefilled"]) >= 8
    assert all(fact["source"] and fact["at"] for fact in application["prefilled"])
    assert {fact["agency"] for fact in application["prefilled"]} >= {"population", "residence", "criminal"}
    assert application["licence"]["signed_text"]
    assert [message["kind"] for message in application["messages"]] == ["approve"]
    assert verified(clone, application["proof"]).startswith("valid")
    assert not living_in(home)


def verified(clone: Path, proof: object) -> str:
    """What the outside program says; it is run by the bare interpreter, with nothing of ours on its path."""
    python = str(Path(sys.base_prefix) / "bin" / "python3.11")
    given = json.dumps(proof)
    ran = subprocess.run(
        [python, "-I", "tests/outside/verify_proof.py"], cwd=clone, input=given, capture_output=True, text=True, check=False
    )
    return ran.stdout


def living_in(home: Path) -> list[str]:
    """Processes that still run on this home."""
    found = []
    for process in Path("/proc").glob("[0-9]*"):
        try:
            command = (process / "cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace")
        except OSError:
            continue
        if str(home) in command and int(process.name) != os.getpid():
            found.append(command)
    return found


@pytest.mark.xdist_group("clone")
def test_a_proof_with_one_hex_digit_changed_is_invalid(clone: Path, demo: Demo) -> None:
    home, application = demo(1)
    proof = application["proof"]
    for field in ("root", "old_root"):
        for at in (0, 31, 63):
            assert verified(clone, proof | {field: flipped(proof[field], at)}).startswith("invalid")
    for field in ("inclusion", "consistency"):
        for place, each in enumerate(proof[field]):
            changed = [*proof[field][:place], flipped(each, 7), *proof[field][place + 1 :]]
            assert verified(clone, proof | {field: changed}).startswith("invalid")
    assert verified(clone, proof).startswith("valid")
    again = run_verb(home, "ledger", "checkpoint", root=clone)
    assert again["tree_size"] >= proof["tree_size"]


def flipped(digits: str, at: int) -> str:
    return digits[:at] + ("0" if digits[at] != "0" else "1") + digits[at + 1 :]
