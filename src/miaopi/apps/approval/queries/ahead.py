"""What happens next in a case, and when, for each of the seven outcomes: dates and names, no words of a page."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime, timedelta
from typing import Any, Final

from miaopi.apps.application.api import Application, count_ahead
from miaopi.apps.approval.models import Claim, DecisionRow, Referral, Waiting
from miaopi.apps.approval.queries.cases import CORRECTION, find_referral, is_held
from miaopi.apps.approval.queries.decisions import find_review_of, find_waiting
from miaopi.apps.approval.queries.queues import compute_queue
from miaopi.apps.catalogue.api import find_published
from miaopi.definitions import ServicePackage
from miaopi.kernel.calendar import add_months, compute_legal_day
from miaopi.kernel.decision import Outcome
from miaopi.kernel.frozen import frozen
from miaopi.kernel.lifecycle import State
from miaopi.kernel.wording import Text

Json = Any  # what json.loads gives
REVIEWED: Final = frozenset({Outcome.APPROVE, Outcome.REFUSE, Outcome.REDIRECT, Outcome.SUPPLEMENT})
RECONSIDERATION: Final = timedelta(days=60)  # 行政复议法 第二十条
LITIGATION: Final = 6  # months, 行政诉讼法 第四十六条


@frozen
class Cure:
    """One defect to cure: at a field of the form, or, with an empty `fact`, at none."""

    fact: str
    label: Text | None
    code: str
    text: Text
    remedy: Text

    def to_json(self) -> dict[str, Json]:
        return {"fact": self.fact or None, "label": self.label and self.label.to_json(), "code": self.code, "text": self.text.to_json(),
                "remedy": self.remedy.to_json()}


@frozen
class Remedy:
    """A way beyond this house against a refusal, open until a day: `reconsideration` (行政复议) or `litigation` (行政诉讼)."""

    kind: str
    until: date
    instrument: str
    article: str

    def to_json(self) -> dict[str, Json]:
        return {"kind": self.kind, "until": self.until.isoformat(), "basis": {"instrument": self.instrument, "article": self.article}}


@frozen
class Ahead:
    """What comes next. Only what the outcome has is set.

    A person decides (refer, or a review that runs): `due_at`, `queue`, `is_taken`; `stopped_at` while the clock stands.
    A source is silent: `next_try_at`, `patience_until`. A lawful period runs: `until` is its last day. Waiting list:
    `position` from 1. Redirect: `next` as the rules name it, `next_service` and `next_name` if it is a service here,
    `open_case` if it is a case of her own. Supplement: `cures`. `can_review`: one tap asks a person now; a review that was
    asked for has `review_requested_at` and, once decided, `review_result` (upheld or replaced) and `reviewed_at`. `is_corrected`: a record
    was corrected, and a person looks whether what was decided may stand.
    """

    due_at: datetime | None = None
    queue: Text | None = None
    is_taken: bool = False
    is_overdue: bool = False
    stopped_at: datetime | None = None
    next_try_at: datetime | None = None
    patience_until: datetime | None = None
    until: date | None = None
    position: int | None = None
    next: str = ""
    next_service: str = ""
    next_name: Text | None = None
    open_case: str = ""
    cures: tuple[Cure, ...] = ()
    can_review: bool = False
    review_requested_at: datetime | None = None
    reviewed_at: datetime | None = None
    review_result: str = ""
    is_corrected: bool = False
    remedies: tuple[Remedy, ...] = ()

    def to_json(self) -> dict[str, Json]:
        return {
            "due_at": _iso(self.due_at), "queue": self.queue and self.queue.to_json(), "taken": self.is_taken, "overdue": self.is_overdue,
            "clock_stopped_at": _iso(self.stopped_at), "next_try_at": _iso(self.next_try_at), "patience_until": _iso(self.patience_until),
            "until": self.until and self.until.isoformat(), "position": self.position, "next": self.next or None,
            "next_service": self.next_service or None, "next_name": self.next_name and self.next_name.to_json(),
            "open_case": self.open_case or None, "cures": [each.to_json() for each in self.cures], "can_review": self.can_review,
            "review_requested_at": _iso(self.review_requested_at), "reviewed_at": _iso(self.reviewed_at),
            "review_result": self.review_result or None, "corrected": self.is_corrected,
            "remedies": [each.to_json() for each in self.remedies],
        }


def compute_ahead(
    application: Application, decision: DecisionRow, package: ServicePackage | None, *, reasons: tuple[Json, ...],
    values: Mapping[str, Json], now: datetime,
) -> Ahead:
    """What comes after the decision that counts; nothing but a review's answer for a case that was withdrawn."""
    review = find_review_of(application.number)
    told: dict[str, Json] = {}
    if review is not None:
        told |= {"review_requested_at": review.requested_at, "review_result": review.result,
                 "reviewed_at": review.answer.decided_at if review.answer else None}
    if application.state == State.WITHDRAWN.value:
        return Ahead(**told)
    outcome, referral = Outcome(decision.outcome), find_referral(application.number)
    if referral is not None:
        told |= _with_a_person(referral, package, now)
    told["can_review"] = outcome in REVIEWED and not decision.decided_by and (review is None or review.decision_id != decision.id)
    match outcome:
        case Outcome.WAIT:
            told |= _waiting(find_waiting(application.number), values)
        case Outcome.WAITLIST:
            told["position"] = count_ahead(application) + 1
        case Outcome.REDIRECT:
            told |= _elsewhere(application, package, values, now)
        case Outcome.SUPPLEMENT:
            told["cures"] = _cures(reasons, package)
        case Outcome.REFUSE:
            day = compute_legal_day(decision.decided_at)
            told["remedies"] = (
                Remedy("reconsideration", day + RECONSIDERATION, "行政复议法", "第二十条"),
                Remedy("litigation", add_months(day, LITIGATION), "行政诉讼法", "第四十六条"),
            )
        case Outcome.APPROVE | Outcome.REFER:
            pass
    return Ahead(**told)


