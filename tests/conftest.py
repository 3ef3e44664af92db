"""One PostgreSQL a run, one database a worker, emptied between tests; no roll-back, because the log needs commits."""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from tests.databases import Server, running_server
from tests.walls import walls

FOLDERS = ("spec", "services", "property", "unit", "journey", "house")
TESTS = Path(__file__).parent
KERNEL = [TESTS / folder for folder in ("spec", "property", "unit/kernel")]
LONGEST_NAME = 100
WORKER = os.environ.get("PYTEST_XDIST_WORKER", "main")
DATABASE = f"test_{WORKER}"

_opened = ExitStack()


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--whole", action="store_true", help="the run counts only if no folder is empty and nothing is skipped")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Branches of the kernel are counted where the kernel is tested alone: counting halves the speed of all that only use it."""
    for item in items:
        if not any(folder in item.path.parents for folder in KERNEL):
            item.add_marker(pytest.mark.no_cover)


def pytest_make_parametrize_id(val: object) -> str | None:
    """A text of sixty thousand signs is no name for a test."""
    return f"{val[:LONGEST_NAME]}…{len(val)}" if isinstance(val, str) and len(val) > LONGEST_NAME else None


def pytest_configure(config: pytest.Config) -> None:
    """The first process starts the server before its workers; each then sets Django up for a database of its own."""
    if not hasattr(config, "workerinput"):
        server = _opened.enter_context(running_server())
        os.environ["MIAOPI_TEST_FOLDER"] = str(server.folder)
        os.environ["MIAOPI_TEST_SERVER"] = server.embedded.superuser_url()
    os.environ["MIAOPI_DATABASE_URL"] = current_server().url(DATABASE)
    os.environ["DJANGO_SETTINGS_MODULE"] = "tests.settings"
    import django

    django.setup()


def pytest_unconfigure() -> None:
    _opened.close()


def current_server() -> Server:
    return Server(Path(os.environ["MIAOPI_TEST_FOLDER"]))


@pytest.fixture(autouse=True)
def _walled(request: pytest.FixtureRequest) -> Iterator[None]:
    """Wherever the kernel is tested alone it finds neither clock nor socket, neither file nor chance."""
    if not any(folder in request.path.parents for folder in KERNEL):
        yield
        return
    with walls():
        yield


@pytest.fixture(scope="session")
def server() -> Server:
    """The server of this run: `server.url(database)`, `server.clone(name)`, `server.drop(name)`."""
    return current_server()


@pytest.fixture(scope="session")
def cloned_database(server: Server) -> Iterator[str]:
    server.clone(DATABASE)
    yield DATABASE
    from django.db import connections

    connections.close_all()
    server.drop(DATABASE)


@pytest.fixture
def database(server: Server, cloned_database: str) -> Iterator[str]:
    """Django's default database, empty at the start of the test; gives its name."""
    yield cloned_database
    server.empty(cloned_database)


def passed_by_folder(reporter: pytest.TerminalReporter) -> Counter[str]:
    return Counter(report.nodeid.split("/")[1] for report in reporter.getreports("passed") if "/" in report.nodeid)


def shortcomings(reporter: pytest.TerminalReporter) -> list[str]:
    """What a whole run may not have: an empty folder, a test that was skipped or expected to fail."""
    passed = passed_by_folder(reporter)
    empty = [f"{folder}: no test passed" for folder in FOLDERS if not passed[folder]]
    counts = {kind: len(reporter.getreports(kind)) for kind in ("skipped", "xfailed", "xpassed")}
    return [*empty, *(f"{count} {kind}" for kind, count in counts.items() if count)]


def pytest_sessionfinish(session: pytest.Session) -> None:
    reporter = session.config.pluginmanager.get_plugin("terminalreporter")
    counts = session.config.option.whole and reporter is not None and not hasattr(session.config, "workerinput")
    if counts and session.exitstatus == 0 and shortcomings(reporter):
        session.exitstatus = pytest.ExitCode.TESTS_FAILED


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter, config: pytest.Config) -> None:
    """How many tests passed in each folder of a whole run."""
    if not config.option.whole:
        return
    passed = passed_by_folder(terminalreporter)
    terminalreporter.section("tests by folder")
    for folder in FOLDERS:
        terminalreporter.write_line(f"{folder:<10} {passed[folder]:>6}")
    for line in shortcomings(terminalreporter):
        terminalreporter.write_line(line, red=True)
