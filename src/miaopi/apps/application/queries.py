"""Reads of cases. Whoever is not the owner gets the answer of a number that does not exist."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Final

from django.db.models import Q

from miaopi.apps.application.models import Application
from miaopi.apps.audit.api import Actor, ActorKind
from miaopi.kernel.decision import Outcome
from miaopi.kernel.errors import NotFound
from miaopi.kernel.lifecycle import State
from miaopi.kernel.wording import Text

# 23 letters, a prime: with 16 distinct weights below it every wrong character and every swapped pair changes the check.
LETTERS: Final = "ABCDEFGHJKLMNPQRSTUVWXY"
FORM: Final = re.compile(rf"\d{{8}}-[{LETTERS}]{{9}}")
UNSEEN: Final = Text(zh="没有这个编号的办件，请核对编号。", en="There is no application of this number; please check it.")


def compute_check_letter(number: str) -> str:
    """The last letter of a number whose first 17 characters are `YYYYMMDD-` and eight letters."""
    values = [int(mark) for mark in number[:8]] + [LETTERS.index(mark) for mark in number[9:17]]
    return LETTERS[sum(weight * value for weight, value in enumerate(values, start=1)) % len(LETTERS)]


def is_number(text: str) -> bool:
    """Whether this is written like a number and its check letter fits; says nothing of whether the case exists."""
    return FORM.fullmatch(text) is not None and compute_check_letter(text) == text[17]


def _owned_by(reader: Actor) -> Q:
    """The WHERE clause of ownership: a person sees what she is applicant of; the house's own processes see all."""
    match reader.kind:
        case ActorKind.PERSON:
            return Q(applicant=reader.party)
        case ActorKind.RULE_SET | ActorKind.SYSTEM:
            return Q()
        case _:
            return Q(pk__in=())


def find_application(*, number: str, reader: Actor) -> Application | None:
    written = number.strip().upper()
    if not is_number(written):
        return None
    return Application.objects.filter(_owned_by(reader), number=written).first()


def get_application(*, number: str, reader: Actor) -> Application:
    """The case if `reader` may know of it, else `NotFound`."""
    found = find_application(number=number, reader=reader)
    if found is None:
        raise NotFound(UNSEEN)
    return found


def lock_application(number: str) -> Application:
    """The case as it stands: nobody moves it until the transaction ends. For whoever was judged already; raises NotFound."""
    found = Application.objects.select_for_update(no_key=True).filter(number=number).first()
    if found is None:
        raise NotFound(UNSEEN)
    return found


def list_applications(*, reader: Actor, limit: int = 50, before: str | None = None) -> list[Application]:
    """The reader's cases, newest first; `before` is the number at which the last page ended. NotFound for another's."""
    mine = Application.objects.filter(_owned_by(reader))
    if before is not None:
        last = get_application(number=before, reader=reader)
        mine = mine.filter(Q(opened_at__lt=last.opened_at) | Q(opened_at=last.opened_at, number__lt=last.number))
    return list(mine.order_by("-opened_at", "-number")[:limit])


def list_states(numbers: Iterable[str]) -> Mapping[str, State]:
    """Where cases stand, by number, for whoever was judged already."""
    rows = Application.objects.filter(number__in=list(numbers)).values_list("number", "state")
    return {number: State(state) for number, state in rows}


def count_ahead(application: Application) -> int:
    """How many cases of the same service stand on its waiting list before this one: who filed first is first."""
    listed = Application.objects.filter(service=application.service, state=State.WAITING.value, outcome=Outcome.WAITLIST.value)
    before = Q(confirmed_at__lt=application.confirmed_at) | Q(confirmed_at=application.confirmed_at, number__lt=application.number)
    return listed.filter(before).count()
