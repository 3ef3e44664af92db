"""The portal served to a browser from the process of the test, in a city of fakes; and what is looked for on each page."""

from __future__ import annotations

import mimetypes
import threading
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from socketserver import ThreadingMixIn
from typing import Any
from wsgiref.simple_server import WSGIRequestHandler, WSGIServer, make_server

from django.core.wsgi import get_wsgi_application
from playwright.sync_api import Browser, Page

from tests.browser import accessibility_findings, opened_page

STATIC = Path(__file__).resolve().parents[3] / "src/miaopi/portal/static"
SMALL = 360
MANUAL = frozenset({
    "home", "search", "service", "consent", "check", "result-slots", "result-booked", "applications", "elder-home", "outcome-refuse",
    "outcome-wait",
})  # pages whose pictures stand in the manual
WIDE = 1280

# Text that its box cuts off: hidden overflow, and more to see than there is room for. What scrolls by design has a name.
CUT = """() => [...document.querySelectorAll("main *, header *, nav *")].filter(one => {
  const style = getComputedStyle(one);
  if (one.closest(".hidden, .scroll, .sheet, svg") || one.className === "hidden" || !one.innerText) return false;
  return (style.overflowX !== "visible" && one.scrollWidth > one.clientWidth + 1)
    || (style.overflowX === "visible" && one.getBoundingClientRect().right > innerWidth + 1 && one.getBoundingClientRect().width > 0);
}).map(one => one.outerHTML.slice(0, 120))"""


class Threaded(ThreadingMixIn, WSGIServer):
    daemon_threads = True


class Silent(WSGIRequestHandler):
    def log_message(self, *_: Any) -> None:
        """The test says what it saw."""


def _answer(environ: dict[str, Any], start: Any) -> Iterable[bytes]:
    path = environ["PATH_INFO"]
    if path.startswith("/static/"):
        start("200 OK", [("Content-Type", mimetypes.guess_type(path)[0] or "text/plain")])
        return [(STATIC / path.removeprefix("/static/")).read_bytes()]
    answer: Iterable[bytes] = get_wsgi_application()(environ, start)
    return answer


@contextmanager
def served() -> Iterator[str]:
    """The address of the portal as long as the block runs."""
    server = make_server("127.0.0.1", 0, _answer, server_class=Threaded, handler_class=Silent)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        server.server_close()


@dataclass
class Look:
    """Looks at pages as somebody signed in by `token`: findings, and a picture of each if there is a folder for them."""

    browser: Browser
    base: str
    pictures: Path | None = None
    wrong: list[str] = field(default_factory=list)
    seen: int = 0

    def at(self, name: str, address: str, token: str = "", *, elder: bool = False) -> None:
        for width in (SMALL, WIDE):
            with opened_page(self.browser, width=width) as page:
                cookies = {"sid": token} if token else {}
                cookies |= {"display": "elder"} if elder else {}
                page.context.add_cookies([{"name": key, "value": value, "url": self.base} for key, value in cookies.items()])
                for before in ("/en", ""):
                    answer = page.goto(self.base + before + address)
                    if answer is None or answer.status != 200:
                        self.wrong.append(f"{before}{address}: {answer and answer.status}")
                    self.judge(page, f"{name} {before} {width}", width == SMALL or not before)
                if self.pictures is not None and name in MANUAL:
                    page.screenshot(path=self.pictures / f"{name}-{width}.png")

    def judge(self, page: Page, name: str, thoroughly: bool) -> None:
        self.seen += 1
        width, window = page.evaluate("[document.documentElement.scrollWidth, innerWidth]")
        if width > window:
            self.wrong.append(f"{name}: scrolls sideways, {width} px")
        self.wrong += [f"{name}: cut off {each}" for each in page.evaluate(CUT)]
        if thoroughly:
            self.wrong += [f"{name}: {each['rule']} {each['elements'][:2]}" for each in accessibility_findings(page)]
