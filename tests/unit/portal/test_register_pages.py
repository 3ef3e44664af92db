"""A steward's pages of base registers: counting, finding a pair, looking at it, deciding, taking back; and what others get instead."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.test import Client, override_settings

pytestmark = pytest.mark.xdist_group("agencies")  # an agency's database bears its name, so there is one of each on a server

ADDRESS = "/desk/data/registers"
POPULATION = f"{ADDRESS}/base_population"
PAIR = re.compile(rf'href="({POPULATION}/pairs/[0-9a-f]+)"')


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    from tests.unit.exchange.hukou import Hukou

    made = Hukou(os.environ["MIAOPI_TEST_SERVER"], tmp_path_factory.mktemp("hukou"))
    yield made
    made.close()


@pytest.fixture
def hukou(running: Any, database: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    from miaopi.apps.catalogue.api import publish_service
    from miaopi.definitions import find_service
    from tests.unit.exchange.running import NOW
    from tests.unit.exchange.scene import KEEPER

    monkeypatch.setenv("MIAOPI_CLOCK", NOW.isoformat())
    monkeypatch.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "1")  # the browser's driver has a loop in this thread
    with override_settings(**running.settings):
        running.open()
        publish_service(package=find_service("old-age-allowance"), by=KEEPER, now=NOW)
        yield running


def at_desk(member: str) -> Client:
    from miaopi.apps.identity.api import FakeAuthority, StaffAssertion, sign_in
    from miaopi.portal.gate import SESSION_COOKIE
    from tests.unit.exchange.running import NOW
    from tests.unit.exchange.scene import KEEPER

    shown = StaffAssertion(staff_id=member, name="演示", method="demo")
    opened = sign_in(code="code", by=KEEPER, now=NOW, authority=FakeAuthority({"code": shown}))
    client = Client(raise_request_exception=False)
    client.cookies[SESSION_COOKIE] = opened.token
    return client


def text(client: Client, address: str) -> str:
    answer = client.get(address)
    assert answer.status_code == 200, answer.content.decode()
    return str(answer.content.decode())


def test_a_steward_counts_finds_looks_decides_and_takes_back(hukou: Any) -> None:
    from tests.unit.exchange.entries import entries
    from tests.unit.exchange.hukou import ANNA, PEOPLE

    steward = at_desk("hukou-steward")
    assert "还没统计" in text(steward, ADDRESS)
    assert steward.post(f"{POPULATION}/measure").headers["Location"] == f"{POPULATION}?done=measured"
    page = text(steward, POPULATION)
    assert "6人中：知道3，没有3" in page
    assert "household_registration" in page
    assert "高龄老人津贴" in page
    assert steward.post(f"{POPULATION}/find").headers["Location"] == f"{POPULATION}?done=found"
    page = text(steward, POPULATION)
    assert all(number not in page and name not in page for number, name, *_ in PEOPLE)
    waiting = len(set(PAIR.findall(page)))
    assert f"基础库 <b>{waiting}<" in page and "已比对完" in text(steward, f"{POPULATION}?done=found")
    address = PAIR.findall(page)[0]
    seen = text(steward, address)
    assert ANNA.name in seen
    assert ANNA.id_number not in seen
    assert len(entries("DuplicateRead")) == 2
    refused = steward.post(f"{address}/decide", {"decision": "merge", "reason": " "})
    assert refused.status_code == 422
    assert 'role="alert"' in refused.content.decode()
    assert "请先选一个决定" in steward.post(f"{address}/decide", {"reason": "同一人"}).content.decode()
    assert steward.post(f"{address}/decide", {"decision": "merge", "reason": "同一人"}).headers["Location"] == f"{POPULATION}?done=merge"
    assert "已合并" in text(steward, f"{POPULATION}?done=merge")
    assert "退回待判断" in text(steward, address)
    assert steward.post(f"{address}/decide", {"decision": "reopen", "reason": "核对有误"}).status_code == 302
    assert "是同一人，合并" in text(steward, address)


def test_a_steward_of_another_agency_reads_the_register_and_none_of_its_pairs(hukou: Any) -> None:
    from miaopi.apps.exchange.api import find_duplicates, list_duplicates
    from tests.unit.exchange.hukou import REGISTER, STEWARD
    from tests.unit.exchange.running import NOW

    find_duplicates(register=REGISTER, by=STEWARD, now=NOW)
    other = at_desk("other-steward")
    page = text(other, POPULATION)
    assert "重新统计" not in page
    assert PAIR.findall(page) == []
    pair = f"{POPULATION}/pairs/{list_duplicates(REGISTER)[0].id}"
    assert other.get(pair).status_code == 403
    for address in (f"{POPULATION}/measure", f"{POPULATION}/find"):
        assert other.post(address).status_code == 403
    assert other.post(f"{pair}/decide", {"decision": "merge", "reason": "同一人"}).status_code == 403
    assert Client().get(ADDRESS).status_code == 302
    assert other.get(f"{ADDRESS}/base_nothing").status_code == 404


def test_the_pages_are_clean_on_a_telephone_and_on_a_desk(hukou: Any) -> None:
    from tests.browser import opened_browser, opened_page
    from tests.unit.portal.served import Look, served

    steward = at_desk("hukou-steward")
    token = str(steward.cookies["sid"].value)
    steward.post(f"{POPULATION}/measure")
    steward.post(f"{POPULATION}/find")
    pair = PAIR.findall(text(steward, POPULATION))[0]
    pictures = os.environ.get("MIAOPI_PICTURES")
    with served() as base, opened_browser() as browser:
        look = Look(browser, base)
        for name, address in (("registers", ADDRESS), ("register", POPULATION), ("pair", pair)):
            look.at(name, address, token)
            for width in (360, 1280) if pictures else ():
                with opened_page(browser, width=width) as page:
                    page.context.add_cookies([{"name": "sid", "value": token, "url": base}])
                    page.goto(base + address)
                    page.screenshot(path=Path(str(pictures)) / f"{name}-{width}.png", full_page=True)
    assert look.wrong == []
