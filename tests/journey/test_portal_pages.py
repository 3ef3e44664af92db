"""Every GET route, in both languages, as visitor, citizen and staff: rights as declared, nothing for axe, nothing cut off (Show 6).

The routes come from the URL configuration and the values of their places from the links of the pages, so that a new page is walked
without being named here.
"""

from __future__ import annotations

import csv
import gzip
import re
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import product
from urllib.parse import urlsplit

import pytest
from django.urls import Resolver404, resolve
from playwright.sync_api import Browser, Page, Response

from tests.browser import accessibility_findings, opened_browser, opened_page
from tests.house.test_routes import ROUTES
from tests.journey.cities import ROOT, City
from tests.journey.residents import (
    SERVICE,
    begin,
    code_of,
    number_of,
    send,
    sign_in,
    staff_code,
    stranger_without_permit,
)
from tests.unit.portal.served import CUT

HEAVIEST = 40 * 1024  # bytes of a first view, compressed (DESIGN.md §8, F8)
PLACE = re.compile(r"<(?:\w+:)?(\w+)>")
NOBODY = {
    "number": "20260101-AAAAAAAAA", "slug": "no-such-service", "fact": "no.such", "seq": "999999", "paper": "9",
    "resource": "no_such_resource", "agreement": "0" * 32, "key": "0" * 32,
}  # fmt: skip
MOST = 4  # values of a place that are walked
STARTS = (
    "/", "/licences", "/accesses", "/applications", "/desk", "/counter", "/desk/data", "/desk/data/catalogue", "/desk/data/agreements",
    "/desk/data/corrections", "/desk/data/registers", "/desk/watch", "/desk/watch/deferrals", "/desk/watch/clues",
)
LARGE = ("/desk/data/corrections", "/en/desk/data/corrections", "/desk/data/corrections/report", "/en/desk/data/corrections/report")
NOT_HERE = {  # pages of what may be nobody's in this city; tests of their own open them
    "applications/<slug:number>/visit", "counter/<slug:number>", "desk/data/corrections/<slug:correction>",
    "desk/data/objections/<slug:objection>", "desk/data/registers/<slug:register>/pairs/<slug:pair>",
    "desk/watch/deferrals/<slug:deferral>", "disputes/<slug:resource>",
}  # fmt: skip
FEW = 1  # the same at a desk whose pages of one kind are alike
ALLOWED = defaultdict(set)
for row in csv.DictReader((ROOT / "src/miaopi/apps/identity/queries/rights.csv").open(encoding="utf-8")):
    ALLOWED[row["role"]].add(row["right"])


@dataclass
class Walk:
    """What was seen: pages by address and manner, and everything that is wrong with one."""

    pages: list[str] = field(default_factory=list)
    wrong: list[str] = field(default_factory=list)
    heaviest: int = 0
    asked: int = 0
    opened: set[str] = field(default_factory=set)  # routes that gave somebody a page or led to one, or are a form's address
    outcomes: set[str] = field(default_factory=set)


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with opened_browser() as found:
        yield found


def collect(page: Page, values: dict[str, set[str]]) -> None:
    """The values of places that stand in the links and forms of a page."""
    for link in page.evaluate("[...document.querySelectorAll('a[href], form[action]')].map(one => one.href || one.action)"):
        try:
            found = resolve(urlsplit(str(link)).path)
        except Resolver404:
            continue
        for name, value in found.kwargs.items():
            values[name].add(str(value))


def addresses(values: dict[str, set[str]], most: int = MOST) -> list[tuple[str, str, str]]:
    """Every route with values for its places, the right that it names, and the route. What programs ask is walked elsewhere."""
    found = []
    for route, view in ROUTES:
        if "(?P" in route or route.startswith("api/"):
            continue
        right = view.right.value  # type: ignore[attr-defined]  # the house test holds that there is one
        places = PLACE.findall(route)
        for chosen in product(*([*sorted(values[name])[:most], NOBODY.get(name, "none")] for name in places)):
            words = iter(chosen)
            found.append(("/" + PLACE.sub(lambda _, words=words: next(words), route), right, route))  # type: ignore[misc]
    return found


def applied(page: Page, city: City, seen: Walk) -> set[str]:
    """Applications of one person that ended, or did not end, in every way that she can bring about."""
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
    return {begin(page, city), approved, disputed, withdrawn}


