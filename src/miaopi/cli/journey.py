"""`apply`: the whole journey of an application from the terminal, on real parts. `application`: what became of it."""

from __future__ import annotations

import json as codec
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime
from typing import Annotated, Any, Final

import cyclopts
from rich.console import Group
from rich.prompt import Prompt
from rich.text import Text as Plain

from miaopi.cli.printing import emit, tell
from miaopi.config import clock
from miaopi.instance import attach
from miaopi.instance.home import Home
from miaopi.kernel.calendar import LEGAL_ZONE, compute_legal_day
from miaopi.kernel.errors import InputError, NotFound
from miaopi.kernel.wording import Text

apply_app = cyclopts.App(name="apply", help="办一件事 / Apply for a service.")
application_app = cyclopts.App(name="application", help="办件 / Applications.")

NEXT_SLOTS: Final = 5  # so many are named when nothing is booked yet
AFTERWARDS: Final = 10.0  # seconds to wait for signature, message and proof, which follow the decision within about one


def _no_terminal_error() -> InputError:
    return InputError(
        "--yes",
        Text(zh="这里没有终端可以询问。", en="there is no terminal to ask."),
        Text(zh="请加 --yes 表示同意授权并确认提交。", en="Add --yes to give consent and confirm."),
    )


def _declined_error() -> InputError:
    return InputError(
        "consent",
        Text(zh="您没有同意，什么都没有取。", en="you did not agree; nothing was fetched."),
        Text(zh="想办时再来，或到窗口办理。", en="Come again when you wish, or to a counter."),
    )


@apply_app.default
def apply(
    service: Annotated[str, cyclopts.Parameter(help="slug or code of the service: service list names them")],
    *,
    as_: Annotated[str, cyclopts.Parameter(name="--as", help="a persona code, the serial of a demo resident, or a sign-in code")],
    set_: Annotated[list[str] | None, cyclopts.Parameter(name="--set", negative=(), help="NAME=VALUE: what has to be typed")] = None,
    yes: Annotated[bool, cyclopts.Parameter(help="give consent, accept what is proposed, confirm")] = False,
    json: bool = False,
) -> None:
    """Apply for SERVICE as a person."""
    with attach(report=tell) as instance:
        if not yes and not sys.stdin.isatty():
            raise _no_terminal_error()
        result = travel(instance.home, service, person=as_, entered=read_pairs(set_ or []), ask=not yes)
        emit(result, json, render)


def read_pairs(pairs: list[str]) -> dict[str, str]:
    """`["purpose=abroad"]` as a mapping. Raises InputError for one without a name or an equals sign."""
    found: dict[str, str] = {}
    for pair in pairs:
        name, equals, value = pair.partition("=")
        if not equals or not name:
            raise InputError(
                "--set",
                Text(zh="应写成 名称=值。", en="it reads NAME=VALUE."),
                Text(zh="例如 --set purpose=abroad。", en="For example --set purpose=abroad."),
            )
        found[name] = value
    return found


def travel(home: Home, slug: str, *, person: str, entered: Mapping[str, str], ask: bool = False) -> dict[str, Any]:
    """The journey itself: sign in, open, consent, prefill, confirm; then what a result page shows (DESIGN.md §7.1 `apply`)."""
    from miaopi.apps.audit.api import system
    from miaopi.apps.catalogue.api import get_service_in_force
    from miaopi.apps.filing.api import confirm, get_draft
    from miaopi.apps.identity.api import sign_in, sign_out

    package = get_service_in_force(slug, clock.now())
    opened = sign_in(code=person, by=system("cli.apply"), now=clock.now())
    actor = opened.session.actor
    started = time.monotonic()
    try:
        number = start_filing(package, opened.party, actor, ask=ask)
        draft = get_draft(number=number, reader=actor, now=clock.now())
        kept = find_answers(home, person, package.slug)
        typed = dict(entered) | {name: answer_for(package, name, entered, kept, ask=ask) for name in draft.missing if name not in entered}
        confirm(
            number=number, entered={name: value for name, value in typed.items() if value is not None}, token=draft.token,
            by=actor, now=clock.now(),
        )
        elapsed = round((time.monotonic() - started) * 1000)
        wait_for_effects(number, actor)
        return describe(number, actor, elapsed)
    finally:
        sign_out(token=opened.token, by=actor, now=clock.now())


