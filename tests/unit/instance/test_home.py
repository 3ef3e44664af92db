"""The home keeps its secrets, and `doctor` says what is wrong with it."""

from __future__ import annotations

import os
import stat
from pathlib import Path

import pytest

from miaopi.instance.examination import examine
from miaopi.instance.home import Home, private_folder
from miaopi.kernel.errors import InputError


def test_secrets_are_made_once_and_for_us_alone(tmp_path: Path) -> None:
    home = Home(tmp_path / "home").ready()
    secrets = {name: (home.folder / name).read_bytes() for name in ("seal.key", "web.key")}
    assert len(secrets["seal.key"]) == 32
    home.ready()
    assert secrets == {name: (home.folder / name).read_bytes() for name in secrets}
    for path in (home.folder, home.keys, home.folder / "seal.key", home.folder / "web.key"):
        assert stat.S_IMODE(path.stat().st_mode) & 0o077 == 0


def test_a_lost_seal_key_is_not_replaced_in_silence(tmp_path: Path) -> None:
    home = Home(tmp_path).ready()
    home.platform.mkdir()
    (home.platform / "PG_VERSION").write_text("18\n")
    (tmp_path / "seal.key").unlink()
    with pytest.raises(InputError) as refused:
        home.ready()
    assert refused.value.field == "seal.key"


def test_a_folder_that_others_may_enter_is_not_used_for_sockets(tmp_path: Path) -> None:
    open_to_all = tmp_path / "open"
    open_to_all.mkdir(mode=0o755)
    with pytest.raises(PermissionError):
        private_folder(open_to_all)
    (tmp_path / "link").symlink_to(tmp_path)
    with pytest.raises(PermissionError):
        private_folder(tmp_path / "link")


def test_doctor_names_what_is_unsafe(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    home = Home(tmp_path).ready()
    monkeypatch.setenv("MIAOPI_HOME", str(tmp_path))
    monkeypatch.delenv("MIAOPI_DATABASE_URL")
    names = {finding.name: finding.is_grave for finding in examine()}
    assert not any(names.values())
    assert {"instance", "embedded-database", "tls", "gateway"} <= names.keys()
    (home.folder / "seal.key").chmod(0o644)
    (tmp_path / "clock").write_text("+P1D")
    findings = examine()
    assert findings[0].name == "seal.key"
    assert findings[0].is_grave
    assert "clock" in {finding.name for finding in findings}


def test_doctor_names_the_year_without_working_days_while_there_is_time(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MIAOPI_HOME", str(tmp_path))
    monkeypatch.delenv("MIAOPI_DATABASE_URL")
    told = {}
    for day in ("2028-11-01", "2028-11-02"):
        monkeypatch.setenv("MIAOPI_CLOCK", f"{day}T23:59:00+08:00")
        told[day] = [finding.text.en for finding in examine() if finding.name == "calendar"]
    assert told["2028-11-01"] == []
    assert len(told["2028-11-02"]) == 1 and "2029" in told["2028-11-02"][0]


def test_doctor_names_a_database_that_is_away_and_one_that_may_lose_rows(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    Home(tmp_path).ready()
    monkeypatch.setenv("MIAOPI_HOME", str(tmp_path))
    monkeypatch.setenv("MIAOPI_DATABASE_URL", f"postgresql://x@/y?host={tmp_path}")
    assert examine()[0].name == "database"
    monkeypatch.setenv("MIAOPI_DATABASE_URL", os.environ["MIAOPI_TEST_SERVER"])
    grave = {finding.name for finding in examine() if finding.is_grave}
    assert {"fsync", "full_page_writes", "role"} <= grave
