"""Facts as they are written outside: the facts file of `decide`, the answers of sources, overrides on a command line.

What is written is read by the type that the package declares; no float enters, and nothing is guessed.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import date, datetime, time, timedelta
from decimal import Decimal, InvalidOperation
from types import MappingProxyType
from typing import cast
from zoneinfo import ZoneInfo

from miaopi.kernel.decision.case import conforms, undeclared
from miaopi.kernel.decision.definition import Definition, FactSpec
from miaopi.kernel.decision.outcomes import to_plain
from miaopi.kernel.errors import InputError
from miaopi.kernel.expr import Type
from miaopi.kernel.expr.temporal import read_clock, read_day, read_duration, read_moment, write_temporal
from miaopi.kernel.expr.types import item_of
from miaopi.kernel.expr.values import Fault, kind_of
from miaopi.kernel.fact import Absent, Disputed, Doubt, Fact, FactName, Known, Unknown, Value
from miaopi.kernel.wording import Text

STATES = ({"absent"}, {"unknown"}, {"unknown", "exhausted"}, {"value"}, {"value", "disputed"})
SAID_BY = {"source", "at"}  # may stand beside each of them
STRING = Type.parse("string")
MOST_PLACES = 34  # before or after the point (decimal128): 1E+999999999 is eleven signs, and a gigabyte once it is a whole number
TRUTHS = {"true": True, "false": False}
TEMPORAL: Mapping[str, Callable[[str], Value]] = MappingProxyType({
    "date": read_day, "time": read_clock, "date and time": read_moment,
    "days and time duration": read_duration, "years and months duration": read_duration,
})  # fmt: skip


def read_value(wanted: Type, raw: object) -> Value:
    """A value of that type, from JSON, YAML or a source's row. Raises ValueError where it is none."""
    match wanted.name, raw:
        case "number", bool() | float():
            raise ValueError("a number is written as digits")
        case "number", int() | Decimal():
            return _finite(Decimal(raw))
        case "number", str():
            return _finite(Decimal(raw.strip()))
        case "boolean", bool():
            return raw
        case "boolean", str() if raw in TRUTHS:
            return TRUTHS[raw]
        case "string", str():
            raw.encode()  # UnicodeEncodeError, a ValueError, for half a character: no receipt could state it
            return raw
        case kind, str() if kind in TEMPORAL:
            return _of_kind(wanted, TEMPORAL[kind](raw))
        case "context", Mapping():
            if unknown := raw.keys() - dict(wanted.entries).keys():
                raise ValueError(f"there is no entry {min(unknown)}")
            return {name: None if raw.get(name) is None else read_value(kind, raw[name]) for name, kind in wanted.entries}
        case "list", list() | tuple():
            return [read_value(item_of(wanted), one) for one in raw]
        case _, date() | time() | timedelta():  # a database says days as days
            return _of_kind(wanted, raw)
        case _:
            raise ValueError(f"this is no {wanted}")


def _of_kind(wanted: Type, value: Value) -> Value:
    if kind_of(value) != wanted:
        raise ValueError(f"this is no {wanted}")
    return value


def _finite(number: Decimal) -> Decimal:
    if not number.is_finite():
        raise ValueError("a number is finite")
    if abs(number.adjusted()) > MOST_PLACES:
        raise ValueError("a number is no longer than what can be written out")
    return number


def read_facts(definition: Definition, document: object) -> dict[FactName, Fact]:
    """The facts of a facts file (DESIGN.md §7.6), parsed JSON. Raises InputError naming the fact, never its value."""
    if not isinstance(document, Mapping):
        raise InputError(
            "facts",
            Text(zh="事实文件应为一个 JSON 对象。", en="a facts file is one JSON object."),
            Text(zh="请以事实名称为键。", en="Key it by the names of facts."),
        )
    facts: dict[FactName, Fact] = {}
    for name, raw in document.items():
        if name not in definition.facts:
            raise undeclared(str(name), definition.facts)
        facts[name] = _read_fact(definition.facts[name], raw)
    return facts


def read_answers(definition: Definition, answers: Mapping[str, Fact]) -> dict[FactName, Fact]:
    """What sources said, keyed by `resource.field`, as facts of the service; one field may serve several facts.

    A value that is not of its fact's type is no answer: unknown (`conflict`), so that a person looks.
    """
    found: dict[FactName, Fact] = {}
    for spec in definition.sourced:
        if spec.source in answers:
            fact = answers[spec.source]
            found[spec.name] = _typed_answer(spec, fact) if isinstance(fact, Known) else fact
    return found


def _typed_answer(spec: FactSpec, fact: Known) -> Fact:
    try:
        value = read_value(spec.type, fact.value)
    except (ValueError, InvalidOperation, Fault):
        return Unknown(Doubt.CONFLICT, source=fact.source)
    typed = replace(fact, value=value)
    return typed if conforms(spec, value) else Unknown(Doubt.CONFLICT, source=fact.source)


