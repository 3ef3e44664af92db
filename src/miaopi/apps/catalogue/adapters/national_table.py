"""Reads a national table of information resources: one row an item, the resource's own cells on its first row or on each.

Every mistake is noted with row and column, and the reading goes on; a table with a mistake is never taken over, nor a part of it.
"""

from __future__ import annotations

import difflib
import hashlib
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Final

from miaopi.apps.catalogue.adapters.columns import (
    BY_KEY,
    CLASS_CODE,
    COLUMNS,
    FIELD_NAME,
    LENGTH,
    OF_ITEM,
    OF_RESOURCE,
    REQUIRED,
    RESOURCE_ID,
    Column,
    find_column,
)
from miaopi.apps.catalogue.adapters.mistakes import Notes
from miaopi.apps.catalogue.adapters.sheets import Row, read_content, read_rows
from miaopi.apps.catalogue.models import GROUND, Openness, Sharing
from miaopi.kernel.wording import Text

HEADING_WITHIN: Final = 10  # rows in which a title may stand above the headings
CONTROL: Final = re.compile(r"[\x00-\x1f\x7f]")
LINE_ENDS: Final = re.compile(r"[\t\r\n\x0b\x0c]+")
FORMULA: Final = ("=", "+", "@")
MISSING: Final = Text(zh="没有填写。", en="it is empty.")
FILL_IN: Final = Text(zh="请填写。", en="Fill it in.")


@dataclass(frozen=True, slots=True)
class Item:
    """A data item as its row says; `None` is what the table leaves unsaid."""

    row: int
    label: str
    type: str
    length: str = ""
    field: str | None = None
    label_en: str | None = None
    privacy: str | None = None
    sharing_type: str | None = None
    legal_ground: str | None = None


@dataclass(frozen=True, slots=True)
class Listed:
    """A resource as its rows say; `None` is what the table leaves unsaid."""

    row: int
    class_code: str
    name_zh: str
    provider: str
    provider_code: str
    mode: str
    sharing_type: str
    sharing_method: str
    update_frequency: str
    published_on: date
    abstract: str = ""
    sharing_condition: str = ""
    legal_ground: str = ""
    openness: str = Openness.CLOSED.value
    open_condition: str = ""
    related_codes: str = ""
    id: str | None = None
    code: str | None = None
    name_en: str | None = None
    agency: str | None = None
    agency_en: str | None = None
    steward: str | None = None
    items: tuple[Item, ...] = ()


@dataclass(frozen=True, slots=True)
class NationalTable:
    """What a table says; `digest` is the SHA-256 of its bytes, in hex."""

    digest: str
    resources: tuple[Listed, ...]


def read_table(path: Path) -> NationalTable:
    """Raises TableError with every mistake of the table, InputError for a file that is no table."""
    content = read_content(path)
    reading = _Reading()
    for number, cells in read_rows(path, content):
        reading.take((number, cells))
    return NationalTable(hashlib.sha256(content).hexdigest(), reading.finish())


def name_of(label: str) -> str:
    """A field's name where the table gives its label alone."""
    return re.sub(r"\W+", "_", label)[: BY_KEY["field"].longest].strip("_")


