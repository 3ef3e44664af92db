"""Whatever sources answer, they are asked stage by stage, each once, and never more than the package may ask."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from miaopi.kernel.decision import Outcome, Privacy, next_sources
from miaopi.kernel.fact import Fact
from tests.property.test_decision_unknown import SOURCED, VALUES, any_fact
from tests.unit.kernel.allowance import DAY, DEFINITION, SETTINGS, decided

pytestmark = pytest.mark.uncounted
ANSWERS = st.fixed_dictionaries({name: any_fact(name) for name in SOURCED})
ENTERED = st.fixed_dictionaries({}, optional={name: any_fact(name) for name in VALUES if name not in SOURCED})


def ask(facts: dict[str, Fact]) -> set[str]:
    asks = next_sources(DEFINITION, facts, as_of=DAY, settings=SETTINGS)
    fields = {f"{resource}.{name}" for resource, names in asks.items() for name in names}
    return {spec.name for spec in DEFINITION.sourced if spec.source in fields}


@given(answers=ANSWERS, entered=ENTERED)
def test_sensitive_sources_come_last_and_only_where_all_else_holds(answers: dict[str, Fact], entered: dict[str, Fact]) -> None:
    facts, asked = dict(entered), set[str]()
    while found := ask(facts):
        assert not found & asked
        assert len({DEFINITION.facts[name].privacy for name in found}) == 1
        if any(DEFINITION.facts[name].privacy is Privacy.SENSITIVE for name in found):
            assert all(one.value is not False for one in decided(facts).conditions)
            assert all(set(one.facts) <= found for one in decided(facts).conditions if one.value is None)
        facts |= {name: answers[name] for name in found}
        asked |= found
    assert len(asked) <= len(SOURCED)


@given(answers=ANSWERS, entered=ENTERED)
def test_what_was_not_asked_would_not_have_approved(answers: dict[str, Fact], entered: dict[str, Fact]) -> None:
    facts = dict(entered)
    while found := ask(facts):
        facts |= {name: answers[name] for name in found}
    staged, whole = decided(facts), decided(entered | answers)
    assert (staged.outcome is Outcome.APPROVE) is (whole.outcome is Outcome.APPROVE)
    if staged.outcome in (Outcome.REDIRECT, Outcome.REFUSE):
        assert whole.outcome in (staged.outcome, Outcome.REDIRECT, Outcome.REFER)
