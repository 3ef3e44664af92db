"""A national table comes in whole or not at all, every mistake named; what is not shared names its law at every door."""

from __future__ import annotations

import json
import re
import time
import zipfile
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from django.db import IntegrityError, connection
from openpyxl import load_workbook

from miaopi.apps.audit.api import act, person, system
from miaopi.apps.audit.models import Entry
from miaopi.apps.catalogue import models
from miaopi.apps.catalogue.api import (
    Imported,
    Sharing,
    TableError,
    get_difference,
    get_resource,
    import_catalogue,
    list_agencies,
    list_resources,
    list_versions,
    read_table,
    seed_catalogue,
    write_csv,
    write_dcat,
    write_xlsx,
)
from miaopi.apps.catalogue.queries.resources import lock_catalogue
from miaopi.config.environment import ROOT
from miaopi.kernel.decision import Privacy
from miaopi.kernel.errors import DefinitionError, InputError, NotFound, RightsError
from miaopi.kernel.wording import Text
from tests.unit.catalogue import national
from tests.unit.catalogue.national import CHECK, FOOD, FOOD_NUMBER, ROWS, Row
from tests.unit.filing.scene import NOW

BY = system("test")
BASE = "https://city.example"
LATER = NOW + timedelta(days=1)
CITY = ROOT / "cities" / "demo"
FOOD_ID, CHECK_ID = "c30600302_000123", "c30500101_000007"


def taken(path: Path, rows: Sequence[Row] = ROWS) -> Imported:
    return import_catalogue(table=read_table(national.write_csv(path / "table.csv", rows)), by=BY, now=NOW)


def mistakes_of(path: Path, rows: Sequence[Row]) -> list[tuple[int, str]]:
    with pytest.raises(TableError) as caught:
        taken(path, rows)
    for mistake in caught.value.mistakes:
        assert mistake.rule.zh and mistake.rule.en and mistake.remedy.zh and mistake.remedy.en
    return [(mistake.row, mistake.column) for mistake in caught.value.mistakes]


def edition() -> str:
    return models.Edition.objects.get().word


def test_a_table_is_taken_over_with_one_entry(tmp_path: Path) -> None:
    assert taken(tmp_path) == Imported(resources=2, fields=3, agencies=2, added=2, changed=0)
    food, check = get_resource(FOOD_ID), get_resource(CHECK_ID)
    assert (food.name.zh, food.class_code, food.mode, food.sharing_method) == ("食品经营许可信息", "30600302/000123", "table", "batch")
    assert list(food.fields) == ["统一社会信用代码", "许可证编号"]
    assert (food.fields["统一社会信用代码"].type, food.fields["统一社会信用代码"].length) == ("C", "18")
    assert (check.sharing_type, check.legal_ground) == (Sharing.NOT_SHARED, "人民警察法 第二十二条")
    assert not food.is_connected
    assert [json.loads(entry)["kind"] for entry in Entry.objects.values_list("entry", flat=True)] == ["catalogue.CatalogueImported"]


def test_what_nobody_classified_is_treated_as_sensitive(tmp_path: Path) -> None:
    taken(tmp_path)
    assert get_resource(FOOD_ID).fields["许可证编号"].privacy is Privacy.SENSITIVE


def test_the_same_table_again_is_no_change(tmp_path: Path) -> None:
    taken(tmp_path)
    before = edition()
    assert not taken(tmp_path).is_changed
    assert edition() == before
    assert Entry.objects.count() == 1
    assert list_versions(FOOD_ID) == (1,)


def test_a_changed_table_makes_a_new_edition_and_keeps_the_old_state(tmp_path: Path) -> None:
    taken(tmp_path)
    before = edition()
    done = taken(tmp_path, [{**FOOD, "更新周期": "实时"}, {**FOOD_NUMBER, "信息项名称": "许可证号"}, CHECK])
    assert (done.added, done.changed) == (0, 1)
    assert edition() != before
    assert list_versions(FOOD_ID) == (1, 2)
    difference = get_difference(FOOD_ID)
    assert [(each.column, each.before, each.after) for each in difference.altered] == [("update_frequency", "daily", "realtime")]
    assert (difference.added, difference.removed) == (("许可证号",), ("许可证编号",))
    assert difference.is_breaking


