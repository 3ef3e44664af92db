"""Decision tables and FEEL texts of a model that was read, written again, with some of their names exchanged for others."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Final

from miaopi.kernel.dmn.items import ItemType
from miaopi.kernel.dmn.tree import (
    Boxed,
    BoxedFunction,
    DecisionTable,
    HitPolicy,
    InputClause,
    Literal,
    OutputClause,
    Rule,
)
from miaopi.kernel.dmn.writing.markup import Mark, mark
from miaopi.kernel.errors import InputError
from miaopi.kernel.expr.tree import Name, children
from miaopi.kernel.wording import Text

Names = Mapping[str, str]
SIMPLE: Final = frozenset({
    "number", "string", "boolean", "date", "time", "date and time", "days and time duration", "years and months duration",
})  # fmt: skip


def literal(text: str) -> Mark:
    return mark("literalExpression", mark("text", text=text))


def write_logic(boxed: Boxed | None, names: Names) -> Mark:
    """The element of the logic. Raises InputError for a box of another kind."""
    match boxed:
        case Literal():
            return literal(rename(boxed, names))
        case DecisionTable():
            return _table(boxed, names)
        case BoxedFunction(body=Literal() | DecisionTable() as body, parameters=parameters):
            hidden = {name for name, _ in parameters}
            return write_logic(body, {name: new for name, new in names.items() if name not in hidden})
        case _:
            kind = type(boxed).__name__
            raise InputError(
                "tables",
                Text(zh=f"表的模型中有 {kind}，只能写出决策表和 FEEL 表达式。", en=f"a model of a table holds a {kind}."),
                Text(zh="请改画为决策表。", en="Only decision tables and FEEL texts are written; draw it as a table."),
            )


def type_name(of: ItemType | None) -> str:
    """FEEL's name for a type without parts; none for others, which the value itself tells."""
    return of.kind if of is not None and of.kind in SIMPLE else ""


def rename(text: Literal, names: Names) -> str:
    """The text, each name that it reads exchanged."""
    if text.program is None:
        return text.text
    written, waiting = text.program.text, [text.program.tree]
    found = []
    while waiting:
        node = waiting.pop()
        if isinstance(node, Name) and not node.is_local and node.name in names:
            found.append(node)
        waiting.extend(children(node))
    for node in sorted(found, key=lambda node: node.span.start, reverse=True):
        written = f"{written[: node.span.start]}{names[node.name]}{written[node.span.end :]}"
    return written


def _table(table: DecisionTable, names: Names) -> Mark:
    policy = "" if table.policy is HitPolicy.UNIQUE else table.policy.value
    return mark(
        "decisionTable",
        *(_input(clause, names) for clause in table.inputs),
        *(_output(clause, names) for clause in table.outputs),
        *(_rule(rule, names) for rule in table.rules),
        hitPolicy=policy,
        aggregation=table.aggregation.value if table.aggregation is not None else "",
    )


def _input(clause: InputClause, names: Names) -> Mark:
    of = clause.expression.of
    expression = mark("inputExpression", mark("text", text=rename(clause.expression, names)), typeRef=type_name(of))
    return mark("input", expression, *_values("inputValues", clause.allowed, of, names))


def _output(clause: OutputClause, names: Names) -> Mark:
    default = [mark("defaultOutputEntry", mark("text", text=rename(clause.default, names)))] if clause.default is not None else []
    values = _values("outputValues", clause.allowed, clause.of, names)
    return mark("output", *values, *default, name=clause.name, typeRef=type_name(clause.of))


def _values(tag: str, allowed: Literal | None, of: ItemType | None, names: Names) -> Iterator[Mark]:
    """The allowed values, of the clause or else of its type."""
    if allowed is not None:
        yield mark(tag, mark("text", text=rename(allowed, names)))
    elif of is not None and len(of.constraints) == 1:
        yield mark(tag, mark("text", text=of.constraints[0].text))


def _rule(rule: Rule, names: Names) -> Mark:
    cells = (mark("inputEntry", mark("text", text=rename(cell, names))) for cell in rule.conditions)
    return mark("rule", *cells, *(mark("outputEntry", mark("text", text=rename(cell, names))) for cell in rule.outcomes))
