"""Confirming, in two halves: *gather* asks sources outside any transaction, *commit* is one transaction without I/O.

The key of a confirmation is its token. Whoever repeats it – a second click, a second window, a client whose answer was
lost, a COMMIT whose end nobody saw – gets the confirmation that is there; there is never a second one of a round.
"""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from datetime import datetime
from typing import Final

from django.db import InterfaceError, OperationalError, connection
from django.db.models import F

from miaopi.apps.application.api import Application, advance, get_application
from miaopi.apps.audit.api import Actor, act
from miaopi.apps.catalogue.api import get_service
from miaopi.apps.exchange.api import Ground
from miaopi.apps.filing.actions.carry import carry_over
from miaopi.apps.filing.actions.drafts import OPEN, erased_error, open_filing, require_open
from miaopi.apps.filing.actions.gather import Search, gather_again
from miaopi.apps.filing.events import ConfirmedFacts, FilingConfirmed
from miaopi.apps.filing.models import Filing
from miaopi.apps.filing.queries.draft import Draft, get_written, is_fresh, seal_draft, unseal_draft
from miaopi.apps.filing.queries.entry import check_complete, check_entered
from miaopi.apps.filing.queries.filings import find_filing
from miaopi.apps.filing.queries.form import list_form_fields
from miaopi.apps.identity.api import Right, authorise, pseudonym
from miaopi.definitions import ServicePackage
from miaopi.kernel.calendar import compute_legal_day
from miaopi.kernel.errors import InputError, MiaopiError, UpstreamError
from miaopi.kernel.frozen import frozen
from miaopi.kernel.lifecycle import Confirm
from miaopi.kernel.receipt import digest
from miaopi.kernel.wording import Text

TRIES: Final = 3  # of a commit that the database broke off; conditional updates make a repeat harmless
LONGEST_TOKEN: Final = 128
NOBODY_KNOWS: Final = Text(
    zh="系统暂时无法确认是否已提交。请稍后用同一页面重试，不会重复提交。",
    en="We cannot tell yet whether it was filed. Try again from the same page in a moment; it is never filed twice.",
)


def _changed_error() -> InputError:
    return InputError(
        "token",
        Text(zh="草稿已在另一个窗口中修改。", en="the draft was changed in another window."),
        Text(zh="请刷新核对后再确认。", en="Reload, check it, and confirm again."),
    )


@frozen
class Confirmation:
    """A filing that is confirmed. `round` counts from 1; `repeated`: it was there before this call."""

    number: str
    round: int
    token: str
    facts_digest: str
    confirmed_at: datetime
    repeated: bool


def _find_confirmation(application: Application, row: Filing | None, token: str) -> Confirmation | None:
    """The confirmation under this token, or, in a case that cannot be confirmed any more, the one it has."""
    if row is None or row.confirmed_at is None:
        return None
    if token not in row.tokens and application.state in OPEN:
        return None
    round_ = row.tokens.index(token) + 1 if token in row.tokens else len(row.tokens)
    return Confirmation(row.number, round_, row.tokens[round_ - 1], row.facts_digest, row.confirmed_at, repeated=True)


def confirm(*, number: str, entered: Mapping[str, object], token: str, by: Actor, now: datetime) -> Confirmation:
    """Confirm the draft of one's own case with what is `entered` on the last page, under the draft's `token`.

    InputError names a field that may not stand, or says what was withdrawn, or that the rules changed since she saw the
    draft; RightsError: the consent does not stand;
    NotFound: not her case; UpstreamError: the database fell silent and nobody can say yet – the token will.
    Sources that are down are no error: the facts are unknown, and the rules say what follows.
    """
    authorise(by, Right.CONFIRM_FILING)
    application = get_application(number=number, reader=by)
    row = find_filing(application.number)
    if (there := _find_confirmation(application, row, token)) is not None:
        return there
    if row is not None and row.erased_at is not None:
        raise erased_error(row)
    require_open(application)
    if not 0 < len(token) <= LONGEST_TOKEN or not (token.isascii() and token.isprintable()):
        raise InputError("token", Text(zh="缺少提交标识，或写法不对。", en="the key of the confirmation is missing, or no plain text."),
                         Text(zh="请从确认页面提交。", en="Confirm from the page of the draft."))
    if row is None:
        row = open_filing(application=application, receipt="", by=by, now=now)
    carry_over(application=application, row=row, by=by, now=now)
    return _commit_once(_gather(application, row, entered, token, by=by, now=now), by=by, now=now)


