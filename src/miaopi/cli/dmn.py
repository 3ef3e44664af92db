"""`dmn`: one decision or invocable of a DMN model evaluated, and a service written as a model, without a database."""

from __future__ import annotations

import json as codec
from collections.abc import Mapping
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Annotated, Any, Final, Literal

import cyclopts

from miaopi.cli.printing import emit, unique
from miaopi.cli.services import find_package
from miaopi.config.clock import now as clock
from miaopi.definitions import dmn
from miaopi.kernel.calendar import compute_legal_day
from miaopi.kernel.decision.drawing import draw
from miaopi.kernel.dmn.writing.document import Norm
from miaopi.kernel.errors import InputError
from miaopi.kernel.expr import Closure
from miaopi.kernel.expr.library.writing import write_value
from miaopi.kernel.wording import Text

EXACT: Final = 2**53  # whole numbers that every reader of JSON holds

app = cyclopts.App(name="dmn", help="DMN 模型 / DMN models: eval, export.")


@app.command(name="eval")
def evaluate(
    file: Path,
    name: str,
    *,
    input: Annotated[
        str, cyclopts.Parameter(help="JSON object of the inputs by name", allow_leading_hyphen=True)
    ] = "{}",
    now: Annotated[datetime | None, cyclopts.Parameter(help="what now() and today() read; the clock if left out")] = None,
    json: bool = False,
) -> None:
    """The value of a decision, or what an invocable gives; its errors beside it."""
    model = dmn.load(file)
    value, errors = model.evaluate_traced(name, _inputs(input), now=now or clock())
    emit({"value": to_plain(value), "errors": list(errors)}, json, _shown)


@app.command
def export(
    name: str,
    *,
    out: Annotated[Path | None, cyclopts.Parameter(help="the file to write; standard output if left out")] = None,
    on: Annotated[date | None, cyclopts.Parameter(help="legal day whose law is written; today if left out")] = None,
    known_at: Annotated[date | None, cyclopts.Parameter(help="leave out what was published later")] = None,
    norm: Annotated[Literal["1.5", "1.3"], cyclopts.Parameter(help="version of DMN; editors such as dmn-js know 1.3")] = "1.5",
    json: bool = False,
) -> None:
    """The rule set of a service (slug, code or folder) as a DMN model with its diagram."""
    package = find_package(name)
    day = on or compute_legal_day(clock())
    written = draw(package.definition, package.name, on=day, known_at=known_at, norm=Norm(norm))
    if out is not None:
        _write(out, written)
    result = {"service": package.slug, "version": package.version, "on": day.isoformat(), "out": str(out) if out else None}
    emit(result if out is not None else {**result, "model": written}, json, lambda _: str(out) if out is not None else written)


def _write(out: Path, written: str) -> None:
    try:
        out.write_text(written, encoding="utf-8")
    except OSError:
        raise InputError(
            "out",
            Text(zh="写不了该文件。", en="the file cannot be written."),
            Text(zh="请检查路径和权限。", en="Check the path and whether you may write there."),
        ) from None


def to_plain(value: object) -> Any:
    """The value in JSON: a number that its readers would round is a text with all its digits; temporal values are ISO 8601."""
    match value:
        case None | bool() | str():
            return value
        case Decimal():
            return _number(value)
        case list():
            return [to_plain(element) for element in value]
        case dict():
            return {name: to_plain(entry) for name, entry in value.items()}
        case Closure():
            return str(value.type)
        case _:
            return write_value(value)


def _number(value: Decimal) -> int | float | str:
    if value == value.to_integral_value() and abs(value) < EXACT:
        return int(value)
    return float(value) if Decimal(repr(float(value))) == value else str(value)


def _inputs(text: str) -> Mapping[str, object]:
    try:
        found = codec.loads(text, parse_float=Decimal, object_pairs_hook=unique)
    except (ValueError, ArithmeticError, RecursionError):
        found = None
    if not isinstance(found, dict):
        raise InputError(
            "input",
            Text(zh="这不是 JSON 对象。", en="this is no JSON object."),
            Text(zh="例如 --input '{\"age\": 80}'。", en="For example --input '{\"age\": 80}'."),
        )
    return found


def _shown(result: Mapping[str, Any]) -> str:
    lines = [codec.dumps(result["value"], ensure_ascii=False, indent=2)]
    return "\n".join([*lines, *(f"! {error}" for error in result["errors"])])
