"""Employers of the synthetic city, with numbers that pass their checks (GB 32100, GB 11714)."""

from __future__ import annotations

from typing import Final

from demo_city.population.holdings import Unit
from demo_city.population.regions import districts
from demo_city.population.tables import stream

ALPHABET: Final = "0123456789ABCDEFGHJKLMNPQRTUWXY"
EACH: Final = 30  # residents a unit
WITH_COLLECTIVE: Final = 0.2
HEADS: Final = ("鹏程", "海岸", "莲山", "东湖", "云岭", "红树", "新桥", "望海", "启明", "长岭", "清泉", "远航")
TRADES: Final = ("电子", "软件", "物流", "贸易", "餐饮", "建筑", "医疗器械", "教育咨询", "家居", "服装", "精密制造", "设计")


# trade, letters of the code, majors, one for so many residents
INSTITUTIONS: Final = (
    ("医院", "91", ("临床医学", "护理学"), 1500), ("学校", "52", ("学前教育", "汉语言文学", "英语"), 1500),
    ("律师事务所", "31", ("法学",), 3000), ("出行", "91", (), 5000), ("旅行社", "91", (), 4000),
)  # fmt: skip


def draw_units(seed: int, people: int) -> list[Unit]:
    """Each is called 演示, so that none is anybody's. Hospitals, schools and their like come last."""
    chance = stream(seed, "units")
    units = []
    for serial in range(1, max(12, people // EACH) + 1):
        head, trade = HEADS[int(chance.random() * len(HEADS))], TRADES[int(chance.random() * len(TRADES))]
        name = f"深圳市演示{head}{trade}{serial:04d}有限公司"
        district = districts(with_hukou=False).one(chance)
        units.append(Unit(credit_code(f"MA5{serial:05d}"), name, district, chance.random() < WITH_COLLECTIVE, trade))
    for trade, category, majors, each in INSTITUTIONS:
        for number in range(1, max(2, people // each) + 1):
            code = credit_code(f"MA6{len(units):05d}", category=category)
            name = f"深圳市演示{HEADS[number % len(HEADS)]}{trade}{number}{'有限公司' if category == '91' else ''}"
            units.append(Unit(code, name, districts(with_hukou=False).one(chance), False, trade, majors))
    return units


def credit_code(organisation: str, *, category: str = "91") -> str:
    """The unified social credit code of a body of this city for the first eight characters of its organisation code; 91 is a company."""
    first17 = f"{category}440300{organisation}{_organisation_check(organisation)}"
    total = sum(ALPHABET.index(sign) * pow(3, place, 31) for place, sign in enumerate(first17))
    return first17 + ALPHABET[-total % 31]


def _organisation_check(first8: str) -> str:
    total = sum(int(sign, 36) * weight for sign, weight in zip(first8, (3, 7, 9, 10, 5, 8, 4, 2), strict=True))
    return "0123456789X0"[11 - total % 11]
