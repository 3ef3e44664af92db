"""The launcher on a machine that has nothing: it makes what a verb needs, once, and says why when it cannot."""

from __future__ import annotations

import json
import os
import re
import shutil
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from tests.journey.cities import ROOT

pytestmark = pytest.mark.xdist_group("launcher")
VERB = ("service", "list", "--json")


def copied(folder: Path) -> Path:
    """A private copy of what git knows, without an environment."""
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, check=True).stdout.decode()
    folder.mkdir(mode=0o700, parents=True)
    for name in filter(None, listed.split("\0")):
        if (ROOT / name).is_file():
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(ROOT / name, folder / name)
    return folder


@pytest.fixture(scope="module")
def clone(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return copied(tmp_path_factory.mktemp("launcher") / "空 格 and space" / "miaopi")


@pytest.fixture(scope="module")
def environment(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """The caller's, without a home and without what the run of tests itself set."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("MIAOPI_", "DJANGO_", "PYTEST_", "PYTHON", "HOME"))}
    return {**kept, "UV_CACHE_DIR": str(ROOT / ".cache" / "uv"), "PYTHONPATH": ""}


def launch(clone: Path, environment: dict[str, str], *words: str, cwd: Path) -> subprocess.CompletedProcess[str]:
    command = [str(clone / "miaopi"), *words]
    return subprocess.run(command, env=environment, cwd=cwd, capture_output=True, text=True, timeout=600, check=False)


def slugs(ran: subprocess.CompletedProcess[str]) -> list[str]:
    assert ran.returncode == 0, ran.stderr[-2000:]
    return [service["slug"] for service in json.loads(ran.stdout)["services"]]


def test_it_makes_the_environment_once_from_any_folder_and_in_any_path(
    clone: Path, environment: dict[str, str], tmp_path: Path
) -> None:
    first = launch(clone, environment, *VERB, cwd=tmp_path)
    assert "no-criminal-record" in slugs(first)
    assert "installing: run" in first.stderr
    second = launch(clone, environment, *VERB, cwd=tmp_path)
    assert "no-criminal-record" in slugs(second)
    assert second.stderr == ""
    assert not (clone / ".venv" / "installed-test").exists()
    assert stat.S_IMODE(clone.stat().st_mode) == 0o700


def test_a_changed_lock_file_is_installed_again(clone: Path, environment: dict[str, str], tmp_path: Path) -> None:
    slugs(launch(clone, environment, *VERB, cwd=tmp_path))
    lock = clone / "requirements" / "run.txt"
    lock.write_text(lock.read_text(encoding="utf-8") + "# changed\n", encoding="utf-8")
    again = launch(clone, environment, *VERB, cwd=tmp_path)
    assert "no-criminal-record" in slugs(again)
    assert "installing: run" in again.stderr


def test_a_package_that_is_not_the_pinned_one_is_refused(clone: Path, environment: dict[str, str], tmp_path: Path) -> None:
    slugs(launch(clone, environment, *VERB, cwd=tmp_path))
    for installed in (clone / ".venv" / "lib" / "python3.11" / "site-packages").glob("sqlparse*"):
        shutil.rmtree(installed)
    lock = clone / "requirements" / "run.txt"
    pinned = lock.read_text(encoding="utf-8")
    before, _, after = pinned.partition("sqlparse==")
    lock.write_text(f"{before}sqlparse=={re.sub('sha256:[0-9a-f]{64}', 'sha256:' + '0' * 64, after, count=2)}", encoding="utf-8")
    ran = launch(clone, environment, *VERB, cwd=tmp_path)
    lock.write_text(pinned, encoding="utf-8")
    assert ran.returncode == 1
    assert ran.stdout == ""
    assert "mend it and run the same verb again" in ran.stderr
    assert "Traceback" not in ran.stderr


def test_two_launchers_do_not_make_the_environment_twice(clone: Path, environment: dict[str, str], tmp_path: Path) -> None:
    (clone / ".venv" / "installed-run").unlink(missing_ok=True)
    command = [str(clone / "miaopi"), *VERB]
    both = [
        subprocess.Popen(command, env=environment, cwd=tmp_path, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        for _ in range(2)
    ]
    told = [process.communicate(timeout=600) for process in both]
    assert [process.returncode for process in both] == [0, 0]
    assert sum("installing: run" in errors for _, errors in told) == 1


def test_a_python_without_venv_is_named_with_its_remedy(environment: dict[str, str], tmp_path: Path) -> None:
    clone, lacking = copied(tmp_path / "bare"), tmp_path / "lacking"
    lacking.mkdir()
    (lacking / "ensurepip.py").write_text('raise ImportError("not here", name="ensurepip")\n', encoding="utf-8")
    ran = launch(clone, {**environment, "PYTHONPATH": str(lacking)}, *VERB, cwd=tmp_path)
    assert ran.returncode == 1
    assert "python3.11-venv" in ran.stderr
    assert "Traceback" not in ran.stderr


def test_a_machine_without_python_3_11_is_told_so(environment: dict[str, str], tmp_path: Path) -> None:
    ran = launch(copied(tmp_path / "bare"), {**environment, "PATH": str(tmp_path)}, *VERB, cwd=tmp_path)
    assert ran.returncode == 1
    assert "Python 3.11" in ran.stderr


def test_a_made_environment_needs_no_python_on_path_and_no_module_of_the_caller(
    clone: Path, environment: dict[str, str], tmp_path: Path
) -> None:
    slugs(launch(clone, environment, *VERB, cwd=tmp_path))
    for name in ("json", "cyclopts", "miaopi"):
        (tmp_path / f"{name}.py").write_text("raise SystemExit(77)\n", encoding="utf-8")
    bare = {**environment, "PATH": str(tmp_path), "PYTHONPATH": str(tmp_path)}
    ran = launch(clone, bare, "decide", "no-such-service", "--facts", "-", "--json", cwd=tmp_path)
    assert (ran.returncode, json.loads(ran.stdout)["error"]["kind"]) == (6, "NotFound"), ran.stderr


def test_an_unknown_verb_lists_the_known_ones(environment: dict[str, str], tmp_path: Path) -> None:
    ran = launch(ROOT, environment, "aply", cwd=tmp_path)
    assert ran.returncode == 2
    assert ran.stdout == ""
    assert "apply" in ran.stderr


def test_an_error_is_one_document_with_the_exit_code_of_its_kind(environment: dict[str, str], tmp_path: Path) -> None:
    missing = launch(ROOT, environment, "decide", "no-such-service", "--facts", "-", "--json", cwd=tmp_path)
    assert missing.returncode == 6
    assert json.loads(missing.stdout)["error"]["kind"] == "NotFound"
    city = launch(ROOT, {**environment, "MIAOPI_CITY": "nowhere"}, "service", "check", "--all", "--json", cwd=tmp_path)
    assert city.returncode == 2
    assert json.loads(city.stdout)["error"]["field"] == "MIAOPI_CITY"


def test_deciding_loads_no_django(environment: dict[str, str], tmp_path: Path) -> None:
    code = (
        "import sys\nfrom miaopi.cli.app import main\n"
        "sys.argv = ['miaopi', 'service', 'list', '--json']\nmain()\nassert 'django' not in sys.modules"
    )
    ran = subprocess.run(
        [sys.executable, "-c", code], env={**environment, "PYTHONPATH": str(ROOT / "src")}, cwd=tmp_path, capture_output=True, check=False
    )
    assert ran.returncode == 0, ran.stderr
