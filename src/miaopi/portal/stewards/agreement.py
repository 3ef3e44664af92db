"""One request or agreement: who asks for what, on which law, what was left out, and what its keeper does about it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Final

from django.http import HttpResponse
from django.views.decorators.http import require_POST, require_safe

from miaopi.apps.audit.api import LoggedEntry, list_entries
from miaopi.apps.catalogue.api import Resource, get_resource
from miaopi.apps.exchange.api import (
    AGREEMENT_MOVES,
    Agreement,
    AgreementMove,
    AgreementState,
    Shown,
    approve_agreement,
    find_open_reason,
    get_agreement,
    list_losses,
    list_predicates,
    read_visibility,
    refuse_agreement,
    resume_agreement,
    revoke_agreement,
    suspend_agreement,
)
from miaopi.apps.identity.api import Right, get_members
from miaopi.kernel.errors import InputError, NotFound
from miaopi.kernel.frozen import frozen
from miaopi.kernel.wording import Text
from miaopi.portal.gate import SignedVisit, View, gate
from miaopi.portal.language import language_of, lead_to, show_moment
from miaopi.portal.problems import describe_problem
from miaopi.portal.stewards.frame import office_of, show
from miaopi.portal.stewards.terms import ANCHORS, keep_written, list_shown, read_terms, write_terms
from miaopi.portal.wording.agreements import Agreements, describe_field, show_terms
from miaopi.portal.wording.sharing import HAPPENED

S = AgreementState


@frozen
class Act:
    """What the keeper does by one button: `name` stands in its address, `move` says when it may be done, `read` takes from the form what
    `call` wants beside the agreement."""

    name: str
    right: Right
    move: AgreementMove
    call: Callable[..., Agreement]
    read: Callable[[SignedVisit, Agreement], Mapping[str, Any]]


def _read_terms(visit: SignedVisit, asked: Agreement) -> Mapping[str, Any]:
    """As it was asked for, or less of it where the form says less."""
    return {"terms": read_terms(visit.POST, asked.terms.starts_at, asked.terms)}


def _read_reason(visit: SignedVisit, asked: Agreement) -> Mapping[str, Any]:
    return {"reason": visit.POST.get("reason", "")}


def _read_nothing(visit: SignedVisit, asked: Agreement) -> Mapping[str, Any]:
    return {}


ACTS: Final = (
    Act("approve", Right.DECIDE_AGREEMENT, AgreementMove.GRANT, approve_agreement, _read_terms),
    Act("refuse", Right.DECIDE_AGREEMENT, AgreementMove.REFUSE, refuse_agreement, _read_reason),
    Act("suspend", Right.DECIDE_AGREEMENT, AgreementMove.SUSPEND, suspend_agreement, _read_reason),
    Act("resume", Right.DECIDE_AGREEMENT, AgreementMove.RESUME, resume_agreement, _read_nothing),
    Act("revoke", Right.DECIDE_AGREEMENT, AgreementMove.REVOKE, revoke_agreement, _read_reason),
)
RULES: Final = Text(zh="规则", en="the rules")
PUBLISHED: Final = Text(zh="随事项发布给出", en="Given when its service was published")
NOT_YOURS: Final = Text(zh="没有这份共享协议。", en="There is no such agreement.")


@require_safe
@gate(Right.DECIDE_AGREEMENT)
def show_agreement(visit: SignedVisit, agreement: str) -> HttpResponse:
    return _show(visit, _find_own(visit, agreement))


def post(act: Act) -> View:
    """The view behind the button of an act."""

    @require_POST
    @gate(act.right)
    def view(visit: SignedVisit, agreement: str) -> HttpResponse:
        return _do(visit, _find_own(visit, agreement), act)

    return view


def _find_own(visit: SignedVisit, agreement: str) -> Agreement:
    """One that this office keeps or asked for; another's answers like one that is not there."""
    found, office = get_agreement(agreement), office_of(visit)
    if not office or office not in (found.agency, found.requester):
        raise NotFound(NOT_YOURS)
    return found


def _do(visit: SignedVisit, before: Agreement, act: Act) -> HttpResponse:
    """The act, and back to the agreement. The form sent twice is one act; what somebody else did meanwhile is told, not undone."""
    try:
        made = act.call(agreement=before.id, **act.read(visit, before), by=visit.actor, now=visit.now)
    except InputError as error:
        stands = get_agreement(before.id)
        if _is_done(act, stands, visit):
            return lead_to(visit, "data_agreement", before.id, done=act.name)
        is_stale = error.field == "agreement"
        return _show(visit, stands, None if is_stale else error, act.name, is_stale=is_stale)
    done = "narrow" if act.move is AgreementMove.GRANT and made.is_narrowed else act.name
    return lead_to(visit, "data_agreement", before.id, done=done)


