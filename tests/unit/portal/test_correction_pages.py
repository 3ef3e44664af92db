"""The steward's pages of corrections: what one would touch, reporting it, what it did; seen in a browser too. All persons are made up."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client

from miaopi.apps.approval.api import run_redecisions
from miaopi.apps.audit.api import list_accesses, sequence
from miaopi.apps.exchange.api import list_corrections, list_disputes, report_correction
from miaopi.apps.identity.api import Role, add_staff, get_member, pseudonym
from miaopi.kernel.wording import Text
from miaopi.portal.wording.corrections import BECAME
from tests.browser import opened_browser, opened_page
from tests.unit.approval.office import at_once, officer
from tests.unit.approval.test_corrections import HUKOU, hear, steward
from tests.unit.filing.scene import ANNA, BEN, KEEPER, NOW
from tests.unit.portal.browsing import visit
from tests.unit.portal.served import CUT, Look, served
from tests.unit.portal.stewards import steward as desk_steward
from tests.unit.portal.test_desk import at_desk
from tests.unit.portal.test_dispute_pages import ANSWER, disputed

LIST, FORM = "/desk/data/corrections", "/desk/data/corrections/report"
REGION = "hukou_region_code"
SAID = {"resource": HUKOU, "fields": [REGION], "id_number": ANNA.id_number}
HIDDEN = re.compile(r'<input type="hidden" name="(\w+)" value="([^"]*)">')


@pytest.fixture(autouse=True)
def beside_a_browser(monkeypatch: pytest.MonkeyPatch) -> None:
    """The browser's driver has a loop in this thread, and what the test does to the city in between is not asynchronous."""
    monkeypatch.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "1")


@pytest.fixture
def keeper(scene: Any) -> Client:
    return at_desk(steward("population"))


def redirected(scene: Any) -> Any:
    """A case that a wrong record has sent elsewhere; the agency has corrected its register since."""
    scene.change("population", HUKOU, hukou_region_code="450103")
    case = scene.draft()
    scene.confirm(case)
    scene.change("population", HUKOU, hukou_region_code="440305")
    return case


def look(client: Client, **other: Any) -> Any:
    return client.post(FORM, {**SAID, "step": "look", **other})


def hidden(answer: Any) -> dict[str, Any]:
    """The form of a page that shows what would be touched, as a browser sends it back."""
    assert answer.status_code in {200, 409}, answer.content.decode()
    form: dict[str, list[str]] = {}
    for name, value in HIDDEN.findall(answer.content.decode()):
        form.setdefault(name, []).append(value)
    return {**form, "is_right": "yes", "step": "report"}


def reported(client: Client, **other: Any) -> str:
    """The page of a correction, reported in both steps."""
    answer = client.post(FORM, hidden(look(client, **other)))
    assert answer.status_code == 302, answer.content.decode()
    return str(answer.headers["Location"]).partition("?")[0]


def looks(scene: Any) -> int:
    sequence()
    return sum(each.kind == "approval.ImpactRead" for each in list_accesses(pseudonym(scene.anna.id)))


def test_a_steward_sees_what_a_correction_touches_reports_it_and_comes_back_to_what_it_did(scene: Any, keeper: Client) -> None:
    case = redirected(scene)
    assert "还没有报过更正" in keeper.get(LIST).content.decode()
    form = keeper.get(FORM, {"resource": HUKOU}).content.decode()
    assert f'value="{REGION}"' in form and "先看会动到什么" in form
    seen = look(keeper)
    shown = seen.content.decode()
    assert "会动到1个决定" in shown and "由规则重新作出" in shown and "无犯罪记录证明" in shown
    assert list_corrections(agency="population") == []
    sent = keeper.post(FORM, hidden(seen))
    address, _, done = sent.headers["Location"].partition("?")
    assert (sent.status_code, done) == (302, "done=corrected")
    assert "正在找用过它的决定" in keeper.get(address).content.decode()
    hear(NOW)
    told = keeper.get(address).content.decode()
    assert "改了，已生效，已通知本人" in told and "已办完" in told and "还是原来的值" not in told
    assert "已办完" in keeper.get(LIST).content.decode()
    keeper.cookies["display"] = "elder"
    assert 'data-mode="elder"' in keeper.get(LIST).content.decode()
    assert scene.result(case).outcome == "approve"
    for page in (shown, told, keeper.get(LIST).content.decode()):
        assert ANNA.name not in page and case.number not in page
    assert ANNA.id_number not in told and ANNA.id_number not in address


