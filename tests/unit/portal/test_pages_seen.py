"""A citizen's pages in a browser, at the width of a telephone and of a desk, in both languages: nothing for axe to find, nothing cut off.

`MIAOPI_PICTURES=docs/pictures python -m pytest tests/unit/portal/test_pages_seen.py` draws the pictures of the manual anew.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import pytest

from tests.browser import opened_browser
from tests.unit.portal.test_seven_outcomes import PACKAGE, SAID, wish

FOLDER = os.environ.get("MIAOPI_PICTURES")


@pytest.fixture(autouse=True)
def beside_a_browser(monkeypatch: pytest.MonkeyPatch) -> None:
    """The browser's driver has a loop in this thread, and what the test does to the city in between is not asynchronous."""
    monkeypatch.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "1")


def token_of(client: Any) -> str:
    return str(client.cookies["sid"].value)


def test_a_graduates_pages_are_clean(database: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from django.test import override_settings

    from miaopi.apps.appointment.api import book_slot
    from miaopi.apps.audit.api import run_after_handlers, sequence
    from tests.unit.appointment.scene import Graduates
    from tests.unit.filing.scene import NOW
    from tests.unit.portal.browsing import visit
    from tests.unit.portal.served import Look, served

    monkeypatch.setenv("MIAOPI_CLOCK", NOW.isoformat())
    city = Graduates(tmp_path)
    with override_settings(**city.settings), served() as base, opened_browser() as browser:
        city.open()
        look = Look(browser, base, Path(FOLDER) if FOLDER else None)
        look.at("home", "/")
        look.at("search", "/search?q=luohu")
        look.at("search-nothing", "/search?q=离婚")
        look.at("service", "/services/hukou-graduate")
        look.at("sign-in", "/sign-in")
        client = visit(city.people[0])
        mine = token_of(client)
        look.at("consent", "/services/hukou-graduate/consent", mine)
        check = str(client.post("/services/hukou-graduate/consent", {"sensitive": ["criminal_record"]}).headers["Location"])
        look.at("check", check, mine)
        case, actor = city.approve()
        sequence()
        run_after_handlers(now=NOW)
        look.at("result-slots", f"/applications/{case.number}", mine)
        look.at("visit", f"/applications/{case.number}/visit", mine)
        look.at("home-in", "/", mine)
        book_slot(number=case.number, slot=city.slots(case, actor)[0].id, by=actor, now=NOW)
        sequence()
        run_after_handlers(now=NOW)
        for name, address in (
            ("result-booked", f"/applications/{case.number}"), ("applications", "/applications"), ("appointments", "/appointments"),
            ("messages", "/messages"), ("me", "/me"), ("payments", "/payments"),
        ):  # fmt: skip
            look.at(name, address, mine)
        look.at("elder-home", "/", mine, elder=True)
    assert look.wrong == []


def test_each_of_the_seven_outcomes_is_clean(scene: Any) -> None:
    from miaopi.definitions import load_service
    from tests.unit.portal.served import Look, served

    scene.put_in_force(load_service(PACKAGE))
    with served() as base, opened_browser() as browser:
        look = Look(browser, base, Path(FOLDER) if FOLDER else None)
        for outcome in SAID:
            client, case = wish(outcome)
            look.at(f"outcome-{outcome.replace('_', '-')}", case, token_of(client))
    assert look.wrong == []
