"""The pages of disputes and quality: hers, and the steward's; seen in a browser too. All persons are made up."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import pytest
from django.test import Client

from miaopi.apps.audit.api import run_after_handlers, sequence
from miaopi.apps.exchange.api import list_disputes
from tests.browser import opened_browser, opened_page
from tests.unit.approval.office import officer
from tests.unit.approval.test_corrections import HUKOU, correct, hukou_fact, steward
from tests.unit.filing.scene import ANNA, NOW
from tests.unit.portal.browsing import visit
from tests.unit.portal.served import Look, served
from tests.unit.portal.test_desk import at_desk

CLAIM = "我的户口2020年就迁来了"
ANSWER = "已对照迁移证更正。"
FOLDER = os.environ.get("MIAOPI_PICTURES")


@pytest.fixture(autouse=True)
def beside_a_browser(monkeypatch: pytest.MonkeyPatch) -> None:
    """The browser's driver has a loop in this thread, and what the test does to the city in between is not asynchronous."""
    monkeypatch.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "1")


def disputed(scene: Any, client: Client) -> str:
    """She says on the page of her draft that a value is wrong; the number of the case."""
    case = scene.draft()
    page = f"/applications/{case.number}/facts/{hukou_fact(scene)}"
    assert "五个工作日" in client.get(page).content.decode()
    assert client.post(page, {"claim": CLAIM}).status_code == 302
    return str(case.number)


def confirmed(keeper: Client, dispute: str, finding: str) -> dict[str, str]:
    """The answer with what the steward was shown that it touches."""
    said = {"finding": finding, "words": ANSWER}
    shown = keeper.post(f"/desk/data/disputes/{dispute}", said).content.decode()
    return {**said, "seen": shown.partition('name="seen" value="')[2].partition('"')[0], "is_right": "yes", "step": "report"}


def test_what_she_disputes_in_a_draft_comes_to_the_steward_and_the_answer_back_to_her(scene: Any) -> None:
    hers, keeper = visit(ANNA), at_desk(steward("population"))
    number = disputed(scene, hers)
    assert "1条在核实" in hers.get("/me").content.decode()
    (filed,) = list_disputes(agency="population")
    queue = keeper.get("/desk/data/disputes").content.decode()
    assert "户" in queue
    assert CLAIM not in queue
    page = keeper.get(f"/desk/data/disputes/{filed.id}").content.decode()
    assert CLAIM in page
    assert "440305" in page
    assert ANNA.name in page
    assert ANNA.name not in queue
    sent = keeper.post(f"/desk/data/disputes/{filed.id}", confirmed(keeper, filed.id, "corrected"))
    assert sent.headers["Location"].endswith("?done=upheld")
    own = hers.get("/disputes").content.decode()
    assert ANSWER in own
    assert "已更正" in own
    assert number in own
    sequence()
    run_after_handlers(now=NOW)
    assert ANSWER in hers.get("/messages").content.decode()


def test_a_dispute_that_is_passed_on_waits_at_the_other_desk_and_she_is_told_who_has_it(scene: Any) -> None:
    hers, keeper, other = visit(ANNA), at_desk(steward("population")), at_desk(steward("criminal"))
    disputed(scene, hers)
    (filed,) = list_disputes(agency="population")
    page = f"/desk/data/disputes/{filed.id}"
    wrong = keeper.post(f"{page}/transfer", {"to": "", "why": ANSWER})
    assert wrong.status_code == 422
    assert 'href="#to"' in wrong.content.decode()
    sent = keeper.post(f"{page}/transfer", {"to": "criminal", "why": "这项由刑侦登记。"})
    assert sent.headers["Location"] == "/desk/data/disputes?done=transfer"
    assert "已转办" in keeper.get("/desk/data/disputes?show=answered").content.decode()
    (waiting,) = list_disputes(agency="criminal")
    opened = other.get(f"/desk/data/disputes/{waiting.id}").content.decode()
    assert CLAIM in opened
    assert 'value="population"' not in opened  # which had it
    own = hers.get("/disputes").content.decode()
    assert "已转给公安局刑侦部门" in own
    assert "这项由刑侦登记。" in own
    sequence()
    run_after_handlers(now=NOW)
    assert "已转给公安局刑侦部门核实" in hers.get("/messages").content.decode()
    assert other.post(f"{page}/transfer", {"to": "population", "why": ANSWER}).status_code == 404


