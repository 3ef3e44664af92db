"""One case: the question first, sources side by side, and the decision with the reason that the citizen will read."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any, Final

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from miaopi.apps.approval.api import (
    CaseView,
    Defect,
    OfficerDecision,
    SeenFact,
    ask_supplement,
    confirm_case,
    decide_case,
    put_back_case,
    read_case,
    return_case,
    take_case,
    uphold_decision,
)
from miaopi.apps.catalogue.api import get_resources, list_published
from miaopi.apps.exchange.api import list_registers
from miaopi.apps.identity.api import Right
from miaopi.kernel.decision import Basis
from miaopi.kernel.errors import InputError
from miaopi.kernel.wording import Text
from miaopi.portal.gate import SignedVisit, gate
from miaopi.portal.language import Language, in_language, language_of, lead_to, show_moment
from miaopi.portal.wording.cases import KINDS
from miaopi.portal.wording.clocks import show_clock
from miaopi.portal.wording.law import read_basis
from miaopi.portal.wording.officers import ACTS, DISPUTED, FACT_STATES, HAPPENED, HINTS, WHY
from miaopi.portal.wording.sources import seal_of

SIGNS: Final = {True: ("approve", "yes", Text("符合：", "Met: ")), False: ("refuse", "no", Text("不符合：", "Not met: ")),
                None: ("refer", "unknown", Text("待判：", "Open: "))}  # fmt: skip
NO_CHOICE: Final = Text(zh="请先选一个决定。", en="Choose a decision first.")
CURE: Final = Text(zh="请改正后再次确认提交。", en="Correct it and submit again.")


@require_safe
@gate(Right.READ_CASE)
def show_case(visit: SignedVisit, number: str) -> HttpResponse:
    """A look at the case; it leaves an entry that its subject can see."""
    return _show(visit, number)


@require_POST
@gate(Right.TAKE_CASE)
def take(visit: SignedVisit, number: str) -> HttpResponse:
    return _do(visit, number, lambda: take_case(number=number, by=visit.actor, now=visit.now), to="desk_case")


@require_POST
@gate(Right.TAKE_CASE)
def put_back(visit: SignedVisit, number: str) -> HttpResponse:
    return _do(visit, number, lambda: put_back_case(number=number, by=visit.actor, now=visit.now), done="put_back")


@require_POST
@gate(Right.DECIDE_CASE)
def decide(visit: SignedVisit, number: str) -> HttpResponse:
    """Approve, refuse, redirect or uphold, with a reason and its law."""
    outcome = visit.POST.get("outcome", "")

    def work() -> OfficerDecision:
        if outcome not in ACTS:
            raise InputError("outcome", NO_CHOICE, Text("", ""))
        reason = _written(visit, "reason", "reason_en")
        basis = Basis(visit.POST.get("instrument", "").strip(), visit.POST.get("article", "").strip())
        if outcome == "uphold":
            return uphold_decision(number=number, reason=reason, basis=basis, by=visit.actor, now=visit.now)
        given = {name.removeprefix("value."): str(value).strip() for name, value in visit.POST.items() if name.startswith("value.")}
        values = {name: value for name, value in given.items() if value}
        following = visit.POST.get("next", "").strip()
        kept: Mapping[str, object] = {"approve": values, "redirect": {"next": following} if following else {}}.get(outcome, {})
        return decide_case(number=number, outcome=outcome, reason=reason, basis=basis, values=kept, by=visit.actor, now=visit.now)

    return _do(visit, number, work, done=outcome)


@require_POST
@gate(Right.DECIDE_CASE)
def supplement(visit: SignedVisit, number: str) -> HttpResponse:
    """Every defect at once: those that were ticked at a field, and one at none."""
    ticked = visit.POST.getlist("fact")
    cure = _written(visit, "remedy", "remedy_en", default=CURE)
    defects = [Defect(fact, _written(visit, f"wrong.{fact}", f"wrong_en.{fact}"), cure) for fact in ticked]
    if visit.POST.get("wrong", "").strip():
        defects.append(Defect("", _written(visit, "wrong", "wrong_en"), cure))
    return _do(
        visit, number, lambda: ask_supplement(number=number, defects=tuple(defects), by=visit.actor, now=visit.now), done="supplement"
    )


@require_POST
@gate(Right.DECIDE_CASE)
def confirm(visit: SignedVisit, number: str) -> HttpResponse:
    """The second of two officers agrees."""
    return _do(visit, number, lambda: confirm_case(number=number, by=visit.actor, now=visit.now))


@require_POST
@gate(Right.DECIDE_CASE)
def send_back(visit: SignedVisit, number: str) -> HttpResponse:
    """The second of two officers does not agree, and says why to whoever takes it next."""
    note = visit.POST.get("note", "")
    return _do(visit, number, lambda: return_case(number=number, note=note, by=visit.actor, now=visit.now), done="return")


def _written(visit: SignedVisit, chinese: str, english: str, default: Text | None = None) -> Text:
    """What was written in Chinese, and in English; without it the sentence stands as it is."""
    zh, en = visit.POST.get(chinese, "").strip(), visit.POST.get(english, "").strip()
    return default if default is not None and not zh else Text(zh=zh, en=en or zh)


def _do(visit: SignedVisit, number: str, work: Callable[[], object], *, to: str = "desk", done: str = "") -> HttpResponse:
    """The act, and where it leads; what the officer wrote wrong is told on the case, with all that was written."""
    try:
        made = work()
    except InputError as error:
        return _show(visit, number, error)
    if isinstance(made, OfficerDecision):
        done = "second" if made.proposal else done or made.outcome
    return lead_to(visit, to, *([number] if to == "desk_case" else []), done=done)


def _show(visit: SignedVisit, number: str, error: InputError | None = None) -> HttpResponse:
    view = read_case(number=number, by=visit.actor, now=visit.now)
    language = language_of(visit)
    asked = [fact for fact in view.facts if fact.in_question]
    resources = get_resources({fact.source for fact in view.facts})
    seals = {name: seal_of(resource) for name, resource in resources.items()}
    names = {id: register.name for id, register in list_registers().items()} | {id: each.name for id, each in resources.items()}
    here = in_language(reverse("desk_case", args=[view.row.number]), language)
    page: dict[str, Any] = {
        "here": here, "twin": in_language(here, "zh" if language == "en" else "en"),  # also where an act was refused
        "number": view.row.number, "name": view.row.name, "applicant": view.applicant, "id_number": view.id_number,
        "filed_on": view.filed_on, "why": WHY[view.row.kind], "outcome": KINDS.get(view.outcome),
        "clock": show_clock(view.row.due_at, view.row.stopped_at, visit.now, language),
        "question": [Text(**reason["text"]) for reason in view.reasons],
        "reason_basis": [read_basis(reason["basis"]) for reason in view.reasons],
        "asked": [_fact(fact, names, seals, language) for fact in asked],
        "facts": [_fact(fact, names, seals, language) for fact in view.facts if not fact.in_question],
        "conditions": [_condition(condition) for condition in view.conditions],
        "met": sum(condition["value"] is True for condition in view.conditions),
        "history": _history(view, language), "needs_second": view.needs_second, "may": view.may,
        "is_mine": view.row.is_mine, "taken_by": view.row.taken_by,
        "lease_here": show_moment(view.row.lease_until, language) if view.row.lease_until else "",
        "curable": [
            {"fact": fact.fact, "label": fact.label, "is_ticked": fact.fact in visit.POST.getlist("fact"),
             "wrong": visit.POST.get(f"wrong.{fact.fact}", "")} for fact in view.facts if fact.is_curable
        ],
        "values": view.values,
        "open_values": [
            {"name": name, "type": kind, "value": visit.POST.get(f"value.{name}", "")} for name, kind in view.open_values.items()
        ],
        "acts": _acts(view, visit),
        "services": list_published(visit.now) if "decide" in view.may else [],
        "proposal": view.proposal and {
            "by": view.proposal.by, "at": show_moment(view.proposal.at, language), "outcome": ACTS.get(view.proposal.outcome),
            "tone": view.proposal.outcome, "reason": view.proposal.reason, "basis": read_basis([view.proposal.basis]),
            "values": view.proposal.values,
        },
        "problem": error and {"anchor": _anchor(error), "field": error.field, "text": error.text}, "written": visit.POST,
    }  # fmt: skip
    return render(visit, "portal/desk/case.html", page, status=error.status if error else 200)


def _anchor(error: InputError) -> str:
    return error.field if error.field in ("outcome", "reason", "basis", "note", "defects", "next") else "main"


def _acts(view: CaseView, visit: SignedVisit) -> list[dict[str, object]]:
    """What can be chosen; nothing is, until she does."""
    names = [name for name in ("uphold",) if name in view.may] + (["approve", "refuse", "redirect"] if "decide" in view.may else [])
    return [{"key": name, "name": ACTS[name], "hint": HINTS[name], "is_chosen": visit.POST.get("outcome") == name} for name in names]


def _fact(fact: SeenFact, names: Mapping[str, Text], seals: Mapping[str, str], language: Language) -> dict[str, object]:
    is_said = fact.state in ("known", "disputed")
    doubt = FACT_STATES.get(fact.state, FACT_STATES["None"])
    return {
        "label": fact.label, "value": fact.value if is_said else None,
        "state": DISPUTED if fact.state == "disputed" else None if is_said else doubt,
        "source": names.get(fact.source, Text(zh="申请人填的", en="The applicant")), "seal": seals.get(fact.source, ""),
        "at": show_moment(datetime.fromisoformat(fact.at), language) if fact.at else "",
    }  # fmt: skip


def _condition(condition: Mapping[str, Any]) -> dict[str, object]:
    tone, sign, word = SIGNS[condition["value"]]
    return {"tone": tone, "sign": sign, "word": word, "text": Text(**condition["text"]), "basis": read_basis(condition["basis"])}


def _history(view: CaseView, language: Language) -> list[dict[str, object]]:
    """What the log has of the case; looks in a row by one person are one line."""
    shown: list[dict[str, object]] = []
    for step in view.history:
        words = HAPPENED.get(step.kind)
        if words is None or (shown and shown[-1]["kind"] == step.kind and shown[-1]["who"] == step.who):
            continue
        outcome = KINDS.get(str(step.body.get("outcome", "")))
        rules, _, version = step.who.partition("@")
        told = Text(zh=f"规则，版本{version[:8]}", en=f"the rules, version {version[:8]}") if version else Text(zh=rules, en=rules)
        shown.append({"kind": step.kind, "text": words, "outcome": outcome, "who": step.who, "told": told,
                      "at": show_moment(step.at, language)})
    return shown