def start_filing(package: Any, party: Any, actor: Any, *, ask: bool) -> str:
    """Open the case, give the consent and prefill; the number of the case."""
    from miaopi.apps.application.api import open_application
    from miaopi.apps.consent.api import give_consent
    from miaopi.apps.exchange.api import list_scope
    from miaopi.apps.filing.api import compute_consent_end, list_consent_facts, list_consent_scope, prefill
    from miaopi.kernel.decision import Privacy

    now = clock.now()
    facts = list_consent_facts(package.definition, document_type=party.document_type, as_of=compute_legal_day(now))
    sensitive, scope = [spec for spec in facts if spec.privacy is Privacy.SENSITIVE], list_consent_scope(facts)
    if ask:
        tell(f"{package.consent.zh}\n{package.consent.en}")
        for spec in facts:
            apart = "敏感 / sensitive  " if spec in sensitive else ""
            tell(f"  {apart}{spec.label.zh} / {spec.label.en}  ({', '.join(list_scope([spec]))})")
        if Prompt.ask("同意吗 / Do you agree", choices=["y", "n"]) != "y":
            raise _declined_error()
    application = open_application(service=package.slug, version=package.version, applicant=party.id, by=actor, now=now)
    consent = give_consent(
        application=application.number, service=package.slug, version=package.version, applicant=party.id,
        scope=scope.asked, separate=scope.separate, purpose=package.consent, expires_at=compute_consent_end(package, now),
        by=actor, now=now,
    )
    prefill(number=application.number, receipt=consent.receipt, by=actor, now=clock.now())
    return str(application.number)


def find_answers(home: Home, person: str, slug: str) -> Mapping[str, str]:
    """The answers that the demo keeps with a persona."""
    path = home.folder / "personas.json"
    personas = codec.loads(path.read_text(encoding="utf-8")) if path.is_file() else {}
    answers: Mapping[str, str] = personas.get(person, {}).get("answers", {}).get(slug, {})
    return answers


def answer_for(package: Any, name: str, entered: Mapping[str, str], kept: Mapping[str, str], *, ask: bool) -> str | None:
    """What is typed into a field that is still empty: the kept answer, else the person's; None leaves it to the service."""
    spec = package.definition.facts[name]
    if name in kept:
        return kept[name]
    if not ask:
        options = ", ".join(spec.options)
        raise InputError(
            name,
            Text(zh=f"“{spec.label.zh}”要您来填。", en=f"“{spec.label.en}” is for you to say."),
            Text(zh=f"请加 --set {name}=…（{options or '文字'}）。", en=f"Add --set {name}=… ({options or 'words'})."),
        )
    return Prompt.ask(Plain(f"{spec.label.zh} / {spec.label.en}"), choices=list(spec.options) or None)


def wait_for_effects(number: str, actor: Any) -> None:
    """Signature, message and checkpoint follow in the worker; wait until they are there, or say nothing more after a while."""
    from miaopi.apps.approval.api import find_decision
    from miaopi.apps.audit.api import find_checkpoint, find_entry
    from miaopi.apps.licence.api import find_licence
    from miaopi.apps.notification.api import list_messages_about

    until = time.monotonic() + AFTERWARDS
    while time.monotonic() < until:
        entry, head = find_entry(kind="approval.Decided", number=number, latest=True), find_checkpoint()
        is_covered = entry is not None and entry.seq is not None and head is not None and head.tree_size > entry.seq
        licence, decision = find_licence(number=number, reader=actor, now=clock.now()), find_decision(number)
        is_signed = licence is None or licence.signed_at is not None
        messages = list_messages_about(number=number)
        is_told = bool(messages) and all(message.accepted_at is not None for message in messages)
        if is_covered and is_signed and is_told and decision is not None:
            return
        time.sleep(0.05)


def describe(number: str, actor: Any, elapsed_ms: int) -> dict[str, Any]:
    """The result of `apply` (DESIGN.md §7.1)."""
    from miaopi.apps.approval.api import get_result
    from miaopi.apps.audit.api import find_entry, prove
    from miaopi.apps.catalogue.api import get_service
    from miaopi.apps.licence.api import find_licence, list_registrations
    from miaopi.apps.notification.api import list_messages_about

    result = get_result(number=number, reader=actor, now=clock.now())
    licence = find_licence(number=number, reader=actor, now=clock.now())
    package = get_service(result.service, result.version)
    entry = find_entry(kind="approval.Decided", number=number, latest=True)
    try:
        proof = prove(entry.seq).to_json() if entry is not None and entry.seq is not None else None
    except NotFound:  # no checkpoint covers it yet: `ledger prove` gives it a second later
        proof = None
    said = result.to_json()
    return {
        **said,
        "licence": licence and licence.to_json(),
        "messages": [message.to_json() for message in list_messages_about(number=number)],
        "appointment": describe_visit(number, actor),
        "registrations": [each.to_json() for each in list_registrations(number=number, reader=actor)],
        "fee": str(package.fee),
        "visits": package.visits,
        "saved": {
            "days": package.before.days, "visits": package.before.visits - package.visits,
            "papers": package.before.papers, "yuan": str(-package.fee),
        },
        "proof": proof,
        "elapsed_ms": elapsed_ms,
    }


