"""One function of one decision, under way: the variables that hold what it needs, and the statements that fill them."""

from __future__ import annotations

import ast
from collections.abc import Sequence
from decimal import Decimal
from typing import Final

from miaopi.kernel.dmn.code.edge import UNDECIDED, give_up_unless
from miaopi.kernel.dmn.code.outcomes import outcomes_of, type_of
from miaopi.kernel.dmn.code.rules import Conditions, chosen
from miaopi.kernel.dmn.code.tests import Slot, test_of
from miaopi.kernel.dmn.elements import Decision, Graph, InputData, Reference
from miaopi.kernel.dmn.items import ItemType
from miaopi.kernel.dmn.lookup.cells import read_plain
from miaopi.kernel.dmn.tree import DecisionTable, InputClause, Literal
from miaopi.kernel.expr import Program
from miaopi.kernel.expr.code import CLASSES, Emitter, NotPlainError, Plain, emitter, is_plain
from miaopi.kernel.expr.code.objects import names_read
from miaopi.kernel.expr.code.writing import (
    AT,
    assignment,
    call,
    choice,
    compare,
    constant,
    kept,
    member,
    read,
)
from miaopi.kernel.expr.library import FUNCTIONS
from miaopi.kernel.expr.parser import INPUT
from miaopi.kernel.expr.tree import Call, Name, Node, Property
from miaopi.kernel.expr.types import ANY, BOOLEAN, DATE, NUMBER, STRING, Type

MOST_ELEMENTS: Final = 32  # inputs and decisions
UNFILLED: Final = Slot("", None)
MOST_RULES: Final = 32  # more are looked up
MOST_COLUMNS: Final = 20