def test_a_large_table_may_take_longer_than_other_work_is_given(tmp_path: Path) -> None:
    table = read_table(national.write_csv(tmp_path / "table.csv"))
    first, *others = table.resources
    many = tuple(replace(first.items[0], label=f"第{number}项", field="") for number in range(30_000))
    with connection.cursor() as cursor:
        cursor.execute("SET statement_timeout = '60ms'")
        cursor.execute("SET transaction_timeout = '400ms'")
    try:
        done = import_catalogue(table=replace(table, resources=(replace(first, items=many), *others)), by=BY, now=NOW)
    finally:
        with connection.cursor() as cursor:
            cursor.execute("RESET statement_timeout")
            cursor.execute("RESET transaction_timeout")
    assert done.fields == 30_001


@pytest.mark.parametrize(
    ("change", "is_breaking"),
    [
        ({"信息资源摘要": "另一段摘要"}, False), ({"数据长度": "20"}, False), ({"数据长度": "9"}, True), ({"数据类型": "N"}, True),
        ({"共享类型": "有条件共享", "共享条件": "按事项"}, True),
    ],
)  # fmt: skip
def test_a_difference_breaks_who_reads_it_or_not(tmp_path: Path, change: Row, is_breaking: bool) -> None:
    taken(tmp_path)
    taken(tmp_path, [{**FOOD, **change}, FOOD_NUMBER])
    assert get_difference(FOOD_ID, 1, 2).is_breaking is is_breaking


def test_a_version_that_never_was_is_not_found(tmp_path: Path) -> None:
    taken(tmp_path)
    with pytest.raises(NotFound):
        get_difference(FOOD_ID, 1, 7)
    with pytest.raises(NotFound):
        list_versions("nothing")


@pytest.mark.parametrize(
    ("rows", "place"),
    [
        ([FOOD, {**CHECK, "不予共享依据": ""}], (3, "不予共享依据")),
        ([FOOD, {**CHECK, "不予共享依据": " 无 "}], (3, "不予共享依据")),
        ([{**FOOD, "共享类型": "有条件共享"}], (2, "共享条件")),
        ([{**FOOD, "共享类型": "共享"}], (2, "共享类型")),
        ([{**FOOD, "数据类型": "文字"}], (2, "数据类型")),
        ([{**FOOD, "数据长度": "很长"}], (2, "数据长度")),
        ([{**FOOD, "发布日期": "2026-02-30"}], (2, "发布日期")),
        ([{**FOOD, "信息资源代码": "ABC"}], (2, "信息资源代码")),
        ([{**FOOD, "信息资源名称": ""}], (2, "信息资源名称")),
        ([{**FOOD, "信息资源名称": "名" * 101}], (2, "信息资源名称")),
        ([{**FOOD, "信息资源名称": "=1+1"}], (2, "信息资源名称")),
        ([{**FOOD, "信息资源名称": "许\x07可"}], (2, "信息资源名称")),
        ([FOOD, {**FOOD_NUMBER, "信息项名称": "统一社会信用代码"}], (3, "信息项名称")),
        ([FOOD, {**FOOD_NUMBER, "更新周期": "每月"}], (3, "更新周期")),
        ([FOOD, CHECK, FOOD_NUMBER], (4, "信息资源代码")),
        ([FOOD, {**CHECK, "信息资源提供方代码": FOOD["信息资源提供方代码"]}], (3, "信息资源提供方")),
        ([{**FOOD, "隐私级别": "机密"}], (2, "隐私级别")),
        ([{**FOOD, "信息项共享类型": "不予共享"}], (2, "信息项不予共享依据")),
        ([{**FOOD, "资源标识": "Food!"}], (2, "资源标识")),
        ([{**FOOD, "开放属性": "有条件开放"}], (2, "开放条件")),
        ([{**FOOD, "颜色": "红"}], (1, "颜色")),
        ([{heading: cell for heading, cell in FOOD.items() if heading != "更新周期"}], (1, "更新周期")),
    ],
)  # fmt: skip
def test_a_mistake_is_named_with_row_and_column_and_nothing_is_taken_over(tmp_path: Path, rows: list[Row], place: tuple[int, str]) -> None:
    assert place in mistakes_of(tmp_path, rows)
    assert not models.Resource.objects.exists()
    assert not Entry.objects.exists()


