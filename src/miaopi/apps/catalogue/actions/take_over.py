"""Taking a national table over: whole or not at all, in one transaction with one entry."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from miaopi.apps.audit.api import Actor, act
from miaopi.apps.catalogue.actions.fill import Imported, Kept, Wanted, count, fill_catalogue, read_kept
from miaopi.apps.catalogue.adapters.columns import BY_KEY
from miaopi.apps.catalogue.adapters.mistakes import (
    TAKEN,
    TAKEN_BY_AGENCY,
    TWO_CODES,
    TWO_PROVIDERS,
    Notes,
    Wrong,
    wrong,
)
from miaopi.apps.catalogue.adapters.national_table import Item, Listed, NationalTable, name_of
from miaopi.apps.catalogue.events import CatalogueImported
from miaopi.apps.catalogue.queries.resources import lock_catalogue
from miaopi.apps.catalogue.queries.rows import AgencyRow, FieldRow, ResourceRow, list_keys
from miaopi.apps.identity.api import Right, authorise
from miaopi.kernel.decision import Privacy


def import_catalogue(*, table: NationalTable, by: Actor, now: datetime) -> Imported:
    """Make the resources that the table names say what it says; those that it does not name stay.

    What a table leaves unsaid in the columns of this platform stays as it is; of a new item nobody classified the privacy class is the
    strictest. A table makes no source answer: a new resource is described only. Raises TableError, RightsError.
    """
    authorise(by, Right.SEED_CATALOGUE)
    with act(by=by, now=now) as unit:
        lock_catalogue()
        known = _Known(list_keys())
        known.check(table)
        kept = read_kept([known.id_of(listed) for listed in table.resources])
        wanted = _wanted(table, known, kept)
        change = fill_catalogue(wanted, kept, now)
        result = count(wanted, change)
        if change:
            unit.record(
                CatalogueImported(digest=table.digest, agencies=result.agencies, added=result.added, changed=result.changed)
            )
    return result


class _Known:
    """Which resource a code belongs to: whoever gives no id means the one that has the code."""

    def __init__(self, keys: Mapping[str, tuple[str | None, str | None]]) -> None:
        self.keys = keys
        self.by_class_code = {class_code: id for id, (class_code, _) in keys.items() if class_code}
        self.by_code = {code: id for id, (_, code) in keys.items() if code}

    def id_of(self, listed: Listed) -> str:
        if listed.id:
            return listed.id
        return self.by_class_code.get(listed.class_code) or "c" + listed.class_code.replace("/", "_")

    def check(self, table: NationalTable) -> None:
        """Raises TableError where two resources would have one code or one id."""
        notes, ids, codes = Notes(), dict[str, int](), dict[str, int]()
        for listed in table.resources:
            id = self.id_of(listed)
            if id in ids:
                notes.note(listed.row, BY_KEY["id"].zh, _twice(ids[id]))
            if listed.code and listed.code in codes:
                notes.note(listed.row, BY_KEY["code"].zh, _twice(codes[listed.code]))
            if self.by_class_code.get(listed.class_code, id) != id:
                notes.note(listed.row, BY_KEY["class_code"].zh, TAKEN)
            if listed.code and self.by_code.get(listed.code, id) != id:
                notes.note(listed.row, BY_KEY["code"].zh, TAKEN)
            ids[id] = listed.row
            if listed.code:
                codes[listed.code] = listed.row
        notes.settle()


def _twice(row: int) -> Wrong:
    return wrong(f"与第{row}行重复。", f"row {row} has it too.", "请核对。", "Check it.")


def _wanted(table: NationalTable, known: _Known, kept: Kept) -> Wanted:
    agencies = _agencies(table, kept)
    resources, fields = [], []
    for listed in table.resources:
        id = known.id_of(listed)
        row = _resource(listed, id, agencies[listed.provider_code].id, kept.resources.get(id))
        resources.append(row)
        fields.extend(_fields(listed, row, kept))
    return Wanted(tuple({row.id: row for row in agencies.values()}.values()), resources, fields)


def _agencies(table: NationalTable, kept: Kept) -> Mapping[str, AgencyRow]:
    """By provider code: the agency of that id, else of that code, else of that name, else a new one."""
    notes = Notes()
    by_code = {row.code: row for row in kept.agencies.values() if row.code}
    by_name = {row.name_zh: row for row in kept.agencies.values()}
    found: dict[str, AgencyRow] = {}
    for listed in table.resources:
        before = found.get(listed.provider_code)
        if before is not None:
            if before.name_zh != listed.provider or (listed.agency and listed.agency != before.id):
                notes.note(listed.row, BY_KEY["provider"].zh, TWO_PROVIDERS)
            continue
        own = (
            kept.agencies.get(listed.agency) if listed.agency else by_code.get(listed.provider_code) or by_name.get(listed.provider)
        )
        holder = by_code.get(listed.provider_code, own)
        if holder is not None and (own is None or own.id != holder.id):
            notes.note(listed.row, BY_KEY["provider_code"].zh, TAKEN_BY_AGENCY)
        id = listed.agency or (own.id if own else listed.provider_code.lower())
        name_en = listed.agency_en or (own.name_en if own else listed.provider)
        found[listed.provider_code] = AgencyRow(id, listed.provider, name_en, listed.provider_code)
    ids = {row.id for row in found.values()}
    if len(ids) != len(found):
        notes.note(1, BY_KEY["provider_code"].zh, TWO_CODES)
    notes.settle()
    return found


def _resource(listed: Listed, id: str, agency: str, kept: ResourceRow | None) -> ResourceRow:
    return ResourceRow(
        id=id, code=listed.code or (kept.code if kept else None), class_code=listed.class_code, agency_id=agency,
        name_zh=listed.name_zh, name_en=listed.name_en or (kept.name_en if kept else listed.name_zh),
        sharing_method=listed.sharing_method, update_frequency=listed.update_frequency, sharing_type=listed.sharing_type,
        sharing_condition=listed.sharing_condition, legal_ground=listed.legal_ground, openness=listed.openness,
        open_condition=listed.open_condition, mode=listed.mode, abstract=listed.abstract, published_on=listed.published_on,
        related_codes=listed.related_codes, steward=listed.steward or (kept.steward if kept else ""),
        is_connected=kept.is_connected if kept else False,
    )  # fmt: skip


def _fields(listed: Listed, resource: ResourceRow, kept: Kept) -> list[FieldRow]:
    before = kept.fields.get(resource.id, {})
    by_label = {field.name_zh: field for field in before.values()}
    rows = []
    for position, item in enumerate(listed.items, 1):
        same = before.get(f"{resource.id}.{item.field}") if item.field else by_label.get(item.label)
        name = item.field or (same.name if same else name_of(item.label))
        sharing_type, ground = _sharing(item, resource, same, kept.resources.get(resource.id))
        rows.append(
            FieldRow(
                f"{resource.id}.{name}", resource.id, name, item.label, item.label_en or (same.name_en if same else item.label),
                item.privacy or (same.privacy if same else Privacy.SENSITIVE.value), sharing_type, ground, position, item.type, item.length,
            )
        )  # fmt: skip
    return rows


def _sharing(item: Item, resource: ResourceRow, same: FieldRow | None, before: ResourceRow | None) -> tuple[str, str]:
    """That of the row, else the field's own from before – a sealed field stays sealed –, else that of its resource."""
    if item.sharing_type is not None:
        return item.sharing_type, item.legal_ground or ""
    if same and before and (same.sharing_type, same.legal_ground) != (before.sharing_type, before.legal_ground):
        return same.sharing_type, same.legal_ground
    return resource.sharing_type, resource.legal_ground
