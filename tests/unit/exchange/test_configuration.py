"""A city's exchange.yaml: what it may say, and that every mistake is found with its line."""

from __future__ import annotations

import re
from datetime import timedelta
from pathlib import Path

import pytest

from demo_city.kept.spec import TENANTS
from miaopi.apps.catalogue.adapters.city_file import read_catalogue
from miaopi.apps.exchange.adapters.configuration import read_configuration
from miaopi.apps.exchange.adapters.port import Emptiness
from miaopi.apps.exchange.adapters.values import READERS
from miaopi.definitions import list_services
from miaopi.definitions.registers import TYPES
from miaopi.kernel.errors import DefinitionError
from miaopi.kernel.expr import Type

ROOT = Path(__file__).parents[3]
MANUAL = (ROOT / "docs/how-to/connect-an-agency.md").read_text(encoding="utf-8")
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
        fresh: PT36H
        as_of: updated_on
"""
MISTAKES = {
    "kind: sql": ("kind: ftp", 2, "kind"),
    "seconds: 1.5": ("seconds: 0", 2, "seconds"),
    "kind: sql, ": ("", 2, "kind"),
    "seconds: 1.5}": ("seconds: 1.5, echoes: true}", 2, "echoes"),
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
    "PT36H": ("36", 15, "fresh"),
    "fresh: PT36H": ("fresh: P0D", 15, "fresh"),
    "        fresh: PT36H\n": ("", 15, "as_of"),
    "as_of: updated_on": ("as_of: [a]", 16, "as_of"),
}


KINDS = """\
agencies:
  ledger: {kind: mysql, seconds: 2}
  marriage: {kind: soap, seconds: 2}
  death: {kind: file, seconds: 2}
resources:
  person:
    sources:
      - agency: ledger
        at: 共享库.人口表
        key: 身份证号
        absent: empty
        offset: +08:00
        fields: {name: 姓名}
      - agency: marriage
        at: /MarriageService.asmx
        operation: QueryMarriage
        namespace: urn:agency:marriage
        record: Row
        fault: NoSuchPerson
        version: 1.2
        key: IdNumber
        absent: not_found
        fields: {name: Name}
      - agency: death
        at: death_cancellation
        format: parquet
        key: 身份证号
        absent: empty
        most_days: 3
        fields: {name: 姓名}
