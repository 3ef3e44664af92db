"""Which of the seven outcomes: the nine lines of _common.md, the first that holds decides."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from functools import cached_property
from types import MappingProxyType

from miaopi.kernel.decision.case import Case, Finding, open_case
from miaopi.kernel.decision.definition import APPLICANT, Condition, Definition, InForce, Kind
from miaopi.kernel.decision.doubts import DISPUTED, DOUBTS, EXHAUSTED, UNAVAILABLE, rule_failed
from miaopi.kernel.decision.outcomes import (
    Approve,
    ConditionResult,
    Decision,
    Outcome,
    Reason,
    Redirect,
    Refer,
    Refuse,
    Supplement,
    Wait,
    Waitlist,
)
from miaopi.kernel.expr import Undetermined
from miaopi.kernel.fact import Absent, Doubt, Fact, FactName, Known, Unknown
from miaopi.kernel.wording import fill

AUTO_REFUSE = "auto_refuse"  # city switch: false turns every refusal into a referral (_common.md, Outcomes)
NOTHING: Mapping[str, object] = MappingProxyType({})


@dataclass(frozen=True)
class Judgement:
    """Every condition and value of a case, evaluated once."""

    case: Case

    @cached_property
    def stands(self) -> tuple[tuple[Condition, Finding], ...]:
        return tuple((condition, self.case.judge(condition)) for condition in self.case.conditions)

    @cached_property
    def computed(self) -> Mapping[str, tuple[Finding, object]]:
        """The values of an approval."""
        return {name: self.case.compute(name, expression) for name, expression in self.case.definition.values.items()}

    def failed(self, outcome: Outcome) -> list[Condition]:
        """The conditions known false that lead to an outcome."""
        return [c for c, finding in self.stands if finding.value is False and c.otherwise.outcome is outcome]

    @cached_property
    def open(self) -> tuple[tuple[Condition | None, Finding], ...]:
        """What came to no conclusion: conditions, and values without which nothing can be issued."""
        conditions = [(c, finding) for c, finding in self.stands if finding.value is None]
        found = [self.computed[name][0] for name in sorted(self.computed)]
        values = [(None, finding) for finding in found if finding.value is None]
        return (*conditions, *values)

    @cached_property
    def identity_in_doubt(self) -> list[tuple[Condition, Finding]]:
        """Identity conditions that fail without a cure, or that nobody can settle by waiting."""
        return [
            (c, finding)
            for c, finding in self.stands
            if c.kind is Kind.IDENTITY
            and (
                (finding.value is False and c.otherwise.outcome is Outcome.REFER)
                or (finding.value is None and not self.is_silent(finding) and not self.is_spared(finding))
            )
        ]

    def is_spared(self, finding: Finding) -> bool:
        """Whether nobody was asked because she has something to cure first (`next_sources` ends there): no doubt about her."""
        cured_first = any(c.kind in (Kind.IDENTITY, Kind.MANDATE) for c in self.failed(Outcome.SUPPLEMENT))
        return cured_first and not finding.broken and all(self.case.is_missing(name) for name in finding.blame)

    def is_silent(self, finding: Finding) -> bool:
        """Whether nothing but sources that do not answer, within patience, keeps a rule from its conclusion."""
        waited = (self.case.is_outage(name) or self.is_pending(name) for name in finding.blame)
        return not finding.broken and all(waited)

    def is_pending(self, name: FactName) -> bool:
        """Whether a fact was not asked for only because an earlier source is silent (`next_sources` goes on after it)."""
        if not self.case.is_missing(name):
            return False
        if self.identity_is_silent:
            return True
        spec = self.case.definition.facts[name]
        if any(self.case.definition.facts[silent].stage < spec.stage for silent in self.outages):
            return True
        guard = spec.when.evaluate(self.case.scope) if spec.when is not None else None
        return isinstance(guard, Undetermined) and not guard.faults and guard.blame <= self.outages

    @cached_property
    def identity_is_silent(self) -> bool:
        """Whether it is a silent source that keeps open who she is: until it answers nobody else is asked (`next_sources` ends there)."""
        open_ = (finding for c, finding in self.stands if c.kind is Kind.IDENTITY and finding.value is None and not finding.broken)
        return any(self.case.is_outage(name) for finding in open_ for name in finding.blame)

    @cached_property
    def blamed(self) -> frozenset[FactName]:
        """The facts to find out before every rule comes to its conclusion."""
        return frozenset().union(*(finding.blame for _, finding in self.open))

    @cached_property
    def outages(self) -> frozenset[FactName]:
        return frozenset(name for name in self.blamed if self.case.is_outage(name))


def judge(
    definition: Definition,
    facts: Mapping[FactName, Fact],
    *,
    as_of: date,
    settings: Mapping[str, object],
    overrides: Mapping[str, object] = NOTHING,
    known_at: date | None = None,
) -> Decision:
    """The decision without what would change it; `decide` says what it takes and raises."""
    if (law := not_in_force(definition, as_of)) is not None:
        return Redirect(reasons=(law.otherwise.reason,), values=MappingProxyType({"in_force_from": law.since}))
    case = open_case(definition, facts, as_of=as_of, settings=settings, overrides=overrides, known_at=known_at)
    return rule(Judgement(case), auto_refuse=settings.get(AUTO_REFUSE, True) is not False)


def not_in_force(definition: Definition, as_of: date) -> InForce | None:
    """The regime that had not begun on that day, if it had not."""
    return definition.in_force if definition.in_force is not None and as_of < definition.in_force.since else None


def rule(it: Judgement, *, auto_refuse: bool) -> Decision:
    """The nine lines in their order."""
    if redirects := it.failed(Outcome.REDIRECT):  # 1
        return _end(Redirect, it, reasons_of(redirects), failed=redirects)
    if it.identity_in_doubt:  # 2
        return _end(Refer, it, _doubtful(it, [], it.identity_in_doubt))
    identity_settled = all(finding.value is not None for c, finding in it.stands if c.kind is Kind.IDENTITY)
    if (refusals := it.failed(Outcome.REFUSE)) and identity_settled:  # 3, “identity unambiguous”
        return _end(Refuse if auto_refuse else Refer, it, reasons_of(refusals), failed=refusals)
    if supplements := it.failed(Outcome.SUPPLEMENT):  # 4
        return _end(Supplement, it, reasons_of(supplements), failed=supplements)
    referred = it.failed(Outcome.REFER)
    if it.open and not referred and all(it.is_silent(finding) for _, finding in it.open):  # 5
        return _end(Wait, it, (_naming(UNAVAILABLE, it.outages),), waiting=True)
    if it.open or referred:  # 6
        return _end(Refer, it, _doubtful(it, referred, it.open), failed=referred)
    if periods := it.failed(Outcome.WAIT):  # 7
        return _end(Wait, it, reasons_of(periods), failed=periods)
    if quota := it.failed(Outcome.WAITLIST):  # 8
        return _end(Waitlist, it, reasons_of(quota), failed=quota)
    return _end(Approve, it, (), values={name: value for name, (_, value) in it.computed.items()})  # 9


def reasons_of(conditions: Iterable[Condition]) -> tuple[Reason, ...]:
    """The reasons of failed conditions, each code once, in the order of the package."""
    return tuple({c.otherwise.reason.code: c.otherwise.reason for c in conditions}.values())


def _naming(reason: Reason, names: Iterable[FactName]) -> Reason:
    return Reason(reason.code, reason.text, reason.basis, reason.remedy, tuple(sorted(names)))


def _doubtful(
    it: Judgement, referred: list[Condition], doubtful: Sequence[tuple[Condition | None, Finding]]
) -> tuple[Reason, ...]:
    """Why a person decides: what failed, what a service calls its doubts, and what is said of each source."""
    found = {reason.code: reason for reason in reasons_of(referred)}
    blamed: dict[str, set[FactName]] = {}
    missing: set[FactName] = set()
    for condition, finding in doubtful:
        if condition is not None and finding.value is False:
            found.setdefault(condition.otherwise.reason.code, condition.otherwise.reason)
        elif condition is not None and condition.unknown is not None:
            found.setdefault(condition.unknown.reason.code, condition.unknown.reason)
        elif finding.broken:
            found.setdefault(f"RULE-FAILED {finding.name}", rule_failed(finding.name, finding.faults))
        else:
            for name in finding.blame:
                if it.case.is_missing(name):
                    missing.add(name)
                elif (reason := _doubt_about(it.case.state(name))) is not UNAVAILABLE:
                    blamed.setdefault(reason.code, set()).add(name)
    for reason in sorted((DISPUTED, EXHAUSTED, *DOUBTS.values()), key=lambda one: one.code):
        if reason.code in blamed:
            found[reason.code] = _naming(reason, blamed[reason.code])
    if not found:  # what nobody was asked for is a reason only where there is no other
        found["SRC-UNPROVEN"] = _naming(DOUBTS[Doubt.UNPROVEN], missing)
    return tuple(found.values())


def _doubt_about(fact: Fact) -> Reason:
    """What is said of a fact that is blamed: it is unknown or disputed, never known."""
    match fact:
        case Unknown(doubt=Doubt.UNAVAILABLE, exhausted=True):
            return EXHAUSTED
        case Unknown(doubt=doubt):
            return DOUBTS[doubt]
        case _:
            return DISPUTED


def _end(
    kind: type[Decision],
    it: Judgement,
    reasons: tuple[Reason, ...],
    *,
    failed: Sequence[Condition] = (),
    values: Mapping[str, object] | None = None,
    waiting: bool = False,
) -> Decision:
    told: dict[str, object] = dict(values or {})
    for condition in failed:
        for name, expression in condition.values.items():
            told.setdefault(name, it.case.compute(name, expression)[1])
    results = tuple(
        ConditionResult(c.id, finding.value, c.basis, c.text, tuple(sorted(finding.blame))) for c, finding in it.stands
    )
    resources = [it.case.definition.find_silent(name, it.case.facts) for name in it.outages] if waiting else []
    filling = {**{name: it.case.scope[name] for name in it.case.definition.parameters}, **told}
    return kind(
        reasons=tuple(replace(reason, text=fill(reason.text, filling)) for reason in reasons),
        conditions=results,
        values=MappingProxyType(told),
        missing=_missing(it, failed),
        waiting_for=tuple(sorted(frozenset().union(*resources))),
        typed=_typed(it.case),
        tables=tuple(sorted(it.case.tables, key=lambda table: table.name)),
    )


def _missing(it: Judgement, failed: Sequence[Condition]) -> tuple[FactName, ...]:
    """Facts to find out: those in doubt, and those the applicant left open in what she must cure."""
    definition = it.case.definition
    left_open = {
        name
        for condition in failed
        for name in definition.reads(condition.holds)
        if name in definition.facts and definition.facts[name].source == APPLICANT and isinstance(it.case.state(name), Absent)
    }
    return tuple(sorted(it.blamed | left_open))


def _typed(case: Case) -> tuple[FactName, ...]:
    """Facts whose value the applicant entered; accepted defaults and tick-boxes are not typed (DESIGN.md §7.6)."""
    return tuple(
        name
        for name, spec in sorted(case.definition.facts.items())
        if isinstance(fact := case.facts.get(name), Known)
        and (fact.source or spec.source) == APPLICANT
        and not isinstance(fact.value, bool)
        and fact.value != spec.default
    )