def test_all_mistakes_are_told_at_once(tmp_path: Path) -> None:
    rows = [{**FOOD, "数据类型": "文字", "更新周期": ""}, {**CHECK, "不予共享依据": ""}]
    assert set(mistakes_of(tmp_path, rows)) == {(2, "更新周期"), (2, "数据类型"), (3, "不予共享依据")}


def test_a_code_that_another_resource_has_is_refused(tmp_path: Path) -> None:
    taken(tmp_path)
    assert mistakes_of(tmp_path, [{**FOOD, "资源标识": "another"}]) == [(2, "信息资源代码")]


def test_a_text_that_is_no_table_is_refused(tmp_path: Path) -> None:
    (tmp_path / "table.csv").write_text("一,二\n三,四\n", encoding="utf-8")
    with pytest.raises(TableError) as caught:
        read_table(tmp_path / "table.csv")
    assert "信息资源代码" in caught.value.remedy.zh


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030"])
def test_a_table_is_read_in_the_encodings_that_spreadsheets_write(tmp_path: Path, encoding: str) -> None:
    assert len(read_table(national.write_csv(tmp_path / "t.csv", encoding=encoding)).resources) == 2


def test_a_workbook_says_what_its_csv_says(tmp_path: Path) -> None:
    told = read_table(national.write_csv(tmp_path / "t.csv")).resources
    assert read_table(national.write_xlsx(tmp_path / "t.xlsx")).resources == told
    titled = read_table(national.write_xlsx(tmp_path / "u.xlsx", title="政务信息资源目录")).resources
    assert [each.class_code for each in titled] == [each.class_code for each in told]


def test_a_workbook_that_is_silent_about_its_size_is_read_whole(tmp_path: Path) -> None:
    told, path = national.write_xlsx(tmp_path / "told.xlsx"), tmp_path / "silent.xlsx"
    with zipfile.ZipFile(told) as written, zipfile.ZipFile(path, "w") as silent:
        for name in written.namelist():
            silent.writestr(name, re.sub(rb'<dimension ref="[^"]+"', b'<dimension ref="A1"', written.read(name)))
    assert read_table(path).resources == read_table(told).resources


@pytest.fixture(scope="module")
def _bomb(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    path = national.write_xlsx(tmp_path_factory.mktemp("bomb") / "bomb.xlsx")
    with zipfile.ZipFile(path, "a", zipfile.ZIP_DEFLATED) as archive, archive.open("xl/worksheets/sheet2.xml", "w") as part:
        for _ in range(260):
            part.write(b" " * 2**20)
    return path.read_bytes()


@pytest.fixture
def bomb(tmp_path: Path, _bomb: bytes) -> Path:
    """A workbook of some hundred kilobytes, one sheet of which unpacks to more than is read."""
    (tmp_path / "bomb.xlsx").write_bytes(_bomb)
    return tmp_path / "bomb.xlsx"


def test_a_zip_bomb_is_refused_before_it_is_read(bomb: Path) -> None:
    assert bomb.stat().st_size < 2**20
    with pytest.raises(InputError) as caught:
        read_table(bomb)
    assert "too large" in caught.value.rule.en


def test_a_bomb_that_lies_about_its_size_is_refused(bomb: Path) -> None:
    content = bytearray(bomb.read_bytes())
    size = (260 * 2**20).to_bytes(4, "little")
    while (at := content.find(size)) >= 0:
        content[at : at + 4] = (1000).to_bytes(4, "little")
    bomb.write_bytes(content)
    with pytest.raises(InputError):
        read_table(bomb)


@pytest.mark.parametrize("declared", ["<!DOCTYPE x [<!ENTITY a 'b'>]>", "<!doctype x>"])
def test_a_document_type_in_a_workbook_is_refused(tmp_path: Path, declared: str) -> None:
    path = tmp_path / "t.xlsx"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("xl/workbook.xml", f"<?xml version='1.0'?>{declared}<x/>")
    with pytest.raises(InputError) as caught:
        read_table(path)
    assert "document type" in caught.value.rule.en


@pytest.mark.parametrize("content", [b"", b"PK\x03\x04 broken", bytes(range(255, 0, -1))])
def test_what_is_no_workbook_is_refused(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "t.xlsx").write_bytes(content)
    with pytest.raises(InputError):
        read_table(tmp_path / "t.xlsx")


def test_a_workbook_of_too_many_parts_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "t.xlsx"
    with zipfile.ZipFile(path, "w") as archive:
        for number in range(501):
            archive.writestr(f"xl/{number}.xml", b"<x/>")
    with pytest.raises(InputError) as caught:
        read_table(path)
    assert "too large" in caught.value.rule.en


def test_a_row_as_wide_as_a_workbook_can_be_is_refused(tmp_path: Path) -> None:
    path = national.write_xlsx(tmp_path / "wide.xlsx", [{**FOOD, **{f"列{number}": "x" for number in range(60)}}])
    with pytest.raises(InputError) as caught:
        read_table(path)
    assert "too large" in caught.value.rule.en


def test_a_file_that_is_not_there_or_of_another_kind_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError):
        read_table(tmp_path / "none.csv")
    (tmp_path / "t.ods").write_bytes(b"x")
    with pytest.raises(InputError):
        read_table(tmp_path / "t.ods")


