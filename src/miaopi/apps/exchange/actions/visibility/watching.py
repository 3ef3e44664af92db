"""An auditor watches over those who look. What she opens is an entry like any other look; she sees pseudonyms, and no value of anybody."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from typing import Final

from miaopi.apps.audit.api import (
    Actor,
    LoggedEntry,
    Proof,
    Stretch,
    act,
    get_any_entry,
    list_stretch,
    prove_any,
)
from miaopi.apps.exchange.events import EntryRead, SharingWatched
from miaopi.apps.identity.api import Right, authorise, list_avoided_subjects
from miaopi.kernel.errors import NotFound
from miaopi.kernel.wording import Text

LARGEST: Final = 2**62
NO_SUCH_ENTRY: Final = Text(zh="账本里没有这一条。", en="The log has no such entry.")


def watch_sharing(*, page: str, by: Actor, now: datetime) -> None:
    """Write down that an auditor opened a page of the watch. What it lists is about nobody whom it names, so it has no subject."""
    authorise(by, Right.READ_LOG)
    with act(by=by, now=now) as unit:
        unit.record(SharingWatched(page=page, staff=by.id))


def read_stretch(*, page: str, before: int | None, by: Actor, now: datetime) -> Stretch:
    """The looks in the latest stretch of the log, or in the one before a position, without those at persons whom she must avoid: what is
    kept from somebody is kept from her at her desk too. Raises RightsError."""
    watch_sharing(page=page, by=by, now=now)
    stretch, avoided = list_stretch(before=before), list_avoided_subjects(by.id)
    return replace(stretch, looks=[look for look in stretch.looks if not look.concerns(avoided)])


def read_entry(*, seq: int, by: Actor, now: datetime) -> LoggedEntry:
    """One entry, a deferred one too. Raises NotFound, for one about or by a person whom she must avoid too."""
    authorise(by, Right.READ_LOG)
    return _read(seq, by, now)


def read_proof(*, seq: int, by: Actor, now: datetime) -> Proof:
    """Its proof (DESIGN.md §7.4). Raises NotFound as `read_entry`, and while no checkpoint covers it."""
    authorise(by, Right.READ_LOG)
    _read(seq, by, now)
    return prove_any(seq)


def _read(seq: int, by: Actor, now: datetime) -> LoggedEntry:
    """Whom it is about sees that it was read – unless she does not see yet that it is there. That she tried what is not hers is written
    down, without the place."""
    if not 0 <= seq < LARGEST:
        raise NotFound(NO_SUCH_ENTRY)
    entry = get_any_entry(seq)
    subject, avoided = str(entry.body.get("subject") or ""), list_avoided_subjects(by.id)
    if entry.concerns(avoided):
        watch_sharing(page="avoided", by=by, now=now)
        raise NotFound(NO_SUCH_ENTRY)
    is_hidden = bool(entry.body.get("deferral")) and (entry.shown_from is None or entry.shown_from > now)
    with act(by=by, now=now) as unit:
        unit.record(EntryRead(position=seq, entry_kind=entry.kind, staff=by.id, subject=None if is_hidden or not subject else subject))
    return entry
