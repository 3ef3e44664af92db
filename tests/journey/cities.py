"""Demo cities for tests: a home of their own, the launcher's own verbs, nothing of the product imported.

Agencies are switched by their files, as `city agency` does it; the verb has tests of its own.
"""

from __future__ import annotations

import json
import os
import signal
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from demo_city.agencies.modes import Mode, Switch
from tests.journey.forking import Program
from tests.waiting import LONG, awaited

ROOT = Path(__file__).resolve().parents[2]
VERIFIER = ROOT / "tests" / "outside" / "verify_proof.py"
PEOPLE = 1500
PATH = f"{ROOT / 'src'}{os.pathsep}{ROOT}"
BESIDE = {"demo", "city"}  # verbs that are not the product's

_typed = set[tuple[str, ...]]()


@dataclass
class City:
    """A demo city that runs until the test is over. `what` is the document that `demo --json` printed."""

    home: Path
    what: dict[str, Any]

    def verb(self, *words: str, code: int = 0, given: str | None = None) -> dict[str, Any]:
        """Run a verb on this city with `--json`; its document. Fails the test when it does not end with `code`."""
        return run_verb(self.home, *words, code=code, given=given)

    def when_decided(self, number: str, who: str, outcome: str) -> dict[str, Any]:
        """The case as it is shown to her, once that is its outcome; what was seen last, be it so or not."""
        return awaited(lambda: self.verb("application", "show", number, "--as", who), lambda shown: shown["outcome"] == outcome, every=1)

    def agency(self, name: str, mode: str) -> None:
        """Turn an agency's switch, and wait until its process has followed."""
        switch = Switch(self.home, name)
        if switch.followed() != mode:
            switch.turn(Mode(mode))
            assert switch.has_followed(Mode(mode), within=LONG)


def run_verb(home: Path, *words: str, code: int = 0, given: str | None = None, root: Path = ROOT) -> dict[str, Any]:
    """The first time that a verb is typed it starts afresh, by the launcher; then the loaded program is it, at a fraction of the cost."""
    typed = [*words, "--json"]
    if words[:2] in _typed and root == ROOT:
        ran = program().run(["demo_city" if words[0] in BESIDE else "miaopi", *typed], environment(home, PYTHONPATH=PATH), given)
    else:
        ran = subprocess.run(
            [str(root / "miaopi"), *typed], env=environment(home), cwd=root, input=given, capture_output=True, text=True,
            timeout=300, check=False,
        )
    if root == ROOT:
        _typed.add(words[:2])
    assert ran.returncode == code, f"{' '.join(words)} ended {ran.returncode}: {ran.stdout[-600:]} {ran.stderr[-600:]}"
    found: dict[str, Any] = json.loads(ran.stdout)
    return found


@cache
def program() -> Program:
    """The program as this process uses it for all its cities."""
    return Program(ROOT, environment(ROOT / "no home", PYTHONPATH=PATH))


def environment(home: Path, **more: str) -> dict[str, str]:
    """The caller's environment without what the test run itself set."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("MIAOPI_", "DJANGO_", "PYTEST_"))}
    return {**kept, "MIAOPI_HOME": str(home), **more}


@contextmanager
def running_city(home: Path, *, seed: int = 1, people: int = PEOPLE, root: Path = ROOT, **more: str) -> Iterator[City]:
    """`./miaopi demo` on a free port, stopped as Ctrl-C stops it."""
    command = [str(root / "miaopi"), "demo", "--port", "0", "--seed", str(seed), "--people", str(people), "--json"]
    with (home.parent / f"{home.name}.log").open("w", encoding="utf-8") as log, subprocess.Popen(
        command, env=environment(home, **more), cwd=root, stdout=subprocess.PIPE, stderr=log, text=True, start_new_session=True
    ) as process:
        try:
            what = read_document(process)
            assert "error" not in what, f"{what}; its log ends {(home / 'log' / 'supervisor.log').read_text(encoding='utf-8')[-2000:]}"
            yield City(home, what)
        finally:
            process.send_signal(signal.SIGINT)
            try:
                process.wait(LONG)
            except subprocess.TimeoutExpired:
                process.kill()  # so that one city that does not stop does not hold up the whole run
                raise


def read_document(process: subprocess.Popen[str]) -> dict[str, Any]:
    """The one JSON document on standard output, which ends with a brace in the first column."""
    assert process.stdout is not None
    lines = []
    for line in process.stdout:
        lines.append(line)
        if line == "}\n":
            found: dict[str, Any] = json.loads("".join(lines))
            return found
    raise AssertionError("the demo ended without a document")