def write_as_csv(path: Path) -> Path:
    path = path / "out.csv"
    path.write_bytes(write_csv(list_resources()))
    return path


def write_as_xlsx(path: Path) -> Path:
    path = path / "out.xlsx"
    path.write_bytes(write_xlsx(list_resources()))
    return path


@pytest.mark.parametrize("write", [write_as_csv, write_as_xlsx])
def test_what_was_written_is_taken_over_again_without_a_change(tmp_path: Path, write: Callable[[Path], Path]) -> None:
    seed_catalogue(source=CITY / "catalogue.yaml", by=BY, now=NOW)
    import_catalogue(table=read_table(CITY / "catalogue.csv"), by=BY, now=NOW)
    before = list_resources()
    done = import_catalogue(table=read_table(write(tmp_path)), by=BY, now=LATER)
    assert not done.is_changed
    assert list_resources() == before


def test_a_sealed_field_stays_sealed_when_a_table_without_our_columns_is_taken_over(tmp_path: Path) -> None:
    seed_catalogue(source=CITY / "catalogue.yaml", by=BY, now=NOW)
    sealed = get_resource("criminal_record").fields["judgments"]
    path = write_as_csv(tmp_path)
    lines = path.read_text(encoding="utf-8-sig").splitlines()
    kept = [",".join(line.split(",")[:18]) for line in lines]
    path.write_text("\n".join(kept), encoding="utf-8")
    assert not import_catalogue(table=read_table(path), by=BY, now=LATER).is_changed
    assert get_resource("criminal_record").fields["judgments"] == sealed


def test_a_cell_that_a_spreadsheet_would_reckon_with_is_written_as_text(tmp_path: Path) -> None:
    taken(tmp_path)
    models.Resource.objects.filter(id=FOOD_ID).update(abstract="=HYPERLINK(1)")
    assert "'=HYPERLINK(1)" in write_csv(list_resources()).decode()
    book = load_workbook(write_as_xlsx(tmp_path))
    assert {cell.data_type for row in book.worksheets[0].iter_rows() for cell in row if cell.value} == {"s"}
    assert read_table(write_as_csv(tmp_path)).resources[1].abstract == "=HYPERLINK(1)"


def test_a_condition_is_the_law_of_what_is_not_shared_only_where_it_names_one(tmp_path: Path) -> None:
    row = {**CHECK, "不予共享依据": "", "共享条件": "按事项授权，并经本人同意"}
    assert mistakes_of(tmp_path, [row]) == [(2, "不予共享依据")]
    taken(tmp_path, [{**row, "共享条件": "人民警察法 第二十二条"}])
    assert get_resource(CHECK_ID).legal_ground == "人民警察法 第二十二条"


def test_nobody_but_the_system_takes_a_table_over(tmp_path: Path) -> None:
    with pytest.raises(RightsError):
        import_catalogue(table=read_table(national.write_csv(tmp_path / "t.csv")), by=person("anna"), now=NOW)


