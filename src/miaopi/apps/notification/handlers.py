"""What notification does when others tell."""

from __future__ import annotations

from datetime import datetime

from miaopi.apps.application.api import find_application
from miaopi.apps.approval.api import Decided
from miaopi.apps.audit.api import after, system
from miaopi.apps.catalogue.api import get_service
from miaopi.apps.notification.actions import write_message
from miaopi.kernel.decision import Outcome


@after(Decided)
def tell_the_outcome(event: Decided, *, seq: int, now: datetime) -> None:
    """Tell the applicant, in the words of the version it was decided by, what was decided; an outcome without words is not told."""
    package = get_service(event.service, event.version)
    words = package.messages.get(Outcome(event.outcome))
    teller = system("notification.tell_the_outcome")
    application = find_application(number=event.number, reader=teller)
    if words is None or application is None:
        return
    write_message(
        key=f"{event.decision}-{event.outcome}",
        number=event.number,
        party=application.applicant,
        kind=event.outcome,
        text=words.zh.replace("{number}", event.number),
        by=teller,
        now=now,
    )
