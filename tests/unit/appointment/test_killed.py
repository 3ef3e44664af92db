"""A process killed at any statement while it completes a visit leaves all of it or nothing, and completing again is once.

All persons are made up.
"""

from __future__ import annotations

import multiprocessing
import os
import signal
import tempfile
from collections.abc import Iterator
from multiprocessing.process import BaseProcess
from pathlib import Path

import pytest
from django.conf import settings
from django.db import connection

from miaopi.apps.appointment.api import VisitState, book_slot, complete_visit, see_paper
from miaopi.apps.appointment.models import Visit
from miaopi.apps.approval.models import Claim
from miaopi.apps.audit.api import Actor, list_entries
from miaopi.apps.licence.models import Registration
from tests.unit.appointment.child import Errand, run
from tests.unit.appointment.scene import Graduates
from tests.unit.filing.scene import NOW
from tests.unit.filing.wire import Wire
from tests.waiting import LONG


@pytest.fixture
def wire() -> Iterator[Wire]:
    """The path of a Unix socket may hold 107 bytes: a short folder of its own."""
    server = connection.settings_dict
    with tempfile.TemporaryDirectory(prefix="w") as folder:
        built = Wire(Path(folder), server["HOST"], str(server["PORT"] or 5432))
        yield built
        built.close()


def start(wire: Wire, number: str, clerk: Actor) -> BaseProcess:
    fork = multiprocessing.get_context("forkserver")
    fork.set_forkserver_preload(["tests.unit.filing.nursery"])
    database = {"HOST": wire.folder, "NAME": connection.settings_dict["NAME"]}
    child = fork.Process(target=run, args=(Errand(number, clerk, NOW, settings.MIAOPI_CITY.folder, database),))
    child.start()
    return child


def parts_of(number: str) -> list[bool]:
    """Which parts of a completed visit are there."""
    return [
        Visit.objects.get(number=number).state == VisitState.DONE.value,
        any(entry.kind == "appointment.VisitCompleted" for entry in list_entries(number=number)),
        Registration.objects.filter(number=number, moment="visit").count() == 2,
        not Claim.objects.filter(number=number).exists(),
    ]


def begin_again(number: str) -> None:
    """The visit as it was before its end, for the next kill: one approval serves all of them."""
    Visit.objects.filter(number=number).update(state=VisitState.INVITED.value, ended_at=None, office="", staff="")
    Registration.objects.filter(number=number, moment="visit").delete()
    Claim.objects.get_or_create(kind="talent_introduction", key=Visit.objects.get().party, number=number, defaults={"taken_at": NOW})


def seen(scene: Graduates) -> tuple[str, Actor]:
    case, anna = scene.approve()
    clerk = scene.clerk()
    book_slot(number=case.number, slot=scene.slots(case, anna, office="ps-futian")[0].id, by=anna, now=NOW)
    for paper in (1, 2):
        see_paper(number=case.number, paper=paper, by=clerk, now=NOW)
    return case.number, clerk


def test_killed_at_any_statement_a_visit_is_done_whole_or_not_at_all(scene: Graduates, wire: Wire) -> None:
    number, clerk = seen(scene)
    child = start(wire, number, clerk)
    child.join(LONG)
    assert child.exitcode == 0
    assert all(parts_of(number))
    begins = [place for place, text in enumerate(wire.said, 1) if text.upper().startswith("BEGIN")]
    for place in range(begins[-1], len(wire.said) + 1):
        begin_again(number)
        entries = len(list_entries(number=number))
        wire.said.clear()
        held: list[BaseProcess] = []

        def kill(at: int, text: str, place: int = place, held: list[BaseProcess] = held) -> bool:
            if at == place and held[0].pid is not None:
                os.kill(held[0].pid, signal.SIGKILL)
            return at != place

        wire.before = kill
        held.append(start(wire, number, clerk))
        held[0].join(LONG)
        wire.before = lambda at, text: True
        assert held[0].exitcode == -signal.SIGKILL, f"statement {place}"
        assert not any(parts_of(number)[::2]) and not parts_of(number)[3], f"statement {place}"
        assert len(list_entries(number=number)) == entries, f"statement {place}"
        complete_visit(number=number, by=clerk, now=NOW)
        complete_visit(number=number, by=clerk, now=NOW)
        assert all(parts_of(number)), f"statement {place}"
        assert len(list_entries(number=number)) == entries + 2, f"statement {place}"  # done, and the place let go
