"""谁看过我的信息 as a person reads it: sums, kinds, what is shown late, who looked and why; and how she has a look explained."""

from __future__ import annotations

import re
from datetime import datetime, timedelta
from typing import Any

import pytest

from miaopi.apps.approval.api import ImpactRead
from miaopi.apps.audit.api import (
    Actor,
    ActorKind,
    act,
    run_after_handlers,
    sequence,
    sign_checkpoint,
    staff,
    system,
)
from miaopi.apps.exchange.api import (
    DataPulled,
    DisputeRead,
    DuplicateRead,
    Duty,
    LineageRead,
    RecordPushed,
    Terms,
    approve_agreement,
    pull,
    read_visibility,
    request_agreement,
)
from miaopi.apps.identity.api import Role, add_staff, pseudonym
from miaopi.kernel.wording import Text
from tests.browser import opened_browser, press, tab_to
from tests.unit.approval.office import officer
from tests.unit.filing.scene import ANNA, BEN, KEEPER, NOW
from tests.unit.portal.browsing import visit
from tests.unit.portal.served import served
from tests.unit.portal.stops import Stops
from tests.unit.portal.test_desk import at_desk
from tests.waiting import LONG

DAY = timedelta(days=1)
ASKER, PROVIDER = staff("asker", "steward"), staff("provider", "steward")
OPEN, LATE = Duty("visits", "V-2026-7", "演示走访规定", "第二条"), Duty("late-visits", "", "演示办案规定", "第二条")
FIELDS = {"population_basic": ("name", "birth_date")}


def look(scene: Any, duty: Duty, *, now: datetime = NOW, asks: Any = None) -> None:
    pull(subject=scene.anna.id, asks=asks or FIELDS, ground=duty, deadline=timedelta(seconds=LONG), by=system("test.agency"), now=now)


def settle(now: datetime = NOW) -> None:
    sequence()
    sign_checkpoint(now=now)
    run_after_handlers(now=now)


@pytest.fixture
def city(scene: Any) -> Any:
    """Anna's own case, two looks by an agency on one day, one of a kind that is shown later, and one that was refused."""
    scene.confirm(scene.draft())
    for member, office in ((ASKER, "civil-affairs"), (PROVIDER, "population")):
        add_staff(staff_id=member.id, name=Text(zh="演示", en="Demo"), role=Role.STEWARD, office=office, by=KEEPER, now=NOW)
    for duty, visibility in ((OPEN, "immediate"), (LATE, "deferred:20d")):
        terms = Terms(
            fields=FIELDS["population_basic"], starts_at=NOW, ends_at=NOW + 300 * DAY, visibility=read_visibility(visibility),
            hidden_by="" if visibility == "immediate" else "演示侦查规定 第一条",
        )  # fmt: skip
        asked = request_agreement(
            resource="population_basic", service=duty.service, purpose=duty.duty, ground=duty.duty, terms=terms, by=ASKER, now=NOW
        )
        approve_agreement(agreement=asked.id, by=PROVIDER, now=NOW)
    look(scene, LATE)
    look(scene, OPEN)
    look(scene, OPEN)
    look(scene, OPEN, asks={"population_basic": ("sex",)})
    settle()
    return scene


def page(who: Any, address: str, now: datetime = NOW) -> str:
    return str(visit(who, now=now).get(address).content.decode())


def test_the_page_sums_up_tells_kinds_apart_and_says_who_and_why(city: Any) -> None:
    text = page(ANNA, "/accesses")
    assert re.search(r"最近30天<b>\d+次</b>：\d+次为您办事，2次依法履职，0次工作人员经手", text)
    assert "1次最迟2027年1月1日显示" in text
    assert "演示办案规定" not in text
    duty = page(ANNA, "/accesses?show=duty")
    assert duty.count("<li><details>") == 1  # the same again on the same day is one row
    assert "民政" in duty and "演示走访规定 第二条" in duty and "当天共2次" in duty and len(re.findall(r"/proof\.json", duty)) == 2
    refused = page(ANNA, "/accesses?show=refused")
    assert "被拒绝，没有数据给出" in refused and "共享授权不包括该信息项。" in refused and not re.search(r"/object\"", refused)
    own = page(ANNA, "/accesses?show=own")
    assert "您的同意，凭证号" in own and "11月23日09:30给出" in own and "演示走访规定" not in own
    assert "这一类没有" in page(ANNA, "/accesses?show=staff")
    assert page(ANNA, "/accesses?show=nonsense").count("<li><details>") == text.count("<li><details>")
    english = page(ANNA, "/en/accesses")
    assert "1 shown by 1 January 2027" in english and "Civil affairs" in english


