"""A city's exchange.yaml: what it may say, and that every mistake is found with its line."""

from __future__ import annotations

from pathlib import Path

import pytest

from miaopi.apps.exchange.adapters.configuration import read_configuration
from miaopi.apps.exchange.adapters.port import Emptiness
from miaopi.definitions import list_services
from miaopi.kernel.errors import DefinitionError
from miaopi.kernel.expr import Type

ROOT = Path(__file__).parents[3]
GOOD = """\
agencies:
  register: {kind: sql, seconds: 1.5}
resources:
  person:
    most_absences: 3
    sources:
      - agency: register
        at: shared.person
        key: id_number
        absent: empty
        fields:
          name: full_name
          born: {column: birth_date, type: date}
          left_on: {type: date, empty: absent}
"""
MISTAKES = {
    "kind: sql": ("kind: ftp", 2, "kind"),
    "seconds: 1.5": ("seconds: 0", 2, "seconds"),
    "kind: sql, ": ("", 2, "kind"),
    "most_absences: 3": ("most_absences: many", 5, "most_absences"),
    "agency: register": ("agency: nobody", 7, "agency"),
    "at: shared.person": ('at: "person; DROP TABLE person"', 8, "at"),
    "key: id_number": ('key: "id number"', 9, "key"),
    "absent: empty": ("absent: perhaps", 10, "absent"),
    "        absent: empty\n": ("", 7, "absent"),
    "name: full_name": ("name: 'full name'", 12, "name"),
    "type: date}\n          left_on": ("type: day}\n          left_on", 13, "type"),
    "empty: absent": ("empty: no", 14, "empty"),
    "left_on: {type": ("left_on: {kind", 14, "kind"),
}


def written(folder: Path, text: str) -> Path:
    path = folder / "exchange.yaml"
    path.write_text(text, encoding="utf-8")
    return path


def test_a_source_says_where_rows_stand_and_how_it_says_none(tmp_path: Path) -> None:
    configuration = read_configuration(written(tmp_path, GOOD))
    person = configuration.resources["person"]
    (source,) = person.sources
    assert (source.place.at, source.place.absent, person.most_absences) == ("shared.person", Emptiness.EMPTY, 3)
    assert source.columns["born"].name == "birth_date"
    assert source.columns["left_on"].null_is_absent
    assert configuration.agencies["register"].limit.total_seconds() == 1.5


@pytest.mark.parametrize("right", MISTAKES)
def test_a_mistake_is_named_with_file_and_line(tmp_path: Path, right: str) -> None:
    wrong, line, word = MISTAKES[right]
    assert right in GOOD
    with pytest.raises(DefinitionError) as caught:
        read_configuration(written(tmp_path, GOOD.replace(right, wrong, 1)))
    assert caught.value.where == f"exchange.yaml:{line}"
    assert word in caught.value.message


@pytest.mark.parametrize("text", ["", "[]", "agencies: 1\nresources: 2\n", "agencies: {a: [}", "agencies: {}\nresources: {}\n"])
def test_a_file_that_is_no_configuration_is_its_authors_error(tmp_path: Path, text: str) -> None:
    with pytest.raises(DefinitionError):
        read_configuration(written(tmp_path, text))


def test_a_file_that_is_not_there_is_its_authors_error(tmp_path: Path) -> None:
    with pytest.raises(DefinitionError):
        read_configuration(tmp_path / "exchange.yaml")


def test_the_demo_city_is_well_configured() -> None:
    configuration = read_configuration(ROOT / "cities/demo/exchange.yaml")
    assert set(configuration.agencies) == {
        "population", "residence", "criminal", "education", "hr", "civil-affairs", "death", "credit", "real-estate",
    }  # fmt: skip
    assert configuration.resources["criminal_record"].sources[0].place.absent is Emptiness.NEVER


def test_what_a_service_reads_is_configured_with_the_type_it_expects() -> None:
    configured = read_configuration(ROOT / "cities/demo/exchange.yaml").resources
    for package in list_services(ROOT / "services"):
        for spec in package.definition.sourced:
            resource, _, field = spec.source.partition(".")
            expected = {field: spec.type} if field else {each.name: each.type for each in spec.records}
            for source in configured[resource].sources if resource in configured else ():
                read = {name: Type.parse(column.type) for name, column in source.columns.items()}
                assert {name: read[name] for name in expected} == expected, spec.source
