"""DESIGN law 3, carried out: the kernel decides, proves and signs under a clock, a socket, a file and a die that raise."""

from __future__ import annotations

import builtins
import datetime
import io
import os
import random
import secrets
import socket
import time
import uuid
from contextlib import nullcontext
from pathlib import Path

import pytest

from miaopi.definitions import ServicePackage, dmn, list_services
from miaopi.definitions.cases import read_cases
from miaopi.definitions.reader import Reader
from miaopi.definitions.trial import decide_case, sources_asked
from miaopi.kernel.decision import Outcome, receipt_of, replay
from miaopi.kernel.dmn import parse
from miaopi.kernel.expr import compile
from miaopi.kernel.expr.temporal import read_moment
from tests.services.reference import ROOT
from tests.unit.kernel.dmn.written import decision, feel, given, model
from tests.walls import ReachedError, sealed, walls

pytestmark = pytest.mark.uncounted
PLACES = {module.__name__: module for module in (builtins, datetime, io, os, random, secrets, socket, time, uuid)}
REACHES = [
    "builtins.open('/etc/hostname').close()", "io.open('/etc/hostname').close()", "os.close(os.open('/etc/hostname', os.O_RDONLY))",
    "os.urandom(1)", "random.random()", "random.Random(1)", "secrets.token_hex(1)", "socket.socket().close()", "time.time()",
    "time.time_ns()", "time.monotonic()", "uuid.uuid4()",
]  # fmt: skip
CLOCKS = ["datetime.datetime.now()", "datetime.date.today()", "datetime.datetime.utcnow()"]


def reach(text: str, name: str) -> None:
    """Carry out the call as if it stood in the module of that name."""
    eval(text, {**PLACES, "__name__": name})  # noqa: S307 - the texts above


@pytest.mark.parametrize("text", REACHES)
def test_a_door_raises_for_the_kernel_and_for_nobody_else(text: str) -> None:
    with walls(), pytest.raises(ReachedError):
        reach(text, "miaopi.kernel.planted")
    with walls(), sealed():
        reach(text, "miaopi.definitions.planted")


@pytest.mark.parametrize("text", [*REACHES, *CLOCKS])
def test_what_cannot_be_replaced_is_seen_all_the_same(text: str) -> None:
    with pytest.raises(ReachedError), sealed():
        reach(text, "miaopi.kernel.planted")


@pytest.mark.parametrize("package", list_services(ROOT / "services"), ids=lambda package: package.slug)
def test_every_case_of_a_service_is_decided_and_replayed_behind_walls(package: ServicePackage) -> None:
    """One case of each ending is looked at call by call, which is slow; all of them meet the doors that can be replaced."""
    law, looked_at = package.definition, set[tuple[Outcome, str]]()
    for case in read_cases(Reader(), package):
        ending = case.expect.outcome, case.expect.reason
        with nullcontext() if ending in looked_at else sealed():
            found = decide_case(law, case)
            settings, overrides = case.settings, case.overrides
            receipt = receipt_of(law, case.facts, found, as_of=case.on, settings=settings, salt="salt", overrides=overrides)
            again = replay(law, receipt)
            sources_asked(law, case)
        looked_at.add(ending)
        assert again is not None and again.statement() == receipt.statement()


def test_a_text_and_a_model_are_read_and_evaluated_behind_walls() -> None:
    source = model(given("at", "dateTime"), decision("later", feel('at + duration("P1M")'), "requiredInput at"))
    with sealed():
        read = compile('date and time("2026-07-01T09:30:00@Europe/Paris").time offset', {}).evaluate({})
        moment = read_moment("1986-07-01T09:30:00@Asia/Shanghai")
        value, errors = parse(source).evaluate_traced("later", {"at": "2026-01-31T00:00:00@America/New_York"})
    assert (str(read), str(moment.utcoffset())) == ("2:00:00", "9:00:00")
    assert (str(value), errors) == ("2026-02-28T00:00:00@America/New_York", ())


def test_what_the_kernel_is_handed_may_read_its_file(tmp_path: Path) -> None:
    (tmp_path / "m.dmn").write_bytes(model(decision("one", feel("1"))))
    with walls(), sealed():
        assert dmn.load(tmp_path / "m.dmn").evaluate("one", {}) == 1
