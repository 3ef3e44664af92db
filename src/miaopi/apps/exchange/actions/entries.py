"""What a pull writes into the log: every look, and every refusal by its code, with the moment from which its subject sees it."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import replace
from datetime import datetime

from miaopi.apps.exchange.actions.grounds import Asks
from miaopi.apps.exchange.actions.looks import UNASKED, About, Look
from miaopi.apps.exchange.actions.visibility.showing import Showing, compute_showing
from miaopi.apps.exchange.adapters.findings import CONFLICT
from miaopi.apps.exchange.adapters.port import Hindered
from miaopi.apps.exchange.events import DataPulled, PullRefused
from miaopi.apps.exchange.queries.refusals import RefusalCode
from miaopi.apps.exchange.queries.visibility import Hiding


def make_refusals(
    about: About, asks: Asks, refused: Mapping[str, RefusalCode], hidings: Mapping[str, Hiding], now: datetime
) -> Iterator[PullRefused]:
    """One entry for each resource, code and moment from which it is shown."""
    for resource, fields in asks.items() if refused else ():
        told: dict[tuple[RefusalCode, Showing], list[str]] = {}
        for name in fields:
            if (code := refused.get(f"{resource}.{name}")) is not None:
                told.setdefault((code, compute_showing(hidings.get(f"{resource}.{name}"), about.ground, now)), []).append(name)
        for (code, showing), names in told.items():
            yield make_refusal(about, resource, tuple(names), code, showing)


def make_refusal(about: About, resource: str, fields: tuple[str, ...], code: RefusalCode, showing: Showing) -> PullRefused:
    ground = about.ground
    return PullRefused(
        subject=about.name, resource=resource, fields=fields, service=ground.service, application=ground.application,
        receipt=ground.receipt, reason=code.family, duty=ground.duty, code=code.value, visibility=showing.shown,
        shown_from=showing.shown_from, deferral=showing.deferral,
    )


def make_entry(about: About, look: Look, contradicted: Collection[str], now: datetime) -> DataPulled | PullRefused | None:
    """What was looked at; what the source itself refused, with its word; nothing where nobody was asked and nobody refused."""
    ground, showing = about.ground, compute_showing(look.part.hiding, about.ground, now)
    if isinstance(look.answer, Hindered):
        refusal = make_refusal(about, look.resource, look.fields, RefusalCode(look.answer.why.value), showing)
        return replace(refusal, provider=look.agency, said=look.answer.said) if look.answer.was_asked else refusal
    if look.result == UNASKED:
        return None
    names = {name for name in look.fields if f"{look.resource}.{name}" in contradicted} if contradicted else ()
    kept = tuple(each for each in look.findings if each.partition(":")[0] not in names)
    return DataPulled(
        subject=about.name, resource=look.resource, agency=look.agency, fields=look.fields, service=ground.service,
        application=ground.application, receipt=ground.receipt, result=look.result, duty=ground.duty, predicates=look.predicates,
        findings=(*kept, *(f"{name}: {CONFLICT}" for name in sorted(names))), agreements=look.part.agreements, visibility=showing.shown,
        shown_from=showing.shown_from, deferral=showing.deferral,
    )
