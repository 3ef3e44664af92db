"""`decide`: one decision without a database, or one again from its receipt."""

from __future__ import annotations

import json as codec
import sys
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Annotated, Any

import cyclopts

from miaopi.cli.printing import emit, tell, unique
from miaopi.cli.services import find_package, folder_of, named
from miaopi.config.city import City, current_city
from miaopi.config.clock import now
from miaopi.config.environment import home_folder
from miaopi.definitions import ServicePackage
from miaopi.definitions.package import find_version, keep_version
from miaopi.kernel.calendar import compute_legal_day
from miaopi.kernel.decision import Definition, decide, read_facts, read_overrides
from miaopi.kernel.decision.replay import receipt_of, replay
from miaopi.kernel.errors import InputError
from miaopi.kernel.receipt import Receipt, read_receipt
from miaopi.kernel.wording import Text

app = cyclopts.App(name="decide", help="一次决定，不用数据库 / One decision, without a database.")


@app.default
def decide_one(
    name: str | None = None,
    *,
    facts: Annotated[
        str | None, cyclopts.Parameter(help="JSON file of facts, or - for standard input", allow_leading_hyphen=True)
    ] = None,
    on: Annotated[date | None, cyclopts.Parameter(help="legal day; today if left out")] = None,
    known_at: Annotated[date | None, cyclopts.Parameter(help="leave out values published later")] = None,
    set: Annotated[list[str] | None, cyclopts.Parameter(help="NAME=VALUE: another parameter or city setting")] = None,
    receipt: Annotated[Path | None, cyclopts.Parameter(help="decide again from this receipt")] = None,
    json: bool = False,
) -> None:
    """Decide from a file of facts, or again from a receipt."""
    if (facts is None) is (receipt is None):
        raise InputError(
            "facts",
            Text(zh="请提供 --facts 或 --receipt 之一。", en="give either --facts or --receipt."),
            Text(zh="--facts 用于新的决定，--receipt 用于重放。", en="--facts decides, --receipt decides again."),
        )
    if receipt is not None:
        emit(_decided_again(receipt, name), json, _decision)
        return
    package, city = find_package(named(name)), current_city()
    document = _parsed(_text_of(str(facts)), "facts")
    day = on or compute_legal_day(now())
    result = _decided(package.definition, document, day, known_at, set or [], city)
    _keep(package)
    emit(result, json, _decision)


def _decided(
    definition: Definition, document: object, as_of: date, known_at: date | None, pairs: Sequence[str], city: City
) -> dict[str, Any]:
    facts = read_facts(definition, document)
    overrides = read_overrides(definition, _pairs(pairs))
    settings = {name: value for name, value in city.settings.items() if name not in overrides}
    decision = decide(definition, facts, as_of=as_of, settings=settings, overrides=overrides, known_at=known_at)
    return _result(
        receipt_of(
            definition, facts, decision, as_of=as_of, settings=settings, salt="", overrides=overrides, known_at=known_at
        )
    )


def _versions() -> Path:
    return home_folder() / "versions"


def _keep(package: ServicePackage) -> None:
    """Keep the rules that decided, for the day on which the receipt is replayed and the folder says something else."""
    try:
        keep_version(package, _versions())
    except OSError as error:
        tell(f"规则版本未能留存 / these rules could not be kept for a replay: {error}")


def _decided_again(path: Path, name: str | None) -> dict[str, Any]:
    document = _parsed(_text_of(str(path)), "receipt")
    inner = document.get("receipt", document) if isinstance(document, dict) else document
    given = read_receipt(inner)
    if name is not None:
        _require_service(name, given.slug)
    kept = find_version(_versions(), slug=given.slug, version=given.definition)
    again = replay((kept or find_package(name or given.slug)).definition, given)
    if again is None:
        return {**_result(given.erased()), "replay": "erased"}
    if again.statement() != given.statement() or not given.is_whole:
        raise InputError(
            "receipt",
            Text(zh="按回执重新决定，结果不同：回执或其事实被改动过。", en="deciding again gives something else: it was altered."),
            Text(zh="请使用未改动的回执。", en="Use the receipt as it was given."),
        )
    return _result(replace(again, signature=given.signature))


def _require_service(name: str, slug: str) -> None:
    """That the name is the slug, code or folder of that service, of which there may be no more than the receipt."""
    named = slug if Path(name).name == slug else folder_of(name).resolve().name
    if named != slug:
        raise InputError(
            "service",
            Text(zh=f"指明的事项是 {named}，而回执属于 {slug}。", en=f"{named} is named, but the receipt is of {slug}."),
            Text(zh="请改用该事项，或不指明事项。", en="Name that service, or none."),
        )


def _result(receipt: Receipt) -> dict[str, Any]:
    """The same document for a decision and for its replay, byte for byte."""
    return {
        **receipt.decision,
        "values": dict(receipt.values or {}),
        "definition": {"slug": receipt.slug, "version": receipt.definition},
        "as_of": receipt.as_of,
        "facts": dict(receipt.digests),
        "receipt": receipt.to_json(),
    }


def _pairs(texts: Sequence[str]) -> dict[str, str]:
    found: dict[str, str] = {}
    for text in texts:
        name, sign, value = text.partition("=")
        if not sign:
            raise InputError(
                "set",
                Text(zh="写法应为 名称=值。", en="it is written NAME=VALUE."),
                Text(zh="例如 --set residence_months=7。", en="For example --set residence_months=7."),
            )
        found[name.strip()] = value.strip()
    return found


def _text_of(path: str) -> str:
    if path == "-":
        return sys.stdin.buffer.read().decode("utf-8", "replace")
    try:
        return Path(path).read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError):
        raise InputError(
            "file",
            Text(zh="读不到该文件。", en="the file cannot be read."),
            Text(zh="请检查路径；- 表示标准输入。", en="Check the path; - is standard input."),
        ) from None


def _parsed(text: str, field: str) -> Any:
    """JSON without floats: digits stay digits. A name that stands twice would let the later value win in silence."""
    try:
        return codec.loads(text, parse_float=Decimal, parse_constant=_refuse_constant, object_pairs_hook=unique)
    except (ValueError, ArithmeticError, RecursionError):
        raise InputError(
            field,
            Text(zh="这不是有效的 JSON。", en="this is no JSON."),
            Text(zh="请检查文件内容。", en="Check what the file holds."),
        ) from None


def _refuse_constant(name: str) -> object:
    raise ValueError(name)  # NaN and Infinity are not JSON


def _decision(result: Mapping[str, Any]) -> str:
    lines = [result["outcome"]]
    lines += [f"{reason['code']} {reason['text']['zh']} {reason['text']['en']}" for reason in result["reasons"]]
    signs = {True: "✓", False: "✗", None: "?"}
    lines += [f"{signs[c['value']]} {c['id']} {c['text']['zh']}" for c in result["conditions"]]
    lines += [_table_said(table) for table in result.get("tables", ())]
    lines += [f"→ 这样会不同 / would change it: {change}" for change in result["would_change"]]
    return "\n".join(lines)


def _table_said(table: Mapping[str, Any]) -> str:
    rules = "、".join(map(str, table["rules"])) or "–"
    law = "、".join(f"{basis['instrument']} {basis['article']}" for basis in table["basis"])
    return f"= {table['name']}（{table['file']}）规则 / rules {rules}：{law}"
