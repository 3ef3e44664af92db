"""A rule set as a model of DMN: what it is on one day, for any tool that speaks the norm.

Facts, settings and the legal day are input data; parameters, derived values, conditions and the values of the outcome are
decisions; the law is the source that they rest on. Rules keep their names and their words, so that both can be read side by side.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator
from datetime import date
from typing import Final

from miaopi.kernel.decision.definition import AS_OF, DERIVED, Condition, Definition, FactSpec
from miaopi.kernel.decision.outcomes import Basis
from miaopi.kernel.decision.table import DatedModel, Table
from miaopi.kernel.dmn.elements import Decision, Graph, Knowledge, Service
from miaopi.kernel.dmn.writing.document import (
    Answer,
    Element,
    Function,
    Input,
    Item,
    Norm,
    Source,
    write_model,
)
from miaopi.kernel.dmn.writing.logic import SIMPLE, literal, type_name, write_logic
from miaopi.kernel.errors import InputError
from miaopi.kernel.expr import Expression, Type
from miaopi.kernel.expr.library.writing import ESCAPES, write_value
from miaopi.kernel.expr.temporal import TEMPORAL, write_temporal
from miaopi.kernel.wording import Text

NAMESPACE: Final = "urn:miaopi:service:"
VALUES: Final = "outcome."  # before the name of a value of the outcome: a parameter may have the same
OUTSIDE_A_NAME: Final = re.compile(r"\W+")  # signs that FEEL has no names with


def draw(definition: Definition, title: Text, *, on: date, known_at: date | None = None, norm: Norm = Norm.DMN_1_5) -> str:
    """The file as text. Raises InputError on a day on which a parameter or table has no value, for two elements of one name, and
    for a model of a table that is more than tables and FEEL texts.
    """
    drawing = _Drawing(definition)
    drawing.inputs()
    drawing.parameters(on, known_at)
    for derived in definition.derived.values():
        if isinstance(derived, Table):
            drawing.table(derived, derived.model_on(on, known_at))
        else:
            drawing.answer(derived.name, derived.value, derived.label)
    for condition in definition.conditions_on(on, known_at):
        drawing.condition(condition)
    for name, value in definition.values.items():
        drawing.answer(f"{VALUES}{name}", value, Text(zh=f"结果：{name}", en=f"outcome: {name}"))
    elements = [*drawing.elements, *drawing.sources.values()]
    if twice := next((name for name, count in Counter(each.name for each in elements).items() if count > 1), None):
        raise InputError(
            twice,
            Text(zh=f"模型中会有两个“{twice}”。", en="the model would hold two elements of this name."),
            Text(zh="请给其中一个改名。", en="Rename one of them."),
        )
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
                    body=literal(write_feel(dated.value)),
                    sources=self.law([dated.basis]),
                )
            )

    def condition(self, condition: Condition) -> None:
        reason = condition.otherwise
        description = f"{_law(condition.basis)}；不满足时：{reason.outcome} {reason.reason.code} {reason.reason.text.zh}"
        name, law = name_of(condition), self.law(condition.basis)
        self.answer(name, condition.holds, condition.text, description, law, f"{condition.text.zh}？")

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
                name, label.zh, description, self.named(expression.type), question=question, body=literal(expression.text),
                needs=tuple(sorted(expression.names)), sources=sources,
            )
        )  # fmt: skip

    def table(self, table: Table, dated: DatedModel) -> None:
        """The decisions of the model that lead to its value, as decisions of their own. What stands for an input is read under
        its own name, or becomes a decision where it is more than a name.
        """
        names: dict[str, str] = {}
        for name, expression in table.inputs.items():
            names[name] = expression.text if expression.text in expression.names else f"{table.name}.{name}"
            if names[name] not in expression.names:
                self.answer(names[name], expression, Text(zh=name, en=name))
        graph = dated.model.graph
        logic = list(_behind(graph, table.decision))
        names |= {element.name: f"{table.name}.{element.name}" for element in logic} | {table.decision: table.name}
        for element in logic:
            needs = [graph.find(need) for need in element.requires]
            calls = tuple(names[need.name] for need in needs if isinstance(need, Knowledge))
            reads = tuple(names[need.name] for need in needs if not isinstance(need, Knowledge))
            label, name, of = element.name, names[element.name], type_name(element.of)
            described = ""
            sources: tuple[str, ...] = ()
            if element.name == table.decision:
                label, sources = table.label.zh, self.law(dated.basis)
                described = f"{dated.file}，自 {dated.since} 起；{_law(dated.basis)}"
            if isinstance(element, Knowledge):
                parameters = tuple((one, type_name(kind)) for one, kind in element.function.parameters)
                body = write_logic(element.function, names)
                self.elements.append(Function(name, label, of=of, parameters=parameters, body=body, calls=calls))
            else:
                body = write_logic(element.logic, names)
                self.elements.append(Answer(name, label, described, of, body=body, needs=reads, calls=calls, sources=sources))

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
        if kind.name in SIMPLE:
            return kind.name
        if kind.name == "list" and kind.item is not None and kind.item.name in SIMPLE:
            return self._keep(Item(f"list of {kind.item.name}", kind.item.name, is_list=True))
        return ""

    def _keep(self, item: Item) -> str:
        self.items[item.name] = item
        return item.name


def name_of(condition: Condition) -> str:
    """The decision's name in the model: the id and, for who looks at the picture, the words; no rule reads a condition by name."""
    return f"{condition.id} {OUTSIDE_A_NAME.sub(' ', condition.text.zh).strip()}"


def _behind(graph: Graph, name: str) -> Iterator[Decision | Knowledge]:
    """The decision and all logic that it rests on, each after what it needs. Raises InputError for what lies in another model."""
    asked = graph.named(name)
    wanted, waiting = set[str](), [asked] if asked is not None else []
    while waiting:
        at = waiting.pop()
        element = graph.find(at)
        if at.path or isinstance(element, Service):
            raise InputError(
                "tables",
                Text(zh=f"“{name}”用到其他模型或决策服务，不能写进一个文件。", en=f"{name} uses another model or a decision service."),
                Text(zh="请把它们画进同一个模型。", en="Draw what it needs as decisions of its own model."),
            )
        if at.id not in wanted and isinstance(element, Decision | Knowledge):
            wanted.add(at.id)
            waiting.extend(element.requires)
    return (each for id, each in graph.elements.items() if id in wanted and isinstance(each, Decision | Knowledge))


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