@dataclass(slots=True)
class _Reading:
    """The rows so far: the headings, once they were found, and the resource whose items are being read."""

    notes: Notes = field(default_factory=Notes)
    headings: Mapping[str, int] | None = None
    listed: list[Listed] = field(default_factory=list)
    seen: dict[str, int] = field(default_factory=dict)
    said: dict[str, str] = field(default_factory=dict)
    begun: int = 0
    items: list[Item] = field(default_factory=list)
    names: set[str] = field(default_factory=set)

    def take(self, row: Row) -> None:
        number, cells = row
        if self.headings is None:
            self._look_for_headings(number, cells)
        elif cells:
            self._take_item(number, self._cells(number, cells))

    def finish(self) -> tuple[Listed, ...]:
        self._close()
        if self.headings is None:
            wanted = "、".join(column.zh for column in REQUIRED)
            self.notes.note(
                1, "表头", Text("没有找到表头。", "no row holds the headings."),
                Text(f"请使用国家目录表式，至少有：{wanted}。", "Use the national table, with at least: " + ", ".join(column.en for column in REQUIRED)),
            )  # fmt: skip
        elif not self.listed and not self.notes.mistakes:
            self.notes.note(1, "表头", Text("表中没有资源。", "the table lists nothing."), FILL_IN)
        self.notes.settle()
        return tuple(self.listed)

    def _look_for_headings(self, number: int, cells: list[str]) -> None:
        found = [find_column(cell) for cell in cells]
        if sum(column is not None for column in found) < 3:
            if number >= HEADING_WITHIN:
                self.finish()
            return
        places: dict[str, int] = {}
        for place, (cell, column) in enumerate(zip(cells, found, strict=True)):
            if column is None and cell:
                near = difflib.get_close_matches(cell, [each.zh for each in COLUMNS], 1)
                remedy = Text(f"是不是“{near[0]}”？", f"Is it {near[0]}?") if near else Text("请删除该列。", "Remove the column.")
                self.notes.note(number, cell[:40], Text("不认识这一列。", "no column has this heading."), remedy)
            elif column is not None and column.key in places:
                self.notes.note(number, cell, Text("这一列出现了两次。", "the column stands twice."), Text("请删除一列。", "Remove one."))
            elif column is not None:
                places[column.key] = place
        for column in REQUIRED:
            if column.key not in places:
                self.notes.note(number, column.zh, Text("缺少这一列。", "the column is missing."), Text("请补上该列。", "Add it."))
        self.notes.settle()
        self.headings = places

    def _cells(self, number: int, cells: list[str]) -> dict[str, str]:
        """The cells that say something, by key; what no cell may hold is noted."""
        said = {}
        for key, place in (self.headings or {}).items():
            value = cells[place] if place < len(cells) else ""
            if not value:
                continue
            column = BY_KEY[key]
            value = LINE_ENDS.sub(" ", value)
            if value.startswith("'"):
                value = value[1:]  # the mark of a text, as `write_table` sets it before what a spreadsheet would reckon
            elif value.startswith(FORMULA):
                self.notes.note(number, column.zh, Text("不能是公式。", "it is a formula."), Text("请填文字。", "Write text."))
            if CONTROL.search(value):
                self.notes.note(number, column.zh, Text("有不可见字符。", "it holds invisible signs."), Text("请删除。", "Remove them."))
            if len(value) > column.longest:
                rule = Text(f"超过{column.longest}字。", f"it has more than {column.longest} signs.")
                self.notes.note(number, column.zh, rule, Text("请缩短。", "Shorten it."))
            said[key] = value
        return said

    def _take_item(self, number: int, said: Mapping[str, str]) -> None:
        code = said.get("class_code")
        if not self.begun or (code is not None and code != self.said.get("class_code")):
            self._close()
            self._begin(number, said)
        else:
            for column in OF_RESOURCE:
                if column.key in said and said[column.key] != self.said.get(column.key, ""):
                    rule = Text(f"与第{self.begun}行不一致。", f"row {self.begun} of the same resource says something else.")
                    self.notes.note(number, column.zh, rule, Text("请只保留一种说法。", "Say one thing."))
        if any(column.key in said for column in OF_ITEM):
            self._add_item(number, said)

    def _begin(self, number: int, said: Mapping[str, str]) -> None:
        self.begun, self.items, self.names = number, [], set()
        self.said = {column.key: said[column.key] for column in OF_RESOURCE if column.key in said}

    def _add_item(self, number: int, said: Mapping[str, str]) -> None:
        label, name = self._required(number, said, "label"), said.get("field")
        if name is not None and not FIELD_NAME.fullmatch(name):
            self._note(number, "field", "只能有文字、数字和下划线。", "it holds letters, digits and underscores alone.", "请改正。", "Correct it.")
        known = name or name_of(label)
        if label and known in self.names:
            self._note(number, "field" if name else "label", "与本资源另一信息项重名。", "another item of it has this name.", "请改名。", "Rename it.")
        self.names.add(known)
        length = said.get("length", "")
        if length and not LENGTH.fullmatch(length.replace("，", ",")):
            self._note(number, "length", "不是长度。", "it is no length.", "请填如 18 或 12,2。", "Write 18 or 12,2, for instance.")
        sharing, ground = self._word(number, said, "item_sharing"), said.get("item_ground")
        self._check_ground(number, "item_ground", sharing, ground or "")
        self.items.append(
            Item(
                number, label, self._word(number, said, "type", is_required=True) or "", length.replace("，", ","), name, said.get("label_en"),
                self._word(number, said, "privacy"), sharing, ground,
            )
        )  # fmt: skip

    def _close(self) -> None:
        """Judge the resource whose rows end here, and add it to the list."""
        if not self.begun:
            return
        number, said = self.begun, self.said
        code = self._required(number, said, "class_code")
        if code and not CLASS_CODE.fullmatch(code):
            self._note(
                number, "class_code", "不是“类1位项2位目3位细目2位以上/顺序号”。", "it is no class code: 类 1, 项 2, 目 3, 细目 2 or more digits, / and a serial.",
                "请填如 30600302/000123。", "Write 30600302/000123, for instance.",
            )  # fmt: skip
        if code in self.seen:
            self._note(
                number, "class_code", f"第{self.seen[code]}行已有这个代码。", f"row {self.seen[code]} has this code.",
                "请合并为连续的行，或改代码。", "Bring its rows together, or give it another code.",
            )  # fmt: skip
        self.seen[code] = number
        if not self.items:
            self._note(number, "label", "该资源没有信息项。", "the resource has no data item.", "请至少填写一项。", "Name at least one.")
        if "id" in said and not RESOURCE_ID.fullmatch(said["id"]):
            self._note(number, "id", "只能有小写字母、数字和下划线。", "it holds small letters, digits and underscores alone.", "请改正。", "Correct it.")
        sharing, condition = self._word(number, said, "sharing_type", is_required=True), said.get("sharing_condition", "")
        ground = said.get("legal_ground") or (condition if sharing == Sharing.NOT_SHARED else "")
        self._check_ground(number, "legal_ground", sharing, ground)
        if sharing == Sharing.CONDITIONAL and not condition:
            self._note(number, "sharing_condition", "有条件共享须写明条件。", "what is shared on a condition names it.", "请填写。", "Fill it in.")
        openness = self._word(number, said, "openness") or Openness.CLOSED.value
        if openness == Openness.ON_CONDITION and not said.get("open_condition"):
            self._note(number, "open_condition", "有条件开放须写明条件。", "what is opened on a condition names it.", "请填写。", "Fill it in.")
        self.listed.append(
            Listed(
                row=number, class_code=code, name_zh=self._required(number, said, "name_zh"),
                provider=self._required(number, said, "provider"), provider_code=self._required(number, said, "provider_code"),
                mode=self._word(number, said, "mode", is_required=True) or "", sharing_type=sharing or "",
                sharing_method=self._word(number, said, "sharing_method", is_required=True) or "",
                update_frequency=self._word(number, said, "update_frequency", is_required=True) or "",
                published_on=self._day(number, said), sharing_condition=condition, legal_ground=ground, openness=openness,
                items=tuple(self.items), **{key: said.get(key, "") for key in ("abstract", "open_condition", "related_codes")},
                **{key: said.get(key) for key in ("id", "code", "name_en", "agency", "agency_en", "steward")},
            )
        )  # fmt: skip

    def _check_ground(self, number: int, key: str, sharing: str | None, ground: str) -> None:
        """不予共享 needs a law (国发〔2016〕51号; 政务数据共享条例)."""
        if sharing == Sharing.NOT_SHARED and not re.search(GROUND, ground):
            self._note(
                number, key, "不予共享须写明法律、行政法规或国家政策依据。", "what is not shared names the law, regulation or state policy for it.",
                "请填写文件名称和条款。", "Name instrument and article.",
            )  # fmt: skip

    def _required(self, number: int, said: Mapping[str, str], key: str) -> str:
        if key not in said:
            self.notes.note(number, BY_KEY[key].zh, MISSING, FILL_IN)
        return said.get(key, "")

    def _word(self, number: int, said: Mapping[str, str], key: str, *, is_required: bool = False) -> str | None:
        if key not in said:
            if is_required:
                self.notes.note(number, BY_KEY[key].zh, MISSING, FILL_IN)
            return None
        words = BY_KEY[key].words
        if said[key] not in words:
            known = list({kept: word for word, kept in reversed(words.items())}.values())[::-1]
            self._note(
                number, key, "不是表内的词。", "it is none of the words of the column.", f"请填其一：{'、'.join(known)}。",
                f"Write one of {', '.join(known)}.",
            )  # fmt: skip
        return words.get(said[key])

    def _day(self, number: int, said: Mapping[str, str]) -> date:
        text = self._required(number, said, "published_on")
        parts = re.fullmatch(r"(\d{4})[-/.年](\d{1,2})[-/.月](\d{1,2})日?", text)
        try:
            if parts is not None:
                return date(*map(int, parts.groups()))
        except ValueError:
            pass
        if text:
            self._note(number, "published_on", "不是日期。", "it is no day.", "请填如 2026-01-05。", "Write 2026-01-05, for instance.")
        return date.min

    def _note(self, number: int, key: str, rule_zh: str, rule_en: str, remedy_zh: str, remedy_en: str) -> None:
        column: Column = BY_KEY[key]
        self.notes.note(number, column.zh, Text(rule_zh, rule_en), Text(remedy_zh, remedy_en))