@pytest.mark.parametrize("ground", ["", "  ", "\u3000\u3000\u3000\u3000", "无", "——", "n/a"])
def test_what_is_not_shared_without_a_law_is_refused_by_every_door(tmp_path: Path, ground: str) -> None:
    for path in (
        national.write_csv(tmp_path / "t.csv", [{**CHECK, "不予共享依据": ground}]),
        national.write_xlsx(tmp_path / "t.xlsx", [{**CHECK, "不予共享依据": ground}]),
    ):
        with pytest.raises(TableError):
            read_table(path)
    city = (CITY / "catalogue.yaml").read_text(encoding="utf-8").replace("ground: 刑事诉讼法 第二百八十六条", f'ground: "{ground}"')
    (tmp_path / "catalogue.yaml").write_text(city, encoding="utf-8")
    with pytest.raises(DefinitionError):
        seed_catalogue(source=tmp_path / "catalogue.yaml", by=BY, now=NOW)
    table = read_table(national.write_csv(tmp_path / "t.csv"))
    unsaid = replace(table, resources=tuple(replace(each, legal_ground=ground) for each in table.resources))
    with pytest.raises(IntegrityError):
        import_catalogue(table=unsaid, by=BY, now=NOW)
    assert not models.Resource.objects.exists()
    taken(tmp_path)
    for rows in (models.Resource.objects.filter(id=CHECK_ID), models.Field.objects.filter(resource_id=CHECK_ID)):
        with pytest.raises(IntegrityError):
            rows.update(legal_ground=ground)


def test_a_provider_is_known_by_its_code_when_it_is_renamed(tmp_path: Path) -> None:
    taken(tmp_path)
    taken(tmp_path, [{**FOOD, "信息资源提供方": "市场监督管理委员会"}, FOOD_NUMBER])
    assert [agency.name.zh for agency in list_agencies() if agency.code == FOOD["信息资源提供方代码"]] == ["市场监督管理委员会"]


def test_dcat_names_every_dataset_its_publisher_and_its_access_right(tmp_path: Path) -> None:
    """DCAT-AP 3: a catalogue has title, description, publisher, datasets; a dataset has title and description; agents have names."""
    seed_catalogue(source=CITY / "catalogue.yaml", by=BY, now=NOW)
    taken(tmp_path)
    document = json.loads(write_dcat(list_resources(), title=Text("目录", "Catalogue"), publisher=Text("市", "City"), base=BASE))
    nodes = {node["@id"]: node for node in document["@graph"]}
    (catalogue,) = (node for node in nodes.values() if node["@type"] == "dcat:Catalog")
    datasets = [nodes[each["@id"]] for each in catalogue["dcat:dataset"]]
    assert len(datasets) == len(list_resources()) == sum(node["@type"] == "dcat:Dataset" for node in nodes.values())
    prefixes = set(document["@context"])
    for node in (catalogue, *datasets):
        assert {name.split(":")[0] for name in node if not name.startswith("@")} <= prefixes
        assert all(each["@language"] in {"zh", "en"} and each["@value"] for name in ("dct:title", "dct:description") for each in node[name])
        publisher = nodes[node["dct:publisher"]["@id"]]
        assert publisher["@type"] == "foaf:Agent" and publisher["foaf:name"]
    rights = {node["dct:identifier"]: node["dct:accessRights"]["@id"].rsplit("/", 1)[1] for node in datasets}
    assert rights["30500101/000007"] == "NON_PUBLIC"
    assert set(rights.values()) == {"NON_PUBLIC", "RESTRICTED"}


def test_a_filling_may_take_longer_than_the_database_gives_other_work() -> None:
    """A limit that is raised within a transaction does not stop its clock: on a slow machine no city came up."""
    limits = ("transaction_timeout", "statement_timeout", "idle_in_transaction_session_timeout")
    with connection.cursor() as cursor:
        for name in limits:
            cursor.execute(f"SET {name} = '2s'")
        with act(by=BY, now=NOW):
            lock_catalogue()
            time.sleep(2.2)
            cursor.execute("SELECT pg_sleep(2.2)")
    connection.close()  # its limits with it
