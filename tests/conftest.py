"""One PostgreSQL a run, one database a worker, emptied between tests; no roll-back, because the log needs commits."""

from __future__ import annotations

import gc
import os
import zlib
from collections import Counter
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

from tests.databases import Server, running_server
from tests.walls import walls

FOLDERS = ("spec", "services", "property", "unit", "journey", "house")
TESTS = Path(__file__).parent
HOUSE, JOURNEY = TESTS / "house", TESTS / "journey"
SHARES = 48  # of the tests of the house, each handed out at once: to hand out a small test costs more than to run it
LONG_GROUPS = ("city", "killed", "_city_to_break", "clone", "agencies", "small city", "graduate", "launcher")  # the longest first
KERNEL = [TESTS / folder for folder in ("spec", "property", "unit/kernel")]
LONGEST_NAME = 100
WORKER = os.environ.get("PYTEST_XDIST_WORKER", "main")
DATABASE = f"test_{WORKER}"

_opened = ExitStack()


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--whole", action="store_true", help="the run counts only if no folder is empty and nothing is skipped")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """What must run in one worker begins first, the longest foremost, then the other journeys; last comes the house, whose thousands
    of small tests fill what is left of any worker.
    """
    for item in items:
        if is_in(HOUSE, item) and item.get_closest_marker("xdist_group") is None:
            item.add_marker(pytest.mark.xdist_group(share_of(item)))
    items.sort(key=turn)


def pytest_collection_finish() -> None:
    """Thousands of tests stay to the end: whoever collects garbage, between tests or within one, need not look through them.

    Collected once more when they are out of sight, for the collector waits until there is a quarter more than it last found: connections
    of threads that have ended would stay open for as long.
    """
    gc.collect()
    gc.freeze()
    gc.collect()


def is_of_the_kernel(node: pytest.Item | pytest.Collector) -> bool:
    """Whether the kernel is tested alone here."""
    return any(is_in(folder, node) for folder in KERNEL)


def is_in(folder: Path, node: pytest.Item | pytest.Collector) -> bool:
    return str(node.path).startswith(f"{folder}{os.sep}")  # asked some sixty thousand times, and a path takes its time


def share_of(item: pytest.Item) -> str:
    """What is said of one file is said in one worker, which reads the file once; so is what is said of all of them together."""
    told = getattr(item, "callspec", None)
    return f"house {zlib.crc32(told.id.encode()) % SHARES}" if told is not None else "house"


def turn(item: pytest.Item) -> int:
    if is_in(HOUSE, item):
        return len(LONG_GROUPS) + 3
    if (mark := item.get_closest_marker("xdist_group")) is not None:
        return LONG_GROUPS.index(mark.args[0]) if mark.args[0] in LONG_GROUPS else len(LONG_GROUPS)
    return len(LONG_GROUPS) + (1 if is_in(JOURNEY, item) else 2)


def pytest_make_parametrize_id(val: object) -> str | None:
    """A text of sixty thousand signs is no name for a test."""
    return f"{val[:LONGEST_NAME]}…{len(val)}" if isinstance(val, str) and len(val) > LONGEST_NAME else None


def pytest_configure(config: pytest.Config) -> None:
    """The first process starts the server before its workers; each then sets Django up for a database of its own."""
    settings.register_profile("busy", deadline=None, suppress_health_check=[HealthCheck.too_slow])  # both go by the clock on the wall
    settings.load_profile("busy")
    config.addinivalue_line("markers", "uncounted: a test of the kernel that reaches no branch which others do not, and is long")
    if not hasattr(config, "workerinput"):
        server = _opened.enter_context(running_server())
        os.environ["MIAOPI_TEST_FOLDER"] = str(server.folder)
        os.environ["MIAOPI_TEST_SERVER"] = server.embedded.superuser_url()
    os.environ["MIAOPI_DATABASE_URL"] = current_server().url(DATABASE)
    os.environ["DJANGO_SETTINGS_MODULE"] = "tests.settings"
    import django

    django.setup()
    if config.pluginmanager.has_plugin("_cov"):
        from tests.counting import Counting

        config.pluginmanager.register(Counting(lambda node: is_of_the_kernel(node) and node.get_closest_marker("uncounted") is None))


def pytest_unconfigure() -> None:
    _opened.close()


def current_server() -> Server:
    return Server(Path(os.environ["MIAOPI_TEST_FOLDER"]))


@pytest.fixture(autouse=True)
def _walled(request: pytest.FixtureRequest) -> Iterator[None]:
    """Wherever the kernel is tested alone it finds neither clock nor socket, neither file nor chance."""
    if not is_of_the_kernel(request.node):
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
