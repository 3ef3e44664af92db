"""A draft whose service has a new version by the time it is confirmed: it is filed by the rules of that instant (ADR 0012).

What she confirms is what she saw. So the draft is carried over, as far as its facts mean the same, and shown to her again.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from miaopi.apps.application.api import Application, change_version
from miaopi.apps.audit.api import Actor, act
from miaopi.apps.catalogue.api import get_published, get_service
from miaopi.apps.consent.api import Consent, get_consent
from miaopi.apps.exchange.api import find_base_name
from miaopi.apps.filing.models import Filing
from miaopi.apps.filing.queries.draft import Draft, seal_draft, unseal_draft
from miaopi.apps.filing.queries.filings import lock_filing
from miaopi.apps.filing.queries.form import list_consent_facts, list_consent_scope
from miaopi.apps.identity.api import get_party
from miaopi.definitions import ServicePackage
from miaopi.kernel.calendar import compute_legal_day
from miaopi.kernel.decision import Definition, FactSpec
from miaopi.kernel.errors import InputError
from miaopi.kernel.wording import Text


def _look_again_error() -> InputError:
    return InputError(
        "version",
        Text(zh="本事项的规定刚刚更新，草稿已按新规定保留，还没有提交。",
             en="the rules of this service have just changed; your draft was kept under the new ones and is not filed yet."),
        Text(zh="请再核对一遍，然后确认。", en="Look at it once more, then confirm."),
    )


def _asks_more_error() -> InputError:
    return InputError(
        "consent",
        Text(zh="本事项的规定已更新，需要的信息超出了您的授权；草稿保留着，没有提交。",
             en="the rules of this service have changed and need more than you consented to; your draft is kept and is not filed."),
        Text(zh="请重新授权，或重新申请。", en="Give consent again, or begin a new application."),
    )


def carry_over(*, application: Application, row: Filing, by: Actor, now: datetime) -> None:
    """Nothing where the version in force is the one she saw and the city asks no other agency for it; else InputError, once the draft
    stands under the new one.

    A consent covers the new version if that asks for the same purpose and for nothing beyond its scope (个人信息保护法
    第十四条: another purpose or other kinds of data need a new consent); if it does not, the draft stays as it is.
    """
    published = get_published(application.service, now)
    old, new = get_service(application.service, application.version), get_service(published.slug, published.version)
    is_same = published.version == application.version
    if is_same and not any(map(find_base_name, new.definition.sourced)):
        return
    asked = [spec for spec in _list_asked(new, application, now) if not is_same or find_base_name(spec)]
    if row.receipt and not _covers(get_consent(row.receipt), new, asked):
        raise _asks_more_error()
    if is_same:
        return
    with act(by=by, now=now):  # the case first, then its filing: in this order everybody takes them
        if change_version(number=application.number, version=new.version, by=by, now=now):
            locked = lock_filing(application)
            if locked.content is not None:
                kept = _same_facts(unseal_draft(locked, old.definition), old.definition, new.definition)
                locked.content = seal_draft(locked, kept)
            locked.version, locked.revision = new.version, locked.revision + 1
            locked.save()
    raise _look_again_error()


def _list_asked(package: ServicePackage, application: Application, now: datetime) -> list[FactSpec]:
    document_type = get_party(application.applicant).document_type
    return list_consent_facts(package.definition, document_type=document_type, as_of=compute_legal_day(now))


def _covers(consent: Consent, package: ServicePackage, asked: Sequence[FactSpec]) -> bool:
    scope = list_consent_scope(asked)
    is_within = set(scope.asked) <= set(consent.scope) and set(scope.separate) <= set(consent.separate)
    return is_within and consent.purpose == package.consent


def _same_facts(draft: Draft, old: Definition, new: Definition) -> Draft:
    """The draft without the facts that are gone, or that the new version takes from elsewhere or in another form."""
    kept = {
        name for name, spec in new.facts.items()
        if (was := old.facts.get(name)) and (was.source, was.type, was.options, was.changeable)
        == (spec.source, spec.type, spec.options, spec.changeable)
    }  # fmt: skip
    return Draft(
        {name: fact for name, fact in draft.sourced.items() if name in kept},
        {name: fact for name, fact in draft.entered.items() if name in kept},
        draft.disputed & kept,
    )
