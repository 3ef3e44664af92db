"""A consent ends with what it was given for. All persons are made up."""

from __future__ import annotations

from datetime import datetime

from miaopi.apps.application.api import Application, withdraw_application
from miaopi.apps.audit.api import run_after_handlers, sequence
from miaopi.apps.consent.api import get_consent
from miaopi.apps.filing.models import Filing
from tests.unit.filing.scene import NOW, Scene


def used_up(case: Application) -> datetime | None:
    sequence()
    run_after_handlers(now=NOW)
    return get_consent(Filing.objects.get(number=case.number).receipt).used_up_at


def test_a_consent_is_used_up_once_the_case_is_decided(scene: Scene) -> None:
    case = scene.draft()
    assert used_up(case) is None
    scene.confirm(case)
    assert scene.result(case).outcome == "approve"
    assert used_up(case) == NOW


def test_a_consent_lasts_while_the_case_waits_and_ends_when_it_is_withdrawn(scene: Scene) -> None:
    scene.set_mode("criminal", "down")
    case = scene.draft()
    scene.confirm(case)
    assert scene.result(case).outcome == "wait"
    assert used_up(case) is None
    withdraw_application(number=case.number, by=scene.anna, now=NOW)
    assert used_up(case) == NOW
