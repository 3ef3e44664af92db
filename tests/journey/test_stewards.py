"""Show 5 on real parts: a department's system is refused, the steward approves in her page, the same call works until she ends it.

Then an auditor finds in hers what was refused and what was looked at, and takes the proof of a look along.
"""

from __future__ import annotations

import json
import urllib.error
import urllib.request
from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, Page

from miaopi.kernel.credential import find_flaw
from tests.browser import accessibility_findings, opened_browser, opened_page
from tests.journey.cities import City
from tests.journey.registers import register
from tests.journey.residents import sign_in, staff_code
from tests.unit.portal.served import CUT
from tests.waiting import LONG, awaited

RESOURCE, USE, LAW = "population_basic", "高龄老人上门看望", {"instrument": "老年人权益保障法", "article": "第三十三条"}


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with opened_browser() as found:
        yield found


def resident(city: City) -> tuple[str, str, str]:
    """Somebody the platform has never seen: her number, her name, and the code by which she can sign in."""
    with register(city.home, "population") as database:
        row = database.execute(
            "SELECT p.id_number, p.serial, b.name FROM kept.people p JOIN kept.population_basic b USING (id_number)"
            " WHERE b.life_status = '正常' AND b.identity_count = 1 AND b.birth_date < current_date - 26000 ORDER BY p.serial DESC LIMIT 1"
        ).fetchone()
    assert row is not None
    return row["id_number"], row["name"], f"p{row['serial']:06d}"


def call(city: City, key: str, number: str) -> tuple[int, dict[str, Any]]:
    """The one call, the same each time."""
    body = {
        "resource": RESOURCE, "fields": ["name"], "subject": {"id_number": number}, "use": USE, "purpose": "核对后上门看望",
        "ground": LAW, "case": "YL-2026-7",
    }  # fmt: skip
    headers = {"Authorization": f"Bearer {key}", "Content-Type": "application/json"}
    request = urllib.request.Request(f"{city.what['base_url']}/api/v1/exchange/pull", json.dumps(body).encode(), headers)
    try:
        with urllib.request.urlopen(request, timeout=LONG) as answer:
            return answer.status, json.loads(answer.read())
    except urllib.error.HTTPError as error:
        return error.code, json.loads(error.read())


def is_said(told: tuple[int, dict[str, Any]]) -> bool:
    """Refused, or answered by the agency: on a busy machine it may be silent the first time, which is nobody's decision."""
    status, said = told
    return status != 200 or all(fact["state"] != "unavailable" for fact in said["facts"])


def reloaded(page: Page, city: City) -> str:
    """Her page of looks: one stands there once the log has given it its number."""
    page.goto(f"{city.what['base_url']}/accesses")
    return page.content()


def judge(page: Page) -> None:
    """Nothing for axe to find, nothing cut off, nothing sideways, at the width of a telephone and without scripts."""
    assert accessibility_findings(page) == [], page.url
    assert page.evaluate(CUT) == [], page.url
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), page.url


def press(page: Page, words: str) -> None:
    with page.expect_navigation():
        page.get_by_role("button", name=words).first.click()
    judge(page)


def test_what_a_steward_decides_in_her_page_holds_for_the_next_call(city: City, browser: Browser) -> None:
    number, name, code = resident(city)
    desk = f"{city.what['base_url']}/desk/data"
    with opened_page(browser) as requester, opened_page(browser) as keeper, opened_page(browser) as person:
        sign_in(requester, city, staff_code(city, "steward2"))
        requester.goto(f"{desk}/keys")
        requester.fill("#label", "养老服务系统")
        press(requester, "发密钥")
        key = requester.inner_text("section.outcome pre").strip()
        status, refused = call(city, key, number)
        assert (status, refused["code"]) == (403, "no_grant")
        assert name not in str(refused)
        requester.goto(f"{desk}/catalogue/{RESOURCE}/request")
        requester.check("input[value=name]")
        said = {"#use": USE, "#purpose": "核对后上门看望", "#instrument": LAW["instrument"], "#article": LAW["article"]}
        for field, words in said.items():
            requester.fill(field, words)
        press(requester, "提交申请")
        assert "剩" in requester.inner_text("main")
        sign_in(keeper, city, staff_code(city, "steward1"))
        assert keeper.url.endswith("/desk/data")
        judge(keeper)
        with keeper.expect_navigation():
            keeper.locator("nav.rows a", has_text=USE).click()
        judge(keeper)
        press(keeper, "同意，按上面的范围")
        status, told = awaited(lambda: call(city, key, number), is_said)
        assert (status, [fact["value"] for fact in told["facts"]]) == (200, [name])
        keeper.click("summary:has-text('撤销')")
        keeper.fill("#why-revoke", "用途已结束")
        press(keeper, "撤销，不能恢复")
        status, refused = call(city, key, number)
        assert (status, refused["code"]) == (403, "revoked")
        sign_in(person, city, code)
        law = f"{LAW['instrument']} {LAW['article']}"
        assert law in awaited(lambda: reloaded(person, city), lambda text: law in text), "a look of before she was ever here"


def test_an_auditor_finds_the_looks_of_a_department_and_takes_a_proof_along(city: City, browser: Browser) -> None:
    watch = f"{city.what['base_url']}/desk/watch"
    with opened_page(browser) as page:
        sign_in(page, city, staff_code(city, "auditor1"))
        assert page.url == watch
        judge(page)
        page.goto(f"{watch}/refusals")
        judge(page)
        assert {"no_grant", "revoked"} <= set(page.locator("main code").all_inner_texts())
        page.goto(f"{watch}/clues")
        judge(page)
        clue = page.locator("section", has_text="不在任何办件里的查看").locator("li", has_text="民政")
        with page.expect_navigation():
            clue.locator("a").first.click()
        judge(page)
        assert "population_basic" in page.inner_text("main") and "老年人权益保障法" in page.inner_text("main")
        proof = page.request.get(page.get_by_role("link", name="下载凭据").evaluate("(one) => one.href")).json()
        assert find_flaw(proof, None) is None
        page.goto(f"{watch}/ledger")
        press(page, "从头核对一遍")
        assert page.inner_text("h1") == "账本完好"
