"""The pages claim nothing that nobody measured, and nothing that is not there yet."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client, RequestFactory

from miaopi.apps.audit.api import run_after_handlers, sequence
from miaopi.apps.audit.events import KINDS as EVENTS
from miaopi.apps.catalogue.adapters.columns import CYCLES
from miaopi.apps.identity.api import get_party
from miaopi.apps.licence.api import Licence, State
from miaopi.config.city import current_city
from miaopi.kernel.wording import Text
from miaopi.portal.doors import show_sign_in
from miaopi.portal.home import show_home, show_service
from miaopi.portal.problems import KEPT, OURS, problem_page
from miaopi.portal.result import show_licence, show_result
from miaopi.portal.wording.sharing import FREQUENCIES
from miaopi.portal.wording.watching import KINDS
from tests.unit.filing.scene import ANNA, NOW, SERVICE
from tests.unit.portal.browsing import CONSENT, begin, send, visit


def approved(scene: Any) -> tuple[Client, str]:
    anna = visit(ANNA)
    check = begin(anna)
    send(anna, check, purpose="employment")
    return anna, check.removesuffix("/check")


def call(scene: Any, address: str, *, synthetic: bool) -> Any:
    """A call as the middleware hands it on, in a city that is invented or not and has a telephone number of its own."""
    request: Any = RequestFactory().get(address)
    request.city = replace(current_city(), synthetic=synthetic, hotline="96888")
    request.now, request.actor, request.party = NOW, scene.anna, get_party(scene.anna.id)
    return request


def test_what_the_old_way_took_is_told_by_its_source(scene: Any) -> None:
    page = Client().get(f"/services/{SERVICE}").content.decode()
    assert "按原来的规定" in page
    assert "3个工作日" in page
    english = Client().get(f"/en/services/{SERVICE}").content.decode()
    assert "By the earlier rules" in english
    assert "3 working days" in english


def test_a_licence_is_offered_for_download_once_it_is_signed(scene: Any) -> None:
    anna, case = approved(scene)
    page = anna.get(case).content.decode()
    assert "正在加数字签名" in page
    assert f"{case}/licence.txt" not in page
    early = anna.get(f"{case}/licence.txt")
    assert early.status_code == 404
    assert "数字签名还没加好" in early.content.decode()
    sequence()
    run_after_handlers(now=NOW + timedelta(seconds=1))
    assert f"{case}/licence.txt" in anna.get(case).content.decode()
    assert anna.get(f"{case}/licence.txt").status_code == 200


def test_a_proof_that_is_not_there_yet_is_called_a_proof(scene: Any) -> None:
    anna, case = approved(scene)
    early = anna.get(f"{case}/proof.json")
    assert early.status_code == 404
    assert "签名" not in early.content.decode()


@pytest.mark.parametrize("synthetic", [True, False])
def test_only_a_city_that_is_invented_says_so_and_seals_as_a_sample(scene: Any, synthetic: bool) -> None:
    _, case = approved(scene)
    said = {
        "仅供演示": show_result(call(scene, case, synthetic=synthetic), case.rsplit("/", 1)[1]),
        "演示参考": show_service(call(scene, f"/services/{SERVICE}", synthetic=synthetic), SERVICE),
        "启动演示": show_sign_in(call(scene, "/sign-in", synthetic=synthetic)),
        "演示城市": show_home(call(scene, "/", synthetic=synthetic)),
    }
    for sentence, page in said.items():
        assert (sentence in page.content.decode()) is synthetic, sentence


def test_the_number_to_call_is_that_of_the_city(scene: Any) -> None:
    page = problem_page(call(scene, "/", synthetic=False), status=500, title=OURS, text=KEPT)
    assert "或打96888" in page.content.decode()
    assert "或打12345" in problem_page(RequestFactory().get("/"), status=500, title=OURS, text=KEPT).content.decode()


def test_what_a_sensitive_source_answers_is_said_by_the_service(scene: Any) -> None:
    told = scene.package.definition.facts["criminal.condition_met"].told
    assert told is not None
    anna = visit(ANNA)
    assert told.zh in anna.get(CONSENT).content.decode()
    assert told.en in anna.get(f"/en{CONSENT}").content.decode()


def test_a_licence_line_without_a_pair_in_both_languages_is_plain_words() -> None:
    lines = (Text("姓名：演示", "Name: Demo"), Text("注意：仅供查验", "For checking alone"))
    licence = Licence(
        id="1", licence_identifier="X", licence_type_code="X", number="1", holder="1", issuer=Text("演示", "Demo"), title=Text("证", "It"),
        version=1, lines=lines, issued_on=NOW.date(), issued_at=NOW, valid_to=None, state=State.ACTIVE, signed_at=None, signed_text=None,
        credential=None, key=None,
    )
    shown = show_licence(licence)
    assert [line["label"].en for line in shown["lines"]] == ["Name"]
    assert shown["words"].en == "For checking alone"


def test_a_look_at_a_resource_that_the_catalogue_lost_is_told_by_its_id(scene: Any) -> None:
    anna, case = approved(scene)
    sequence()
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM catalogue_edition")  # so that nothing read before is kept
        cursor.execute("DELETE FROM catalogue_field WHERE resource_id = 'criminal_record'")
        cursor.execute("DELETE FROM catalogue_resource WHERE id = 'criminal_record'")
    page = anna.get(case).content.decode()
    assert "谁看了什么" in page
    assert "criminal_record" in page


def test_an_auditor_reads_in_words_of_every_kind_of_look() -> None:
    looks = {kind for kind, event in EVENTS.items() if "." in kind and (event.is_access or event.is_attempt)}
    assert looks
    assert looks <= KINDS.keys()


def test_a_page_has_words_for_every_cycle_of_the_national_table() -> None:
    assert set(CYCLES.values()) == FREQUENCIES.keys()
