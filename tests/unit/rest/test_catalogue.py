"""The catalogue at the API: listed page by page, found by a question, told in the national terms; no business of a citizen."""

from __future__ import annotations

from typing import Any

import pytest

from miaopi.apps.catalogue.api import list_resources
from tests.unit.portal.stewards import RESOURCE, key_of, steward
from tests.unit.rest.calling import ROOT, Program, refused


@pytest.fixture
def asker(scene: Any) -> Program:
    return Program(steward("asker", "civil-affairs"))


def test_every_resource_is_listed_once_page_by_page(asker: Program) -> None:
    listed, cursor, pages = [], "", 0
    while cursor is not None:
        page = asker.ask("/exchange/resources", limit="2", **({"cursor": cursor} if cursor else {})).json()
        listed, cursor, pages = listed + [each["id"] for each in page["resources"]], page["next"], pages + 1
    assert listed == [each.id for each in list_resources()]
    assert pages == -(-len(listed) // 2)


def test_a_resource_is_found_and_told_with_its_fields(asker: Program) -> None:
    for question in ({"search": "renkoujiben"}, {"column": "birth_date"}, {"agency": "population"}):
        found = asker.ask("/exchange/resources", **question).json()["resources"]
        assert RESOURCE in {each["id"] for each in found}, question
    told = asker.ask(f"/exchange/resources/{RESOURCE}").json()
    assert (told["agency"], told["status"], told["sharing_type"]) == ("population", "connected", "conditional")
    assert {"name": "birth_date", "privacy": "personal"}.items() <= next(f for f in told["fields"] if f["name"] == "birth_date").items()
    assert "population" in {each["id"] for each in asker.ask("/exchange/agencies").json()["agencies"]}


def test_what_is_found_goes_on_at_the_cursor(asker: Program) -> None:
    whole = [each["id"] for each in asker.ask("/exchange/resources", column="id_number").json()["resources"]]
    first = asker.ask("/exchange/resources", column="id_number", limit="1").json()
    second = asker.ask("/exchange/resources", column="id_number", limit="1", cursor=first["next"]).json()
    assert len(whole) > 1
    assert [each["id"] for each in first["resources"] + second["resources"]] == whole[:2]


def test_mistakes_are_told(asker: Program) -> None:
    refused(asker.ask("/exchange/resources", agency="no-such"), 404)
    refused(asker.ask("/exchange/resources/no_such"), 404)
    assert refused(asker.ask("/exchange/resources", search="a", column="b"), 422)["field"] == "search"
    refused(asker.ask("/exchange/resources", cursor="zzz"), 422)
    refused(asker.ask("/exchange/resources", limit="0"), 422)


def test_it_is_read_with_the_key_of_a_system_and_by_no_citizen(scene: Any) -> None:
    key = key_of(steward("asker", "civil-affairs"))
    system = Program()
    assert system.client.get(f"{ROOT}/exchange/agencies", headers={"Authorization": f"Bearer {key}"}).status_code == 200
    refused(Program(scene.anna).ask("/exchange/resources"), 403)
    refused(Program().ask("/exchange/resources"), 401)
