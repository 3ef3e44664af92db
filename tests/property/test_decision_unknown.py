"""What nobody could say never approves and never refuses; and whatever is found out later never contradicts what was decided."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta
from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from miaopi.kernel.decision import Outcome
from miaopi.kernel.decision.definition import APPLICANT
from miaopi.kernel.fact import Absent, Disputed, Doubt, Fact, Known, Unknown
from tests.unit.kernel.allowance import DAY, DEFINITION, decided

VALUES: Mapping[str, st.SearchStrategy[object]] = {
    "unit": st.booleans(),
    "quota": st.integers(0, 2).map(Decimal),
    "notice": st.dates(DAY - timedelta(3), DAY + timedelta(3)),
    "known": st.booleans(),
    "birth": st.dates(date(1946, 11, 20), date(1946, 11, 26)) | st.just(date(1930, 2, 28)),
    "region": st.sampled_from(["440304", "450102"]),
    "since": st.dates(date(2026, 5, 20), date(2026, 5, 26)),
    "record": st.sampled_from(["clean", "hit"]),
    "pay": st.sampled_from(["bank", "cash"]),
    "letters": st.just("post"),
    "agreed": st.booleans(),
}
DOUBTS = st.builds(Unknown, st.sampled_from(Doubt), exhausted=st.booleans())
SURE = (Outcome.APPROVE, Outcome.REFUSE, Outcome.REDIRECT, Outcome.WAITLIST)


def known(name: str) -> st.SearchStrategy[Fact]:
    return VALUES[name].map(Known) | st.builds(Absent)


def any_fact(name: str) -> st.SearchStrategy[Fact]:
    return known(name) | DOUBTS | VALUES[name].map(lambda value: Disputed(Known(value)))


COMPLETE = st.fixed_dictionaries({name: known(name) for name in VALUES})
PARTIAL = st.fixed_dictionaries({}, optional={name: any_fact(name) for name in VALUES})
SOURCED = [name for name, spec in DEFINITION.facts.items() if spec.source != APPLICANT]


def is_open(fact: Fact | None) -> bool:
    return fact is None or isinstance(fact, Unknown | Disputed)


@given(complete=COMPLETE, hidden=st.sets(st.sampled_from(SOURCED)), doubt=DOUBTS)
def test_unknown_never_approves_what_would_not_be_approved(complete: dict[str, Fact], hidden: set[str], doubt: Unknown) -> None:
    decision = decided(complete | dict.fromkeys(hidden, doubt))
    if decision.outcome is Outcome.APPROVE:
        assert decided(complete).outcome is Outcome.APPROVE
    if decision.outcome is Outcome.REFUSE:
        assert decided(complete).outcome in (Outcome.REFUSE, Outcome.REDIRECT, Outcome.REFER)  # lines 1 and 2 come before


@given(facts=PARTIAL)
def test_an_approval_rests_on_conditions_that_all_hold(facts: dict[str, Fact]) -> None:
    decision = decided(facts)
    if decision.outcome is Outcome.APPROVE:
        assert all(one.value is True for one in decision.conditions)
    if decision.outcome in (Outcome.REFUSE, Outcome.REDIRECT):
        refused = {c.id for c in DEFINITION.conditions if c.otherwise.outcome is decision.outcome}
        assert any(one.value is False and one.id in refused for one in decision.conditions)


@given(facts=PARTIAL, complete=COMPLETE)
def test_finding_out_more_never_turns_a_truth_round(facts: dict[str, Fact], complete: dict[str, Fact]) -> None:
    refined = {name: complete[name] if is_open(facts.get(name)) and name in SOURCED else fact for name, fact in complete.items()}
    refined |= {name: fact for name, fact in facts.items() if not is_open(fact)}
    refined = {name: fact for name, fact in refined.items() if name in SOURCED or name in facts}
    before, after = decided(facts), decided(refined)
    for earlier, later in zip(before.conditions, after.conditions, strict=True):
        if earlier.value is not None and _settled_by_applicant_alone(earlier.id, facts, refined):
            assert later.value is earlier.value


def _settled_by_applicant_alone(condition: str, facts: dict[str, Fact], refined: dict[str, Fact]) -> bool:
    """Whether the applicant's own facts that a condition reads are the same in both: what she changes is no finding out."""
    holds = next(c.holds for c in DEFINITION.conditions if c.id == condition)
    own = [name for name in DEFINITION.reads(holds) if name in VALUES and name not in SOURCED]
    return all(facts.get(name) == refined.get(name) for name in own)


@given(facts=PARTIAL)
def test_only_the_seven_outcomes_and_each_with_its_reason(facts: dict[str, Fact]) -> None:
    decision = decided(facts)
    assert (decision.outcome is Outcome.APPROVE) is (decision.reasons == ())
    assert all(reason.basis and reason.text.zh and reason.remedy.zh for reason in decision.reasons)
    assert bool(decision.waiting_for) is (decision.outcome is Outcome.WAIT and decision.reasons[0].code == "SRC-UNAVAILABLE")