class Writer:
    """`inputs` are the inputs met so far by their names. Raises NotPlainError for what has no plain form."""

    def __init__(self, graph: Graph) -> None:
        self.graph = graph
        self.to = emitter(is_open=True)
        self.body: list[ast.stmt] = []
        self.inputs: dict[str, Slot] = {}
        self.slots: dict[str, Slot] = {}

    # What an element sees

    def scope(self, requires: Sequence[Reference]) -> dict[str, Slot]:
        found: dict[str, Slot] = {}
        for reference in requires:
            if reference.path:
                raise NotPlainError
            found[self.graph.elements[reference.id].name] = self.slot(reference.id)
        if FUNCTIONS.keys() & found.keys():
            raise NotPlainError
        return found

    def slot(self, id: str) -> Slot:
        """The variable with the value of an input or a decision, which is filled where the first asks for it."""
        if id not in self.slots:
            if len(self.slots) >= MOST_ELEMENTS:
                raise NotPlainError
            self.slots[id] = UNFILLED
            match self.graph.elements[id]:
                case InputData(name=name, of=of):
                    self.slots[id] = slot = Slot(self.to.fresh("v"), kind_of(of), is_raw=True)
                    if name in self.inputs:
                        raise NotPlainError
                    self.inputs[name] = slot
                    self.conform(slot, of)
                case Decision(logic=Literal() as logic, requires=requires, of=of):
                    self.slots[id] = self.literal(logic, self.scope(requires))
                    self.conform(self.slots[id], of)
                case Decision(logic=DecisionTable() as table, requires=requires, of=of):
                    self.slots[id] = self.table(table, self.scope(requires), of)
                case _:
                    raise NotPlainError
        return self.slots[id]

    def conform(self, slot: Slot, of: ItemType | None) -> None:
        """Give up where the value is not of the type."""
        if of is None or of.kind == "any":
            return
        if kind_of(of) != slot.type:
            raise NotPlainError
        for constraint in of.constraints:
            self.satisfy(slot, constraint)

    def satisfy(self, slot: Slot, tests: Program) -> None:
        """Give up where the value passes none of the tests."""
        plain = read_plain(tests)
        if plain is None or plain.kind not in (None, slot.type):
            raise NotPlainError
        if (test := test_of(plain, slot, self.to)) is not None:
            self.body.append(give_up_unless(self.to, test))

    # Expressions

    def literal(self, literal: Literal, scope: dict[str, Slot], kind: Type | None = None) -> Slot:
        """The variable with the value of the expression; `kind` is that of an input which declares none."""
        if literal.program is None:
            raise NotPlainError
        tree = literal.program.tree
        if isinstance(tree, Name) and tree.name in scope:
            slot = scope[tree.name]
            slot.type = slot.type or kind
        else:
            slot = self._age(tree, scope) or self._reckoned(tree, scope)
        self.conform(slot, literal.of)
        return slot

    def _reckoned(self, tree: Node, scope: dict[str, Slot]) -> Slot:
        found, kind = Plain(self.to, self.exact(scope, names_read(tree))).value(tree)
        return self._filled(found, kind)

    def _filled(self, value: ast.expr, kind: Type, *, is_raw: bool = False) -> Slot:
        slot = Slot(self.to.fresh("v"), kind, is_raw)
        self.body.append(assignment(slot.name, value))
        return slot

    def exact(self, scope: dict[str, Slot], wanted: set[str]) -> dict[str, tuple[str, Type]]:
        """Those of the variables that are wanted, for code that reckons: there a number is decimal128, and no text is long."""
        found = {}
        for name in sorted(wanted & scope.keys()):
            slot = scope[name]
            if slot.type == NUMBER and slot.is_raw:
                slot = self._filled(call(self.to.constant(Decimal), read(slot.name)), NUMBER)
            if slot.type == STRING:
                self.body.append(give_up_unless(self.to, is_plain(self.to, slot.name, STRING)))
            if slot.type is not None and slot.type in CLASSES:
                found[name] = (slot.name, slot.type)
        return found

    def _age(self, tree: Node, scope: dict[str, Slot]) -> Slot | None:
        """Whole years, or the months beyond them, from one day to a later one: what laws reckon with most."""
        match tree:
            case Property(
                base=Call(function="years and months duration", arguments=(Name(name=start), Name(name=end)), names=()),
                name="years" | "months" as part,
            ) if start in scope and end in scope:
                days = [scope[start], scope[end]]
            case _:
                return None
        if any(slot.type != DATE for slot in days):
            return None
        first, last = (read(slot.name) for slot in days)
        self.body.append(give_up_unless(self.to, compare(first, ast.LtE(), last)))
        return self._filled(_years(first, last, self.to) if part == "years" else _months(first, last), NUMBER, is_raw=True)

    # Tables

    def table(self, table: DecisionTable, scope: dict[str, Slot], of: ItemType | None) -> Slot:
        """The variable with what the table gives, which is one plain value of one type."""
        _, conditions = self.conditions(table, scope)
        outcomes = outcomes_of(table, of)
        slot = Slot(self.to.fresh("v"), type_of(outcomes))
        found = [UNDECIDED if outcome is None else outcome for outcome in outcomes]
        self.body += chosen(self.to, table, conditions, found, slot.name)
        return slot

    def _column(self, clause: InputClause, scope: dict[str, Slot], table: DecisionTable, at: int) -> Slot:
        programs = [rule.conditions[at].program for rule in table.rules]
        cells = [read_plain(program) for program in programs if program is not None]
        kind = next((cell.kind for cell in cells if cell is not None and cell.kind is not None), None)
        slot = self.literal(clause.expression, scope, kind)
        if clause.allowed is not None:
            if clause.allowed.program is None:
                raise NotPlainError
            self.satisfy(slot, clause.allowed.program)
        return slot

    def conditions(self, table: DecisionTable, scope: dict[str, Slot]) -> tuple[list[Slot], Conditions]:
        """The values of the columns; and of each rule the tests that can fail, with the numbers of their columns."""
        if len(table.rules) > MOST_RULES or len(table.inputs) > MOST_COLUMNS:
            raise NotPlainError
        columns = [self._column(clause, scope, table, at) for at, clause in enumerate(table.inputs)]
        return columns, [
            [
                (at, test)
                for at, cell in enumerate(rule.conditions)
                if (test := self._condition(cell, columns[at], scope)) is not None
            ]
            for rule in table.rules
        ]

    def _condition(self, cell: Literal, column: Slot, scope: dict[str, Slot]) -> ast.expr | None:
        if cell.program is None:
            raise NotPlainError
        plain = read_plain(cell.program)
        if plain is None:
            tree = cell.program.tree
            return Plain(self.to, self.exact({**scope, INPUT: column}, names_read(tree))).of(BOOLEAN, tree)
        if plain.kind not in (None, column.type):
            raise NotPlainError
        return test_of(plain, column, self.to)


def kind_of(of: ItemType | None) -> Type | None:
    """The type of the language that a plain value of the type has; none where the model names none."""
    return None if of is None or of.type == ANY else of.type


def _years(first: ast.expr, last: ast.expr, to: Emitter) -> ast.expr:
    """`last.year - first.year - (last.day < first.day if last.month == first.month else last.month < first.month)`."""
    mine, theirs = to.fresh("m"), to.fresh("m")
    is_same_month = compare(kept(mine, member(last, "month")), ast.Eq(), kept(theirs, member(first, "month")))
    ahead = choice(is_same_month, _is_earlier_day(last, first), compare(read(mine), ast.Lt(), read(theirs)))
    return _minus(_minus(member(last, "year"), member(first, "year")), ahead)


def _months(first: ast.expr, last: ast.expr) -> ast.expr:
    """`(last.month - first.month - (last.day < first.day)) % 12`."""
    months = _minus(_minus(member(last, "month"), member(first, "month")), _is_earlier_day(last, first))
    return ast.BinOp(months, ast.Mod(), constant(12), **AT)


def _is_earlier_day(one: ast.expr, other: ast.expr) -> ast.expr:
    return compare(member(one, "day"), ast.Lt(), member(other, "day"))


def _minus(left: ast.expr, right: ast.expr) -> ast.expr:
    return ast.BinOp(left, ast.Sub(), right, **AT)