def walk(
    page: Page, city: City, role: str, values: dict[str, set[str]], seen: Walk, *, manner: str = "", most: int = MOST
) -> None:
    """Open every address twice: first for what is linked there, then to judge each page, wherever its address led."""
    base = city.what["base_url"]
    for address, _, _ in addresses(values, most):
        if "/en/" not in address and not PLACE.search(address):
            page.request.get(base + address, max_redirects=0)
    for start in STARTS:
        page.goto(base + start)
        collect(page, values)
    weights: list[int] = []
    page.on("response", lambda response: weights.append(weight_of(response)))
    known: set[str] = set()
    for address, right, route in addresses(values, most):
        answer = page.request.get(base + address, max_redirects=0)
        seen.asked += 1
        location = answer.headers.get("location", "")
        if answer.status in (200, 405) or (answer.status == 302 and "/sign-in?" not in location):
            seen.opened.add(route)
        judge_right(f"{address} ({role})", role, right, answer.status, location, seen)
        if answer.status != 200 or "text/html" not in answer.headers.get("content-type", "") or "attachment" in answer.headers.get(
            "content-disposition", ""
        ):
            continue
        weights.clear()
        page.goto(base + address)
        if page.url in known:
            continue
        known.add(page.url)
        look_at(page, f"{page.url.removeprefix(base)} ({manner or role})", seen, sum(weights))


def judge_right(name: str, role: str, right: str, status: int, location: str, seen: Walk) -> None:
    """Who has the right gets the page, or is told that there is none; who lacks it signs in first, or gets nothing."""
    if status == 405:  # a form's address, which nobody opens
        return
    is_allowed = right in ALLOWED[role]
    to_sign_in = status == 302 and "/sign-in?" in location
    if status >= 500 or (is_allowed and (status == 403 or (to_sign_in and role != "visitor"))):
        seen.wrong.append(f"{name}: {status} although {right} is given")
    if not is_allowed and not (to_sign_in if role == "visitor" else status in (403, 404)):
        seen.wrong.append(f"{name}: {status} although {right} is not given")


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
    seen.wrong += [f"{name}: cut off {each}" for each in page.evaluate(CUT)]
    for found in accessibility_findings(page):
        seen.wrong.append(f"{name}: {found['rule']} ({found['impact']}) {found['elements'][:2]}")


def look_at_result(page: Page, city: City, number: str, manner: str, seen: Walk) -> None:
    for address in (f"/applications/{number}", f"/en/applications/{number}"):
        page.goto(city.what["base_url"] + address)
        look_at(page, f"{address} ({manner})", seen, 0)


def weight_of(response: Response) -> int:
    """The bytes of a body as a server with gzip would send them; a redirect has none."""
    return 0 if 300 <= response.status < 400 else len(gzip.compress(response.body(), 6))


def places(**known: set[str]) -> dict[str, set[str]]:
    services, facts = {SERVICE, "hukou-graduate", "old-age-allowance"}, {"account.mobile", "person.name"}
    return defaultdict(set, {"slug": services, "fact": facts, "display": {"standard", "elder"}, **known})


def test_every_page_is_clean_and_open_to_whom_it_says(city: City, browser: Browser, capsys: pytest.CaptureFixture[str]) -> None:
    seen = Walk()
    with opened_page(browser) as page:
        walk(page, city, "visitor", places(number=set()), seen)
    with opened_page(browser) as page:
        sign_in(page, city, code_of(city, "worker"))
        numbers = applied(page, city, seen)
        walk(page, city, "citizen", places(number=numbers), seen)
    with opened_page(browser) as page:
        sign_in(page, city, stranger_without_permit(city))
        begin(page, city)
        assert send(page) == "redirect"
        look_at_result(page, city, number_of(page), "sent elsewhere", seen)
    for code in ("officer1", "clerk1", "auditor1"):
        with opened_page(browser) as page:
            sign_in(page, city, staff_code(city, code))
            most = FEW if code == "auditor1" else MOST
            walk(page, city, code[:-1], places(number=set(sorted(numbers)[:1])), seen, most=most)
    with opened_page(browser) as page:
        sign_in(page, city, staff_code(city, "steward1"))
        walk(page, city, "steward", places(number=set()), seen, most=FEW)
        page.goto(f"{city.what['base_url']}/display/elder?next=/desk/data")
        for address in LARGE:
            page.goto(city.what["base_url"] + address)
            look_at(page, f"{address} (steward, large type)", seen, 0)
    with opened_page(browser) as page:
        sign_in(page, city, code_of(city, "worker"))
        page.goto(f"{city.what['base_url']}/display/elder?next=/")
        walk(page, city, "citizen", places(number=set(sorted(numbers)[:2])), seen, manner="large type")
    with capsys.disabled():
        print(f"\n{seen.asked} addresses asked, {len(seen.pages)} pages walked, heaviest {seen.heaviest} bytes, "
              f"outcomes {', '.join(sorted(seen.outcomes))}; {len(seen.wrong)} findings")
    assert seen.wrong == []
    assert {"approve", "refer", "redirect"} <= seen.outcomes
    closed = {route for _, _, route in addresses(places())} - seen.opened
    assert {route.removeprefix("en/") for route in closed} <= NOT_HERE
