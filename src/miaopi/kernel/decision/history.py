"""What the law said when: entries of a history in their order, which of them is in force on a day, and what could be known of it.

A parameter, a condition and a table change alike: yesterday's entry stays, the new one stands below it.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from itertools import pairwise
from typing import Final, Protocol, TypeVar

from miaopi.kernel.errors import DefinitionError, InputError
from miaopi.kernel.wording import Text

ALWAYS: Final = date.min  # the beginning of what has no first day


class Dated(Protocol):
    """In force from `since` until before `until`; `published` is when anyone could know of it, left out: from its first day."""

    @property
    def since(self) -> date: ...

    @property
    def until(self) -> date | None: ...

    @property
    def published(self) -> date | None: ...


Entry = TypeVar("Entry", bound=Dated)


def require_order(name: str, history: Sequence[Dated]) -> None:
    """Raises DefinitionError where an entry ends before it begins, two overlap, or a hole lies between them."""
    for entry in history:
        if entry.until is not None and entry.until <= entry.since:
            raise DefinitionError(name, f"it ends on {entry.until}, before it begins")
    for earlier, later in pairwise(history):
        if later.since <= earlier.since or (earlier.until is not None and earlier.until > later.since):
            raise DefinitionError(name, f"the one from {later.since} overlaps the one from {earlier.since}")
        if earlier.until is not None and earlier.until < later.since:
            raise DefinitionError(name, f"nothing is in force from {earlier.until} until {later.since}")


def find_in_force(history: Sequence[Entry], day: date, known_at: date | None = None) -> Entry | None:
    """The entry in force on that day, as far as published by `known_at`; `None` where there is none.

    Before the next entry was published nobody knew that it would end this one.
    """
    unforeseen: list[date] = []
    for entry in reversed(history):
        if known_at is not None and (entry.published or entry.since) > known_at:
            unforeseen.append(entry.since)
        elif entry.since <= day:
            return entry if entry.until is None or day < entry.until or entry.until in unforeseen else None
    return None


def no_law(name: str, what: Text, history: Sequence[Dated], day: date, known_at: date | None) -> InputError:
    """Nothing is in force on that day: says since when something is, or from when it could be known."""
    first = history[0]
    if known_at is not None and find_in_force(history, day) is not None:
        published = first.published or first.since
        return InputError(
            "known_at",
            Text(zh=f"截至 {known_at}，{day} 的{what.zh}尚未公布。", en=f"by {known_at} no {what.en} for {day} was published."),
            Text(zh=f"请选择 {published} 以后的日期。", en=f"Choose a day from {published}."),
        )
    return InputError(
        "as_of",
        Text(zh=f"{day} 没有生效的{what.zh}。", en=f"no {what.en} is in force on {day}."),
        Text(zh=f"“{name}”自 {first.since} 起施行，请选择此后的日期。", en=f"{name} begins on {first.since}; choose a day from then on."),
    )
