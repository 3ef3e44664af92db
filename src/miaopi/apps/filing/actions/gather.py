"""Asking sources, stage by stage, outside any transaction: no row is locked while an agency thinks."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import date, datetime, timedelta
from time import perf_counter
from typing import Final

from django.conf import settings

from miaopi.apps.audit.api import Actor
from miaopi.apps.exchange.api import Duty, Ground, pull_facts
from miaopi.apps.filing.queries.draft import Draft
from miaopi.definitions import ServicePackage
from miaopi.kernel.decision import Definition, Privacy, next_sources
from miaopi.kernel.decision.reading import read_answers
from miaopi.kernel.fact import Doubt, Fact, FactName, Unknown
from miaopi.kernel.frozen import frozen

Asks = dict[str, tuple[str, ...]]  # resource → fields

STAGES: Final = 12  # more than any service has; a source that is asked and says nothing is never asked twice


@frozen
class Search:
    """What is asked of whom, for which case. `as_of` is the legal day the rules are read on."""

    package: ServicePackage
    applicant: str
    ground: Ground | Duty
    as_of: date

    @property
    def definition(self) -> Definition:
        return self.package.definition


def _is_sensitive(definition: Definition, asks: Asks) -> bool:
    asked = {f"{resource}.{name}" for resource, names in asks.items() for name in names}
    asked |= asks.keys()  # a list of rows is asked for under the name of its resource
    return any(spec.source in asked and spec.privacy is Privacy.SENSITIVE for spec in definition.sourced)


def _named(definition: Definition, asks: Asks, answers: Mapping[str, Fact]) -> dict[FactName, Fact]:
    """Answers by the package's names. A field that was asked and not spoken of is unproven, so that it is not asked again.

    What has many rows of a person answers under the name of the resource.
    """
    asked = [f"{resource}.{name}" for resource, names in asks.items() for name in names] + [each for each in asks if each in answers]
    return read_answers(definition, {name: answers.get(name, Unknown(Doubt.UNPROVEN, source=name.partition(".")[0])) for name in asked})


def gather_facts(*, search: Search, draft: Draft, sensitive: bool, by: Actor, now: datetime) -> Draft:
    """Ask for what `kernel.decision.next_sources` names until it names nothing more; the draft with all answers.

    Without `sensitive` the search ends before the first sensitive source;
    with it, that one is asked last, and not at all once a redirect or refusal is certain. All stages share the
    package's one deadline. Raises RightsError when the consent does not stand.
    """
    definition, left = search.definition, search.package.deadline
    for _ in range(STAGES):
        asks = dict(next_sources(definition, draft.facts(definition), as_of=search.as_of, settings=settings.MIAOPI_CITY.settings))
        if not asks or (not sensitive and _is_sensitive(definition, asks)):
            break
        began = perf_counter()  # how long the sources took; no decision reads it
        answers = pull_facts(subject=search.applicant, asks=asks, ground=search.ground, deadline=left, by=by, now=now)
        left = max(timedelta(0), left - timedelta(seconds=perf_counter() - began))
        draft = draft.with_answers(_named(definition, asks, answers))
    return draft


def gather_again(*, search: Search, draft: Draft, stale: Collection[FactName], by: Actor, now: datetime) -> Draft:
    """Ask again for the stale facts and for what is still missing, sensitive ones included.

    What no rule needs any more is not asked; it is kept as it was. A source that is silent again is silent since the first time.
    """
    found = gather_facts(search=search, draft=draft.without(stale), sensitive=True, by=by, now=now)
    kept = {name: draft.sourced[name] for name in stale if name not in found.sourced}
    return draft.with_answers({**found.sourced, **kept})