@pytest.mark.parametrize(("sent", "anchor"), [({"words": ANSWER}, "finding"), ({"finding": "unfounded", "words": " "}, "words")])
def test_an_answer_without_finding_or_words_is_told_at_its_field(scene: Any, sent: dict[str, str], anchor: str) -> None:
    disputed(scene, visit(ANNA))
    (filed,) = list_disputes(agency="population")
    answer = at_desk(steward("population")).post(f"/desk/data/disputes/{filed.id}", sent)
    assert answer.status_code == 422
    assert f'href="#{anchor}"' in answer.content.decode()
    assert len(list_disputes(agency="population")) == 1


def test_a_record_is_disputed_outside_of_an_application_and_no_value_is_fetched_for_it(scene: Any) -> None:
    hers = visit(ANNA)
    scene.draft()
    sequence()
    assert f"/disputes/{HUKOU}" in hers.get("/disputes").content.decode()
    assert hers.post(f"/disputes/{HUKOU}", {"claim": CLAIM}).status_code == 422
    assert hers.post(f"/disputes/{HUKOU}", {"field": "hukou_address", "claim": CLAIM}).status_code == 302
    (filed,) = list_disputes(agency="population")
    assert (filed.field, filed.number) == ("hukou_address", "")
    assert "没有留存" in at_desk(steward("population")).get(f"/desk/data/disputes/{filed.id}").content.decode()


def test_another_steward_and_a_citizen_find_no_such_page(scene: Any) -> None:
    disputed(scene, visit(ANNA))
    (filed,) = list_disputes(agency="population")
    assert at_desk(steward("criminal")).get(f"/desk/data/disputes/{filed.id}").status_code == 404
    assert visit(ANNA).get(f"/desk/data/disputes/{filed.id}").status_code in {403, 404}
    assert Client().get("/desk/data/quality").status_code == 302


def test_quality_is_shown_in_shares_with_the_counts_behind_them(scene: Any) -> None:
    disputed(scene, visit(ANNA))
    sequence()
    run_after_handlers(now=NOW)
    page = at_desk(steward("population")).get("/desk/data/quality").content.decode()
    assert "100%" in page
    assert "0/1" in page
    assert "户籍" in page or "户口" in page


def test_whoever_may_lose_something_by_a_correction_reads_that_it_stands_and_a_person_looks(scene: Any) -> None:
    case = scene.draft()
    scene.confirm(case)
    correct(scene, "population", HUKOU, "hukou_region_code", hukou_region_code="450103", now=NOW)
    page = visit(ANNA).get(f"/applications/{case.number}").content.decode()
    assert "原来的结果仍然有效" in page
    zhou = officer()
    assert "原决定仍有效" in at_desk(zhou).get("/desk").content.decode()
    opened = at_desk(zhou).get(f"/desk/cases/{case.number}").content.decode()
    assert "登记更正，重新核算" in opened


def test_these_pages_are_clean_and_fit_a_telephone(scene: Any) -> None:
    hers = visit(ANNA)
    disputed(scene, hers)
    sequence()
    run_after_handlers(now=NOW)
    keeper = at_desk(steward("population"))
    steward("criminal")
    assert hers.post(f"/disputes/{HUKOU}", {"field": "hukou_address", "claim": CLAIM}).status_code == 302
    passed, filed = sorted(list_disputes(agency="population"), key=lambda each: each.field != "hukou_address")
    keeper.post(f"/desk/data/disputes/{passed.id}/transfer", {"to": "criminal", "why": ANSWER})
    mine, theirs = (str(client.cookies["sid"].value) for client in (hers, keeper))
    pages = [
        ("disputes", "/disputes", mine), ("dispute-record", f"/disputes/{HUKOU}", mine),
        ("desk-dispute", f"/desk/data/disputes/{filed.id}", theirs), ("desk-quality", "/desk/data/quality", theirs),
    ]  # fmt: skip
    with served() as base, opened_browser() as browser:
        look = Look(browser, base)
        for name, address, token in pages:
            look.at(name, address, token)
            if FOLDER:
                draw(browser, base, name, address, token)
    assert look.wrong == []
    assert look.seen == 4 * len(pages)


def draw(browser: Any, base: str, name: str, address: str, token: str) -> None:
    """Pictures for whoever wants to look."""
    for width in (360, 1280):
        with opened_page(browser, width=width) as page:
            page.context.add_cookies([{"name": "sid", "value": token, "url": base}])
            page.goto(base + address)
            for folded in page.locator("details:not([open]) > summary").all():
                folded.click()
            page.screenshot(path=Path(str(FOLDER)) / f"{name}-{width}.png", full_page=True)