@frozen
class _Gathered:
    """What is to be committed, all of it known before the transaction begins."""

    row: Filing
    package: ServicePackage
    draft: Draft
    token: str


def _gather(
    application: Application, row: Filing, entered: Mapping[str, object], token: str, *, by: Actor, now: datetime
) -> _Gathered:
    """Volatile, old and missing facts are read now, in a later round all of them; sensitive ones last."""
    package, as_of = get_service(application.service, application.version), compute_legal_day(now)
    definition = package.definition
    draft = unseal_draft(row, definition)
    draft = draft.with_entered(check_entered(definition, draft, entered), at=now)
    check_complete(definition, draft, list_form_fields(definition, draft.facts(definition), as_of=as_of))
    stale = {
        name for name, fact in draft.sourced.items()
        if row.tokens or definition.facts[name].volatile or not is_fresh(fact, now)
    }  # fmt: skip
    search = Search(package, application.applicant, Ground(row.receipt, application.service, application.number), as_of)
    return _Gathered(row, package, gather_again(search=search, draft=draft, stale=stale, by=by, now=now), token)


def _commit_once(gathered: _Gathered, *, by: Actor, now: datetime) -> Confirmation:
    """Commit; where that fails, look up what is there before anything is said (a failed COMMIT is unknown, not failed)."""
    for _ in range(TRIES):
        try:
            return _commit(gathered, by=by, now=now)
        except MiaopiError:  # somebody else was first, or it was withdrawn
            if (there := _look_up(gathered, by)) is not None:
                return there
            raise
        except (OperationalError, InterfaceError):  # dead connection, deadlock, shutdown: committed or not, the rows will tell
            connection.close()
        try:
            if (there := _look_up(gathered, by)) is not None:
                return there
        except (OperationalError, InterfaceError):
            connection.close()
    raise UpstreamError("platform", NOBODY_KNOWS)


def _look_up(gathered: _Gathered, by: Actor) -> Confirmation | None:
    number = gathered.row.number
    return _find_confirmation(get_application(number=number, reader=by), find_filing(number), gathered.token)


def _commit(gathered: _Gathered, *, by: Actor, now: datetime) -> Confirmation:
    """One transaction, no I/O: the case moves, the facts are frozen, and whoever listens decides and issues in it."""
    row, draft, token = gathered.row, gathered.draft, gathered.token
    facts, salt = draft.facts(gathered.package.definition), secrets.token_hex(16)
    facts_digest, round_, content = digest(salt, get_written(facts)), len(row.tokens) + 1, seal_draft(row, draft)
    hand = ConfirmedFacts(
        number=row.number, package=gathered.package, service=row.service, version=row.version, round=round_,
        applicant=row.applicant, receipt=row.receipt, as_of=compute_legal_day(now), confirmed_at=now, facts=facts,
        facts_digest=facts_digest, salt=salt,
    )  # fmt: skip
    with act(by=by, now=now) as unit:
        advance(number=row.number, move=Confirm, by=by, now=now)
        # revision: confirmed is what she saw; erased_at: a withdrawal that came first wins
        frozen = Filing.objects.filter(number=row.number, revision=row.revision, erased_at=None).update(
            content=content, facts_digest=facts_digest, tokens=[*row.tokens, token], confirmed_at=now,
            revision=F("revision") + 1,
        )  # fmt: skip
        if frozen != 1:
            standing = find_filing(row.number)
            raise _changed_error() if standing is None or standing.erased_at is None else erased_error(standing)
        unit.record(
            FilingConfirmed(
                number=row.number, service=row.service, version=row.version, round=round_, facts_digest=facts_digest,
                subject=pseudonym(row.applicant),
            ),
            hand=hand,
        )  # fmt: skip
    return Confirmation(row.number, round_, token, facts_digest, now, repeated=False)
