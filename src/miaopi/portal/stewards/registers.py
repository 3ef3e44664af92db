"""Base registers: what each field is made of, how much of it is known, and pairs of numbers that a person decides on."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final

from django.http import HttpResponse
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from miaopi.apps.exchange.api import (
    COMBINING,
    PAIR_MOVES,
    CandidateState,
    Column,
    Coverage,
    CoverageShare,
    Duplicate,
    Lineage,
    Register,
    SeenPair,
    count_duplicates,
    find_duplicates,
    find_share,
    get_register,
    is_countable,
    list_coverage,
    list_duplicates,
    list_lineage,
    list_registers,
    measure_coverage,
    merge_duplicate,
    read_duplicate,
    reopen_duplicate,
    set_apart_duplicate,
)
from miaopi.apps.identity.api import Right
from miaopi.kernel.errors import InputError
from miaopi.kernel.fact import Fact, Known
from miaopi.kernel.wording import Text
from miaopi.portal.gate import SignedVisit, gate
from miaopi.portal.language import in_language, language_of, lead_to
from miaopi.portal.problems import describe_problem
from miaopi.portal.stewards.frame import office_of, show
from miaopi.portal.wording.sources import name_agencies

HERE: Final = "data_registers"
ANCHORS: Final = {"decision": "decision", "reason": "reason"}
ACTS: Final[Mapping[str, Callable[..., Duplicate]]] = {
    "merge": merge_duplicate, "distinct": set_apart_duplicate, "reopen": reopen_duplicate,
}  # fmt: skip
NO_CHOICE: Final = Text(zh="请先选一个决定。", en="Choose a decision first.")
BOUNDS: Final = {"": Text("", ""), "least": Text(zh="至少", en="at least "), "most": Text(zh="至多", en="at most ")}
NO_VALUE: Final = Text(zh="没有，或没有回应", en="none, or no answer")
TONES: Final = {CandidateState.OPEN: "wait", CandidateState.MERGED: "approve", CandidateState.DISTINCT: "redirect"}


@require_safe
@gate(Right.READ_REGISTERS)
def show_registers(visit: SignedVisit) -> HttpResponse:
    """All of them; whose one is, decides alone."""
    names = name_agencies()
    rows = []
    for register in (get_register(id) for id in list_registers()):
        coverage = list_coverage(register.id)
        rows.append({
            "id": register.id, "name": register.name, "agency": names[register.agency], "fields": len(register.fields),
            "is_own": register.agency == office_of(visit), "open": count_duplicates(register.id)["open"],
            "counted_at": max((each.counted_at for found in coverage.values() for each in found), default=None),
            "known": _mean([find_share(field, coverage.get(field.name, ())) for field in register.fields.values()]),
        })  # fmt: skip
    return show(visit, "registers", {"registers": rows}, here=HERE)


@require_safe
@gate(Right.READ_REGISTERS)
def show_register(visit: SignedVisit, register: str) -> HttpResponse:
    """One of them, field by field: from the agencies' columns to the conditions of services; and its pairs."""
    found = get_register(register)
    coverage = list_coverage(register)
    lineage = list_lineage(found, visit.now)
    page = {
        "register": found, "agency": name_agencies()[found.agency],
        "is_own": found.agency == office_of(visit),
        "fields": [_field(each, coverage.get(each.field.name, ())) for each in lineage],
        "counted_at": max((each.counted_at for figures in coverage.values() for each in figures), default=None),
        "can_find": bool(found.suspicions), "pairs": [_pair(found, each) for each in list_duplicates(register)],
    }  # fmt: skip
    return show(visit, "registers_one", page, here=HERE)


@require_POST
@gate(Right.READ_REGISTERS)
def measure(visit: SignedVisit, register: str) -> HttpResponse:
    measure_coverage(register=register, by=visit.actor, now=visit.now)
    return lead_to(visit, "data_register", register, done="measured")


