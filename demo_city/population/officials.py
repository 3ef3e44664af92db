"""Who works in the offices (演示): short codes, invented names, and sign-in codes that differ from city to city."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from demo_city.population.tables import stream

LETTERS: Final = "ABCDEFGHJKMNPQRSTUVWXYZ23456789"
PEOPLE: Final = (
    ("officer1", "陈敏", "Chen Min"), ("officer2", "林志远", "Lin Zhiyuan"), ("clerk1", "黄秀兰", "Huang Xiulan"),
    ("clerk2", "罗海涛", "Luo Haitao"), ("auditor1", "何建国", "He Jianguo"),
    ("steward1", "谢文婷", "Xie Wenting"), ("steward2", "潘晓东", "Pan Xiaodong"),
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Official:
    code: str
    name: str
    name_en: str
    sign_in_code: str


def draw_officials(seed: int) -> list[Official]:
    """A code begins with S and has nine signs, so that it is never a citizen's."""
    chance = stream(seed, "officials")
    return [
        Official(code, name, english, "S" + "".join(LETTERS[int(chance.random() * len(LETTERS))] for _ in range(8)))
        for code, name, english in PEOPLE
    ]
