"""`catalogue`: the national table of resources in and out, and what changed in one of them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Final

import cyclopts

from miaopi.cli.printing import emit
from miaopi.config import clock
from miaopi.instance import attach
from miaopi.kernel.errors import InputError
from miaopi.kernel.wording import Text

if TYPE_CHECKING:
    from miaopi.apps.catalogue.api import Resource

app = cyclopts.App(name="catalogue", help="信息资源目录 / The table of resources: import, export, diff.")

CITY_FILE: Final = (".yaml", ".yml")
WRITTEN_AS: Final = (".csv", ".xlsx", ".jsonld")


@app.command(name="import")
def import_file(file: Path, *, json: bool = False) -> int:
    """Take over a national table (CSV, XLSX) or the city's own catalogue.yaml: whole, or not at all; a mistake is named with its place."""
    path = file.absolute()
    with attach():
        from miaopi.apps.audit.api import system
        from miaopi.apps.catalogue.api import TableError, import_catalogue, read_table, seed_catalogue

        by, now = system("cli.catalogue.import"), clock.now()
        try:
            if path.suffix.casefold() in CITY_FILE:
                done = seed_catalogue(source=path, by=by, now=now)
            else:
                done = import_catalogue(table=read_table(path), by=by, now=now)
        except TableError as error:
            emit({"imported": False, "mistakes": [each.to_json() for each in error.mistakes]}, json, _render_mistakes)
            return error.exit_code
        emit({"imported": True, "is_changed": done.is_changed, **asdict(done), "mistakes": []}, json, _render_import)
    return 0


@app.command
def export(
    file: Path,
    *,
    agency: Annotated[str | None, cyclopts.Parameter(help="the resources of this agency alone")] = None,
    base: Annotated[str, cyclopts.Parameter(help="how the names in a .jsonld file begin")] = "urn:miaopi",
    json: bool = False,
) -> None:
    """Write the catalogue: .csv or .xlsx is the national table, .jsonld is DCAT-AP."""
    path = file.absolute()
    if path.suffix.casefold() not in WRITTEN_AS:
        ending = Text("文件名须以 .csv、.xlsx 或 .jsonld 结尾。", "its name ends in .csv, .xlsx or .jsonld.")
        raise InputError("FILE", ending, Text("请改名。", "Rename it."))
    with attach():
        from miaopi.apps.catalogue.api import get_agency, list_resources

        if agency is not None:
            get_agency(agency)
        resources = list_resources(agency)
        content = _written(path.suffix.casefold(), resources, base.rstrip("/"))
        try:
            path.write_bytes(content)
        except OSError:
            raise InputError(
                "FILE", Text("文件写不进去。", "it cannot be written."), Text("请检查路径和权限。", "Check path and permissions.")
            ) from None
        fields = sum(len(resource.fields) for resource in resources)
        emit({"file": str(file), "resources": len(resources), "fields": fields, "bytes": len(content)}, json, _render_export)


@app.command
def diff(
    resource: str,
    *,
    older: Annotated[int | None, cyclopts.Parameter(name="--from", help="the one before, if left out")] = None,
    newer: Annotated[int | None, cyclopts.Parameter(name="--to", help="the present one, if left out")] = None,
    json: bool = False,
) -> None:
    """How two versions of a resource differ, and whether whoever reads it must look to it."""
    with attach():
        from miaopi.apps.catalogue.api import get_difference, list_versions

        versions = list_versions(resource)
        difference = get_difference(resource, older, newer)
        result = {
            "resource": resource, "versions": versions, "from": difference.older, "to": difference.newer,
            "is_breaking": difference.is_breaking, "altered": [asdict(each) for each in difference.altered], "added": difference.added,
            "removed": difference.removed,
        }  # fmt: skip
        emit(result, json, _render_difference)


def _written(suffix: str, resources: Sequence[Resource], base: str) -> bytes:
    from miaopi.apps.catalogue.api import write_csv, write_dcat, write_xlsx
    from miaopi.config.city import current_city

    match suffix:
        case ".csv":
            return write_csv(resources)
        case ".xlsx":
            return write_xlsx(resources)
        case _:
            city = current_city().name
            title = Text(f"{city.zh}信息资源目录", f"{city.en} – catalogue of resources")
            return write_dcat(resources, title=title, publisher=city, base=base)


def _render_mistakes(result: Mapping[str, Any]) -> str:
    lines = (
        f"第 {each['row']} 行 / row {each['row']}，{each['column']}：{each['rule']['zh']}{each['remedy']['zh']}\n"
        f"    {each['rule']['en']} {each['remedy']['en']}"
        for each in result["mistakes"]
    )
    return "\n".join(["没有导入 / nothing was imported", *lines])


def _render_import(result: Mapping[str, Any]) -> str:
    if not result["is_changed"]:
        return f"{result['resources']} 类与目录一致，没有变化 / {result['resources']} resources, nothing changed"
    return (
        f"{result['resources']} 类、{result['fields']} 项 / resources, fields：新增 / added {result['added']}，"
        f"变更 / changed {result['changed']}，部门 / agencies {result['agencies']}"
    )


def _render_export(result: Mapping[str, Any]) -> str:
    return f"{result['file']}：{result['resources']} 类 / resources，{result['fields']} 项 / fields，{result['bytes']} bytes"


def _render_difference(result: Mapping[str, Any]) -> str:
    lines = [f"{result['resource']} {result['from']} → {result['to']}"]
    lines += [f"  + {name}" for name in result["added"]]
    lines += [f"  - {name}" for name in result["removed"]]
    for each in result["altered"]:
        lines.append(f"  {each['field'] or ''}{'.' if each['field'] else ''}{each['column']}: {each['before']} → {each['after']}")
    lines.append("会影响现有使用者 / readers must look to it" if result["is_breaking"] else "不影响现有使用者 / readers lose nothing")
    return "\n".join(lines)
