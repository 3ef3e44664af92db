"""The pages claim nothing that nobody measured, and nothing that is not there yet."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client

from miaopi.apps.audit.api import run_after_handlers, sequence
from miaopi.config.city import current_city
from tests.unit.filing.scene import ANNA, NOW, SERVICE
from tests.unit.portal.browsing import begin, send, visit


def approved(scene: Any) -> tuple[Client, str]:
    anna = visit(ANNA)
    check = begin(anna)
    send(anna, check, purpose="employment")
    return anna, check.removesuffix("/check")


def in_a_real_city(monkeypatch: pytest.MonkeyPatch) -> None:
    real = replace(current_city(), synthetic=False, hotline="96888")
    monkeypatch.setattr("miaopi.portal.gate.current_city", lambda: real)


def test_what_the_old_way_took_is_told_by_its_source(scene: Any) -> None:
    page = Client().get(f"/services/{SERVICE}").content.decode()
    assert "按原来的规定：3个工作日" in page
    assert "By the earlier rules: 3 working days" in Client().get(f"/en/services/{SERVICE}").content.decode()


def test_a_licence_is_offered_for_download_once_it_is_signed(scene: Any) -> None:
    anna, case = approved(scene)
    page = anna.get(case).content.decode()
    assert "正在加数字签名" in page
    assert f"{case}/licence.txt" not in page
    early = anna.get(f"{case}/licence.txt")
    assert early.status_code == 404
    assert "数字签名还没加好" in early.content.decode()
    sequence()
    run_after_handlers(now=NOW + timedelta(seconds=1))
    assert f"{case}/licence.txt" in anna.get(case).content.decode()
    assert anna.get(f"{case}/licence.txt").status_code == 200


def test_a_proof_that_is_not_there_yet_is_called_a_proof(scene: Any) -> None:
    anna, case = approved(scene)
    early = anna.get(f"{case}/proof.json")
    assert early.status_code == 404
    assert "签名" not in early.content.decode()


def test_the_seal_of_a_demo_is_on_no_real_paper(scene: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    anna, case = approved(scene)
    assert "仅供演示" in anna.get(case).content.decode()
    in_a_real_city(monkeypatch)
    for address in (case, f"/services/{SERVICE}", "/sign-in", "/"):
        page = anna.get(address).content.decode()
        assert not [words for words in ("仅供演示", "演示城市", "演示参考", "启动演示") if words in page]


def test_the_number_to_call_is_that_of_the_city(scene: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    in_a_real_city(monkeypatch)

    def fail(*_: object) -> None:
        raise RuntimeError("ours")

    monkeypatch.setattr("miaopi.portal.home.list_published", fail)
    page = Client(raise_request_exception=False).get("/").content.decode()
    assert "或打96888" in page
