"""A resident's way from consent to licence by real HTTP, as a program of hers goes it; standard library, nothing of ours imported."""

from __future__ import annotations

import json
import urllib.error
import urllib.request
from collections.abc import Callable
from typing import Any

from tests.journey.cities import City
from tests.waiting import LONG, awaited

Ask = Callable[..., Any]


def program(city: City, code: str) -> Ask:
    """`ask(method, address, body, key=…, status=…)` with the token that the demo printed for this persona or member of staff."""
    holders = [*city.what["personas"], *city.what["staff"]]
    token = next(each["api_token"] for each in holders if each["code"] == code)
    root = city.what["base_url"].rstrip("/") + "/api/v1"

    def ask(method: str, address: str, body: object = None, *, key: str = "", status: int = 200) -> Any:
        headers = {"Authorization": f"Bearer {token}", "Content-Type": "application/json"} | ({"Idempotency-Key": key} if key else {})
        sent = None if body is None else json.dumps(body).encode()
        request = urllib.request.Request(root + address, sent, headers, method=method)
        try:
            with urllib.request.urlopen(request, timeout=LONG) as answer:
                found, told = answer.status, answer.read()
        except urllib.error.HTTPError as error:
            found, told = error.code, error.read()
        assert found == status, f"{method} {address}: {found} {told[:400]!r}"
        return json.loads(told) if told.startswith((b"{", b"[")) else told

    return ask


def wait_for(look: Callable[[], Any]) -> Any:
    """What follows within a second or so in the worker."""
    found = awaited(look, every=0.1)
    assert found, "it did not follow"
    return found


def test_a_program_goes_from_consent_to_licence_and_anybody_verifies_it(city: City) -> None:
    ask = program(city, "worker")
    opened = ask("POST", "/applications", {"service": "no-criminal-record"}, key="journey-1", status=201)
    again = ask("POST", "/applications", {"service": "no-criminal-record"}, key="journey-1", status=201)
    assert again == opened
    ask("POST", "/applications", {"service": "hukou-graduate"}, key="journey-1", status=409)
    number, asked = opened["number"], opened["consent"]["facts"]
    ask("POST", "/consents", {
        "application": number, "scope": [fact["source"] for fact in asked],
        "separate": [fact["source"] for fact in asked if fact["privacy"] == "sensitive"],
    }, key="journey-2", status=201)  # fmt: skip
    draft = ask("GET", f"/applications/{number}")["draft"]
    assert draft["missing"] == ["purpose"]
    decided = ask("POST", f"/applications/{number}/confirm", {"token": draft["token"], "values": {"purpose": "employment"}})
    assert decided["outcome"] == "approve", decided["reasons"]
    licence = wait_for(lambda: (each := ask("GET", f"/licences/{decided['licence']}"))["credential"] and each)
    verdict = ask("POST", "/licences/verify", {"text": licence["credential"]})
    assert (verdict["valid"], verdict["claims"]["identifier"]) == (True, licence["identifier"])
    assert ask("GET", f"/licences/{licence['id']}/licence.pdf").startswith(b"%PDF-")
    assert wait_for(lambda: [message for message in ask("GET", "/me/messages")["messages"] if message["number"] == number])
    looks = wait_for(lambda: [look for look in ask("GET", "/me/accesses")["accesses"] if look["number"] == number])
    wait_for(lambda: ask("GET", "/ledger/checkpoint")["tree_size"] > looks[0]["seq"])
    proof = ask("GET", f"/me/accesses/{looks[0]['seq']}/proof")
    assert proof["leaf_index"] == looks[0]["seq"]
    head = ask("GET", "/ledger/checkpoint")
    assert ask("GET", "/ledger/consistency?old=1")["tree_size"] >= head["tree_size"]


def test_a_token_opens_what_its_holder_may_and_no_more(city: City) -> None:
    worker, officer, clerk = (program(city, code) for code in ("worker", "officer1", "clerk1"))
    officer("GET", "/cases")
    clerk("GET", "/visits")
    for ask, address in ((worker, "/cases"), (worker, "/visits"), (clerk, "/cases"), (officer, "/visits"), (officer, "/licences")):
        assert ask("GET", address, status=403)["type"].endswith("#problem-forbidden")
    officer("GET", "/applications/20261123-AAAAAAAAA", status=403)
    worker("GET", "/applications/20261123-AAAAAAAAA", status=404)
