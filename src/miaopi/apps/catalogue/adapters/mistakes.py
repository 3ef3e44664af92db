"""What can be wrong in a table: each mistake with its row and column, what it breaks and what to do, in both languages."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from miaopi.kernel.errors import InputError
from miaopi.kernel.frozen import frozen
from miaopi.kernel.wording import Text

MOST = 1_000  # mistakes that are told; whoever has more has sent another table


@frozen
class Wrong:
    """A rule that a cell can break, and the remedy."""

    rule: Text
    remedy: Text


def wrong(rule_zh: str, rule_en: str, remedy_zh: str, remedy_en: str) -> Wrong:
    return Wrong(Text(rule_zh, rule_en), Text(remedy_zh, remedy_en))


EMPTY = wrong("没有填写。", "it is empty.", "请填写。", "Fill it in.")
NO_HEADING = wrong("缺少这一列。", "the column is missing.", "请补上该列。", "Add it.")
HEADING_TWICE = wrong("这一列出现了两次。", "the column stands twice.", "请删除一列。", "Remove one.")
NOTHING_LISTED = wrong("表中没有资源。", "the table lists nothing.", "请填写。", "Fill it in.")
FORMULA = wrong("不能是公式。", "it is a formula.", "请填文字。", "Write text.")
INVISIBLE = wrong("有不可见字符。", "it holds invisible signs.", "请删除。", "Remove them.")
NO_FIELD_NAME = wrong("只能有文字、数字和下划线。", "it holds letters, digits and underscores alone.", "请改正。", "Correct it.")
NO_RESOURCE_ID = wrong("只能有小写字母、数字和下划线。", "it holds small letters, digits and underscores alone.", "请改正。", "Correct it.")
ITEM_TWICE = wrong("与本资源另一信息项重名。", "another item of the resource has this name.", "请改名。", "Rename it.")
NO_ITEM = wrong("该资源没有信息项。", "the resource has no data item.", "请至少填写一项。", "Name at least one.")
NO_LENGTH = wrong("不是长度。", "it is no length.", "请填如 18 或 12,2。", "Write 18 or 12,2, for instance.")
NO_DAY = wrong("不是日期。", "it is no day.", "请填如 2026-01-05。", "Write 2026-01-05, for instance.")
NO_CLASS_CODE = wrong(
    "不是“类1位项2位目3位细目2位以上/顺序号”。",
    "it is no class code: 1, 2, 3 and 2 or more digits of 类, 项, 目, 细目, a stroke and a serial number.",
    "请填如 30600302/000123。", "Write 30600302/000123, for instance.",
)  # fmt: skip
NO_CONDITION = wrong("有条件共享须写明条件。", "what is shared on a condition names it.", "请填写。", "Fill it in.")
NO_OPEN_CONDITION = wrong("有条件开放须写明条件。", "what is opened on a condition names it.", "请填写。", "Fill it in.")
NO_GROUND = wrong(
    "不予共享须写明法律、行政法规或国家政策依据。", "what is not shared names the law, regulation or state policy for it.",
    "请填写文件名称和条款。", "Name instrument and article.",
)  # fmt: skip
TAKEN = wrong("已属于另一资源。", "another resource has it.", "请核对。", "Check it.")
TAKEN_BY_AGENCY = wrong("已属于另一部门。", "another agency has it.", "请核对。", "Check it.")
TWO_PROVIDERS = wrong("同一提供方代码有两种说法。", "the same provider code stands for two providers.", "请核对。", "Check it.")
TWO_CODES = wrong("同一部门有两个提供方代码。", "an agency has two provider codes.", "请核对。", "Check it.")


@frozen
class Mistake:
    """One mistake; `row` as a spreadsheet counts, `column` by its heading. It never holds what stands in the cell."""

    row: int
    column: str
    rule: Text
    remedy: Text

    def to_json(self) -> dict[str, object]:
        return {"row": self.row, "column": self.column, "rule": self.rule.to_json(), "remedy": self.remedy.to_json()}


class TableError(InputError):
    """The table cannot be taken over: nothing of it was. Its first mistake is the text, `mistakes` are all of them."""

    def __init__(self, mistakes: Sequence[Mistake]) -> None:
        first = mistakes[0]
        rest = len(mistakes) - 1
        where = Text(f"第{first.row}行“{first.column}”：", f"row {first.row}, {first.column}: ")
        more = Text(f"另有{rest}处。", f" {rest} more.") if rest else Text("", "")
        rule = Text(f"{where.zh}{first.rule.zh}", f"{where.en}{first.rule.en}")
        super().__init__("file", rule, Text(f"{first.remedy.zh}{more.zh}", f"{first.remedy.en}{more.en}"))
        self.mistakes = tuple(mistakes)


@dataclass(slots=True)
class Notes:
    """Collects mistakes while a table is read, so that all are told at once."""

    mistakes: list[Mistake] = field(default_factory=list)

    def note(self, row: int, column: str, what: Wrong) -> None:
        self.mistakes.append(Mistake(row, column, what.rule, what.remedy))
        if len(self.mistakes) >= MOST:
            self.settle()

    def settle(self) -> None:
        """Raise TableError if there is any."""
        if self.mistakes:
            raise TableError(sorted(self.mistakes, key=lambda each: each.row))
