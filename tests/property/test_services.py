"""What holds for every package that is shipped: unknown never approves and never refuses, staged asking comes to the same answer,
and a receipt replays to the same bytes. Facts are drawn from those of the package's own cases, mixed with each other."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from miaopi.definitions import ServicePackage, list_services
from miaopi.definitions.cases import WorkedCase, read_cases
from miaopi.definitions.reader import Reader
from miaopi.kernel.decision import Decision, Outcome, Privacy, decide, next_sources, receipt_of, replay
from miaopi.kernel.fact import Absent, Disputed, Doubt, Fact, Known, Unknown
from miaopi.kernel.receipt import read_receipt
from tests.services.reference import ROOT

PACKAGES = {package.slug: package for package in list_services(ROOT / "services")}
CASES: Mapping[str, list[WorkedCase]] = {slug: read_cases(Reader(), package) for slug, package in PACKAGES.items()}
CERTAIN = (Outcome.REFUSE, Outcome.REDIRECT)
EARLIER = {Outcome.REFUSE: (Outcome.REFUSE, Outcome.REDIRECT, Outcome.REFER), Outcome.REDIRECT: (Outcome.REDIRECT,)}  # lines 1 and 2
each_package = pytest.mark.parametrize("slug", PACKAGES)


def seen(package: ServicePackage) -> dict[str, list[Fact]]:
    """Every known or absent fact that some case of the package has, by name."""
    found: dict[str, list[Fact]] = {}
    for case in CASES[package.slug]:
        for name, fact in case.facts.items():
            if isinstance(fact, Known | Absent) and fact not in found.setdefault(name, []):
                found[name].append(fact)
    return found


def mixed(data: st.DataObject, package: ServicePackage) -> tuple[dict[str, Fact], date]:
    """The facts of one case with some of others, on a day of one of the cases."""
    cases = CASES[package.slug]
    case = cases[data.draw(st.integers(0, len(cases) - 1))]
    pool = seen(package)
    complete = {name: fact if isinstance(fact, Known | Absent) else pool[name][0] for name, fact in case.facts.items()}
    for name in data.draw(st.sets(st.sampled_from(sorted(pool)), max_size=6)):
        complete[name] = pool[name][data.draw(st.integers(0, len(pool[name]) - 1))]
    return complete, data.draw(st.sampled_from([case.on, date(2026, 11, 23)]))


def doubted(data: st.DataObject, package: ServicePackage, facts: dict[str, Fact]) -> dict[str, Fact]:
    """Some facts of sources that nobody can say, or that she contests."""
    sourced = sorted(spec.name for spec in package.definition.sourced if spec.name in facts)
    changed = dict(facts)
    for name in data.draw(st.sets(st.sampled_from(sorted(sourced)), min_size=1, max_size=5)):
        fact = facts[name]
        doubt = Unknown(data.draw(st.sampled_from(Doubt)), exhausted=data.draw(st.booleans()))
        changed[name] = Disputed(fact) if isinstance(fact, Known) and data.draw(st.booleans()) else doubt
    return changed


def decided(package: ServicePackage, facts: Mapping[str, Fact], on: date) -> Decision:
    return decide(package.definition, facts, as_of=on, settings=CASES[package.slug][0].settings)


@each_package
@settings(max_examples=60, deadline=None)
@given(data=st.data())
def test_unknown_never_approves_and_never_refuses(slug: str, data: st.DataObject) -> None:
    package = PACKAGES[slug]
    complete, on = mixed(data, package)
    decision = decided(package, doubted(data, package, complete), on)
    if decision.outcome is Outcome.APPROVE:
        assert decided(package, complete, on).outcome is Outcome.APPROVE
    if decision.outcome in CERTAIN:
        assert decided(package, complete, on).outcome in EARLIER[decision.outcome]
        ended = {c.id for c in package.definition.conditions if c.otherwise.outcome is decision.outcome}
        assert not decision.conditions or any(one.value is False and one.id in ended for one in decision.conditions)


@each_package
@settings(max_examples=60, deadline=None)
@given(data=st.data())
def test_an_outcome_has_its_reason_and_an_approval_all_its_conditions(slug: str, data: st.DataObject) -> None:
    package = PACKAGES[slug]
    complete, on = mixed(data, package)
    decision = decided(package, complete, on)
    assert (decision.outcome is Outcome.APPROVE) is (decision.reasons == ())
    assert all(reason.basis and reason.text.zh and reason.remedy.en for reason in decision.reasons)
    if decision.outcome is Outcome.APPROVE:
        assert all(one.value is True for one in decision.conditions)
        assert all(decision.values[name] is not None for name in package.definition.values)


@each_package
@settings(max_examples=40, deadline=None)
@given(data=st.data())
def test_what_was_not_asked_would_not_have_changed_the_answer(slug: str, data: st.DataObject) -> None:
    package = PACKAGES[slug]
    complete, on = mixed(data, package)
    definition = package.definition
    facts = {name: fact for name, fact in complete.items() if definition.facts[name].resource is None}
    while asks := next_sources(definition, facts, as_of=on, settings=CASES[package.slug][0].settings):
        fields = {f"{resource}.{name}" for resource, names in asks.items() for name in names}
        asked = {spec.name for spec in definition.sourced if fields.issuperset(spec.scope)}
        if any(definition.facts[name].privacy is Privacy.SENSITIVE for name in asked):
            assert decided(package, facts, on).outcome not in (*CERTAIN, Outcome.SUPPLEMENT)
        assert asked - facts.keys(), "nothing is asked twice"
        facts |= {name: complete.get(name, Absent()) for name in asked}
    staged, whole = decided(package, facts, on), decided(package, {**dict.fromkeys(facts, Absent()), **complete}, on)
    assert (staged.outcome is Outcome.APPROVE) is (whole.outcome is Outcome.APPROVE)
    if staged.outcome in CERTAIN:
        assert whole.outcome in EARLIER[staged.outcome]
    if whole.outcome in CERTAIN:  # a doubt about who she is may send her to a person; that nobody was asked may not
        assert "SRC-UNPROVEN" not in {reason.code for reason in staged.reasons}


@each_package
@settings(max_examples=25, deadline=None)
@given(data=st.data())
def test_a_receipt_replays_to_the_same_bytes(slug: str, data: st.DataObject) -> None:
    package = PACKAGES[slug]
    complete, on = mixed(data, package)
    facts, city = doubted(data, package, complete), CASES[package.slug][0].settings
    decision = decide(package.definition, facts, as_of=on, settings=city)
    made = receipt_of(package.definition, facts, decision, as_of=on, settings=city, salt="salt")
    made = read_receipt(json.loads(json.dumps(made.to_json(), ensure_ascii=False)))
    again = replay(package.definition, made)
    assert again is not None
    assert again.statement() == made.statement()


@each_package
def test_a_city_may_have_every_refusal_looked_at_by_a_person(slug: str) -> None:
    package = PACKAGES[slug]
    refused = [case for case in CASES[package.slug] if case.expect.outcome is Outcome.REFUSE]
    for case in refused:
        city = {**case.settings, "auto_refuse": False}
        decision = decide(package.definition, case.facts, as_of=case.on, settings=city, overrides=case.overrides)
        assert decision.outcome is Outcome.REFER
        assert [reason.code for reason in decision.reasons] == [case.expect.reason]
    assert refused or package.slug == "no-criminal-record"  # which never refuses by machine
