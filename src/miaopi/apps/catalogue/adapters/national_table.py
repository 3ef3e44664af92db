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
    find_column,
)
from miaopi.apps.catalogue.adapters.mistakes import (
    EMPTY,
    FORMULA,
    HEADING_TWICE,
    INVISIBLE,
    ITEM_TWICE,
    NO_CLASS_CODE,
    NO_CONDITION,
    NO_DAY,
    NO_FIELD_NAME,
    NO_GROUND,
    NO_HEADING,
    NO_ITEM,
    NO_LENGTH,
    NO_OPEN_CONDITION,
    NO_RESOURCE_ID,
    NOTHING_LISTED,
    Notes,
    Wrong,
    wrong,
)
from miaopi.apps.catalogue.adapters.sheets import Row, read_content, read_rows
from miaopi.apps.catalogue.models import GROUND, Openness, Sharing
from miaopi.kernel.frozen import frozen

HEADING_WITHIN: Final = 10  # rows in which a title may stand above the headings
CONTROL: Final = re.compile(r"[\x00-\x1f\x7f]")
LINE_ENDS: Final = re.compile(r"[\t\r\n\x0b\x0c]+")
HEADINGS_ROW: Final = "表头"
FEWEST_HEADINGS: Final = 3  # by which their row is told from a title
DAY: Final = re.compile(r"(\d{4})[-/.年](\d{1,2})[-/.月](\d{1,2})日?")
RECKONED: Final = ("=", "+", "@")
ARTICLE: Final = re.compile(r"《.+》|第.+条")  # by which a condition that names a law is told from one that names terms


@frozen
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


@frozen
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


