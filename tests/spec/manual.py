"""The manual of the rule language, printed by its tests: chapter = folder, section = file, paragraph = test.

`python -m tests.spec` prints it; `docs/reference/rule-language.md` holds that print, byte for byte.
"""

from __future__ import annotations

import importlib
import inspect
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from decimal import Decimal
from types import ModuleType
from typing import Protocol

import pytest

from miaopi.kernel.errors import DefinitionError
from miaopi.kernel.expr import Expression, Program, Range, Run, Type, Undetermined, compile, read
from miaopi.kernel.expr.interpreter import interpret
from miaopi.kernel.expr.lexer import Source
from miaopi.kernel.expr.scope import admit

# What a reader needs first comes first.
CHAPTERS: Mapping[str, tuple[str, ...]] = {
    "values": ("literals", "names", "lists", "contexts", "ranges", "functions"),
    "logic": ("unknown", "connectives", "choice"),
    "comparison": ("order", "membership", "types"),
    "reckoning": ("numbers", "days", "parts"),
    "functions": (
        *("ages", "text", "patterns", "rounding", "collections", "contexts", "ranges", "conversion", "times"),
    ),
    "loops": ("quantifiers", "iteration"),
    "limits": ("type_check", "budgets"),
    "models": ("names", "mistakes", "cells"),
}


@dataclass(frozen=True, slots=True)
class Open:
    """A given of that type that nobody knows (`absent` false), or that there is none of."""

    type: str
    absent: bool


def unknown(type: str) -> Open:
    return Open(type, absent=False)


def absent(type: str) -> Open:
    return Open(type, absent=True)


@dataclass(frozen=True, slots=True)
class Nobody:
    """The result is undetermined: for want of these facts, or for a fault whose words hold that text."""

    blame: frozenset[str] = frozenset()
    fault: str = ""


def nobody_knows(*blame: str, fault: str = "") -> Nobody:
    return Nobody(frozenset(blame), fault)


class Engine(Protocol):
    """A way to evaluate; each paragraph of the manual holds on every one."""

    def __call__(self, one: Expression | Program, scope: Mapping[str, object]) -> object: ...


def code_objects(one: Expression | Program, scope: Mapping[str, object]) -> object:
    return one.evaluate(scope) if isinstance(one, Expression) else one.evaluate(scope, run=Run())


def interpreter(one: Expression | Program, scope: Mapping[str, object]) -> object:
    is_open = isinstance(one, Program)
    given = scope if isinstance(one, Program) else admit(one.names, one.types, scope)
    return interpret(one.tree, given, Source(one.text, one.where, is_open=is_open), Run())


ENGINES: Mapping[str, Engine] = {"interpreter": interpreter, "code objects": code_objects}


@dataclass(slots=True)
class Rules:
    """What a paragraph asserts with. Every assertion is an example of the manual."""

    engine: Engine
    examples: list[tuple[str, str, str]] = field(default_factory=list)

    def gives(self, text: str, result: object, given: Mapping[str, object] | None = None) -> None:
        names, scope = declare(given or {})
        found = self.engine(compile(text, names), scope)
        if isinstance(result, Nobody):
            assert isinstance(found, Undetermined), f"{text} gives {found!r}"
            assert found.blame == result.blame
            assert any(result.fault in fault for fault in found.faults) or not (result.fault or found.faults)
        else:
            assert shape(found) == shape(result), f"{text} gives {found!r}"
        self.examples.append((clip(text), show_given(text, given or {}), show(result)))

    def refuses(self, text: str, message: str, given: Mapping[str, object] | None = None) -> None:
        names, _ = declare(given or {})
        with pytest.raises(DefinitionError) as caught:
            compile(text, names)
        assert caught.value.message == message
        self.examples.append((clip(text), show_given(text, given or {}), f"refused: {message}"))

    def gives_in_model(
        self, text: str, result: object, given: Mapping[str, object] | None = None, value: str = ""
    ) -> None:
        """What the text gives in a decision model; with `value`, the one name that is given has the value of that text."""
        scope = dict(given or {})
        if value:
            scope = dict.fromkeys(scope, in_model(self.engine, value, {}))
        assert shape(in_model(self.engine, text, scope)) == shape(result)
        shown = f"`{next(iter(scope))}` = `{value}`" if value else show_given(text, scope)
        self.examples.append((clip(text), shown, show(result)))

    def passes(self, tests: str, value: object) -> None:
        self._tests(tests, value, True)

    def fails(self, tests: str, value: object) -> None:
        self._tests(tests, value, False)

    def leaves_open(self, tests: str, value: object) -> None:
        self._tests(tests, value, None)

    def _tests(self, tests: str, value: object, result: bool | None) -> None:
        assert in_model(self.engine, tests, {"?": value}, unary=True) is result
        self.examples.append((clip(tests), f"`?` = `{written(value)}`", show(result)))


def in_model(engine: Engine, text: str, given: Mapping[str, object], *, unary: bool = False) -> object:
    """The value of a text of a decision model; numbers are given as whole ones here."""
    return engine(read(text, given.keys(), unary=unary), plain(given))  # type: ignore[arg-type]  # a mapping


def plain(value: object) -> object:
    match value:
        case bool():
            return value
        case int():
            return Decimal(value)
        case list():
            return [plain(element) for element in value]
        case Mapping():
            return {name: plain(entry) for name, entry in value.items()}
        case _:
            return value


on_every_engine = pytest.mark.parametrize(
    "rules", [pytest.param(Rules(run), id=name) for name, run in ENGINES.items()]
)


