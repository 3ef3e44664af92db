"""Residents at their browsers, without JavaScript: pages are read, forms are filled in and sent, and sent again when no answer came."""

from __future__ import annotations

import re
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from html.parser import HTMLParser
from urllib.parse import urlsplit

import httpx

from tests.waiting import LONG

SERVICE = "no-criminal-record"
RESULT = re.compile(r"/applications/([0-9]{8}-[A-Z]{9})")
PATIENCE = LONG  # seconds of trying again before a resident gives up
PAUSE = 0.15


@dataclass
class Form:
    """What a form would send: hidden fields, each box ticked, the first of each choice."""

    action: str
    fields: dict[str, str] = field(default_factory=dict)


class Page(HTMLParser):
    """The forms of a page, and the outcome that it shows, if it shows one."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.forms: list[Form] = []
        self.outcome = ""
        self.feed(text)

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attributes}
        if tag == "form":
            self.forms.append(Form(given.get("action", "")))
        elif tag == "input" and self.forms and "name" in given:
            self.forms[-1].fields.setdefault(given["name"], given.get("value", ""))
        elif tag == "section" and "outcome" in given.get("class", "").split():
            self.outcome = given.get("data-outcome", "")


@dataclass(frozen=True)
class Seen:
    """What a resident was told on a result page: that is an acknowledgement."""

    number: str
    outcome: str


class Refused(Exception):
    """The portal said no, or fell silent for a minute, where neither may happen."""


class Visitor:
    """One resident with her browser. `again` counts requests that were sent once more; `waited` is how many seconds passed
    between her confirming and the page that told her the result."""

    def __init__(self, base_url: str, code: str, service: str = SERVICE) -> None:
        self._browser = httpx.Client(base_url=base_url, timeout=LONG)
        self._code = code
        self._begin = f"/services/{service}/consent"
        self.again = 0
        self.waited = 0.0

    def apply(self) -> Seen:
        """Sign in, consent, confirm, and read the result. Raises Refused."""
        with self._browser:
            at, page = self._open(self._begin)
            at, page = self._send(at, page, {"code": self._code})
            at, page = self._send(at, page, {})
            confirmed = time.monotonic()
            at, page = self._send(at, page, {})
            self.waited = time.monotonic() - confirmed
        shown = RESULT.fullmatch(at)
        if shown is None or not page.outcome:
            raise Refused(f"no result at {RESULT.sub('/applications/…', at)}")
        return Seen(shown[1], page.outcome)

    def _send(self, at: str, page: Page, typed: Mapping[str, str]) -> tuple[str, Page]:
        """Send the form of the page at this address; the same form again, its token included, until there is an answer."""
        form = next(form for form in page.forms if urlsplit(form.action).path == urlsplit(at).path)
        return self._follow(self._ask("POST", form.action, {**form.fields, **typed}), form.action)

    def _open(self, path: str) -> tuple[str, Page]:
        return self._follow(self._ask("GET", path, {}), path)

    def _follow(self, answer: httpx.Response, at: str) -> tuple[str, Page]:
        while answer.is_redirect:
            at = answer.headers["location"]
            answer = self._ask("GET", at, {})
        return at, Page(answer.text)

    def _ask(self, method: str, path: str, fields: Mapping[str, str]) -> httpx.Response:
        deadline = time.monotonic() + PATIENCE
        while time.monotonic() < deadline:
            try:
                answer = self._browser.request(method, path, data=dict(fields) or None)
                if answer.status_code < 500:
                    break
            except httpx.TransportError:
                pass  # killed while it listened, or not up yet
            self.again += 1
            time.sleep(PAUSE)
        else:
            raise Refused(f"no answer to {method} for {PATIENCE:.0f} s")
        if answer.is_client_error:
            raise Refused(f"{method} was answered with {answer.status_code}")
        return answer
