"""The draft as a value: what sources said, what she entered, what she disputes, and the facts that follow."""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping
from dataclasses import field, replace
from datetime import datetime, timedelta
from typing import Final

from miaopi.apps.filing.models import Filing
from miaopi.apps.identity.api import seal, unseal
from miaopi.kernel.decision import Definition, FactSpec
from miaopi.kernel.decision.definition import APPLICANT
from miaopi.kernel.decision.reading import read_facts, write_fact
from miaopi.kernel.fact import Absent, Disputed, Doubt, Fact, FactName, Known, Unknown, Value
from miaopi.kernel.frozen import frozen

FRESH: Final = timedelta(minutes=15)
DEFAULT: Final = "default"  # … of one whose proposed value she accepted


@frozen
class Draft:
    """`sourced`: what registers said; `entered`: what she entered; `disputed`: names she contests. Values never show in `repr`."""

    sourced: Mapping[FactName, Fact] = field(default_factory=dict, repr=False)
    entered: Mapping[FactName, Known] = field(default_factory=dict, repr=False)
    disputed: frozenset[FactName] = frozenset()

    def with_answers(self, answers: Mapping[FactName, Fact]) -> Draft:
        """Answers take the place of earlier ones; a source silent again stays silent since the first time."""
        kept = dict(self.sourced)
        for name, fact in answers.items():
            before = kept.get(name)
            if isinstance(fact, Unknown) and isinstance(before, Unknown) and fact.doubt is before.doubt and before.since is not None:
                fact = replace(fact, since=before.since)
            kept[name] = fact
        return replace(self, sourced=kept)

    def without(self, names: Collection[FactName]) -> Draft:
        """The draft as if these had never been asked."""
        return replace(self, sourced={name: fact for name, fact in self.sourced.items() if name not in names})

    def with_entered(self, values: Mapping[FactName, Value], *, at: datetime) -> Draft:
        """Empty takes an entry back; a value equal to what the register says is not entered, it is left as it is."""
        entered = dict(self.entered)
        for name, value in values.items():
            before = self.sourced.get(name)
            if value is None or (isinstance(before, Known) and before.value == value):
                entered.pop(name, None)
            else:
                entered[name] = Known(value, source=APPLICANT, obtained_at=at)
        return replace(self, entered=entered)

    def with_dispute(self, name: FactName) -> Draft:
        return replace(self, disputed=self.disputed | {name})

    def facts(self, definition: Definition) -> dict[FactName, Fact]:
        """The facts as the rules are to see them; what nobody has said yet is left out, derived facts are the kernel's.

        Her correction of a register stands where only documents read it; where a condition reads it, the value is disputed. What she
        typed in place of a silent source gives way to that source as soon as it speaks.
        """
        found: dict[FactName, Fact] = {}
        corrected = self.entered.keys() & self.sourced.keys()
        read = rule_facts(definition) if corrected else frozenset()
        for name, spec in definition.facts.items():
            said = self.entered.get(name, self.sourced.get(name))
            if not is_hers(spec) and not isinstance(self.sourced.get(name), Unknown):
                said = self.sourced.get(name)  # said, or to be asked again
            if name in corrected & read:
                said = _contested(self.sourced[name])
            if said is None and spec.source == APPLICANT and spec.default is not None:
                said = Known(spec.default, source=DEFAULT)
            if said is not None:
                found[name] = Disputed(said) if name in self.disputed and isinstance(said, Known) else said
        return found


def rule_facts(definition: Definition) -> frozenset[FactName]:
    """The facts that some condition reads."""
    behind = (definition.reads(condition.holds) for condition in definition.conditions)
    return frozenset().union(*behind) & definition.facts.keys()


def find_open_fields(definition: Definition, draft: Draft) -> frozenset[FactName]:
    """Form fields whose source could not say and that no rule needs: hers to type, so that a source that only fills stops nobody.

    One whose source also keeps a rule waiting is not among them: it comes with what is waited for. Nor is one that an outcome
    repeats: what a certificate says of a register comes from the register.
    """
    values = (definition.reads(value) for value in definition.values.values())
    read = rule_facts(definition) | (frozenset().union(*values) & definition.facts.keys())
    unsaid = {name: definition.facts[name].find_silent(fact) for name, fact in draft.sourced.items() if isinstance(fact, Unknown)}
    waited_for = {resource for name, resource in unsaid.items() if name in read}
    return frozenset(
        name for name, resource in unsaid.items()
        if name not in read and definition.facts[name].in_form and resource not in waited_for
    )


def is_hers(spec: FactSpec) -> bool:
    """Whether she may say the value: it is her own fact, or a changeable field of the form; what is not shown is not hers."""
    return spec.source == APPLICANT or (spec.in_form and spec.changeable and spec.resource is not None)


def _contested(said: Fact) -> Fact:
    """A register's word that she corrected: her word alone makes no condition true, so a person looks."""
    return Disputed(said) if isinstance(said, Known) else Unknown(Doubt.UNPROVEN)


def is_fresh(fact: Fact, now: datetime) -> bool:
    """Whether an answer is young enough to decide on (reference values: realtime queries 15 minutes)."""
    return isinstance(fact, Known | Absent) and fact.obtained_at is not None and now - fact.obtained_at <= FRESH


def is_silent(fact: Fact) -> bool:
    """Whether a source gave no answer, so that asking again may bring one."""
    return isinstance(fact, Unknown) and fact.doubt is Doubt.UNAVAILABLE


def get_written(facts: Mapping[FactName, Fact]) -> dict[FactName, object]:
    """The facts as JSON by name, as receipts and facts files hold them."""
    return {name: write_fact(fact) for name, fact in sorted(facts.items())}


def _context(row: Filing) -> str:
    return f"filing:{row.applicant}:{row.number}"


def seal_draft(row: Filing, draft: Draft) -> bytes:
    """The draft so that only this house, for this applicant and this application, can open it again."""
    written = {"sourced": get_written(draft.sourced), "entered": get_written(draft.entered), "disputed": sorted(draft.disputed)}
    return seal(json.dumps(written, ensure_ascii=False).encode(), context=_context(row))


def unseal_draft(row: Filing, definition: Definition) -> Draft:
    """The draft kept in the row; an empty one where there is none yet or it was erased."""
    if row.content is None:
        return Draft()
    written = json.loads(unseal(bytes(row.content), context=_context(row)))
    entered = {name: fact for name, fact in read_facts(definition, written["entered"]).items() if isinstance(fact, Known)}
    return Draft(read_facts(definition, written["sourced"]), entered, frozenset(written["disputed"]))
