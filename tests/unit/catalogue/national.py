"""Small national tables for tests: rows by heading, as CSV or XLSX."""

from __future__ import annotations

import csv
from collections.abc import Mapping, Sequence
from pathlib import Path

from openpyxl import Workbook

Row = Mapping[str, str]

FOOD: Row = {
    "信息资源代码": "30600302/000123", "信息资源名称": "食品经营许可信息", "信息资源提供方": "市场监督管理局",
    "信息资源提供方代码": "11440300MB9000066E", "信息资源摘要": "许可", "信息资源格式": "库表", "信息项名称": "统一社会信用代码",
    "数据类型": "字符型C", "数据长度": "18", "共享类型": "无条件共享", "共享条件": "",
    "不予共享依据": "", "共享方式": "批量交换", "开放属性": "不予开放", "更新周期": "每日", "发布日期": "2026-01-05",
}  # fmt: skip
FOOD_NUMBER: Row = {"信息资源代码": "30600302/000123", "信息项名称": "许可证编号", "数据类型": "C"}
CHECK: Row = {
    **FOOD, "信息资源代码": "30500101/000007", "信息资源名称": "管控人员比对结果", "信息资源提供方": "公安局",
    "信息资源提供方代码": "11440300MB9000058H", "信息项名称": "是否比中", "共享类型": "不予共享", "不予共享依据": "人民警察法 第二十二条",
}  # fmt: skip
ROWS: Sequence[Row] = (FOOD, FOOD_NUMBER, CHECK)


def lines_of(rows: Sequence[Row]) -> list[list[str]]:
    headings = list(dict.fromkeys(heading for row in rows for heading in row))
    return [headings, *([row.get(heading, "") for heading in headings] for row in rows)]


def write_csv(path: Path, rows: Sequence[Row] = ROWS, encoding: str = "utf-8-sig") -> Path:
    with path.open("w", encoding=encoding, newline="") as file:
        csv.writer(file).writerows(lines_of(rows))
    return path


def write_xlsx(path: Path, rows: Sequence[Row] = ROWS, title: str | None = None) -> Path:
    book = Workbook()
    sheet = book.active
    assert sheet is not None
    for line in [[title], *lines_of(rows)] if title else lines_of(rows):
        sheet.append([cell or None for cell in line])
    book.save(path)
    return path
