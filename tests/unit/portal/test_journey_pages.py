"""What the pages of a journey say to mistakes, to somebody else, and to a browser that lies."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import connections
from django.test import Client, override_settings

from miaopi.apps.application.models import Application
from miaopi.apps.consent.api import find_open_consent
from miaopi.apps.identity.adapters import chosen_authority
from miaopi.definitions import find_service
from tests.unit.filing.scene import ANNA, BEN, NOW, SERVICE
from tests.unit.portal.browsing import CONSENT, begin, send, visit, words

ALLOWANCE = "old-age-allowance"


def test_a_purpose_is_all_that_a_licence_takes(scene: Any) -> None:
    anna = visit(ANNA)
    check = begin(anna)
    page = anna.get(check).content.decode()
    assert "项已替您填好" in page
    assert 'data-seal="公"' in page
    answer = send(anna, check, purpose="employment")
    assert answer.status_code == 302
    result = anna.get(answer.headers["Location"])
    assert 'data-outcome="approve"' in result.content.decode()
    assert "无犯罪记录证明" in result.content.decode()
    assert result.headers["Cache-Control"] == "no-store"


def test_an_unknown_sign_in_code_says_so_beside_the_field(scene: Any) -> None:
    answer = Client().post("/sign-in", {"code": "nobody"})
    assert answer.status_code == 422
    assert 'id="error-code"' in answer.content.decode()
    assert 'aria-invalid="true"' in answer.content.decode()


def test_too_many_codes_are_stopped_with_a_way_on(scene: Any) -> None:
    stranger = Client()
    pages = [stranger.post("/sign-in", {"code": "guess"}).content.decode() for _ in range(6)]
    assert "次数过多" in pages[-1]
    assert "窗口" in pages[-1]


def test_sign_in_leads_back_and_never_to_strangers(scene: Any) -> None:
    asked = Client().get(CONSENT)
    assert asked.headers["Location"] == f"/sign-in?next=%2Fservices%2F{SERVICE}%2Fconsent"
    for elsewhere in ("https://example.org/", "//example.org/", "javascript:alert(1)", "/\\example.org"):
        assert "example.org" not in words(Client().get("/sign-in", {"next": elsewhere})).split("<main", 1)[1]


def test_without_the_separate_tick_nothing_begins(scene: Any) -> None:
    answer = visit(ANNA).post(CONSENT, {})
    assert answer.status_code == 422
    assert 'id="error-sensitive"' in answer.content.decode()
    assert not Application.objects.exists()


def test_the_consent_to_a_base_field_names_the_agencies_behind_it_and_binds_these(scene: Any) -> None:
    scene.put_in_force(find_service(ALLOWANCE))
    anna, consent = visit(ANNA), f"/services/{ALLOWANCE}/consent"
    page = words(anna.get(consent))
    assert "户籍登记的出生日期" in page
    assert "出生日期：人口基本信息、户籍信息，须一致，不一致时由人核对" in page
    assert anna.post(consent, {}).status_code == 302
    given = find_open_consent(Application.objects.get().number, NOW)
    assert given is not None
    assert set(given.scope) >= {"population_basic.birth_date", "household_registration.birth_date"}
    assert not any(name.startswith("base_") for name in given.scope)
    checked = words(anna.get(f"/applications/{given.application}/check"))
    assert "base_" not in checked


def test_a_missing_purpose_is_named_beside_its_field(scene: Any) -> None:
    anna = visit(ANNA)
    answer = send(anna, begin(anna))
    assert answer.status_code == 422
    assert 'id="error-purpose"' in answer.content.decode()
    assert 'class="errors" role="alert" tabindex="-1" autofocus' in answer.content.decode()


def test_a_locked_value_altered_in_the_browser_is_refused_and_nothing_is_sent(scene: Any) -> None:
    anna = visit(ANNA)
    check = begin(anna)
    answer = send(anna, check, purpose="employment", **{"person.name": "演示·别人"})
    assert answer.status_code == 422
    assert "不能在此修改" in answer.content.decode()
    assert Application.objects.get().state == "draft"


@pytest.mark.parametrize("wrong", ["1380", "23800000000", "1380000000O"])
def test_a_mobile_number_that_is_none_says_what_is_wrong_and_stays_in_the_field(scene: Any, wrong: str) -> None:
    anna = visit(ANNA)
    change = begin(anna).replace("/check", "/facts/account.mobile")
    answer = anna.post(change, {"value": wrong})
    assert answer.status_code == 422
    assert "11位" in answer.content.decode()
    assert f'value="{wrong}"' in answer.content.decode()


def test_a_changed_mobile_number_is_hers(scene: Any) -> None:
    anna = visit(ANNA)
    check = begin(anna)
    assert anna.post(check.replace("/check", "/facts/account.mobile"), {"value": "13911112222"}).status_code == 302
    assert "139****2222" in anna.get(check).content.decode()
    assert "您填的" in anna.get(check).content.decode()


def test_a_disputed_value_goes_to_a_person(scene: Any) -> None:
    anna = visit(ANNA)
    check = begin(anna)
    anna.post(check.replace("/check", "/facts/person.name"))
    assert "您有异议" in anna.get(check).content.decode()
    send(anna, check, purpose="employment")
    page = anna.get(check.replace("/check", "")).content.decode()
    assert 'class="outcome no-print" data-outcome="refer"' in page


def test_confirming_twice_leads_to_the_same_result(scene: Any) -> None:
    anna = visit(ANNA)
    check = begin(anna)
    shown = anna.get(check).content.decode()
    token = shown.split('name="token" value="', 1)[1].split('"', 1)[0]
    answers = [anna.post(check, {"token": token, "purpose": "employment"}) for _ in range(2)]
    assert {(each.status_code, each.headers.get("Location")) for each in answers} == {(302, check.removesuffix("/check"))}


def test_two_tabs_make_one_filing(scene: Any) -> None:
    anna = visit(ANNA)
    check = begin(anna)
    first, second = (anna.get(check).content.decode().split('name="token" value="', 1)[1].split('"', 1)[0] for _ in range(2))
    anna.post(check, {"token": first, "purpose": "employment"})
    late = anna.post(check, {"token": second, "purpose": "abroad"}, follow=True)
    assert late.status_code in (200, 422)
    assert Application.objects.get().state == "decided"


def test_a_silent_source_waits_and_says_for_whom(scene: Any) -> None:
    scene.set_mode("criminal", "down")
    anna = visit(ANNA)
    check = begin(anna)
    send(anna, check, purpose="employment")
    page = anna.get(check.removesuffix("/check")).content.decode()
    assert 'data-outcome="wait"' in page
    assert "在等谁" in page
    assert "这不是您的问题" in page
    assert "http-equiv" not in page


def test_a_record_and_a_silent_doubt_read_the_same(scene: Any) -> None:
    pages = []
    for condition in ("false", "uncertain"):
        scene.change("criminal", "criminal_record", condition_met=condition)
        anna = visit(ANNA)
        check = begin(anna)
        send(anna, check, purpose="employment")
        page = words(anna.get(check.removesuffix("/check")))
        pages.append(page.replace(check.split("/")[2], ""))
    assert pages[0] == pages[1]


def test_a_withdrawn_draft_is_erased_and_says_how_to_begin_again(scene: Any) -> None:
    anna = visit(ANNA)
    check = begin(anna)
    anna.post(check.replace("/check", "/withdraw"))
    page = anna.get(check, follow=True).content.decode()
    assert "取到的信息已删除" in page
    assert "重新办理" in page
    assert ANNA.name not in page
    assert anna.get(check.replace("/check", "/facts/person.name")).status_code == 404


@pytest.mark.parametrize("page", ["", "/check", "/facts/person.name", "/licence.txt", "/proof.json"])
def test_somebody_elses_number_answers_like_one_that_is_not_there(scene: Any, page: str) -> None:
    mine = begin(visit(ANNA)).removesuffix("/check")
    ben = visit(BEN)
    theirs, nobodys = ben.get(mine + page), ben.get("/applications/20261123-AAAAAAAAA" + page)
    assert theirs.status_code == nobodys.status_code == 404
    number = mine.rsplit("/", 1)[1]
    assert words(theirs).replace(number, "N") == words(nobodys).replace("20261123-AAAAAAAAA", "N")


@pytest.mark.parametrize("act", ["withdraw", "review"])
def test_nobody_acts_on_somebody_elses_application(scene: Any, act: str) -> None:
    mine = begin(visit(ANNA)).removesuffix("/check")
    assert visit(BEN).post(f"{mine}/{act}").status_code == 404
    assert Application.objects.get().state == "draft"


def test_a_head_is_a_get_without_its_body(scene: Any) -> None:
    anna = visit(ANNA)
    for address in ("/", f"/services/{SERVICE}", CONSENT, "/sign-in", begin(anna)):
        answer = anna.head(address)
        assert answer.status_code == 200, address
        assert answer.content == b""


def test_a_method_that_a_page_does_not_know_is_a_page_too(scene: Any) -> None:
    for answer in (visit(ANNA).get("/sign-out"), visit(ANNA).delete("/"), Client().put("/sign-in")):
        assert answer.status_code == 405
        assert answer.headers["Allow"]
        assert "回到首页" in answer.content.decode()


def test_an_unknown_manner_of_display_is_not_kept(scene: Any) -> None:
    answer = Client().get("/display/nonsense")
    assert answer.status_code == 404
    assert "display" not in answer.cookies


def test_signing_out_ends_the_session_and_what_the_browser_kept(scene: Any) -> None:
    anna = visit(ANNA)
    cookie = anna.cookies["sid"].value
    answer = anna.post("/sign-out")
    assert answer.headers["Clear-Site-Data"] == '"cache"'
    anna.cookies["sid"] = cookie
    assert anna.get(CONSENT).status_code == 302


def test_a_database_that_is_away_is_told_as_ours_with_a_time_to_come_back(scene: Any) -> None:
    connections.close_all()
    kept = connections["default"].settings_dict["NAME"]
    connections["default"].settings_dict["NAME"] = "there_is_none"
    try:
        answers = [Client(raise_request_exception=False).get("/"), visitor_with_a_session().get("/")]
    finally:
        connections["default"].settings_dict["NAME"] = kept
        connections.close_all()
    for answer in answers:
        assert answer.status_code == 503
        assert answer.headers["Retry-After"]
        assert "没有丢" in answer.content.decode()


def visitor_with_a_session() -> Client:
    client = Client(raise_request_exception=False)
    client.cookies["sid"] = "A" * 43
    return client


@pytest.mark.parametrize("address", ["/en//evil.example/", "/en///evil.example/x", "/en//evil.example"])
def test_no_address_makes_a_link_to_strangers(scene: Any, address: str) -> None:
    page = Client().get(address).content.decode()
    assert 'href="//' not in page
    assert 'href="/en//' not in page


def test_a_form_token_does_not_outlive_who_used_it(scene: Any) -> None:
    client = Client()
    with override_settings(MIAOPI_AUTHORITY="fake"):
        chosen_authority().persons["of-anna"] = ANNA  # type: ignore[attr-defined]  # the fake
        client.get("/sign-in")
        before = client.cookies["csrf"].value
        assert client.post("/sign-in", {"code": "of-anna"}).status_code == 302
    signed_in = client.cookies["csrf"].value
    client.post("/sign-out")
    assert len({before, signed_in, client.cookies["csrf"].value}) == 3


def test_a_key_of_no_text_is_named_and_nothing_is_filed(scene: Any) -> None:
    client = visit(ANNA)
    check = begin(client)
    assert client.post(check, {"token": "a\0b", "purpose": "abroad"}).status_code == 422
    assert client.get(check).status_code == 200
