"""What holds for every operation: problems, languages, tokens and cookies, bodies that are none, and the documentation."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.test import Client

from miaopi.apps.identity.api import FakeAuthority, revoke_token, sign_in
from miaopi.portal.gate import SESSION_COOKIE
from miaopi.rest.docs import read_schema
from tests.unit.filing.scene import ANNA, KEEPER, NOW, SERVICE
from tests.unit.rest.calling import PROBLEM, ROOT, Program, refused


def test_services_are_listed_and_told(scene: Any) -> None:
    (line,) = Program().ask("/services").json()["services"]
    service = Program().ask(f"/services/{line['code']}").json()
    assert service["slug"] == SERVICE
    assert {fact["privacy"] for fact in service["pulled"]} >= {"personal", "sensitive"}
    assert any(field["options"] for field in service["form"])
    refused(Program().ask("/services/no-such"), 404)


def test_a_problem_speaks_the_language_that_was_asked_for(scene: Any) -> None:
    english, chinese = (refused(Program(language=each).ask("/services/none"), 404) for each in ("en-GB,en;q=0.9", "zh-CN,en;q=0.5"))
    assert english["detail"].startswith("No service")
    assert "没有" in chinese["detail"]
    assert english["type"] == chinese["type"]


@pytest.mark.parametrize("address", ["/nothing", "/applications/x/y/z", "/docs/x"])
def test_an_address_that_is_none_is_a_problem(address: str) -> None:
    refused(Program().ask(address), 404)


def test_a_method_that_is_none_is_a_problem(scene: Any) -> None:
    answer = Program().client.delete(f"{ROOT}/services")
    refused(answer, 405)
    assert "GET" in answer.headers["Allow"]


@pytest.mark.parametrize("header", ["Bearer nothing", "Bearer ", "Basic YTpi", "nothing"])
def test_without_a_good_token_the_answer_is_401(scene: Any, header: str) -> None:
    answer = Client().get(f"{ROOT}/applications", headers={"Authorization": header})
    refused(answer, 401)
    assert answer.headers["WWW-Authenticate"].startswith("Bearer")


def test_a_revoked_token_opens_nothing(scene: Any) -> None:
    from miaopi.apps.identity.api import list_tokens

    anna = Program(scene.anna)
    assert anna.ask("/applications").status_code == 200
    (token,) = list_tokens(party=scene.anna.id, now=NOW)
    revoke_token(token_id=token.id, by=KEEPER, now=NOW)
    refused(anna.ask("/applications"), 401)


def test_a_session_reads_and_writes_only_with_the_token_of_a_form(scene: Any) -> None:
    opened = sign_in(code="code", by=KEEPER, now=NOW, authority=FakeAuthority({"code": ANNA}))
    client = Client(enforce_csrf_checks=True, raise_request_exception=False)
    client.cookies[SESSION_COOKIE] = opened.token
    assert client.get(f"{ROOT}/applications").status_code == 200
    body = f'{{"service": "{SERVICE}"}}'
    refused(client.post(f"{ROOT}/applications", body, content_type="application/json"), 403)
    page = client.get(f"/services/{SERVICE}/consent").content.decode()
    found = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', page)
    assert found
    answer = client.post(f"{ROOT}/applications", body, content_type="application/json", headers={"X-CSRFToken": found[1]})
    assert answer.status_code == 201, answer.content
    form = client.post(f"{ROOT}/applications", {"csrfmiddlewaretoken": found[1]})
    refused(form, 400)  # a form where JSON is asked for


@pytest.mark.parametrize(
    ("body", "status"),
    [
        (b"", 422), (b"{", 400), (b"[]", 422), (b'"x"', 422), (b"\xff\xfe", 400), (b'{"service": 1}', 422),
        (b'{"service": "x", "more": 1}', 422), (b'{"service": "' + b"x" * 200 + b'"}', 422), (b"[" * 100_000, 400),
        (b'{"service": "' + b"x" * 2_000_000 + b'"}', 413), (b'{"service": "\\u0000"}', 400), (b'{"service": "\\ud800"}', 422),
    ],
)  # fmt: skip
def test_a_body_that_is_none_is_a_problem_and_never_ours(scene: Any, body: bytes, status: int) -> None:
    anna = Program(scene.anna)
    answer = anna.client.post(f"{ROOT}/applications", body, content_type="application/json", headers=anna.headers)
    assert answer.headers["Content-Type"] == PROBLEM
    assert answer.status_code == status, answer.content
    assert b"xxx" not in answer.content


@pytest.mark.parametrize(
    ("body", "field", "rule"),
    [({}, "service", "it is missing."), ({"service": "x", "more": 1}, "more", "no such name is known here."),
     ({"service": "x" * 200}, "service", "it is too long."), ({"service": 1}, "service", "it is not written as it must be.")],
)  # fmt: skip
def test_a_body_of_another_shape_is_told_by_field_rule_and_remedy(scene: Any, body: dict[str, object], field: str, rule: str) -> None:
    told = refused(Program(scene.anna).send("/applications", body), 422)
    assert (told["field"], told["rule"], told["remedy"]) == (field, rule, "Write it as /api/v1/docs says.")


def test_answers_are_kept_by_nobody(scene: Any) -> None:
    answer = Program(scene.anna).ask("/applications")
    assert answer.headers["Cache-Control"] == "no-store"
    assert "Authorization" in answer.headers["Vary"]


def test_the_document_types_every_answer() -> None:
    schema = read_schema()
    assert schema["openapi"].startswith("3.1")
    for address, operations in schema["paths"].items():
        for verb, told in operations.items():
            assert told["summary"] and told["description"], (verb, address)
            for status, answer in told["responses"].items():
                for media, content in answer.get("content", {}).items():
                    assert content["schema"].get("$ref"), (verb, address, status, media)
    for name, one in schema["components"]["schemas"].items():
        for field, told in one.get("properties", {}).items():
            assert told.get("type") != "object" or told.get("additionalProperties") not in (None, True), (name, field)


def test_the_documentation_loads_nothing_from_elsewhere() -> None:
    page = Client().get(f"{ROOT}/docs").content.decode()
    assert not re.findall(r'(?:src|href)="(?:https?:)?//', page)
    assert "<script" not in page
    assert len(page.encode()) < 200_000
    assert Client().get(f"{ROOT}/openapi.json").json()["openapi"].startswith("3.1")
    assert Client().get(f"{ROOT}/").headers["Location"] == f"{ROOT}/docs"
