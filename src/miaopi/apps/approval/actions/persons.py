"""What persons decide: with a reason and a basis that the applicant reads, on the facts and by the rules of the filing day.

Theirs is a decision row like the rules' own, with a statement that names who decided. It goes the same way downstream.
"""

from __future__ import annotations

import json
import uuid
from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from decimal import InvalidOperation
from types import MappingProxyType
from typing import Any, Final

from miaopi.apps.application.api import advance
from miaopi.apps.approval.actions.case import Case
from miaopi.apps.approval.actions.claims import settle_claims, take_claims
from miaopi.apps.approval.actions.decide import MOVE_OF, compute_receipt, compute_row, tell
from miaopi.apps.approval.actions.desk import compute_values, get_held, not_held_error, reopen_referred
from miaopi.apps.approval.actions.redecided import settle_redecisions
from miaopi.apps.approval.actions.referrals import DECIDED, REVIEW, stop_clock
from miaopi.apps.approval.events import DecisionProposed, DecisionReturned, DecisionUpheld
from miaopi.apps.approval.models import DecisionRow, Proposal, Referral, Review
from miaopi.apps.approval.queries.cases import (
    OF_DECIDED,
    find_proposal,
    get_referral,
    is_held,
    list_masked,
    open_desk,
    unseal_content,
)
from miaopi.apps.approval.queries.decisions import get_last_decision, unseal_beside
from miaopi.apps.audit.api import Actor, Unit, act
from miaopi.apps.catalogue.api import find_published
from miaopi.apps.filing.api import is_hers
from miaopi.apps.identity.api import Right, pseudonym, seal
from miaopi.kernel.decision import (
    Approve,
    Basis,
    Decision,
    Outcome,
    Reason,
    Redirect,
    Refuse,
    Supplement,
    read_value,
)
from miaopi.kernel.decision.case import undeclared
from miaopi.kernel.decision.reading import write_value
from miaopi.kernel.errors import InputError
from miaopi.kernel.expr.values import Fault
from miaopi.kernel.frozen import frozen
from miaopi.kernel.lifecycle import Replace
from miaopi.kernel.receipt import PersonReceipt
from miaopi.kernel.wording import Text

PERSON_DECIDED: Final = "PERSON-DECIDED"
PERSON_ASKED: Final = "PERSON-ASKED"
UPHOLD: Final = "uphold"
FINAL: Final = frozenset({Outcome.APPROVE, Outcome.REFUSE, Outcome.REDIRECT})
KIND_OF: Final[Mapping[Outcome, type[Decision]]] = {Outcome.APPROVE: Approve, Outcome.REFUSE: Refuse, Outcome.REDIRECT: Redirect}
LONGEST: Final = 500
NEXT: Final = "next"  # the value of a redirect that names the right service
NOTHING: Final[Mapping[str, object]] = MappingProxyType({})
REMEDIES: Final[Mapping[Outcome, Text]] = {
    # 行政许可法 第三十八条: a refusal names the way to reconsideration and to the court
    Outcome.REFUSE: Text(
        zh="不服的，可在六十日内申请行政复议，或六个月内提起行政诉讼（行政复议法第二十条、行政诉讼法第四十六条）。",
        en="You may ask for reconsideration within 60 days or go to court within six months (Administrative Reconsideration Law "
        "art 20, Administrative Litigation Law art 46).",
    ),
    Outcome.REDIRECT: Text(zh="请到所示事项或部门办理。", en="Go on with the service or office named here."),
    Outcome.APPROVE: Text(zh="无需再做什么。", en="There is nothing more to do."),
}


@frozen
class Defect:
    """One thing for the applicant to cure: at which field of the form (empty: at none), what is wrong, what to do."""

    fact: str
    text: Text
    remedy: Text


@frozen
class OfficerDecision:
    """What an officer did. `decision` is the id of the decision row; empty, with `proposal`, where a second officer must confirm."""

    number: str
    outcome: str
    decision: str
    proposal: str

    def to_json(self) -> dict[str, Any]:
        return {"number": self.number, "outcome": self.outcome, "decision": self.decision or None, "proposal": self.proposal or None,
                "awaits_second": bool(self.proposal)}


@frozen
class _Said:
    """What one officer says of a case. `outcome` is approve, refuse, redirect, or uphold."""

    outcome: str
    reason: Text
    basis: Basis
    values: Mapping[str, object]


