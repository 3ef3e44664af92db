"""What a resource was before, and how two of its states differ."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any, Final

from django.db import connection

from miaopi.apps.catalogue import models
from miaopi.apps.catalogue.models import Sharing
from miaopi.kernel.errors import NotFound
from miaopi.kernel.frozen import frozen
from miaopi.kernel.wording import Text

State = Mapping[str, Any]

OPENLY: Final = (Sharing.UNCONDITIONAL.value, Sharing.CONDITIONAL.value, Sharing.NOT_SHARED.value)
OF_THE_STATE: Final = {"version", "changed_at", "fields"}
# A state as it is kept: the columns of the resource `r`, and those of its fields by name.
STATE: Final = """to_jsonb(r) || jsonb_build_object('fields', coalesce((
    SELECT jsonb_object_agg(f.name, to_jsonb(f) - '{id,resource_id,name}'::text[]) FROM catalogue_field f WHERE f.resource_id = r.id
), '{}'))"""


@frozen
class Altered:
    """One column of a resource, or of one of its fields (`field`), that says something else."""

    column: str
    before: object
    after: object
    field: str | None = None


@frozen
class Difference:
    """How the state `newer` of a resource differs from `older`."""

    resource: str
    older: int
    newer: int
    altered: tuple[Altered, ...]
    added: tuple[str, ...]
    removed: tuple[str, ...]

    @property
    def is_breaking(self) -> bool:
        """Whether somebody who reads it as it was may now read less or wrongly: a field gone, of another type, shorter, or shared less."""
        return bool(self.removed) or any(_takes_away(each) for each in self.altered)


def list_versions(resource: str) -> tuple[int, ...]:
    """The numbers of its states, the present one last. Raises NotFound."""
    kept = models.ResourceVersion.objects.filter(resource_id=resource).order_by("version").values_list("version", flat=True)
    return (*kept, _current(resource)["version"])


def get_difference(resource: str, older: int | None = None, newer: int | None = None) -> Difference:
    """Between two of its states: the present one and the one before it, if not told. Raises NotFound."""
    present = int(_current(resource)["version"])
    to = present if newer is None else newer
    since = max(1, to - 1) if older is None else older
    before, after = _state(resource, since), _state(resource, to)
    was, now = before["fields"], after["fields"]
    altered = [Altered(column, before.get(column), value) for column, value in after.items() if column not in OF_THE_STATE
               and before.get(column) != value]  # fmt: skip
    altered += [each for name in now if name in was for each in _altered_field(name, was[name], now[name])]
    gone, new = (name for name in was if name not in now), (name for name in now if name not in was)
    return Difference(resource, since, to, tuple(altered), tuple(sorted(new)), tuple(sorted(gone)))


def _altered_field(name: str, was: State, now: State) -> Iterator[Altered]:
    for column, value in now.items():
        if was.get(column) != value:
            yield Altered(column, was.get(column), value, name)


def _takes_away(altered: Altered) -> bool:
    match altered.column:
        case "sharing_type":
            return OPENLY.index(str(altered.after)) > OPENLY.index(str(altered.before))
        case "type":
            return altered.before not in ("", None)
        case "length":
            return _width(altered.after) < _width(altered.before)
        case _:
            return False


def _width(length: object) -> tuple[int, ...]:
    """`18` as (18,), `12,2` as (12, 2); nothing said is as wide as can be."""
    return tuple(int(part) for part in str(length).split(",")) if length else (10**6,)


def _current(resource: str) -> State:
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT ({STATE})::text FROM catalogue_resource r WHERE id = %s", [resource])
        found = cursor.fetchone()
    if found is None:
        raise NotFound(Text(zh=f"目录中没有资源“{resource}”。", en=f"The catalogue has no resource {resource!r}."))
    state: State = json.loads(found[0])
    return state


def _state(resource: str, version: int) -> State:
    current = _current(resource)
    if current["version"] == version:
        return current
    kept = models.ResourceVersion.objects.filter(resource_id=resource, version=version).values_list("content", flat=True).first()
    if kept is None:
        raise NotFound(Text(zh=f"资源“{resource}”没有第{version}版。", en=f"{resource!r} has no version {version}."))
    state: State = kept
    return state