"""
MISTAKES_OF_KINDS = {
    "at: 共享库.人口表": ("at: 'person` WHERE 1=1 -- '", 9, "at"),
    "at: 共享库.人口表\n        key: 身份证号": ("at: person\n        key: 'id` = 1 OR `id'", 10, "key"),
    "fields: {name: 姓名}\n      - agency: marriage": ("fields: {name: 'name, password'}\n      - agency: marriage", 13, "name"),
    "offset: +08:00": ("offset: Asia/Shanghai", 12, "offset"),
    "operation: QueryMarriage": ("operation: '><x>'", 16, "operation"),
    "        operation: QueryMarriage\n": ("", 14, "operation"),
    "namespace: urn:agency:marriage": ("namespace: 'urn:x\" onclick=\"'", 17, "namespace"),
    "record: Row": ("record: 'Row/../Fault'", 18, "record"),
    "fault: NoSuchPerson": ("fault: ''", 19, "fault"),
    "        fault: NoSuchPerson\n": ("", 21, "absent"),
    "absent: not_found": ("absent: empty", 22, "absent"),
    "version: 1.2": ("version: 2", 20, "version"),
    "key: IdNumber": ("key: 'Id Number'", 21, "key"),
    "at: /MarriageService.asmx": ("at: http://elsewhere.example/x", 15, "at"),
    "at: death_cancellation": ("at: ../../etc/passwd", 25, "at"),
    "format: parquet": ("format: pickle", 26, "format"),
    "format: parquet\n": ("format: parquet\n        counts: /count\n", 27, "counts"),
    "soap, seconds: 2}": ("soap, seconds: 2, echoes: perhaps}", 3, "echoes"),
    "most_days: 3": ("most_days: 3\n        operation: Query", 30, "operation"),
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
    assert (source.fresh, source.as_of) == (timedelta(hours=36), "updated_on")
    assert configuration.agencies["register"].limit.total_seconds() == 1.5


def test_what_the_manual_has_an_integrator_write_is_read(tmp_path: Path) -> None:
    described, reached = re.findall(r"```yaml\n(.*?)```", MANUAL, re.S)
    for name, text in (("catalogue.yaml", described), ("exchange.yaml", reached)):
        (tmp_path / name).write_text(text, encoding="utf-8")
    catalogue, configured = read_catalogue(tmp_path / "catalogue.yaml"), read_configuration(tmp_path / "exchange.yaml")
    [source] = configured.resources["reader_card"].sources
    assert [row.id for row in catalogue.resources if row.is_connected] == ["reader_card"]
    assert {field.name for field in catalogue.fields} == source.columns.keys()
    assert {agency.id for agency in catalogue.agencies} == configured.agencies.keys()


@pytest.mark.parametrize("right", MISTAKES)
def test_a_mistake_is_named_with_file_and_line(tmp_path: Path, right: str) -> None:
    wrong, line, word = MISTAKES[right]
    assert right in GOOD
    with pytest.raises(DefinitionError) as caught:
        read_configuration(written(tmp_path, GOOD.replace(right, wrong, 1)))
    assert caught.value.where == f"exchange.yaml:{line}"
    assert word in caught.value.message


def test_each_kind_has_its_own_options_and_names_of_its_own_form(tmp_path: Path) -> None:
    ledger, marriage, death = read_configuration(written(tmp_path, KINDS)).resources["person"].sources
    assert (ledger.place.at, ledger.place.key, ledger.columns["name"].name) == ("共享库.人口表", "身份证号", "姓名")
    assert ledger.offset is not None and str(ledger.offset) == "UTC+08:00"
    assert marriage.place.options == {
        "operation": "QueryMarriage", "namespace": "urn:agency:marriage", "record": "Row", "fault": "NoSuchPerson", "version": "1.2",
    }  # fmt: skip
    assert (marriage.is_text, death.is_text, ledger.is_text) == (True, False, False)
    assert (death.place.options, death.place.most_days) == ({"format": "parquet"}, 3)


@pytest.mark.parametrize("right", MISTAKES_OF_KINDS)
def test_a_name_that_is_an_attack_or_an_option_of_another_kind_is_refused_with_its_line(tmp_path: Path, right: str) -> None:
    wrong, line, word = MISTAKES_OF_KINDS[right]
    assert right in KINDS
    with pytest.raises(DefinitionError) as caught:
        read_configuration(written(tmp_path, KINDS.replace(right, wrong, 1)))
    assert (caught.value.where, word in caught.value.message) == (f"exchange.yaml:{line}", True), caught.value.message


@pytest.mark.parametrize("text", ["", "[]", "agencies: 1\nresources: 2\n", "agencies: {a: [}", "agencies: {}\nresources: {}\n"])
def test_a_file_that_is_no_configuration_is_its_authors_error(tmp_path: Path, text: str) -> None:
    with pytest.raises(DefinitionError):
        read_configuration(written(tmp_path, text))


def test_a_file_that_is_not_there_is_its_authors_error(tmp_path: Path) -> None:
    with pytest.raises(DefinitionError):
        read_configuration(tmp_path / "exchange.yaml")


def test_what_stands_in_a_folder_beside_it_is_read_as_if_it_stood_there(tmp_path: Path) -> None:
    path, beside = written(tmp_path, GOOD), tmp_path / "exchange"
    beside.mkdir()
    source = "[{agency: register, at: shared.car, key: id_number, absent: empty, fields: {plate: plate}}]"
    (beside / "cars.yaml").write_text(f"resources:\n  car:\n    sources: {source}\n", encoding="utf-8")
    assert set(read_configuration(path).resources) == {"person", "car"}
    (beside / "cars.yaml").write_text(f"resources:\n  person:\n    sources: {source}\n", encoding="utf-8")
    with pytest.raises(DefinitionError, match="another file") as caught:
        read_configuration(path)
    assert caught.value.where == "exchange/cars.yaml:3"
    (beside / "cars.yaml").write_text("resources: none\n", encoding="utf-8")
    with pytest.raises(DefinitionError, match="mapping"):
        read_configuration(path)


def test_the_demo_city_is_well_configured() -> None:
    configuration = read_configuration(ROOT / "cities/demo/exchange.yaml")
    assert set(configuration.agencies) == {
        "population", "residence", "criminal", "education", "hr", "civil-affairs", "death", "credit", "real-estate", *TENANTS,
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


def test_a_base_field_is_of_any_type_that_a_source_can_have() -> None:
    assert set(TYPES) == set(READERS)
