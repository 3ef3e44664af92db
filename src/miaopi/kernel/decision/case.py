"""One application as the rules see it: the scope they read, and how each condition and value stands in it."""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date

from miaopi.kernel.decision.definition import APPLICANT, AS_OF, DERIVED, Condition, Definition, FactSpec
from miaopi.kernel.decision.outcomes import TableResult
from miaopi.kernel.decision.table import Table
from miaopi.kernel.errors import InputError
from miaopi.kernel.expr import Expression, Undetermined
from miaopi.kernel.expr.values import holds
from miaopi.kernel.fact import Absent, Doubt, Fact, FactName, Known, Unknown
from miaopi.kernel.frozen import frozen
from miaopi.kernel.wording import Text

NOBODY_ASKED = Unknown(Doubt.UNPROVEN)


def conforms(spec: FactSpec, value: object) -> bool:
    """Whether a known value is of the fact's type and, of an enumeration, one of its options."""
    try:
        return holds(spec.type, value) and (not spec.options or value in spec.options)
    except KeyError:  # a Python type that the language does not know
        return False


def undeclared(name: str, names: Iterable[str]) -> InputError:
    """The caller named something that the service does not know; says what it may have meant."""
    near = difflib.get_close_matches(name, list(names), 3, cutoff=0)
    return InputError(
        name,
        Text(zh=f"本事项没有声明“{name}”。", en="this name is not declared by the service."),
        Text(zh=f"最接近的名称：{'、'.join(near)}。", en=f"Nearest: {', '.join(near)}."),
    )


@frozen
class Finding:
    """How one rule stands. `value` is `None` where it came to no conclusion: because of the facts in `blame`, or `broken`."""

    name: str
    value: bool | None
    broken: bool
    blame: frozenset[FactName] = frozenset()
    faults: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Case:
    """Facts and scope of one application on one day, the conditions then in force, and which rules of tables hit. A fact that
    nobody was asked for is not in `facts`.
    """

    definition: Definition
    facts: Mapping[FactName, Fact]
    scope: Mapping[str, object]
    conditions: tuple[Condition, ...]
    tables: tuple[TableResult, ...]

    def state(self, name: FactName) -> Fact:
        """What is known of a fact, as the rules may use it (DESIGN.md §7.6, Facts file)."""
        return state_of(self.definition.facts[name], self.facts.get(name))

    def is_missing(self, name: FactName) -> bool:
        """Whether no agency was asked for it yet."""
        return name not in self.facts and self.definition.facts[name].resource is not None

    def is_outage(self, name: FactName) -> bool:
        """Whether its source is silent, and the patience of the service is not over."""
        fact = self.state(name)
        return isinstance(fact, Unknown) and fact.doubt is Doubt.UNAVAILABLE and not fact.exhausted

    def judge(self, condition: Condition) -> Finding:
        return conclude(condition.id, condition.holds.evaluate(self.scope))

    def compute(self, name: str, expression: Expression) -> tuple[Finding, object]:
        """A value of the outcome; it counts as concluded only if it is determined and not null."""
        value = expression.evaluate(self.scope)
        finding = conclude(name, value)
        return (finding, None) if isinstance(value, Undetermined) else (conclude(name, value is not None or None), value)


def conclude(name: str, value: object) -> Finding:
    """A truth as a finding. A plain null or anything else than a truth is an error of the rule, never an answer."""
    match value:
        case bool():
            return Finding(name, value, broken=False)
        case Undetermined(blame=blame, faults=faults):
            return Finding(name, None, bool(faults), blame, faults)
        case _:
            return Finding(name, None, broken=True)


def state_of(spec: FactSpec, fact: Fact | None) -> Fact:
    """The fact as it may be used: a default for what she left open, and no value that is not of its type."""
    if spec.source == APPLICANT and (fact is None or isinstance(fact, Absent)):
        return Absent() if spec.default is None else Known(spec.default, source="default")
    if fact is None:
        return NOBODY_ASKED
    if isinstance(fact, Known) and not conforms(spec, fact.value):
        return Unknown(Doubt.CONFLICT, source=fact.source)
    return fact


def _as_value(name: FactName, fact: Fact) -> object:
    if isinstance(fact, Known):
        return fact.value
    return None if isinstance(fact, Absent) else Undetermined(frozenset({name}))


def open_case(
    definition: Definition,
    facts: Mapping[FactName, Fact],
    *,
    as_of: date,
    settings: Mapping[str, object],
    overrides: Mapping[str, object],
    known_at: date | None = None,
) -> Case:
    """The case on a legal day. Raises InputError for an undeclared fact or override, a day without law, a missing setting."""
    for name in facts:
        if name not in definition.facts:
            raise undeclared(name, definition.facts)
    replaceable = [*definition.parameters, *definition.settings]
    for name in overrides:
        if name not in replaceable:
            raise undeclared(name, replaceable)
    scope: dict[str, object] = {AS_OF: as_of}
    for name, parameter in definition.parameters.items():
        scope[name] = overrides[name] if name in overrides else parameter.value_on(as_of, known_at)
    for name in definition.settings:
        scope[name] = overrides.get(name, settings.get(name))
        if scope[name] is None:
            raise InputError(
                name,
                Text(zh=f"城市配置缺少“{name}”。", en="the city does not set this name."),
                Text(zh="请在城市配置中写明。", en="Set it in the city's configuration."),
            )
    for name, spec in definition.facts.items():
        if spec.source != DERIVED or name in facts:
            scope[name] = _as_value(name, state_of(spec, facts.get(name)))
    tables: list[TableResult] = []
    for name, derived in definition.derived.items():
        if name in scope:  # a facts file may say a derived fact itself; sources and forms never do
            continue
        if isinstance(derived, Table):
            scope[name], result = derived.look_up(scope, derived.model_on(as_of, known_at))
            tables.append(result)
        else:
            scope[name] = derived.value.evaluate(scope)
    return Case(definition, facts, scope, definition.conditions_on(as_of, known_at), tuple(tables))
