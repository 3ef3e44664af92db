"""An approval entitles: one INSERT in the transaction of the decision."""

from __future__ import annotations

from datetime import datetime

from miaopi.apps.approval.api import DecidedCase
from miaopi.apps.audit.api import Actor, act
from miaopi.apps.identity.api import pseudonym
from miaopi.apps.treasury.events import EntitlementMade
from miaopi.apps.treasury.models import Entitlement
from miaopi.apps.treasury.queries.entitlements import seal_content
from miaopi.apps.treasury.queries.plan import Plan


def make_entitlement(*, case: DecidedCase, plan: Plan, by: Actor, now: datetime) -> None:
    """Make the row of what an approval grants each month. Raises DefinitionError where the package names no month or account."""
    row = Entitlement(
        number=case.number, service=case.service, version=case.version, applicant=case.applicant, claimant=pseudonym(case.applicant),
        from_month=plan.find_first_month(case.decision.values), made_at=now,
    )  # fmt: skip
    row.content = seal_content(row, account=plan.find_account(case.decision.values, case.facts), facts=plan.keep_facts(case.facts))
    with act(by=by, now=now) as unit:
        row.save(force_insert=True)
        unit.record(EntitlementMade(number=row.number, service=row.service, from_month=row.from_month, subject=row.claimant))
