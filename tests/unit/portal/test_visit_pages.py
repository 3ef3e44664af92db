"""A graduate books, moves and cancels her one visit inside the result page; search, messages and what is her own. Persons are made up."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.test import Client

from tests.unit.filing.scene import NOW
from tests.unit.portal.browsing import visit

SLOT = re.compile(r'name="slot" value="([^"]+)"')


@pytest.fixture
def town(database: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    from django.test import override_settings

    from tests.unit.appointment.scene import Graduates

    monkeypatch.setenv("MIAOPI_CLOCK", NOW.isoformat())
    built = Graduates(tmp_path)
    with override_settings(**built.settings):
        built.open()
        yield built


def approved(town: Any) -> tuple[Client, str]:
    case, _ = town.approve()
    return visit(town.people[0]), f"/applications/{case.number}"


def slots(page: str) -> list[str]:
    return SLOT.findall(page)


def test_a_time_is_chosen_inside_the_result_and_the_page_then_says_when_where_and_what_to_bring(town: Any) -> None:
    client, case = approved(town)
    page = client.get(case).content.decode()
    assert "核准了，来一次就办完" in page
    assert "居民身份证原件" in page
    assert "学历证书原件" in page
    chosen = slots(page)[0]
    answer = client.post(f"{case}/visit", {"slot": chosen})
    assert answer.headers["Location"] == f"{case}#visit"
    page = client.get(case).content.decode()
    for words in ("约好了，到时候来", "排号", "演示路", "居民身份证原件", "改时间", "取消预约"):
        assert words in page, words
    assert "约好了" in client.get("/appointments").content.decode()
    assert "约好了" in client.get("/applications").content.decode()


def test_another_day_and_place_are_links_and_a_strange_one_is_not_there(town: Any) -> None:
    client, case = approved(town)
    page = client.get(f"{case}?office=ps-luohu").content.decode()
    assert all(slot.startswith("ps-luohu-") for slot in slots(page))
    assert slots(client.get(f"{case}?office=ps-luohu&day=2026-11-25").content.decode())[0].startswith("ps-luohu-20261125")
    assert client.get(f"{case}?office=elsewhere").status_code == 404
    assert client.get(f"{case}?day=never").status_code == 200


def test_moving_keeps_one_seat_and_cancelling_gives_it_back(town: Any) -> None:
    client, case = approved(town)
    first, second = slots(client.get(case).content.decode())[:2]
    client.post(f"{case}/visit", {"slot": first})
    page = client.get(f"{case}/visit").content.decode()
    assert "改到什么时候" in page
    client.post(f"{case}/visit", {"slot": second})
    page = client.get(case).content.decode()
    assert f"{second[-4:-2]}:{second[-2:]}" in page
    client.post(f"{case}/visit/cancel")
    assert "什么时候来核对原件" in client.get(case).content.decode()


@pytest.mark.parametrize("slot", ["", "nonsense", "ps-futian-202001010900", "ps-futian-209912310900"])
def test_a_time_that_is_none_is_said_beside_those_that_are(town: Any, slot: str) -> None:
    client, case = approved(town)
    answer = client.post(f"{case}/visit", {"slot": slot})
    assert answer.status_code == 422
    assert 'class="errors" role="alert"' in answer.content.decode()
    assert slots(answer.content.decode())


def test_nobody_books_for_somebody_else(town: Any) -> None:
    _, case = approved(town)
    other = visit(town.people[1])
    for path in (f"{case}/visit", case):
        assert other.get(path).status_code == 404
    assert other.post(f"{case}/visit", {"slot": "ps-futian-202611240900"}).status_code == 404
    assert other.post(f"{case}/visit/cancel").status_code == 404


def test_an_identity_number_is_not_shown_whole_on_any_page(town: Any) -> None:
    client = visit(town.people[0])
    check = str(client.post("/services/hukou-graduate/consent", {"sensitive": ["criminal_record"]}).headers["Location"])
    for path in (check, "/me", "/applications"):
        assert town.people[0].id_number not in client.get(path).content.decode(), path


def test_records_are_told_in_words(town: Any) -> None:
    client = visit(town.people[0])
    check = str(client.post("/services/hukou-graduate/consent", {"sensitive": ["criminal_record"]}).headers["Location"])
    page = client.get(check).content.decode()
    assert "演示大学、本科、全日制" in page
    assert "{&#x27;" not in page


@pytest.mark.parametrize(
    ("query", "words"),
    [
        ("lh", "按拼音首字母理解为“落户”"),
        ("luohu", "按拼音理解为“落户”"),
        ("落户", "也叫"),
        ("离婚", "没找到“离婚”"),
        ("<b>", "没找到“&lt;b&gt;”"),
    ],
)
def test_a_search_says_how_it_understood(town: Any, query: str, words: str) -> None:
    page = Client().get("/search", {"q": query}).content.decode()
    assert words in page
    assert "<b>" not in page.split("<main", 1)[1].split("value=", 1)[1][:40]
    if query == "离婚":
        assert 'href="tel:12345"' in page


def test_a_message_stands_unread_until_she_says_so(town: Any) -> None:
    from miaopi.apps.audit.api import run_after_handlers, sequence

    client, _ = approved(town)
    sequence()
    run_after_handlers(now=NOW)
    assert "没看" in client.get("/messages").content.decode()
    assert "1条没看" in client.get("/me").content.decode()
    client.post("/messages/read")
    page = client.get("/messages").content.decode()
    assert "没看" not in page
    assert "已核准" in page
    assert "还没有消息" in visit(town.people[1]).get("/messages").content.decode()


def test_large_type_has_the_telephone_first_and_six_tiles(town: Any) -> None:
    client = Client()
    client.cookies["display"] = "elder"
    page = client.get("/").content.decode()
    main = page[page.index("<main") : page.index("</main>")]
    assert main.index('href="tel:12345"') < main.index('class="six"')
    assert main[main.index('class="six"') :].count("<a ") == 6
    assert 'class="tabs"' not in page


def test_a_page_has_the_tabs_or_its_one_act_never_both(town: Any) -> None:
    client, case = approved(town)
    for path in ("/", "/search", "/applications", "/appointments", "/messages", "/payments", "/me", case, f"{case}/visit", "/sign-in",
                 "/services/hukou-graduate", "/services/hukou-graduate/consent", "/licences", "/accesses"):  # fmt: skip
        page = client.get(path).content.decode()
        assert ('class="tabs"' in page) is not ('class="dock' in page), path


def test_the_office_that_the_approval_names_is_proposed_first(town: Any) -> None:
    from miaopi.config.city import current_city

    named = next(office for office in current_city().offices if office.id == "ps-luohu")
    town.change("real-estate", "hukou_collective", police_station=named.name.zh)
    client, case = approved(town)
    assert slots(client.get(case).content.decode())[0].startswith("ps-luohu-")
