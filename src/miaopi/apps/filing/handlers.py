"""What filing does when consent or application are withdrawn: nothing of an unconfirmed draft is kept."""

from __future__ import annotations

from datetime import datetime

from miaopi.apps.application.api import ApplicationWithdrawn
from miaopi.apps.audit.api import Actor, within
from miaopi.apps.consent.api import ConsentWithdrawn
from miaopi.apps.filing.actions.drafts import APPLICATION_WITHDRAWN, CONSENT_WITHDRAWN, erase_draft


@within(ConsentWithdrawn)
def erase_when_consent_is_withdrawn(event: ConsentWithdrawn, *, hand: object, by: Actor, now: datetime) -> None:
    erase_draft(number=event.application, receipt=event.receipt, ground=CONSENT_WITHDRAWN, by=by, now=now)


@within(ApplicationWithdrawn)
def erase_when_application_is_withdrawn(event: ApplicationWithdrawn, *, hand: object, by: Actor, now: datetime) -> None:
    erase_draft(number=event.number, ground=APPLICATION_WITHDRAWN, by=by, now=now)
