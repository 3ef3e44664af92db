"""A journey through pages in a browser: by keyboard, and judged where it stops. Pictures go to `MIAOPI_STOPS`, if that is set."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from playwright.sync_api import Browser, Page

from tests.browser import accessibility_findings, opened_page
from tests.unit.portal.served import CUT


@dataclass
class Stops:
    """Who is signed in by which session, and everything that is wrong with a page."""

    base: str
    browser: Browser
    sessions: Mapping[str, str]
    wrong: list[str]

    @contextmanager
    def opened(self, who: str, width: int, **cookies: str) -> Iterator[Page]:
        with opened_page(self.browser, width=width) as page:
            told = {"sid": self.sessions[who], **cookies}
            page.context.add_cookies([{"name": name, "value": value, "url": self.base} for name, value in told.items()])
            yield page

    def judge(self, page: Page, name: str, *, open_all: bool = False) -> None:
        if open_all:
            page.evaluate("document.querySelectorAll('main details').forEach(one => { one.open = true })")
        width, window = page.evaluate("[document.documentElement.scrollWidth, innerWidth]")
        if width > window:
            self.wrong.append(f"{name}: scrolls sideways, {width} px")
        self.wrong.extend(f"{name}: cut off {each}" for each in page.evaluate(CUT))
        self.wrong.extend(f"{name}: {each['rule']} {each['elements'][:2]}" for each in accessibility_findings(page))
        if folder := os.environ.get("MIAOPI_STOPS"):
            page.screenshot(path=Path(folder) / f"{name.replace('/', '_')}-{window}.png", full_page=True)
