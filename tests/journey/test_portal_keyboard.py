"""A person's way from the first page to the licence: a telephone's width, no JavaScript, nothing but a keyboard (Show 8)."""

from __future__ import annotations

from playwright.sync_api import expect

from tests.browser import opened_browser, opened_page, press, tab_to
from tests.journey.cities import City
from tests.journey.residents import code_of, number_of, outcome_of


def test_a_licence_is_reached_with_the_keyboard_alone_and_one_choice(city: City) -> None:
    with opened_browser() as browser, opened_page(browser, width=360) as page:
        page.goto(city.what["base_url"])
        press(page, "a[href='/services/no-criminal-record']")
        press(page, ".dock a")
        tab_to(page, "#code")
        page.keyboard.type(code_of(city, "worker"))
        page.keyboard.press("Enter")
        expect(page).to_have_title("先问您同不同意 - 秒批")

        tab_to(page, "input[type=checkbox]")
        page.keyboard.press("Space")
        press(page, ".dock button")
        expect(page).to_have_title("核对并确认 - 秒批")

        fields = page.locator("main form").first.locator("input:not([type=hidden])")
        assert set(fields.evaluate_all("all => all.map(one => one.name)")) == {"purpose"}
        tab_to(page, "input[type=radio]")
        page.keyboard.press("Space")
        page.keyboard.press("ArrowDown")
        press(page, ".dock button")

        assert outcome_of(page) == "approve"
        expect(page.get_by_role("article", name="无犯罪记录证明")).to_be_visible()
        shown = city.verb("application", "show", number_of(page), "--as", "worker")
        assert shown["typed"] == ["purpose"]
        assert len(shown["prefilled"]) >= 8
        assert shown["licence"]


def test_after_a_mistake_the_focus_is_on_what_is_to_be_mended(city: City) -> None:
    with opened_browser() as browser, opened_page(browser, width=360) as page:
        page.goto(f"{city.what['base_url']}/sign-in")
        page.fill("#code", "NOT-A-CODE")
        page.keyboard.press("Enter")
        expect(page.locator(".errors:focus")).to_be_visible()
        page.keyboard.press("Tab")
        page.keyboard.press("Enter")
        expect(page.locator("#code")).to_be_in_viewport()
        assert page.locator("#code").get_attribute("aria-invalid") == "true"