def test_of_several_who_were_shown_the_same_one_reports_it(scene: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    redirected(scene)
    keepers = [at_desk(desk_steward(name, "population")) for name in ("first", "second", "third", "fourth")]
    for round in range(1, 6):
        monkeypatch.setenv("MIAOPI_CLOCK", (NOW + timedelta(minutes=round)).isoformat())
        forms = [hidden(look(each)) for each in keepers]
        answers = at_once(*(lambda client=client, form=form: client.post(FORM, form) for client, form in zip(keepers, forms, strict=True)))
        assert sorted(answer.status_code for answer in answers) == [302, 409, 409, 409]
        assert len(list_corrections(agency="population")) == round


def test_each_look_is_an_entry_that_its_subject_sees(scene: Any, keeper: Client) -> None:
    redirected(scene)
    address = reported(keeper)
    assert looks(scene) == 1
    keeper.get(address)
    keeper.get(LIST)
    assert looks(scene) == 2
    assert "登记更正后，查用过它的决定" in visit(ANNA).get("/accesses").content.decode()


def test_what_stands_with_a_person_or_rests_on_other_fields_is_foreseen_so(scene: Any, keeper: Client) -> None:
    case = scene.draft()
    scene.confirm(case)
    assert "要变的交给人定" in look(keeper).content.decode()
    untouched = look(keeper, fields=["household_type"]).content.decode()
    assert "没有用到这几项，不动" in untouched and "用过它的1个决定都不动" in untouched
    assert "要变的交给人定" in look(keeper, fields=["*"]).content.decode()
    scene.change("population", HUKOU, hukou_region_code="450103")
    address = reported(keeper)
    hear(NOW)
    told = keeper.get(address).content.decode()
    assert "交给人定，已通知本人，原决定仍有效" in told and "等人定</span>" in told
    assert "1个等人定" in keeper.get(LIST).content.decode()


def test_a_form_sent_twice_is_one_correction_and_another_under_its_token_is_told(scene: Any, keeper: Client) -> None:
    redirected(scene)
    form = hidden(look(keeper))
    places = {keeper.post(FORM, form).headers["Location"] for _ in "12"}
    assert len(places) == 1 and len(list_corrections(agency="population")) == 1
    again = keeper.post(FORM, {**form, "fields": ["status"]})
    assert again.status_code == 409 and "那张表已经报出过" in again.content.decode() and "幂等键" not in again.content.decode()
    assert len(list_corrections(agency="population")) == 1


def test_what_has_changed_since_she_looked_is_shown_anew_and_nothing_is_reported(scene: Any, keeper: Client) -> None:
    redirected(scene)
    form = hidden(look(keeper))
    scene.confirm(scene.draft())
    stale = keeper.post(FORM, form)
    assert stale.status_code == 409 and "有变化" in stale.content.decode() and "会动到2个决定" in stale.content.decode()
    assert list_corrections(agency="population") == []
    renewed = hidden(stale)
    report_correction(resource=HUKOU, subject=scene.anna.id, fields=(REGION,), by=get_member("steward-population").actor, now=NOW)
    assert keeper.post(FORM, renewed).status_code == 409  # a colleague has reported it meanwhile
    assert len(list_corrections(agency="population")) == 1


def test_nothing_is_reported_before_she_says_that_the_source_is_right(scene: Any, keeper: Client) -> None:
    redirected(scene)
    form = hidden(look(keeper))
    del form["is_right"]
    answer = keeper.post(FORM, form)
    assert answer.status_code == 422 and 'href="#is_right"' in answer.content.decode()
    assert list_corrections(agency="population") == []
    back = keeper.post(FORM, {**form, "step": "change"}).content.decode()
    assert f'value="{ANNA.id_number}"' in back and f'value="{REGION}" checked' in back


WRONG: list[tuple[dict[str, Any], str, str]] = [
    ({"id_number": "110105194912310021"}, "id_number", "校验码不正确"), ({"id_number": BEN.id_number}, "id_number", "没有这个人的账户"),
    ({"fields": []}, "fields", "请勾选记错的信息项"), ({"fields": ["*", REGION]}, "fields", "只勾一种"),
    ({"fields": ["nothing"]}, "fields", "没有信息项"),
]  # fmt: skip


def test_a_mistake_stands_at_its_field_and_what_was_ticked_stays(scene: Any, keeper: Client) -> None:
    for wrong, anchor, said in WRONG:
        for step in ("look", "report"):
            answer = look(keeper, **wrong, step=step, token="one-form")
            shown = answer.content.decode()
            assert answer.status_code == 422, (wrong, step)
            assert f'href="#{anchor}"' in shown and shown.count(said) == 2, wrong
    assert f'value="{REGION}" checked' in look(keeper, id_number=BEN.id_number).content.decode()
    assert looks(scene) == 0


def test_a_record_that_nobody_used_may_be_reported_and_is_done(scene: Any, keeper: Client) -> None:
    assert "没有决定用过它，还要报吗" in look(keeper).content.decode()
    assert "不用再做什么" in keeper.get(reported(keeper)).content.decode()
    assert "没有用过" in keeper.get(LIST).content.decode()


def test_a_source_that_still_says_the_old_value_is_told_to_the_steward(scene: Any, keeper: Client) -> None:
    case = scene.draft()
    scene.confirm(case)
    address = reported(keeper)
    hear(NOW)
    shown = keeper.get(address).content.decode()
    assert "重新作出，结果不变" in shown and "来源说的还是原来的值" in shown and "再报一次" in shown


def test_a_silent_source_is_told_with_when_it_is_asked_next(scene: Any, keeper: Client) -> None:
    redirected(scene)
    scene.set_mode("population", "down")
    address = reported(keeper)
    hear(NOW)
    shown = keeper.get(address).content.decode()
    assert "来源没有回应，问过1次" in shown and "正在重新作出" in shown and "看最新进度" in shown
    scene.set_mode("population", "up")
    run_redecisions(now=NOW + timedelta(minutes=1))
    assert "没有回应" not in keeper.get(address).content.decode()


def test_another_agency_a_citizen_and_an_officer_get_the_usual_refusals(scene: Any, keeper: Client) -> None:
    redirected(scene)
    address, other = reported(keeper), at_desk(steward("criminal"))
    before = looks(scene)
    assert other.get(address).status_code == 404
    assert "还没有报过更正" in other.get(LIST).content.decode()
    assert look(other).status_code == 403
    assert other.post(FORM, hidden(look(keeper))).status_code == 403
    assert look(keeper, resource="no_such").status_code == 404
    for client in (visit(ANNA), at_desk(officer())):
        assert [client.get(page).status_code for page in (LIST, FORM, address)] == [403, 403, 403]
        assert look(client).status_code == 403
    assert Client().get(address).status_code == 302
    assert looks(scene) == before + 1  # the keeper's own


def test_nobody_corrects_or_follows_what_concerns_herself(scene: Any, keeper: Client) -> None:
    redirected(scene)
    address = reported(keeper)
    name = Text(zh="演示安娜", en="Demo Anna")
    herself = at_desk(add_staff(
        staff_id="herself", name=name, role=Role.STEWARD, office="population", id_number=ANNA.id_number, by=KEEPER, now=NOW
    ).actor)  # fmt: skip
    assert look(herself).status_code == 403
    assert herself.get(address).status_code == 404


def test_a_dispute_that_is_upheld_shows_first_what_it_touches(scene: Any, keeper: Client) -> None:
    case = redirected(scene)
    disputed(scene, visit(ANNA))
    (filed,) = list_disputes(agency="population")
    page, words = f"/desk/data/disputes/{filed.id}", {"finding": "corrected", "words": ANSWER}
    seen = keeper.post(page, words)
    assert "会动到1个决定" in seen.content.decode() and ANSWER in seen.content.decode()
    assert len(list_disputes(agency="population")) == 1 and list_corrections(agency="population") == []
    changed = keeper.post(page, {**words, "step": "change"}).content.decode()
    assert ANSWER in changed and 'value="corrected" required checked' in changed
    form = hidden(seen)
    unsure = keeper.post(page, {**form, "is_right": ""})
    assert unsure.status_code == 422 and 'href="#is_right"' in unsure.content.decode()
    places = {keeper.post(page, form).headers["Location"] for _ in "12"}
    (made,) = list_corrections(agency="population")
    assert places == {f"{LIST}/{made.id}?done=upheld"} and made.dispute == filed.id
    hear(NOW)
    assert "改了，已生效" in keeper.get(f"{LIST}/{made.id}").content.decode()
    assert f"{LIST}/{made.id}" in keeper.get(page).content.decode()
    assert scene.result(case).outcome == "approve"


def test_these_pages_are_clean_and_fit_a_telephone(scene: Any, keeper: Client) -> None:
    """In Chinese on a telephone and in English on a desk, without scripts, by the form that a browser sends."""
    redirected(scene)
    address = reported(keeper)
    hear(NOW)
    token = str(keeper.cookies["sid"].value)
    with served() as base, opened_browser() as browser:
        seen = Look(browser, base)
        for width, before in ((360, ""), (1280, "/en")):
            with opened_page(browser, width=width) as page:
                page.context.add_cookies([{"name": "sid", "value": token, "url": base}])
                for place in (LIST, address, f"{FORM}?resource={HUKOU}"):
                    page.goto(base + before + place)
                    seen.judge(page, f"{before}{place}", thoroughly=width == 360)
                page.fill("#id_number", ANNA.id_number)
                page.check(f"input[value={REGION}]")
                with page.expect_navigation():
                    page.click("button[value=look]")
                seen.judge(page, f"check {width}", thoroughly=True)
                assert page.url == f"{base}{before}{FORM}"
                page.goto(base + before + address)
                for text in (each for _, words in BECAME.values() for each in (words.zh, words.en)):
                    page.locator("li .tag").first.evaluate("(tag, text) => tag.textContent = text", text)
                    assert page.evaluate(CUT) == [], text
    assert seen.wrong == []
    assert seen.seen == 8
