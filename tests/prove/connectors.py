"""Every connector against a real counterpart: the contract, then an outage – the breaker opens, facts are unavailable, all heals by itself.

Most counterparts come from wheels, MariaDB and OpenSSH from Debian's packages. Where packages cannot be had their rows have failed.
"""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Final
from xml.etree import ElementTree

from miaopi.apps.exchange.adapters.configuration import Column, Source
from miaopi.apps.exchange.adapters.facts import read_facts
from miaopi.apps.exchange.adapters.lines import OPENS_AFTER, Line
from miaopi.kernel.fact import Doubt, Fact, Known, Unknown
from tests.databases import ROOT, running_server
from tests.prove.servers.mariadb import BehindMaria, MariaDb
from tests.prove.servers.openssh import PACKAGES, OpenSsh
from tests.prove.servers.packages import NoPackages, unpacked
from tests.unit.exchange.counterparts import NOW, BehindHttp, BehindSql, InFiles
from tests.unit.exchange.counterparts_sftp import BehindSftp
from tests.unit.exchange.counterparts_soap import BehindSoap
from tests.unit.exchange.counterparts_streams import BehindGateway, BehindNats, Broker
from tests.unit.exchange.province import BehindProvince
from tests.unit.exchange.test_connectors import OTHER, ROW, question

FOLDER: Final = "tests/unit/exchange"
PROMISES: Final = (
    f"{FOLDER}/test_connectors.py", f"{FOLDER}/test_connectors_streams.py", f"{FOLDER}/test_failures.py", f"{FOLDER}/test_upstream.py",
    f"{FOLDER}/test_connector_pages.py",
    f"{FOLDER}/test_upstream_pages.py", f"{FOLDER}/test_gateway.py", f"{FOLDER}/test_counting.py", "tests/prove/promises.py",
)  # fmt: skip
# Files of promises that one kind alone makes.
OWN: Final[Mapping[str, str]] = {"test_upstream": "upstream", "test_upstream_pages": "upstream", "test_gateway": "gateway"}
ALL: Final = "all"
HEALS_WITHIN: Final = 5.0  # seconds after the counterpart is back
PATIENCE: Final = 20.0

Stop = Callable[[], None]
Running = tuple[Any, Stop, Stop]  # the counterpart, how it is stopped, how it is started again


@contextmanager
def postgresql(folder: Path) -> Iterator[Running]:
    with running_server() as server:
        agency = BehindSql(server.embedded.superuser_url(), folder)
        yield agency, server.embedded.stop, server.embedded.start
        agency.close()


@contextmanager
def stoppable(agency: Any) -> Iterator[Running]:
    yield agency, agency.stop, agency.start
    agency.close()


@contextmanager
def in_folder(folder: Path, format: str) -> Iterator[Running]:
    agency = InFiles(folder / "drop", format=format)
    yield agency, lambda: agency.set_mode("down"), lambda: agency.set_mode("up")
    agency.close()


@contextmanager
def nats(folder: Path) -> Iterator[Running]:
    del folder
    broker = Broker()
    agency = BehindNats(broker)
    yield agency, broker.kill, broker.start
    agency.close()
    broker.kill()


@contextmanager
def gateway(folder: Path) -> Iterator[Running]:
    with running_server() as server:
        agency = BehindGateway(server.embedded.superuser_url(), folder)

        def stop() -> None:
            agency.stop()
            agency.set_mode("down")

        def start() -> None:
            agency.start()
            agency.set_mode("up")

        yield agency, stop, start
        agency.close()


@contextmanager
def mariadb(folder: Path) -> Iterator[Running]:
    server = MariaDb(folder / "server")
    try:
        with stoppable(BehindMaria(server)) as running:
            yield running
    finally:
        server.stop()


@contextmanager
def openssh(folder: Path) -> Iterator[Running]:
    root = unpacked(PACKAGES, folder / "packages")
    with stoppable(BehindSftp(folder / "drop", serve=lambda shown: OpenSsh(root, shown, folder / "own"))) as running:
        yield running


COUNTERPARTS: Final[Mapping[str, Callable[[Path], AbstractContextManager[Running]]]] = {
    "sql": postgresql,
    "http": lambda folder: stoppable(BehindHttp()),
    "soap": lambda folder: stoppable(BehindSoap()),
    "csv": lambda folder: in_folder(folder, "csv"),
    "xlsx": lambda folder: in_folder(folder, "xlsx"),
    "parquet": lambda folder: in_folder(folder, "parquet"),
    "sftp": lambda folder: stoppable(BehindSftp(folder / "drop")),
    "nats": nats,
    "gateway": gateway,
    "upstream": lambda folder: stoppable(BehindProvince(NOW)),
    "mariadb": mariadb,
    "openssh": openssh,
}


