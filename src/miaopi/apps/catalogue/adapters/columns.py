"""The columns of the national table of information resources, and the words that stand in them.

The table is that of 政务信息资源目录编制指南（试行）(发改高技〔2017〕1272号): class and code, name, provider, abstract, format, data items,
sharing attribute, open attribute, update cycle, day of publication, related codes. What this platform keeps beside it – identifiers,
English names, the post that answers, the privacy class of an item – stands in columns of its own at the right, and may be missing.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import field
from typing import Final

from miaopi.apps.catalogue.models import Mode, Openness, Sharing
from miaopi.kernel.decision import Privacy
from miaopi.kernel.frozen import frozen

NO_WORDS: Final[Mapping[str, str]] = {}


@frozen
class Column:
    """A column: its key here, its heading in both languages, the most signs of a cell, and which words it allows.

    `words` leads from what may be written to what is kept; the first word for a value is the one that is written.
    """

    key: str
    zh: str
    en: str
    longest: int = 100
    is_required: bool = False
    is_of_item: bool = False
    words: Mapping[str, str] = field(default_factory=lambda: NO_WORDS)

    def write(self, value: str) -> str:
        """The word for a value; a value without a word stands for itself."""
        return next((word for word, kept in self.words.items() if kept == value), value)


SHARING: Final = {
    "无条件共享": Sharing.UNCONDITIONAL.value, "有条件共享": Sharing.CONDITIONAL.value, "不予共享": Sharing.NOT_SHARED.value,
    "无条件": Sharing.UNCONDITIONAL.value, "有条件": Sharing.CONDITIONAL.value, "不予": Sharing.NOT_SHARED.value,
}  # fmt: skip
MODES: Final = {"库表": Mode.TABLE.value, "接口": Mode.INTERFACE.value, "文件": Mode.FILE.value, "数据库": Mode.TABLE.value}
METHODS: Final = {
    "接口查询": "query", "接口核验": "verify", "批量交换": "batch", "接口查询和批量交换": "query+batch", "文件交换": "file",
    "查询": "query", "核验": "verify", "批量": "batch", "文件": "file",
}  # fmt: skip
OPEN: Final = {
    "无条件开放": Openness.OPEN.value, "有条件开放": Openness.ON_CONDITION.value, "不予开放": Openness.CLOSED.value,
    "是": Openness.OPEN.value, "否": Openness.CLOSED.value,
}  # fmt: skip
CYCLES: Final = {
    "实时": "realtime", "每日": "daily", "每周": "weekly", "每月": "monthly", "每季度": "quarterly", "每半年": "half_yearly",
    "每年": "yearly", "按版本": "by_version", "不定期": "irregular",
    "日": "daily", "周": "weekly", "月": "monthly", "季": "quarterly", "年": "yearly",
    "实时查询": "realtime",
}  # fmt: skip
TYPE_NAMES: Final = {
    "C": "字符型", "N": "数值型", "Y": "货币型", "D": "日期型", "T": "日期时间型", "L": "逻辑型", "M": "备注型", "G": "通用型",
    "B": "双精度型", "I": "整型", "F": "浮点型",
}  # fmt: skip
TYPES: Final = {
    **{f"{name}{letter}": letter for letter, name in TYPE_NAMES.items()},
    **{name: letter for letter, name in TYPE_NAMES.items()},
    **{letter: letter for letter in TYPE_NAMES},
}
PRIVACY: Final = {"公开": Privacy.PUBLIC.value, "个人": Privacy.PERSONAL.value, "敏感": Privacy.SENSITIVE.value}

NATIONAL: Final = (
    Column("class_code", "信息资源代码", "Resource code", 40, is_required=True),
    Column("name_zh", "信息资源名称", "Resource name", is_required=True),
    Column("provider", "信息资源提供方", "Provider", is_required=True),
    Column("provider_code", "信息资源提供方代码", "Provider code", 30, is_required=True),
    Column("abstract", "信息资源摘要", "Abstract", 1000),
    Column("mode", "信息资源格式", "Format", is_required=True, words=MODES),
    Column("label", "信息项名称", "Data item", is_required=True, is_of_item=True),
    Column("type", "数据类型", "Data type", is_required=True, is_of_item=True, words=TYPES),
    Column("length", "数据长度", "Length", 12, is_of_item=True),
    Column("sharing_type", "共享类型", "Sharing type", is_required=True, words=SHARING),
    Column("sharing_condition", "共享条件", "Sharing condition", 300),
    Column("legal_ground", "不予共享依据", "Legal ground", 200),
    Column("sharing_method", "共享方式", "Sharing method", is_required=True, words=METHODS),
    Column("openness", "开放属性", "Open attribute", words=OPEN),
    Column("open_condition", "开放条件", "Open condition", 300),
    Column("update_frequency", "更新周期", "Update cycle", is_required=True, words=CYCLES),
    Column("published_on", "发布日期", "Published on", is_required=True),
    Column("related_codes", "关联资源代码", "Related codes", 400),
)
OURS: Final = (
    Column("id", "资源标识", "Resource id", 60),
    Column("code", "目录编号", "City code", 20),
    Column("name_en", "资源英文名", "English name"),
    Column("agency", "部门标识", "Agency id", 60),
    Column("agency_en", "部门英文名", "Agency in English"),
    Column("steward", "责任岗位", "Steward"),
    Column("field", "字段名", "Field", 60, is_of_item=True),
    Column("label_en", "信息项英文名", "Item in English", is_of_item=True),
    Column("privacy", "隐私级别", "Privacy class", is_of_item=True, words=PRIVACY),
    Column("item_sharing", "信息项共享类型", "Item sharing type", is_of_item=True, words=SHARING),
    Column("item_ground", "信息项不予共享依据", "Item legal ground", 200, is_of_item=True),
)
STATE: Final = Column("state", "接入状态", "State")  # told, never read: no table makes a source answer
COLUMNS: Final = (*NATIONAL, *OURS, STATE)
BY_KEY: Final = {column.key: column for column in COLUMNS}
REQUIRED: Final = tuple(column for column in COLUMNS if column.is_required)
OF_RESOURCE: Final = tuple(column for column in COLUMNS if not column.is_of_item and column is not STATE)
OF_ITEM: Final = tuple(column for column in COLUMNS if column.is_of_item)

CLASS_CODE: Final = re.compile(r"[1-3]\d{7}\d{0,6}/\d{1,10}")
RESOURCE_ID: Final = re.compile(r"[a-z][a-z0-9_]*")
FIELD_NAME: Final = re.compile(r"\w+")
LENGTH: Final = re.compile(r"\d{1,6}(,\d{1,3})?")


HEADINGS: Final = {re.sub(r"\s", "", name).casefold(): column for column in COLUMNS for name in (column.zh, column.en)}


def find_column(heading: str) -> Column | None:
    """The column of a heading, however it is spaced, starred or bracketed: `信息项名称 *`, `共享类型（必填）`."""
    return HEADINGS.get(re.sub(r"[\s*＊]|[（(].*[)）]", "", heading).casefold())
