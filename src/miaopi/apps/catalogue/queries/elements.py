"""Data elements that many resources hold under many names: how people head such a column, and how a value of it looks."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date
from re import Pattern
from typing import Final

from miaopi.kernel.frozen import frozen
from miaopi.kernel.wording import Text


@frozen
class Element:
    """`headings` are what a column of it may be called beside the names of the catalogue; `fields` tells from name and label, or `type`,
    which fields hold it; `holds` tells whether a value is one, where a value can tell.
    """

    name: Text
    headings: tuple[str, ...] = ()
    fields: Pattern[str] | None = None
    type: str = ""
    holds: Callable[[str], bool] | None = None

    def is_held_by(self, name: str, label: str, type: str) -> bool:
        return type == self.type if self.fields is None else bool(self.fields.search(f"{name} {label}"))


def is_citizen_number(value: str) -> bool:
    """GB 11643-1999: 17 digits and a check sign, ISO 7064 MOD 11-2."""
    if not re.fullmatch(r"\d{17}[\dX]", value):
        return False
    return sum(("0123456789X".index(sign) << (17 - place)) for place, sign in enumerate(value)) % 11 == 1


def is_credit_code(value: str) -> bool:
    """GB 32100-2015: 18 signs without I, O, S, V, Z; weights are the powers of 3, modulo 31."""
    signs = "0123456789ABCDEFGHJKLMNPQRTUWXY"
    if len(value) != 18 or not set(value) <= set(signs):
        return False
    return sum(signs.index(sign) * pow(3, place, 31) for place, sign in enumerate(value[:17])) % 31 == (31 - signs.index(value[17])) % 31


def is_day(value: str) -> bool:
    parts = re.fullmatch(r"(\d{4})[-/.年]?(\d{2})[-/.月]?(\d{2})日?", value)
    try:
        return parts is not None and 1900 <= date(*map(int, parts.groups())).year < 2100
    except ValueError:
        return False


def _matching(pattern: str) -> Callable[[str], bool]:
    compiled = re.compile(pattern)
    return lambda value: compiled.fullmatch(value) is not None


# The surest first: a value is taken for the first element that it can be one of.
ELEMENTS: Final = (
    Element(
        Text("公民身份号码", "Citizen ID number"),
        ("身份证号", "身份证号码", "身份证件号码", "证件号", "idcard", "id card", "idno", "gmsfhm"),
        re.compile("id_number|身份号码|身份证号"), holds=is_citizen_number,
    ),
    Element(
        Text("统一社会信用代码", "Unified social credit code"), ("社会信用代码", "信用代码", "企业代码", "credit code", "usci"),
        re.compile("uscc|统一社会信用代码"), holds=is_credit_code,
    ),
    Element(
        Text("手机号", "Mobile"), ("手机号码", "移动电话", "联系电话", "电话", "phone", "tel", "mobile phone"),
        re.compile("mobile|手机|联系电话"), holds=_matching(r"1[3-9]\d{9}"),
    ),
    Element(
        Text("车牌号", "Plate number"), ("车牌号码", "号牌号码", "车号", "plate"), re.compile("plate_no|车牌|号牌"),
        holds=_matching("[\u4e00-\u9fff][A-Z][A-Z0-9]{5,6}"),
    ),
    Element(Text("姓名", "Name"), ("名字", "人员姓名", "full name"), re.compile(r"^name |姓名")),
    Element(Text("性别", "Sex"), ("gender",), re.compile("^sex |性别"), holds=_matching("[男女]")),
    Element(Text("民族", "Ethnic group"), ("nation",), re.compile("ethnicity|民族"), holds=_matching("[\u4e00-\u9fff]{1,5}族")),
    Element(Text("出生日期", "Date of birth"), ("生日", "出生年月", "birthday", "dob"), re.compile("birth_date|出生日期")),
    Element(Text("住址", "Address"), ("地址", "居住地址", "家庭住址", "address"), re.compile("address|domicile|住址|详址|住所|地址$")),
    Element(
        Text("行政区划代码", "Region code"), ("行政区划", "区划代码", "区县代码", "adcode"), re.compile("region_code|行政区划代码"),
        holds=_matching(r"[1-8]\d{5}"),
    ),
    Element(Text("车辆识别代号", "Vehicle identification number"), ("车架号", "车辆识别码"), re.compile("^vin |车辆识别代号"),
            holds=_matching(r"[A-HJ-NPR-Z0-9]{17}")),
    Element(Text("时间", "Time"), type="T", holds=_matching(r"\d{4}-\d{2}-\d{2}[T ]\d{2}:\d{2}(:\d{2})?.*")),
    Element(Text("日期", "Day"), type="D", holds=is_day),
    Element(Text("金额", "Amount"), type="Y", holds=_matching(r"\d+\.\d{2}")),
    Element(Text("是或否", "Yes or no"), type="L", holds=_matching("是|否|true|false")),
)  # fmt: skip


def find_element(value: str) -> Element | None:
    """The element that a sample value is of; `None` where it does not tell."""
    plain = value.strip().upper()
    return next((each for each in ELEMENTS if each.holds and (each.holds(plain) or each.holds(value.strip()))), None)


def find_field_element(*, name: str, label: str, type: str) -> Text | None:
    """The name of the standard element that a field holds, told from its name and label, or its type; `None` where it holds none."""
    return next((each.name for each in ELEMENTS if each.is_held_by(name, label, type)), None)