def decide_case(
    *, number: str, outcome: str, reason: Text, basis: Basis, values: Mapping[str, object] = NOTHING, by: Actor, now: datetime
) -> OfficerDecision:
    """Approve, refuse or redirect a case that one holds; in a review, in place of the decision that was asked about.

    An approval holds the values that the rules compute; `values` are those that they cannot (in a review: also others, save
    numbers of documents and accounts), by name, as JSON. Where the package wants four eyes the decision waits for a second officer.
    InputError names what is missing or may not stand.
    """
    if outcome not in {each.value for each in FINAL}:
        raise InputError("outcome", Text(zh="工作人员只能通过、不予许可或转办。", en="a person approves, refuses or redirects."),
                         Text(zh="请选其一。", en="Choose one of the three."))
    return _say(number, _Said(outcome, reason, basis, values), by=by, now=now)


def uphold_decision(*, number: str, reason: Text, basis: Basis, by: Actor, now: datetime) -> OfficerDecision:
    """Let a decision stand that the applicant asked to be reviewed, and say why. InputError where there is no review."""
    return _say(number, _Said(UPHOLD, reason, basis, NOTHING), by=by, now=now)


def _say(number: str, said: _Said, *, by: Actor, now: datetime) -> OfficerDecision:
    row = get_held(number, open_desk(by, Right.DECIDE_CASE), by=by, now=now)
    _check_said(said)
    if row.proposed_by:
        raise InputError("case", Text(zh="已有人拟定决定，等您复核。", en="another officer decided; the case waits for your confirmation."),
                         Text(zh="请确认或退回。", en="Confirm or return it."))
    case, prior = reopen_referred(row), get_last_decision(row.number)
    decision = _compute_decision(row, case, prior, said, now)
    if case.package.referral.four_eyes:
        return _propose(row, said, decision, by=by, now=now)
    return _rule(row, case, prior, said, decision, decided_by=by.id, confirmed_by="", by=by, now=now)


def confirm_case(*, number: str, by: Actor, now: datetime) -> OfficerDecision:
    """Confirm, as the second officer, what the first one decided. InputError for her own, or where nothing waits for it."""
    row, proposal = _get_proposed(number, by=by, now=now)
    content = unseal_content(proposal)
    said = _Said(content["said"], Text(**content["reason"]), Basis(**content["basis"]), content["values"])
    case, prior = reopen_referred(row), get_last_decision(row.number)
    decision = _compute_decision(row, case, prior, said, now)
    with act(by=by, now=now):
        made = _rule(row, case, prior, said, decision, decided_by=proposal.proposed_by, confirmed_by=by.id, by=by, now=now)
        _answer(proposal, "confirmed", "", by=by, now=now)
    return made


def return_case(*, number: str, note: str, by: Actor, now: datetime) -> None:
    """Do not confirm: the case is back in its queue with a note for whoever takes it next. The applicant does not see the note."""
    row, proposal = _get_proposed(number, by=by, now=now)
    if not note.strip() or len(note) > LONGEST or not _is_readable(note):
        raise InputError("note", Text(zh="请写明退回的原因。", en="say why you return it."),
                         Text(zh=f"不超过{LONGEST}个字。", en=f"At most {LONGEST} characters."))
    with act(by=by, now=now) as unit:
        changed = Referral.objects.filter(id=row.id, closed_at=None, proposed_by=proposal.proposed_by)
        if not changed.update(proposed_by="", taken_by="", taken_at=None, lease_until=None):
            raise not_held_error()
        _answer(proposal, "returned", note.strip(), by=by, now=now)
        unit.record(DecisionReturned(number=row.number, proposal=proposal.id, staff=by.id, subject=pseudonym(row.applicant)))


def ask_supplement(*, number: str, defects: tuple[Defect, ...], by: Actor, now: datetime) -> OfficerDecision:
    """Ask the applicant to cure every defect, named at once (行政许可法 第三十二条第四项). Once: a second time is an InputError.

    Meanwhile the clock of the case stands, and nobody holds it.
    """
    row = get_held(number, open_desk(by, Right.DECIDE_CASE), by=by, now=now)
    case, prior = reopen_referred(row), get_last_decision(row.number)
    _check_supplement(row, case, prior, defects)
    basis = (Basis("行政许可法", "第三十二条第四项"),)
    reasons = tuple(Reason(PERSON_ASKED, each.text, basis, each.remedy, (each.fact,) if each.fact else ()) for each in defects)
    rules = case.decide()
    fields = tuple(sorted({each.fact for each in defects if each.fact}))
    decision = Supplement(reasons=reasons, conditions=rules.conditions, missing=fields, typed=rules.typed)
    with act(by=by, now=now) as unit:
        advance(number=row.number, move=MOVE_OF[Outcome.SUPPLEMENT], outcome=decision.outcome.value, by=by, now=now)
        _require(row, by=by, now=now)
        stop_clock(referral=row, now=now)
        saved = _save(case, decision, prior, decided_by=by.id, confirmed_by="", now=now)
        tell(unit=unit, row=saved, case=case, decision=decision)
    return OfficerDecision(row.number, saved.outcome, saved.id, "")


