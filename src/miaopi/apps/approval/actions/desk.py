"""An officer at her desk: she takes a case, reads it, puts it back. What she holds is hers for a while, not for ever."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Final

from django.conf import settings
from django.db.models import Q

from miaopi.apps.application.api import find_application
from miaopi.apps.approval.actions.case import Case, reopen_case
from miaopi.apps.approval.events import CasePutBack, CaseRead, CaseTaken, LogRead
from miaopi.apps.approval.models import Referral
from miaopi.apps.approval.queries.cases import (
    HOUSE,
    CaseView,
    Desk,
    compute_kind,
    compute_view,
    get_referral,
    is_held,
    list_facts,
    open_desk,
)
from miaopi.apps.approval.queries.decisions import get_latest
from miaopi.apps.audit.api import Actor, LoggedEntry, act, list_all_entries
from miaopi.apps.catalogue.api import get_service
from miaopi.apps.identity.api import Right, pseudonym
from miaopi.kernel.decision.case import open_case
from miaopi.kernel.decision.outcomes import to_plain
from miaopi.kernel.decision.precedence import Judgement
from miaopi.kernel.errors import InputError, NotFound
from miaopi.kernel.wording import Text

NO_SUCH_LOG: Final = Text(zh="没有这个编号的办件。", en="There is no case of this number.")
LEASE: Final = timedelta(hours=2)  # each look at the case renews it; who disappears gives it back by that


def take_case(*, number: str, by: Actor, now: datetime) -> Referral:
    """Take a free case of one's queues, for two hours that each look renews. Of two who take it at once, one gets it.

    NotFound for a case of no queue of hers, or that she must avoid; InputError for one that another holds, that waits
    for the applicant, or that she decided herself and another must confirm.
    """
    desk = open_desk(by, Right.TAKE_CASE)
    standing = get_referral(number, desk)
    lapsed = standing.taken_by if standing.taken_by not in {"", by.id} and not is_held(standing, now) else None
    free = Q(taken_by="") | Q(lease_until__lte=now) | Q(taken_by=by.id)
    with act(by=by, now=now) as unit:
        taken = Referral.objects.filter(free, id=standing.id, closed_at=None, stopped_at=None).exclude(proposed_by=by.id)
        if taken.update(taken_by=by.id, taken_at=now, lease_until=now + LEASE) != 1:
            raise _not_free_error(get_referral(number, desk), by)
        unit.record(CaseTaken(number=standing.number, staff=by.id, until=now + LEASE, subject=pseudonym(standing.applicant), lapsed=lapsed))
    return get_referral(number, desk)


def put_back_case(*, number: str, by: Actor, now: datetime) -> Referral:
    """Give a case back to its queue; its clock goes on. InputError unless she holds it."""
    desk = open_desk(by, Right.TAKE_CASE)
    standing = get_held(number, desk, by=by, now=now)
    with act(by=by, now=now) as unit:
        if not Referral.objects.filter(id=standing.id, closed_at=None, taken_by=by.id).update(taken_by="", taken_at=None, lease_until=None):
            raise not_held_error()
        unit.record(CasePutBack(number=standing.number, staff=by.id, subject=pseudonym(standing.applicant)))
    return get_referral(number, desk)


def read_case(*, number: str, by: Actor, now: datetime) -> CaseView:
    """One case of one's queues, with the question in front. The look is an entry that its subject can see; it renews a lease."""
    desk = open_desk(by, Right.READ_CASE)
    row = get_referral(number, desk)
    shown = list_facts(row.decision, get_service(row.service, row.version))
    with act(by=by, now=now) as unit:
        Referral.objects.filter(id=row.id, closed_at=None, taken_by=by.id, lease_until__gt=now).update(lease_until=now + LEASE)
        unit.record(CaseRead(
            number=row.number, service=row.service, kind=compute_kind(row), staff=by.id, fields=("name", *(fact.fact for fact in shown)),
            subject=pseudonym(row.applicant),
        ))  # fmt: skip
    row = get_referral(number, desk)
    values, open_ = compute_values(reopen_referred(row))
    return compute_view(row, by=by, now=now, values={name: to_plain(value) for name, value in values.items()}, open_values=open_)


def read_log(*, number: str, by: Actor, now: datetime) -> list[LoggedEntry]:
    """All that the log has of a case, for an auditor. The look is an entry that its subject can see. NotFound for one she must avoid."""
    desk = open_desk(by, Right.READ_LOG)
    application = find_application(number=number, reader=HOUSE)
    if application is None or application.applicant in desk.avoided:
        raise NotFound(NO_SUCH_LOG)
    found = list_all_entries(number=application.number)
    with act(by=by, now=now) as unit:
        unit.record(LogRead(
            number=application.number, service=application.service, kind="audit", staff=by.id, subject=pseudonym(application.applicant),
        ))  # fmt: skip
    return found


def reopen_referred(row: Referral) -> Case:
    """The case of a referral on the latest facts, a corrected record among them, under the rules of the filing day."""
    prior = get_latest(row.number)
    return reopen_case(prior=prior, patience_until=prior.decided_at)


def compute_values(case: Case) -> tuple[Mapping[str, object], Mapping[str, str]]:
    """What an approval holds, as far as the rules know; and the names of what they cannot say, with the type of each."""
    definition = case.definition
    opened = open_case(definition, case.facts, as_of=case.as_of, settings=settings.MIAOPI_CITY.settings, overrides={})
    computed = Judgement(opened).computed
    known = {name: value for name, (finding, value) in computed.items() if finding.value is True}
    return known, {name: str(definition.values[name].type) for name in computed if name not in known}


def get_held(number: str, desk: Desk, *, by: Actor, now: datetime) -> Referral:
    """A case that this officer holds now. NotFound for none of hers, InputError where she does not hold it (any more)."""
    row = get_referral(number, desk)
    if row.taken_by != by.id or not is_held(row, now):
        raise not_held_error()
    return row


def not_held_error() -> InputError:
    return InputError(
        "case",
        Text(zh="您没有领取这个办件，或领取已到时限。", en="you do not hold this case, or held it too long."),
        Text(zh="请先领取再办。", en="Take it first."),
    )


def _not_free_error(standing: Referral, by: Actor) -> InputError:
    if standing.stopped_at is not None:
        return InputError("case", Text(zh="正在等申请人补正，时钟已停。", en="the applicant is asked to supplement; the clock stands."),
                          Text(zh="补正后会自己回到待办。", en="It comes back by itself when she has."))
    if standing.proposed_by == by.id:
        return InputError("case", Text(zh="这是您拟定的决定，须由另一人复核。", en="you decided this case; another officer must confirm."),
                          Text(zh="请等另一人复核。", en="Wait for the second officer."))
    return InputError("case", Text(zh="这个办件已有人领取。", en="somebody else holds this case."),
                      Text(zh="请办下一件。", en="Go on with the next one."))
