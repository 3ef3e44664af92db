"""A case that comes back to its applicant, or whose consent has ended, goes on under its own number."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from miaopi.apps.application.models import Application
from miaopi.apps.approval.api import list_decisions
from miaopi.apps.consent.api import list_consents, withdraw_consent
from tests.unit.filing.scene import ANNA, NOW
from tests.unit.portal.browsing import TOKEN, begin, send, visit
from tests.unit.test_versions import LATER, changed

OVER = NOW + timedelta(days=2)  # the day of the consent and the patience of the service are over
AGREED = {"sensitive": ["criminal_record"]}


def sent_back(scene: Any) -> str:
    """The page to check of a case that waits for a stronger sign-in."""
    weak = visit(replace(ANNA, assurance_level=2))
    check = begin(weak)
    send(weak, check, purpose="employment")
    return check


def test_what_was_mended_goes_on_as_a_new_round_of_the_same_case(scene: Any) -> None:
    check = sent_back(scene)
    anna = visit(ANNA)
    assert f'href="{check}"' in anna.get(check.removesuffix("/check")).content.decode()
    page = anna.get(check).content.decode()
    assert "请核对" in page
    assert "马上删除" not in page
    assert send(anna, check).headers["Location"] == check.removesuffix("/check")
    case = Application.objects.get()
    rounds = list_decisions(number=case.number, reader=scene.anna)
    assert [(row.round, row.outcome) for row in rounds] == [(1, "supplement"), (2, "approve")]


def test_an_expired_consent_is_asked_for_again_under_the_same_number(scene: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    check = sent_back(scene)
    again = check.replace("/check", "/consent")
    token = TOKEN.search(visit(ANNA).get(check).content.decode())
    assert token is not None
    monkeypatch.setenv("MIAOPI_CLOCK", OVER.isoformat())
    anna = visit(ANNA, now=OVER)
    assert anna.get(check).headers["Location"] == again
    assert anna.post(check, {"token": token[1]}).headers["Location"] == again
    number = check.split("/")[2]
    assert f"编号还是{number}" in anna.get(again).content.decode()
    assert anna.post(again, {}).status_code == 422
    assert anna.post(again, AGREED).headers["Location"] == check
    send(anna, check, purpose="employment")
    assert [(case.number, case.outcome) for case in Application.objects.all()] == [(number, "approve")]


def test_a_draft_whose_consent_was_withdrawn_begins_again_under_its_number(scene: Any) -> None:
    anna = visit(ANNA)
    check = begin(anna)
    (consent,) = list_consents(scene.anna.id)
    withdraw_consent(receipt=consent.receipt, by=scene.anna, now=NOW)
    again = check.replace("/check", "/consent")
    assert anna.get(check).headers["Location"] == again
    assert anna.post(check, {"token": "late", "purpose": "abroad"}).headers["Location"] == again
    anna.post(again, AGREED)
    send(anna, check, purpose="abroad")
    assert Application.objects.get().outcome == "approve"


def test_a_case_that_is_decided_asks_for_no_consent(scene: Any) -> None:
    anna = visit(ANNA)
    check = begin(anna)
    send(anna, check, purpose="abroad")
    assert anna.get(check.replace("/check", "/consent")).headers["Location"] == check.removesuffix("/check")


def test_rules_that_ask_for_more_ask_for_consent_first_and_keep_the_number(
    scene: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    anna = visit(ANNA)
    check = begin(anna)
    scene.put_in_force(changed(tmp_path, ("service.yaml", "只用于本次申请，", "只用于这一次申请，")), now=LATER)
    monkeypatch.setenv("MIAOPI_CLOCK", LATER.isoformat())
    again = check.replace("/check", "/consent")
    assert send(anna, check, purpose="abroad").headers["Location"] == again
    assert "只用于这一次申请" in anna.get(again).content.decode()
    anna.post(again, AGREED)
    carried = send(anna, check, purpose="abroad")
    assert carried.status_code == 422
    assert "规定刚刚更新" in carried.content.decode()
    send(anna, check, purpose="abroad")
    assert Application.objects.get().outcome == "approve"