def _check_supplement(row: Referral, case: Case, prior: DecisionRow, defects: tuple[Defect, ...]) -> None:
    if row.kind in OF_DECIDED and Outcome(prior.outcome) in FINAL:
        raise InputError("case", Text(zh="已办结的办件只能维持或改变决定。", en="a decided case is upheld or decided anew."),
                         Text(zh="请作复核决定。", en="Decide the review."))
    if row.proposed_by or DecisionRow.objects.filter(number=row.number, outcome=Outcome.SUPPLEMENT.value).exclude(decided_by="").exists():
        raise InputError("defects", Text(zh="补正只能告知一次，已告知过。", en="a supplement is asked once, and was asked already."),
                         Text(zh="请按现有材料作决定（行政许可法第三十二条第四项）。", en="Decide on what there is."))
    if not defects:
        raise InputError("defects", Text(zh="请写明要补正的全部内容。", en="name every defect."), Text(zh="至少一项。", en="At least one."))
    for defect in defects:
        spec = case.definition.facts.get(defect.fact)
        if defect.fact and (spec is None or not is_hers(spec)):
            hers = [name for name, each in case.definition.facts.items() if is_hers(each)]
            raise InputError("defects", Text(zh=f"“{defect.fact}”不是申请人能补正的项目。", en=f"{defect.fact} is not hers to cure."),
                             Text(zh=f"可选：{'、'.join(hers)}。", en=f"Choose of: {', '.join(hers)}."))
        for words in (defect.text, defect.remedy):
            _check_words("defects", words)


def _get_proposed(number: str, *, by: Actor, now: datetime) -> tuple[Referral, Proposal]:
    row = get_referral(number, open_desk(by, Right.DECIDE_CASE))
    proposal = find_proposal(row)
    if proposal is None:
        raise InputError("case", Text(zh="没有等待复核的决定。", en="no decision waits for a second officer."),
                         Text(zh="请先领取并拟定决定。", en="Take the case and decide it first."))
    if proposal.proposed_by == by.id:
        raise InputError("case", Text(zh="自己的决定不能由自己复核。", en="nobody confirms her own decision."),
                         Text(zh="须由另一名工作人员复核。", en="Another officer must."))
    if is_held(row, now) and row.taken_by != by.id:
        raise InputError("case", Text(zh="另有同事正在复核。", en="another officer is at it."),
                         Text(zh="请办下一件。", en="Go on with the next one."))
    return row, proposal


def _check_said(said: _Said) -> None:
    _check_words("reason", said.reason)
    instrument, article = said.basis.instrument, said.basis.article
    if not instrument.strip() or not article.strip() or len(instrument + article) > LONGEST or not _is_readable(instrument + article):
        raise InputError("basis", Text(zh="请写明依据的文件和条款。", en="name the instrument and its article."),
                         Text(zh="例如：行政许可法，第三十八条。", en="For example 行政许可法, 第三十八条."))


def _is_readable(text: str) -> bool:
    """Signs, spaces and lines alone: a mark that turns the reading direction can make another law, or another sentence, of it."""
    return "".join(text.split()).isprintable()


def _check_words(name: str, words: Text) -> None:
    for text in (words.zh, words.en):
        if not text.strip() or len(text) > LONGEST or not _is_readable(text):
            raise InputError(name, Text(zh="请写明申请人能看懂的一句话。", en="write a sentence that the applicant can read."),
                             Text(zh=f"不能为空，不超过{LONGEST}个字。", en=f"Not empty, at most {LONGEST} characters."))


