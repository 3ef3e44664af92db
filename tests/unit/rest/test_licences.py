"""Licences by REST: one's own, a stranger's verdict, pictures, and keys."""

from __future__ import annotations

from io import BytesIO
from typing import Any

import pytest
import segno
from django.core.files.uploadedfile import SimpleUploadedFile

from miaopi.apps.audit.api import run_after_handlers, sequence
from miaopi.apps.licence.api import renew_signing_keys
from tests.unit.filing.scene import ANNA, BEN, KEEPER, NOW
from tests.unit.rest.calling import Program, refused


@pytest.fixture
def held(scene: Any) -> tuple[Program, dict[str, Any]]:
    """Anna's program and her licence, signed."""
    renew_signing_keys(by=KEEPER, now=NOW)
    anna = Program(scene.anna)
    id = anna.confirm(anna.draft(), purpose="employment").json()["licence"]
    sequence()
    run_after_handlers(now=NOW)
    return anna, anna.ask(f"/licences/{id}").json()


def test_a_licence_is_listed_shown_drawn_and_printed(held: Any) -> None:
    anna, licence = held
    assert [each["id"] for each in anna.ask("/licences").json()["licences"]] == [licence["id"]]
    assert licence["state"] == "active"
    assert licence["signed_text"]
    assert anna.ask(f"/licences/{licence['id']}/qr.svg").content.startswith(b"<svg")
    assert anna.ask(f"/licences/{licence['id']}/licence.pdf").content.startswith(b"%PDF-")


def test_anothers_licence_answers_like_one_that_is_not_there(held: Any, scene: Any) -> None:
    _, licence = held
    ben = Program(scene.enter(BEN))
    for way in ("", "/qr.svg", "/licence.pdf"):
        theirs, nobodys = (refused(ben.ask(f"/licences/{each}{way}"), 404) for each in (licence["id"], "f" * 32))
        assert theirs == nobodys
    assert ben.ask("/licences").json()["licences"] == []


def test_anybody_verifies_what_is_shown_and_reads_no_more_than_it_says(held: Any) -> None:
    _, licence = held
    stranger = Program()
    told = stranger.send("/licences/verify", {"text": licence["credential"]}).json()
    assert (told["valid"], told["reason"], told["claims"]["identifier"]) == (True, None, licence["identifier"])
    assert ANNA.id_number not in str(told)
    assert ANNA.name not in str(told)
    altered = licence["credential"][:-3] + ("AAA" if not licence["credential"].endswith("AAA") else "BBB")
    assert not stranger.send("/licences/verify", {"text": altered}).json()["valid"]
    assert stranger.send("/licences/verify", {"text": "hello"}).json()["reason"] in ("unreadable", "unknown_format")
    refused(stranger.send("/licences/verify", {"text": "x" * 9000}), 422)


def test_a_picture_of_the_code_and_our_sheet_are_verified(held: Any) -> None:
    anna, licence = held
    picture = BytesIO()
    segno.make_qr(licence["credential"]).save(picture, kind="png", scale=4)
    sheet = anna.ask(f"/licences/{licence['id']}/licence.pdf").content
    for name, content in (("code.png", picture.getvalue()), ("licence.pdf", sheet)):
        answer = Program().client.post("/api/v1/licences/verify/file", {"file": SimpleUploadedFile(name, content)})
        assert answer.json()["valid"], name
    answer = Program().client.post("/api/v1/licences/verify/file", {"file": SimpleUploadedFile("a.png", b"\x89PNG\r\n\x1a\nnothing")})
    assert answer.json()["reason"] == "unreadable"


def test_the_keys_are_public(held: Any) -> None:
    bundle = Program().ask("/licences/trust-bundle").json()
    assert next(key["state"] for key in bundle["keys"]) == "active"
    assert bundle["withdrawn"] == {}


@pytest.mark.parametrize(
    "body",
    [
        b'--z\r\nContent-Disposition: form-data; name="file"; filename="f"\r\nContent-Transfer-Encoding: base64\r\n\r\n!!!\r\n--z--',
        b'--z\r\nContent-Disposition: form-data; name="file"; filename="' + b"f" * 5000 + b'"\r\n\r\nf\r\n--z--',
    ],
    ids=["no base64", "a long name"],
)
def test_a_form_that_is_none_is_a_problem_and_never_ours(scene: Any, body: bytes) -> None:
    address = "/api/v1/licences/verify/file"
    refused(Program().client.post(address, body, content_type="multipart/form-data; boundary=z"), 400)
    refused(Program().client.post(address, body, content_type="multipart/form-data"), 400)


def test_a_file_is_counted_before_it_is_read(scene: Any) -> None:
    large = SimpleUploadedFile("a.png", b"x" * 2_000_000)
    refused(Program().client.post("/api/v1/licences/verify/file", {"file": large}), 413)
