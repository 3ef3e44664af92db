"""The end of the log, for those who watch what happens now; and stretches of it, for those who watch over whoever looks."""

from __future__ import annotations

import json
from collections.abc import Collection, Sequence
from typing import Final

from django.db.models import Max, Q

from miaopi.apps.audit.models import Entry
from miaopi.apps.audit.queries.entries import LoggedEntry
from miaopi.apps.audit.queries.looks import list_attempts
from miaopi.apps.audit.queries.tree import count_numbered
from miaopi.kernel.frozen import frozen

LOOKED_THROUGH: Final = 20_000  # entries from the end: a page is quick however long the log is
MOST: Final = 3_000
STRETCH: Final = 5_000  # positions


@frozen
class Stretch:
    """The looks and the refused looks at positions from `first` to before `end`, the latest first; deferred ones are among them."""

    first: int
    end: int
    looks: Sequence[LoggedEntry]


def list_latest_entries(kinds: Collection[str], *, most: int = MOST) -> tuple[list[LoggedEntry], bool]:
    """The latest entries of these kinds, the last one first, without their positions; and whether there may be more before them."""
    last = Entry.objects.aggregate(last=Max("id"))["last"] or 0
    since = max(0, last - LOOKED_THROUGH)
    rows = Entry.objects.filter(id__gt=since, kind__in=list(kinds)).order_by("-id").values_list("at", "kind", "entry")[:most]
    written = [(at, kind, json.loads(entry)) for at, kind, entry in rows]
    found = [LoggedEntry(None, at, kind, entry["actor"], entry["body"]) for at, kind, entry in written]
    return found, len(found) == most or since > 0


def list_stretch(*, before: int | None = None, most: int = STRETCH) -> Stretch:
    """The looks in the last `most` positions of the log, or in those before a position. For whoever watches over those who look."""
    size = count_numbered()
    end = size if before is None else min(before, size)
    first = max(0, end - most)
    rows = Entry.objects.filter(Q(is_access=True) | Q(kind__in=list_attempts()), position__seq__gte=first, position__seq__lt=end)
    found = rows.order_by("-position__seq").values_list("position__seq", "at", "kind", "entry")
    written = [(seq, at, kind, json.loads(entry)) for seq, at, kind, entry in found]
    return Stretch(first, end, [LoggedEntry(seq, at, kind, entry["actor"], entry["body"]) for seq, at, kind, entry in written])
