"""The steward's pages and the requester's, without scripts: what is shown, what is done, and what others get instead."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from django.conf import settings
from django.test import Client, override_settings

from miaopi.apps.audit.api import run_after_handlers, sequence
from miaopi.apps.catalogue.api import get_resource
from miaopi.apps.exchange.api import (
    AgreementState,
    Terms,
    get_agreement,
    list_agreements,
    read_visibility,
    request_agreement,
)
from miaopi.apps.identity.api import list_tokens
from tests.unit.filing.scene import ANNA, NOW
from tests.unit.portal.browsing import visit
from tests.unit.portal.stewards import PURPOSE, RESOURCE, USE, ask, asked, at_desk, key_of, pull, steward

DESK = "/desk/data"


@pytest.fixture
def two(scene: Any) -> tuple[Any, Any]:
    """The steward of the register, and one of a department that asks."""
    return steward("keeper", "population"), steward("asker", "civil-affairs")


@pytest.fixture
def keeper(two: Any) -> Client:
    return at_desk(two[0])


@pytest.fixture
def asker(two: Any) -> Client:
    return at_desk(two[1])


def page(client: Client, address: str) -> str:
    answer = client.get(DESK + address)
    assert answer.status_code == 200, answer.content.decode()
    return str(answer.content.decode())


def act(client: Client, agreement: str, verb: str, **form: Any) -> Any:
    return client.post(f"{DESK}/agreements/{agreement}/{verb}", form)


def test_approving_in_the_page_makes_the_same_pull_work_and_revoking_ends_it(two: Any, keeper: Client, asker: Client) -> None:
    """Show 5, in one process; `tests/journey/test_stewards.py` does the same with processes of their own."""
    key = key_of(two[1])
    refused = pull(key)
    assert (refused.status_code, refused.json()["code"]) == (403, "no_grant")
    agreement = asked(asker)
    assert pull(key).json()["code"] == "no_grant"
    assert act(keeper, agreement, "approve", fields=["name", "birth_date"], until="2027-06-30").status_code == 302
    assert [(fact["field"], fact["value"]) for fact in pull(key).json()["facts"]] == [("name", ANNA.name)]
    assert act(keeper, agreement, "revoke", reason="用途已结束").status_code == 302
    assert pull(key).json()["code"] == "revoked"


def test_a_field_that_no_source_has_is_told_to_be_described_only(keeper: Client) -> None:
    shown = page(keeper, "/catalogue/population_basic")
    rows = {name: shown.partition(f"<code>{name}</code>")[2].partition("</li>")[0] for name in ("photo_ref", "birth_date")}
    assert "只有说明" in rows["photo_ref"]
    assert rows["birth_date"] and "只有说明" not in rows["birth_date"]


def test_a_request_shows_who_asks_for_what_and_what_was_left_out(keeper: Client, asker: Client) -> None:
    agreement = asked(asker)
    assert "民政" in page(keeper, "") and agreement in page(keeper, "/requests")
    shown = page(keeper, f"/agreements/{agreement}")
    assert PURPOSE in shown and "老年人权益保障法 第三十三条" in shown
    assert "没有要的" in shown and "曾用名" in shown
    assert "不是平台上已发布的事项" in shown
    assert "剩" in shown and "5个工作日" in shown
    assert ANNA.name not in shown


def test_what_is_given_can_be_less(keeper: Client, asker: Client) -> None:
    agreement = asked(asker)
    form = {"fields": ["name"], "until": "2027-01-31", "per_day": "20", "opens": "09:00", "closes": "18:00", "where": 'sex = "女"'}
    assert act(keeper, agreement, "approve", **form).headers["Location"].endswith("done=narrow")
    terms = get_agreement(agreement).terms
    assert (terms.fields, terms.daily_quota, terms.row_filter) == (("name",), 20, 'sex = "女"')
    shown = page(asker, f"/agreements/{agreement}")
    assert "到2027-01-31" in shown and "每天20次" in shown and "每天09:00至18:00" in shown and "性别是“女”" in shown
    assert "申请过、没有给的" in shown and "出生日期" in shown


def test_when_a_look_is_shown_is_told_to_who_approves_and_stays_as_it_was_asked_for(two: Any, keeper: Client) -> None:
    terms = Terms(
        fields=("name", "birth_date"), starts_at=NOW, ends_at=NOW + timedelta(days=90), visibility=read_visibility("deferred:30d"),
        hidden_by="演示侦查规定 第一条",
    )
    agreement = request_agreement(
        resource=RESOURCE, service="open-cases", purpose=PURPOSE, ground="演示办案规定 第二条", terms=terms, by=two[1], now=NOW
    ).id
    shown = page(keeper, f"/agreements/{agreement}")
    assert "每次查询30天后当事人可见（演示侦查规定 第一条）" in shown
    assert act(keeper, agreement, "approve", fields=["name"], until="2026-12-31").status_code == 302
    given = get_agreement(agreement).terms
    assert (str(given.visibility), given.hidden_by, given.fields) == ("deferred:30d", "演示侦查规定 第一条", ("name",))


WRONG: list[tuple[dict[str, Any], str, str]] = [
    ({"until": "2030-01-01"}, "until", "期限超出"), ({"until": "nonsense"}, "until", "读不出截止日期"), ({"fields": []}, "fields", "为空"),
    ({"fields": ["name", "sex"]}, "fields", "信息项超出"), ({"per_day": "many"}, "per_day", "不是整数"),
    ({"opens": "09:00"}, "opens", "使用时段"), ({"where": "shoe_size > 3"}, "where", "行条件读不出来"),
]  # fmt: skip


def test_a_mistake_stands_at_its_field_and_what_was_written_stays(keeper: Client, asker: Client) -> None:
    agreement = asked(asker)
    for wrong, field, said in WRONG:
        answer = act(keeper, agreement, "approve", **{"fields": ["name"], "until": "2027-01-31", "per_day": "7", **wrong})
        shown = answer.content.decode()
        assert answer.status_code == 422
        assert f'href="#{field}"' in shown and shown.count(said) == 2, wrong
        assert f'value="{wrong.get("per_day", "7")}"' in shown
    assert get_agreement(agreement).state is AgreementState.FILED


def test_a_refusal_needs_its_reason_and_the_requester_reads_it(keeper: Client, asker: Client) -> None:
    agreement = asked(asker)
    assert act(keeper, agreement, "refuse", reason=" ").status_code == 422
    assert act(keeper, agreement, "refuse", reason="姓名即可，不需要出生日期。").status_code == 302
    assert "姓名即可，不需要出生日期。" in page(asker, f"/agreements/{agreement}")


def test_a_form_that_is_sent_twice_is_one_act(two: Any, keeper: Client, asker: Client) -> None:
    form = {"fields": ["name"], "until": "2027-06-30"}
    first = asked(asker)
    assert [act(keeper, first, "approve", **form).status_code for _ in "12"] == [302, 302]
    assert [act(keeper, first, "suspend", reason="核实中").status_code for _ in "12"] == [302, 302]
    address = f"{DESK}/catalogue/{RESOURCE}/request"
    sent = {"token": "one-form", "use": USE, "purpose": PURPOSE, "instrument": "某法", "article": "第一条", "until": "2027-06-30",
            "fields": ["sex"]}
    places = {asker.post(address, sent).headers["Location"] for _ in "12"}
    assert len(places) == 1
    again = asker.post(address, {**sent, "purpose": "别的"})
    assert again.status_code == 409 and "已经提交过" in again.content.decode()
    assert len(list_agreements(requester="civil-affairs")) == 2


def test_what_a_colleague_decided_meanwhile_is_told_and_stands(keeper: Client, asker: Client) -> None:
    agreement, colleague = asked(asker), at_desk(steward("keeper2", "population"))
    act(colleague, agreement, "refuse", reason="依据不足")
    answer = act(keeper, agreement, "approve", fields=["name"], until="2027-06-30")
    assert answer.status_code == 409 and "已经变了" in answer.content.decode() and "依据不足" in answer.content.decode()
    assert get_agreement(agreement).state is AgreementState.REFUSED


def test_ending_an_agreement_of_a_service_says_which_facts_go(two: Any, keeper: Client) -> None:
    (agreement,) = [each.id for each in list_agreements(agency="population") if each.resource == RESOURCE][:1]
    shown = page(keeper, f"/agreements/{agreement}")
    assert "“无犯罪记录证明”取不到：" in shown and "个条件要读它们" in shown
    assert act(keeper, agreement, "suspend", reason="核实中").status_code == 302
    assert "已暂停" in page(keeper, f"/agreements/{agreement}") and "核实中" in page(keeper, f"/agreements/{agreement}")
    assert agreement in page(keeper, "/agreements?state=suspended")
    assert act(keeper, agreement, "resume").status_code == 302
    trail = page(keeper, f"/agreements/{agreement}")
    assert "随事项发布给出" in trail
    assert trail.index("暂停<time>") < trail.index("恢复<time>")


def test_another_office_finds_no_such_agreement(asker: Client) -> None:
    agreement, stranger = asked(asker), at_desk(steward("other", "education"))
    assert stranger.get(f"{DESK}/agreements/{agreement}").status_code == 404
    assert act(stranger, agreement, "approve", fields=["name"], until="2027-06-30").status_code == 404


def test_a_requester_does_not_answer_her_own_request(asker: Client) -> None:
    agreement = asked(asker)
    assert "给哪几项" not in page(asker, f"/agreements/{agreement}")
    assert act(asker, agreement, "approve", fields=["name"], until="2027-06-30").status_code == 403


def test_citizens_and_officers_have_no_such_desk(scene: Any) -> None:
    for address in ("", "/catalogue", "/requests", "/agreements", "/flow", "/failures", "/keys", f"/catalogue/{RESOURCE}/sandbox"):
        assert visit(ANNA).get(DESK + address).status_code == 403
        assert Client().get(DESK + address).status_code == 302


def test_data_are_found_by_every_way_of_naming_them(asker: Client) -> None:
    for named in ("人口基本信息", "renkou", "rkjb", "population", "人囗基本信息"):
        assert f"{DESK}/catalogue/{RESOURCE}" in page(asker, f"/catalogue?q={named}"), named


def test_data_are_found_by_a_column_and_the_sample_value_stands_nowhere(asker: Client) -> None:
    shown = page(asker, "/catalogue?by=column&q=13912345678")
    assert "信息项：" in shown
    assert "按“" not in shown


def test_a_service_gets_what_its_rules_use_ticked_and_the_rest_marked(asker: Client) -> None:
    shown = page(asker, f"/catalogue/{RESOURCE}/request?service=no-criminal-record")
    assert 'value="name" checked' in shown and "多余" in shown
    answer = ask(asker, use="no-criminal-record", fields=["name", "former_name"])
    assert answer.status_code == 302
    told = page(asker, answer.headers["Location"].removeprefix(DESK))
    assert "不同意" in told and "均不使用" in told and "规则，几秒内" in told


def test_a_predicate_is_offered_instead_of_the_value(asker: Client, tmp_path: Path) -> None:
    configured = (tmp_path / "exchange.yaml").read_text(encoding="utf-8")
    other = tmp_path / "other"
    other.mkdir()
    asks_whether = configured.replace("former_name: {empty: absent}", "former_name: {test: 'age on(birth_date, today) >= 70'}")
    (other / "exchange.yaml").write_text(asks_whether, encoding="utf-8")
    with override_settings(MIAOPI_CITY=SimpleNamespace(**{**vars(settings.MIAOPI_CITY), "folder": other})):
        shown = page(asker, f"/catalogue/{RESOURCE}")
        assert "能只问“是不是”，就不用要值" in shown and "出生日期" in shown.partition("来源只答是或否")[2][:20]
        form = page(asker, f"/catalogue/{RESOURCE}/request")
        assert form.index("只答是或否") < form.index('value="name"')


def test_the_sandbox_shows_the_line_the_answer_and_the_refusal_of_production(asker: Client) -> None:
    shown = page(asker, f"/catalogue/{RESOURCE}/sandbox?fields=name&fields=sex")
    assert "curl http://testserver/api/v1/exchange/sandbox/population_basic" in shown and "$MIAOPI_KEY" in shown
    assert f"{DESK}/catalogue/{RESOURCE}/request?fields=name&amp;fields=sex&amp;" in shown
    assert "示例·姓名" in shown and "no_grant" in shown and "&quot;synthetic&quot;: true" in shown
    issued = asker.post(f"{DESK}/catalogue/{RESOURCE}/sandbox", {"fields": ["name"]}).content.decode()
    key = issued.partition("Bearer ")[2].partition("&quot;")[0]
    answer = pull(key, address=f"sandbox/{RESOURCE}")
    assert answer.status_code == 200 and answer.json()["synthetic"] is True
    assert pull(key).json()["code"] == "no_grant"


def test_a_key_is_shown_once_and_ended_at_once(two: Any, asker: Client) -> None:
    made = asker.post(f"{DESK}/keys", {"label": "养老系统", "days": "30"}).content.decode()
    key = made.partition('aria-label="新密钥">')[2].partition("<")[0]
    assert key.startswith("miaopi_") and key not in page(asker, "/keys")
    (held,) = list_tokens(agency="civil-affairs", now=NOW)
    assert held.expires_at - NOW == timedelta(days=30)
    assert pull(key).status_code == 403
    stranger = at_desk(steward("other", "education"))
    assert stranger.post(f"{DESK}/keys/{held.id}/end").status_code == 404
    assert asker.post(f"{DESK}/keys/{held.id}/end").status_code == 302
    assert pull(key).status_code == 401
    assert asker.post(f"{DESK}/keys", {"label": ""}).status_code == 422


def test_the_flow_shows_fields_and_codes_and_no_person(two: Any, keeper: Client, asker: Client) -> None:
    agreement = asked(asker)
    act(keeper, agreement, "approve", fields=["name"], until="2027-06-30")
    pull(key_of(two[1]), fields=["name", "sex"])
    shown = page(keeper, "/flow")
    assert "姓名" in shown and "民政" in shown and USE in shown and "field_not_granted" in shown
    assert ANNA.name not in shown and ANNA.id_number not in shown
    overview = page(keeper, "")
    assert "今天取数" in overview and "50<small>%" in overview


def test_a_silent_source_stands_first_with_the_cases_that_wait_for_it(scene: Any, two: Any, keeper: Client) -> None:
    scene.set_mode("population", "down")
    case = scene.draft()
    scene.confirm(case)
    shown = page(keeper, "")
    assert "没有回应" in shown and "件申请在等它" in shown and shown.index("没有回应") < shown.index("等您答复</h2>")
    sequence()
    run_after_handlers(now=NOW)
    told = page(keeper, "").partition("我们的来源")[2]
    assert "没有回应" in told and "缺值" not in told.partition("户籍信息")[2].partition("</li>")[0]
    failures = page(keeper, "/failures")
    assert "今天出过的问题" in failures and "件在等" in failures


def test_a_new_version_of_a_resource_is_told_by_what_changed(scene: Any, keeper: Client, tmp_path: Any) -> None:
    from miaopi.apps.catalogue.api import seed_catalogue
    from tests.unit.filing.scene import KEEPER, ROOT

    described = (ROOT / "cities/demo/catalogue.yaml").read_text(encoding="utf-8")
    old = get_resource(RESOURCE)
    (tmp_path / "catalogue.yaml").write_text(described.replace(old.name.zh, "人口信息（新）"), encoding="utf-8")
    seed_catalogue(source=tmp_path / "catalogue.yaml", by=KEEPER, now=NOW)
    shown = page(keeper, f"/catalogue/{RESOURCE}/versions")
    assert "第1版到第2版" in shown and "人口信息（新）" in shown
    assert "改了什么" in page(keeper, f"/catalogue/{RESOURCE}")


def test_looks_may_be_asked_to_be_shown_later_by_a_law_and_given_sooner(keeper: Client, asker: Client) -> None:
    law = "行政处罚法 第五十四条"
    for wrong, anchor, said in (
        ({"shown": "deferred", "hidden_by": law}, "shown", "没有说清推迟"), ({"shown": "withheld"}, "hidden_by", "没有写明准许延后"),
        ({"shown": "deferred", "later_days": "900", "hidden_by": law}, "shown", "个月之内"),
    ):  # fmt: skip
        told = ask(asker, **wrong)
        assert told.status_code == 422 and f'href="#{anchor}"' in told.content.decode() and told.content.decode().count(said) == 2
    agreement = asked(asker, shown="deferred", later_days="90", hidden_by=law)
    for reader in (keeper, asker):
        assert "每次查询90天后当事人可见（行政处罚法 第五十四条）" in page(reader, f"/agreements/{agreement}")
    assert "当事人不会马上看到" in page(keeper, "/requests")
    form = {"fields": ["name"], "until": "2027-01-31", "shown": "deferred"}
    wider = act(keeper, agreement, "approve", **form, later_days="100")
    assert wider.status_code == 422 and "延后显示超出" in wider.content.decode() and 'value="100"' in wider.content.decode()
    assert act(keeper, agreement, "approve", **form, later_days="30").headers["Location"].endswith("done=narrow")
    assert (str(get_agreement(agreement).terms.visibility), get_agreement(agreement).terms.hidden_by) == ("deferred:30d", law)
    assert "申请时要的显示：</b>计数，每次查询90天后" in page(asker, f"/agreements/{agreement}")
    second = asked(asker, shown="withheld", hidden_by=law, use="second")
    assert act(keeper, second, "approve", fields=["name", "birth_date"], until="2027-06-30", shown="immediate").status_code == 302
    assert "查询后当事人立即可见" in page(asker, f"/agreements/{second}") and law not in page(asker, f"/agreements/{second}")


def test_all_that_waits_stands_in_one_list_and_is_counted_beside_its_page(scene: Any, keeper: Client, asker: Client) -> None:
    from tests.unit.portal.test_dispute_pages import disputed

    asked(asker)
    disputed(scene, visit(ANNA))
    sequence()
    shown = page(keeper, "")
    assert "要“人口基本信息”2项" in shown and "记错了" in shown
    for address in ("requests", "disputes"):
        assert f'href="{DESK}/{address}">' in shown
        assert "<b>1<" in shown.partition(f'href="{DESK}/{address}"')[2].partition("</a>")[0]
    assert "<b>" not in shown.partition(f'href="{DESK}/objections"')[2].partition("</a>")[0]
    assert f'href="{DESK}/disputes" aria-current="page"' in page(keeper, "/disputes")


def test_a_requester_reads_how_good_a_resource_was(scene: Any, asker: Client) -> None:
    assert "近30天没有人问过" in page(asker, f"/catalogue/{RESOURCE}")
    scene.draft()
    sequence()
    run_after_handlers(now=NOW)
    shown = page(asker, f"/catalogue/{RESOURCE}")
    assert "近30天的质量" in shown and "异议属实" in shown and "100%" in shown