def describe_visit(number: str, actor: Any) -> dict[str, Any] | None:
    """Whether somebody must still come, until when and with what; while nothing is booked, the next slots that are free."""
    from miaopi.apps.appointment.api import VisitState, find_visit, list_slots

    visit, now = find_visit(number=number, reader=actor), clock.now()
    if visit is None:
        return None
    is_open = visit.state is VisitState.INVITED and visit.appointment is None and compute_legal_day(now) <= visit.valid_to
    slots = list_slots(number=number, reader=actor, now=now).slots if is_open else ()
    return {**visit.to_json(), "slots": [slot.to_json() for slot in slots if slot.free][:NEXT_SLOTS]}


def hour(written: str) -> str:
    """A moment of the result in the time of the city."""
    return f"{datetime.fromisoformat(written).astimezone(LEGAL_ZONE):%Y-%m-%d %H:%M:%S}"


def render(result: Mapping[str, Any]) -> Group:
    """What happened, for a person at a terminal."""
    lines = [
        f"{result['name']['zh']} {result['name']['en']}  编号 / number {result['number']}",
        f"结果 / outcome: {result['outcome'] or result['state']}",
    ]
    for reason in result["reasons"]:
        lines.append(f"  {reason['code']}  {reason['text']['zh']}\n  {'':8}{reason['text']['en']}")
    for silence in result["waiting_for"]:
        since, until = hour(silence["since"]), hour(silence["patience_until"])
        lines.append(f"  等 / waiting for {silence['source']}，自 / since {since}，至 / until {until}")
    lines.append(f"已替您填好 / filled in for you: {len(result['prefilled'])}；您填的 / you typed: {', '.join(result['typed']) or '0'}")
    for fact in result["prefilled"]:
        whence = f"{fact['base']} ← {fact['source']}" if fact["base"] else fact["source"]
        lines.append(f"  {fact['label']['zh']} / {fact['label']['en']}  ← {whence}  {hour(fact['at'])}")
    if result.get("licence"):
        lines.append(f"证照 / licence: {result['licence']['identifier']}")
    if visit := result.get("appointment"):
        seat = visit["appointment"]
        booked = f"，{hour(seat['starts_at'])[:16]} {seat['office']['name']['zh']}" if seat else ""
        lines.append(f"到场 / visit: {visit['act']['name']['zh']} {visit['state']}，有效期至 / valid to {visit['valid_to']}{booked}")
    for act in result.get("registrations", ()):
        lines.append(f"登记 / register: {act['act']} {act['state']} {act['reference'] or act['refusal']}".rstrip())
    for message in result.get("messages", ()):
        lines.append(f"短信 / message: {message['text']}")
    if result.get("proof"):
        lines.append(f"账本 / log: leaf {result['proof']['leaf_index']} of {result['proof']['tree_size']}")
    if "elapsed_ms" in result:
        lines.append(f"用时 / took {result['elapsed_ms'] / 1000:.1f} s")
    return Group(Plain(lines[0], style="bold"), *map(Plain, lines[1:]))  # texts as they stand: a bracket in them is no mark


Person = Annotated[str, cyclopts.Parameter(name="--as", help="whose application it is")]


@application_app.command
def show(number: str, *, as_: Person, json: bool = False) -> None:
    """One application as its applicant sees it."""
    with attach(report=tell), signed_in(as_) as actor:
        emit(describe_again(number, actor), json, render)


@application_app.command
def withdraw(number: str, *, as_: Person, json: bool = False) -> None:
    """Take an application back. Before it is confirmed, all that was fetched for it is erased."""
    with attach(report=tell), signed_in(as_) as actor:
        from miaopi.apps.application.api import withdraw_application

        withdraw_application(number=number, by=actor, now=clock.now())
        emit(describe_again(number, actor), json, render)


@application_app.command
def review(number: str, *, as_: Person, json: bool = False) -> None:
    """Ask that a person look at what a rule set decided (个人信息保护法 第二十四条)."""
    with attach(report=tell), signed_in(as_) as actor:
        from miaopi.apps.approval.api import request_review

        request_review(number=number, by=actor, now=clock.now())
        emit(describe_again(number, actor), json, render)


def describe_again(number: str, actor: Any) -> dict[str, Any]:
    found = describe(number, actor, 0)
    del found["elapsed_ms"]
    return found


@contextmanager
def signed_in(code: str) -> Iterator[Any]:
    """A session for the length of one verb; gives the actor."""
    from miaopi.apps.audit.api import system
    from miaopi.apps.identity.api import sign_in, sign_out

    opened = sign_in(code=code, by=system("cli"), now=clock.now())
    try:
        yield opened.session.actor
    finally:
        sign_out(token=opened.token, by=opened.session.actor, now=clock.now())
