"""When deferred looks are shown: later, if somebody may say so again, or at once. Whoever calls this records it, in the same act."""

from __future__ import annotations

from datetime import datetime

from django.db.models import F, Q

from miaopi.apps.audit.actions.act import act
from miaopi.apps.audit.events import Actor
from miaopi.apps.audit.models import Release


def defer_again(*, deferral: str, until: datetime, most: int, by: Actor, now: datetime) -> int:
    """Show the looks of this deferral no earlier than `until`; how many that concerns.

    What is shown already stays so, what is never shown by time alone too, and nothing is moved more than `most` times.
    """
    with act(by=by, now=now):
        waiting = Release.objects.filter(
            entry__deferral=deferral, shown_from__gt=now, shown_from__lt=until, renewals__lt=most
        )
        return waiting.update(shown_from=until, renewals=F("renewals") + 1)


def show_now(*, deferral: str, by: Actor, now: datetime) -> int:
    """Show all looks of this deferral from now on; how many that concerns."""
    with act(by=by, now=now):
        hidden = Release.objects.filter(Q(shown_from=None) | Q(shown_from__gt=now), entry__deferral=deferral)
        return hidden.update(shown_from=now)
