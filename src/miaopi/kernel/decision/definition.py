"""What a service asks and by which law: facts, dated parameters, derived values, conditions and their reasons.

A definition that exists is well formed; `miaopi.definitions` reads it from a package and says where an author erred.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from functools import cached_property
from types import MappingProxyType

from miaopi.kernel.decision.history import ALWAYS, Dated, find_in_force, no_law, require_order
from miaopi.kernel.decision.outcomes import Basis, Outcome, Reason
from miaopi.kernel.decision.table import Table
from miaopi.kernel.errors import DefinitionError
from miaopi.kernel.expr import Expression, Type
from miaopi.kernel.fact import Fact, FactName, Unknown
from miaopi.kernel.frozen import frozen
from miaopi.kernel.wording import Text

AS_OF = "as_of"  # the one name that every rule may read without declaring it
APPLICANT = "applicant"
DERIVED = "derived"


class Privacy(StrEnum):
    """How closely a fact touches a person; also the order in which sources are asked (_common.md, Outcomes)."""

    PUBLIC = "public"
    PERSONAL = "personal"
    SENSITIVE = "sensitive"


STAGES = tuple(Privacy)


class Kind(StrEnum):
    """What a condition guards. Identity and mandate stand before anything personal is asked of a source."""

    REGIME = "regime"
    MANDATE = "mandate"
    IDENTITY = "identity"
    FORM = "form"
    ELIGIBILITY = "eligibility"
    PERIOD = "period"
    QUOTA = "quota"


@frozen
class RecordField:
    """One field of the records of a source that has many of a person: diplomas, houses."""

    name: str
    type: Type
    label: Text
    options: Mapping[str, Text] = field(default_factory=lambda: MappingProxyType({}))


@frozen
class FactSpec:
    """One fact: what it is, who says it, on which ground, and what the citizen may do about it.

    `source` is `resource.field` – of an agency, or of a base register, behind which a city names several –, `applicant` or `derived`;
    or a `resource` alone, of which `records` says the fields: the fact is then the list of all its records. `when` guards the asking:
    where it is not true the fact is never asked. `volatile` facts are read again at confirm. `options` are the values of an
    enumeration with labels.
    `changeable`: hers to enter or correct. `attainable`: hers to bring about, at its source (a permit renewed, a mandate
    given) – never to enter. `told`: what its source answers and what it does not, in the words of the consent.
    `masked`: shown with its middle hidden.
    """

    name: str
    type: Type
    label: Text
    privacy: Privacy
    source: str
    ground: str
    changeable: bool = False
    attainable: bool = False
    volatile: bool = False
    when: Expression | None = None
    default: object = None
    options: Mapping[str, Text] = field(default_factory=lambda: MappingProxyType({}))
    in_form: bool = False
    told: Text | None = None
    masked: bool = False
    records: tuple[RecordField, ...] = ()

    @property
    def scope(self) -> tuple[str, ...]:
        """What is asked, as `resource.field`. Consents and grants name what stands behind a base register (exchange, `list_scope`)."""
        if self.records:
            return tuple(f"{self.source}.{each.name}" for each in self.records)
        return () if self.resource is None else (self.source,)

    @property
    def resource(self) -> str | None:
        """The resource that is asked, or `None` where the applicant or a rule says the value."""
        return None if self.source in (APPLICANT, DERIVED) else self.source.partition(".")[0]

    def find_silent(self, fact: Fact | None) -> str | None:
        """The resource that could not say it: where several stand behind its source, the one that the fact names."""
        return fact.source if isinstance(fact, Unknown) and fact.source is not None else self.resource

    @property
    def stage(self) -> int:
        return STAGES.index(self.privacy)


@frozen
class DatedValue:
    """`value` in force from `since` until before `until`; `published` is when anyone could know of it."""

    since: date
    value: object
    basis: Basis
    until: date | None = None
    published: date | None = None


@frozen
class Parameter:
    """A number, list or word of the law with its history, oldest first, without overlap or hole."""

    name: str
    type: Type
    label: Text
    unit: str
    history: tuple[DatedValue, ...]

    def __post_init__(self) -> None:
        if not self.history:
            raise DefinitionError(self.name, "a parameter needs at least one dated value")
        require_order(self.name, self.history)

    def value_on(self, day: date, known_at: date | None = None) -> object:
        """The value in force on `day` as far as published by `known_at`; InputError where none is."""
        return self.entry_on(day, known_at).value

    def entry_on(self, day: date, known_at: date | None = None) -> DatedValue:
        """The same with its dates and its law."""
        found = find_in_force(self.history, day, known_at)
        if found is None:
            what = Text(zh=f"参数“{self.label.zh}”", en=f"value of {self.name}")
            raise no_law(self.name, what, self.history, day, known_at)
        return found


@frozen
class Derived:
    """A value computed from facts, parameters and other derived values."""

    name: str
    label: Text
    value: Expression

    @property
    def names(self) -> frozenset[str]:
        """What it reads."""
        return self.value.names

    @property
    def type(self) -> Type:
        return self.value.type


@frozen
class ReasonSpec:
    """A coded ground of a decision. Each code leads to exactly one outcome."""

    outcome: Outcome
    reason: Reason


@frozen
class Condition:
    """What must hold. `otherwise` says what follows where it is known false, `unknown` what a doubt is called.

    `values` are told with the outcome: where to go instead, until when, whether that way is open. `since`, `until` and
    `published` say when this version of it is the law (`Dated`).
    """

    id: str
    kind: Kind
    text: Text
    holds: Expression
    basis: tuple[Basis, ...]
    otherwise: ReasonSpec
    unknown: ReasonSpec | None = None
    values: Mapping[str, Expression] = field(default_factory=lambda: MappingProxyType({}))
    since: date = ALWAYS
    until: date | None = None
    published: date | None = None

    def __post_init__(self) -> None:
        if not self.basis:
            raise DefinitionError(self.id, "a condition needs a basis: instrument and article")
        if self.otherwise.outcome is Outcome.APPROVE:
            raise DefinitionError(self.id, "a condition that fails cannot approve")
        if self.kind is Kind.IDENTITY and self.otherwise.outcome not in (Outcome.REFER, Outcome.SUPPLEMENT):
            raise DefinitionError(self.id, "a doubt about identity is referred or cured, nothing else (_common.md, line 2)")
        if self.unknown is not None and self.unknown.outcome is not Outcome.REFER:
            raise DefinitionError(self.id, "what nobody can say is referred to a person")

    @property
    def name(self) -> str:
        """The id, and of a version since when."""
        return self.id if self.since == ALWAYS else f"{self.id} from {self.since}"


@frozen
class Repeal:
    """From `since` on the condition of that id is law no more, unless a later version of it is."""

    id: str
    since: date
    basis: tuple[Basis, ...]
    published: date | None = None

    @property
    def until(self) -> None:
        """A repeal stands until something else is the law."""


@frozen
class InForce:
    """The first day of the regime. An application before it is redirected for this reason, and no parameter is read."""

    since: date
    otherwise: ReasonSpec

    def __post_init__(self) -> None:
        if self.otherwise.outcome is not Outcome.REDIRECT:
            raise DefinitionError(self.otherwise.reason.code, "before its first day a service redirects (行政许可法 第三十二条)")


@dataclass(frozen=True)
class Definition:
    """A rule set in force. `version` is the SHA-256 (hex) of the package it was read from.

    `settings` are the names of city settings that its rules may read, with their types. `derived` stands in the order in
    which it can be computed. `conditions` are those of all days, several of one id being its versions, oldest first, and
    `repeals` what ended some. `record_filing`: a 备案, which has no power to refuse (673号令 第十三条).
    `in_force`: since when, if not always.
    """

    slug: str
    version: str
    facts: Mapping[str, FactSpec]
    derived: Mapping[str, Derived | Table]
    conditions: tuple[Condition, ...]
    values: Mapping[str, Expression]
    parameters: Mapping[str, Parameter]
    settings: Mapping[str, Type]
    record_filing: bool = False
    in_force: InForce | None = None
    repeals: tuple[Repeal, ...] = ()

    def __post_init__(self) -> None:
        for id, versions in self._histories.items():
            require_order(id, versions)
            if isinstance(versions[0], Repeal):
                raise DefinitionError(id, f"nothing of this id is the law before {versions[0].since}, when it is repealed")
        seen = {AS_OF, *self.parameters, *self.settings, *(n for n, spec in self.facts.items() if spec.source != DERIVED)}
        for name, derived in self.derived.items():
            for read in derived.names - seen:
                raise DefinitionError(self.slug, f"derived value {name} reads {read}, which is not known before it")
            seen.add(name)
        for condition in self.conditions:
            if self.record_filing and condition.otherwise.outcome is Outcome.REFUSE:
                raise DefinitionError(self.slug, f"{condition.id}: a record filing never refuses (673号令 第十三条)")

    @cached_property
    def _histories(self) -> Mapping[str, tuple[Condition | Repeal, ...]]:
        """The versions and repeals of each condition, oldest first, in the order of the package."""
        found: dict[str, tuple[Condition | Repeal, ...]] = {}
        entries: list[Condition | Repeal] = [*self.conditions, *self.repeals]
        for entry in entries:
            found[entry.id] = (*found.get(entry.id, ()), entry)
        return {id: tuple(sorted(entries, key=lambda entry: entry.since)) for id, entries in found.items()}

    @cached_property
    def changes(self) -> Mapping[str, tuple[date, ...]]:
        """The days on which a parameter, condition or table begins, changes or ends."""
        histories: dict[str, tuple[Dated, ...]] = {**self._histories}
        histories |= {name: each.history for name, each in self.parameters.items()}
        histories |= {name: each.history for name, each in self.derived.items() if isinstance(each, Table)}
        return {
            name: tuple(day for entry in history for day in (entry.since, entry.until) if day is not None and day != ALWAYS)
            for name, history in histories.items()
        }

    def conditions_on(self, day: date, known_at: date | None = None) -> tuple[Condition, ...]:
        """The conditions in force on that day, as far as published by `known_at`, in the order of the package."""
        found = (find_in_force(versions, day, known_at) for versions in self._histories.values())
        return tuple(entry for entry in found if isinstance(entry, Condition))

    def reads(self, expression: Expression) -> frozenset[str]:
        """Every name behind an expression: facts, parameters, settings, `as_of` – derived values followed to their ends."""
        found: set[str] = set()
        for name in expression.names:
            found |= self._behind.get(name, frozenset({name}))
        return frozenset(found)

    @cached_property
    def _behind(self) -> Mapping[str, frozenset[str]]:
        behind: dict[str, frozenset[str]] = {}
        for name, derived in self.derived.items():
            behind[name] = frozenset().union(*(behind.get(read, frozenset({read})) for read in derived.names))
        return behind

    def find_silent(self, fact: FactName, facts: Mapping[FactName, Fact]) -> frozenset[str]:
        """The resources that leave a fact open: its own, or those of what it is derived from."""
        behind = (name for name in self._behind.get(fact, frozenset({fact})) if name in self.facts)
        found = (self.facts[name].find_silent(facts.get(name)) for name in behind)
        return frozenset(resource for resource in found if resource is not None)

    @cached_property
    def decisive(self) -> frozenset[str]:
        """Every name behind a condition or a value of the outcome; a parameter that is not among them only sets a date of payment."""
        rules = [*(c.holds for c in self.conditions), *(v for c in self.conditions for v in c.values.values()), *self.values.values()]
        return frozenset().union(*map(self.reads, rules))

    @property
    def sourced(self) -> Iterable[FactSpec]:
        """The facts that an agency or a room of the house supplies."""
        return (spec for spec in self.facts.values() if spec.resource is not None)
