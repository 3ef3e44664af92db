"""What goes into a draft before it is confirmed, and how it goes out of the house again."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Final

from miaopi.apps.application.api import Application, get_application
from miaopi.apps.audit.api import Actor, Event, act
from miaopi.apps.catalogue.api import get_service
from miaopi.apps.consent.api import get_consent
from miaopi.apps.exchange.api import Ground, file_dispute, find_said
from miaopi.apps.filing.actions.gather import Search, gather_facts
from miaopi.apps.filing.events import DraftErased, FactDisputed, PrefillDone, ValuesEntered
from miaopi.apps.filing.models import Filing
from miaopi.apps.filing.queries.draft import Draft, get_written, seal_draft, unseal_draft
from miaopi.apps.filing.queries.entry import check_disputable, check_entered
from miaopi.apps.filing.queries.filings import find_filing, lock_filing
from miaopi.apps.identity.api import Right, authorise, pseudonym
from miaopi.kernel.calendar import compute_legal_day
from miaopi.kernel.decision import Definition
from miaopi.kernel.errors import InputError, RightsError
from miaopi.kernel.fact import Unknown
from miaopi.kernel.lifecycle import State, say
from miaopi.kernel.wording import Text

CONSENT_WITHDRAWN: Final = "consent_withdrawn"
APPLICATION_WITHDRAWN: Final = "application_withdrawn"
OPEN: Final = frozenset({State.DRAFT.value, State.SUPPLEMENT.value})
NOT_HERS: Final = Text(
    zh="没有对本次申请有效的授权：不属于本次申请、已撤回或已过期。",
    en="There is no consent for this application: it was given for another, was withdrawn, or has expired.",
)
WITHDRAWN_MEANWHILE: Final = Text(
    zh="授权或申请已撤回，查询到的信息没有保留。", en="Consent or application was withdrawn; nothing that was found is kept."
)
CONSENT_GONE: Final = Text(
    zh="您撤回了授权，草稿和查询到的信息已删除，没有提交任何内容。",
    en="you withdrew your consent; draft and pulled values were erased and nothing was filed.",
)
APPLICATION_GONE: Final = Text(
    zh="您撤回了申请，草稿已删除，没有提交任何内容。", en="you withdrew the application; its draft was erased and nothing was filed."
)
BEGIN_AGAIN: Final = Text(zh="如仍需办理，请重新授权或重新申请。", en="To go on, give consent again or begin a new application.")


def require_open(application: Application) -> None:
    """Raises InputError unless the draft may still be changed."""
    if application.state not in OPEN:
        said = say(State(application.state))
        closed = Text(zh=f"该办件{said.zh}，内容不能再改。", en=f"the application is {said.en}; its form is closed.")
        raise InputError("application", closed, Text(zh="请查看办理结果。", en="Look at its result."))


def _open_for(number: str, by: Actor) -> Application:
    authorise(by, Right.CHANGE_OWN_DRAFT)
    application = get_application(number=number, reader=by)
    require_open(application)
    return application


def erased_error(row: Filing) -> InputError:
    """What to say to somebody who goes on with a draft that a withdrawal erased."""
    if row.erased_for == CONSENT_WITHDRAWN:
        return InputError("consent", CONSENT_GONE, BEGIN_AGAIN)
    return InputError("application", APPLICATION_GONE, BEGIN_AGAIN)


def prefill(*, number: str, receipt: str, by: Actor, now: datetime) -> Filing:
    """Fill the draft from public and personal sources under a consent receipt; sensitive ones wait for the confirmation.

    Sources that stay silent leave their facts unknown; the draft is kept all the same. Raises RightsError when the
    receipt is another case's or no longer stands.
    """
    application = _open_for(number, by)
    consent = get_consent(receipt)
    if consent.application != application.number or not consent.is_open(now):
        raise RightsError(NOT_HERS)
    package = get_service(application.service, application.version)
    search = Search(package, application.applicant, Ground(receipt, application.service, application.number), compute_legal_day(now))
    row = open_filing(application=application, receipt=receipt, by=by, now=now)
    fresh = Draft(entered=unseal_draft(row, package.definition).entered)
    found = gather_facts(search=search, draft=fresh, sensitive=False, by=by, now=now)
    event = PrefillDone(
        number=application.number, receipt=receipt, facts=tuple(sorted(found.sourced)), silent=_silent(package.definition, found),
        subject=pseudonym(application.applicant),
    )  # fmt: skip

    def fill(draft: Draft) -> Draft:
        return Draft(found.sourced, draft.entered, draft.disputed & found.sourced.keys())

    return _put(application, package.definition, fill, event=event, receipt=receipt, by=by, now=now)


def _silent(definition: Definition, draft: Draft) -> tuple[str, ...]:
    unsaid = {definition.facts[name].find_silent(fact) for name, fact in draft.sourced.items() if isinstance(fact, Unknown)}
    return tuple(sorted(resource for resource in unsaid if resource is not None))


def _lock(application: Application) -> Filing:
    """The row of the filing, made if it is not there yet, locked: the second of two windows waits for the first."""
    new = Filing(number=application.number, applicant=application.applicant, service=application.service, version=application.version)
    Filing.objects.bulk_create([new], ignore_conflicts=True)
    return lock_filing(application)


def open_filing(*, application: Application, receipt: str, by: Actor, now: datetime) -> Filing:
    """The row of the filing, there before anything is pulled for it: a withdrawal meanwhile must find what to mark."""
    with act(by=by, now=now):
        row = _lock(application)
        row.receipt, row.erased_at, row.erased_for = receipt, None, ""
        row.save()
    return row


def _put(
    application: Application, definition: Definition, change: Callable[[Draft], Draft], *, event: Event,
    receipt: str | None = None, by: Actor, now: datetime,
) -> Filing:  # fmt: skip
    """Change the draft under its lock, so that two windows change it one after the other.

    What was pulled under `receipt` is put in only if that receipt was not withdrawn while the sources were asked.
    """
    with act(by=by, now=now) as unit:
        row = _lock(application)
        if receipt is not None:
            if row.receipt != receipt or row.erased_at is not None:
                raise RightsError(WITHDRAWN_MEANWHILE)
            row.prefilled_at = now
        elif row.erased_at is not None:
            raise erased_error(row)
        row.content = seal_draft(row, change(unseal_draft(row, definition)))
        row.revision += 1
        row.save()
        unit.record(event)
    return row


def enter(*, number: str, values: Mapping[str, object], by: Actor, now: datetime) -> Filing:
    """Put her own values into the draft. InputError names the first field that may not stand; then nothing changed."""
    application = _open_for(number, by)
    package = get_service(application.service, application.version)
    row = find_filing(application.number)
    checked = check_entered(package.definition, Draft() if row is None else unseal_draft(row, package.definition), values)
    return _put(application, package.definition, lambda draft: draft.with_entered(checked, at=now), by=by, now=now,
                event=ValuesEntered(number=application.number, facts=tuple(sorted(checked)), subject=pseudonym(application.applicant)))


def dispute(*, number: str, fact: str, claim: str = "", by: Actor, now: datetime) -> Filing:
    """Contest a value that is not hers to change (政务数据共享条例, 校核纠错). For the rules it is then unknown; the steward of the agency
    that keeps it is asked to check it, with what she says is right (`claim`), and has a clock for it.
    """
    application = _open_for(number, by)
    package = get_service(application.service, application.version)
    row = find_filing(application.number)
    draft = Draft() if row is None else unseal_draft(row, package.definition)
    spec = check_disputable(package.definition, draft, fact)
    resource, _, field = find_said(spec, draft.sourced[fact]).partition(".")
    seen = get_written(draft.sourced)[fact]
    with act(by=by, now=now):
        row = _put(application, package.definition, lambda draft: draft.with_dispute(fact), by=by, now=now,
                   event=FactDisputed(number=application.number, fact=fact, resource=resource,
                                      subject=pseudonym(application.applicant)))
        file_dispute(
            subject=application.applicant, resource=resource, field=field, claim=claim, seen=_say(seen), number=application.number,
            by=by, now=now,
        )  # fmt: skip
    return row


def _say(written: object) -> str:
    """The value of a fact as a person reads it who is to check it; records of a list as JSON."""
    value = written.get("value") if isinstance(written, dict) else None
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)


def erase_draft(*, number: str, ground: str, receipt: str | None = None, by: Actor, now: datetime) -> bool:
    """Erase what was entered and pulled, unless it was confirmed, and mark the draft so. Whether there was a draft.

    `receipt`: only if it was filled under this one. Runs in the transaction of the withdrawal: there is no moment at
    which she has withdrawn and we still hold it.
    """
    with act(by=by, now=now) as unit:
        row = Filing.objects.select_for_update().filter(number=number, confirmed_at=None, erased_at=None).first()
        if row is None or receipt not in {None, row.receipt}:
            return False
        row.content, row.erased_at, row.erased_for = None, now, ground
        row.revision += 1
        row.save()
        unit.record(DraftErased(number=number, ground=ground, subject=pseudonym(row.applicant)))
    return True
