"""STYLE.md §11 and §15: words of the glossary, hosts and paths that must not occur, commits that say what they do."""

from __future__ import annotations

import ast
import csv
import re
import subprocess
from functools import cache
from pathlib import Path

import pytest

from tests.house.source import ROOT, code_files, place, tracked_files, tree

GLOSSARY = list(csv.DictReader((ROOT / "docs/reference/glossary.csv").open(encoding="utf-8")))
TEXT = {".py", ".md", ".yaml", ".yml", ".toml", ".txt", ".in", ".json", ".html", ".css", ".js", ".csv", ""}
MACHINE = re.compile(r"(?<![\w./<$}])/(?:work|root|home)/[a-z]")
HOSTS = re.compile("|".join(["py" + r"pi\.org", "files\\.python" + "hosted", "registry\\.npm" + "js", "npm" + "mirror"]))


@cache
def words() -> set[str]:
    """Names of the code and of the services, whole and in parts."""
    found: set[str] = set()
    for path in code_files():
        for node in ast.walk(tree(path)):
            match node:
                case ast.Name(id=name) | ast.Attribute(attr=name) | ast.arg(arg=name):
                    found.add(name)
                case ast.FunctionDef(name=name) | ast.ClassDef(name=name):
                    found.add(name)
                case ast.Constant(value=str(text)) if len(text) < 60:
                    found.update(re.findall(r"[A-Za-z_]+", text))
    for path in (ROOT / "services").rglob("*.yaml"):
        found.update(re.findall(r"[A-Za-z_]+", path.read_text(encoding="utf-8")))
    snake = {re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", name).lower() for name in found}
    return snake | {part for name in snake for part in name.split("_")} | {name.rstrip("s") for name in snake}


@pytest.mark.xdist_group("house")
@pytest.mark.parametrize("row", GLOSSARY, ids=lambda row: row["identifier"])
def test_a_term_of_the_glossary_is_the_word_of_the_code(row: dict[str, str]) -> None:
    name = row["identifier"]
    assert name in words() or any(name in word for word in words()), f"{name} ({row['zh']}) occurs nowhere"


@pytest.mark.xdist_group("house")
@pytest.mark.parametrize("row", [row for row in GLOSSARY if row["not"]], ids=lambda row: row["identifier"])
def test_a_word_the_glossary_rules_out_occurs_nowhere(row: dict[str, str]) -> None:
    assert not words() & set(row["not"].split(";"))


@pytest.mark.parametrize("path", [path for path in tracked_files() if path.suffix in TEXT], ids=place)
def test_a_file_names_no_machine_and_no_package_registry(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    assert not MACHINE.search(text), MACHINE.search(text)
    assert not HOSTS.search(text), HOSTS.search(text)


def test_every_requirement_is_pinned_with_its_hash() -> None:
    for path in (ROOT / "requirements").glob("*.txt"):
        pinned = re.findall(r"^([\w.\-\[\]]+)==", path.read_text(encoding="utf-8"), re.M)
        text = path.read_text(encoding="utf-8")
        assert pinned
        assert text.count("--hash=sha256:") >= len(pinned)


def test_every_commit_says_the_room_and_what_it_does() -> None:
    listed = subprocess.run(["git", "log", "--no-merges", "--format=%s"], cwd=ROOT, capture_output=True, text=True, check=True)
    wrong = [line for line in listed.stdout.splitlines() if not re.fullmatch(r"[a-z_/-]+: [a-z].{0,90}", line) or len(line) > 72]
    assert wrong == []
