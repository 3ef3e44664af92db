"""A rule set as a model of DMN: what it is on one day, for any tool that speaks the norm.

Facts, settings and the legal day are input data; parameters, derived values, conditions and the values of the outcome are
decisions; the law is the source that they rest on. Rules keep their names and their words, so that both can be read side by side.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Final

from miaopi.kernel.decision.definition import AS_OF, DERIVED, Condition, Definition, FactSpec
from miaopi.kernel.decision.outcomes import Basis
from miaopi.kernel.dmn.writing.document import Answer, Element, Input, Item, Norm, Source, write_model
from miaopi.kernel.expr import Expression, Type
from miaopi.kernel.expr.library.writing import ESCAPES, write_value
from miaopi.kernel.expr.temporal import TEMPORAL, write_temporal
from miaopi.kernel.wording import Text

NAMESPACE: Final = "urn:miaopi:service:"
VALUES: Final = "outcome."  # before the name of a value of the outcome: a parameter may have the same
FEEL_TYPES: Final = frozenset({
    "number", "string", "boolean", "date", "time", "date and time", "days and time duration", "years and months duration",
})  # fmt: skip


def draw(definition: Definition, title: Text, *, on: date, known_at: date | None = None, norm: Norm = Norm.DMN_1_5) -> str:
    """The file as text. Raises InputError on a day on which a parameter has no value."""
    drawing = _Drawing(definition)
    drawing.inputs()
    drawing.parameters(on, known_at)
    for name, derived in definition.derived.items():
        drawing.answer(name, derived.value, derived.label)
    for condition in definition.conditions_on(on, known_at):
        drawing.condition(condition)
    for name, value in definition.values.items():
        drawing.answer(f"{VALUES}{name}", value, Text(zh=f"结果：{name}", en=f"outcome: {name}"))
    elements = [*drawing.elements, *drawing.sources.values()]
    namespace = f"{NAMESPACE}{definition.slug}:{definition.version[:12]}:{on}"
    return write_model(title.zh, namespace, list(drawing.items.values()), elements, norm=norm)


class _Drawing:
    """The elements as they are gathered; an item or a source is there once, however many rest on it."""

    def __init__(self, definition: Definition) -> None:
        self.definition = definition
        self.elements: list[Element] = []
        self.items: dict[str, Item] = {}
        self.sources: dict[str, Source] = {}

    def inputs(self) -> None:
        for spec in self.definition.facts.values():
            if spec.source != DERIVED:
                self.elements.append(Input(spec.name, spec.label.zh, _told(spec), self.type_of(spec)))
        for name, kind in self.definition.settings.items():
            self.elements.append(Input(name, "城市配置", of=self.named(kind)))
        self.elements.append(Input(AS_OF, "法定日期", of="date"))

    def parameters(self, on: date, known_at: date | None) -> None:
        for name, parameter in self.definition.parameters.items():
            dated = parameter.entry_on(on, known_at)
            self.elements.append(
                Answer(
                    name,
                    parameter.label.zh,
                    f"{parameter.unit}；自 {dated.since} 起；{_law([dated.basis])}",
                    self.named(parameter.type),
                    text=write_feel(dated.value),
                    sources=self.law([dated.basis]),
                )
            )

    def condition(self, condition: Condition) -> None:
        reason = condition.otherwise
        description = f"{_law(condition.basis)}；不满足时：{reason.outcome} {reason.reason.code} {reason.reason.text.zh}"
        self.answer(condition.id, condition.holds, condition.text, description, self.law(condition.basis), f"{condition.text.zh}？")

    def answer(
        self,
        name: str,
        expression: Expression,
        label: Text,
        description: str = "",
        sources: tuple[str, ...] = (),
        question: str = "",
    ) -> None:
        self.elements.append(
            Answer(
                name, label.zh, description, self.named(expression.type), question=question, text=expression.text,
                needs=tuple(sorted(expression.names)), sources=sources,
            )
        )  # fmt: skip

    def law(self, basis: Iterable[Basis]) -> tuple[str, ...]:
        found = dict.fromkeys(f"{one.instrument} {one.article}" for one in basis)
        self.sources |= {name: Source(name) for name in found}
        return tuple(found)

    def type_of(self, spec: FactSpec) -> str:
        """The type of a fact: with options or records, an item of the fact's own name."""
        if spec.options:
            return self._keep(Item(spec.name, "string", tuple(map(write_feel, spec.options))))
        if spec.records:
            components = tuple(
                Item(field.name, str(field.type), tuple(map(write_feel, field.options))) for field in spec.records
            )
            return self._keep(Item(spec.name, is_list=True, components=components))
        return self.named(spec.type)

    def named(self, kind: Type) -> str:
        """A name for the type: FEEL's, or that of an item for a list; none for a type that shows only while a rule runs."""
        if kind.name in FEEL_TYPES:
            return kind.name
        if kind.name == "list" and kind.item is not None and kind.item.name in FEEL_TYPES:
            return self._keep(Item(f"list of {kind.item.name}", kind.item.name, is_list=True))
        return ""

    def _keep(self, item: Item) -> str:
        self.items[item.name] = item
        return item.name


def _told(spec: FactSpec) -> str:
    return f"来源：{spec.source}"


def _law(basis: Iterable[Basis]) -> str:
    return "、".join(f"{one.instrument} {one.article}" for one in basis)


def write_feel(value: object) -> str:
    """The value as FEEL writes it."""
    match value:
        case str():
            return f'"{value.translate(ESCAPES)}"'
        case list() | tuple():
            return f"[{', '.join(map(write_feel, value))}]"
        case _ if isinstance(value, TEMPORAL):
            return f'@"{write_temporal(value)}"'
        case _:
            return write_value(value)
