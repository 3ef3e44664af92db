"""A verb that a loaded program becomes is the verb that starts afresh: nothing of another one's surroundings is left in it."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path

import pytest

from tests.journey.cities import PATH, ROOT, environment, program


@pytest.mark.parametrize(
    ("words", "given", "variables", "code"),
    [
        (("service", "check", "--all"), None, {"MIAOPI_CITY": "nowhere"}, 2),
        (("ledger", "verify", "-", "--json"), '{"leaf": 1}', {}, 1),
    ],
    ids=["a city that is not there", "what is typed"],
)
def test_it_says_and_ends_as_one_that_starts_afresh(
    tmp_path: Path, words: tuple[str, ...], given: str | None, variables: dict[str, str], code: int
) -> None:
    surroundings = environment(tmp_path / "home", **variables)
    loaded = program().run(["miaopi", *words], {**surroundings, "PYTHONPATH": PATH}, given)
    fresh = subprocess.run([str(ROOT / "miaopi"), *words], env=surroundings, cwd=ROOT, input=given or "", capture_output=True, text=True)
    assert (loaded.returncode, loaded.stdout, loaded.stderr) == (fresh.returncode, fresh.stdout, fresh.stderr)
    assert loaded.returncode == code


def test_it_reads_its_own_surroundings_and_leaves_nothing_to_the_next(tmp_path: Path) -> None:
    home = environment(tmp_path / "home", PYTHONPATH=PATH)
    words = ["demo_city", "city", "clock", "--json"]
    told = [json.loads(program().run(words, {**home, **more}, None).stdout) for more in ({"MIAOPI_CLOCK": "+P90D"}, {})]
    assert [each["from_environment"] for each in told] == [True, False]
    assert told[0]["now"] > told[1]["now"]