@frozen
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
            zh, en = "、".join(column.zh for column in REQUIRED), ", ".join(column.en for column in REQUIRED)
            no_table = wrong("没有找到表头。", "no row holds the headings.", f"至少要有：{zh}。", f"The national table has at least {en}.")
            self.notes.note(1, HEADINGS_ROW, no_table)
        elif not self.listed and not self.notes.mistakes:
            self.notes.note(1, HEADINGS_ROW, NOTHING_LISTED)
        self.notes.settle()
        return tuple(self.listed)

    def _look_for_headings(self, number: int, cells: list[str]) -> None:
        found = [find_column(cell) for cell in cells]
        if sum(column is not None for column in found) < FEWEST_HEADINGS:
            if number >= HEADING_WITHIN:
                self.finish()
            return
        places: dict[str, int] = {}
        for place, (cell, column) in enumerate(zip(cells, found, strict=True)):
            if column is None and cell:
                self.notes.note(number, cell[:40], _unknown(cell))
            elif column is not None and column.key in places:
                self.notes.note(number, cell, HEADING_TWICE)
            elif column is not None:
                places[column.key] = place
        for column in REQUIRED:
            if column.key not in places:
                self.notes.note(number, column.zh, NO_HEADING)
        self.notes.settle()
        self.headings = places

    def _cells(self, number: int, cells: list[str]) -> dict[str, str]:
        """The cells that say something, by key; what no cell may hold is noted."""
        said = {}
        for key, place in (self.headings or {}).items():
            value = LINE_ENDS.sub(" ", cells[place]) if place < len(cells) else ""
            if not value:
                continue
            longest = BY_KEY[key].longest
            if value.startswith("'"):
                value = value[1:]  # the mark of a text, as `write_csv` sets it before what a spreadsheet would reckon
            elif value.startswith(RECKONED):
                self._note(number, key, FORMULA)
            if CONTROL.search(value):
                self._note(number, key, INVISIBLE)
            if len(value) > longest:
                self._note(number, key, wrong(f"超过{longest}字。", f"it has more than {longest} signs.", "请缩短。", "Shorten it."))
            said[key] = value
        return said

    def _take_item(self, number: int, said: Mapping[str, str]) -> None:
        code = said.get("class_code")
        if not self.begun or (code is not None and code != self.said.get("class_code")):
            self._close()
            self.begun, self.items, self.names = number, [], set()
            self.said = {column.key: said[column.key] for column in OF_RESOURCE if column.key in said}
        else:
            self._compare(number, said)
        if any(column.key in said for column in OF_ITEM):
            self._add_item(number, said)

    def _compare(self, number: int, said: Mapping[str, str]) -> None:
        """A further row of a resource says of it what its first row said, or nothing."""
        for column in OF_RESOURCE:
            if column.key in said and said[column.key] != self.said.get(column.key, ""):
                differs = wrong(
                    f"与第{self.begun}行不一致。", f"row {self.begun} of the same resource says something else.",
                    "请只保留一种说法；另一资源须有自己的代码。", "Say one thing; another resource has a code of its own.",
                )  # fmt: skip
                self._note(number, column.key, differs)

    def _add_item(self, number: int, said: Mapping[str, str]) -> None:
        label, name = self._required(number, said, "label"), said.get("field")
        if name is not None and not FIELD_NAME.fullmatch(name):
            self._note(number, "field", NO_FIELD_NAME)
        known = name or name_of(label)
        if label and known in self.names:
            self._note(number, "field" if name else "label", ITEM_TWICE)
        self.names.add(known)
        length = said.get("length", "").replace("，", ",")
        if length and not LENGTH.fullmatch(length):
            self._note(number, "length", NO_LENGTH)
        sharing, ground = self._word(number, said, "item_sharing"), said.get("item_ground")
        self._check_ground(number, "item_ground", sharing, ground or "")
        self.items.append(
            Item(
                number, label, self._word(number, said, "type", is_required=True) or "", length, name, said.get("label_en"),
                self._word(number, said, "privacy"), sharing, ground,
            )
        )  # fmt: skip

    def _close(self) -> None:
        """Judge the resource whose rows end here, and add it to the list."""
        if not self.begun:
            return
        number, said = self.begun, self.said
        sharing = self._word(number, said, "sharing_type", is_required=True)
        condition = said.get("sharing_condition", "")
        ground = said.get("legal_ground") or (condition if sharing == Sharing.NOT_SHARED and ARTICLE.search(condition) else "")
        openness = self._word(number, said, "openness") or Openness.CLOSED.value
        self._check_codes(number, said)
        self._check_ground(number, "legal_ground", sharing, ground)
        if sharing == Sharing.CONDITIONAL and not condition:
            self._note(number, "sharing_condition", NO_CONDITION)
        if openness == Openness.ON_CONDITION and not said.get("open_condition"):
            self._note(number, "open_condition", NO_OPEN_CONDITION)
        if not self.items:
            self._note(number, "label", NO_ITEM)
        self.listed.append(
            Listed(
                row=number, class_code=said.get("class_code", ""), name_zh=self._required(number, said, "name_zh"),
                provider=self._required(number, said, "provider"), provider_code=self._required(number, said, "provider_code"),
                mode=self._word(number, said, "mode", is_required=True) or "", sharing_type=sharing or "",
                sharing_method=self._word(number, said, "sharing_method", is_required=True) or "",
                update_frequency=self._word(number, said, "update_frequency", is_required=True) or "",
                published_on=self._day(number, said), abstract=said.get("abstract", ""), sharing_condition=condition,
                legal_ground=ground, openness=openness, open_condition=said.get("open_condition", ""),
                related_codes=said.get("related_codes", ""), id=said.get("id"), code=said.get("code"), name_en=said.get("name_en"),
                agency=said.get("agency"), agency_en=said.get("agency_en"), steward=said.get("steward"), items=tuple(self.items),
            )
        )  # fmt: skip

    def _check_codes(self, number: int, said: Mapping[str, str]) -> None:
        code = self._required(number, said, "class_code")
        if code and not CLASS_CODE.fullmatch(code):
            self._note(number, "class_code", NO_CLASS_CODE)
        if code in self.seen:
            row = self.seen[code]
            remedy = "请合并为连续的行，或改代码。", "Bring its rows together, or change it."
            self._note(number, "class_code", wrong(f"第{row}行已有这个代码。", f"row {row} has this code.", *remedy))
        self.seen[code] = number
        if "id" in said and not RESOURCE_ID.fullmatch(said["id"]):
            self._note(number, "id", NO_RESOURCE_ID)

    def _check_ground(self, number: int, key: str, sharing: str | None, ground: str) -> None:
        """不予共享 needs a law (国发〔2016〕51号; 政务数据共享条例)."""
        if sharing == Sharing.NOT_SHARED and not re.search(GROUND, ground):
            self._note(number, key, NO_GROUND)

    def _required(self, number: int, said: Mapping[str, str], key: str) -> str:
        if key not in said:
            self._note(number, key, EMPTY)
        return said.get(key, "")

    def _word(self, number: int, said: Mapping[str, str], key: str, *, is_required: bool = False) -> str | None:
        """What is kept for the word that stands there; `None` where none does."""
        if key not in said:
            if is_required:
                self._note(number, key, EMPTY)
            return None
        words = BY_KEY[key].words
        if said[key] not in words:
            known = list({kept: BY_KEY[key].write(kept) for kept in words.values()}.values())
            remedy = f"请填其一：{'、'.join(known)}。", f"Write one of {', '.join(known)}."
            self._note(number, key, wrong("不是表内的词。", "it is none of the words of the column.", *remedy))
        return words.get(said[key])

    def _day(self, number: int, said: Mapping[str, str]) -> date:
        text = self._required(number, said, "published_on")
        parts = DAY.fullmatch(text)
        try:
            if parts is not None:
                return date(*map(int, parts.groups()))
        except ValueError:
            parts = None
        if text:
            self._note(number, "published_on", NO_DAY)
        return date.min

    def _note(self, number: int, key: str, what: Wrong) -> None:
        self.notes.note(number, BY_KEY[key].zh, what)


def _unknown(heading: str) -> Wrong:
    near = difflib.get_close_matches(heading, [each.zh for each in COLUMNS], 1)
    remedy = (f"是不是“{near[0]}”？", f"Is it {near[0]}?") if near else ("请删除该列。", "Remove the column.")
    return wrong("不认识这一列。", "no column has this heading.", *remedy)
