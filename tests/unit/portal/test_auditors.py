"""The desk of an auditor: what is odd, what is not shown yet, how offices answer, whether the log is whole. All persons are made up."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client

from miaopi.apps.audit.api import (
    LoggedEntry,
    act,
    count_numbered,
    list_accesses,
    list_stretch,
    sequence,
    sign_checkpoint,
    staff,
)
from miaopi.apps.exchange.api import Shown, list_deferrals
from miaopi.apps.exchange.events import DuplicateMerged
from miaopi.apps.identity.api import Role, add_staff, pseudonym
from miaopi.kernel.credential import find_flaw
from miaopi.kernel.wording import Text
from tests.unit.audit.happenings import owner
from tests.unit.filing.scene import ANNA, KEEPER, NOW
from tests.unit.portal.stewards import asked, at_desk, key_of, pull, steward

LAW = "行政处罚法 第五十四条"
LATER = {"shown": "deferred", "later_days": "90", "hidden_by": LAW}
PAGES = ("", "/clues", "/refusals", "/deferrals", "/objections", "/objections?show=over", "/ledger")
AUDITOR = staff("auditor1", "auditor")


def watching() -> Client:
    add_staff(staff_id=AUDITOR.id, name=Text(zh="演示审计", en="Demo auditor"), role=Role.AUDITOR, office="", by=KEEPER, now=NOW)
    return at_desk(AUDITOR)


@pytest.fixture
def watched(scene: Any) -> Client:
    """An agency looked at Anna twice in one matter that she does not see yet, once at once, and was refused once."""
    keeper, asker = at_desk(steward("keeper", "population")), steward("asker", "civil-affairs")
    client, key = at_desk(asker), key_of(asker)
    for agreement in (asked(client, fields=["name"], **LATER), asked(client, fields=["name"], use="elder-card")):
        keeper.post(f"/desk/data/agreements/{agreement}/approve", {"fields": ["name"], "until": "2027-01-31"})
    answers = [pull(key, **more).status_code for more in ({}, {}, {"use": "elder-card"}, {"use": "nothing"})]
    assert answers == [200, 200, 200, 403]
    settle()
    return watching()


def settle() -> None:
    sequence()
    sign_checkpoint(now=NOW)


def seen(scene: Any) -> list[LoggedEntry]:
    """What Anna is shown of who looked."""
    settle()
    return list_accesses(pseudonym(scene.anna.id), now=NOW)


def count(scene: Any) -> int:
    return sum(each.kind == "exchange.DataPulled" for each in seen(scene))


def test_no_page_tells_who_a_person_is_and_each_is_an_entry(scene: Any, watched: Client) -> None:
    looks = [each.seq for each in list_stretch().looks]
    for address in (*PAGES, *(f"/entries/{seq}" for seq in looks), f"/deferrals/{list_deferrals()[0].id}"):
        for language in ("", "/en"):
            answer = watched.get(f"{language}/desk/watch{address}")
            assert answer.status_code == 200, address
            assert ANNA.name not in answer.content.decode() and ANNA.id_number not in answer.content.decode(), address
            assert pseudonym(scene.anna.id) not in answer.content.decode(), address
    with connection.cursor() as cursor:
        cursor.execute("SELECT entry::jsonb #>> '{body,page}' FROM audit_entry WHERE kind = 'exchange.SharingWatched' ORDER BY id")
        pages = {page for (page,) in cursor.fetchall()}
    assert pages == {"overview", "clues", "refusals", "deferrals", "deferral", "objections", "ledger"}


def test_refusals_and_clues_name_the_agency_and_lead_to_the_entries(watched: Client) -> None:
    refused = watched.get("/desk/watch/refusals").content.decode()
    assert "no_grant" in refused and "民政" in refused
    clues = watched.get("/en/desk/watch/clues").content.decode()
    assert "/en/desk/watch/entries/" in clues


def test_a_deferral_stands_under_its_agency_and_law_with_the_day_on_which_it_is_shown(watched: Client) -> None:
    page = watched.get("/desk/watch/deferrals").content.decode()
    assert page.count(LAW) >= 2 and "2次未显示" in page
    shown = NOW + timedelta(days=90, hours=8)
    assert f"{shown.year}年{shown.month}月{shown.day}日" in page
    assert "没有" in watched.get("/desk/watch/deferrals?agency=another&law=x").content.decode()


def test_she_renews_with_a_reason_and_releases_on_a_decision(scene: Any, watched: Client) -> None:
    [deferral] = list_deferrals()
    assert deferral.visibility.shown is Shown.DEFERRED
    place = f"/desk/watch/deferrals/{deferral.id}"
    for said, words in (({"until": "", "reason": "案件未结"}, "请写到哪一天"), ({"until": "2031-01-01", "reason": "案件未结"}, "个月之内")):
        answer = watched.post(f"{place}/renew", said)
        assert answer.status_code == 422 and words in answer.content.decode() and "案件未结" in answer.content.decode()
    assert watched.post(f"{place}/renew", {"until": "2027-04-30", "reason": "案件未结"}).headers["Location"] == f"{place}?done=renewed"
    assert "2027年4月30日00:00" in watched.get(place).content.decode()
    before = count(scene)
    assert watched.post(f"{place}/release", {"ground": ""}).status_code == 422
    assert watched.post(f"{place}/release", {"ground": "演示法院 决定书1号"}).headers["Location"] == f"{place}?done=released"
    assert count(scene) == before + 2
    assert "现在不用您做什么" in watched.get(f"{place}?done=released").content.decode()


def test_the_proof_of_any_entry_holds_and_the_person_sees_only_what_she_may(scene: Any, watched: Client) -> None:
    looks = list_stretch().looks
    hidden = [each.seq for each in looks if each.body.get("deferral")]
    for each in looks:
        answer = watched.get(f"/desk/watch/entries/{each.seq}/proof.json")
        assert f'filename="entry-{each.seq}-proof.json"' in answer.headers["Content-Disposition"]
        assert find_flaw(json.loads(answer.content), None) is None
    told = [each.body["position"] for each in seen(scene) if each.kind == "exchange.EntryRead"]
    assert set(told) == {each.seq for each in looks} - set(hidden) and len(hidden) == 2
    assert watched.get("/desk/watch/entries/999999").status_code == 404
    assert watched.get("/desk/watch/ledger?seq=3").headers["Location"] == "/desk/watch/entries/3"


def test_she_has_the_log_recomputed_and_an_altered_row_is_named(watched: Client, database: str) -> None:
    assert "没有核对" in watched.get("/desk/watch/ledger").content.decode()
    assert watched.post("/desk/watch/ledger/check").status_code == 302
    assert "账本完好" in watched.get("/desk/watch/ledger").content.decode()
    with owner(database) as log:
        log.execute("UPDATE audit_entry SET entry = replace(entry, 'no_grant', 'no_right') WHERE kind = 'exchange.PullRefused'")
    watched.post("/desk/watch/ledger/check")
    page = watched.get("/desk/watch/ledger").content.decode()
    assert "账本有1处不符" in page and "entry " in page
    assert "有1处被改过" in watched.get("/desk/watch").content.decode()


def test_what_no_text_of_a_database_can_hold_is_a_mistake_of_whoever_wrote_it(watched: Client) -> None:
    assert watched.get("/desk/watch/deferrals?agency=%00&law=x").status_code == 400


def test_the_desk_is_the_auditors_alone(watched: Client) -> None:
    other = at_desk(steward("another", "credit"))
    [deferral] = list_deferrals()
    for address in (*PAGES, "/entries/1", "/entries/1/proof.json", f"/deferrals/{deferral.id}"):
        assert other.get(f"/desk/watch{address}").status_code == 403
        assert Client().get(f"/desk/watch{address}").status_code == 302
    assert other.post(f"/desk/watch/deferrals/{deferral.id}/release", {"ground": "x"}).status_code == 403
    assert watched.get("/desk/data").status_code == 403


def test_an_auditor_watches_over_no_look_at_herself_and_releases_none(scene: Any, watched: Client) -> None:
    """Anna is an auditor too: what she does not see yet as a citizen she does not see at her desk."""
    add_staff(
        staff_id="auditor2", name=Text(zh="演示安娜", en="Demo Anna"), role=Role.AUDITOR, office="", id_number=ANNA.id_number, by=KEEPER,
        now=NOW,
    )  # fmt: skip
    hers, [deferral], looks = at_desk(staff("auditor2", "auditor")), list_deferrals(), list_stretch().looks
    for page, told in (("/clues", "/entries/"), ("/refusals", "no_grant"), ("/deferrals", LAW)):
        assert told in watched.get(f"/desk/watch{page}").content.decode(), page
        assert told not in hers.get(f"/desk/watch{page}").content.decode(), page
    for address in (f"/deferrals/{deferral.id}", *(f"/entries/{each.seq}{part}" for each in looks for part in ("", "/proof.json"))):
        assert hers.get(f"/desk/watch{address}").status_code == 404, address
    for deed, said in (("release", {"ground": "演示法院 决定书1号"}), ("renew", {"until": "2027-04-30", "reason": "案件未结"})):
        assert hers.post(f"/desk/watch/deferrals/{deferral.id}/{deed}", said).status_code == 404
    assert [each.id for each in list_deferrals()] == [deferral.id] and list_deferrals()[0].released_at is None
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM audit_entry WHERE entry::jsonb #>> '{body,page}' = 'avoided'")
        assert cursor.fetchone() == (2 * len(looks),)


def test_an_auditor_reads_no_entry_that_names_a_person_close_to_her_beside_another(scene: Any, watched: Client) -> None:
    add_staff(
        staff_id="auditor3", name=Text(zh="演示近亲", en="Demo kin"), role=Role.AUDITOR, office="", close_to=[ANNA.id_number], by=KEEPER,
        now=NOW,
    )  # fmt: skip
    with act(by=KEEPER, now=NOW) as unit:
        unit.record(DuplicateMerged(candidate="c", register="base_population", subject="another", other=pseudonym(scene.anna.id)))
    settle()
    last = count_numbered() - 1
    assert watched.get(f"/desk/watch/entries/{last}").status_code == 200
    assert at_desk(staff("auditor3", "auditor")).get(f"/desk/watch/entries/{last}").status_code == 404