def _is_done(act: Act, stands: Agreement, visit: SignedVisit) -> bool:
    """Whether it stands where the act leads; an answer to a request, only where she gave it herself."""
    leads = {there for (_, move), there in AGREEMENT_MOVES.table.items() if move is act.move}
    is_answer = S.FILED in AGREEMENT_MOVES.list_states(act.move)
    return stands.state in leads and (not is_answer or stands.decided_by == visit.actor.signed_as)


def _list_acts(agreement: Agreement) -> list[str]:
    """What its keeper may do now."""
    legal = AGREEMENT_MOVES.list_moves(agreement.state)
    return [act.name for act in ACTS if act.move in legal]


def _show(
    visit: SignedVisit, agreement: Agreement, error: InputError | None = None, act: str = "", *, is_stale: bool = False
) -> HttpResponse:
    language, resource = language_of(visit), get_resource(agreement.resource)
    described = Agreements([agreement], visit.now, language)
    is_keeper = office_of(visit) == agreement.agency
    is_own = agreement.requester == agreement.agency and is_keeper
    tests = list_predicates(resource.id)
    more = _asked_more(agreement, resource)
    asked = {*agreement.terms.fields, *more}
    written = keep_written(visit.POST) if error is not None and act == "approve" else write_terms(agreement.terms)
    page: dict[str, Any] = {
        "it": described.rows[0], "is_keeper": is_keeper, "may": _list_acts(agreement) if is_keeper else [],
        "fields": [describe_field(resource.fields[name], tests) for name in agreement.terms.fields if name in resource.fields],
        "left_out": [each.label for name, each in resource.fields.items() if name not in asked],
        "asked_later": _asked_later(agreement), "asked_more": [resource.fields[name].label for name in more],
        "terms": show_terms(agreement.terms, resource, visit.now),
        "open_reason": find_open_reason(agreement, visit.now) if agreement.state is S.FILED else None,
        "losses": list_losses(agreement, visit.now) if agreement.state in (S.GRANTED, S.SUSPENDED) else (),
        "history": _history(visit, agreement, list_entries(number=agreement.id)),
        "written": written, "shown": list_shown(written, most=agreement.terms.visibility.shown),
        "later": "days" if agreement.terms.visibility.days else "until" if agreement.terms.visibility.until else "",
        "reason": visit.POST.get("reason", "") if error else "", "act": act, "is_own": is_own,
        "problem": describe_problem(error, ANCHORS), "is_stale": is_stale, "state": AGREEMENT_MOVES.states[agreement.state],
    }  # fmt: skip
    status = 409 if is_stale else error.status if error else 200
    return show(visit, "agreement", page, here="data_requests" if agreement.state is S.FILED else "data_agreements", status=status)


def _asked_more(agreement: Agreement, resource: Resource) -> list[str]:
    """Fields that were asked for and not given."""
    asked = agreement.asked.get("fields", ())
    names = asked if isinstance(asked, list) else []
    return [name for name in names if name in resource.fields and name not in agreement.terms.fields]


def _asked_later(agreement: Agreement) -> Text | None:
    """How late looks were to be shown by what was asked, where what was given shows them sooner."""
    asked = read_visibility(str(agreement.asked.get("visibility", Shown.IMMEDIATE)))
    return None if asked == agreement.terms.visibility else asked.to_text()


def _history(visit: SignedVisit, agreement: Agreement, entries: list[LoggedEntry]) -> list[dict[str, object]]:
    """What the log has of it, in its order; staff by their account, rules as rules. One that nobody asked for came with its service."""
    language = language_of(visit)
    members = get_members({str(each.actor["id"]) for each in entries if each.actor["kind"] == "staff"})

    def who(entry: LoggedEntry) -> Text:
        match entry.actor["kind"]:
            case "staff":
                member = members.get(str(entry.actor["id"]))
                return Text(zh=member.name.zh, en=member.name.en) if member else Text(str(entry.actor["id"]), str(entry.actor["id"]))
            case "rule_set":
                return RULES
        return Text(zh="系统", en="the system")

    begun = [] if agreement.asked else [{"text": PUBLISHED, "at": show_moment(agreement.filed_at, language), "who": RULES}]
    return begun + [
        {"text": HAPPENED[each.kind], "at": show_moment(each.at, language), "who": who(each)} for each in entries if each.kind in HAPPENED
    ]
