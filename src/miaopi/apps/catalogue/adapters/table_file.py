"""Writes the national table, as `read_table` reads it: CSV for programs, XLSX for people."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Sequence
from typing import Final

from miaopi.apps.catalogue.adapters.columns import COLUMNS, STATE
from miaopi.apps.catalogue.queries.resources import Field, Resource

RECKONED: Final = ("=", "+", "-", "@", "'")  # a spreadsheet would reckon with such a cell; the mark of a text goes before it
CONNECTED: Final = "已接入"
DESCRIBED: Final = "已编目，未接入"


def write_csv(resources: Sequence[Resource]) -> bytes:
    """UTF-8 with the mark by which spreadsheets know it."""
    written = io.StringIO(newline="")
    csv.writer(written, lineterminator="\r\n").writerows(_rows(resources))
    return written.getvalue().encode("utf-8-sig")


def write_xlsx(resources: Sequence[Resource]) -> bytes:
    from openpyxl import Workbook  # only whoever wants a workbook waits for it

    book = Workbook(write_only=True)
    sheet = book.create_sheet("政务信息资源目录")
    sheet.freeze_panes = "C2"
    for row in _rows(resources):
        sheet.append([cell or None for cell in row])
    written = io.BytesIO()
    book.save(written)
    return written.getvalue()


def _rows(resources: Sequence[Resource]) -> Iterator[list[str]]:
    yield [column.zh for column in COLUMNS]
    for resource in resources:
        of_resource = _cells(resource)
        for number, field in enumerate(resource.fields.values()):
            cells = _cells_of(field, resource) | (of_resource if number == 0 else {"class_code": of_resource["class_code"]})
            yield [_plain(column.write(cells.get(column.key, ""))) for column in COLUMNS]


def _cells(resource: Resource) -> dict[str, str]:
    return {
        "class_code": resource.class_code or "", "name_zh": resource.name.zh, "provider": resource.agency.name.zh,
        "provider_code": resource.agency.code or "", "abstract": resource.abstract, "mode": resource.mode or "",
        "sharing_type": resource.sharing_type, "sharing_condition": resource.sharing_condition, "legal_ground": resource.legal_ground,
        "sharing_method": resource.sharing_method, "openness": resource.openness, "open_condition": resource.open_condition,
        "update_frequency": resource.update_frequency,
        "published_on": "" if resource.published_on is None else resource.published_on.isoformat(),
        "related_codes": resource.related_codes, "id": resource.id, "code": resource.code or "", "name_en": resource.name.en,
        "agency": resource.agency.id, "agency_en": resource.agency.name.en, "steward": resource.steward,
        STATE.key: CONNECTED if resource.is_connected else DESCRIBED,
    }  # fmt: skip


def _cells_of(field: Field, resource: Resource) -> dict[str, str]:
    cells = {
        "label": field.label.zh, "type": field.type, "length": field.length, "field": field.name, "label_en": field.label.en,
        "privacy": field.privacy.value,
    }  # fmt: skip
    if (field.sharing_type, field.legal_ground) != (resource.sharing_type, resource.legal_ground):
        cells |= {"item_sharing": field.sharing_type, "item_ground": field.legal_ground}
    return cells


def _plain(cell: str) -> str:
    return f"'{cell}" if cell.startswith(RECKONED) else cell
