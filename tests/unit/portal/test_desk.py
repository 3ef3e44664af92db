"""The officer's pages: queue, case, decisions; what a citizen and a colleague get instead. All persons are made up."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import pytest
from django.test import Client, override_settings

from miaopi.apps.approval.api import get_decision
from miaopi.apps.audit.api import Actor, list_accesses, sequence
from miaopi.apps.identity.adapters import chosen_authority
from miaopi.apps.identity.api import FakeAuthority, Role, StaffAssertion, pseudonym, sign_in
from miaopi.portal.gate import SESSION_COOKIE
from tests.unit.approval.office import officer, referred
from tests.unit.filing.scene import ANNA, KEEPER, NOW
from tests.unit.portal.browsing import visit

LAW = {"instrument": "公安机关办理犯罪记录查询工作规定", "article": "第十条"}


def at_desk(member: Actor, *, now: datetime = NOW) -> Client:
    """A client with the session of this member of staff."""
    shown = StaffAssertion(staff_id=member.id, name="演示", method="demo")
    opened = sign_in(code="code", by=KEEPER, now=now, authority=FakeAuthority({"code": shown}))
    client = Client(raise_request_exception=False)
    client.cookies[SESSION_COOKIE] = opened.token
    return client


def decide(client: Client, number: str, outcome: str, **more: str) -> Any:
    return client.post(f"/desk/cases/{number}/decide", {"outcome": outcome, "reason": "经核实，不是同一个人。", **LAW, **more})


def test_a_queue_shows_clock_and_reason_and_nobodys_name(scene: Any) -> None:
    case = referred(scene)
    page = at_desk(officer()).get("/desk").content.decode()
    assert case.number in page
    assert "剩3天" in page
    assert "今天到期" in page
    assert ANNA.name not in page


def test_a_case_stands_with_the_question_first_and_nothing_chosen(scene: Any) -> None:
    case = referred(scene)
    zhou = at_desk(officer())
    page = zhou.get(f"/desk/cases/{case.number}").content.decode()
    assert page.index("要您看的，来源并列") < page.index("机器预审")
    assert ANNA.name in page
    assert ANNA.id_number not in page
    assert "领取" in page
    assert "签名并决定" not in page
    assert zhou.post(f"/desk/cases/{case.number}/take").status_code == 302
    page = zhou.get(f"/desk/cases/{case.number}").content.decode()
    assert "签名并决定" in page
    assert " checked" not in page


def test_each_look_is_an_entry_that_its_subject_can_see(scene: Any) -> None:
    case = referred(scene)
    at_desk(officer()).get(f"/desk/cases/{case.number}")
    sequence()
    looks = [entry for entry in list_accesses(pseudonym(scene.anna.id)) if entry.kind == "approval.CaseRead"]
    assert [look.body["staff"] for look in looks] == ["officer1"]


@pytest.mark.parametrize("outcome", ["approve", "refuse", "redirect"])
def test_a_decision_needs_a_reason_and_its_law(scene: Any, outcome: str) -> None:
    case = referred(scene)
    zhou = at_desk(officer())
    zhou.post(f"/desk/cases/{case.number}/take")
    for missing in ({"reason": ""}, {"article": ""}):
        answer = decide(zhou, case.number, outcome, **missing)
        assert answer.status_code == 422
        assert 'role="alert"' in answer.content.decode()
        assert f'value="{outcome}" required checked' in answer.content.decode()
    assert decide(zhou, case.number, outcome).headers["Location"] == f"/desk?done={outcome}"
    decision = get_decision(number=case.number, reader=scene.anna)
    assert (decision.outcome, decision.decided_by) == (outcome, "officer1")
    assert "role=\"status\"" in zhou.get(f"/desk?done={outcome}").content.decode()


def test_without_a_choice_nothing_is_decided(scene: Any) -> None:
    case = referred(scene)
    zhou = at_desk(officer())
    zhou.post(f"/desk/cases/{case.number}/take")
    answer = decide(zhou, case.number, "")
    assert answer.status_code == 422
    assert "请先选一个决定" in answer.content.decode()


def test_a_supplement_names_every_defect_and_stops_the_clock(scene: Any) -> None:
    case = referred(scene)
    zhou = at_desk(officer())
    zhou.post(f"/desk/cases/{case.number}/take")
    address = f"/desk/cases/{case.number}/supplement"
    assert "至少一项" in zhou.post(address, {}).content.decode()
    assert zhou.post(address, {"fact": ["purpose"], "wrong.purpose": "用途不清楚。"}).headers["Location"] == "/desk?done=supplement"
    assert "时钟已停" in zhou.get("/desk").content.decode()
    anna = visit(ANNA).get(f"/applications/{case.number}").content.decode()
    assert "用途不清楚" in anna


def test_a_case_put_back_is_free_for_another(scene: Any) -> None:
    case = referred(scene)
    zhou, wu = at_desk(officer()), at_desk(officer("officer2"))
    zhou.post(f"/desk/cases/{case.number}/take")
    assert "正在办这一件" in wu.get(f"/desk/cases/{case.number}").content.decode()
    assert wu.post(f"/desk/cases/{case.number}/take").status_code == 422
    zhou.post(f"/desk/cases/{case.number}/put-back")
    assert wu.post(f"/desk/cases/{case.number}/take").status_code == 302


def test_a_citizen_a_clerk_and_an_officer_of_another_queue_see_no_case(scene: Any) -> None:
    case = referred(scene)
    address = f"/desk/cases/{case.number}"
    assert visit(ANNA).get(address).status_code == 403
    assert at_desk(officer("clerk1", role=Role.CLERK)).get(address).status_code == 403
    assert at_desk(officer("officer3", queues=("elsewhere",))).get(address).status_code == 404
    assert Client().get(address).status_code == 302
    related = at_desk(officer("officer4", id_number=ANNA.id_number))
    assert related.get(address).status_code == 404
    assert case.number not in related.get("/desk").content.decode()


def test_what_an_applicant_wrote_is_text_on_the_officers_page(scene: Any) -> None:
    scene.change("population", "population_basic", former_name="<script>alert(1)</script>")
    case = referred(scene)
    assert "<script>alert" not in at_desk(officer()).get(f"/desk/cases/{case.number}").content.decode()


@pytest.mark.parametrize(
    ("role", "lands"), [("officer", "/desk"), ("clerk", "/counter"), ("steward", "/desk/data"), ("auditor", "/desk/watch")]
)
def test_staff_land_at_their_desk(scene: Any, role: str, lands: str) -> None:
    officer("someone", role=Role(role))
    with override_settings(MIAOPI_AUTHORITY="fake"):
        shown = StaffAssertion(staff_id="someone", name="演示", method="demo")
        chosen_authority().persons["desk-code"] = shown  # type: ignore[attr-defined]  # the fake
        assert Client().post("/sign-in", {"code": "desk-code", "next": "/"}).headers["Location"] == lands
        assert Client().post("/sign-in", {"code": "desk-code", "next": "/verify"}).headers["Location"] == "/verify"
