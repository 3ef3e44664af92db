"""Every GET route, in both languages, signed out, signed in and in large type: axe finds nothing, nothing scrolls sideways (Show 8)."""

from __future__ import annotations

import gzip
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import product

import pytest
from playwright.sync_api import Browser, Page, Response

from tests.browser import accessibility_findings, opened_browser, opened_page
from tests.house.test_routes import ROUTES
from tests.journey.cities import City
from tests.journey.residents import SERVICE, begin, code_of, number_of, send, sign_in, stranger_without_permit

HEAVIEST = 40 * 1024  # bytes of a first view, compressed (DESIGN.md §8, F8)
PLACE = re.compile(r"<(?:\w+:)?(\w+)>")
NOBODY = "20260101-AAAAAAAAA"


@dataclass
class Walk:
    """What was seen: pages by address and manner, and everything that is wrong with one."""

    pages: list[str] = field(default_factory=list)
    wrong: list[str] = field(default_factory=list)
    heaviest: int = 0
    outcomes: set[str] = field(default_factory=set)


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with opened_browser() as found:
        yield found


def addresses(numbers: list[str]) -> list[str]:
    """Every route with every value its places may take."""
    values = {
        "slug": [SERVICE, "no-such-service"], "number": [*numbers, NOBODY],
        "fact": ["account.mobile", "person.name", "no.such"], "display": ["standard", "elder"],
    }  # fmt: skip
    found = []
    for route, _ in ROUTES:
        names = PLACE.findall(route)
        for chosen in product(*(values[name] for name in names)):
            words = iter(chosen)
            found.append("/" + PLACE.sub(lambda _, words=words: next(words), route))
    return found


def applied(page: Page, city: City, seen: Walk) -> list[str]:
    """Applications of one person that ended, or did not end, in every way that she can bring about; the open draft first."""
    approved = begin(page, city)
    assert send(page) == "approve"
    disputed = begin(page, city)
    page.goto(f"{city.what['base_url']}/applications/{disputed}/facts/person.name")
    page.click(".dock button")
    assert send(page) == "refer"
    withdrawn = begin(page, city)
    page.click("main > details summary")
    page.click("main > details button")
    city.agency("criminal", "down")
    try:
        waiting = begin(page, city)
        assert send(page) == "wait"
        look_at_result(page, city, waiting, "while it waits", seen)
    finally:
        city.agency("criminal", "up")
    return [begin(page, city), approved, disputed, withdrawn, waiting]


def walk(page: Page, city: City, numbers: list[str], manner: str, seen: Walk) -> None:
    """Open every address; look once at each page, wherever its address led, and at each kind of problem."""
    base = city.what["base_url"]
    weights: list[int] = []
    page.on("response", lambda response: weights.append(weight_of(response)))
    known: set[str] = set()
    for address in addresses(numbers):
        if address.endswith((".txt", ".json", "healthz", "readyz")):
            continue
        weights.clear()
        answer = page.goto(base + address)
        assert answer is not None
        assert answer.status in (200, 403, 404, 405), (address, answer.status)
        same = page.url if answer.status == 200 else f"{answer.status} {page.title()}"
        if same in known:
            continue
        known.add(same)
        look_at(page, f"{page.url.removeprefix(base)} ({manner})", seen, sum(weights))


def look_at(page: Page, name: str, seen: Walk, weight: int) -> None:
    seen.pages.append(name)
    seen.heaviest = max(seen.heaviest, weight)
    shown = page.locator("section.outcome")
    if shown.count():
        seen.outcomes.add(shown.get_attribute("data-outcome") or "")
    if weight > HEAVIEST:
        seen.wrong.append(f"{name}: {weight} bytes compressed")
    width, window = page.evaluate("[document.documentElement.scrollWidth, window.innerWidth]")
    if width > window:
        seen.wrong.append(f"{name}: scrolls sideways, {width} px in {window}")
    for found in accessibility_findings(page):
        seen.wrong.append(f"{name}: {found['rule']} ({found['impact']}) {found['elements'][:2]}")


def look_at_result(page: Page, city: City, number: str, manner: str, seen: Walk) -> None:
    for address in (f"/applications/{number}", f"/en/applications/{number}"):
        page.goto(city.what["base_url"] + address)
        look_at(page, f"{address} ({manner})", seen, 0)


def weight_of(response: Response) -> int:
    """The bytes of a body as a server with gzip would send them; a redirect has none."""
    return 0 if 300 <= response.status < 400 else len(gzip.compress(response.body(), 6))


def test_axe_finds_nothing_on_any_page(city: City, browser: Browser, capsys: pytest.CaptureFixture[str]) -> None:
    seen = Walk()
    with opened_page(browser) as page:
        walk(page, city, [NOBODY], "signed out", seen)
    with opened_page(browser) as page:
        sign_in(page, city, code_of(city, "worker"))
        numbers = applied(page, city, seen)
        walk(page, city, numbers, "signed in", seen)
    with opened_page(browser) as page:
        sign_in(page, city, stranger_without_permit(city))
        begin(page, city)
        assert send(page) == "redirect"
        look_at_result(page, city, number_of(page), "sent elsewhere", seen)
    with opened_page(browser) as page:
        sign_in(page, city, code_of(city, "worker"))
        page.goto(f"{city.what['base_url']}/display/elder?next=/")
        walk(page, city, numbers[:2], "large type", seen)
    with capsys.disabled():
        print(f"\n{len(seen.pages)} pages walked, heaviest {seen.heaviest} bytes, outcomes {', '.join(sorted(seen.outcomes))}; "
              f"{len(seen.wrong)} findings")
    assert seen.wrong == []
    assert {"approve", "refer", "redirect"} <= seen.outcomes
    assert len(seen.pages) > 2 * len(ROUTES)
