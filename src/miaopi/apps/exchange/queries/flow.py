"""What flows: the last looks at an agency's data, and how a day went – by service, field and result, never by person."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterator, Mapping, Sequence
from datetime import datetime

from miaopi.apps.audit.api import LoggedEntry, list_latest_entries
from miaopi.apps.exchange.events import DataPulled, PullRefused
from miaopi.kernel.calendar import compute_legal_day
from miaopi.kernel.frozen import frozen

KINDS = (DataPulled.event_kind, PullRefused.event_kind)
MOST_SHOWN = 60


@frozen
class FlowLine:
    """One look, or one refusal (`code`): who asked for which fields, on which law or consent, and what came of it."""

    at: datetime
    asked_by: str
    service: str
    resource: str
    fields: tuple[str, ...]
    result: str
    code: str
    duty: str


@frozen
class Day:
    """How the present day went for one agency. `is_cut`: only the latest of its looks were counted."""

    pulls: int
    refusals: int
    fields_given: int
    fields_refused: int
    failures: Mapping[tuple[str, str], int]
    is_cut: bool

    @property
    def cut_share(self) -> int:
        """Per cent of the asked fields that were refused."""
        return round(100 * self.fields_refused / max(1, self.fields_given + self.fields_refused))


FAILURES = frozenset({"silent", "doubted", "conflict", "unsaid", "stale"})


def list_flow(*, agency: str, resources: Collection[str]) -> Sequence[FlowLine]:
    """The latest looks at what the agency keeps, the last one first."""
    found, _ = list_latest_entries(KINDS)
    return [_line(each) for each in _of_agency(found, agency, resources)][:MOST_SHOWN]


def count_day(*, agency: str, resources: Collection[str], now: datetime) -> Day:
    """Looks at what the agency keeps since midnight. `failures` by resource and result."""
    today = compute_legal_day(now)
    found, is_cut = list_latest_entries(KINDS)
    is_cut = is_cut and bool(found) and compute_legal_day(found[-1].at) == today
    lines = [_line(each) for each in _of_agency(found, agency, resources) if compute_legal_day(each.at) == today]
    had, refused = [each for each in lines if not each.code], [each for each in lines if each.code]
    return Day(
        pulls=len(had), refusals=len(refused), fields_given=sum(len(each.fields) for each in had),
        fields_refused=sum(len(each.fields) for each in refused),
        failures=Counter((each.resource, each.result) for each in had if each.result in FAILURES), is_cut=is_cut,
    )


def _of_agency(entries: Sequence[LoggedEntry], agency: str, resources: Collection[str]) -> Iterator[LoggedEntry]:
    """Looks at sources of the agency, and refusals of resources that it keeps: a refusal asked no source."""
    for each in entries:
        if each.body.get("agency") == agency or (each.kind == KINDS[1] and each.body["resource"] in resources):
            yield each


def _line(entry: LoggedEntry) -> FlowLine:
    body, actor = entry.body, entry.actor
    return FlowLine(
        at=entry.at, asked_by=str(actor["id"]) if actor["kind"] == "agency" else "", service=str(body["service"]),
        resource=str(body["resource"]), fields=tuple(body["fields"]), result=str(body.get("result", "")),
        code=str(body.get("code", "")), duty=str(body.get("duty", "")),
    )