def _compute_decision(row: Referral, case: Case, prior: DecisionRow, said: _Said, now: datetime) -> Decision:
    """The decision as a value, the conditions as the rules saw them. Raises InputError for what may not stand."""
    if said.outcome == UPHOLD:
        if row.kind not in OF_DECIDED:
            raise InputError("outcome", Text(zh="没有要复核的决定。", en="there is no decision to uphold."),
                             Text(zh="请作出决定。", en="Decide the case."))
        outcome = Outcome(prior.outcome)
    else:
        outcome = Outcome(said.outcome)
    if outcome is Outcome.REFUSE and case.definition.record_filing:
        raise InputError("outcome", Text(zh="备案没有不予许可。", en="a record filing is never refused."),
                         Text(zh="请转办。", en="Redirect it."))
    if row.kind == REVIEW and prior.outcome == Outcome.APPROVE.value and outcome is not Outcome.APPROVE:
        raise InputError("outcome", Text(zh="复核不得使申请人更不利。", en="a review must not leave the applicant worse off."),
                         Text(zh="请维持，或更正其内容（行政复议法，条款未核实）。", en="Uphold it, or correct what it says."))
    reason = Reason(PERSON_DECIDED, said.reason, (said.basis,), REMEDIES.get(outcome, REMEDIES[Outcome.APPROVE]))
    rules = case.decide()
    kind = KIND_OF.get(outcome, Supplement)
    values = NOTHING if said.outcome == UPHOLD else _compute_values(row, case, outcome, said.values, now)
    return kind(reasons=(reason,), conditions=rules.conditions, values=MappingProxyType(dict(values)), typed=rules.typed)


def _compute_values(row: Referral, case: Case, outcome: Outcome, supplied: Mapping[str, object], now: datetime) -> Mapping[str, object]:
    if outcome is Outcome.REFUSE or (outcome is Outcome.REDIRECT and not supplied):
        return NOTHING
    if outcome is Outcome.REDIRECT:
        slug = supplied.get(NEXT)
        if set(supplied) != {NEXT} or not isinstance(slug, str) or find_published(slug, now) is None:
            raise InputError(NEXT, Text(zh="没有这个事项。", en="there is no such service."),
                             Text(zh="请填事项代码。", en="Give its slug or code."))
        return {NEXT: slug}
    known, open_ = compute_values(case)
    found = dict(known)
    for name, raw in supplied.items():
        expression = case.definition.values.get(name)
        if expression is None:
            raise undeclared(name, case.definition.values)
        # whose paper it is, and whose account is paid, no review changes: one officer and one applicant could agree on another's
        is_fixed = row.kind != REVIEW or case.definition.reads(expression) & list_masked(case.definition)
        if name in known and is_fixed:
            raise InputError(name, Text(zh="这一项由规则算出。", en="the rules compute this value."),
                             Text(zh="请去掉它。", en="Leave it out."))
        try:
            found[name] = read_value(expression.type, raw)
        except (ValueError, InvalidOperation, Fault):
            raise InputError(name, Text(zh="写法不对。", en=f"this is no {expression.type}."),
                             Text(zh="请重新填写。", en="Write it again.")) from None
    missing = [name for name in open_ if name not in supplied]
    if missing:
        raise InputError(missing[0], Text(zh="规则算不出这一项，须由您填写。", en="the rules cannot say this value; it is yours to say."),
                         Text(zh=f"还缺：{'、'.join(missing)}。", en=f"Missing: {', '.join(missing)}."))
    return found


def _propose(row: Referral, said: _Said, decision: Decision, *, by: Actor, now: datetime) -> OfficerDecision:
    """The first of two officers: her decision waits, the case is free for the second."""
    id_ = uuid.uuid4().hex
    content = {
        "said": said.outcome, "reason": said.reason.to_json(), "basis": said.basis.to_json(),
        "values": {name: write_value(value) for name, value in said.values.items()},
    }
    proposal = Proposal(
        id=id_, referral=row, number=row.number, outcome=decision.outcome.value, proposed_by=by.id, proposed_at=now,
        content=seal(json.dumps(content, ensure_ascii=False).encode(), context=f"proposal:{id_}"),
    )
    with act(by=by, now=now) as unit:
        _require(row, by=by, now=now)
        Referral.objects.filter(id=row.id).update(proposed_by=by.id, taken_by="", taken_at=None, lease_until=None)
        proposal.save(force_insert=True)
        unit.record(
            DecisionProposed(number=row.number, proposal=id_, outcome=proposal.outcome, staff=by.id, subject=pseudonym(row.applicant))
        )
    return OfficerDecision(row.number, proposal.outcome, "", id_)


