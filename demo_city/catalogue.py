"""The rest of the city's catalogue: synthetic classes, so that there are as many as a large city has. Nobody is connected for any of them.

Sizes, shares and widths are the shape of `data/README.md`; the same words give the same classes, whatever people live in the city.
"""

from __future__ import annotations

import hashlib
import math
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime
from functools import cache
from pathlib import Path
from random import Random
from typing import Final

from demo_city.population import tables
from demo_city.population.tables import Draw, stream
from miaopi.apps.audit.api import Actor
from miaopi.apps.catalogue.api import (
    Item,
    Listed,
    NationalTable,
    count_catalogue,
    import_catalogue,
    list_resources,
    read_table,
)

CLASSES: Final = 5746
FIRST_DAY: Final = date(2026, 1, 5)
PUBLISHED_OVER: Final = 300  # days
FEW: Final = 9  # classes of the smallest agencies, at most
USUAL: Final = (12, 280)
WIDTH: Final = (12, 0.9, 2, 120)  # items of a class: median, sigma, fewest, most
SMALL: Final = ("tail", "police")
MARK: Final = "（合成的目录条目，演示用）"
OF_PERSONS: Final = ("people", "work", "school", "health")
OF_PLACES: Final = ("land", "building", "district")

SHARING: Final = Draw([("unconditional", 0.35), ("conditional", 0.60), ("not_shared", 0.05)])
CONDITIONS: Final = (
    "按事项授权，并经本人同意或依法定职责", "用于履行法定职责的核验，仅返回比对结果",
    "经提供部门同意，用于统计分析", "限本区域本领域业务协同使用",
)  # fmt: skip
GROUNDS: Final = (  # 演示：一座城市须逐条核验
    "统计法 第二十五条", "精神卫生法 第四条", "未成年人保护法 第一百零三条", "传染病防治法 第十二条", "人民警察法 第二十二条",
)  # fmt: skip
MODES: Final = Draw([
    (("table", "batch"), 0.55), (("interface", "query"), 0.25), (("interface", "query+batch"), 0.05), (("file", "file"), 0.15),
])  # fmt: skip
CYCLES: Final = Draw([
    ("realtime", 0.12), ("daily", 0.38), ("weekly", 0.08), ("monthly", 0.2), ("quarterly", 0.1), ("yearly", 0.1), ("irregular", 0.02),
])  # fmt: skip
OPEN: Final = Draw([("open", 0.23), ("closed", 0.77)])  # of what is shared without a condition
TYPICAL_KEYS: Final = {"people": "id_number", "places": "house_code", "firms": "uscc"}


def describe_the_rest(table: Path, by: Actor, now: datetime) -> None:
    """Once a home: what the city's agencies have and the city's file does not name – its list, then synthetic classes.

    What stewards change in it later stays.
    """
    if count_catalogue().resources >= CLASSES:
        return
    if table.is_file():
        named, listed = {resource.id for resource in list_resources()}, read_table(table)
        unnamed = tuple(each for each in listed.resources if each.id not in named)
        import_catalogue(table=replace(listed, resources=unnamed), by=by, now=now)
    present = Counter(resource.agency.id for resource in list_resources())
    import_catalogue(table=make_remainder(present), by=by, now=now)


def make_remainder(present: Mapping[str, int]) -> NationalTable:
    """What is missing to 5,746 classes of 84 agencies, when so many of each agency are there already."""
    listed = tuple(_classes(present))
    told = "\n".join(f"{each.class_code} {each.name_zh} {' '.join(item.label for item in each.items)}" for each in listed)
    return NationalTable(hashlib.sha256(told.encode()).hexdigest(), listed)


