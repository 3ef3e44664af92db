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


def draw_units(seed: int, people: int) -> list[Unit]:
    """Each is called 演示, so that none is anybody's."""
    chance = stream(seed, "units")
    units = []
    for serial in range(1, max(12, people // EACH) + 1):
        name = f"深圳市演示{HEADS[int(chance.random() * len(HEADS))]}{TRADES[int(chance.random() * len(TRADES))]}{serial:04d}有限公司"
        district = districts(with_hukou=False).one(chance)
        units.append(Unit(credit_code(f"MA5{serial:05d}"), name, district, chance.random() < WITH_COLLECTIVE))
    return units


def credit_code(organisation: str) -> str:
    """The unified social credit code of an enterprise of this city for the first eight characters of its organisation code."""
    first17 = f"91440300{organisation}{_organisation_check(organisation)}"
    total = sum(ALPHABET.index(sign) * pow(3, place, 31) for place, sign in enumerate(first17))
    return first17 + ALPHABET[-total % 31]


def _organisation_check(first8: str) -> str:
    total = sum(int(sign, 36) * weight for sign, weight in zip(first8, (3, 7, 9, 10, 5, 8, 4, 2), strict=True))
    return "0123456789X0"[11 - total % 11]
