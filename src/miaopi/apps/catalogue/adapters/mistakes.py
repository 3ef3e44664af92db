"""What is wrong in a table: each mistake with its row and column, what it breaks and what to do, in both languages."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from miaopi.kernel.errors import InputError
from miaopi.kernel.wording import Text

MOST = 1_000  # mistakes that are told; whoever has more has sent another table


@dataclass(frozen=True, slots=True)
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

    def note(self, row: int, column: str, rule: Text, remedy: Text) -> None:
        self.mistakes.append(Mistake(row, column, rule, remedy))
        if len(self.mistakes) >= MOST:
            self.settle()

    def settle(self) -> None:
        """Raise TableError if there is any."""
        if self.mistakes:
            raise TableError(sorted(self.mistakes, key=lambda each: each.row))
