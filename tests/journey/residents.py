"""Residents at the portal in a real browser: they sign in, agree, choose a purpose, and send."""

from __future__ import annotations

import re

from playwright.sync_api import Page

from tests.journey.cities import City
from tests.journey.registers import register

SERVICE = "no-criminal-record"
NUMBER = re.compile(r"/applications/([0-9]{8}-[A-Z]{9})")


def sign_in(page: Page, city: City, code: str) -> None:
    page.goto(f"{city.what['base_url']}/sign-in")
    page.fill("#code", code)
    page.click("main button")


def begin(page: Page, city: City) -> str:
    """Agree to everything that is asked for; the number of the draft that is now to be checked."""
    page.goto(f"{city.what['base_url']}/services/{SERVICE}/consent")
    for box in page.locator("main input[type=checkbox]").all():
        box.check()
    page.click(".dock button")
    page.wait_for_url(NUMBER)
    return number_of(page)


def send(page: Page) -> str:
    """Choose a purpose where one is asked for, and submit; the outcome that the page then shows."""
    page.wait_for_load_state()  # a click does not wait for the page that it leads to, and a list of boxes does not either
    for choice in page.locator("main input[type=radio]").all()[:1]:
        choice.check()
    page.click(".dock button")
    return outcome_of(page)


def number_of(page: Page) -> str:
    found = NUMBER.search(page.url)
    assert found is not None, page.url
    return found[1]


def outcome_of(page: Page) -> str:
    return page.locator("section.outcome").get_attribute("data-outcome") or ""


def code_of(city: City, persona: str) -> str:
    return next(str(each["sign_in_code"]) for each in city.what["personas"] if each["code"] == persona)


def staff_code(city: City, code: str) -> str:
    return next(str(each["sign_in_code"]) for each in city.what["staff"] if each["code"] == code)


def stranger_without_permit(city: City) -> str:
    """The sign-in code of an adult with her hukou elsewhere and no valid residence permit: she is sent to her own place."""
    with register(city.home, "residence") as database:
        rows = database.execute("SELECT id_number FROM residence_permit WHERE endorsed_to >= current_date").fetchall()
    with register(city.home, "population") as database:
        row = database.execute(
            "SELECT p.serial FROM kept.people p JOIN kept.population_basic b USING (id_number) JOIN kept.hukou h USING (serial)"
            " WHERE b.life_status = '正常' AND b.identity_count = 1 AND b.birth_date < current_date - 7000"
            " AND NOT h.hukou_region_code LIKE '4403%%' AND NOT p.id_number = ANY(%s) ORDER BY p.serial LIMIT 1",
            [[row["id_number"] for row in rows]],
        ).fetchone()
    assert row is not None
    return f"p{row['serial']:06d}"
