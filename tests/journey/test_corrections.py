"""A record that was wrong, in the page and at the command line of a running city: what it was used for, its correction, what it did."""

from __future__ import annotations

from typing import Any

from playwright.sync_api import Page

from tests.browser import opened_browser, opened_page
from tests.journey.cities import City
from tests.journey.registers import register
from tests.journey.residents import code_of, sign_in, staff_code
from tests.waiting import awaited

RECORD = "household_registration"
WHO = "driver"  # as whom no other journey applies: what is undecided is corrected otherwise


def standing(city: City) -> list[dict[str, Any]]:
    return [each for each in city.verb("exchange", "impact", RECORD, "--person", WHO)["decisions"] if each["standing"]]


def test_what_there_is_not_is_told_by_every_verb(city: City) -> None:
    denied = city.verb("exchange", "pull", "population_basic", "name", "--receipt", "0" * 32, code=3)["error"]
    assert (denied["kind"], denied["code"]) == ("PullRefusedError", "consent_missing")
    for words in (("agreements",), ("disputes",), ("quality",)):
        error = city.verb("exchange", *words, "--agency", "no-such", code=6)["error"]
        assert error["kind"] == "NotFound" and "no-such" in error["text"]["zh"] and "no-such" in error["text"]["en"]
    city.verb("exchange", "impact", "no_such", "--person", WHO, code=6)


def number_of(city: City, persona: str) -> str:
    """As the authority has it by which she signs in."""
    with register(city.home, "authority") as database:
        row = database.execute("SELECT id_number FROM accounts WHERE sign_in_code = %s", [code_of(city, persona)]).fetchone()
    assert row is not None
    return str(row["id_number"])


def reloaded(page: Page) -> str:
    page.reload()
    return page.inner_text("h1 + .tag").strip()


def test_a_steward_corrects_a_record_in_her_page_and_every_decision_that_used_it_is_made_again(city: City) -> None:
    decided = city.verb("apply", "no-criminal-record", "--as", WHO, "--yes")
    before = standing(city)
    assert decided["number"] in {each["number"] for each in before}
    assert {each["state"] for each in before} <= {None, "unchanged"}
    city.verb("exchange", "correct", RECORD, "hukou_region_code", "--person", WHO, "--as", "steward2", code=3)
    with opened_browser() as browser, opened_page(browser) as page:
        sign_in(page, city, staff_code(city, "steward1"))
        page.goto(f"{city.what['base_url']}/desk/data/corrections/report?resource={RECORD}")
        page.fill("#id_number", number_of(city, WHO))
        page.check("input[value=hukou_region_code]")
        with page.expect_navigation():
            page.get_by_role("button", name="先看会动到什么").click()
        assert f"会动到{len(before)}个决定" in page.inner_text("h1")
        page.check("#is_right")
        with page.expect_navigation():
            page.get_by_role("button", name="报出更正").click()
        made = page.url.partition("?")[0].rpartition("/")[2]
        assert awaited(lambda: reloaded(page), lambda state: state == "已办完", every=0.5) == "已办完"
        assert "重新作出，结果不变" in page.inner_text("main") and "来源说的还是原来的值" in page.inner_text("main")
    after = standing(city)
    assert {(each["correction"], each["state"]) for each in after} == {(made, "unchanged")}
    assert {each["became"] for each in after} == {each["outcome"] for each in before}
    asked = {each["resource"]: each for each in city.verb("exchange", "quality", "--agency", "population")["sources"]}
    assert asked[RECORD]["validity"]["share"] == 1


def test_a_steward_does_the_same_at_the_command_line(city: City) -> None:
    words = (RECORD, "household_type", "--person", WHO, "--as", "steward1")
    seen = city.verb("exchange", "foresee", *words)
    assert seen["decisions"] and seen["fates"]["untouched"] and not seen["touched"]
    made = city.verb("exchange", "correct", *words)
    assert (made["agency"], made["fields"], made["dispute"]) == ("population", ["household_type"], None)
    found = city.verb("exchange", "correction", made["correction"], "--as", "steward1")
    assert sum(found["decisions"].values()) in {0, seen["decisions"]}
    listed = city.verb("exchange", "corrections", "--agency", "population")["corrections"]
    assert listed[0]["correction"] == made["correction"] and listed[0].keys() == made.keys()
