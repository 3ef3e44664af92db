"""Asks under every number that a party has in a register: what a person merged is one party wherever the register's sources are asked."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from miaopi.apps.exchange.adapters.answers import find_oldest
from miaopi.apps.exchange.adapters.lines import Call, ask_side_by_side
from miaopi.apps.exchange.adapters.port import Answer, Hindered, Hindrance, Nothing, Row, Rows, Unsaid
from miaopi.apps.exchange.queries.registers.base_fields import list_registers
from miaopi.apps.exchange.queries.registers.duplicates import is_anothers, list_merged_numbers


def ask_by_every_number(calls: Sequence[Call], *, seconds: float) -> list[Answer | None]:
    """As `ask_side_by_side`, one answer a call: rows under other numbers of the same party stand beside those under her own. A request
    that is answered later has one number: that nothing stands under that proves nothing."""
    merged = {key: _list_merged(key, calls) for key in {call.question.key for call in calls}} if list_registers() else {}
    if not any(merged.values()):
        return ask_side_by_side(calls, seconds=seconds)
    known = [merged[call.question.key].get(call.question.place.resource, ()) for call in calls]
    others = [() if call.question.request and numbers else numbers for call, numbers in zip(calls, known, strict=True)]
    asked = [
        [call, *(replace(call, question=replace(call.question, key=number)) for number in numbers)]
        for call, numbers in zip(calls, others, strict=True)
        if numbers is not None
    ]
    answers = iter(ask_side_by_side([each for those in asked for each in those], seconds=seconds))
    return [
        Hindered(Hindrance.NUMBER_IN_DOUBT, was_asked=False) if numbers is None
        else _join(call.question.place.key, [next(answers) for _ in range(1 + len(numbers))], is_all=len(numbers) == len(each or ()))
        for call, numbers, each in zip(calls, others, known, strict=True)
    ]  # fmt: skip


def _list_merged(key: str, calls: Sequence[Call]) -> Mapping[str, tuple[str, ...] | None]:
    """Other numbers under which a resource is to be asked, by resource; `None` where somebody else signs in here with one of them. What
    stands under that one is not looked at without an entry that she sees, and what stands under the others may not be all: until a
    person has looked at the merge, nothing is the answer."""
    asked = {call.question.place.resource for call in calls if call.question.key == key}
    registers = {each.id: each.resources & asked for each in list_registers().values() if each.resources & asked}
    found: dict[str, set[str]] = {}
    for register, numbers in (list_merged_numbers(registers, key) if registers else {}).items():
        for resource in registers[register]:
            found.setdefault(resource, set()).update(numbers)
    doubted = {number for number in frozenset[str]().union(*found.values()) if is_anothers(number, than=key)}
    return {resource: None if numbers & doubted else tuple(sorted(numbers)) for resource, numbers in found.items()}


def _join(key: str, answers: Sequence[Answer | None], *, is_all: bool) -> Answer | None:
    """What is not answered yet under one number leaves all open; a row under any is a row; what another number says once more is no second
    row. The oldest answer says of which moment it is, unless one does not say. `is_all`: she was asked about by every number."""
    if len(answers) == 1:
        return answers[0] if is_all or not isinstance(answers[0], Nothing) else Unsaid()
    for answer in answers:
        if not isinstance(answer, Rows | Nothing | Unsaid):
            return answer
    at = find_oldest(answer.at for answer in answers if isinstance(answer, Rows | Nothing))
    joined: list[Row] = []
    for answer in answers:
        if isinstance(answer, Rows):
            said = [_without(key, row) for row in joined]
            joined += [row for row in answer.rows if _without(key, row) not in said]
    if joined:
        return Rows(tuple(joined), at)
    return next((answer for answer in answers if isinstance(answer, Unsaid)), Nothing(at))


def _without(key: str, row: Row) -> dict[str, object]:
    return {name: value for name, value in row.items() if name != key}
