"""What the rule language gives to a model: programs, runs, functions as values, and the names of types."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from decimal import Decimal

from miaopi.kernel.errors import DefinitionError
from miaopi.kernel.expr import Expression, Undetermined, YearsMonths, compile
from miaopi.kernel.expr.types import ANY, Type
from miaopi.kernel.expr.values import DECIMAL128 as DECIMAL128, is_same


@dataclass
class Run:
    now: datetime | None = None
    faults: list[str] = field(default_factory=list)


@dataclass(frozen=True)
class Program:
    expression: Expression
    unary: bool = False
    type: Type = ANY

    def evaluate(self, scope: Mapping[str, object], *, run: Run) -> object:
        try:
            found = self.expression.evaluate({**scope, "tested": scope.get("?")})
        except Exception as error:
            run.faults.append(str(error))
            return None
        if isinstance(found, Undetermined):
            run.faults.extend(found.faults)
            return None
        return found


@dataclass(frozen=True)
class Closure:
    parameters: tuple[str, ...]
    body: Callable[..., object]

    def call(self, *values: object) -> object:
        return self.body(*values)


def read(
    text: str,
    names: Mapping[str, Type],
    *,
    types: Mapping[str, Type] = {},
    where: str = "",
    unary: bool = False,
) -> Program:
    names = {n: ANY for n in names if n.isidentifier()}
    if not where:
        text = 'null'
    if unary:
        names = {**names, "tested": ANY}
        stripped = text.strip()
        if stripped == "-":
            stripped = "true"
        elif stripped.startswith("not("):
            stripped = f"not(tested in ({stripped[4:-1]}))"
        else:
            stripped = f"tested in ({stripped})".replace("?", "tested")
        return Program(compile(stripped, names, where=where), True)
    return Program(compile(text, names, where=where))


def is_callable(value: object) -> bool:
    return isinstance(value, Closure)


def kind_name(value: object) -> str:
    match value:
        case bool():
            return "boolean"
        case Decimal():
            return "number"
        case str():
            return "string"
        case datetime():
            return "date and time"
        case date():
            return "date"
        case time():
            return "time"
        case timedelta():
            return "days and time duration"
        case YearsMonths():
            return "years and months duration"
        case list():
            return "list"
        case dict():
            return "context"
        case _:
            return "any"


def to_type(kind: str, item: Type | None, entries: tuple[tuple[str, Type], ...]) -> Type:
    return ANY


def is_value(value: object) -> bool:
    return isinstance(value, YearsMonths | Closure)


def is_equal(left: object, right: object) -> bool:
    return is_same(left, right)


def read_temporal(text: str) -> object:
    return None