def test_what_was_late_is_marked_and_stands_on_top_for_a_month(city: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    assert "新显示" not in page(ANNA, "/accesses")
    for days, is_new in ((20, True), (49, True), (51, False)):
        now = NOW + days * DAY
        monkeypatch.setenv("MIAOPI_CLOCK", now.isoformat())
        text = page(ANNA, "/accesses", now)
        assert ("新显示" in text) is is_new
        assert text.count("延后显示</span>") == (2 if is_new else 1) and "演示办案规定 第二条" in text
        assert "依法暂不显示" not in text
        assert ("1次延后的现在能看到了" in page(ANNA, "/me", now)) is is_new


def test_she_has_a_look_explained_and_reads_the_answer(city: Any) -> None:
    anna, steward = visit(ANNA), at_desk(ASKER)
    form = re.findall(r'href="(/accesses/\d+/object)"', page(ANNA, "/accesses?show=duty"))[0]
    assert anna.post(form, {"words": " "}).content.decode().count("请写一句哪里不对劲") == 2
    assert anna.post(form, {"words": "演示：没人来过"}).headers["Location"] == "/accesses/objections"
    assert "您已要求说明" in anna.post(form, {"words": "演示：再问"}).content.decode()
    assert visit(BEN).get(form).status_code == 404
    mine = anna.get("/accesses/objections").content.decode()
    assert "等待说明" in mine and "演示：没人来过" in mine and "12月14日18:00" in mine
    assert "等待说明" in anna.get("/accesses?show=duty").content.decode()
    assert "1次在等说明" in anna.get("/me").content.decode()
    listed = steward.get("/desk/data/objections").content.decode()
    [address] = set(re.findall(r'href="(/desk/data/objections/\w+)"', listed))
    assert ANNA.name not in listed and "演示：没人来过" not in listed
    opened = steward.get(address).content.decode()
    assert "演示：没人来过" in opened and "演示走访规定 第二条" in opened and ANNA.name not in opened
    assert at_desk(PROVIDER).get(address).status_code == 404 and at_desk(officer()).get(address).status_code == 403
    assert "请选一种答复" in steward.post(address, {"words": "演示"}).content.decode()
    assert steward.post(address, {"finding": "explained", "words": ""}).status_code == 422
    done = steward.post(address, {"finding": "upheld_and_suspended", "words": "演示：查错了人"})
    assert done.headers["Location"] == "/desk/data/objections?done=objection"
    settle()
    mine = anna.get("/accesses/objections").content.decode()
    assert "成立：不应查看" in mine and "演示：查错了人" in mine and "它的查询已暂停" in mine
    assert "已有答复" in anna.get("/messages").content.decode()
    assert "演示：查错了人" in steward.get(address).content.decode()
    assert "成立" in steward.get("/desk/data/objections?show=over").content.decode()
    staff_looks = anna.get("/accesses?show=staff").content.decode()
    assert "答复您对查看的异议" in staff_looks and "您写的话和您指的那次查看" in staff_looks


def test_she_withdraws_it(city: Any) -> None:
    anna = visit(ANNA)
    form = re.findall(r'href="(/accesses/\d+/object)"', page(ANNA, "/accesses"))[0]
    anna.post(form, {"words": "演示"})
    [address] = re.findall(r'action="(/accesses/objections/\w+/withdraw)"', anna.get("/accesses/objections").content.decode())
    assert visit(BEN).post(address).status_code == 404
    assert anna.post(address).status_code == 302
    assert "已撤回" in anna.get("/accesses/objections").content.decode()


def test_her_pages_and_the_stewards_are_clean_and_the_keyboard_is_enough(city: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """From the look to the answer at a telephone's width, without scripts; axe at every stop, and again in English at a desk."""
    monkeypatch.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "1")
    now = NOW + 21 * DAY
    monkeypatch.setenv("MIAOPI_CLOCK", now.isoformat())
    sessions = {"anna": str(visit(ANNA, now=now).cookies["sid"].value), "asker": str(at_desk(ASKER, now=now).cookies["sid"].value)}
    wrong: list[str] = []
    with served() as base, opened_browser() as browser:
        seen = Stops(base, browser, sessions, wrong)
        with seen.opened("anna", 360) as phone:
            phone.goto(f"{base}/accesses?show=duty")
            press(phone, "summary")
            seen.judge(phone, "look")
            press(phone, "a[href$='/object']")
            tab_to(phone, "#words")
            phone.keyboard.type("演示：没人来过")
            seen.judge(phone, "form")
            press(phone, "main form button")
            phone.wait_for_url("**/accesses/objections")
            seen.judge(phone, "objections")
            phone.goto(f"{base}/accesses")
            seen.judge(phone, "list", open_all=True)
        with seen.opened("asker", 360) as desk:
            desk.goto(f"{base}/desk/data/objections")
            seen.judge(desk, "objections of an office")
            press(desk, "main nav.rows a")
            tab_to(desk, "input[type=radio]")
            desk.keyboard.press("Space")
            tab_to(desk, "#words")
            desk.keyboard.type("演示：走访名单里有您")
            seen.judge(desk, "objection")
            press(desk, "main form button")
            desk.wait_for_url("**?done=objection")
        for who, addresses in (("anna", ("/en/accesses", "/en/accesses/objections")), ("asker", ("/en/desk/data/objections?show=over",))):
            with seen.opened(who, 1280) as wide:
                for address in addresses:
                    wide.goto(base + address)
                    seen.judge(wide, address, open_all=True)
        with seen.opened("anna", 360, display="elder") as elder:
            elder.goto(f"{base}/accesses")
            seen.judge(elder, "elder")
    assert wrong == []


def test_each_kind_of_look_is_told_in_plain_words(city: Any) -> None:
    """No name of a department, field or account as machines write it."""
    before = page(ANNA, "/accesses")
    subject, case = pseudonym(city.anna.id), re.findall(r'href="/applications/([^/"]+)"', before)[0]
    held: Any = {"subject": subject, "resource": "population_basic", "agency": "population", "fields": ("name",)}
    pushed: Any = {"act": "x", "key": "k", "service": "no-criminal-record", "application": case, "receipt": "", "reference": "1"}
    pulled: Any = {"service": "visits", "application": "", "receipt": "", "result": "found"}
    told: list[tuple[Actor, Any, str]] = [
        (PROVIDER, DuplicateRead(candidate="c", register="base_population", duty="演示核对规定 第一条", **held), "核对两条登记是否同一人"),
        (PROVIDER, LineageRead(subject=subject, number=case, fields=("name",)), "查决定所用数据的来历"),
        (PROVIDER, DisputeRead(dispute="d", staff="provider", **{**held, "fields": ("name", "id_number", "sex")}), "核实您提出的数据异议"),
        (system("test.impact"), ImpactRead(resource="population_basic", fields=(), subject=subject), "登记更正后，查用过它的决定"),
        (system("test.push"), RecordPushed(duty="演示登记规定 第三条", **held, **pushed), "演示登记规定 第三条"),
        (Actor(ActorKind.AGENCY, "civil-affairs"), DataPulled(duty="走访规定 第九条", **held, **pulled), "走访规定 第九条"),
    ]  # fmt: skip
    for by, event, _ in told:
        with act(by=by, now=NOW) as unit:
            unit.record(event)
    settle()
    text = page(ANNA, "/accesses")
    assert text.count("<li><details>") == before.count("<li><details>") + len(told)
    for _, _, words in told:
        assert words in text
    assert "写入了：" in text and "公民身份号码、性别" in text and "哪些决定用过这份登记" in text and "不含内容" in text
    for raw in ("看了：</", ">population", "provider", "test.", "id_number", "civil-affairs<"):
        assert raw not in text, raw
    assert "由部门自己的系统" in text and "民政" in text
