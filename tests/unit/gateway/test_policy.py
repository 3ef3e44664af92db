"""An agency's file of what may leave: the one of the manual is read, and every mistake is found with its line."""

from __future__ import annotations

import re
import stat
from datetime import date, datetime, time
from pathlib import Path

import pytest

from miaopi.cli.app import main
from miaopi.config.environment import ROOT
from miaopi.gateway.keys import find_public_key, make_seed, read_seed
from miaopi.gateway.messages import Question
from miaopi.gateway.policy import read_policy
from miaopi.kernel.calendar import LEGAL_ZONE
from miaopi.kernel.errors import DefinitionError, InputError

PAGE = (ROOT / "docs/how-to/run-a-gateway.md").read_text(encoding="utf-8")
KEY = "0f" * 32
GOOD = re.findall(r"```yaml\n(# gateway\.yaml\n.*?)```", PAGE, re.S)[0].replace("THE-PUBLIC-KEY-OF-THE-PLATFORM", KEY)
MISTAKES = {
    "agency: real-estate": ("agency: Real Estate", 2, "agency"),
    "listen: 127.0.0.1:8790": ("listen: everywhere", 3, "listen"),
    f"platform: {KEY}": ("platform: secret", 4, "platform"),
    "log: gateway.log\n": ("", 2, "log"),
    "database: database.url": ("database: database.url\nport: 5", 7, "port"),
    "view: shared.ownership": ('view: "shares; DROP TABLE shares"', 10, "view"),
    "key: id_number": ("key: [id_number]", 11, "key"),
    "shows: [share]": ("shows: [share, id_number]", 12, "shows"),
    "shows: [share]\n": ("shows: share\n", 12, "shows"),
    "tests: [registered_on]": ("tests: [registered on]", 13, "tests"),
    "no-criminal-record: any": ("no-criminal-record: all", 16, "no-criminal-record"),
    "[上门看望高龄老人]": ("[]", 15, "elder-visits"),
    "hours: 08:00-20:00": ("hours: 20:00-08:00", 17, "hours"),
    "08:00-20:00": ("08:00-25:00", 17, "hours"),
    "daily: 5000": ("daily: 0", 18, "daily"),
    "seed: gateway.seed": ("seed: gateway.seed\ncertificate: gateway.pem", 3, "certificate"),
}


def written(folder: Path, text: str) -> Path:
    path = folder / "gateway.yaml"
    path.write_text(text, encoding="utf-8")
    return path


def test_the_file_of_the_manual_says_what_it_says_there(tmp_path: Path) -> None:
    policy = read_policy(written(tmp_path, GOOD))
    shared = policy.resources["ownership"]
    assert (policy.agency, policy.host, policy.port, policy.log) == ("real-estate", "127.0.0.1", 8790, tmp_path / "gateway.log")
    assert (shared.view, shared.shows, shared.tests) == ("shared.ownership", {"share"}, {"registered_on"})
    assert shared.uses == {"elder-visits": {"上门看望高龄老人"}, "no-criminal-record": None}
    assert (shared.opens, shared.closes, shared.daily) == (time(8), time(20), 5000)


def test_without_hours_it_is_open_to_the_last_moment_of_a_day(tmp_path: Path) -> None:
    last = datetime.combine(date(2026, 12, 31), time.max, LEGAL_ZONE)
    asked = Question(
        agency="real-estate", resource="ownership", key="", fields=("share",), where=(), tests={}, service="no-criminal-record", purpose="",
        receipt="", grants=(), at=last, nonce="", after="",
    )  # fmt: skip
    for text, said in ((GOOD, "hours"), (GOOD.replace("    hours: 08:00-20:00\n", ""), None)):
        assert read_policy(written(tmp_path, text)).find_refusal(asked, last) == said


@pytest.mark.parametrize("right", MISTAKES)
def test_a_mistake_is_named_with_file_and_line(tmp_path: Path, right: str) -> None:
    wrong, line, word = MISTAKES[right]
    assert right in GOOD
    with pytest.raises(DefinitionError) as caught:
        read_policy(written(tmp_path, GOOD.replace(right, wrong, 1)))
    assert (caught.value.where, word in caught.value.message) == (f"gateway.yaml:{line}", True)


def test_a_key_is_made_once_and_for_its_owner_alone(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "gateway.seed"
    assert [main(["gateway", "keys", str(path), "--json"]) for _ in range(2)] == [0, 0]
    seed = make_seed(path)
    assert capsys.readouterr().out.count(find_public_key(seed)) == 2
    assert (make_seed(path), stat.S_IMODE(path.stat().st_mode), len(find_public_key(seed))) == (seed, 0o600, 64)
    path.chmod(0o644)
    with pytest.raises(InputError, match="other accounts"):
        read_seed(path)
    path.chmod(0o600)
    path.write_text("not a key")
    with pytest.raises(InputError, match="no key"):
        make_seed(path)
