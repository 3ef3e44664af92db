"""What a citizen may enter: the fact is declared, hers to say, of the right type, and one of the options if there are any."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping
from decimal import InvalidOperation
from typing import Final

from miaopi.apps.filing.queries.draft import Draft, find_open_fields, is_hers
from miaopi.kernel.decision import Definition, FactSpec
from miaopi.kernel.decision.case import conforms
from miaopi.kernel.decision.definition import APPLICANT
from miaopi.kernel.decision.reading import read_value
from miaopi.kernel.errors import InputError
from miaopi.kernel.expr.values import Fault
from miaopi.kernel.fact import Fact, FactName, Known, Value
from miaopi.kernel.wording import Text

LONGEST: Final = 500  # characters of one entry; an address needs about 100
WRITTEN_AS: Final[Mapping[str, Text]] = {
    "number": Text(zh="请填写数字，例如 12。", en="Enter a number, for example 12."),
    "boolean": Text(zh="请选择是或否。", en="Choose yes or no."),
    "date": Text(zh="请按 2026-11-23 的格式填写日期。", en="Enter a date as 2026-11-23."),
    "date and time": Text(zh="请填写时间，例如 2026-11-23T09:00+08:00。", en="Enter a time, as 2026-11-23T09:00+08:00."),
}
MOBILE: Final = re.compile(r"1[3-9]\d{9}", re.ASCII)
TICKED: Final = {"on": "true", "off": "false"}  # as browsers send a box


def _wrong_form(spec: FactSpec, written_as: Text) -> InputError:
    rule = Text(zh=f"“{spec.label.zh}”的填写格式不对。", en=f"“{spec.label.en}” is not written in its form.")
    return InputError(spec.name, rule, written_as)


def _text_of(spec: FactSpec, raw: str) -> str:
    text = unicodedata.normalize("NFC", raw).strip()
    if len(text) > LONGEST:
        raise _wrong_form(spec, Text(zh=f"请不要超过 {LONGEST} 个字。", en=f"Use at most {LONGEST} characters."))
    if any(unicodedata.category(mark) == "Cc" for mark in text):
        raise _wrong_form(spec, Text(zh="请删去换行等控制字符。", en="Remove line breaks and other control characters."))
    return text


def _value_of(spec: FactSpec, raw: object) -> Value:
    """`raw` as a form or JSON brings it, as a value of the fact's type; None for an empty entry."""
    if raw is None or raw == "":
        return None
    clean: object = raw
    if isinstance(raw, str):
        clean = TICKED.get(text := _text_of(spec, raw), text) if spec.type.name == "boolean" else _text_of(spec, raw)
    elif isinstance(raw, list):
        clean = [_text_of(spec, each) if isinstance(each, str) else each for each in raw]
    try:
        value = read_value(spec.type, clean)
    except (ValueError, InvalidOperation, Fault):
        raise _wrong_form(spec, WRITTEN_AS.get(spec.type.name, Text(zh="请重新填写。", en="Enter it again."))) from None
    if not conforms(spec, value):
        labels = "、".join(label.zh for label in spec.options.values())
        raise InputError(
            spec.name,
            Text(zh=f"“{spec.label.zh}”没有这个选项。", en=f"“{spec.label.en}” has no such option."),
            Text(zh=f"请选择：{labels}。", en=f"Choose one of: {', '.join(spec.options)}."),
        )
    if spec.source == "unified_identity.mobile" and isinstance(value, str) and not MOBILE.fullmatch(value):
        raise InputError(
            spec.name,
            Text(zh="手机号应是1开头的11位数字。", en="A mobile number has 11 digits and starts with 1."),
            Text(zh=f"您填了{len(value)}位，请改一下。", en=f"You typed {len(value)}; please correct it."),
        )
    return value


def _is_unchanged(spec: FactSpec, raw: object, held: Fact | None) -> bool:
    try:
        return isinstance(held, Known) and _value_of(spec, raw) == held.value
    except InputError:  # not even written like a value of this fact
        return False


def _refuse_locked(spec: FactSpec) -> InputError:
    return InputError(
        spec.name,
        Text(zh=f"“{spec.label.zh}”来自权威登记，不能在此修改，原值未变。",
             en=f"“{spec.label.en}” comes from its register and cannot be changed here; the stored value stays."),
        Text(zh="如有错误，请提出异议，由数据提供部门校核。", en="If it is wrong, dispute it: its source will check it."),
    )


def check_entered(definition: Definition, draft: Draft, entered: Mapping[str, object]) -> dict[FactName, Value]:
    """The entered values, typed. Raises InputError naming the first field that may not stand as it does.

    A locked value sent back unchanged, as forms do, is left out; sent back altered it is an InputError. A locked field whose source
    is silent is hers to type where no rule needs it.
    """
    values: dict[FactName, Value] = {}
    open_fields = find_open_fields(definition, draft)
    for name, raw in entered.items():
        spec = definition.facts.get(name)
        if spec is None:
            raise InputError(name, Text(zh="本事项没有这一项。", en="this service has no such fact."),
                             Text(zh="请去掉它。", en="Leave it out."))
        if is_hers(spec) or name in open_fields:
            values[name] = _value_of(spec, raw)
            continue
        if not _is_unchanged(spec, raw, draft.sourced.get(name)):
            raise _refuse_locked(spec)
    return values


def check_disputable(definition: Definition, draft: Draft, name: str) -> FactSpec:
    """The spec of a fact that may be disputed: one that a register said and that is not hers to change."""
    spec = definition.facts.get(name)
    if spec is None or not isinstance(draft.sourced.get(name), Known):
        raise InputError(name, Text(zh="没有可以提出异议的这一项。", en="there is no such value to dispute."),
                         Text(zh="请从预填内容中选择。", en="Choose one of the prefilled values."))
    if is_hers(spec):
        raise InputError(name, Text(zh=f"“{spec.label.zh}”可以直接修改。", en=f"“{spec.label.en}” is yours to change."),
                         Text(zh="请直接填写正确的值。", en="Enter the right value instead."))
    return spec


def list_missing(definition: Definition, draft: Draft, form: Iterable[FactName]) -> tuple[FactName, ...]:
    """Fields of the form that only she can fill now and that are empty: her own, and those whose source only fills and is silent."""
    open_fields = find_open_fields(definition, draft)

    def is_missing(name: FactName) -> bool:
        spec = definition.facts[name]
        return name not in draft.entered and (name in open_fields or (spec.source == APPLICANT and spec.default is None))

    return tuple(name for name in form if is_missing(name))


def check_complete(definition: Definition, draft: Draft, form: Iterable[FactName]) -> None:
    """Raises InputError for the first form field that only she can fill and that is still empty."""
    for name in list_missing(definition, draft, form):
        spec = definition.facts[name]
        raise InputError(name, Text(zh=f"请填写“{spec.label.zh}”。", en=f"“{spec.label.en}” is still empty."),
                         Text(zh="填写后再确认。", en="Fill it in, then confirm."))
