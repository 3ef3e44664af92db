"""Licences, verification and looks as pages; what belongs to somebody else. All persons are made up."""

from __future__ import annotations

import json
import re
from io import BytesIO
from typing import Any

import pytest
import segno
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from miaopi.apps.approval.api import read_case
from miaopi.apps.audit.api import run_after_handlers, sequence, sign_checkpoint
from miaopi.apps.licence.api import list_licences
from tests.unit.approval.office import officer, referred
from tests.unit.filing.scene import ANNA, BEN, NOW
from tests.unit.portal.browsing import begin, send, visit, words


def settle() -> None:
    sequence()
    run_after_handlers(now=NOW)
    sequence()
    sign_checkpoint(now=NOW)


@pytest.fixture
def held(scene: Any) -> tuple[Client, str]:
    """Anna's browser and the id of her licence, signed."""
    anna = visit(ANNA)
    send(anna, begin(anna), purpose="employment")
    settle()
    (licence,) = list_licences(reader=scene.anna, now=NOW)
    return anna, licence.id


def credential(held: tuple[Client, str], scene: Any) -> str:
    (licence,) = list_licences(reader=scene.anna, now=NOW)
    assert licence.credential
    return licence.credential


def test_a_licence_stands_in_the_list_on_paper_and_as_a_pass(held: Any) -> None:
    anna, licence = held
    assert f"/licences/{licence}" in anna.get("/licences").content.decode()
    for page in ("", "/pass"):
        shown = anna.get(f"/licences/{licence}{page}").content.decode()
        assert '<div class="qr"><svg' in shown
        assert "无犯罪记录证明" in shown
    assert "Show it" in anna.get(f"/en/licences/{licence}").content.decode()
    assert anna.get(f"/licences/{licence}/licence.pdf").content.startswith(b"%PDF-")
    assert "—" in anna.get(f"/licences/{licence}/licence.txt").content.decode()


def test_an_unsigned_licence_says_so_and_is_no_pass(scene: Any) -> None:
    anna = visit(ANNA)
    send(anna, begin(anna), purpose="employment")
    (licence,) = list_licences(reader=scene.anna, now=NOW)
    page = anna.get(f"/licences/{licence.id}").content.decode()
    assert "正在加数字签名" in page
    assert '<div class="qr">' not in page
    for way in ("pass", "licence.pdf", "licence.txt"):
        assert anna.get(f"/licences/{licence.id}/{way}").status_code == 404


def test_nobody_elses_licence_is_there(held: Any) -> None:
    _, licence = held
    ben = visit(BEN)
    for way in ("", "/pass", "/licence.pdf", "/licence.txt"):
        theirs, nobodys = ben.get(f"/licences/{licence}{way}"), ben.get(f"/licences/{'f' * 32}{way}")
        assert theirs.status_code == nobodys.status_code == 404
        assert words(theirs).replace(licence, "L") == words(nobodys).replace("f" * 32, "L")
    assert licence not in ben.get("/licences").content.decode()


def test_a_stranger_verifies_without_signing_in(held: Any, scene: Any) -> None:
    text = credential(held, scene)
    stranger = Client()
    assert stranger.get("/verify").status_code == 200
    told = stranger.post("/verify", {"text": text}).content.decode()
    assert "这张证照是真的，现在有效" in told
    assert "是不是本人，要您来看" in told
    assert ANNA.name not in told
    picture = BytesIO()
    segno.make_qr(text).save(picture, kind="png", scale=4)
    assert "是真的" in stranger.post("/verify", {"file": SimpleUploadedFile("a.png", picture.getvalue())}).content.decode()


@pytest.mark.parametrize(
    ("text", "says"), [("hello", "没有查"), ("MP1:AAAA", "没有查"), ("", "请粘贴"), ("x" * 9000, "请粘贴"), ("<script>", "没有查")]
)
def test_what_is_no_licence_says_why(scene: Any, text: str, says: str) -> None:
    told = Client().post("/verify", {"text": text})
    assert says in told.content.decode()
    assert "<script>" not in told.content.decode()
    assert "是真的" not in told.content.decode()


def test_an_altered_licence_is_not_to_be_accepted(held: Any, scene: Any) -> None:
    text = credential(held, scene)
    middle = len(text) // 2
    altered = text[:middle] + ("A" if text[middle] != "A" else "B") + text[middle + 1 :]
    assert "不能接受这张证照" in Client().post("/verify", {"text": altered}).content.decode()


def test_she_sees_who_looked_what_for_and_takes_a_proof(scene: Any) -> None:
    case = referred(scene)
    read_case(number=case.number, by=officer(), now=NOW)
    settle()
    anna = visit(ANNA)
    page = anna.get("/accesses").content.decode()
    assert "演示组 演示officer1" in page
    assert "人工办理您的申请" in page
    assert "公安" in page
    assert "您的同意，凭证号" in page
    assert "Demo officer1" in anna.get("/en/accesses").content.decode()
    found = re.search(r'href="(/accesses/\d+/proof\.json)"', page)
    assert found
    proof = json.loads(anna.get(found[1]).content)
    assert {"leaf", "inclusion", "checkpoint", "entry", "salt"} <= proof.keys()
    assert visit(BEN).get(found[1]).status_code == 404
    assert "还没有人看过" in visit(BEN).get("/accesses").content.decode()


def test_looks_go_on_page_by_page_to_the_first(scene: Any) -> None:
    case, zhou = referred(scene), officer()
    for _ in range(25):
        read_case(number=case.number, by=zhou, now=NOW)
    settle()
    anna, seen, address = visit(ANNA), [], "/accesses"
    while address:
        page = anna.get(address).content.decode()
        seen += re.findall(r"/accesses/(\d+)/proof", page)
        found = re.search(r'href="(/accesses\?before=\d+)"', page)
        address = found[1] if found else ""
    assert len(seen) == len(set(seen)) > 25
    assert anna.get("/accesses?before=x'").status_code == 200


@pytest.mark.parametrize("address", ["/licences", "/accesses", "/accesses/1/proof.json"])
def test_without_a_session_the_way_leads_to_sign_in(scene: Any, address: str) -> None:
    assert Client().get(address).headers["Location"].startswith("/sign-in?next=")
