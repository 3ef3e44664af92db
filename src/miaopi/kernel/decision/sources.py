"""Who is to be asked next: public before personal before sensitive, and nobody once the answer would not matter.

个人信息保护法 第六条: what is collected is limited to the smallest scope. So a certain redirect ends the asking, and a certain
refusal leaves only the question who she is, because nobody is refused before that is settled (`precedence.rule`, line 3);
nothing personal is asked for somebody without a mandate or of doubtful identity; and a sensitive source is asked only where
every condition that does not wait for it holds.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from miaopi.kernel.decision.case import Case, Finding, open_case
from miaopi.kernel.decision.definition import STAGES, Condition, Definition, FactSpec, Kind, Privacy
from miaopi.kernel.decision.outcomes import Outcome
from miaopi.kernel.decision.precedence import NOTHING, Judgement, not_in_force
from miaopi.kernel.fact import Fact, FactName

STANDING = frozenset({Kind.IDENTITY, Kind.MANDATE})
LATER = frozenset({Outcome.WAIT, Outcome.WAITLIST})
GATES = frozenset({Kind.REGIME, Kind.MANDATE})


def next_sources(
    definition: Definition,
    facts: Mapping[FactName, Fact],
    *,
    as_of: date,
    settings: Mapping[str, object],
    overrides: Mapping[str, object] = NOTHING,
) -> dict[str, tuple[str, ...]]:
    """The next stage: resource → fields still to ask; empty when there is nothing to ask.

    `facts` holds every answer so far, silence included; a fact that is not in it was not asked yet. To ask a silent source
    again, leave its facts out. Raises as `decide` does.
    """
    if not_in_force(definition, as_of):
        return {}
    it = Judgement(open_case(definition, facts, as_of=as_of, settings=settings, overrides=overrides))
    if any(_ends(it.case, condition, finding) for condition, finding in it.stands):
        return {}
    wanted = [spec for spec in definition.sourced if it.case.is_missing(spec.name) and _is_wanted(it, spec)]
    if it.failed(Outcome.REFUSE):
        of_her_identity = frozenset().union(*(finding.blame for c, finding in it.stands if c.kind is Kind.IDENTITY))
        wanted = [spec for spec in wanted if spec.name in of_her_identity]
    for stage in STAGES:
        if stage is Privacy.SENSITIVE and not _all_else_holds(it):
            return {}
        if asked := [spec for spec in wanted if spec.privacy is stage]:
            return _by_resource(_first(it, asked))
    return {}


def _first(it: Judgement, asked: list[FactSpec]) -> list[FactSpec]:
    """Of one stage: first the resources that say who asks and whether she may, whole; then all the others side by side."""
    open_gates = [finding.blame for c, finding in it.stands if c.kind in GATES and finding.value is None]
    gates = frozenset().union(*open_gates)
    first = {spec.resource for spec in asked if spec.name in gates}
    return [spec for spec in asked if spec.resource in first] or asked


def _ends(case: Case, condition: Condition, finding: Finding) -> bool:
    """Whether nothing that sources could still say would matter, or nothing more may be asked, whatever else stands."""
    if finding.value is False:
        return condition.otherwise.outcome is Outcome.REDIRECT or condition.kind in STANDING
    settled = not all(case.is_missing(name) for name in finding.blame)
    return finding.value is None and condition.kind is Kind.IDENTITY and (settled or finding.broken)


def _is_wanted(it: Judgement, spec: FactSpec) -> bool:
    """Whether somebody needs the fact – the form, or a rule still open – and its guard lets it be asked."""
    needed = spec.in_form or spec.name in it.blamed
    return needed and (spec.when is None or spec.when.evaluate(it.case.scope) is True)


def _all_else_holds(it: Judgement) -> bool:
    """Whether every condition holds save those that wait for sensitive facts alone."""
    facts = it.case.definition.facts

    def waits(finding: Finding) -> bool:
        missing = all(it.case.is_missing(name) and facts[name].privacy is Privacy.SENSITIVE for name in finding.blame)
        return finding.value is None and missing and not finding.broken

    def runs(condition: Condition, finding: Finding) -> bool:
        """A period or a quota is judged last (_common.md, lines 7 and 8): by then all else must be known."""
        return finding.value is False and condition.otherwise.outcome in LATER

    return all(finding.value is True or waits(finding) or runs(condition, finding) for condition, finding in it.stands)


def _by_resource(specs: list[FactSpec]) -> dict[str, tuple[str, ...]]:
    asks: dict[str, list[str]] = {}
    for spec in specs:
        for source in spec.scope:
            resource, _, name = source.partition(".")
            asks.setdefault(resource, [])
            if name not in asks[resource]:
                asks[resource].append(name)
    return {resource: tuple(fields) for resource, fields in asks.items()}