def keep_promises() -> dict[str, list[str]]:
    """By counterpart, the outcome of each promise of the contract; under `ALL` those that are no row's own."""
    with TemporaryDirectory(prefix="miaopi-promises-") as folder:
        report = Path(folder) / "report.xml"
        subprocess.run(
            [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", f"--junitxml={report}", *PROMISES],
            cwd=ROOT, stdout=sys.stderr, env={**os.environ, "PYTHONPATH": f"{ROOT / 'src'}:{ROOT}"}, check=False,
        )  # fmt: skip
        cases = list(ElementTree.parse(report).iter("testcase"))  # noqa: S314 - our own report
    outcomes: dict[str, list[str]] = {name: [] for name in (*COUNTERPARTS, ALL)}
    for case in cases:
        name, _, parameters = str(case.get("name")).partition("[")
        kind = OWN.get(str(case.get("classname")).rpartition(".")[2]) or parameters.rstrip("]").split("-")[0]
        outcomes[kind if kind in COUNTERPARTS else ALL].append(f"broken: {name}" if len(case) else "kept")
    return outcomes


def outage(running: Running) -> dict[str, int]:
    """Stop it, ask as citizens would, start it again; all over one line, as the platform keeps it. Milliseconds."""
    agency, stop, start = running
    agency.hold([ROW, OTHER])
    line = Line("demo", agency.connector, 2.0)
    assert isinstance(_ask(agency, line), Known)
    began = time.monotonic()
    assert isinstance(_ask(agency, line), Known)
    asked = time.monotonic() - began
    stop()
    began = time.monotonic()
    while not line.is_resting():
        said = _ask(agency, line)
        assert isinstance(said, Unknown) and said.doubt is Doubt.UNAVAILABLE, "a silent source says nothing, least of all “there is none”"
        assert time.monotonic() - began < PATIENCE, f"the breaker is not open after {OPENS_AFTER} silences"
    opened = time.monotonic() - began
    began = time.monotonic()
    assert isinstance(_ask(agency, line), Unknown)
    rested = time.monotonic() - began
    start()
    began = time.monotonic()
    while not isinstance(_ask(agency, line), Known):
        assert time.monotonic() - began < PATIENCE, "it does not heal"
        time.sleep(0.02)
    healed = time.monotonic() - began
    assert healed < HEALS_WITHIN, f"it healed after {healed:.1f} s"
    return {
        "answer_ms": round(1000 * asked), "breaker_open_ms": round(1000 * opened), "answer_while_resting_ms": round(1000 * rested),
        "healed_ms": round(1000 * healed),
    }  # fmt: skip


def _ask(agency: Any, line: Line) -> Fact:
    source = Source(agency.place, {"name": Column("name")})
    return read_facts(source, line.ask(question(agency.place, columns=("name",)), seconds=2), ("name",), now=NOW)["name"]


def main() -> dict[str, object]:
    """Returns a row a counterpart: promises kept, times of its outage. Raises when one is missing or failed."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "miaopi.config.settings")  # a drop is of a day in the city's time
    promises = keep_promises()
    rows: dict[str, dict[str, object]] = {}
    for name, counterpart in COUNTERPARTS.items():
        broken = [outcome for outcome in promises[name] if outcome != "kept"]
        rows[name] = {"promises": len(promises[name]), "broken": broken}
        try:
            with TemporaryDirectory(prefix=f"miaopi-{name}-", ignore_cleanup_errors=True) as folder:
                os.chmod(folder, 0o755)  # noqa: S103 - a server may run as nobody
                with counterpart(Path(folder)) as running:
                    rows[name] |= outage(running)
        except (NoPackages, AssertionError) as failure:
            rows[name]["failed"] = str(failure)
        print(f"{name:<10} {rows[name]}", file=sys.stderr)
    failed = [name for name, row in rows.items() if row["broken"] or not row["promises"] or "failed" in row]
    failed += [outcome for outcome in promises[ALL] if outcome != "kept"]
    assert not failed, f"failed: {', '.join(failed)}"
    return {"opens_after": OPENS_AFTER, "counterparts": rows, "further_promises": len(promises[ALL])}
