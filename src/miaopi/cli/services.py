"""`service`: what services there are, whether a package is sound, and its publication."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime, time
from pathlib import Path
from typing import Annotated, Any

import cyclopts

from miaopi.cli.printing import emit, show_moment
from miaopi.config import clock
from miaopi.config.city import current_city
from miaopi.definitions import Finding, ServicePackage, find_service, list_services, load_service
from miaopi.definitions.package import services_root
from miaopi.kernel.calendar import LEGAL_ZONE, compute_legal_day
from miaopi.kernel.decision import Table
from miaopi.kernel.decision.history import ALWAYS
from miaopi.kernel.decision.outcomes import to_plain
from miaopi.kernel.errors import DefinitionError, InputError
from miaopi.kernel.wording import Text

app = cyclopts.App(name="service", help="事项包 / Service packages: list, show, check, try, publish.")


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
    folders = _folders(path, all)
    found = _find(folders, mutate=mutate)
    emit({"checked": len(folders), "findings": [finding.to_json() for finding in found]}, json, _list_of_findings)
    return DefinitionError.exit_code if found else 0


@app.command
def publish(
    path: str | None = None,
    *,
    all: bool = False,
    since: Annotated[date | None, cyclopts.Parameter(name="--from", help="the first day of the version; now if left out")] = None,
    json: bool = False,
) -> int:
    """Put a package (slug, code or folder) in force, and grant it what its facts name; with a finding of `check` nothing is published.

    What is in force already stays as it is: publishing again completes what was interrupted.
    """
    folders = _folders(path, all)
    if found := _find(folders):
        emit({"published": [], "findings": [finding.to_json() for finding in found]}, json, _list_of_published)
        return DefinitionError.exit_code
    from miaopi.instance import attach

    with attach():
        from miaopi.apps.audit.api import system
        from miaopi.apps.catalogue.api import publish_service
        from miaopi.apps.exchange.api import seed_grants

        by, now, published = system("cli.service.publish"), clock.now(), []
        start = None if since is None or since == compute_legal_day(now) else datetime.combine(since, time(), LEGAL_ZONE)
        for package in map(load_service, folders):
            version = publish_service(package=package, by=by, now=now, effective_from=start)
            granted = seed_grants(package=package, by=by, now=now)
            published.append({
                "slug": version.slug, "code": version.code, "version": version.version, "edition": version.edition,
                "effective_from": version.effective_from.isoformat(), "is_new": version.published_at == now, "granted": granted,
            })  # fmt: skip
    emit({"published": published, "findings": []}, json, _list_of_published)
    return 0


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


def _folders(path: str | None, all: bool) -> Sequence[Path]:
    return sorted(at.parent for at in services_root().glob("*/service.yaml")) if all else [folder_of(named(path))]


def _find(folders: Sequence[Path], *, mutate: bool = False) -> Sequence[Finding]:
    from miaopi.definitions.checking import check_service, read_resources
    from miaopi.definitions.registers import FILE, read_registers

    city = current_city()
    resources, registers = read_resources(city.catalogue), read_registers(city.folder / FILE)
    checked = (check_service(folder, resources=resources, registers=registers, mutate=mutate) for folder in folders)
    return [finding for found in checked for finding in found]


def named(name: str | None) -> str:
    if name is None:
        raise InputError(
            "service",
            Text(zh="请指明事项。", en="name a service."),
            Text(zh="可用事项包的目录、名称或编码。", en="By folder, slug or code."),
        )
    return name


def find_package(name: str) -> ServicePackage:
    """By folder where there is one of that path, else by slug or code."""
    return load_service(name) if _isfolder_of(Path(name)) else find_service(name)


def _isfolder_of(path: Path) -> bool:
    try:
        return path.is_dir()
    except OSError:  # longer than a name may be, or not ours to look into
        return False


def folder_of(name: str) -> Path:
    for folder in (Path(name), services_root() / name):
        if _isfolder_of(folder):
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


def _list_of_published(result: Mapping[str, Any]) -> str:
    if result["findings"]:
        lines = [f"{finding['where']}: {finding['message']}" for finding in result["findings"]]
        return "\n".join([*lines, "没有发布 / nothing was published"])
    return "\n".join(map(_published_said, result["published"]))


def _published_said(each: Mapping[str, Any]) -> str:
    known = "" if each["is_new"] else "（没有变化 / unchanged）"
    since = f"{each['slug']} {each['version'][:12]}，自 / from {show_moment(each['effective_from'])}{known}"
    return f"{since}，新授权字段 / fields granted anew {len(each['granted'])}"


def _trial(result: Mapping[str, Any]) -> str:
    lines = [f"{failure['where']}: {failure['name']}: {'; '.join(failure['problems'])}" for failure in result["failed"]]
    lines += [f"{finding['where']}: {finding['message']}" for finding in result["findings"]]
    return "\n".join([*lines, f"{result['passed']} passed, {len(result['failed'])} failed"])
