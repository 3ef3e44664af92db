"""The desk of stewards in a browser, at both widths; and a requester's way from search to her first call, by keyboard."""

from __future__ import annotations

import json
from typing import Any

import pytest
from django.test import Client
from playwright.sync_api import Page

from tests.browser import opened_browser, opened_page

MOST_KEYS = 90  # of the keyboard, from the desk to the first answer of the sandbox


@pytest.fixture(autouse=True)
def beside_a_browser(monkeypatch: pytest.MonkeyPatch) -> None:
    """The browser's driver has a loop in this thread, and what the test does to the city in between is not asynchronous."""
    monkeypatch.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "1")


def session(client: Client) -> str:
    return str(client.cookies["sid"].value)


def test_a_stewards_pages_are_clean_on_a_day_with_work(scene: Any) -> None:
    """What the walk over all pages does not meet: a silent source, a request, something narrowed, something surplus."""
    from tests.unit.portal.served import Look, served
    from tests.unit.portal.stewards import RESOURCE, asked, at_desk, key_of, pull, steward

    keeper, colleague = steward("keeper", "population"), steward("asker", "civil-affairs")
    desk, other = at_desk(keeper), at_desk(colleague)
    later = {"shown": "deferred", "later_days": "90", "hidden_by": "行政处罚法 第五十四条"}
    waiting, given = asked(other, **later), asked(other, use="elder-card", fields=["name", "sex"])
    desk.post(f"/desk/data/agreements/{given}/approve", {"fields": ["name"], "until": "2027-01-31", "per_day": "50", "where": 'sex = "女"'})
    pull(key_of(colleague), use="elder-card", fields=["name", "birth_date"])
    scene.set_mode("population", "down")
    scene.confirm(scene.draft())
    with served() as base, opened_browser() as browser:
        look = Look(browser, base)
        mine, theirs = session(desk), session(other)
        for address in ("", "/failures", "/flow", f"/agreements/{waiting}", f"/agreements/{given}"):
            see(look, f"/desk/data{address}", mine)
        for address in (f"/catalogue/{RESOURCE}/request?service=no-criminal-record", f"/catalogue/{RESOURCE}/sandbox"):
            see(look, f"/desk/data{address}", theirs)
    assert look.wrong == []


def see(look: Any, address: str, token: str) -> None:
    """In Chinese on a telephone and in English on a desk: the walk over all pages has the other two."""
    for width, before in ((360, ""), (1280, "/en")):
        with opened_page(look.browser, width=width) as page:
            page.context.add_cookies([{"name": "sid", "value": token, "url": look.base}])
            answer = page.goto(look.base + before + address)
            assert answer is not None and answer.status == 200, address
            look.judge(page, f"{before}{address}", thoroughly=width == 360)


class Keyboard:
    """Somebody who uses nothing but the keyboard; `keys` counts what she pressed, what she types apart."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.keys = 0

    def press(self, key: str) -> None:
        self.page.keyboard.press(key)
        self.keys += 1

    def go_to(self, what: str) -> None:
        """Tab on until the focus is on what is called so, or begins so."""
        for _ in range(60):
            self.press("Tab")
            at = self.page.evaluate("((one) => (one.labels && one.labels[0] || one).innerText || '')(document.activeElement)")
            if str(at).strip().startswith(what):
                return
        raise AssertionError(f"no way by Tab to {what!r}")

    def open(self, what: str) -> None:
        self.go_to(what)
        with self.page.expect_navigation():
            self.press("Enter")


def test_from_search_to_the_first_call_by_keyboard_on_a_telephone(scene: Any) -> None:
    """Nobody needs ten minutes for so few keys; its lines are then sent as they stand."""
    from tests.unit.portal.served import served
    from tests.unit.portal.stewards import at_desk, steward

    desk = at_desk(steward("asker", "civil-affairs"))
    with served() as base, opened_browser() as browser, opened_page(browser, width=360) as page:
        page.context.add_cookies([{"name": "sid", "value": session(desk), "url": base}])
        page.goto(f"{base}/desk/data")
        person = Keyboard(page)
        person.open("目录")
        person.go_to("找数据")
        page.keyboard.type("renkoujiben")
        with page.expect_navigation():
            person.press("Enter")
        person.open("人口基本信息")
        person.open("用沙箱试")
        assert "示例·姓名" in page.inner_text("#answer")
        person.open("给我一个7天的密钥")
        line = page.inner_text("pre.hash >> nth=0")
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
        status, answer = send(page, line)
        assert (status, answer["synthetic"]) == (200, True)
        assert next(fact["value"] for fact in answer["facts"] if fact["field"] == "name").startswith("示例·姓名")
        status, refused = send(page, page.inner_text("pre.hash >> nth=2"))
        assert (status, refused["code"]) == (403, "no_grant")
    assert person.keys <= MOST_KEYS, person.keys


def send(page: Page, line: str) -> tuple[int, Any]:
    """What the line of the page would send from a terminal, sent as it is written there."""
    words = line.replace("\\\n", " ")
    address = words.split()[1]
    key = words.partition("Bearer ")[2].partition('"')[0]
    body = words.partition("-d '")[2].rpartition("'")[0]
    answer = page.request.post(address, data=json.loads(body), headers={"Authorization": f"Bearer {key}"})
    return answer.status, answer.json()
