"""`service` and `decide`: what services there are, whether a package is sound, and one decision without a database."""

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
from miaopi.config.city import City, current_city
from miaopi.config.clock import now
from miaopi.config.environment import home_folder
from miaopi.definitions import Finding, ServicePackage, find_service, list_services, load_service
from miaopi.definitions.package import find_version, keep_version, services_root
from miaopi.kernel.calendar import compute_legal_day
from miaopi.kernel.decision import Definition, Table, decide, read_facts, read_overrides
from miaopi.kernel.decision.history import ALWAYS
from miaopi.kernel.decision.outcomes import to_plain
from miaopi.kernel.decision.replay import receipt_of, replay
from miaopi.kernel.errors import DefinitionError, InputError
from miaopi.kernel.receipt import Receipt, read_receipt
from miaopi.kernel.wording import Text

app = cyclopts.App(name="service", help="事项包 / Service packages: list, show, check, try.")
decide_app = cyclopts.App(name="decide", help="一次决定，不用数据库 / One decision, without a database.")


@app.command(name="list")
def list_packages(*, json: bool = False) -> None:
    """Every service: what it took before and takes now."""
    emit({"services": [_row(package) for package in list_services()]}, json, _list_of_services)


@app.command
def show(name: str, *, json: bool = False) -> None:
    """One service by slug, code or folder: its guide, facts and conditions."""
    package = find_package(name)
    emit({**_row(package), **_guide(package)}, json, _one_service)


@app.command
def check(path: str | None = None, *, all: bool = False, mutate: bool = False, json: bool = False) -> int:
    """Find every mistake of a package (slug, code or folder), with file and line; `--mutate` also moves each number by one."""
    from miaopi.definitions.checking import check_service, read_resources
    from miaopi.definitions.registers import FILE, read_registers

    folders = sorted(at.parent for at in services_root().glob("*/service.yaml")) if all else [_folder(_named(path))]
    city = current_city()
    resources, registers = read_resources(city.catalogue), read_registers(city.folder / FILE)
    found: list[Finding] = []
    for folder in folders:
        found += check_service(folder, resources=resources, registers=registers, mutate=mutate)
    emit({"checked": len(folders), "findings": [finding.to_json() for finding in found]}, json, _list_of_findings)
    return DefinitionError.exit_code if found else 0


@app.command(name="try")
def try_package(name: str, *, json: bool = False) -> int:
    """Run the worked cases of a package."""
    from miaopi.definitions.cases import read_cases
    from miaopi.definitions.reader import Reader
    from miaopi.definitions.trial import try_cases

    package, reader = find_package(name), Reader()
    cases = read_cases(reader, package)
    failed = try_cases(package.definition, cases)
    result = {
        "service": package.slug,
        "passed": len(cases) - len(failed),
        "failed": [failure.to_json() for failure in failed],
        "findings": [finding.to_json() for finding in reader.findings],
    }
    emit(result, json, _trial)
    return DefinitionError.exit_code if failed or reader.findings else 0


@decide_app.default
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
    package, city = find_package(_named(name)), current_city()
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
    named = slug if Path(name).name == slug else _folder(name).resolve().name
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


def _named(name: str | None) -> str:
    if name is None:
        raise InputError(
            "service",
            Text(zh="请指明事项。", en="name a service."),
            Text(zh="可用事项包的目录、名称或编码。", en="By folder, slug or code."),
        )
    return name


def find_package(name: str) -> ServicePackage:
    """By folder where there is one of that path, else by slug or code."""
    return load_service(name) if _is_folder(Path(name)) else find_service(name)


def _is_folder(path: Path) -> bool:
    try:
        return path.is_dir()
    except OSError:  # longer than a name may be, or not ours to look into
        return False


def _folder(name: str) -> Path:
    for folder in (Path(name), services_root() / name):
        if _is_folder(folder):
            return folder
    return find_service(name).path


def _row(package: ServicePackage) -> dict[str, Any]:
    return {
        "slug": package.slug,
        "code": package.code,
        "name": package.name.to_json(),
        "mode": package.mode.value,
        "materials_before": [material.name.zh for material in package.materials],
        "materials_now": [name.zh for name in package.materials_now],
        "typed_median": package.typed_median,
        "verified": package.verified.value,
    }


def _guide(package: ServicePackage) -> dict[str, Any]:
    definition = package.definition
    return {
        "description": package.description.to_json(),
        "department": package.department.to_json(),
        "version": definition.version,
        "promised": package.promised.to_json(),
        "fee": str(package.fee),
        "visits": package.visits,
        "basis": [basis.to_json() for basis in package.basis],
        "facts": [
            {
                "name": spec.name,
                "label": spec.label.to_json(),
                "type": str(spec.type),
                "privacy": spec.privacy.value,
                "source": spec.source,
                "ground": spec.ground,
            }
            for spec in definition.facts.values()
        ],
        "conditions": [
            {
                "id": condition.id,
                "text": condition.text.to_json(),
                "holds": condition.holds.text,
                "basis": [basis.to_json() for basis in condition.basis],
                "otherwise": {"outcome": condition.otherwise.outcome.value, "code": condition.otherwise.reason.code},
                "from": None if condition.since == ALWAYS else condition.since.isoformat(),
                "to": None if condition.until is None else condition.until.isoformat(),
            }
            for condition in definition.conditions
        ],
        "parameters": [
            {
                "name": parameter.name,
                "label": parameter.label.to_json(),
                "unit": parameter.unit,
                "values": [
                    {"from": dated.since.isoformat(), "value": to_plain(dated.value), "basis": dated.basis.to_json()}
                    for dated in parameter.history
                ],
            }
            for parameter in definition.parameters.values()
        ],
        "tables": [_table(table) for table in definition.derived.values() if isinstance(table, Table)],
        "form": [
            {"name": field.name, "label": field.label.to_json(), "now": field.now.value, "fact": field.fact} for field in package.form
        ],
    }


def _table(table: Table) -> dict[str, Any]:
    return {
        "name": table.name,
        "label": table.label.to_json(),
        "type": str(table.type),
        "versions": [
            {"file": dated.file, "from": dated.since.isoformat(), "basis": [basis.to_json() for basis in dated.basis]}
            for dated in table.history
        ],
    }


def _list_of_services(result: Mapping[str, Any]) -> str:
    lines = []
    for row in result["services"]:
        before, now = len(row["materials_before"]), len(row["materials_now"])
        lines.append(f"{row['code']}  {row['slug']}  {row['name']['zh']} · {row['name']['en']}")
        lines.append(f"  材料 / papers {before} → {now}，要填 / to type {row['typed_median']}")
    return "\n".join(lines)


def _one_service(result: Mapping[str, Any]) -> str:
    lines = [f"{result['code']} {result['name']['zh']} · {result['name']['en']}", result["description"]["zh"], ""]
    lines += [f"{c['id']}: {c['text']['zh']} – {c['holds']}" for c in result["conditions"]]
    return "\n".join(lines)


def _list_of_findings(result: Mapping[str, Any]) -> str:
    lines = [f"{finding['where']}: {finding['message']}" for finding in result["findings"]]
    return "\n".join([*lines, f"{result['checked']} checked, {len(lines)} found"])


def _trial(result: Mapping[str, Any]) -> str:
    lines = [f"{failure['where']}: {failure['name']}: {'; '.join(failure['problems'])}" for failure in result["failed"]]
    lines += [f"{finding['where']}: {finding['message']}" for finding in result["findings"]]
    return "\n".join([*lines, f"{result['passed']} passed, {len(result['failed'])} failed"])


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