def count_classes(present: Mapping[str, int]) -> Mapping[str, int]:
    """How many classes each agency has in all: a few have hundreds, districts much the same, most some dozens, a tail hardly any."""
    chance, sizes = stream(0, "catalogue sizes"), dict[str, int]()
    usual: dict[str, float] = {}
    for row in tables.read_table("agencies"):
        id, kind = row["id"], row["kind"]
        if kind == "first":
            sizes[id] = chance.randint(300, 450)
        elif kind == "district":
            sizes[id] = chance.randint(120, 160)
        elif kind in SMALL:
            sizes[id] = max(chance.randint(3, FEW), present.get(id, 0))
        else:
            usual[id] = chance.lognormvariate(0, 0.8)
    left = CLASSES - sum(sizes.values()) - sum(many for id, many in present.items() if id not in sizes and id not in usual)
    fewest, most = USUAL
    for id, weight in sorted(usual.items(), key=lambda each: each[1]):
        share = round(left * weight / sum(usual.values()))
        sizes[id] = max(fewest, present.get(id, 0), min(most, share))
        left -= sizes[id]
        del usual[id]
    sizes["hr"] += left  # what rounding left over
    return sizes


def _classes(present: Mapping[str, int]) -> Iterator[Listed]:
    sizes, serial = count_classes(present), sum(present.values())
    for place, agency in enumerate(tables.read_table("agencies"), 1):
        chance = stream(0, f"catalogue {agency['id']}")
        names = [(subject, form) for subject in range(len(_subjects(agency["domain"]))) for form in range(len(tables.read_table("forms")))]
        for subject, form in sorted(chance.sample(names, sizes[agency["id"]] - present.get(agency["id"], 0))):
            serial += 1
            yield _class(agency, place, subject, form, serial, chance)


def _class(agency: Mapping[str, str], place: int, subject: int, form: int, serial: int, chance: Random) -> Listed:
    about, said = _subjects(agency["domain"])[subject], tables.read_table("forms")[form]
    name = f"{about['zh']}{said['zh']}"
    sharing, (mode, method) = SHARING.one(chance), MODES.one(chance)
    by_theme = chance.random() < 0.1
    return Listed(
        row=serial, class_code=f"{2 if by_theme else 3}{place:02d}{subject + 1:03d}{form + 1:02d}/{serial:06d}", name_zh=name,
        provider=agency["zh"], provider_code=agency["code"], mode=mode, sharing_type=sharing, sharing_method=method,
        update_frequency=CYCLES.one(chance), published_on=date.fromordinal(FIRST_DAY.toordinal() + chance.randrange(PUBLISHED_OVER)),
        abstract="" if chance.random() < 0.05 else f"{agency['zh']}在履职中形成的{name}{MARK}。",
        sharing_condition=chance.choice(CONDITIONS) if sharing == "conditional" else "",
        legal_ground=chance.choice(GROUNDS) if sharing == "not_shared" else "",
        openness=OPEN.one(chance) if sharing == "unconditional" else "closed", id=f"synthetic_{serial:05d}",
        name_en=f"{about['en']} – {said['en']}", agency=agency["id"], agency_en=agency["en"], steward=f"{agency['zh']}数据管理岗",
        items=_items(agency["domain"], chance),
    )  # fmt: skip


def _items(domain: str, chance: Random) -> tuple[Item, ...]:
    median, sigma, fewest, most = WIDTH
    many = min(most, max(fewest, round(chance.lognormvariate(math.log(median), sigma))))
    plain, personal = _vocabulary()
    about = "people" if domain in OF_PERSONS else "places" if domain in OF_PLACES else "firms"
    key = next(number for number, item in enumerate(plain) if item.field == TYPICAL_KEYS[about])
    told = personal if about == "people" else plain
    return tuple(told[number] for number in dict.fromkeys((key, *chance.sample(range(len(told)), many - 1))))


@cache
def _vocabulary() -> tuple[Sequence[Item], Sequence[Item]]:
    """The items as they are of firms and places, and of persons: there, nothing is public."""
    rows = {row["zh"]: row for row in reversed(tables.read_table("items"))}  # of two items with one label the first
    plain = [Item(0, row["zh"], row["type"], row["length"], row["name"], row["en"], row["privacy"]) for row in reversed(rows.values())]
    return plain, [
        Item(0, item.label, item.type, item.length, item.field, item.label_en, "personal" if item.privacy == "public" else item.privacy)
        for item in plain
    ]


@cache
def _subjects(domain: str) -> Sequence[Mapping[str, str]]:
    return [row for row in tables.read_table("subjects") if row["domain"] == domain]
