"""When the person sees a look: what its entry says of that, and how a named official moves the moment."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Final

from miaopi.apps.audit.api import Actor, act, defer_again, show_now
from miaopi.apps.exchange import models
from miaopi.apps.exchange.actions.grounds import Duty, Ground
from miaopi.apps.exchange.actions.words import require_words
from miaopi.apps.exchange.events import DeferralRenewed, LooksReleased
from miaopi.apps.exchange.queries.visibility import (
    Deferral,
    Hiding,
    Shown,
    compute_deferral,
    compute_longest,
    count_longest_months,
    count_renewals_allowed,
    is_released,
    lock_deferral,
)
from miaopi.apps.identity.api import Right, authorise
from miaopi.kernel.errors import InputError
from miaopi.kernel.frozen import frozen
from miaopi.kernel.wording import Text


@frozen
class Showing:
    """What an entry says of when its subject sees it. Without a moment, a deferral waits until it is released."""

    shown: str = str(Shown.IMMEDIATE)
    shown_from: datetime | None = None
    deferral: str = ""


SHOWN_AT_ONCE: Final = Showing()
FIRST: Final = datetime.min.replace(tzinfo=UTC)


def compute_showing(hiding: Hiding | None, ground: Ground | Duty, now: datetime) -> Showing:
    """Whoever gave her consent sees at once what came of it, whatever an agreement says; so does whoever a day is over for, or whose
    matter was released."""
    if hiding is None or ground.receipt:
        return SHOWN_AT_ONCE
    shown_from = hiding.visibility.compute_release(now)
    if shown_from is not None and shown_from <= now:
        return SHOWN_AT_ONCE
    deferral = hiding.compute_deferral(ground.application)
    return SHOWN_AT_ONCE if is_released(deferral) else Showing(str(hiding.visibility.shown), shown_from, deferral)


def compute_last(showings: Iterable[Showing]) -> Showing:
    """The one of them that is shown last: what tells of all of these looks is shown with it."""
    return max(showings, key=lambda each: (bool(each.deferral), each.shown_from is None, each.shown_from or FIRST), default=SHOWN_AT_ONCE)


def note_deferrals(hidings: Iterable[Hiding], ground: Ground | Duty, now: datetime) -> None:
    """A row for each matter in which something is not shown at once, so that it can be renewed and released. Part of an act."""
    hidden = {showing.deferral: hiding for hiding in hidings if (showing := compute_showing(hiding, ground, now)).deferral}
    if hidden:
        rows = [
            models.Deferral(id=deferral, agreement_id=hiding.agreement, matter=ground.application, opened_at=now)
            for deferral, hiding in hidden.items()
        ]
        models.Deferral.objects.bulk_create(rows, ignore_conflicts=True)


def renew_deferral(*, deferral: str, until: datetime, reason: str, by: Actor, now: datetime) -> Deferral:
    """Let the looks of a matter that are not shown yet be shown no earlier than `until`.

    Raises InputError beyond the longest time, for the third time, or where nothing is deferred any more; RightsError; NotFound.
    """
    authorise(by, Right.RENEW_DEFERRAL)
    require_words("reason", reason)
    months, most = count_longest_months(), count_renewals_allowed()
    if not now < until <= compute_longest(now):
        raise _cannot("until", f"续期须在今后{months}个月之内。", f"looks are deferred by no more than {months} months at a time.")
    with act(by=by, now=now) as unit:
        row = lock_deferral(deferral, by=by)
        if row.renewals >= most:
            raise _cannot("deferral", f"已续期{most}次，不能再续。", f"it was renewed {most} times, and is not renewed again.")
        looks = defer_again(deferral=row.id, until=until, most=most, by=by, now=now)
        if not looks:
            raise _cannot("deferral", "没有早于这个时间显示的查询。", "no look of it would be shown before that time.")
        row.renewals, row.until, row.reason, row.decided_by = row.renewals + 1, until, reason, by.signed_as
        row.save(update_fields=("renewals", "until", "reason", "decided_by"))
        unit.record(DeferralRenewed(deferral_of=row.id, agreement=row.agreement_id, until=until, looks=looks))
    return compute_deferral(row)


def release_looks(*, deferral: str, ground: str, by: Actor, now: datetime) -> Deferral:
    """Show the looks of a matter from now on, by the decision (`ground`) of a court or an authority.

    Raises InputError where all are shown already, RightsError, NotFound.
    """
    authorise(by, Right.RELEASE_LOOKS)
    require_words("ground", ground)
    with act(by=by, now=now) as unit:
        row = lock_deferral(deferral, by=by)
        looks = show_now(deferral=row.id, by=by, now=now)
        if not looks:
            raise _cannot("deferral", "没有未显示的查询。", "all looks of it are shown already.")
        row.released_at, row.reason, row.decided_by = now, ground, by.signed_as
        row.save(update_fields=("released_at", "reason", "decided_by"))
        unit.record(LooksReleased(deferral_of=row.id, agreement=row.agreement_id, ground=ground, looks=looks))
    return compute_deferral(row)


def _cannot(field: str, zh: str, en: str) -> InputError:
    return InputError(field, Text(zh=zh, en=en), Text(zh="请查看现状。", en="Look at how it stands."))
