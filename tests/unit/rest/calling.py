"""Programs at the API without a server: Django's client with a token, and what a problem says."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any

from django.test import Client

from miaopi.apps.audit.api import Actor, ActorKind
from miaopi.apps.identity.api import issue_token
from tests.unit.filing.scene import KEEPER, NOW, SERVICE

ROOT = "/api/v1"
PROBLEM = "application/problem+json"


class Program:
    """One holder's program. `ask` and `send` give the answer; its JSON is `answer.json()`."""

    def __init__(self, actor: Actor | None = None, *, language: str = "en") -> None:
        self.client = Client(raise_request_exception=False)
        self.headers = {"Accept-Language": language}
        if actor is not None:
            holder = {"member": actor.id} if actor.kind is ActorKind.STAFF else {"party": actor.id}
            token = issue_token(**holder, label="test", expires_at=NOW + timedelta(days=30), by=KEEPER, now=NOW).token
            self.headers["Authorization"] = f"Bearer {token}"

    def ask(self, address: str, **query: str) -> Any:
        return self.client.get(ROOT + address, query, headers=self.headers)

    def send(self, address: str, body: object = None, *, method: str = "post", key: str | None = None) -> Any:
        headers = self.headers | ({"Idempotency-Key": key} if key else {})
        written = json.dumps(body if body is not None else {})
        return getattr(self.client, method)(ROOT + address, written, content_type="application/json", headers=headers)

    def draft(self) -> str:
        """The number of a fresh draft, its consent given."""
        opened = self.send("/applications", {"service": SERVICE})
        assert opened.status_code == 201, opened.content
        asked = opened.json()["consent"]["facts"]
        given = self.send("/consents", {
            "application": opened.json()["number"], "scope": [fact["source"] for fact in asked],
            "separate": [fact["source"] for fact in asked if fact["privacy"] == "sensitive"],
        })  # fmt: skip
        assert given.status_code == 201, given.content
        return str(opened.json()["number"])

    def confirm(self, number: str, **values: object) -> Any:
        token = self.ask(f"/applications/{number}").json()["draft"]["token"]
        return self.send(f"/applications/{number}/confirm", {"token": token, "values": values})


def refused(answer: Any, status: int) -> dict[str, Any]:
    """The problem of an answer that is one."""
    assert answer.status_code == status, answer.content
    assert answer.headers["Content-Type"] == PROBLEM
    told: dict[str, Any] = answer.json()
    assert {"type", "title", "status", "detail"} <= told.keys() and told["status"] == status
    return told
