"""Systems of departments at the API: the sandbox and the pull, their shapes, their problems."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from typing import Any

import pytest

from miaopi.apps.catalogue.api import get_resources
from miaopi.apps.exchange.adapters.directory import city_directory
from miaopi.apps.exchange.api import try_sandbox
from tests.unit.filing.scene import ANNA, NOW
from tests.unit.portal.stewards import LAW, RESOURCE, asked, at_desk, key_of, pull, steward
from tests.unit.rest.calling import Program, refused


@pytest.fixture
def asker(scene: Any) -> Any:
    return steward("asker", "civil-affairs")


def test_the_sandbox_answers_the_body_of_a_pull_in_the_shape_of_a_pull(asker: Any) -> None:
    keeper, key = steward("keeper", "population"), key_of(asker)
    agreement = asked(at_desk(asker))
    at_desk(keeper).post(f"/desk/data/agreements/{agreement}/approve", {"fields": ["name", "birth_date"], "until": "2027-06-30"})
    fields = ["name", "birth_date", "sex"]
    tried, real = (pull(key, address=address, fields=fields).json() for address in (f"sandbox/{RESOURCE}", "pull"))
    assert (tried["synthetic"], real["synthetic"]) == (True, False)
    assert tried.keys() == real.keys() and [fact.keys() for fact in tried["facts"]][:2] == [fact.keys() for fact in real["facts"]]
    assert [(each["field"], each["code"]) for each in real["denied"]] == [("sex", "field_not_granted")]
    assert {fact["field"]: fact["value"] for fact in real["facts"]} == {"name": ANNA.name, "birth_date": "1949-12-31"}
    assert ANNA.name not in str(tried)


def test_where_nothing_was_had_the_problem_has_a_stable_code(asker: Any) -> None:
    key = key_of(asker)
    told = refused(pull(key, fields=["name", "sex"]), 403)
    assert told["code"] == "no_grant" and {each["code"] for each in told["denied"]} == {"no_grant"}
    at_desk(steward("keeper", "population")).post(
        f"/desk/data/agreements/{asked(at_desk(asker))}/approve", {"fields": ["name"], "until": "2027-06-30"}
    )
    assert refused(pull(key, ground={**LAW, "article": "第一条"}), 403)["code"] == "wrong_ground"


def test_a_source_that_lost_a_column_is_no_prohibition(scene: Any, asker: Any) -> None:
    key = key_of(asker)
    terms = {"fields": ["name"], "until": "2027-06-30"}
    at_desk(steward("keeper", "population")).post(f"/desk/data/agreements/{asked(at_desk(asker))}/approve", terms)
    for row in scene.rows["population"][RESOURCE]:
        row["full_name"] = row.pop("name")
    scene.publish()
    told = pull(key, fields=["name"])
    assert (told.status_code, told.json()["facts"]) == (200, [])
    assert [(each["field"], each["code"]) for each in told.json()["denied"]] == [("name", "schema_changed")]


def test_a_body_that_does_not_fit_is_told_by_its_place_and_no_number_comes_back(asker: Any) -> None:
    key = key_of(asker)
    assert refused(pull(key, subject={"id_number": "110105194912310021"}), 422)["field"] == "subject.id_number"
    assert refused(pull(key, fields=[]), 422)["field"] == "fields"
    assert refused(pull(key, surplus=1), 422)["field"] == "surplus"
    assert refused(pull(key, resource="nonsense"), 404)
    assert "1101051949" not in pull(key, subject={"id_number": "110105194912310021"}).content.decode()


def test_only_a_key_of_an_agency_pulls_and_it_opens_nothing_else(scene: Any, asker: Any) -> None:
    key = key_of(asker)
    for address in ("/cases", "/visits", "/me/accesses", "/licences"):
        program = Program()
        program.headers["Authorization"] = f"Bearer {key}"
        assert program.ask(address).status_code == 403
    for actor in (asker, scene.anna):
        assert Program(actor).send("/exchange/pull", {
            "resource": RESOURCE, "fields": ["name"], "subject": {"id_number": ANNA.id_number}, "use": "x", "purpose": "x", "ground": LAW,
            "case": "1",
        }).status_code == 403  # fmt: skip
    assert Program(asker).send(f"/exchange/sandbox/{RESOURCE}").status_code == 200
    assert Program(scene.anna).send(f"/exchange/sandbox/{RESOURCE}").status_code == 403


def test_every_source_of_the_city_has_a_sandbox_whose_values_are_of_its_types(asker: Any) -> None:
    types = {"number": Decimal, "boolean": bool, "date": date, "date and time": datetime, "string": str}
    configured = city_directory().configuration.resources
    described = get_resources(configured)
    assert len(described) > 10
    for name in described:
        sample = try_sandbox(resource=name, by=asker, now=NOW)
        rows = [row for fact in sample.facts.values() for row in (fact.value if isinstance(fact.value, list) else [])]
        values = {source.partition(".")[2]: fact.value for source, fact in sample.facts.items()}
        columns = {field: column for source in configured[name].sources for field, column in source.columns.items()}
        for row in rows or [values]:
            for field, value in row.items():
                column = columns.get(field)
                is_fit = column is None or (isinstance(value, types[column.type]) and (not column.values or value in column.values))
                assert is_fit, (name, field)
        assert "110105" not in str(sample.facts)
