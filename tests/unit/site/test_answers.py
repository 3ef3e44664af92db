"""What every answer carries, and what is told when no view could answer."""

from __future__ import annotations

import pytest
from django.db import OperationalError, connections
from django.test import Client, RequestFactory
from django.test.utils import override_settings

from miaopi.site.refusals import refuse_forged_form, tell_our_fault


@pytest.mark.parametrize("address", ["/healthz", "/readyz", "/", "/no-such-page"])
def test_every_answer_carries_the_headers(address: str) -> None:
    headers = Client().get(address).headers
    assert "unsafe" not in headers["Content-Security-Policy"]
    assert headers["Content-Security-Policy"].startswith("default-src 'none'")
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Referrer-Policy"] == "same-origin"
    assert headers["Cross-Origin-Opener-Policy"] == headers["Cross-Origin-Resource-Policy"] == "same-origin"
    assert "microphone=()" in headers["Permissions-Policy"]


def test_ready_means_that_the_database_answers() -> None:
    assert Client().get("/readyz").json() == {"ready": True, "database": True, "seal_key": True}
    connections.close_all()
    kept = connections["default"].settings_dict["NAME"]
    connections["default"].settings_dict["NAME"] = "there_is_none"
    try:
        answer = Client().get("/readyz")
        assert answer.status_code == 503
        assert answer.json()["database"] is False
        assert Client().get("/healthz").status_code == 200
    finally:
        connections["default"].settings_dict["NAME"] = kept
        connections.close_all()


def test_without_its_seal_key_a_process_is_not_ready() -> None:
    with override_settings(MIAOPI_SEAL_KEY=b""):
        assert Client().get("/readyz").status_code == 503


def test_a_database_that_is_away_is_a_503_with_a_time_to_come_back() -> None:
    request = RequestFactory().get("/")
    try:
        raise OperationalError("secret of the line")
    except OperationalError:
        answer = tell_our_fault(request)
    assert answer.status_code == 503
    assert answer.headers["Retry-After"] == "5"
    assert b"secret" not in answer.content


def test_our_own_fault_shows_an_id_and_nothing_else(caplog: pytest.LogCaptureFixture) -> None:
    request = RequestFactory().get("/")
    try:
        raise ZeroDivisionError("secret of a person")
    except ZeroDivisionError:
        answer = tell_our_fault(request)
    assert answer.status_code == 500
    assert b"secret" not in answer.content
    reference = caplog.records[-1].args
    assert isinstance(reference, tuple)
    assert str(reference[0]).encode() in answer.content


def test_a_forged_form_is_refused_with_what_to_do() -> None:
    answer = refuse_forged_form(RequestFactory().post("/sign-in"))
    assert answer.status_code == 403
    assert "刷新" in answer.content.decode()
    assert Client(enforce_csrf_checks=True).post("/sign-in", {"code": "worker"}).status_code == 403


@pytest.mark.parametrize(
    ("body", "kind"),
    [
        (b"x" * 2_000_000, "application/x-www-form-urlencoded"),
        (b"&".join(b"f%d=1" % number for number in range(400)), "application/x-www-form-urlencoded"),
        (b"code=1", "application/x-www-form-urlencoded; charset=utf-7"),
        (b"x", "multipart/form-data"),
        (b'--z\r\nContent-Disposition: form-data; name="f"; filename="f"\r\n\r\n' + b"x" * 2_000_000 + b"\r\n--z--\r\n",
         "multipart/form-data; boundary=z"),
    ],
    ids=["large", "many fields", "encoding", "no boundary", "large file"],
)
def test_a_body_that_cannot_be_read_is_a_page_in_both_languages(body: bytes, kind: str) -> None:
    client = Client(enforce_csrf_checks=True, raise_request_exception=False)
    client.get("/sign-in")
    for address, words in (("/sign-in", "读不懂"), ("/en/sign-in", "cannot be read")):
        answer = client.post(address, data=body, content_type=kind)
        assert answer.status_code == 400
        assert words in answer.content.decode()


def test_a_forged_form_leaves_no_address_in_the_log(caplog: pytest.LogCaptureFixture) -> None:
    client = Client(enforce_csrf_checks=True)
    assert client.post("/applications/20261123-ABCDEFGHJ/withdraw").status_code == 403
    assert "20261123" not in caplog.text
    assert "refused" in caplog.text


@pytest.mark.parametrize("address", ["/", "/en/", "/sign-in", "/services/no-criminal-record"])
def test_a_host_that_is_not_ours_gets_no_page(address: str) -> None:
    answer = Client().get(address, headers={"Host": "evil.example"})
    assert answer.status_code == 400
    assert b"evil.example" not in answer.content
    assert Client().get("/healthz", headers={"Host": "10.0.0.7"}).status_code == 200