def _answer(proposal: Proposal, answer: str, note: str, *, by: Actor, now: datetime) -> None:
    standing = Proposal.objects.filter(id=proposal.id, answered_at=None)
    if standing.update(answered_by=by.id, answered_at=now, answer=answer, note=note) != 1:
        raise not_held_error()


def _require(row: Referral, *, by: Actor, now: datetime) -> None:
    """Lock the referral as it was read: the second of two who decide at once changes nothing. The case itself is locked before.

    Where a record was corrected since she read it, `row` has another decision: she reads it again first.
    """
    standing = Referral.objects.select_for_update().filter(id=row.id, closed_at=None, stopped_at=None, proposed_by=row.proposed_by).first()
    if standing is None or (standing.taken_by != by.id and (not row.proposed_by or is_held(standing, now))):
        raise not_held_error()
    if standing.decision_id != row.decision_id:
        raise InputError("case", Text(zh="所依据的登记刚刚更正。", en="a record that the case rests on has just been corrected."),
                         Text(zh="请重新查看后再办。", en="Read the case again, then decide."))


def _rule(
    row: Referral, case: Case, prior: DecisionRow, said: _Said, decision: Decision, *, decided_by: str, confirmed_by: str, by: Actor,
    now: datetime,
) -> OfficerDecision:
    """Write the decision: the case moves, the referral closes, claims follow, the review has its answer, and others are told."""
    upholds = said.outcome == UPHOLD
    is_standing = row.kind in OF_DECIDED and Outcome(prior.outcome) in FINAL
    with act(by=by, now=now) as unit:
        move = Replace if is_standing else MOVE_OF[decision.outcome]
        advance(number=row.number, move=move, outcome=decision.outcome.value, by=by, now=now)
        _require(row, by=by, now=now)
        Referral.objects.filter(id=row.id).update(closed_at=now, closed_for=DECIDED, proposed_by="")
        _claim(unit, case, decision, now)
        saved = _save(case, decision, prior, decided_by=decided_by, confirmed_by=confirmed_by, now=now, upholds=upholds)
        settle_claims(row=saved, by=by, now=now)
        settle_redecisions(number=row.number, answer=saved, is_upheld=upholds, by=by, now=now)
        Review.objects.filter(number=row.number, result="").update(answer=saved, result="upheld" if upholds else "replaced")
        if upholds:
            unit.record(DecisionUpheld(
                number=row.number, service=row.service, outcome=saved.outcome, decision=saved.id, upholds=prior.id,
                receipt_digest=saved.receipt_digest, decided_by=decided_by, subject=pseudonym(row.applicant),
                confirmed_by=confirmed_by or None, kind=row.kind,
            ))  # fmt: skip
        else:
            tell(unit=unit, row=saved, case=case, decision=decision, replaces=prior.id if is_standing else None)
    return OfficerDecision(row.number, saved.outcome, saved.id, "")


def _claim(unit: Unit, case: Case, decision: Decision, now: datetime) -> None:
    """An approval needs the places of its service, also where the case had let them go."""
    kinds = [claim.kind for claim in case.package.claims] if decision.outcome is Outcome.APPROVE else []
    if kinds and take_claims(unit=unit, kinds=kinds, party=case.applicant, number=case.number, now=now):
        raise InputError("case", Text(zh="申请人另有一件在办或已核准的同类办件。", en="another case of the applicant holds this place."),
                         Text(zh="请转办，并写明那一件。", en="Redirect it, and name that case."))


def _save(
    case: Case, decision: Decision, prior: DecisionRow, *, decided_by: str, confirmed_by: str, now: datetime, upholds: bool = False
) -> DecisionRow:
    """The row of the decision. One that upholds keeps values and reasons of the decision that stands, and adds hers."""
    receipt = compute_receipt(case, decision)
    if upholds:
        beside, said = unseal_beside(prior.id, prior.kept), json.loads(bytes(prior.statement))
        earlier = said["decision"]
        receipt = replace(
            receipt, values=None if beside is None else beside.values, values_digest=said["values"],
            decision={**earlier, "reasons": [*earlier["reasons"], *(reason.to_json() for reason in decision.reasons)]},
        )
    statement = PersonReceipt(receipt, decided_by, confirmed_by, prior.receipt_digest).statement()
    row = compute_row(case=case, decision=decision, receipt=receipt, statement=statement, now=now)
    if upholds:
        row.reason_codes = [*prior.reason_codes, *row.reason_codes]
    row.decided_by, row.confirmed_by = decided_by, confirmed_by
    row.save(force_insert=True)
    return row