def read_overrides(definition: Definition, texts: Mapping[str, str]) -> dict[str, Value]:
    """Parameters and settings replaced for a trial, from the command line. Raises InputError."""
    types = {name: parameter.type for name, parameter in definition.parameters.items()} | dict(definition.settings)
    found: dict[str, Value] = {}
    for name, text in texts.items():
        if name not in types:
            raise undeclared(name, types)
        raw: object = [part.strip() for part in text.split(",")] if types[name].name == "list" else text
        try:
            found[name] = read_value(types[name], raw)
        except (ValueError, InvalidOperation, Fault):
            raise _wrong(name, types[name]) from None
    return found


def write_fact(fact: Fact) -> object:
    """The fact in the form that `read_facts` reads back equal."""
    if isinstance(fact, Known):
        return {"value": write_value(fact.value), **_said_by(fact.source, fact.obtained_at)}
    if isinstance(fact, Absent):
        return {"absent": True, **_said_by(fact.source, fact.obtained_at)}
    if isinstance(fact, Unknown):
        exhausted = {"exhausted": True} if fact.exhausted else {}
        return {"unknown": fact.doubt.value, **_said_by(fact.source, fact.since), **exhausted}
    contested = fact.contested
    said_by = _said_by(contested.source, contested.obtained_at)
    return {"value": write_value(contested.value), "disputed": True, **said_by}


def write_value(value: Value) -> object:
    """A value as JSON that keeps every digit: numbers as text, days and moments in ISO form. A zone by name keeps its name."""
    if isinstance(value, Decimal):
        return str(value)
    if isinstance(value, list):
        return [write_value(one) for one in value]
    if isinstance(value, dict):
        return {name: write_value(one) for name, one in value.items()}
    if isinstance(value, datetime) and isinstance(value.tzinfo, ZoneInfo) and not value.fold:  # the second time needs its offset
        return write_temporal(value)
    return to_plain(value)


def _said_by(source: str | None, at: datetime | None) -> dict[str, object]:
    said = {"source": source, "at": None if at is None else at.isoformat()}
    return {name: value for name, value in said.items() if value is not None}


def _read_fact(spec: FactSpec, raw: object) -> Fact:
    if raw is None:
        return Unknown(Doubt.UNPROVEN)
    if not isinstance(raw, Mapping):
        return Known(_value_of(spec, raw))
    if raw.keys() - SAID_BY not in STATES:
        raise _wrong_state(spec)
    source, at = _source_of(spec, raw), _moment_of(spec, raw)
    match raw:
        case {"absent": True}:
            return Absent(source, at)
        case {"unknown": doubt} if doubt in list(Doubt):
            return Unknown(Doubt(doubt), source, at, raw.get("exhausted", False) is True)
        case {"value": value}:
            known = Known(_value_of(spec, value), source, at)
            return Disputed(known) if raw.get("disputed", False) is True else known
        case _:
            raise _wrong_state(spec)


def _source_of(spec: FactSpec, raw: Mapping[str, object]) -> str | None:
    source = raw.get("source")
    try:
        return None if source is None else cast("str", read_value(STRING, source))
    except ValueError:
        raise _wrong_state(spec) from None


def _moment_of(spec: FactSpec, raw: Mapping[str, object]) -> datetime | None:
    try:
        return read_moment(str(raw["at"])) if "at" in raw else None
    except Fault:
        raise _wrong_state(spec) from None


def _value_of(spec: FactSpec, raw: object) -> Value:
    try:
        value = read_value(spec.type, raw)
    except (ValueError, InvalidOperation, Fault):
        raise _wrong(spec.name, spec.type) from None
    if not conforms(spec, value):
        raise InputError(
            spec.name,
            Text(zh=f"“{spec.label.zh}”没有这个选项。", en="it has no such option."),
            Text(zh=f"可选：{'、'.join(spec.options)}。", en=f"Choose one of {', '.join(spec.options)}."),
        )
    return value


def _wrong(name: str, wanted: Type) -> InputError:
    return InputError(
        name,
        Text(zh=f"“{name}”的值不是 {wanted}。", en=f"its value is no {wanted}."),
        Text(zh="请按声明的类型填写。", en="Write it as its declared type."),
    )


def _wrong_state(spec: FactSpec) -> InputError:
    return InputError(
        spec.name,
        Text(zh=f"“{spec.label.zh}”的状态写法不对。", en="its state is not written in one of the known forms."),
        Text(
            zh='可写值、null、{"absent": true}、{"unknown": "unavailable|stale|conflict|unproven"} 或 {"value": …, "disputed": true}。',
            en='Write a value, null, {"absent": true}, {"unknown": "unavailable|stale|conflict|unproven"} '
            'or {"value": …, "disputed": true}.',
        ),
    )
