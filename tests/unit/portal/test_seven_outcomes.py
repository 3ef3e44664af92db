"""Each of the seven outcomes has a page: what happened, why and by which law, what to do, what comes next and when. Persons are made up."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.test import Client

from tests.unit.filing.scene import ANNA, BEN, NOW
from tests.unit.portal.browsing import TOKEN, visit

PACKAGE = Path(__file__).parent / "services" / "every-outcome"
CONSENT = "/services/every-outcome/consent"


@pytest.fixture
def wished(scene: Any) -> Any:
    from miaopi.definitions import load_service

    scene.put_in_force(load_service(PACKAGE))
    return scene


def wish(outcome: str, who: Any = ANNA) -> tuple[Client, str]:
    """Somebody who has wished for an outcome, and the address of her result."""
    client = visit(who)
    check = str(client.post(CONSENT).headers["Location"])
    token = TOKEN.search(client.get(check).content.decode())
    assert token is not None
    answer = client.post(check, {"token": token[1], "wish": outcome, "mended": "no"})
    assert answer.status_code == 302, answer.content.decode()
    return client, str(answer.headers["Location"])


SAID = {
    "approve": ("approve", "办好了", "Done"),
    "refuse": ("refuse", "差一条：您还没满规定年龄", "One condition is not met: You have not reached the age"),
    "refuse_twice": ("refuse", "差2条，原因在下面", "2 conditions are not met"),
    "supplement": ("supplement", "您还差1项，补上接着办", "1 thing missing"),
    "refer": ("refer", "演示审批组在办，最迟11月26日", "Demo queue has it; an answer by 26 Nov"),
    "redirect": ("redirect", "您要办的是：无犯罪记录证明", "What you need is: Certificate of no criminal record"),
    "wait": ("wait", "到2026年11月30日期满，自动出结果", "Decided by itself after 30 November 2026"),
    "waitlist": ("waitlist", "符合条件，排在第1位", "You qualify: number 1 in the queue"),
}  # fmt: skip


@pytest.mark.parametrize("outcome", SAID)
def test_a_result_says_what_it_is_in_both_languages(wished: Any, outcome: str) -> None:
    client, case = wish(outcome)
    tone, zh, en = SAID[outcome]
    page, english = client.get(case).content.decode(), client.get(f"/en{case}").content.decode()
    assert f'data-outcome="{tone}"' in page
    assert zh in page
    assert en in english


def test_a_refusal_names_law_remedy_person_and_court(wished: Any) -> None:
    client, case = wish("refuse_twice")
    page = client.get(case).content.decode()
    for words in ("演示办法第三条", "演示办法第四条", "到龄再申请", "迁入后再申请", "请工作人员重新看", "申请行政复议", "提起行政诉讼",
                  "2027年1月22日", "2027年5月23日"):  # fmt: skip
        assert words in page, words
    client.post(f"{case}/review")
    page = client.get(case).content.decode()
    assert "已请工作人员重新看" in page
    assert "请工作人员重新看</button>" not in page
    assert "前答复" in page


def test_what_was_mended_is_approved_under_the_same_number(wished: Any) -> None:
    client, case = wish("supplement")
    page = client.get(case).content.decode()
    assert "还差门牌。" in page
    assert f'href="{case}/check"' in page
    assert "时钟停着" in page
    check = client.get(f"{case}/check").content.decode()
    token = TOKEN.search(check)
    assert token is not None
    client.post(f"{case}/facts/mended", {"value": "yes"})
    token = TOKEN.search(client.get(f"{case}/check").content.decode())
    assert token is not None
    client.post(f"{case}/check", {"token": token[1]})
    assert 'data-outcome="approve"' in client.get(case).content.decode()


def test_who_belongs_elsewhere_is_led_there(wished: Any) -> None:
    client, case = wish("redirect")
    page = client.get(case).content.decode()
    assert 'href="/services/no-criminal-record"' in page
    assert "去办这一项" in page


def test_the_second_in_the_queue_is_told_so(wished: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    wished.rows["population"]["population_basic"].append(
        {**wished.rows["population"]["population_basic"][0], "id_number": BEN.id_number, "name": BEN.name}
    )
    wished.publish()
    wish("waitlist")
    monkeypatch.setenv("MIAOPI_CLOCK", (NOW + timedelta(minutes=1)).isoformat())
    client, case = wish("waitlist", BEN)
    assert "排在第2位" in client.get(case).content.decode()


def test_a_silent_source_says_since_when_until_when_and_that_it_is_not_her_doing(wished: Any) -> None:
    wished.set_mode("population", "down")
    client, case = wish("approve")
    page = client.get(case).content.decode()
    for words in ("在等谁", "提交时间算", "最迟答复", "下次再试", "这不是您的问题", "取到数据后自动决定"):
        assert words in page, words


@pytest.mark.parametrize("outcome", ["supplement", "refer", "wait", "waitlist"])
def test_an_open_case_stands_in_the_list_with_its_way(wished: Any, outcome: str) -> None:
    client, case = wish(outcome)
    page = client.get("/applications").content.decode()
    assert case.rsplit("/", 1)[1] in page
    assert 'aria-current="step"' in page
    assert ("去补上" in page) is (outcome == "supplement")
    assert case.rsplit("/", 1)[1] not in visit(BEN).get("/applications").content.decode()


def test_a_decided_case_is_found_under_done(wished: Any) -> None:
    client, case = wish("refuse")
    assert case.rsplit("/", 1)[1] in client.get("/applications?show=done").content.decode()
    assert "还没有办过事" in visit(BEN).get("/applications").content.decode()


def test_what_waits_for_her_stands_first_on_the_home_page(wished: Any) -> None:
    client, _ = wish("supplement")
    home = client.get("/").content.decode()
    assert "等您一步" in home
    assert "去补上" in home
    assert "等您一步" not in Client().get("/").content.decode()


def test_an_officers_look_stands_among_those_for_the_case(wished: Any) -> None:
    from miaopi.apps.approval.api import read_case
    from miaopi.apps.audit.api import sequence
    from tests.unit.approval.office import officer

    client, case = wish("refer")
    number = case.rsplit("/", 1)[1]
    read_case(number=number, by=officer(queues=("demo-queue",)), now=NOW)
    sequence()
    page = client.get(case)
    assert page.status_code == 200
    assert "工作人员，为办这件事" in page.content.decode()