def clip(text: str) -> str:
    return text if len(text) <= 100 else f"{text[:20]} … {text[-20:]}"


def declare(given: Mapping[str, object]) -> tuple[dict[str, Type], dict[str, object]]:
    """The types and the values of what is given; an unknown one is left out of the scope."""
    names = {name: type_of(value) for name, value in given.items()}
    scope = {
        name: None if isinstance(value, Open) else value
        for name, value in given.items()
        if not (isinstance(value, Open) and not value.absent)
    }
    return names, scope


def type_of(value: object) -> Type:
    """The type of what is given; records have the types that their first one shows."""
    match value:
        case [{**first}, *_]:
            return Type(
                "list",
                Type("context", entries=tuple((str(name), type_of(entry)) for name, entry in first.items())),
            )
        case _:
            return Type.parse(type_name(value))


def type_name(value: object) -> str:
    match value:
        case Open(type=name):
            return name
        case bool():
            return "boolean"
        case int() | Decimal():
            return "number"
        case str():
            return "string"
        case datetime():
            return "date and time"
        case date():
            return "date"
        case [first, *_]:
            return f"list<{type_name(first)}>"
        case Range(low=low):
            return f"range<{type_name(low)}>"
        case _:
            return "any"


def shape(value: object) -> object:
    """The value with its type beside it, so that 1 is not true."""
    if isinstance(value, list):
        return [shape(element) for element in value]
    if isinstance(value, int | float) and not isinstance(value, bool):
        return (Decimal, Decimal(str(value)))
    return (type(value), value)


def show(value: object) -> str:
    match value:
        case Nobody(fault=fault) if fault:
            return f"unknown: {fault}"
        case Nobody(blame=blame):
            return f"unknown, for want of {', '.join(f'`{name}`' for name in sorted(blame))}"
        case _:
            return f"`{written(value)}`"


def written(value: object) -> str:
    match value:
        case None:
            return "null"
        case bool():
            return "true" if value else "false"
        case str():
            shown = value if len(value) <= 40 else f"{value[:10]}…{value[-10:]}"
            return '"' + shown.replace('"', r"\"") + '"'
        case datetime():
            return value.isoformat()
        case timedelta():
            return written_length(value)
        case list():
            return f"[{', '.join(map(written, value))}]"
        case Range(low=low, high=high):
            ends = f"{'' if low is None else written(low)}..{'' if high is None else written(high)}"
            return f"{'[' if value.includes_low else '('}{ends}{']' if value.includes_high else ')'}"
        case dict():
            return f"{{{', '.join(f'{name}: {written(entry)}' for name, entry in value.items())}}}"
        case _:
            return str(value)


def written_length(length: timedelta) -> str:
    """The ISO 8601 form of a duration of days, `P3DT12H`."""
    left, amounts = abs(length), []
    for sign, unit in (("D", timedelta(days=1)), ("H", timedelta(hours=1)), ("M", timedelta(minutes=1))):
        amount, left = divmod(left, unit)
        amounts.append(f"{amount}{sign}" if amount else "")
    seconds = f"{left.total_seconds():g}S" if left else ""
    clock = "".join(amounts[1:]) + seconds
    return ("-P" if length < timedelta() else "P") + amounts[0] + (f"T{clock}" if clock else "")


def show_given(text: str, given: Mapping[str, object]) -> str:
    """What is given of the names that stand in the text."""
    standing = {
        name: value for name, value in given.items() if re.search(rf"(?<!\w){re.escape(name)}(?!\w)", text)
    }
    return "; ".join(f"`{name}` {show_one(value)}" for name, value in standing.items())


def show_one(value: object) -> str:
    if isinstance(value, Open):
        return f"a {value.type}, {'absent' if value.absent else 'unknown'}"
    return f"= `{written(value)}`"


def print_manual() -> str:
    """The whole manual as Markdown, made by running every paragraph on the interpreter."""
    lines = [
        "# The rule language",
        "",
        "Printed from the tests in `tests/spec` by `python -m tests.spec`; do not edit. Every example below is run.",
        "What a rule of a service refuses and a decision model allows stands at the end, and in ADR 0025.",
    ]
    for chapter, sections in CHAPTERS.items():
        lines += ["", f"## {titled(importlib.import_module(f'tests.spec.{chapter}'))}"]
        for section in sections:
            module = importlib.import_module(f"tests.spec.{chapter}.test_{section}")
            lines += ["", f"### {titled(module)}"]
            for paragraph in paragraphs(module):
                lines += ["", *print_paragraph(paragraph)]
    return "\n".join(lines) + "\n"


def paragraphs(module: ModuleType) -> Iterator[Callable[[Rules], None]]:
    """The tests of a section, as they stand in the file."""
    for name, member in vars(module).items():
        if name.startswith("test_"):
            yield member


def print_paragraph(paragraph: Callable[[Rules], None]) -> Iterator[str]:
    rules = Rules(interpreter)
    paragraph(rules)
    title, _, text = (inspect.getdoc(paragraph) or "").partition("\n")
    yield f"#### {title}"
    yield ""
    if text:
        yield text.strip("\n")
        yield ""
    yield "| expression | given | result |"
    yield "|---|---|---|"
    for expression, given, result in rules.examples:
        yield f"| {fenced(expression)} | {given} | {result} |"


def fenced(expression: str) -> str:
    return f"`{expression}`".replace("\n", "⏎")


def titled(module: ModuleType) -> str:
    """A docstring whose first line is the title and whose rest, if any, follows it."""
    title, _, text = (inspect.getdoc(module) or "").partition("\n")
    return f"{title}\n\n{text.strip()}" if text.strip() else title