@require_POST
@gate(Right.DECIDE_DUPLICATE)
def find(visit: SignedVisit, register: str) -> HttpResponse:
    find_duplicates(register=register, by=visit.actor, now=visit.now)
    return lead_to(visit, "data_register", register, done="found")


@require_safe
@gate(Right.DECIDE_DUPLICATE)
def show_pair(visit: SignedVisit, register: str, pair: str) -> HttpResponse:
    """Both rows side by side; an entry about each of the two, before they are shown."""
    return _show_pair(visit, register, pair)


@require_POST
@gate(Right.DECIDE_DUPLICATE)
def decide(visit: SignedVisit, register: str, pair: str) -> HttpResponse:
    """Merge, keep apart, or take back, with a reason."""
    act = ACTS.get(visit.POST.get("decision", ""))
    try:
        if act is None:
            raise InputError("decision", NO_CHOICE, Text("", ""))
        act(candidate=pair, reason=visit.POST.get("reason", ""), by=visit.actor, now=visit.now)
    except InputError as error:
        return _show_pair(visit, register, pair, error)
    return lead_to(visit, "data_register", register, done=visit.POST["decision"])


def _show_pair(visit: SignedVisit, register: str, pair: str, error: InputError | None = None) -> HttpResponse:
    seen = read_duplicate(candidate=pair, by=visit.actor, now=visit.now)
    found = get_register(seen.duplicate.register)
    here = in_language(reverse("data_pair", args=[register, pair]), language_of(visit))
    page = {
        "register": found, "pair": _pair(found, seen.duplicate), "numbers": seen.numbers, "rows": _rows(seen), "reason": seen.reason,
        "is_open": seen.duplicate.state is CandidateState.OPEN, "written": visit.POST,
        "here": here, "twin": in_language(here, "zh" if language_of(visit) == "en" else "en"),  # also where a decision was refused
        "problem": describe_problem(error, ANCHORS),
    }  # fmt: skip
    return show(visit, "registers_pair", page, here=HERE, status=error.status if error else 200)


def _field(lineage: Lineage, figures: Sequence[Coverage]) -> dict[str, Any]:
    counted = {each.source: each for each in figures}
    share = find_share(lineage.field, figures)
    return {
        "name": lineage.field.name, "label": lineage.field.label, "rule": COMBINING[lineage.field.rule],
        "has_rule": len(lineage.field.sources) > 1,
        "columns": [_column(each, counted.get(each.source)) for each in lineage.columns],
        "uses": lineage.uses, "known": share and _percent(share.part), "bound": BOUNDS[share.bound if share else ""],
    }  # fmt: skip


def _column(column: Column, figures: Coverage | None) -> dict[str, Any]:
    share = None if figures is None else figures.share
    return {
        "told": column, "figures": figures, "known": None if share is None else _percent(share),
        "is_countable": is_countable(column.source.partition(".")[0]),
    }  # fmt: skip


def _percent(part: float) -> int:
    return round(100 * part)


def _mean(shares: Sequence[CoverageShare | None]) -> int | None:
    """Over the fields of which something was counted."""
    known = [share.part for share in shares if share is not None]
    return _percent(sum(known) / len(known)) if known else None


def _pair(register: Register, pair: Duplicate) -> dict[str, Any]:
    suspicion = register.suspicions.get(pair.suspicion)
    why = Text(zh=pair.suspicion, en=pair.suspicion) if suspicion is None else suspicion.label
    return {
        "id": pair.id, "why": why, "score": pair.score, "state": PAIR_MOVES.states[pair.state], "tone": TONES[pair.state],
        "found_at": pair.found_at, "decided_at": pair.decided_at, "decided_by": pair.decided_by.partition("/")[2],
    }  # fmt: skip


def _rows(seen: SeenPair) -> list[dict[str, Any]]:
    return [
        {"label": label, "first": _value(first), "second": _value(second), "is_same": _value(first) == _value(second)}
        for label, first, second in seen.rows
    ]


def _value(fact: Fact) -> object:
    return fact.value if isinstance(fact, Known) else NO_VALUE
