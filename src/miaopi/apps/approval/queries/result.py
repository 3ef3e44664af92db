"""All that a page or a terminal shows of one application, whatever became of it."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import field
from datetime import datetime
from decimal import Decimal
from typing import Any

from miaopi.apps.application.api import Application, get_application
from miaopi.apps.approval.models import DecisionRow
from miaopi.apps.approval.queries.ahead import Ahead, compute_ahead
from miaopi.apps.approval.queries.decisions import find_decision, find_waiting, unseal_beside
from miaopi.apps.audit.api import Actor, ActorKind
from miaopi.apps.catalogue.api import get_resources, get_service
from miaopi.apps.exchange.api import find_base_name
from miaopi.apps.filing.api import DEFAULT, get_draft, get_written
from miaopi.definitions import ServicePackage
from miaopi.kernel.decision.definition import APPLICANT
from miaopi.kernel.decision.outcomes import to_plain
from miaopi.kernel.errors import MiaopiError
from miaopi.kernel.frozen import frozen
from miaopi.kernel.lifecycle import State
from miaopi.kernel.wording import Text

Json = Any  # what json.loads gives


@frozen
class Supplied:
    """One fact that a source supplied. `value` is there for its owner alone, as JSON; None for anybody else. `base`: the field of a base
    register that it is, if it is one; `source` is then who gave it."""

    fact: str
    label: Text
    value: Json = field(repr=False)
    source: str
    agency: str
    base: str
    at: str | None
    disputed: bool

    def to_json(self) -> dict[str, Json]:
        return {"fact": self.fact, "label": self.label.to_json(), "value": self.value, "source": self.source, "agency": self.agency,
                "base": self.base or None, "at": self.at, "disputed": self.disputed}


@frozen
class Silence:
    """A source the case waits for, since when, and until when before a person takes it."""

    source: str
    since: datetime
    patience_until: datetime

    def to_json(self) -> dict[str, Json]:
        return {"source": self.source, "since": self.since.isoformat(), "patience_until": self.patience_until.isoformat()}


@frozen
class Result:
    """One application as it stands. `outcome` is empty before the first decision.

    `reasons`, `conditions`, `values` and `would_change` are those of `kernel.decision` as JSON; `values` and the values
    in `prefilled` and `typed_values` are shown to the owner alone. `decision` is the id of the decision that counts,
    `decided_by` and `confirmed_by` are the members of staff who made it, empty for a rule set. `ahead` is what comes next.
    """

    number: str
    service: str
    version: str
    name: Text
    state: str
    outcome: str
    filed_on: str
    confirmed_at: datetime | None
    decided_at: datetime | None
    decision: str
    reasons: tuple[Json, ...] = ()
    conditions: tuple[Json, ...] = ()
    would_change: tuple[str, ...] = ()
    values: Mapping[str, Json] = field(default_factory=dict, repr=False)
    prefilled: tuple[Supplied, ...] = ()
    typed: tuple[str, ...] = ()
    typed_values: Mapping[str, Json] = field(default_factory=dict, repr=False)
    waiting_for: tuple[Silence, ...] = ()
    ahead: Ahead = field(default_factory=Ahead)
    decided_by: str = ""
    confirmed_by: str = ""
    erased_for: str = ""
    erased_at: datetime | None = None
    timeline: tuple[Json, ...] = ()
    signature: bytes | None = None

    @property
    def review_requested_at(self) -> datetime | None:
        return self.ahead.review_requested_at

    def to_json(self) -> dict[str, Json]:
        return {
            "number": self.number, "service": self.service, "version": self.version, "name": self.name.to_json(),
            "state": self.state, "outcome": self.outcome or None, "filed_on": self.filed_on,
            "confirmed_at": _iso(self.confirmed_at), "decided_at": _iso(self.decided_at), "decision": self.decision or None,
            "reasons": list(self.reasons), "conditions": list(self.conditions), "would_change": list(self.would_change),
            "values": dict(self.values), "prefilled": [each.to_json() for each in self.prefilled], "typed": list(self.typed),
            "waiting_for": [each.to_json() for each in self.waiting_for],
            "ahead": self.ahead.to_json(), "review_requested_at": _iso(self.review_requested_at),
            "decided_by": self.decided_by or None, "confirmed_by": self.confirmed_by or None, "erased_for": self.erased_for or None,
            "erased_at": _iso(self.erased_at), "timeline": list(self.timeline),
        }


def _iso(moment: datetime | None) -> str | None:
    return None if moment is None else moment.isoformat()


def get_result(*, number: str, reader: Actor, now: datetime) -> Result:
    """The application if `reader` may know of it; else `NotFound`."""
    application = get_application(number=number, reader=reader)
    decision = find_decision(application.number)
    return _undecided(application, reader, now) if decision is None else _decided(application, decision, reader, now)


def _find_package(slug: str, version: str) -> ServicePackage | None:
    """For labels only; a result is shown even where the files of its version are gone."""
    try:
        return get_service(slug, version)
    except MiaopiError:
        return None


def _undecided(application: Application, reader: Actor, now: datetime) -> Result:
    package = _find_package(application.service, application.version)
    result: dict[str, Json] = _frame(application, package)
    if package is not None:
        draft = get_draft(number=application.number, reader=reader, now=now)
        facts = get_written(draft.facts)
        result |= _told(facts, package, reader, form=draft.form)
        result |= {"erased_for": draft.erased_for, "erased_at": draft.erased_at}
    return Result(**result, decided_at=None, decision="")


def _decided(application: Application, decision: DecisionRow, reader: Actor, now: datetime) -> Result:
    package, own = _find_package(decision.service, decision.version), reader.kind is ActorKind.PERSON
    beside = unseal_beside(decision.id, decision.kept)
    said = json.loads(bytes(decision.statement))["decision"]
    waiting, values = find_waiting(application.number), dict(beside.values) if beside is not None else {}
    result: dict[str, Json] = _frame(application, package)
    if beside is not None:
        form = tuple(spec.name for spec in package.definition.facts.values() if spec.in_form) if package else ()
        result |= _told(beside.facts, package, reader, form=form)
        result["values"] = values if own else {}
    return Result(
        **result, decided_at=decision.decided_at, decision=decision.id, reasons=tuple(said["reasons"]),
        conditions=tuple(said["conditions"]), would_change=tuple(said["would_change"]),
        waiting_for=() if waiting is None else tuple(Silence(source, waiting.since, waiting.patience_until) for source in waiting.sources),
        ahead=compute_ahead(application, decision, package, reasons=tuple(said["reasons"]), values=values, now=now),
        decided_by=decision.decided_by, confirmed_by=decision.confirmed_by,
        signature=None if decision.signature is None else bytes(decision.signature),
    )


def _frame(application: Application, package: ServicePackage | None) -> dict[str, Json]:
    slug = application.service
    return {
        "number": application.number, "service": slug, "version": application.version,
        "name": package.name if package is not None else Text(zh=slug, en=slug), "state": State(application.state).value,
        "outcome": application.outcome, "filed_on": application.filed_on.isoformat(), "confirmed_at": application.confirmed_at,
        "timeline": tuple(application.timeline),
    }


def _told(facts: Mapping[str, Json], package: ServicePackage | None, reader: Actor, *, form: tuple[str, ...]) -> dict[str, Json]:
    """Who said what: prefilled by sources, typed by her. An accepted default is neither."""
    own = reader.kind is ActorKind.PERSON
    valued = {name: fact for name, fact in facts.items() if "value" in fact}
    sourced = {name: fact for name, fact in valued.items() if fact.get("source") not in {None, APPLICANT, DEFAULT}}
    resources = get_resources({fact["source"] for fact in sourced.values()})
    order = list(package.definition.facts) if package is not None else sorted(facts)

    specs = package.definition.facts if package is not None else {}

    def label(name: str) -> Text:
        return specs[name].label if name in specs else Text(zh=name, en=name)

    def value(name: str) -> Json:
        """Numbers are kept as text, so that no digit is lost; they are shown as numbers."""
        kept = valued[name]["value"]
        return to_plain(Decimal(kept)) if name in specs and specs[name].type.name == "number" else kept

    prefilled = tuple(
        Supplied(
            fact=name, label=label(name), value=value(name) if own else None, source=fact["source"],
            agency=resources[fact["source"]].agency.id if fact["source"] in resources else "platform",
            base=find_base_name(specs[name]) if name in specs else "", at=fact.get("at"),
            disputed=fact.get("disputed", False),
        )
        for name in sorted(sourced, key=lambda name: order.index(name) if name in order else len(order))
        for fact in [sourced[name]]
    )
    typed = [name for name in order if valued.get(name, {}).get("source") == APPLICANT]
    typed.sort(key=lambda name: form.index(name) if name in form else len(form))
    return {"prefilled": prefilled, "typed": tuple(typed), "typed_values": {name: value(name) for name in typed} if own else {}}
