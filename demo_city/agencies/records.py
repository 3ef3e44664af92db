"""What an agency's HTTP service is asked and answers, and how an answer is spoilt when the agency is told to be wrong."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, Final

from demo_city.kept.spec import all_kept

Record = dict[str, object]
Answer = dict[str, object] | None
DAY: Final = re.compile(r"\d{4}-\d{2}-\d{2}")
# of the same person, and of the same diploma or other thing that has a number
SAME: Final = {"id_number", "certificate_no"} | {name for kept in all_kept().values() for name in (kept.key, kept.apart) if name}
LONGEST_NAME: Final = 64
ORDERS: Final = ("<", "<=", ">", ">=")
FLIPPED: Final = {"true": "false", "false": "true", "uncertain": "true", "正常": "注销"}


class Unanswerable(Exception):
    """The question is not one this agency answers; the text says why and holds no value."""


class KeyUsed(Exception):
    """The key of an act or a payment was used for another content."""


@dataclass(frozen=True, slots=True)
class Term:
    """A test that a row must pass to be shown: `=` of one of the values, `!=` of none of them, an order of its one value."""

    field: str
    operator: str
    values: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Question:
    """Who is asked about, which fields of which resource, for which purpose, on which consent receipt; `where`: which rows alone;
    `tests`: of what the truth alone is wanted, by the name it is to have."""

    resource: str
    id_number: str
    fields: tuple[str, ...]
    purpose: str
    receipt: str
    where: tuple[Term, ...] = ()
    tests: Mapping[str, tuple[Term, ...]] = field(default_factory=dict)
    key: str = "id_number"


def read_question(body: bytes, resources: Mapping[str, Sequence[str]]) -> Question:
    """Raises Unanswerable for anything but the resources and fields this agency has."""
    try:
        asked = json.loads(body)
        resource, fields, [(key, id_number)] = asked["resource"], asked["fields"], asked["key"].items()
        purpose, receipt = asked["purpose"], asked["receipt"]
        where = _read_terms(asked.get("where", ()))
        tests = {str(name): _read_terms(each) for name, each in asked.get("tests", {}).items()}
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        raise Unanswerable("resource, key, fields, purpose and receipt are needed") from None
    if not isinstance(resource, str) or resource not in resources:
        raise Unanswerable("no such resource")
    if key != (all_kept()[resource].key if resource in all_kept() else "id_number"):
        raise Unanswerable("no such key")
    if not isinstance(fields, list) or not fields or not all(field in resources[resource] for field in fields):
        raise Unanswerable("no such field")
    if not all(isinstance(text, str) and text for text in (id_number, purpose, receipt)):
        raise Unanswerable("a number, a purpose and a receipt are needed")
    if not all(tests.values()) or not all(_is_test(term, resources[resource]) for terms in (where, *tests.values()) for term in terms):
        raise Unanswerable("no such test")
    if tests.keys() & set(resources[resource]):
        raise Unanswerable("a truth has the name of a field")
    return Question(resource, id_number.upper(), tuple(dict.fromkeys(fields)), purpose, receipt, where, tests, key)


def find_name(body: bytes) -> dict[str, object]:
    """The name that whoever asks gave the question: the answer repeats it, that nobody takes it for the answer to another."""
    name = json.loads(body).get("question")
    return {"question": name} if isinstance(name, str) and len(name) <= LONGEST_NAME else {}


@dataclass(frozen=True, slots=True)
class Counting:
    """The column `by` which parties are told apart, and the columns of which it is counted how much is known, each with the words that
    count as a value, if there is a list of them."""

    resource: str
    by: str
    fields: Mapping[str, tuple[str, ...]]


def read_counting(body: bytes, resources: Mapping[str, Sequence[str]]) -> Counting:
    """Raises Unanswerable for anything but the resources and fields this agency has."""
    try:
        asked = json.loads(body)
        resource, by = asked["resource"], asked["apart"] or asked["key"]
        fields = {str(name): tuple(map(str, values)) for name, values in asked["fields"].items()}
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        raise Unanswerable("resource, key, apart and fields are needed") from None
    if not isinstance(resource, str) or resource not in resources:
        raise Unanswerable("no such resource")
    if not all(name in resources[resource] for name in (by, *fields)):
        raise Unanswerable("no such field")
    return Counting(resource, by, fields)


def _read_terms(asked: Iterable[Mapping[str, Any]]) -> tuple[Term, ...]:
    return tuple(Term(each["field"], each["operator"], tuple(each["values"])) for each in asked)


def _is_test(term: Term, fields: Sequence[str]) -> bool:
    if term.field not in fields or not term.values or not all(isinstance(value, str) for value in term.values):
        return False
    return term.operator in {"=", "!="} or (term.operator in ORDERS and len(term.values) == 1)


def documented(records: list[Record], at: datetime, where: Sequence[Term] = ()) -> dict[str, object]:
    """An answer; one that was asked for some rows alone repeats which, so that nobody takes all for some."""
    told = {"where": [{"field": term.field, "operator": term.operator, "values": list(term.values)} for term in where]} if where else {}
    return {"records": records, "at": at.isoformat(timespec="milliseconds"), **told}


def spoil(document: Answer, turn: int) -> bytes:
    """By turns the record of somebody else, and half a document."""
    text = json.dumps(document or {"records": []}, ensure_ascii=False)
    records = (document or {}).get("records")
    if turn % 2 or not isinstance(records, list) or not all("id_number" in record for record in records):
        return text[: len(text) // 2].encode()
    return json.dumps({**(document or {}), "records": [_of_somebody_else(record) for record in records]}, ensure_ascii=False).encode()


def contradict(document: Answer) -> Answer:
    """The record, and a second one that says otherwise. Of an act two answers, which cannot be read as either."""
    records = (document or {}).get("records")
    if document is not None and "reference" in document:
        return {"answers": [document, {**document, "reference": f"{document['reference']}-2"}]}
    if document is None or not isinstance(records, list):
        return document
    return {**document, "records": [each for record in records for each in (record, _contradicted(record))]}


def _of_somebody_else(record: Record) -> Record:
    """The record of another number: the last digit of the order moved on by two."""
    number = str(record.get("id_number", ""))
    return {**record, "id_number": f"{number[:16]}{(int(number[16]) + 2) % 10}{number[17:]}" if len(number) == 18 else "?"}


def _contradicted(record: Record) -> Record:
    """A second record of the same person in which everything else differs."""
    return {name: value if name in SAME else _other(value) for name, value in record.items()}


def _other(value: object) -> object:
    if isinstance(value, str) and DAY.fullmatch(value):
        day = date.fromisoformat(value)
        return day.replace(year=day.year - 1, day=min(day.day, 28)).isoformat()
    if isinstance(value, str):
        return FLIPPED.get(value, f"{value}（另一记录）")
    if isinstance(value, bool):
        return not value
    if isinstance(value, int):
        return value + 1
    return "1970-01-01" if value is None else value