def _with_a_person(referral: Referral, package: ServicePackage | None, now: datetime) -> dict[str, Json]:
    return {
        "due_at": referral.due_at, "queue": compute_queue(package).name if package is not None else None,
        "is_taken": is_held(referral, now), "stopped_at": referral.stopped_at,
        "is_overdue": referral.stopped_at is None and referral.due_at < now, "is_corrected": referral.kind == CORRECTION,
    }


def _waiting(waiting: Waiting | None, values: Mapping[str, Json]) -> dict[str, Json]:
    if waiting is None:
        return {}
    if waiting.sources:
        return {"next_try_at": waiting.due_at, "patience_until": waiting.patience_until}
    until = values.get("until")
    last = date.fromisoformat(until) if isinstance(until, str) else compute_legal_day(waiting.due_at) - timedelta(days=1)
    return {"next_try_at": waiting.due_at, "until": last}


def _elsewhere(application: Application, package: ServicePackage | None, values: Mapping[str, Json], now: datetime) -> dict[str, Json]:
    """Where to go on: the service that the rules name, and her own case that is open already, here or in the agency's register (`no`)."""
    told: dict[str, Json] = {}
    name = values.get("next")
    if isinstance(name, str) and name:
        published = find_published(name, now)
        told |= {"next": name, "next_service": published.slug if published else "", "next_name": published.name if published else None}
    kinds = [claim.kind for claim in package.claims] if package is not None else []
    if kinds:
        held = Claim.objects.filter(kind__in=kinds, key=application.applicant).exclude(number=application.number).first()
        told["open_case"] = held.number if held is not None else ""
    if not told.get("open_case") and isinstance(values.get("no"), str):
        told["open_case"] = values["no"]
    return told


def _cures(reasons: tuple[Json, ...], package: ServicePackage | None) -> tuple[Cure, ...]:
    """Every defect at its field; one without a field once."""
    specs = package.definition.facts if package is not None else {}
    return tuple(
        Cure(fact, specs[fact].label if fact in specs else None, reason["code"], Text(**reason["text"]), Text(**reason["remedy"]))
        for reason in reasons
        for fact in (reason["facts"] or [""])
    )


def _iso(moment: datetime | None) -> str | None:
    return None if moment is None else moment.isoformat()
